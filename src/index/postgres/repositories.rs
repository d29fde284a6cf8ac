//! The repositories a database holds.

use serde::Deserialize;

use crate::index::statement::Statement;
use crate::index::{Error, Index};
use crate::record::value::Time;

/// A repository in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryRow {
    /// Its identity, a UUID.
    pub repository: String,
    /// What people call it.
    pub name: String,
    /// The ref that is followed.
    pub reference: String,
    /// The commit its rows are of; none where it was never filled.
    pub tip: Option<String>,
    /// When it was brought there.
    pub synced_at: Option<Time>,
    /// How many records there are.
    pub records: u64,
    /// How many live work items.
    pub work_items: u64,
    /// How many of these are neither completed nor cancelled.
    pub open: u64,
}

/// The columns of a row, in their order.
#[derive(Deserialize)]
struct Stored {
    repository: String,
    name: String,
    reference: String,
    tip: Option<String>,
    synced_at: Option<i64>,
    records: u64,
    work_items: u64,
    open: u64,
}

impl Index {
    /// The repositories there are, by name; of a database that was opened for all.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] where there are no tables, [`Error::Unreachable`], [`Error::Unusable`].
    pub fn repositories(&mut self) -> Result<Vec<RepositoryRow>, Error> {
        let dialect = self.dialect();
        let count = |table: &str, what: &str| {
            format!("(SELECT {what} FROM {table} WHERE {table}.repository = known.repository)")
        };
        let tallied = |which: &str| {
            let sum = format!("coalesce(sum(items) FILTER (WHERE {which}), 0)::bigint");
            count("tally", &sum)
        };
        let columns = [
            "known.repository".to_owned(),
            "known.name".to_owned(),
            "known.reference".to_owned(),
            "known.tip".to_owned(),
            dialect.milliseconds("known.synced_at"),
            count("record", "count(*)"),
            tallied("TRUE"),
            tallied("status IN ('pending', 'active', 'blocked')"),
        ];
        let rows = dialect.rows(&columns.join(", "), "known.name, known.repository");
        let sql = format!("SELECT {rows} FROM repository AS known");
        let rows: Vec<Stored> = self.ask(&Statement::new(dialect, sql))?;
        let row = |row: Stored| RepositoryRow {
            repository: row.repository,
            name: row.name,
            reference: row.reference,
            tip: row.tip,
            synced_at: row.synced_at.and_then(Time::from_milliseconds),
            records: row.records,
            work_items: row.work_items,
            open: row.open,
        };
        Ok(rows.into_iter().map(row).collect())
    }
}
