//! What holds the rows of an index.

use super::statement::{Dialect, Statement};
use super::{Commit, Content, Error, State, Unread};

/// What holds the rows. The methods are those of [`Index`], which say what each promises.
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
