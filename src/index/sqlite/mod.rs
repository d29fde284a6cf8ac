//! SQLite, in a file beside the repository.

mod files;
mod history;
mod open;
mod words;

use std::path::PathBuf;

use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

pub use self::open::FORMAT;
use super::backend::Backend;
use super::statement::{Dialect, Statement, Value};
use super::{Commit, Content, Error, State, Unread};

/// How many bytes may wait beside the file when a process ends.
const WAITING: u64 = 1 << 20;

/// An open file.
pub(super) struct Sqlite {
    runtime: tokio::runtime::Runtime,
    connection: SqliteConnection,
    path: PathBuf,
    /// The file at the path when it was opened.
    identity: Option<(u64, u64)>,
}

impl Backend for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn fetch(&mut self, statement: &Statement) -> Result<Option<String>, Error> {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement.sql.as_str()));
        for value in &statement.values {
            query = match value {
                Value::Text(text) | Value::Lexemes(text) => query.bind(text),
                Value::Integer(number) => query.bind(number),
                Value::Real(number) => query.bind(number),
                Value::Texts(texts) => query.bind(files::list(texts)),
                Value::Null => query.bind(None::<i64>),
            };
        }
        match self.runtime.block_on(query.fetch_optional(&mut self.connection))? {
            Some(row) => column(&row, 0),
            None => Ok(None),
        }
    }

    fn begin(&mut self) -> Result<State, Error> {
        self.runtime.block_on(open::state(&mut self.connection, "BEGIN;"))
    }

    fn state(&mut self) -> Result<State, Error> {
        self.runtime.block_on(open::state(&mut self.connection, ""))
    }

    fn begin_writing(&mut self, wait: bool) -> Result<State, Error> {
        if !wait {
            self.execute("PRAGMA busy_timeout = 0")?;
        }
        let begun = open::state(&mut self.connection, "BEGIN IMMEDIATE;");
        let state = self.runtime.block_on(begun);
        if !wait {
            let patience = format!("PRAGMA busy_timeout = {}", open::PATIENCE.as_millis());
            self.execute(sqlx::AssertSqlSafe(patience))?;
        }
        state
    }

    fn end(&mut self) -> Result<(), Error> {
        self.execute("COMMIT")
    }

    fn abandon(&mut self) {
        // Where nothing was begun, or the file is broken, there is nothing to take back.
        drop(self.execute("ROLLBACK"));
    }

    fn clear(&mut self) -> Result<(), Error> {
        self.execute(files::CLEAR)
    }

    fn remove(&mut self, paths: &[String]) -> Result<(), Error> {
        self.runtime.block_on(files::remove(&mut self.connection, paths))
    }

    fn add(&mut self, files: &[Content], unread: &[Unread]) -> Result<(), Error> {
        self.runtime.block_on(files::add(&mut self.connection, files, unread))
    }

    fn settle(&mut self, tip: &str, changed: Option<&[String]>) -> Result<(), Error> {
        self.runtime.block_on(files::settle(&mut self.connection, tip, changed))
    }

    fn clear_history(&mut self) -> Result<(), Error> {
        self.execute(history::CLEAR)?;
        self.execute(files::DATED_LABELS)
    }

    fn add_commits(&mut self, commits: &[Commit]) -> Result<(), Error> {
        self.runtime.block_on(history::add(&mut self.connection, commits))
    }

    fn settle_history(&mut self, tip: &str, complete: bool, touched: Option<&[String]>) -> Result<(), Error> {
        let settled = history::settle(&mut self.connection, tip, complete, touched);
        self.runtime.block_on(settled)
    }

    fn forget_after(&mut self, oid: &str, position: i64) -> Result<Vec<String>, Error> {
        let forgotten = history::forget_after(&mut self.connection, oid, position);
        self.runtime.block_on(forgotten)
    }

    fn date(&mut self, paths: &[String]) -> Result<(), Error> {
        self.runtime.block_on(files::dated(&mut self.connection, Some(paths)))
    }

    fn is_current(&self) -> bool {
        self.identity.is_some() && self.identity == open::identity(&self.path)
    }

    fn size(&mut self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |meta| meta.len())
    }

    fn close(self: Box<Self>) {
        use sqlx::Connection as _;
        // Everything that matters was committed; a file left open is tidied up by whoever opens it next.
        drop(self.runtime.block_on(self.connection.close()));
    }

    fn leave(self: Box<Self>) {
        match std::fs::metadata(open::beside(&self.path, "-wal")) {
            Ok(meta) if meta.len() <= WAITING => std::mem::forget(self),
            _ => self.close(),
        }
    }
}

impl Sqlite {
    fn execute(&mut self, sql: impl sqlx::SqlSafeStr) -> Result<(), Error> {
        self.runtime.block_on(async {
            sqlx::raw_sql(sql).execute(&mut self.connection).await?;
            Ok(())
        })
    }
}

/// A column of a row, by its place.
fn column<'r, T>(row: &'r SqliteRow, at: usize) -> Result<T, Error>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    use sqlx::Row as _;
    Ok(row.try_get(at)?)
}
