//! Which commits a question about the history is for.

use super::count::counting;
use super::lookup::count;
use super::statement::Statement;
use super::{Error, Index};
use crate::record::RecordPath;
use crate::record::value::Time;

/// A question for commits. What is not given restricts nothing.
#[derive(Debug, Clone, Default)]
pub struct CommitSelection {
    /// That changed this record, or a note, commit link or conflict on it.
    pub record: Option<RecordPath>,
    /// That this commit does not reach.
    pub after: Option<String>,
    /// That this commit reaches.
    pub up_to: Option<String>,
    /// That were made then or later. A commit without a readable date was made in 1970.
    pub since: Option<Time>,
    /// That were made then or before.
    pub until: Option<Time>,
    /// That this one made.
    pub by: Option<String>,
    /// At most so many; all where nothing is said.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
}

/// Some of the commits that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommitPage {
    /// Names and positions, the newest first.
    pub commits: Vec<(String, i64)>,
    /// How many there are in all.
    pub total: usize,
}

impl Index {
    /// The commits a question is for. None where it names a commit that is not there, or that a merge came
    /// after: what such a commit reaches only the whole history tells.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn commits(&mut self, selection: &CommitSelection) -> Result<Option<CommitPage>, Error> {
        let mut bounds = Vec::new();
        for (oid, condition) in [
            (&selection.after, " AND position > "),
            (&selection.up_to, " AND position <= "),
        ] {
            let Some(oid) = oid else { continue };
            match self.chain_position(oid)? {
                Some(position) => bounds.push((condition, position)),
                None => return Ok(None),
            }
        }
        let dialect = self.dialect();
        let order = "position DESC, oid DESC";
        let rows = dialect.rows("oid, position", order);
        let mut statement = Statement::new(
            dialect,
            format!("SELECT {rows} FROM (SELECT oid, position FROM commits WHERE "),
        );
        push_wanted(&mut statement, selection, &bounds);
        statement.push(format!(" ORDER BY {order} LIMIT "));
        statement.bind(selection.limit.map_or(i64::MAX, count)).push(" OFFSET ");
        statement.bind(count(selection.offset)).push(") AS page");
        let commits: Vec<(String, i64)> = self.ask(&statement)?;
        let mut total = commits.len();
        if selection.offset > 0 || selection.limit.is_some_and(|limit| total >= limit) {
            let mut statement = Statement::new(dialect, counting("count(*)", "commits"));
            push_wanted(&mut statement, selection, &bounds);
            total = self.counted(&statement)?;
        }
        Ok(Some(CommitPage { commits, total }))
    }

    /// The position of a commit; none where it is not there.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn position(&mut self, oid: &str) -> Result<Option<i64>, Error> {
        let here = self.dialect().here("commits");
        let sql = format!("SELECT CAST(position AS text) FROM commits WHERE {here}oid = $2");
        self.ask_one(&Statement::with(self.dialect(), sql, [oid.into()]))
    }

    /// The position of a commit that only a chain of commits came after, so that all it reaches have smaller ones
    /// and all others greater ones.
    pub(super) fn chain_position(&mut self, oid: &str) -> Result<Option<i64>, Error> {
        let dialect = self.dialect();
        let sql = format!(
            "SELECT CAST(position AS text) FROM commits WHERE {}oid = $2 AND NOT EXISTS (
                SELECT 1 FROM commits later WHERE {}later.position > commits.position AND later.merge)",
            dialect.here("commits"),
            dialect.here("later")
        );
        self.ask_one(&Statement::with(dialect, sql, [oid.into()]))
    }
}

fn push_wanted(statement: &mut Statement, selection: &CommitSelection, bounds: &[(&str, i64)]) {
    let dialect = statement.dialect;
    statement.push(dialect.here("commits")).push("TRUE");
    for (condition, position) in bounds {
        statement.push(condition).bind(*position);
    }
    for (operator, time) in [(">=", selection.since), ("<=", selection.until)] {
        if let Some(time) = time {
            let (none, time) = (statement.parameter(0), statement.parameter(time.as_milliseconds()));
            let (none, time) = (dialect.instant(&none), dialect.instant(&time));
            statement.push(format!(" AND coalesce(at, {none}) {operator} {time}"));
        }
    }
    if let Some(by) = &selection.by {
        statement.push(" AND coalesce(client, author) = ").bind(by.as_str());
    }
    if let Some(record) = &selection.record {
        let here = dialect.here("change");
        let path = statement.parameter(record.to_string());
        let owner = statement.parameter(record.id().map(|id| id.to_string()));
        statement.push(format!(
            " AND number IN (SELECT number FROM change WHERE {here}path = {path}
                UNION SELECT number FROM change WHERE {here}owner = {owner})"
        ));
    }
}
