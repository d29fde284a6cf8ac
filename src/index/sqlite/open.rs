//! Opening the file, and telling whether it is one of ours.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};

use super::{Backend as _, Sqlite, column};
use crate::index::{Error, State};

/// The number of the layout in `schema/sqlite.sql`. Another number is another index: it is built anew.
pub const FORMAT: i64 = 10;

const SCHEMA: &str = include_str!("../../../schema/sqlite.sql");

/// How long to wait for another process; after that git itself answers.
pub(super) const PATIENCE: Duration = Duration::from_millis(250);

/// How much of the file is kept in memory at most, in KiB, as SQLite counts: with its default of 2 MB what a
/// transaction changes is written twice.
const CACHE: &str = "-16384";

impl Sqlite {
    /// See [`crate::index::Index::open`].
    pub(in crate::index) fn open(path: &Path) -> Result<Self, Error> {
        if std::fs::metadata(path).map_or(0, |meta| meta.len()) == 0 {
            return Err(Error::Missing);
        }
        Self::connect(path, false)
    }

    /// See [`crate::index::Index::create`].
    pub(in crate::index) fn create(path: &Path) -> Result<Self, Error> {
        let not_writable = |error: std::io::Error| Error::NotWritable(format!("{}: {error}", path.display()));
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory).map_err(not_writable)?;
        }
        for file in files(path) {
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(not_writable(error)),
                _ => {}
            }
        }
        let mut index = Self::connect(path, true)?;
        let made = index.runtime.block_on(create(&mut index.connection));
        match made {
            Ok(()) => Ok(index),
            Err(error) => {
                Box::new(index).close();
                Err(error)
            }
        }
    }

    fn connect(path: &Path, create: bool) -> Result<Self, Error> {
        // Before it is opened: where it is replaced in between, it counts as replaced.
        let known = identity(path);
        let mut options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(create)
            .busy_timeout(PATIENCE)
            .pragma("cache_size", CACHE)
            .foreign_keys(false)
            // Losing power may lose the newest rows, never mix old and new ones; git has them all.
            .synchronous(SqliteSynchronous::Normal)
            .disable_statement_logging();
        if create {
            options = options.journal_mode(SqliteJournalMode::Wal);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.map_err(|error| Error::Unusable(error.to_string()))?;
        let connection = runtime.block_on(options.connect())?;
        Ok(Self {
            runtime,
            connection,
            identity: known.or_else(|| identity(path)),
            path: path.to_owned(),
        })
    }
}

/// What tells a file from another one of the same name; nothing where this system has no such thing.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}

/// The file and what SQLite keeps beside it. Left behind by a killed process, that would be taken
/// for a part of the next file.
fn files(path: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|suffix| beside(path, suffix))
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

async fn create(connection: &mut SqliteConnection) -> Result<(), Error> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    sqlx::raw_sql(SCHEMA).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO meta VALUES ('format', ?)")
        .bind(FORMAT)
        .execute(&mut *connection)
        .await?;
    sqlx::raw_sql("COMMIT").execute(connection).await?;
    Ok(())
}

/// Reads what the index stands at, after a statement that begins a transaction, in one message to the connection.
pub(super) async fn state(connection: &mut SqliteConnection, begin: &'static str) -> Result<State, Error> {
    let sql = format!("{begin} SELECT key, value FROM meta UNION ALL SELECT 'unreadable', count(*) FROM unreadable");
    let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).fetch_all(connection).await?;
    let mut state = State::default();
    let mut format = 0;
    for row in &rows {
        match column::<&str>(row, 0)? {
            "format" => format = column(row, 1)?,
            "tip" => state.tip = Some(column(row, 1)?),
            "history" => state.history = Some(column(row, 1)?),
            "complete" => state.complete = column(row, 1)?,
            "unreadable" => state.unreadable = column::<i64>(row, 1)?.try_into().unwrap_or(0),
            _ => {}
        }
    }
    match format {
        FORMAT => Ok(state),
        other => Err(Error::Unusable(format!(
            "it is of format {other}, this version reads {FORMAT}"
        ))),
    }
}

pub(super) async fn set<'v, V>(connection: &mut SqliteConnection, key: &'v str, value: V) -> Result<(), Error>
where
    V: sqlx::Encode<'v, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + 'v,
{
    let set = "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
    sqlx::query(set).bind(key).bind(value).execute(connection).await?;
    Ok(())
}
