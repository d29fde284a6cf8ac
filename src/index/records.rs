//! Lists of vendors, enhancements and deployments; and how many work items there are.

use super::count::counting;
use super::page::{directions, push_page};
use super::statement::Statement;
use super::{Error, Index, Page, Selection};
use crate::filter::{RecordFilter, RecordOrder};
use crate::record::{Kind, RecordId};

/// A question for vendors, enhancements or deployments.
pub type RecordSelection<'q> = Selection<'q, RecordFilter, RecordOrder>;

/// How many live work items there are of a type and a status.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
pub struct Tally {
    /// The type.
    pub item_type: String,
    /// The status.
    pub status: String,
    /// How many.
    pub items: usize,
}

impl Index {
    /// The records a question is for.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`] or [`Error::Busy`].
    pub fn select_records(&mut self, selection: &RecordSelection<'_>) -> Result<Page, Error> {
        let dialect = self.dialect();
        let page = format!(
            "WITH page AS (SELECT {}, count(*) OVER () AS total FROM record WHERE ",
            dialect.key("record")
        );
        let mut statement = Statement::new(dialect, page);
        push_wanted(&mut statement, selection.filter);
        push_page(&mut statement, &order(selection), selection.limit, selection.offset);
        let page = self.page(&statement)?;
        let total = match page.total {
            Some(total) => total,
            None if selection.offset == 0 => 0,
            None => {
                let mut statement = Statement::new(dialect, counting("count(*)", "record"));
                push_wanted(&mut statement, selection.filter);
                self.counted(&statement)?
            }
        };
        Ok(Page { rows: page.rows, total })
    }

    /// How many live work items there are, by type and status, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`] or [`Error::Busy`].
    pub fn tallies(&mut self) -> Result<Vec<Tally>, Error> {
        let dialect = self.dialect();
        let sql = format!(
            "SELECT {} FROM (
                SELECT item_type, status, CAST(sum(items) AS bigint) AS items FROM tally WHERE {}TRUE
                GROUP BY item_type, status HAVING sum(items) > 0) AS tallied",
            dialect.rows("item_type, status, items", "item_type, status"),
            dialect.here("tally")
        );
        let rows: Vec<(String, String, usize)> = self.ask(&Statement::new(dialect, sql))?;
        let tally = |(item_type, status, items)| Tally {
            item_type,
            status,
            items,
        };
        Ok(rows.into_iter().map(tally).collect())
    }
}

fn push_wanted(statement: &mut Statement, filter: &RecordFilter) {
    statement.push(statement.dialect.here("record"));
    // The first two conditions are those of the index on kinds.
    statement.push("kind <> 'work-item' AND stigid IS NOT NULL AND kind = ");
    statement.bind(filter.kind.as_str());
    statement.push(if filter.include_gone { "" } else { " AND NOT gone" });
    if !filter.statuses.is_empty() {
        let statuses = filter.statuses.iter().map(String::as_str);
        statement.push(" AND ").one_of("status", statuses);
    }
    if !filter.priorities.is_empty() {
        statement
            .push(" AND ")
            .one_of("priority", filter.priorities.iter().copied());
    }
    for (name, wanted) in [("quarter", &filter.quarter), ("environment", &filter.environment)] {
        if let Some(wanted) = wanted {
            statement.push(format!(" AND {name} = ")).bind(wanted.as_str());
        }
    }
    for id in &filter.touches {
        statement.push(" AND ").record_in("touches", |statement| {
            statement.push("touches.target = ").bind(id.to_string());
        });
    }
    // Only deployments have a time to compare with, and their identities begin with it.
    for (operator, time) in [(">=", filter.since), ("<", filter.until)] {
        if let Some(time) = time {
            statement.push(match filter.kind {
                Kind::Deployment => format!(" AND id {operator} "),
                _ => " AND id IS NULL AND id = ".to_owned(),
            });
            statement.bind(RecordId::earliest(time).to_string());
        }
    }
}

fn order(selection: &RecordSelection<'_>) -> String {
    let (down, up) = directions(selection.reverse);
    match selection.order {
        RecordOrder::Updated => format!("updated_at {down}, id"),
        RecordOrder::Deployed => format!("id {down}"),
        RecordOrder::Name => format!("name {up}, id"),
        RecordOrder::Priority => format!("priority {up}, (quarter IS NULL) {up}, quarter {up}, id"),
    }
}
