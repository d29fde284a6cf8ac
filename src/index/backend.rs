//! What holds the rows of an index.

use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

use super::statement::{Dialect, Statement};
use super::{Commit, Content, Error, State, Unread};

/// What holds the rows. The methods are those of [`super::Index`], which say what each promises.
pub(super) trait Backend: Send {
    fn dialect(&self) -> Dialect;
    /// The first column of the first row, a text; none where it is null, or there is no row.
    fn fetch(&mut self, statement: &Statement) -> Result<Option<String>, Error>;

    fn begin(&mut self) -> Result<State, Error>;
    fn state(&mut self) -> Result<State, Error>;
    fn begin_writing(&mut self, wait: bool) -> Result<State, Error>;
    fn end(&mut self) -> Result<(), Error>;
    fn abandon(&mut self);

    fn clear(&mut self) -> Result<(), Error>;
    fn remove(&mut self, paths: &[String]) -> Result<(), Error>;
    fn add(&mut self, files: &[Content], unread: &[Unread]) -> Result<(), Error>;
    fn settle(&mut self, tip: &str, changed: Option<&[String]>) -> Result<(), Error>;

    fn clear_history(&mut self) -> Result<(), Error>;
    fn add_commits(&mut self, commits: &[Commit]) -> Result<(), Error>;
    fn settle_history(&mut self, tip: &str, complete: bool, touched: Option<&[String]>) -> Result<(), Error>;
    fn forget_after(&mut self, oid: &str, position: i64) -> Result<Vec<String>, Error>;
    fn date(&mut self, paths: &[String]) -> Result<(), Error>;

    fn is_current(&self) -> bool;
    fn size(&mut self) -> u64;
    fn close(self: Box<Self>);
    fn leave(self: Box<Self>);
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let text = error.to_string();
        let database = match error {
            sqlx::Error::Database(database) => database,
            sqlx::Error::Io(error) => return Self::Unreachable(error.to_string()),
            sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => return Self::Unreachable(text),
            _ => return Self::Unusable(text),
        };
        if let Some(sqlite) = database.try_downcast_ref::<SqliteError>() {
            return of_sqlite(sqlite, text);
        }
        match database.try_downcast_ref::<PgDatabaseError>() {
            Some(postgres) => of_postgres(postgres.code(), postgres.message().to_owned()),
            None => Self::Unusable(text),
        }
    }
}

fn of_sqlite(error: &SqliteError, text: String) -> Error {
    use sqlx::error::DatabaseError as _;
    let code = error.code().and_then(|code| code.parse::<i32>().ok());
    // The primary result codes; the upper bits say more.
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => Error::Busy,
        Some(8 | 10 | 13 | 14) => Error::NotWritable(text),
        _ => Error::Unusable(text),
    }
}

fn of_postgres(code: &str, text: String) -> Error {
    match code {
        // The lock is not free, or others were in the way.
        "55P03" | "40001" | "40P01" => Error::Busy,
        // Read-only, no right to write, no room.
        "25006" | "42501" | "53100" => Error::NotWritable(text),
        // It was cancelled for taking too long, or the server is going down, starting up or full of others.
        "57014" | "57P01" | "57P02" | "57P03" | "57P05" | "53300" => Error::Unreachable(text),
        _ if code.starts_with("08") || code.starts_with("28") => Error::Unreachable(text),
        _ => Error::Unusable(text),
    }
}
