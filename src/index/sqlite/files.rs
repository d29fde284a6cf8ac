//! Bringing the files of a commit in.

use serde_json::json;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{column, open, words};
use crate::index::columns::NewRow;
use crate::index::numbers::LastNumbers;
use crate::index::{Content, Error, Unread};
use crate::record::RecordPath;
use crate::record::value::folded;

/// Rows a statement inserts. SQLite takes 32,766 values in one.
const ROWS: usize = 100;

/// What [`crate::index::Index::clear`] does.
pub(super) const CLEAR: &str = "DELETE FROM record; DELETE FROM content; DELETE FROM label; DELETE FROM alias;
    DELETE FROM edge; DELETE FROM touches; DELETE FROM attribute; DELETE FROM unreadable; DELETE FROM tally;
    DELETE FROM meta WHERE key = 'tip'; INSERT INTO words (words) VALUES ('delete-all');
    INSERT INTO left_out_words (left_out_words) VALUES ('delete-all')";

/// A list as SQLite takes it: `IN (SELECT value FROM json_each(?))`.
pub(super) fn list<T: serde::Serialize>(values: &[T]) -> String {
    json!(values).to_string()
}

pub(super) async fn remove(connection: &mut SqliteConnection, paths: &[String]) -> Result<(), Error> {
    let paths = list(paths);
    let gone = "SELECT json_group_array(record) FROM record WHERE path IN (SELECT value FROM json_each(?))";
    let gone = sqlx::query(gone).bind(&paths).fetch_one(&mut *connection).await?;
    let gone: &str = column(&gone, 0)?;
    for table in ["content", "label", "alias", "edge", "touches", "attribute", "record"] {
        let sql = format!("DELETE FROM {table} WHERE record IN (SELECT value FROM json_each(?))");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(gone);
        query.execute(&mut *connection).await?;
    }
    words::remove(connection, gone).await?;
    let sql = "DELETE FROM unreadable WHERE path IN (SELECT value FROM json_each(?))";
    sqlx::query(sql).bind(&paths).execute(connection).await?;
    Ok(())
}

pub(super) async fn add(connection: &mut SqliteConnection, files: &[Content], unread: &[Unread]) -> Result<(), Error> {
    let last = sqlx::query(sqlx::AssertSqlSafe(LastNumbers::sql("")))
        .fetch_one(&mut *connection)
        .await?;
    let mut last = LastNumbers {
        live: column(&last, 0)?,
        other: column(&last, 1)?,
        left_out: column(&last, 2)?,
    };
    for files in files.chunks(ROWS) {
        let rows = files.iter().map(|file| last.next(file));
        let rows: Vec<_> = rows.collect();
        insert(connection, "INSERT INTO record ", &rows, push_record).await?;
        insert(connection, "INSERT INTO content ", &rows, |mut values, row| {
            values
                .push_bind(row.number)
                .push_bind(row.fields.as_str())
                .push_bind(row.record.body.as_str())
                .push_bind(row.file.parsed.newer_schema.as_deref());
        })
        .await?;
        add_labels(connection, &rows).await?;
        add_lists(connection, &rows).await?;
        words::add(connection, &rows).await?;
    }
    insert(connection, "INSERT INTO unreadable ", unread, |mut values, file| {
        values
            .push_bind(file.path.as_str())
            .push_bind(file.kind.as_str())
            .push_bind(list(&file.violations));
    })
    .await
}

async fn add_labels(connection: &mut SqliteConnection, rows: &[NewRow<'_>]) -> Result<(), Error> {
    let labels: Vec<_> = rows
        .iter()
        .flat_map(|row| row.columns.labels.iter().map(move |label| (row, label)))
        .collect();
    insert(connection, "INSERT INTO label ", &labels, |mut values, (row, label)| {
        values
            .push_bind(row.number)
            .push_bind(label.as_str())
            .push_bind(row.columns.id.as_deref())
            .push_bind(row.columns.item_type)
            .push_bind(row.columns.status)
            .push_bind(row.columns.origin.as_ref().and_then(|origin| origin.0));
    })
    .await
}

/// What is in other lists of a record.
async fn add_lists(connection: &mut SqliteConnection, rows: &[NewRow<'_>]) -> Result<(), Error> {
    let aliases: Vec<_> = rows
        .iter()
        .flat_map(|row| row.record.aliases().map(|a| (row.number, a)))
        .collect();
    insert(
        connection,
        "INSERT INTO alias ",
        &aliases,
        |mut values, (number, alias)| {
            values.push_bind(*number).push_bind(*alias).push_bind(folded(alias));
        },
    )
    .await?;
    let edges: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((row, row.columns.id.as_deref()?)))
        .flat_map(|(row, id)| {
            (0i64..)
                .zip(&row.columns.waits_for)
                .map(move |(at, target)| (row.number, at, id, target))
        })
        .collect();
    insert(
        connection,
        "INSERT INTO edge ",
        &edges,
        |mut values, (number, at, id, target)| {
            values
                .push_bind(*number)
                .push_bind(*at)
                .push_bind(*id)
                .push_bind(target.as_str());
        },
    )
    .await?;
    let touches: Vec<_> = rows
        .iter()
        .flat_map(|row| row.columns.touches.iter().map(|target| (row.number, target)))
        .collect();
    insert(
        connection,
        "INSERT OR IGNORE INTO touches ",
        &touches,
        |mut values, (number, target)| {
            values.push_bind(*number).push_bind(target.as_str());
        },
    )
    .await?;
    let attributes: Vec<_> = rows
        .iter()
        .flat_map(|row| row.columns.attributes.iter().map(|attribute| (row.number, attribute)))
        .collect();
    insert(
        connection,
        "INSERT INTO attribute ",
        &attributes,
        |mut values, (number, attribute)| {
            values
                .push_bind(*number)
                .push_bind(attribute.name.as_str())
                .push_bind(attribute.text.as_deref())
                .push_bind(attribute.number);
        },
    )
    .await
}

fn push_record<'r>(mut values: sqlx::query_builder::Separated<'_, Sqlite, &'static str>, row: &'r NewRow<'r>) {
    let columns = &row.columns;
    values
        .push_bind(row.number)
        .push_bind(row.file.path.to_string())
        .push_bind(row.file.path.kind().as_str())
        .push_bind(columns.id.as_deref())
        .push_bind(columns.stigid.as_deref())
        .push_bind(columns.owner.as_deref())
        .push_bind(columns.title.as_str())
        .push_bind(columns.item_type)
        .push_bind(columns.status)
        .push_bind(columns.priority)
        .push_bind(columns.parent.as_deref())
        .push_bind(columns.assignee.as_deref())
        .push_bind(columns.claimed_by.as_deref())
        .push_bind(columns.claimed_until)
        .push_bind(columns.created_at)
        .push_bind(columns.gone)
        .push_bind(columns.archived)
        .push_bind(columns.settled)
        .push_bind(columns.boxes)
        .push_bind(columns.boxes_done)
        .push_bind(columns.origin.is_some())
        .push_bind(columns.origin.as_ref().and_then(|origin| origin.0))
        .push_bind(columns.origin.as_ref().and_then(|origin| origin.1.as_deref()))
        .push_bind(row.live)
        .push_bind(false)
        .push_bind(None::<i64>)
        // Without a history, this is all that is known.
        .push_bind(columns.origin.as_ref().and_then(|origin| origin.0))
        .push_bind(columns.origin.as_ref().and_then(|origin| origin.1.as_deref()))
        .push_bind(columns.name.as_deref())
        .push_bind(columns.quarter.as_deref())
        .push_bind(columns.environment.as_deref())
        .push_bind(columns.branch.as_deref());
}

/// Inserts rows, many at a time; none where there are none.
pub(super) async fn insert<'r, T>(
    connection: &mut SqliteConnection,
    into: &'static str,
    rows: &'r [T],
    push: impl Fn(sqlx::query_builder::Separated<'_, Sqlite, &'static str>, &'r T),
) -> Result<(), Error> {
    for rows in rows.chunks(ROWS) {
        let mut query = QueryBuilder::new(into);
        query.push_values(rows, &push);
        // Full chunks are all alike and worth keeping prepared; the last one hardly ever comes again.
        let query = query.build().persistent(rows.len() == ROWS || rows.len() == 1);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

pub(super) async fn settle(
    connection: &mut SqliteConnection,
    tip: &str,
    changed: Option<&[String]>,
) -> Result<(), Error> {
    const READY: &str = "UPDATE record SET ready = live AND status IN ('pending', 'active') AND NOT EXISTS (
            SELECT 1 FROM edge WHERE edge.source = record.id AND NOT EXISTS (
                SELECT 1 FROM record target
                WHERE target.id = edge.target AND target.stigid IS NOT NULL AND target.settled))";
    match changed {
        None => {
            let sql = format!("{READY} WHERE live");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                .execute(&mut *connection)
                .await?;
        }
        Some(changed) => {
            let ids = changed.iter().filter_map(|path| RecordPath::of(path)?.id());
            let ids = list(&ids.map(|id| id.to_string()).collect::<Vec<_>>());
            // What changed, and what waits for it.
            let sql = format!(
                "{READY} WHERE live AND stigid IS NOT NULL AND id IN (
                    SELECT value FROM json_each(?1)
                    UNION SELECT source FROM edge WHERE target IN (SELECT value FROM json_each(?1)))"
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(ids);
            query.execute(&mut *connection).await?;
        }
    }
    words::follow(connection, changed).await?;
    dated(connection, changed).await?;
    open::set(connection, "tip", tip).await
}

/// Says of labels when their items were last changed, as these say.
pub(super) const DATED_LABELS: &str = "UPDATE label SET updated_at = record.updated_at FROM record
    WHERE record.record = label.record AND record.updated_at IS NOT label.updated_at";

/// Gives records the version and the last change their history has, where that is known.
pub(super) async fn dated(connection: &mut SqliteConnection, paths: Option<&[String]>) -> Result<(), Error> {
    const DATED: &str = "UPDATE record SET
            version = touched.version,
            updated_at = CASE WHEN imported AND touched.version = 1 THEN imported_at ELSE commits.at END,
            updated_by = CASE WHEN imported AND touched.version = 1 THEN imported_by
                         ELSE coalesce(commits.client, commits.author) END
        FROM touched JOIN commits ON commits.number = touched.number
        WHERE record.path = touched.path";
    let paths = paths.map(list);
    for sql in [DATED, DATED_LABELS] {
        let query = match &paths {
            None => sqlx::query(sql),
            Some(paths) => {
                let sql = format!("{sql} AND record.path IN (SELECT value FROM json_each(?))");
                sqlx::query(sqlx::AssertSqlSafe(sql)).bind(paths)
            }
        };
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
