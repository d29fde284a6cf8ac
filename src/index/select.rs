//! Lists of work items: which, in what order, how many in all.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::row::{ROW, Row, rows};
use super::{Error, Index, column};
use crate::filter::words::Terms;
use crate::filter::{Order, Ready, WorkItemFilter};

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

impl Index {
    /// The work items a question is for.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`] or [`Error::Busy`].
    pub fn select(&mut self, selection: &Selection<'_>) -> Result<Page, Error> {
        self.runtime.block_on(select(&mut self.connection, selection))
    }
}

async fn select(connection: &mut SqliteConnection, selection: &Selection<'_>) -> Result<Page, Error> {
    // What is to be sorted stays narrow; the content of those that are wanted comes in at last. Where all that fit are
    // looked at anyway, they are counted on the way; else the tallies know.
    let counted = !is_tallied(selection.filter);
    let mut query = QueryBuilder::new("WITH page AS (SELECT record, ");
    push_in_title(&mut query, selection);
    query.push(" AS in_title, ");
    query.push(if counted { "count(*) OVER ()" } else { "NULL" });
    query.push(" AS total FROM record");
    push_where(&mut query, selection.filter);
    push_order(&mut query, selection);
    query
        .push(" LIMIT ")
        .push_bind(integer(selection.limit.unwrap_or(usize::MAX)));
    query.push(" OFFSET ").push_bind(integer(selection.offset));
    query.push(format!(") SELECT group_concat({ROW}, ','"));
    push_order(&mut query, selection);
    query.push("), max(total) FROM page JOIN record USING (record) JOIN content USING (record)");
    let page = query.build().fetch_one(&mut *connection).await?;
    let rows = rows(&page)?;
    let total = match column::<Option<i64>>(&page, 1)? {
        Some(total) => total.try_into().unwrap_or(0),
        // The page is the first and the last.
        None if selection.offset == 0 && selection.limit.is_none_or(|limit| rows.len() < limit) => rows.len(),
        None => count(connection, selection.filter).await?,
    };
    Ok(Page { rows, total })
}

/// Whether the tallies know how many there are, but for claims.
fn is_tallied(filter: &WorkItemFilter) -> bool {
    let plain = WorkItemFilter {
        ready: None,
        ..filter.clone()
    };
    plain.is_plain()
}

async fn count(connection: &mut SqliteConnection, filter: &WorkItemFilter) -> Result<usize, Error> {
    let ready = filter.ready.as_ref();
    if !is_tallied(filter) {
        let mut query = QueryBuilder::new("SELECT count(*) FROM record");
        push_where(&mut query, filter);
        return counted(&query.build().fetch_one(&mut *connection).await?);
    }
    // The tallies know, but for who holds what; that is few.
    let mut query = QueryBuilder::new("SELECT coalesce(sum(items), 0) FROM tally WHERE 1");
    push_words(
        &mut query,
        "item_type",
        filter.item_types.iter().map(|word| word.as_str()),
    );
    push_words(&mut query, "status", filter.statuses.iter().map(|word| word.as_str()));
    query.push(if ready.is_some() { " AND ready" } else { "" });
    let all = counted(&query.build().fetch_one(&mut *connection).await?)?;
    let Some(ready) = ready else { return Ok(all) };
    let mut query = QueryBuilder::new("SELECT count(*) FROM record WHERE ready AND claimed_by IS NOT NULL");
    push_words(
        &mut query,
        "item_type",
        filter.item_types.iter().map(|word| word.as_str()),
    );
    push_words(&mut query, "status", filter.statuses.iter().map(|word| word.as_str()));
    query.push(" AND NOT ");
    push_free(&mut query, ready);
    let held = counted(&query.build().fetch_one(&mut *connection).await?)?;
    Ok(all.saturating_sub(held))
}

pub(super) fn counted(row: &sqlx::sqlite::SqliteRow) -> Result<usize, Error> {
    Ok(column::<i64>(row, 0)?.try_into().unwrap_or(0))
}

pub(super) fn integer(number: usize) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

fn push_where(query: &mut QueryBuilder<Sqlite>, filter: &WorkItemFilter) {
    query.push(
        match (&filter.ready, filter.include_deleted || filter.include_archived) {
            (Some(_), _) => " WHERE ready",
            (None, false) => " WHERE live",
            (None, true) => " WHERE kind = 'work-item'",
        },
    );
    if let Some(ready) = &filter.ready {
        query.push(" AND ");
        push_free(query, ready);
    }
    query.push(if filter.include_deleted { "" } else { " AND NOT gone" });
    query.push(if filter.include_archived {
        ""
    } else {
        " AND NOT archived"
    });
    push_words(query, "item_type", filter.item_types.iter().map(|word| word.as_str()));
    push_words(query, "status", filter.statuses.iter().map(|word| word.as_str()));
    if filter.waiting {
        query.push(" AND live AND NOT ready AND status IN ('pending', 'active')");
    }
    if let Some(now) = filter.claim_expired {
        query.push(" AND claimed_until <= ").push_bind(now.as_milliseconds());
    }
    if let Some(parent) = filter.parent {
        query.push(" AND parent = ").push_bind(parent.to_string());
    }
    query.push(if filter.roots_only { " AND parent IS NULL" } else { "" });
    for label in &filter.labels {
        query
            .push(" AND record IN (SELECT label.record FROM label WHERE label = ")
            .push_bind(label.clone())
            .push(")");
    }
    if let Some(assignee) = &filter.assignee {
        query.push(" AND assignee = ").push_bind(assignee.clone());
    }
    if !filter.text.is_empty() {
        // A note that has the words stands for what it is on.
        query.push(
            " AND record IN (
                SELECT CASE WHEN found.owner IS NULL THEN found.record ELSE (
                    SELECT item.record FROM record item WHERE item.id = found.owner AND item.stigid IS NOT NULL) END
                FROM words JOIN record found ON found.record = words.rowid WHERE words MATCH ",
        );
        query.push_bind(matching(&filter.text)).push(")");
    }
}

fn push_words<'w>(query: &mut QueryBuilder<Sqlite>, name: &str, words: impl Iterator<Item = &'w str>) {
    let words: Vec<_> = words.map(ToOwned::to_owned).collect();
    if words.is_empty() {
        return;
    }
    query.push(format!(" AND {name} IN ("));
    let mut list = query.separated(", ");
    for word in words {
        list.push_bind(word);
    }
    query.push(")");
}

/// That nobody else holds it.
fn push_free(query: &mut QueryBuilder<Sqlite>, ready: &Ready) {
    query
        .push("(claimed_by IS NULL OR claimed_until <= ")
        .push_bind(ready.now.as_milliseconds());
    if let Some(actor) = &ready.actor {
        query.push(" OR claimed_by = ").push_bind(actor.clone());
    }
    query.push(")");
}

fn push_order(query: &mut QueryBuilder<Sqlite>, selection: &Selection<'_>) {
    let (down, up) = if selection.reverse {
        ("ASC", "DESC")
    } else {
        ("DESC", "ASC")
    };
    query.push(" ORDER BY ");
    match selection.order {
        Order::Updated => query.push(format!("updated_at {down}, id")),
        Order::Created => query.push(format!("created_at {down}, id")),
        Order::Urgency => query.push(format!("priority {up}, created_at {up}, id")),
        Order::Relevance => query.push(format!("in_title {down}, updated_at {down}, id")),
    };
}

/// Whether all that is looked for stands in the title, where that matters.
fn push_in_title(query: &mut QueryBuilder<Sqlite>, selection: &Selection<'_>) {
    if selection.order == Order::Relevance && !selection.filter.text.is_empty() {
        query.push("record IN (SELECT rowid FROM words WHERE words MATCH ");
        query.push_bind(format!("title : ({})", matching(&selection.filter.text)));
        query.push(")");
    } else {
        query.push("0");
    }
}

/// The terms in the language of the full text index. Words are letters and digits, so nothing needs escaping.
fn matching(terms: &Terms) -> String {
    let terms = terms.terms().iter().map(|words| format!("\"{}\" *", words.join(" ")));
    terms.collect::<Vec<_>>().join(" AND ")
}
