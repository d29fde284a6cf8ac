//! Gathering which live items have a word, so that a search for what many have need not count them row by row.
//!
//! What was gathered is not touched by each change: items that came since have greater numbers, those that are gone are
//! kept as a set of their own, and when these are many, all is gathered anew.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use sqlx::PgConnection;

use super::column;
use super::copy::Rows;
use super::files::copy;
use crate::index::Error;
use crate::index::numbers::FIRST_OTHER;
use crate::index::postings::{read, written};

/// So many items that came or went are counted one by one; and not more than a part of all.
const FEW: i64 = 1_000;
const PART: i64 = 25;

/// So many rows are read at a time.
const ROWS: i64 = 10_000;

/// Keeps in mind that these records are gone, as far as they were gathered.
pub(super) async fn forget(connection: &mut PgConnection, repository: &str, gone: &[i64]) -> Result<(), Error> {
    let sql = "SELECT records FROM posting WHERE repository = $1::uuid AND lexeme = ''";
    let forgotten = sqlx::query(sql)
        .bind(repository)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(forgotten) = forgotten else { return Ok(()) };
    let mut forgotten = read(column(&forgotten, 0)?)?;
    forgotten.extend(gone.iter().filter_map(|number| u32::try_from(*number).ok()));
    let sql = "UPDATE posting SET records = $2 WHERE repository = $1::uuid AND lexeme = ''";
    let query = sqlx::query(sql).bind(repository).bind(written(&forgotten)?);
    query.execute(connection).await?;
    Ok(())
}

/// Gathers all anew where much is different since.
pub(super) async fn gather(connection: &mut PgConnection, repository: &str) -> Result<(), Error> {
    let sql = format!(
        "SELECT number, coalesce(gathered, 0), (SELECT coalesce(max(record), 0) FROM record
                WHERE record.repository = $1::uuid AND record < {FIRST_OTHER}),
            (SELECT records FROM posting WHERE posting.repository = $1::uuid AND lexeme = '')
        FROM repository WHERE repository.repository = $1::uuid"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(repository)
        .fetch_one(&mut *connection)
        .await?;
    let (number, gathered, last) = (
        column::<i64>(&row, 0)?,
        column::<i64>(&row, 1)?,
        column::<i64>(&row, 2)?,
    );
    let forgotten = column::<Option<&str>>(&row, 3)?.map_or(Ok(RoaringBitmap::new()), read)?;
    let different = last - gathered + i64::try_from(forgotten.len()).unwrap_or(i64::MAX);
    if different < FEW.max(last / PART) || u32::try_from(last).is_err() {
        return Ok(());
    }
    let sets = sets(connection, repository, number).await?;
    let sql = "DELETE FROM posting WHERE repository = $1::uuid";
    sqlx::query(sql).bind(repository).execute(&mut *connection).await?;
    let mut rows = Rows::default();
    rows.row(repository).text("").text(&written(&RoaringBitmap::new())?);
    for (lexeme, records) in &sets {
        rows.row(repository).text(lexeme).text(&written(records)?);
    }
    copy(connection, "posting", &rows).await?;
    let sql = "UPDATE repository SET gathered = $2 WHERE repository = $1::uuid";
    sqlx::query(sql).bind(repository).bind(last).execute(connection).await?;
    Ok(())
}

/// The live items of each word, without the number of the repository before it.
async fn sets(
    connection: &mut PgConnection,
    repository: &str,
    number: i64,
) -> Result<BTreeMap<String, RoaringBitmap>, Error> {
    let sql = format!(
        "SELECT record, array_to_string(tsvector_to_array(lexemes), ' ') FROM words
        WHERE repository = $1::uuid AND record > $2 AND record < {FIRST_OTHER} ORDER BY record LIMIT {ROWS}"
    );
    let mut sets: BTreeMap<String, RoaringBitmap> = BTreeMap::new();
    let (mut last, number) = (0_i64, number.to_string());
    loop {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql.as_str()))
            .bind(repository)
            .bind(last);
        let rows = query.fetch_all(&mut *connection).await?;
        for row in &rows {
            last = column(row, 0)?;
            let record = u32::try_from(last).map_err(|error| Error::Unusable(error.to_string()))?;
            let lexemes = column::<&str>(row, 1)?.split(' ');
            for lexeme in lexemes.filter_map(|lexeme| lexeme.strip_prefix(number.as_str())) {
                if let Some(records) = sets.get_mut(lexeme) {
                    records.insert(record);
                } else {
                    sets.insert(lexeme.to_owned(), [record].into());
                }
            }
        }
        if rows.is_empty() {
            return Ok(sets);
        }
    }
}
