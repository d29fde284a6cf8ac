//! The tables: making them, what is said where they are not right, and keeping them fit.

use sqlx::PgConnection;

use super::{column, files, history};
use crate::index::Error;

/// The number of the layout in `schema/postgres.sql`.
pub const FORMAT: i64 = 5;

/// With so many new files the server should look at its tables anew.
pub(super) const MANY: usize = 1_000;

/// What helps where the tables are not right.
const REBUILD: &str = "git docket index rebuild --database makes it anew";

const SCHEMA: &str = include_str!("../../../schema/postgres.sql");

/// What to make where tables are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// Nothing: who reads makes nothing.
    AsTheyAre,
    /// Nothing, and it is an error where some of them are missing.
    Checked,
    /// All of them, where there are none; it is an error where some are missing.
    Made,
    /// Those that somebody dropped, too, and all of them anew where they are of an earlier format. What all
    /// repositories had is read anew then, each when it is synced.
    Mended,
}

/// What is to be done before the tables are as this version wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    Nothing,
    /// Some tables, or all, or what they say of their format.
    Some,
    /// All of them, since they are not of a format that is known, or it is lost which rows are whose.
    Older,
}

/// Makes the schema and its tables where there are none, or some are missing. Several may come at once.
pub(super) async fn create_tables(connection: &mut PgConnection, wanted: Tables) -> Result<(), Error> {
    if lack(connection, wanted).await? == Lack::Nothing {
        return Ok(());
    }
    sqlx::raw_sql("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('git_docket', 0))")
        .execute(&mut *connection)
        .await?;
    let made = make_tables(connection, wanted).await;
    let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
    sqlx::raw_sql(end).execute(&mut *connection).await?;
    made
}

async fn lack(connection: &mut PgConnection, wanted: Tables) -> Result<Lack, Error> {
    // Not `to_regclass`: within a transaction it may remember that there was none.
    let there = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'git_docket' AND tablename = ANY ($1)";
    let tables: Vec<_> = tables().collect();
    let there = sqlx::query(there).bind(&tables).fetch_all(&mut *connection).await?;
    let there = there
        .iter()
        .map(|row| column(row, 0))
        .collect::<Result<Vec<&str>, _>>()?;
    let missing: Vec<_> = tables.into_iter().filter(|table| !there.contains(table)).collect();
    if there.is_empty() {
        // Whoever only looks is told in the end that there is nothing.
        return Ok(if wanted == Tables::Checked {
            Lack::Nothing
        } else {
            Lack::Some
        });
    }
    let mut format = None;
    if there.contains(&"meta") {
        let asked = "SELECT (SELECT value FROM git_docket.meta WHERE key = 'format')";
        let row = sqlx::query(asked).fetch_one(connection).await?;
        format = column::<Option<String>>(&row, 0)?;
    }
    let format = format.as_deref();
    let number = format.map(str::parse::<i64>);
    if wanted == Tables::Mended {
        return match number {
            Some(Ok(newer)) if newer > FORMAT => Err(of_other_format(format)),
            // Words begin with the number of their repository, which is lost with that table.
            _ if missing.contains(&"repository") => Ok(Lack::Older),
            Some(Ok(FORMAT)) if missing.is_empty() => Ok(Lack::Nothing),
            Some(Ok(FORMAT)) | None => Ok(Lack::Some),
            Some(_) => Ok(Lack::Older),
        };
    }
    match number {
        Some(Ok(FORMAT)) | None if !missing.is_empty() => Err(without(&missing)),
        // Another format is told by whoever asks where it stands.
        _ => Ok(Lack::Nothing),
    }
}

/// All tables of the schema.
fn tables() -> impl Iterator<Item = &'static str> {
    let rows = files::OF_RECORDS.iter().chain(files::OTHERS).chain(history::TABLES);
    rows.copied().chain(["meta", "repository"])
}

async fn make_tables(connection: &mut PgConnection, wanted: Tables) -> Result<(), Error> {
    let lack = lack(connection, wanted).await?;
    if lack == Lack::Nothing {
        return Ok(());
    }
    let encoding = sqlx::query("SELECT current_setting('server_encoding')")
        .fetch_one(&mut *connection)
        .await?;
    let encoding: &str = column(&encoding, 0)?;
    if encoding != "UTF8" {
        return Err(Error::Unusable(format!(
            "the database is in {encoding}; records are UTF-8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        )));
    }
    let schema = "CREATE SCHEMA IF NOT EXISTS git_docket; SET LOCAL search_path = git_docket";
    sqlx::raw_sql(schema).execute(&mut *connection).await?;
    if lack == Lack::Older {
        // Without CASCADE: a view that somebody made of them is theirs to drop.
        let drop = format!("DROP TABLE IF EXISTS {}", tables().collect::<Vec<_>>().join(", "));
        sqlx::raw_sql(sqlx::AssertSqlSafe(drop))
            .execute(&mut *connection)
            .await?;
    }
    sqlx::raw_sql(SCHEMA).execute(&mut *connection).await?;
    // Whoever had rows in a table that was made just now says no longer that they are there.
    let stated = format!(
        "INSERT INTO meta VALUES ('format', '{FORMAT}') ON CONFLICT DO NOTHING;
        UPDATE repository SET tip = NULL, history = NULL, complete = FALSE"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(stated))
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// What to say of a database that somebody took tables from.
fn without(missing: &[&str]) -> Error {
    let (tables, are) = match missing {
        [_] => ("table", "is"),
        _ => ("tables", "are"),
    };
    let missing = missing.join(", ");
    Error::Unusable(format!("the {tables} {missing} of the database {are} gone: {REBUILD}"))
}

/// What to say of a database that another version has filled.
pub(super) fn of_other_format(format: Option<&str>) -> Error {
    let next = match format.map(str::parse::<i64>) {
        Some(Ok(newer)) if newer > FORMAT => "use a newer version",
        _ => REBUILD,
    };
    let format = format.unwrap_or("unknown");
    Error::Unusable(format!(
        "the database is of format {format}, this version reads {FORMAT}: {next}"
    ))
}

/// How many bytes all tables take, of all repositories.
pub(super) async fn size(connection: &mut PgConnection) -> Result<u64, Error> {
    let sql = "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
        WHERE relnamespace = 'git_docket'::regnamespace AND relkind IN ('r', 'p')";
    let row = sqlx::query(sql).fetch_one(connection).await?;
    Ok(column::<i64>(&row, 0)?.try_into().unwrap_or(0))
}

/// Lets the server look at what is in its tables, outside of any transaction.
pub(super) async fn analyse(connection: &mut PgConnection) -> Result<(), Error> {
    let tables: Vec<_> = tables().map(|table| format!("git_docket.{table}")).collect();
    let sql = format!("ANALYZE {}", tables.join(", "));
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut *connection)
        .await?;
    // Labels are counted in an index, without a look at each row once the server knows that everybody may see them; and
    // what was added last to the indexes of words waits to be put among the rest.
    for table in ["label", "words"] {
        let sql = format!("VACUUM git_docket.{table}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
