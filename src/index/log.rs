//! Which commits a question about the history is for.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{Error, Index, column};
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
        self.runtime.block_on(commits(&mut self.connection, selection))
    }
}

/// The position of a commit that only a chain of commits came after, so that all it reaches have smaller ones
/// and all others greater ones.
pub(super) async fn chain_position(connection: &mut SqliteConnection, oid: &str) -> Result<Option<i64>, Error> {
    let sql = "SELECT position FROM commits WHERE oid = ? AND NOT EXISTS (
            SELECT 1 FROM commits later WHERE later.position > commits.position AND later.merge)";
    let row = sqlx::query(sql).bind(oid).fetch_optional(connection).await?;
    row.map(|row| column(&row, 0)).transpose()
}

async fn commits(connection: &mut SqliteConnection, selection: &CommitSelection) -> Result<Option<CommitPage>, Error> {
    let mut bounds = Vec::new();
    for (oid, condition) in [
        (&selection.after, " AND position > "),
        (&selection.up_to, " AND position <= "),
    ] {
        let Some(oid) = oid else { continue };
        match chain_position(connection, oid).await? {
            Some(position) => bounds.push((condition, position)),
            None => return Ok(None),
        }
    }
    let narrowed = |select: &str| {
        let mut query = QueryBuilder::<Sqlite>::new(select);
        push_where(&mut query, selection, &bounds);
        query
    };
    let integer = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut query = narrowed("SELECT oid, position FROM commits WHERE 1");
    query.push(" ORDER BY position DESC, oid DESC LIMIT ");
    query.push_bind(integer(selection.limit.unwrap_or(usize::MAX)));
    query.push(" OFFSET ").push_bind(integer(selection.offset));
    let rows = query.build().fetch_all(&mut *connection).await?;
    let commits = rows.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?)));
    let commits: Vec<(String, i64)> = commits.collect::<Result<_, Error>>()?;
    let mut total = commits.len();
    if selection.offset > 0 || selection.limit.is_some_and(|limit| total >= limit) {
        let counted = narrowed("SELECT count(*) FROM commits WHERE 1");
        let row = { counted }.build().fetch_one(connection).await?;
        total = column::<i64>(&row, 0)?.try_into().unwrap_or(0);
    }
    Ok(Some(CommitPage { commits, total }))
}

fn push_where(query: &mut QueryBuilder<Sqlite>, selection: &CommitSelection, bounds: &[(&str, i64)]) {
    for (condition, position) in bounds {
        query.push(*condition).push_bind(*position);
    }
    for (condition, time) in [
        (" AND coalesce(at, 0) >= ", selection.since),
        (" AND coalesce(at, 0) <= ", selection.until),
    ] {
        if let Some(time) = time {
            query.push(condition).push_bind(time.as_milliseconds());
        }
    }
    if let Some(by) = &selection.by {
        query.push(" AND coalesce(client, author) = ").push_bind(by.clone());
    }
    if let Some(record) = &selection.record {
        query.push(" AND number IN (SELECT number FROM change WHERE path = ");
        query.push_bind(record.to_string());
        query.push(" UNION SELECT number FROM change WHERE owner = ");
        query.push_bind(record.id().map(|id| id.to_string())).push(")");
    }
}
