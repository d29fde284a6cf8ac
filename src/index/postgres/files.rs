//! Bringing the files of a commit in.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::copy::Rows;
use super::words::{lexemes, spaced};
use super::{column, postings};
use crate::index::columns::{NewRow, text_of};
use crate::index::numbers::LastNumbers;
use crate::index::{Content, Error, Unread};
use crate::record::RecordPath;
use crate::record::value::folded;

/// The tables that have rows by the number of a record.
pub(super) const OF_RECORDS: &[&str] = &[
    "content",
    "label",
    "alias",
    "edge",
    "touches",
    "attribute",
    "words",
    "record",
];

/// The other tables of files.
pub(super) const OTHERS: &[&str] = &["unreadable", "tally", "posting"];

pub(super) async fn clear(connection: &mut PgConnection, repository: &str) -> Result<(), Error> {
    for table in OF_RECORDS.iter().chain(OTHERS) {
        let sql = format!("DELETE FROM {table} WHERE repository = $1::uuid");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(repository);
        query.execute(&mut *connection).await?;
    }
    let sql = "UPDATE repository SET tip = NULL, gathered = NULL WHERE repository = $1::uuid";
    sqlx::query(sql).bind(repository).execute(connection).await?;
    Ok(())
}

pub(super) async fn remove(connection: &mut PgConnection, repository: &str, paths: &[String]) -> Result<(), Error> {
    let gone = "SELECT record FROM record WHERE repository = $1::uuid AND path = ANY ($2)";
    let rows = sqlx::query(gone)
        .bind(repository)
        .bind(paths)
        .fetch_all(&mut *connection)
        .await?;
    let gone: Vec<i64> = rows.iter().map(|row| column(row, 0)).collect::<Result<_, _>>()?;
    count_out(connection, repository, &gone).await?;
    postings::forget(connection, repository, &gone).await?;
    for table in OF_RECORDS {
        let sql = format!("DELETE FROM {table} WHERE repository = $1::uuid AND record = ANY ($2)");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(repository).bind(&gone);
        query.execute(&mut *connection).await?;
    }
    let sql = "DELETE FROM unreadable WHERE repository = $1::uuid AND path = ANY ($2)";
    sqlx::query(sql)
        .bind(repository)
        .bind(paths)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn add(
    connection: &mut PgConnection,
    repository: &str,
    files: &[Content],
    unread: &[Unread],
) -> Result<(), Error> {
    let known = format!(
        "{}, number, gathered FROM repository WHERE repository = $1::uuid",
        LastNumbers::sql("repository = $1::uuid AND ")
    );
    let known = sqlx::query(sqlx::AssertSqlSafe(known)).bind(repository);
    let known = known.fetch_one(&mut *connection).await?;
    let mut last = LastNumbers {
        // A number that was gathered is given once.
        live: column::<i64>(&known, 0)?.max(column::<Option<i64>>(&known, 4)?.unwrap_or_default()),
        other: column(&known, 1)?,
        left_out: column(&known, 2)?,
    };
    let mut new = NewRows {
        repository_number: column(&known, 3)?,
        ..NewRows::default()
    };
    for file in files {
        new.push(repository, &last.next(file));
    }
    let mut unreadable = Rows::default();
    for file in unread {
        let violations = serde_json::to_string(&file.violations).map_err(|error| Error::Unusable(error.to_string()))?;
        let row = unreadable.row(repository);
        row.text(&file.path).text(file.kind.as_str()).text(&violations);
    }
    for (table, rows) in [
        ("record", &new.record),
        ("content", &new.content),
        ("label", &new.label),
        ("alias", &new.alias),
        ("edge", &new.edge),
        ("touches", &new.touches),
        ("attribute", &new.attribute),
        ("words", &new.words),
        ("unreadable", &unreadable),
    ] {
        copy(connection, table, rows).await?;
    }
    count_in(connection, repository, &new.live).await
}

/// Puts rows into a table, all columns of it.
pub(super) async fn copy(connection: &mut PgConnection, table: &str, rows: &Rows) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = format!("COPY git_docket.{table} FROM STDIN");
    let mut copy = connection.copy_in_raw(&statement).await?;
    copy.send(rows.as_bytes()).await?;
    copy.finish().await?;
    Ok(())
}

/// Counts live items that are new, by type and status. They are known: the server, which has not looked at what came
/// with this transaction, would look for each of them among all.
async fn count_in(connection: &mut PgConnection, repository: &str, live: &LiveItems) -> Result<(), Error> {
    let (kinds, counts): (Vec<_>, Vec<_>) = live.iter().map(|(kind, count)| (*kind, *count)).unzip();
    let (types, statuses): (Vec<_>, Vec<_>) = kinds.into_iter().unzip();
    let sql = "INSERT INTO tally SELECT $1::uuid, item_type, status, FALSE, items
            FROM unnest($2::text[], $3::text[], $4::bigint[]) AS new (item_type, status, items)
        ON CONFLICT (repository, item_type, status, ready) DO UPDATE SET items = tally.items + excluded.items";
    let query = sqlx::query(sql).bind(repository).bind(types).bind(statuses);
    query.bind(counts).execute(connection).await?;
    Ok(())
}

/// Counts those of these records out again that are live items.
async fn count_out(connection: &mut PgConnection, repository: &str, records: &[i64]) -> Result<(), Error> {
    let sql = "INSERT INTO tally SELECT repository, item_type, status, ready, -count(*) FROM record
            WHERE repository = $1::uuid AND live AND record = ANY ($2) GROUP BY 1, 2, 3, 4
        ON CONFLICT (repository, item_type, status, ready) DO UPDATE SET items = tally.items + excluded.items";
    sqlx::query(sql)
        .bind(repository)
        .bind(records)
        .execute(connection)
        .await?;
    Ok(())
}

/// How many items of a type and a status.
type LiveItems = BTreeMap<(&'static str, &'static str), i64>;

/// The rows of some files, table by table; the columns in the order of `schema/postgres.sql`.
#[derive(Default)]
struct NewRows {
    /// What stands before each word.
    repository_number: i64,
    record: Rows,
    content: Rows,
    label: Rows,
    alias: Rows,
    edge: Rows,
    touches: Rows,
    attribute: Rows,
    words: Rows,
    live: LiveItems,
}

impl NewRows {
    fn push(&mut self, repository: &str, row: &NewRow<'_>) {
        let (number, columns) = (row.number, &row.columns);
        self.push_record(repository, row);
        if row.live {
            let kind = (columns.item_type, columns.status.unwrap_or_default());
            *self.live.entry(kind).or_default() += 1;
        }
        let words = text_of(row.record).map(|(title, other)| spaced(&title, &other));
        if let Some(words) = &words {
            let cells = self.words.row(repository).number(number);
            cells.optional(columns.owner.as_deref()).truth(row.has_live_words());
            cells.text(&lexemes(self.repository_number, words));
        }
        let content = self.content.row(repository).number(number);
        content
            .text(&row.fields)
            .text(&row.record.body)
            .optional(row.file.parsed.newer_schema.as_deref())
            .optional(words.as_deref());
        for label in &columns.labels {
            let cells = self.label.row(repository).number(number).text(label);
            cells
                .optional(columns.id.as_deref())
                .text(columns.item_type)
                .optional(columns.status)
                .time(columns.origin.as_ref().and_then(|origin| origin.0));
        }
        for alias in row.record.aliases() {
            self.alias
                .row(repository)
                .number(number)
                .text(alias)
                .text(&folded(alias));
        }
        if let Some(id) = &columns.id {
            for (at, target) in (0i64..).zip(&columns.waits_for) {
                self.edge
                    .row(repository)
                    .number(number)
                    .number(at)
                    .text(id)
                    .text(target);
            }
        }
        let mut targets: Vec<_> = columns.touches.iter().collect();
        targets.sort();
        targets.dedup();
        for target in targets {
            self.touches.row(repository).number(number).text(target);
        }
        for attribute in &columns.attributes {
            let cells = self.attribute.row(repository).number(number).text(&attribute.name);
            cells
                .optional(attribute.text.as_deref())
                .optional_real(attribute.number);
        }
    }

    fn push_record(&mut self, repository: &str, row: &NewRow<'_>) {
        let (columns, kind) = (&row.columns, row.file.path.kind());
        let origin = columns.origin.as_ref();
        let (imported_at, imported_by) = origin.map_or((None, None), |origin| (origin.0, origin.1.as_deref()));
        let cells = self.record.row(repository).number(row.number);
        cells.text(&row.file.path.to_string()).text(kind.as_str());
        cells
            .optional(columns.id.as_deref())
            .optional(columns.stigid.as_deref());
        cells
            .optional(columns.owner.as_deref())
            .text(&columns.title)
            .text(columns.item_type);
        cells.optional(columns.status).optional_number(columns.priority);
        cells
            .optional(columns.parent.as_deref())
            .optional(columns.assignee.as_deref());
        cells
            .optional(columns.claimed_by.as_deref())
            .time(columns.claimed_until)
            .time(columns.created_at);
        cells.truth(columns.gone).truth(columns.archived).truth(columns.settled);
        cells.number(columns.boxes).number(columns.boxes_done);
        cells.truth(origin.is_some()).time(imported_at).optional(imported_by);
        cells.truth(row.live).truth(false);
        // Without a history, this is all that is known.
        cells.optional_number(None).time(imported_at).optional(imported_by);
        cells
            .optional(columns.name.as_deref())
            .optional(columns.quarter.as_deref());
        cells
            .optional(columns.environment.as_deref())
            .optional(columns.branch.as_deref());
    }
}

/// Lets the server join all rows to all others, for the rest of the transaction: of tables that were filled in it, it
/// does not know how many there are, and would look for them one by one.
async fn many_to_many(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql("SET LOCAL enable_nestloop = off")
        .execute(connection)
        .await?;
    Ok(())
}

/// What follows from several files: which items are ready, and what the history says of them.
pub(super) async fn settle(
    connection: &mut PgConnection,
    repository: &str,
    changed: Option<&[String]>,
) -> Result<(), Error> {
    let ids: Option<Vec<String>> = changed.map(|changed| {
        let ids = changed.iter().filter_map(|path| RecordPath::of(path)?.id());
        ids.map(|id| id.to_string()).collect()
    });
    // What changed, and what waits for it.
    let (items, sources) = match &ids {
        None => ("TRUE", "TRUE"),
        Some(_) => (
            "item.stigid IS NOT NULL AND item.id IN (SELECT id FROM concerned)",
            "edge.source IN (SELECT id FROM concerned)",
        ),
    };
    if ids.is_none() {
        many_to_many(connection).await?;
    }
    // Only what is different is written, and counted.
    let sql = format!(
        "WITH concerned AS (
            SELECT unnest($2::text[]) AS id
            UNION SELECT source FROM edge WHERE repository = $1::uuid AND target = ANY ($2)),
        held AS (
            SELECT DISTINCT edge.source AS id FROM edge LEFT JOIN record target ON target.repository = $1::uuid
                AND target.id = edge.target AND target.stigid IS NOT NULL
            WHERE edge.repository = $1::uuid AND {sources} AND NOT coalesce(target.settled, FALSE)),
        seen AS (
            SELECT item.record, item.status IN ('pending', 'active') AND held.id IS NULL AS ready
            FROM record item LEFT JOIN held ON held.id = item.id
            WHERE item.repository = $1::uuid AND item.live AND {items}),
        turned AS (
            UPDATE record SET ready = seen.ready FROM seen
            WHERE record.repository = $1::uuid AND record.record = seen.record AND record.ready <> seen.ready
            RETURNING record.item_type, record.status, record.ready)
        INSERT INTO tally SELECT $1::uuid, item_type, status, ready, sum(items) FROM (
            SELECT item_type, status, ready, 1 AS items FROM turned
            UNION ALL SELECT item_type, status, NOT ready, -1 FROM turned) AS both_ways GROUP BY 2, 3, 4
        ON CONFLICT (repository, item_type, status, ready) DO UPDATE SET items = tally.items + excluded.items"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(repository)
        .bind(ids.as_deref().unwrap_or_default());
    query.execute(&mut *connection).await?;
    follow(connection, repository, ids.as_deref()).await?;
    dated(connection, repository, changed).await
}

/// Puts the words of notes beside those of the items they are on: of notes that changed, or are on items that did; of
/// all where nothing is said.
async fn follow(connection: &mut PgConnection, repository: &str, ids: Option<&[String]>) -> Result<(), Error> {
    let which = ids.map_or("TRUE", |_| "(note.owner = ANY ($2) OR note.id = ANY ($2))");
    let sql = format!(
        "UPDATE words SET live = item.live
        FROM record note JOIN record item ON item.repository = $1::uuid AND item.id = note.owner
            AND item.stigid IS NOT NULL
        WHERE note.repository = $1::uuid AND note.owner IS NOT NULL AND {which}
            AND words.repository = $1::uuid AND words.record = note.record AND words.live <> item.live"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(repository);
    query.bind(ids.unwrap_or_default()).execute(connection).await?;
    Ok(())
}

/// Gives records the version and the last change their history has, where that is known.
pub(super) async fn dated(
    connection: &mut PgConnection,
    repository: &str,
    paths: Option<&[String]>,
) -> Result<(), Error> {
    let which = paths.map_or("TRUE", |_| "record.path = ANY ($2)");
    if paths.is_none() {
        many_to_many(connection).await?;
    }
    let sql = format!(
        "UPDATE record SET version = said.version, updated_at = said.at, updated_by = said.who
        FROM (SELECT record.record, touched.version,
                CASE WHEN imported AND touched.version = 1 THEN imported_at ELSE commits.at END AS at,
                CASE WHEN imported AND touched.version = 1 THEN imported_by
                    ELSE coalesce(commits.client, commits.author) END AS who
            FROM record JOIN touched USING (repository, path) JOIN commits USING (repository, number)
            WHERE repository = $1::uuid AND {which}) AS said
        WHERE record.repository = $1::uuid AND record.record = said.record
            AND (record.version, record.updated_at, record.updated_by)
                IS DISTINCT FROM (said.version, said.at, said.who)"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(repository)
        .bind(paths.unwrap_or_default());
    query.execute(&mut *connection).await?;
    dated_labels(connection, repository, paths).await
}

/// Says of the labels of these records, of all where nothing is said, when they were last changed, as the records say.
pub(super) async fn dated_labels(
    connection: &mut PgConnection,
    repository: &str,
    paths: Option<&[String]>,
) -> Result<(), Error> {
    let which = paths.map_or("TRUE", |_| "record.path = ANY ($2)");
    let sql = format!(
        "UPDATE label SET updated_at = record.updated_at FROM record
        WHERE label.repository = $1::uuid AND record.repository = $1::uuid AND record.record = label.record
            AND record.updated_at IS DISTINCT FROM label.updated_at AND {which}"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(repository);
    query.bind(paths.unwrap_or_default()).execute(connection).await?;
    Ok(())
}
