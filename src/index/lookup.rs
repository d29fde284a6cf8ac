//! Single records, and what is around them.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use super::files::{Unread, list};
use super::row::{ROW, Row, SUMMARY, Summary, row, summary};
use super::{Error, Index, column};
use crate::record::value::folded;
use crate::record::{Kind, RecordId, RecordPath};

/// What a name was found to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One record.
    One(RecordPath),
    /// None, or several: who asks has to find out more to say something useful.
    NoneOrSeveral,
}

impl Index {
    /// The record a full id, an alias, or a unique beginning or end of an id names. An exact alias
    /// wins over one in other letter case, and both over a part of an id.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn find(&mut self, name: &str) -> Result<Found, Error> {
        self.runtime.block_on(find(&mut self.connection, name))
    }

    /// The record at a path.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn row(&mut self, path: &RecordPath) -> Result<Option<Row>, Error> {
        let sql = format!("SELECT {ROW} FROM record JOIN content USING (record) WHERE path = ?");
        let rows = self.rows(&sql, &path.to_string())?;
        Ok(rows.into_iter().next())
    }

    /// The notes, commit links and conflicts on these records that still count, in the order of
    /// their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn on(&mut self, owners: &[RecordId], kinds: &[Kind]) -> Result<Vec<Row>, Error> {
        let kinds: Vec<_> = kinds.iter().map(|kind| format!("'{}'", kind.as_str())).collect();
        let sql = format!(
            "SELECT {ROW} FROM record JOIN content USING (record)
             WHERE owner IN (SELECT value FROM json_each(?)) AND kind IN ({}) AND NOT gone ORDER BY path",
            kinds.join(", ")
        );
        self.rows(&sql, &ids(owners))
    }

    /// The chains of parents of these records, each root first; a chain ends where it would come
    /// round again.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn ancestors(&mut self, of: &[RecordId]) -> Result<HashMap<RecordId, Vec<RecordId>>, Error> {
        self.runtime.block_on(ancestors(&mut self.connection, of))
    }

    /// These records in a few words; those that cannot be read are not among them.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn summaries(&mut self, of: &[RecordId]) -> Result<HashMap<RecordId, Summary>, Error> {
        let sql =
            format!("SELECT {SUMMARY} FROM record WHERE stigid IS NOT NULL AND id IN (SELECT value FROM json_each(?))");
        let summaries = self.summaries_of(&sql, &ids(of))?;
        Ok(summaries.into_iter().map(|summary| (summary.id, summary)).collect())
    }

    /// The work items directly below a record, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn children(&mut self, of: RecordId) -> Result<Vec<Summary>, Error> {
        let sql = format!("SELECT {SUMMARY} FROM record WHERE parent = ? ORDER BY path");
        self.summaries_of(&sql, &of.to_string())
    }

    /// What a record waits for, in the order of its list; and what waits for it, in the order of
    /// the paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn edges(&mut self, of: RecordId) -> Result<(Vec<RecordId>, Vec<RecordId>), Error> {
        self.runtime.block_on(edges(&mut self.connection, of))
    }

    /// The files of these kinds that cannot be read, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`].
    pub fn unreadable(&mut self, kinds: &[Kind]) -> Result<Vec<Unread>, Error> {
        self.runtime.block_on(unreadable(&mut self.connection, kinds))
    }

    fn rows(&mut self, sql: &str, bound: &str) -> Result<Vec<Row>, Error> {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(bound);
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection))?;
        rows.iter().map(row).collect()
    }

    fn summaries_of(&mut self, sql: &str, bound: &str) -> Result<Vec<Summary>, Error> {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(bound);
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection))?;
        rows.iter().map(summary).collect()
    }
}

fn ids(ids: &[RecordId]) -> String {
    list(&ids.iter().map(|id| id.to_string()).collect::<Vec<_>>())
}

fn id(text: &str) -> Result<RecordId, Error> {
    text.parse()
        .map_err(|_| Error::Unusable(format!("`{text}` is no identity")))
}

async fn find(connection: &mut SqliteConnection, name: &str) -> Result<Found, Error> {
    let by_alias = "SELECT DISTINCT path FROM alias JOIN record USING (record) WHERE alias = ? LIMIT 2";
    let by_folded = "SELECT DISTINCT path FROM alias JOIN record USING (record) WHERE folded = ? LIMIT 2";
    for (sql, name) in [(by_alias, name.to_owned()), (by_folded, folded(name))] {
        let rows = sqlx::query(sql).bind(name).fetch_all(&mut *connection).await?;
        if !rows.is_empty() {
            return one(&rows);
        }
    }
    let digits = name.to_ascii_lowercase();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        return Ok(Found::NoneOrSeveral);
    }
    // Hyphens may be left out, but then all of them.
    let (start, end) = match digits.contains('-') {
        true => (digits.clone(), digits.chars().rev().collect()),
        false => (
            hyphenated(digits.chars(), &[8, 12, 16, 20]),
            hyphenated(digits.chars().rev(), &[12, 16, 20, 24]),
        ),
    };
    let sql = "SELECT path FROM record WHERE stigid IS NOT NULL AND id >= ?1 AND id < ?1 || 'g'
               UNION SELECT path FROM record WHERE stigid >= ?2 AND stigid < ?2 || 'g' LIMIT 2";
    let rows = sqlx::query(sql).bind(start).bind(end).fetch_all(connection).await?;
    one(&rows)
}

fn one(rows: &[sqlx::sqlite::SqliteRow]) -> Result<Found, Error> {
    let [row] = rows else { return Ok(Found::NoneOrSeveral) };
    let path: &str = column(row, 0)?;
    RecordPath::of(path)
        .map(Found::One)
        .ok_or_else(|| Error::Unusable(format!("`{path}` is no path")))
}

/// The digits with hyphens before those at these places.
fn hyphenated(digits: impl Iterator<Item = char>, places: &[usize]) -> String {
    let mut text = String::new();
    for (at, digit) in digits.enumerate() {
        if places.contains(&at) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

async fn ancestors(
    connection: &mut SqliteConnection,
    of: &[RecordId],
) -> Result<HashMap<RecordId, Vec<RecordId>>, Error> {
    // The path so far is kept to see where it would come round again.
    let sql = "WITH RECURSIVE chain (start, id, seen) AS (
            SELECT id, parent, '/' || id || '/' FROM record
                WHERE stigid IS NOT NULL AND parent IS NOT NULL AND id IN (SELECT value FROM json_each(?))
            UNION ALL
            SELECT chain.start, record.parent, chain.seen || chain.id || '/' FROM chain
                JOIN record ON record.id = chain.id AND record.stigid IS NOT NULL
                WHERE record.parent IS NOT NULL AND instr(chain.seen, '/' || chain.id || '/') = 0)
        SELECT start, id FROM chain WHERE instr(seen, '/' || id || '/') = 0 ORDER BY start, length(seen) DESC";
    let rows = sqlx::query(sql).bind(ids(of)).fetch_all(connection).await?;
    let mut chains: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    for row in &rows {
        let (start, ancestor): (&str, &str) = (column(row, 0)?, column(row, 1)?);
        chains.entry(id(start)?).or_default().push(id(ancestor)?);
    }
    Ok(chains)
}

async fn edges(connection: &mut SqliteConnection, of: RecordId) -> Result<(Vec<RecordId>, Vec<RecordId>), Error> {
    let of = of.to_string();
    let sql = "SELECT target FROM edge WHERE source = ? ORDER BY position";
    let targets = sqlx::query(sql).bind(&of).fetch_all(&mut *connection).await?;
    let sql = "SELECT source FROM edge JOIN record USING (record) WHERE target = ? ORDER BY path";
    let sources = sqlx::query(sql).bind(&of).fetch_all(connection).await?;
    let parsed = |rows: &[sqlx::sqlite::SqliteRow]| -> Result<Vec<_>, Error> {
        rows.iter().map(|row| id(column(row, 0)?)).collect()
    };
    Ok((parsed(&targets)?, parsed(&sources)?))
}

async fn unreadable(connection: &mut SqliteConnection, kinds: &[Kind]) -> Result<Vec<Unread>, Error> {
    let sql = "SELECT path, kind, violations FROM unreadable ORDER BY path";
    let rows = sqlx::query(sql).fetch_all(connection).await?;
    let mut found = Vec::new();
    for row in &rows {
        let name: &str = column(row, 1)?;
        let kind = kinds.iter().find(|kind| kind.as_str() == name);
        if let Some(kind) = kind {
            let violations = serde_json::from_str(column(row, 2)?);
            found.push(Unread {
                path: column(row, 0)?,
                kind: *kind,
                violations: violations.map_err(|error| Error::Unusable(error.to_string()))?,
            });
        }
    }
    Ok(found)
}
