//! Lists of work items: which, in what order, how many in all.

use super::condition::push_condition;
use super::lookup::count;
use super::row::{Row, StoredRow};
use super::statement::{Dialect, Statement};
use super::{Error, FIRST_ARCHIVED, Index, text};
use crate::filter::query::{Sort, SortKey};
use crate::filter::{Order, Ready, WorkItemFilter};
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

/// The columns that an order may be made of.
const SORTED_BY: &str =
    "id, title, status, item_type, priority, assignee, claimed_until, created_at, updated_at, version";

impl Index {
    /// The work items a question is for.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`] or [`Error::Busy`].
    pub fn select(&mut self, selection: &Selection<'_>) -> Result<Page, Error> {
        // What is to be sorted stays narrow; the content of those that are wanted comes in at last. Where all that fit
        // are looked at anyway, they are counted on the way; else the tallies know.
        let counted = !is_tallied(selection.filter);
        let page = self.page(&self.selecting(selection, counted))?;
        let total = match page.total {
            Some(total) => total,
            // The page is the first and the last.
            None if selection.offset == 0 && selection.limit.is_none_or(|limit| page.rows.len() < limit) => {
                page.rows.len()
            }
            None => self.count(selection.filter)?,
        };
        Ok(Page { rows: page.rows, total })
    }

    /// The work items of all repositories a question is for, each with its repository, and how many there are; of a
    /// database that was opened for all.
    ///
    /// # Errors
    ///
    /// As [`Index::select`].
    pub fn select_everywhere(&mut self, selection: &Selection<'_>) -> Result<(Vec<(Row, String)>, usize), Error> {
        let (mut rows, mut all) = (Vec::new(), None);
        let statement = self.selecting(selection, true);
        for (row, total) in self.ask::<(StoredRow, Option<usize>)>(&statement)? {
            let (row, repository) = row.row()?;
            rows.push((row, repository.unwrap_or_default()));
            all = total;
        }
        let total = match all {
            Some(total) => total,
            None => self.count(selection.filter)?,
        };
        Ok((rows, total))
    }

    fn selecting(&self, selection: &Selection<'_>, counted: bool) -> Statement {
        let (dialect, filter) = (self.dialect(), selection.filter);
        let total = if counted { "count(*) OVER ()" } else { "NULL" };
        // Where they are counted, all that fit are looked at; without a fence Postgres thinks it could stop early.
        let fenced = counted && dialect != Dialect::Sqlite;
        let ranked = selection.order == Order::Relevance && !filter.text.is_empty();
        let joined = ranked && fenced;
        let mut statement = Statement::new(dialect, "WITH page AS (SELECT ");
        statement.varies = true;
        if fenced {
            statement.push(format!(
                "{}, in_title, {total} AS total FROM (SELECT ",
                dialect.key("fit")
            ));
        }
        statement.push(format!("{}, ", dialect.key("record")));
        if joined {
            statement.push("in_title");
        } else if ranked {
            text::push_in_title(&mut statement, &filter.text, filter.include_archived);
            statement.push(" AS in_title");
        } else {
            statement.push("FALSE AS in_title");
        }
        match fenced {
            true => statement.push(format!(", {SORTED_BY}")),
            false => statement.push(format!(", {total} AS total")),
        };
        statement.push(" FROM record");
        if joined {
            text::push_join(&mut statement, &filter.text, filter.include_archived);
            push_otherwise(statement.push(" WHERE "), filter);
        } else {
            push_wanted(statement.push(" WHERE "), filter);
        }
        statement.push(if fenced { " OFFSET 0) AS fit" } else { "" });
        push_page(&mut statement, &order(selection), selection.limit, selection.offset);
        statement
    }

    /// The rows of what [`push_page`] ends.
    pub(super) fn page(&mut self, statement: &Statement) -> Result<CountedPage, Error> {
        let mut page = CountedPage::default();
        for (row, total) in self.ask::<(StoredRow, Option<usize>)>(statement)? {
            page.rows.push(row.row()?.0);
            page.total = total;
        }
        Ok(page)
    }

    /// What a statement that begins with [`counting`] counts.
    pub(super) fn counted(&mut self, statement: &Statement) -> Result<usize, Error> {
        Ok(self.ask_one(statement)?.unwrap_or(0))
    }

    fn count(&mut self, filter: &WorkItemFilter) -> Result<usize, Error> {
        let dialect = self.dialect();
        if !is_tallied(filter) {
            let mut statement = Statement::new(dialect, counting("count(*)", "record"));
            push_wanted(&mut statement, filter);
            return self.counted(&statement);
        }
        // The tallies know, but for who holds what; that is few.
        let mut statement = Statement::new(dialect, counting("coalesce(sum(items), 0)", "tally"));
        statement.push(dialect.here("tally"));
        statement.push(if filter.ready.is_some() { "ready" } else { "TRUE" });
        push_types_and_statuses(&mut statement, filter);
        let all = self.counted(&statement)?;
        let Some(ready) = &filter.ready else { return Ok(all) };
        let mut statement = Statement::new(dialect, counting("count(*)", "record"));
        statement
            .push(dialect.here("record"))
            .push("ready AND claimed_by IS NOT NULL");
        push_types_and_statuses(&mut statement, filter);
        push_free(statement.push(" AND NOT "), ready);
        let held = self.counted(&statement)?;
        Ok(all.saturating_sub(held))
    }
}

/// The beginning of a statement that counts rows of a table.
pub(super) fn counting(what: &str, table: &str) -> String {
    format!("SELECT CAST({what} AS text) FROM {table} WHERE ")
}

/// A page as it is read.
#[derive(Default)]
pub(super) struct CountedPage {
    pub(super) rows: Vec<Row>,
    /// How many there are in all, where that was counted on the way and there is a row to tell it.
    pub(super) total: Option<usize>,
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

/// Whether the tallies know how many there are, but for claims.
fn is_tallied(filter: &WorkItemFilter) -> bool {
    let plain = WorkItemFilter {
        ready: None,
        ..filter.clone()
    };
    plain.is_plain()
}

fn push_wanted(statement: &mut Statement, filter: &WorkItemFilter) {
    push_otherwise(statement, filter);
    if !filter.text.is_empty() {
        text::push(statement.push(" AND "), &filter.text, filter.include_archived);
    }
}

/// All that is wanted but for what is looked for in texts.
fn push_otherwise(statement: &mut Statement, filter: &WorkItemFilter) {
    statement.push(statement.dialect.here("record"));
    // What partial indexes are made for comes first, and says all there is to say: of conditions that follow from each
    // other, Postgres thinks that fewer records fit all.
    statement.push(match (&filter.ready, filter.include_deleted, filter.include_archived) {
        (Some(_), _, _) => "ready",
        (None, false, false) => "live",
        (None, true, false) => "kind = 'work-item' AND NOT archived",
        (None, false, true) => "kind = 'work-item' AND NOT gone",
        (None, true, true) => "kind = 'work-item'",
    });
    if let Some(ready) = &filter.ready {
        push_free(statement.push(" AND "), ready);
    }
    push_types_and_statuses(statement, filter);
    if filter.waiting {
        statement.push(" AND live AND NOT ready AND status IN ('pending', 'active')");
    }
    if let Some(now) = filter.claim_expired {
        statement.push(" AND claimed_until <= ").bind_time(now);
    }
    if let Some(parent) = filter.parent {
        statement.push(" AND parent = ").bind(parent.to_string());
    }
    statement.push(if filter.roots_only { " AND parent IS NULL" } else { "" });
    for label in &filter.labels {
        statement.push(" AND ").record_in("label", |statement| {
            statement.push("label.label = ").bind(label.as_str());
            // There may be many more, which are left out unseen.
            if !filter.include_archived {
                statement.push(format!(" AND label.record < {FIRST_ARCHIVED}"));
            }
        });
    }
    if let Some(assignee) = &filter.assignee {
        statement.push(" AND assignee = ").bind(assignee.as_str());
    }
    if let Some(condition) = &filter.condition {
        push_condition(statement.push(" AND "), condition, filter.include_archived);
    }
}

fn push_types_and_statuses(statement: &mut Statement, filter: &WorkItemFilter) {
    if !filter.item_types.is_empty() {
        let types = filter.item_types.iter().map(|word| word.as_str());
        statement.push(" AND ").one_of("item_type", types);
    }
    if !filter.statuses.is_empty() {
        let statuses = filter.statuses.iter().map(|word| word.as_str());
        statement.push(" AND ").one_of("status", statuses);
    }
}

/// That nobody else holds it.
pub(super) fn push_free(statement: &mut Statement, ready: &Ready) {
    // Where nothing is said of when, nothing can have run out.
    statement.push("(claimed_by IS NULL OR coalesce(claimed_until <= ");
    statement.bind_time(ready.now).push(", FALSE)");
    if let Some(actor) = &ready.actor {
        statement.push(" OR claimed_by = ").bind(actor.as_str());
    }
    statement.push(")");
}

fn order(selection: &Selection<'_>) -> String {
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
