//! The indexes: SQLite beside the repository and, where one is configured, Postgres for a team. Derived from git,
//! disposable.
//!
//! The only place that names sqlx. It knows records and strings, nothing of git: what an index is to hold is handed to
//! it, with the commit it is of. Rows and the tip they are of change in one transaction, and reading is one too, so an
//! answer is never of two commits. Everything is synchronous from outside; a connection works on a runtime of its own,
//! of one thread. What is asked is written once, for both (see `statement.rs`); how rows get in, each does in its own way.
//!
//! Whatever is wrong with an index is an [`Error`], never a wrong answer: who asks goes on without.

mod backend;
mod columns;
mod condition;
mod count;
mod digest;
mod log;
mod lookup;
mod matching;
mod numbers;
mod page;
mod postgres;
mod postings;
mod records;
mod related;
mod row;
mod search;
mod select;
mod sqlite;
mod statement;
mod text;
mod wanted;

use std::path::Path;
use std::time::Duration;

use backend::Backend;
pub use log::{CommitPage, CommitSelection};
pub use lookup::Found;
use numbers::FIRST_LEFT_OUT;
pub use page::{Page, Selection};
use postgres::Postgres;
pub use postgres::{Database, FORMAT as DATABASE_FORMAT, RepositoryRow, Tables};
pub use records::{RecordSelection, Tally};
pub use row::{Aged, Node, Row, Summary};
use serde::de::DeserializeOwned;
pub use sqlite::FORMAT;
use sqlite::Sqlite;
use statement::{Dialect, Statement};

use crate::record::value::Time;
use crate::record::{Kind, Parsed, RecordPath, Violation};

/// An open index. Close it with [`Index::close`]; what is dropped instead is tidied up by the next.
pub struct Index {
    backend: Box<dyn Backend>,
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
    /// A file that it would hold cannot be read from the repository.
    #[error("the index stays where it is: {0}")]
    Lacking(String),
    /// It stands at another commit than the caller thinks.
    #[error("the index has moved on meanwhile")]
    Moved,
    /// What should name a database does not. The text is not told: it may hold a password.
    #[error("the URL of the database {0}")]
    NoUrl(&'static str),
    /// The database refuses the connection or the user, or it went away.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The database is there, but does not answer.
    #[error("the database did not answer within {:.1} seconds", .0.as_secs_f32())]
    TimedOut(Duration),
    /// It stands at a commit that came after the one wanted, or that is not known here.
    #[error("the database stands at a commit that this clone has not fetched, or that was taken back")]
    Ahead,
    /// It did not answer a short while ago, and is not asked before this time.
    #[error("the database did not answer; it is asked again after {0}")]
    Silent(Time),
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

/// A record file and what it holds.
#[derive(Debug, Clone)]
pub struct Content {
    /// Where it is.
    pub path: RecordPath,
    /// The record.
    pub parsed: Parsed,
}

/// A file that cannot be read as a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Unread {
    /// Where it is, as text.
    pub path: String,
    /// The kind of record that would be there.
    pub kind: Kind,
    /// What is wrong with it.
    pub violations: Vec<Violation>,
}

/// A commit the tip reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub oid: String,
    /// When it was committed, in milliseconds since 1970; none where it has no readable date.
    pub at: Option<i64>,
    /// Where it stands among all: greater than every parent.
    pub position: i64,
    /// The author's name.
    pub author: String,
    /// The program or actor that made it.
    pub client: Option<String>,
    /// Whether it has several parents.
    pub merge: bool,
    /// What it did to which file, where that differs from all of its parents.
    pub changes: Vec<FileChange>,
}

/// What a commit did to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Where the file is; bytes that are no text are replaced.
    pub path: String,
    /// The record it is about: itself, or what a note, link or conflict is on.
    pub owner: Option<String>,
}

/// What the history says of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// How many commits changed it; 0 where none ever did.
    pub version: u64,
    /// When the newest of them was made, where it has a readable date.
    pub at: Option<Time>,
    /// Who made it.
    pub by: Option<String>,
}

impl Index {
    /// Opens the index at `path`. Whether it is one, [`Index::begin`] tells.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`], [`Error::Unusable`], [`Error::Busy`] or [`Error::NotWritable`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let backend = Box::new(Sqlite::open(path)?);
        Ok(Self { backend })
    }

    /// Makes an empty index at `path`; what is there is thrown away. Its directory is made too.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`] or [`Error::Busy`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let backend = Box::new(Sqlite::create(path)?);
        Ok(Self { backend })
    }

    /// Connects to the index in a database, and makes what is wanted of its tables.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`], [`Error::TimedOut`] after half a second, [`Error::NotWritable`] where no tables may be
    /// made, [`Error::Unusable`]. That there are no tables [`Index::begin`] says, with [`Error::Missing`].
    pub fn connect(database: &Database, tables: Tables) -> Result<Self, Error> {
        let backend = Box::new(Postgres::open(database, tables)?);
        Ok(Self { backend })
    }

    /// How large it is, in bytes; with others of the same database.
    pub fn size(&mut self) -> u64 {
        self.backend.size()
    }

    /// Whether the file that was opened is still the one at its path, and was not replaced or removed.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.backend.is_current()
    }

    /// How many records and how many commits it holds.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn counts(&mut self) -> Result<(u64, u64), Error> {
        let dialect = self.dialect();
        let count = |table: &str| format!("(SELECT count(*) FROM {table} WHERE {}TRUE)", dialect.here(table));
        let records = match dialect {
            Dialect::Sqlite => format!(
                "(SELECT count(*) FROM record WHERE record < {FIRST_LEFT_OUT})
                    + (SELECT value FROM meta WHERE key = 'left_out')"
            ),
            _ => count("record"),
        };
        let columns = format!("{records}, {}", count("commits"));
        let sql = format!("SELECT {}", dialect.rows(&columns, ""));
        let counts = self.ask_one(&Statement::new(dialect, sql))?;
        Ok(counts.unwrap_or_default())
    }

    /// Begins to read: until [`Index::abandon`], every answer is of the same state, which is returned.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], or [`Error::Unusable`] where it is no index of this format.
    pub fn begin(&mut self) -> Result<State, Error> {
        self.backend.begin()
    }

    /// What it stands at, within what was begun.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn state(&mut self) -> Result<State, Error> {
        self.backend.state()
    }

    /// Begins to write: nobody else can until [`Index::end`] or [`Index::abandon`].
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when another writes and does not end within a quarter of a second; else as
    /// [`Index::begin`].
    pub fn begin_writing(&mut self) -> Result<State, Error> {
        self.backend.begin_writing(true)
    }

    /// The same, but where another writes it is left to them.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] at once when another writes; else as [`Index::begin`].
    pub fn try_begin_writing(&mut self) -> Result<State, Error> {
        self.backend.begin_writing(false)
    }

    /// Ends what was begun; what was written is there for everybody.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`]; nothing was written then. Of a server that is gone in between, [`Error::Unusable`]: what
    /// was written is there whole, or not at all.
    pub fn end(&mut self) -> Result<(), Error> {
        self.backend.end()
    }

    /// Gives up what was begun; nothing was written.
    pub fn abandon(&mut self) {
        self.backend.abandon();
    }

    /// Closes it.
    pub fn close(self) {
        self.backend.close();
    }

    /// The same at the end of the process, which closes its files too: as long as little waits beside the file to be
    /// written into it, who opens it next reads that sooner than the disk would take it now.
    pub fn leave(self) {
        self.backend.leave();
    }

    /// Forgets everything but the history, within what [`Index::begin_writing`] began.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`] or [`Error::Unusable`].
    pub fn clear(&mut self) -> Result<(), Error> {
        self.backend.clear()
    }

    /// Forgets the files at these paths, within what [`Index::begin_writing`] began.
    ///
    /// # Errors
    ///
    /// As [`Index::clear`].
    pub fn remove(&mut self, paths: &[String]) -> Result<(), Error> {
        self.backend.remove(paths)
    }

    /// Adds files that are not there, within what [`Index::begin_writing`] began.
    ///
    /// # Errors
    ///
    /// As [`Index::clear`].
    pub fn add(&mut self, files: &[Content], unread: &[Unread]) -> Result<(), Error> {
        self.backend.add(files, unread)
    }

    /// Says that the files are now those of the commit `tip`, and brings up to date what follows
    /// from several of them. `changed` are the paths that were removed or added; all where nothing
    /// is said.
    ///
    /// # Errors
    ///
    /// As [`Index::clear`].
    pub fn settle(&mut self, tip: &str, changed: Option<&[String]>) -> Result<(), Error> {
        self.backend.settle(tip, changed)
    }

    /// Forgets all commits, within what [`Index::begin_writing`] began.
    ///
    /// # Errors
    ///
    /// As [`Index::clear`].
    pub fn clear_history(&mut self) -> Result<(), Error> {
        self.backend.clear_history()
    }

    /// Forgets all commits after this one, within what [`Index::begin_writing`] began; returns the paths they
    /// touched, which [`Index::date`] is to be told of once the files are those of the commit. None where nothing
    /// was done: where it does not know the commit, or where a merge came after it.
    ///
    /// # Errors
    ///
    /// As [`Index::clear`].
    pub fn forget_after(&mut self, oid: &str) -> Result<Option<Vec<String>>, Error> {
        match self.chain_position(oid)? {
            Some(position) => self.backend.forget_after(oid, position).map(Some),
            None => Ok(None),
        }
    }

    /// Gives the records at these paths the versions and times of the history.
    ///
    /// # Errors
    ///
    /// As [`Index::clear`].
    pub fn date(&mut self, paths: &[String]) -> Result<(), Error> {
        self.backend.date(paths)
    }

    /// Adds commits that are not there, within what [`Index::begin_writing`] began.
    ///
    /// # Errors
    ///
    /// As [`Index::clear`].
    pub fn add_commits(&mut self, commits: &[Commit]) -> Result<(), Error> {
        self.backend.add_commits(commits)
    }

    /// Says that the commits are now those that `tip` reaches, all of them where `complete`, and
    /// dates the records at `touched`; all records where nothing is said.
    ///
    /// # Errors
    ///
    /// As [`Index::clear`].
    pub fn settle_history(&mut self, tip: &str, complete: bool, touched: Option<&[String]>) -> Result<(), Error> {
        self.backend.settle_history(tip, complete, touched)
    }

    fn dialect(&self) -> Dialect {
        self.backend.dialect()
    }

    /// The rows of a statement that gives them as [`Dialect::rows`] does.
    fn ask<T: DeserializeOwned>(&mut self, statement: &Statement) -> Result<Vec<T>, Error> {
        let Some(text) = self.backend.fetch(statement)? else {
            return Ok(Vec::new());
        };
        serde_json::from_str(&format!("[{text}]"))
            .map_err(|error| Error::Unusable(format!("a row is not what it should be: {error}")))
    }

    /// The first of them.
    fn ask_one<T: DeserializeOwned>(&mut self, statement: &Statement) -> Result<Option<T>, Error> {
        Ok(self.ask(statement)?.into_iter().next())
    }
}
