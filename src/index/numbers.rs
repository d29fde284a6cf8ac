//! The numbers of records, by which the tables of an index are joined.
//!
//! What lists show lies together: of live work items they come first, then those of all other kinds of records, and last
//! those of work items that lists leave out, deleted and archived ones. However many these are, who asks for the others
//! does not meet them. `schema/` has these numbers, too.

use super::Content;
use super::columns::NewRow;
use super::statement::Dialect;
use crate::record::Kind;

/// The number that all live work items are below.
pub(super) const FIRST_OTHER: i64 = 1 << 40;

/// The number that all other kinds of records are below.
pub(super) const FIRST_LEFT_OUT: i64 = 1 << 41;

/// The last number that there is of each sort.
pub(super) struct LastNumbers {
    pub(super) live: i64,
    pub(super) other: i64,
    pub(super) left_out: i64,
}

impl LastNumbers {
    /// Asks for all three, in this order; `here` is what all of the records have in common, with an AND after it.
    pub(super) fn sql(here: &str) -> String {
        let last = |first: i64, end: i64| {
            format!(
                "(SELECT coalesce(max(record), {first}) FROM record WHERE {here}record >= {first} AND record < {end})"
            )
        };
        format!(
            "SELECT {}, {}, {}",
            last(0, FIRST_OTHER),
            last(FIRST_OTHER, FIRST_LEFT_OUT),
            last(FIRST_LEFT_OUT, i64::MAX)
        )
    }

    /// A new row for a file.
    pub(super) fn next<'f>(&mut self, file: &'f Content) -> NewRow<'f> {
        let mut row = NewRow::of(file);
        let last = match file.path.kind() {
            _ if row.live => &mut self.live,
            Kind::WorkItem => &mut self.left_out,
            _ => &mut self.other,
        };
        *last += 1;
        row.number = *last;
        row
    }
}

/// The number of the item of that identity, in a column of a table; zero, which is that of none, where it is not there:
/// a null among others would make of "not in" neither true nor false.
pub(super) fn item(dialect: Dialect, table: &str, column: &str) -> String {
    let same = dialect.same("item", table);
    format!(
        "coalesce((SELECT item.record FROM record AS item
            WHERE {same}item.id = {table}.{column} AND item.stigid IS NOT NULL), 0)"
    )
}
