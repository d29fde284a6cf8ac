//! Bringing commits in, and what each did to which file.

use sqlx::SqliteConnection;

use super::files::{dated, insert, list};
use super::log::chain_position;
use super::{Error, Index, column, open};
use crate::record::value::Time;

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
            "DELETE FROM commits; DELETE FROM change; DELETE FROM touched;
             DELETE FROM meta WHERE key IN ('history', 'complete');
             UPDATE record SET version = NULL, updated_at = imported_at, updated_by = imported_by",
        )
    }

    /// Forgets all commits after this one, within what [`Index::begin_writing`] began; returns the paths they
    /// touched, which [`Index::date`] is to be told of once the files are those of the commit. None where nothing
    /// was done: where it does not know the commit, or where a merge came after it.
    ///
    /// # Errors
    ///
    /// As [`Index::clear_history`].
    pub fn forget_after(&mut self, oid: &str) -> Result<Option<Vec<String>>, Error> {
        self.runtime.block_on(forget_after(&mut self.connection, oid))
    }

    /// Gives the records at these paths the versions and times of the history.
    ///
    /// # Errors
    ///
    /// As [`Index::clear_history`].
    pub fn date(&mut self, paths: &[String]) -> Result<(), Error> {
        self.runtime.block_on(dated(&mut self.connection, Some(paths)))
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
    let Some(known) = chain_position(connection, oid).await? else {
        return Ok(None);
    };
    let sql = "SELECT count(*) OVER (), at, coalesce(client, author) FROM change JOIN commits USING (number)
        WHERE path = ? AND position <= ? ORDER BY position DESC, oid DESC LIMIT 1";
    let query = sqlx::query(sql).bind(path).bind(known);
    let Some(last) = query.fetch_optional(connection).await? else {
        return Ok(Some(Touched::default()));
    };
    Ok(Some(Touched {
        version: column::<i64>(&last, 0)?.try_into().unwrap_or(0),
        at: column::<Option<i64>>(&last, 1)?.and_then(Time::from_milliseconds),
        by: column(&last, 2)?,
    }))
}

async fn forget_after(connection: &mut SqliteConnection, oid: &str) -> Result<Option<Vec<String>>, Error> {
    let Some(last) = chain_position(connection, oid).await? else {
        return Ok(None);
    };
    let sql = "SELECT json_group_array(DISTINCT path) FROM change JOIN commits USING (number) WHERE position > ?";
    let paths = sqlx::query(sql).bind(last).fetch_one(&mut *connection).await?;
    let paths: &str = column(&paths, 0)?;
    for sql in [
        "DELETE FROM change WHERE number IN (SELECT number FROM commits WHERE position > ?)",
        "DELETE FROM commits WHERE position > ?",
    ] {
        sqlx::query(sql).bind(last).execute(&mut *connection).await?;
    }
    for sql in [
        "DELETE FROM touched WHERE path IN (SELECT value FROM json_each(?))",
        // The columns beside the greatest are those of its row.
        "INSERT INTO touched SELECT path, version, number, position, oid FROM (
            SELECT path, count(*) AS version, number, position, oid, max(printf('%020d', position) || oid)
            FROM change JOIN commits USING (number) WHERE path IN (SELECT value FROM json_each(?)) GROUP BY path)",
    ] {
        sqlx::query(sql).bind(paths).execute(&mut *connection).await?;
    }
    open::set(connection, "history", oid).await?;
    let unusable = |error: serde_json::Error| Error::Unusable(error.to_string());
    serde_json::from_str(paths).map(Some).map_err(unusable)
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
                .push_bind(commit.merge);
        },
    )
    .await?;
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
                .push_bind(change.owner.as_deref());
        },
    )
    .await?;
    add_touched(connection, &changes).await
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
