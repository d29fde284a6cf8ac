//! The embedded index: SQLite, derived from git, disposable.
//!
//! The only place that names sqlx. It knows records and strings, nothing of git: what it is to
//! hold is handed to it, with the commit it is of. Rows and the tip they are of change in one
//! transaction, and reading is one too, so an answer is never of two commits. Everything is
//! synchronous from outside; the connection works on a runtime of its own, of one thread.
//!
//! Whatever is wrong with the file is an [`Error`], never a wrong answer: who asks goes on without.

mod digest;
mod files;
mod history;
mod log;
mod lookup;
mod open;
mod records;
mod row;
mod select;

use std::path::PathBuf;

use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

pub use files::{Content, Unread};
pub use history::{Commit, FileChange, Touched};
pub use log::{CommitPage, CommitSelection};
pub use lookup::Found;
pub use open::FORMAT;
pub use records::{RecordSelection, Tally};
pub use row::{Aged, Node, Row, Summary};
pub use select::{Page, Selection};

/// How many bytes may wait beside the file when a process ends.
const WAITING: u64 = 1 << 20;

/// An open index. Close it with [`Index::close`]; what is dropped instead is tidied up by the next.
pub struct Index {
    runtime: tokio::runtime::Runtime,
    connection: SqliteConnection,
    path: PathBuf,
    /// The file at the path when it was opened.
    identity: Option<(u64, u64)>,
}

/// Why the index does not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no file, or it is empty: it was never built, or somebody deleted it.
    #[error("there is no index yet")]
    Missing,
    /// The file is no index, is damaged, or is of another version of this program.
    #[error("the index is not usable: {0}")]
    Unusable(String),
    /// Another process is writing to it.
    #[error("another process is bringing the index up to date")]
    Busy,
    /// The directory or the disk does not allow it.
    #[error("the index cannot be written: {0}")]
    NotWritable(String),
    /// It stands at another commit than the caller thinks.
    #[error("the index has moved on meanwhile")]
    Moved,
}

/// Which commits the index stands at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The commit whose files it holds; none before it was first filled.
    pub tip: Option<String>,
    /// The commit whose history it holds.
    pub history: Option<String>,
    /// Whether that history is complete; it is not in a shallow clone.
    pub complete: bool,
    /// How many files cannot be read.
    pub unreadable: usize,
}

impl State {
    /// Whether both the files and the history are those of this commit.
    #[must_use]
    pub fn stands_at(&self, commit: &str) -> bool {
        self.tip.as_deref() == Some(commit) && self.history.as_deref() == Some(commit)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(database) => database.code().and_then(|code| code.parse::<i32>().ok()),
            _ => None,
        };
        // The primary result codes of SQLite; the upper bits say more.
        match code.map(|code| code & 0xff) {
            Some(5 | 6) => Self::Busy,
            Some(8 | 10 | 13 | 14) => Self::NotWritable(error.to_string()),
            _ => Self::Unusable(error.to_string()),
        }
    }
}

impl Index {
    /// How many records and how many commits it holds.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn counts(&mut self) -> Result<(u64, u64), Error> {
        let sql = "SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM commits)";
        let row = self
            .runtime
            .block_on(sqlx::query(sql).fetch_one(&mut self.connection))?;
        let count = |at| Ok::<_, Error>(column::<i64>(&row, at)?.try_into().unwrap_or(0));
        Ok((count(0)?, count(1)?))
    }

    /// Begins to read: until [`Index::abandon`], every answer is of the same state, which is returned.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], or [`Error::Unusable`] where the file is no index of this format.
    pub fn begin(&mut self) -> Result<State, Error> {
        self.runtime.block_on(open::state(&mut self.connection, "BEGIN;"))
    }

    /// What it stands at, within what was begun.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn state(&mut self) -> Result<State, Error> {
        self.runtime.block_on(open::state(&mut self.connection, ""))
    }

    /// Begins to write: nobody else can until [`Index::end`] or [`Index::abandon`].
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when another writes and does not end within a quarter of a second; else as
    /// [`Index::begin`].
    pub fn begin_writing(&mut self) -> Result<State, Error> {
        self.runtime
            .block_on(open::state(&mut self.connection, "BEGIN IMMEDIATE;"))
    }

    /// The same, but where another writes it is left to them.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] at once when another writes; else as [`Index::begin`].
    pub fn try_begin_writing(&mut self) -> Result<State, Error> {
        self.execute("PRAGMA busy_timeout = 0")?;
        let state = self.begin_writing();
        let patience = format!("PRAGMA busy_timeout = {}", open::PATIENCE.as_millis());
        self.execute(sqlx::AssertSqlSafe(patience))?;
        state
    }

    /// Ends what was begun; what was written is there for everybody.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`]; nothing was written then.
    pub fn end(&mut self) -> Result<(), Error> {
        self.execute("COMMIT")
    }

    /// Gives up what was begun; nothing was written.
    pub fn abandon(&mut self) {
        // Where nothing was begun, or the file is broken, there is nothing to take back.
        drop(self.execute("ROLLBACK"));
    }

    /// Closes the file.
    pub fn close(self) {
        use sqlx::Connection as _;
        // Everything that matters was committed; a file left open is tidied up by whoever opens it next.
        drop(self.runtime.block_on(self.connection.close()));
    }

    /// The same at the end of the process, which closes its files too: as long as little waits beside the file to be
    /// written into it, who opens it next reads that sooner than the disk would take it now.
    pub fn leave(self) {
        match std::fs::metadata(open::beside(&self.path, "-wal")) {
            Ok(meta) if meta.len() <= WAITING => std::mem::forget(self),
            _ => self.close(),
        }
    }

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
