//! Connecting, and where a repository stands.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

use super::tables::{FORMAT, Tables, create_tables, of_other_format};
use super::{Postgres, column};
use crate::index::{Error, State};

/// How long a server may take to show that it is there, where nothing else is said.
const PATIENCE: Duration = Duration::from_millis(500);

/// Where the rows are, and whose.
#[derive(Clone)]
pub struct Database {
    options: PgConnectOptions,
    /// What must not be printed.
    secret: Option<String>,
    /// The repository, as a UUID in its usual form; none to read those of all.
    pub repository: Option<String>,
    /// What people call the repository.
    pub name: String,
    /// The ref that is followed.
    pub reference: String,
    /// How long the server may take to show that it is there.
    pub timeout: Duration,
    /// How long to wait for another who writes.
    pub patience: Duration,
}

impl Database {
    /// Reads a URL such as `postgres://user@host/name`. What it leaves open, the usual variables `PGHOST`,
    /// `PGPASSWORD` and so on say, and `~/.pgpass`. Of a server far away, `?connect_timeout=` says in seconds how long to
    /// wait; it is half a second where nothing is said.
    ///
    /// # Errors
    ///
    /// [`Error::NoUrl`].
    pub fn parse(url: &str) -> Result<Self, Error> {
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(Error::NoUrl("does not begin with postgres://"));
        }
        let options = PgConnectOptions::from_str(url).map_err(|_| Error::NoUrl("cannot be read"))?;
        Ok(Self {
            options: options.application_name("git-docket").disable_statement_logging(),
            secret: secret_of(url),
            repository: None,
            name: String::new(),
            reference: String::new(),
            timeout: connect_timeout(url).unwrap_or(PATIENCE),
            patience: Duration::from_millis(250),
        })
    }

    /// Where it is, without user and password.
    #[must_use]
    pub fn place(&self) -> String {
        let host = match self.options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => self.options.get_host().to_owned(),
        };
        let database = self.options.get_database().unwrap_or(self.options.get_username());
        match host.starts_with('/') {
            true => format!("postgres:///{database}?host={host}&port={}", self.options.get_port()),
            false => format!("postgres://{host}:{}/{database}", self.options.get_port()),
        }
    }

    /// The error without a password in it.
    pub(super) fn discreet(&self, error: Error) -> Error {
        // What is shorter stands in any text.
        let Some(secret) = self.secret.as_deref().filter(|secret| secret.len() >= 4) else {
            return error;
        };
        let clean = |text: String| text.replace(secret, "…");
        match error {
            Error::Unusable(text) => Error::Unusable(clean(text)),
            Error::NotWritable(text) => Error::NotWritable(clean(text)),
            Error::Unreachable(text) => Error::Unreachable(clean(text)),
            other => other,
        }
    }
}

/// What a URL says of how long to wait.
fn connect_timeout(url: &str) -> Option<Duration> {
    let (_, parameters) = url.split_once('?')?;
    let named = |parameter: &str| parameter.strip_prefix("connect_timeout=")?.parse().ok();
    let seconds: u64 = parameters.split('&').find_map(named)?;
    (seconds > 0).then(|| Duration::from_secs(seconds.min(60)))
}

/// The password in a URL, as it stands there and decoded by who reads it: an error of the server may quote either.
fn secret_of(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    Some(user.split_once(':')?.1.to_owned())
}

impl Postgres {
    /// Connects, and makes tables where that is wanted.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`], [`Error::TimedOut`] after half a second.
    pub(in crate::index) fn open(database: &Database, tables: Tables) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::Unusable(error.to_string()))?;
        let connected =
            runtime.block_on(async { tokio::time::timeout(database.timeout, database.options.connect()).await });
        let mut postgres = Self {
            runtime: Some(runtime),
            connection: None,
            database: database.clone(),
            repository: database.repository.clone(),
            number: 0,
            stood: None,
            added: 0,
            failed: false,
        };
        match connected {
            Ok(Ok(connection)) => postgres.connection = Some(connection),
            Ok(Err(error)) => return Err(database.discreet(refused(error))),
            Err(_) => return Err(Error::TimedOut(database.timeout)),
        }
        match tables {
            Tables::AsTheyAre => {}
            tables => postgres.within(super::WRITE, async |connection| create_tables(connection, tables).await)?,
        }
        Ok(postgres)
    }
}

/// Whatever goes wrong while connecting, nobody is there to ask.
fn refused(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Configuration(_) => error.into(),
        sqlx::Error::Database(error) => Error::Unreachable(error.message().to_owned()),
        sqlx::Error::Io(error) => Error::Unreachable(error.to_string()),
        error => Error::Unreachable(error.to_string()),
    }
}

/// Reads where a repository stands, and which number the database has given it, after a statement that begins a
/// transaction, in one message to the server. Of all repositories nothing is told.
pub(super) async fn state(
    connection: &mut PgConnection,
    begin: &str,
    repository: Option<&str>,
) -> Result<(State, Option<i64>), Error> {
    let begin = match begin {
        "" => String::new(),
        begin => format!("{begin}; SET LOCAL search_path = git_docket; "),
    };
    // It is a UUID, and was read as one. The number is asked for in this way since earlier formats have no such column.
    let of = repository.map_or("FALSE".to_owned(), |id| format!("repository = '{id}'"));
    let sql = format!(
        "{begin}SELECT (SELECT value FROM git_docket.meta WHERE key = 'format'), tip, history, complete::text,
            (SELECT count(*) FROM git_docket.unreadable WHERE {of})::text,
            to_jsonb(known) ->> 'number'
        FROM (VALUES (1)) AS one LEFT JOIN git_docket.repository AS known ON {of}"
    );
    let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).fetch_all(connection).await;
    let rows = rows.map_err(|error| match undefined(&error) {
        true => Error::Missing,
        false => error.into(),
    })?;
    let Some(row) = rows.first() else {
        return Err(Error::Unusable("it does not say where it stands".to_owned()));
    };
    let format = column::<Option<&str>>(row, 0)?;
    if format != Some(&FORMAT.to_string()) {
        return Err(of_other_format(format));
    }
    let state = State {
        tip: column(row, 1)?,
        history: column(row, 2)?,
        complete: column::<Option<&str>>(row, 3)? == Some("true"),
        unreadable: column::<&str>(row, 4)?.parse().unwrap_or(0),
    };
    let number = column::<Option<&str>>(row, 5)?.and_then(|number| number.parse().ok());
    Ok((state, number))
}

/// Whether what was asked for is not there: no such schema, no such table.
fn undefined(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(database) = error else {
        return false;
    };
    matches!(database.code().as_deref(), Some("3F000" | "42P01"))
}

/// Begins to write the rows of a repository, which nobody else does at the same time, and says where it stands.
pub(super) async fn begin_writing(
    connection: &mut PgConnection,
    repository: &str,
    (name, reference): (&str, &str),
    wait: Duration,
) -> Result<State, Error> {
    // Rows that the server has not put on its disk when it crashes were never there: they come again.
    let begin = format!(
        "BEGIN; SET LOCAL search_path = git_docket; SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = {}",
        wait.as_millis().max(1)
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(begin))
        .execute(&mut *connection)
        .await?;
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('git_docket/' || $1, 0))";
    sqlx::query(lock).bind(repository).execute(&mut *connection).await?;
    let (state, _) = state(connection, "", Some(repository)).await?;
    let known = "INSERT INTO repository (repository, name, reference) VALUES ($1::uuid, $2, $3)
        ON CONFLICT (repository) DO UPDATE SET name = excluded.name, reference = excluded.reference
        WHERE (repository.name, repository.reference) IS DISTINCT FROM (excluded.name, excluded.reference)";
    let known = sqlx::query(known).bind(repository).bind(name).bind(reference);
    known.execute(connection).await?;
    Ok(state)
}

/// Says that the files are now those of `tip`, if they are still those of `stood`.
pub(super) async fn move_tip(
    connection: &mut PgConnection,
    repository: &str,
    stood: Option<&str>,
    tip: &str,
) -> Result<(), Error> {
    let moved = "UPDATE repository SET tip = $3, synced_at = now()
        WHERE repository = $1::uuid AND tip IS NOT DISTINCT FROM $2";
    let moved = sqlx::query(moved).bind(repository).bind(stood).bind(tip);
    match moved.execute(connection).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::Moved),
    }
}
