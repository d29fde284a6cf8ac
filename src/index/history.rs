//! Bringing commits in, and what each did to which file.

use sqlx::SqliteConnection;

use super::files::{dated, insert, list};
use super::{Error, Index, column, open};
use crate::record::value::Time;

/// A commit the tip reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub oid: String,
    /// The names of its parents; all of them were added before or are in the same call, before it.
    pub parents: Vec<String>,
    /// When it was committed, in milliseconds since 1970; none where it has no readable date.
    pub at: Option<i64>,
    /// Where it stands among all: greater than every parent.
    pub position: i64,
    /// The author's name.
    pub author: String,
    /// The program or actor that made it.
    pub client: Option<String>,
    /// The operation that made it.
    pub operation: Option<String>,
    /// The first line of its message.
    pub subject: String,
    /// The commit it takes back.
    pub undoes: Option<String>,
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
    /// What was done to the record, as JSON.
    pub record: Option<String>,
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
    /// What became of a file up to a commit, which need not be the one the index stands at. None where
    /// the index does not know the commit, or cannot tell what came after it from what came before.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn touched(&mut self, path: &str, oid: &str) -> Result<Option<Touched>, Error> {
        self.runtime.block_on(touched(&mut self.connection, path, oid))
    }

    /// The position of a commit; none where it is not there.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn position(&mut self, oid: &str) -> Result<Option<i64>, Error> {
        self.runtime.block_on(async {
            let query = sqlx::query("SELECT position FROM commits WHERE oid = ?").bind(oid);
            let row = query.fetch_optional(&mut self.connection).await?;
            row.map(|row| column(&row, 0)).transpose()
        })
    }

    /// Forgets all commits, within what [`Index::begin_writing`] began.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`] or [`Error::Unusable`].
    pub fn clear_history(&mut self) -> Result<(), Error> {
        self.execute(
            "DELETE FROM commits; DELETE FROM parent; DELETE FROM change; DELETE FROM touched;
             DELETE FROM meta WHERE key IN ('history', 'complete');
             UPDATE record SET version = NULL, updated_at = imported_at, updated_by = imported_by",
        )
    }

    /// Adds commits that are not there, within what [`Index::begin_writing`] began.
    ///
    /// # Errors
    ///
    /// As [`Index::clear_history`].
    pub fn add_commits(&mut self, commits: &[Commit]) -> Result<(), Error> {
        self.runtime.block_on(add(&mut self.connection, commits))
    }

    /// Says that the commits are now those that `tip` reaches, all of them where `complete`, and
    /// dates the records at `touched`; all records where nothing is said.
    ///
    /// # Errors
    ///
    /// As [`Index::clear_history`].
    pub fn settle_history(&mut self, tip: &str, complete: bool, touched: Option<&[String]>) -> Result<(), Error> {
        self.runtime.block_on(async {
            if complete {
                dated(&mut self.connection, touched).await?;
            }
            open::set(&mut self.connection, "complete", i64::from(complete)).await?;
            open::set(&mut self.connection, "history", tip).await
        })
    }
}

async fn touched(connection: &mut SqliteConnection, path: &str, oid: &str) -> Result<Option<Touched>, Error> {
    // As long as no later commit is a merge, they are one chain, and greater than all that this one reaches.
    let sql = "SELECT position FROM commits WHERE oid = ? AND NOT EXISTS (
            SELECT 1 FROM commits later WHERE later.position > commits.position AND later.merge)";
    let Some(known) = sqlx::query(sql).bind(oid).fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let sql = "SELECT count(*) OVER (), at, coalesce(client, author) FROM change JOIN commits USING (number)
        WHERE path = ? AND position <= ? ORDER BY position DESC, oid DESC LIMIT 1";
    let query = sqlx::query(sql).bind(path).bind(column::<i64>(&known, 0)?);
    let Some(last) = query.fetch_optional(connection).await? else {
        return Ok(Some(Touched::default()));
    };
    Ok(Some(Touched {
        version: column::<i64>(&last, 0)?.try_into().unwrap_or(0),
        at: column::<Option<i64>>(&last, 1)?.and_then(Time::from_milliseconds),
        by: column(&last, 2)?,
    }))
}

async fn add(connection: &mut SqliteConnection, commits: &[Commit]) -> Result<(), Error> {
    let last = sqlx::query("SELECT coalesce(max(number), 0) FROM commits")
        .fetch_one(&mut *connection)
        .await?;
    let next: i64 = column::<i64>(&last, 0)? + 1;
    let commits: Vec<_> = (next..).zip(commits).collect();
    insert(
        connection,
        "INSERT INTO commits ",
        &commits,
        |mut values, (number, commit)| {
            values
                .push_bind(*number)
                .push_bind(commit.oid.as_str())
                .push_bind(commit.at)
                .push_bind(commit.position)
                .push_bind(commit.author.as_str())
                .push_bind(commit.client.as_deref())
                .push_bind(commit.operation.as_deref())
                .push_bind(commit.subject.as_str())
                .push_bind(commit.undoes.as_deref())
                .push_bind(commit.merge);
        },
    )
    .await?;
    add_parents(connection, &commits).await?;
    let changes: Vec<_> = commits
        .iter()
        .flat_map(|(number, commit)| commit.changes.iter().map(|change| (*number, *commit, change)))
        .collect();
    insert(
        connection,
        "INSERT INTO change ",
        &changes,
        |mut values, (number, _, change)| {
            values
                .push_bind(*number)
                .push_bind(change.path.as_str())
                .push_bind(change.owner.as_deref())
                .push_bind(change.record.as_deref());
        },
    )
    .await?;
    add_touched(connection, &changes).await
}

async fn add_parents(connection: &mut SqliteConnection, commits: &[(i64, &Commit)]) -> Result<(), Error> {
    let edges: Vec<_> = commits
        .iter()
        .flat_map(|(number, commit)| commit.parents.iter().map(move |parent| (*number, parent.as_str())))
        .collect();
    for edges in edges.chunks(1000) {
        let sql = "INSERT INTO parent SELECT edge.value ->> 0, commits.number
                   FROM json_each(?) edge JOIN commits ON commits.oid = edge.value ->> 1 WHERE 1
                   ON CONFLICT DO NOTHING";
        sqlx::query(sql).bind(list(edges)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Counts the changes of each path, and keeps the newest.
async fn add_touched(connection: &mut SqliteConnection, changes: &[(i64, &Commit, &FileChange)]) -> Result<(), Error> {
    for changes in changes.chunks(1000) {
        let rows: Vec<_> = changes
            .iter()
            .map(|(number, commit, change)| (&change.path, number, commit.position, &commit.oid))
            .collect();
        let sql = "INSERT INTO touched
                SELECT value ->> 0, 1, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE 1
            ON CONFLICT DO UPDATE SET
                version = version + 1,
                number = iif((excluded.position, excluded.oid) > (position, oid), excluded.number, number),
                position = max(excluded.position, position),
                oid = iif((excluded.position, excluded.oid) > (position, oid), excluded.oid, oid)";
        sqlx::query(sql).bind(list(&rows)).execute(&mut *connection).await?;
    }
    Ok(())
}
