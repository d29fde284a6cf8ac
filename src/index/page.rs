//! Pages: what is asked for, in which order, and how a page of it is read.

use super::lookup::count;
use super::row::{Row, StoredRow};
use super::statement::Statement;
use super::{Error, Index};
use crate::filter::query::{Sort, SortKey};
use crate::filter::{Order, WorkItemFilter};
use crate::record::work_item::{ItemType, Status};

/// A question for records, work items where nothing else is said.
#[derive(Debug, Clone)]
pub struct Selection<'q, F = WorkItemFilter, O = Order> {
    /// Which.
    pub filter: &'q F,
    /// In what order.
    pub order: O,
    /// The other way round, but for the ids of equal ones.
    pub reverse: bool,
    /// At most so many; all where nothing is said.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
}

/// Some of the items that were asked for.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The items, in order.
    pub rows: Vec<Row>,
    /// How many there are in all.
    pub total: usize,
}

/// A page as it is read.
#[derive(Default)]
pub(super) struct CountedPage {
    pub(super) rows: Vec<Row>,
    /// How many there are in all, where that was counted on the way and there is a row to tell it.
    pub(super) total: Option<usize>,
}

impl Index {
    /// The rows of what [`push_page`] ends.
    pub(super) fn page(&mut self, statement: &Statement) -> Result<CountedPage, Error> {
        let mut page = CountedPage::default();
        for (row, total) in self.ask::<(StoredRow, Option<usize>)>(statement)? {
            page.rows.push(row.row()?.0);
            page.total = total;
        }
        Ok(page)
    }
}

/// Ends a `WITH page AS (SELECT …` whose conditions are there: so many rows in that order, with their content.
pub(super) fn push_page(statement: &mut Statement, order: &str, limit: Option<usize>, offset: usize) {
    let dialect = statement.dialect;
    let row = dialect.array(&format!("{}, page.total", dialect.row()));
    statement.push(format!(" ORDER BY {order} LIMIT "));
    statement
        .bind(limit.map_or(i64::MAX, count))
        .push(" OFFSET ")
        .bind(count(offset));
    statement.push(format!(
        ") SELECT {} FROM page JOIN record {using} JOIN content {using}",
        dialect.aggregate(&row, order),
        using = dialect.using()
    ));
}

/// The order of a question, as SQL has it.
pub(super) fn order(selection: &Selection<'_>) -> String {
    let (down, up) = directions(selection.reverse);
    match selection.order {
        Order::Updated => format!("updated_at {down}, id"),
        Order::Created => format!("created_at {down}, id"),
        Order::Urgency => format!("priority {up}, created_at {up}, id"),
        Order::Relevance => format!("in_title {down}, updated_at {down}, id"),
        Order::Keys(keys) => {
            let parts = keys.iter().map(|sort| sorted(sort, selection.reverse));
            parts.chain(["id".to_owned()]).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A part of an order; what is not there comes last, or, the other way round, first.
fn sorted(sort: Sort, reverse: bool) -> String {
    let places = |column: &str, words: &[&str]| {
        let places = words
            .iter()
            .enumerate()
            .map(|(at, word)| format!(" WHEN '{word}' THEN {at}"));
        format!("CASE {column}{} END", places.collect::<String>())
    };
    let statuses = || Status::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>();
    let types = || ItemType::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>();
    let column = match sort.key {
        SortKey::Priority => "priority".to_owned(),
        SortKey::Created => "created_at".to_owned(),
        SortKey::Updated => "updated_at".to_owned(),
        SortKey::Title => "title".to_owned(),
        SortKey::Status => places("status", &statuses()),
        SortKey::Type => places("item_type", &types()),
        SortKey::Assignee => "assignee".to_owned(),
        SortKey::ClaimUntil => "claimed_until".to_owned(),
        SortKey::Version => "version".to_owned(),
        SortKey::Id => "id".to_owned(),
    };
    // The highest priority is the greatest, and has the smallest number.
    let ascending = sort.is_ascending() != (sort.key == SortKey::Priority);
    let direction = if ascending == reverse { "DESC" } else { "ASC" };
    let nulls = if reverse { "NULLS FIRST" } else { "NULLS LAST" };
    format!("{column} {direction} {nulls}")
}

/// Down and up, or the other way round. What is not there comes last on the way down, and first on the way up: unlike
/// SQLite, Postgres would have it elsewhere.
pub(super) fn directions(reverse: bool) -> (&'static str, &'static str) {
    let (down, up) = ("DESC NULLS LAST", "ASC NULLS FIRST");
    match reverse {
        true => (up, down),
        false => (down, up),
    }
}
