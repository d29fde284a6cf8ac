//! Bringing commits in, and what each did to which file.

use sqlx::SqliteConnection;

use super::files::{dated, insert, list};
use super::{column, open};
use crate::index::{Commit, Error, FileChange};

/// What [`crate::index::Index::clear_history`] does.
pub(super) const CLEAR: &str = "DELETE FROM commits; DELETE FROM change; DELETE FROM touched;
    DELETE FROM meta WHERE key IN ('history', 'complete');
    UPDATE record SET version = NULL, updated_at = imported_at, updated_by = imported_by";

pub(super) async fn settle(
    connection: &mut SqliteConnection,
    tip: &str,
    complete: bool,
    touched: Option<&[String]>,
) -> Result<(), Error> {
    if complete {
        dated(connection, touched).await?;
    }
    open::set(connection, "complete", i64::from(complete)).await?;
    open::set(connection, "history", tip).await
}

/// Forgets the commits after this one, whose position is `last`.
pub(super) async fn forget_after(
    connection: &mut SqliteConnection,
    oid: &str,
    last: i64,
) -> Result<Vec<String>, Error> {
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
    serde_json::from_str(paths).map_err(unusable)
}

pub(super) async fn add(connection: &mut SqliteConnection, commits: &[Commit]) -> Result<(), Error> {
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
