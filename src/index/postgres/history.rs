//! Bringing commits in, and what each did to which file.

use sqlx::PgConnection;

use super::column;
use super::copy::Rows;
use super::files::{copy, dated, dated_labels};
use crate::index::{Commit, Error};

/// The tables of the history.
pub(super) const TABLES: &[&str] = &["commits", "change", "touched"];

pub(super) async fn clear(connection: &mut PgConnection, repository: &str) -> Result<(), Error> {
    for table in TABLES {
        let sql = format!("DELETE FROM {table} WHERE repository = $1::uuid");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(repository);
        query.execute(&mut *connection).await?;
    }
    for sql in [
        "UPDATE record SET version = NULL, updated_at = imported_at, updated_by = imported_by
            WHERE repository = $1::uuid AND version IS NOT NULL",
        "UPDATE repository SET history = NULL, complete = FALSE WHERE repository = $1::uuid",
    ] {
        sqlx::query(sql).bind(repository).execute(&mut *connection).await?;
    }
    dated_labels(connection, repository, None).await
}

pub(super) async fn add(connection: &mut PgConnection, repository: &str, commits: &[Commit]) -> Result<(), Error> {
    let last = "SELECT coalesce(max(number), 0) FROM commits WHERE repository = $1::uuid";
    let last = sqlx::query(last).bind(repository).fetch_one(&mut *connection).await?;
    let first: i64 = column::<i64>(&last, 0)? + 1;
    let (mut rows, mut changes) = (Rows::default(), Rows::default());
    for (number, commit) in (first..).zip(commits) {
        let row = rows.row(repository).number(number).text(&commit.oid).time(commit.at);
        row.number(commit.position)
            .text(&commit.author)
            .optional(commit.client.as_deref())
            .truth(commit.merge);
        for change in &commit.changes {
            let row = changes.row(repository).number(number).text(&change.path);
            row.optional(change.owner.as_deref());
        }
    }
    copy(connection, "commits", &rows).await?;
    copy(connection, "change", &changes).await?;
    touch(connection, repository, first).await
}

/// Counts the changes that commits from this number on made to each path, and keeps the newest.
async fn touch(connection: &mut PgConnection, repository: &str, first: i64) -> Result<(), Error> {
    let sql = "INSERT INTO touched
        SELECT DISTINCT ON (path) $1::uuid, path, count(*) OVER (PARTITION BY path), number, position, oid
            FROM change JOIN commits USING (repository, number)
            WHERE repository = $1::uuid AND number >= $2 ORDER BY path, position DESC, oid DESC
        ON CONFLICT (repository, path) DO UPDATE SET
            version = touched.version + excluded.version,
            (number, position, oid) = (SELECT number, position, oid FROM (VALUES
                (touched.number, touched.position, touched.oid),
                (excluded.number, excluded.position, excluded.oid)) AS newest (number, position, oid)
                ORDER BY position DESC, oid DESC LIMIT 1)";
    sqlx::query(sql)
        .bind(repository)
        .bind(first)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn settle(
    connection: &mut PgConnection,
    repository: &str,
    tip: &str,
    complete: bool,
    touched: Option<&[String]>,
) -> Result<(), Error> {
    if complete {
        dated(connection, repository, touched).await?;
    }
    let sql = "UPDATE repository SET history = $2, complete = $3 WHERE repository = $1::uuid";
    let query = sqlx::query(sql).bind(repository).bind(tip).bind(complete);
    query.execute(connection).await?;
    Ok(())
}
