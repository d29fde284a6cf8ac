//! The words of work items and of notes on them. Those of items that lists leave out are apart: a word that one of them
//! begins with is looked up in all that are together.

use std::collections::HashSet;

use sqlx::SqliteConnection;

use super::column;
use super::files::{insert, list};
use crate::filter::words;
use crate::index::Error;
use crate::index::columns::{NewRow, text_of};
use crate::record::RecordPath;

/// Adds the words of new rows; those of notes are among those of live items until [`follow`].
pub(super) async fn add(connection: &mut SqliteConnection, rows: &[NewRow<'_>]) -> Result<(), Error> {
    let texts = |live: bool| {
        let rows = rows.iter().filter(move |row| row.has_live_words() == live);
        rows.filter_map(|row| Some((row.number, text_of(row.record)?)))
            .collect::<Vec<_>>()
    };
    insert_texts(connection, true, &texts(true)).await?;
    insert_texts(connection, false, &texts(false)).await
}

type Texts = [(i64, (String, String))];

async fn insert_texts(connection: &mut SqliteConnection, live: bool, texts: &Texts) -> Result<(), Error> {
    let into = match live {
        true => "INSERT INTO words (rowid, title, other) ",
        false => "INSERT INTO left_out_words (rowid, title, other) ",
    };
    insert(connection, into, texts, |mut values, (number, (title, other))| {
        values
            .push_bind(*number)
            .push_bind(title.as_str())
            .push_bind(other.as_str());
    })
    .await
}

/// Removes the words of rows, whose numbers are a list in JSON.
pub(super) async fn remove(connection: &mut SqliteConnection, numbers: &str) -> Result<(), Error> {
    for sql in [
        "DELETE FROM words WHERE rowid IN (SELECT value FROM json_each(?))",
        "DELETE FROM left_out_words WHERE rowid IN (SELECT value FROM json_each(?))",
    ] {
        sqlx::query(sql).bind(numbers).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Puts the words of notes beside those of the items they are on: of notes that changed, or are on items that did; of
/// all where nothing is said.
pub(super) async fn follow(connection: &mut SqliteConnection, changed: Option<&[String]>) -> Result<(), Error> {
    // Where the words of a note are, the sizes of their texts tell.
    const MISPLACED: &str = "SELECT json_group_array(json_array(note.record, item.live, content.body))
        FROM record note JOIN record item ON item.id = note.owner AND item.stigid IS NOT NULL
            JOIN content ON content.record = note.record
        WHERE note.kind = 'note' AND NOT note.gone
            AND item.live = (note.record IN (SELECT id FROM left_out_words_docsize))";
    let misplaced = match changed {
        None => sqlx::query(MISPLACED).fetch_one(&mut *connection).await?,
        Some(changed) => {
            let ids = changed.iter().filter_map(|path| RecordPath::of(path)?.id());
            let ids: HashSet<String> = ids.map(|id| id.to_string()).collect();
            let sql = format!(
                "{MISPLACED} AND (note.owner IN (SELECT value FROM json_each(?1))
                    OR note.id IN (SELECT value FROM json_each(?1)))"
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(list(&ids.into_iter().collect::<Vec<_>>()));
            query.fetch_one(&mut *connection).await?
        }
    };
    let misplaced: Vec<(i64, u8, String)> =
        serde_json::from_str(column(&misplaced, 0)?).map_err(|error| Error::Unusable(error.to_string()))?;
    if misplaced.is_empty() {
        return Ok(());
    }
    let numbers: Vec<i64> = misplaced.iter().map(|(number, ..)| *number).collect();
    remove(connection, &list(&numbers)).await?;
    for live in [true, false] {
        let texts = misplaced.iter().filter(|(_, is, _)| (*is != 0) == live);
        let texts = texts.map(|(number, _, body)| (*number, (String::new(), words::split(body).join(" "))));
        insert_texts(connection, live, &texts.collect::<Vec<_>>()).await?;
    }
    Ok(())
}
