//! How many work items a list is one page of.

use super::condition::push_free;
use super::page::Selection;
use super::statement::{Dialect, Statement};
use super::wanted::{push_labelled, push_types_and_statuses, push_wanted};
use super::{Error, Index};
use crate::filter::{Order, WorkItemFilter};

/// What tells how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// All that fit are looked at anyway, to be put in order.
    OnTheWay,
    /// The tallies know, but for claims.
    ByTallies,
    /// An index has those with a label in order, with all that they are asked for: they are counted there, and the page
    /// stops early.
    ByLabel,
    /// The same of those of an assignee.
    ByAssignee,
}

impl Counted {
    pub(super) fn of(selection: &Selection<'_>, dialect: Dialect) -> Self {
        let filter = selection.filter;
        let without = |change: fn(&mut WorkItemFilter)| {
            let mut rest = filter.clone();
            change(&mut rest);
            rest.is_plain()
        };
        if without(|rest| rest.ready = None) {
            return Self::ByTallies;
        }
        if selection.order != Order::Updated || dialect == Dialect::Everywhere {
            return Self::OnTheWay;
        }
        if without(|rest| rest.labels.clear()) {
            return Self::ByLabel;
        }
        match without(|rest| rest.assignee = None) {
            true => Self::ByAssignee,
            false => Self::OnTheWay,
        }
    }
}

impl Index {
    /// How many items there are, where that was not counted on the way.
    pub(super) fn count(&mut self, filter: &WorkItemFilter, counted: Counted) -> Result<usize, Error> {
        let dialect = self.dialect();
        match counted {
            Counted::OnTheWay | Counted::ByAssignee => {
                let mut statement = Statement::new(dialect, counting("count(*)", "record"));
                statement.varies = true;
                push_wanted(&mut statement, filter);
                self.counted(&statement)
            }
            Counted::ByLabel => {
                let mut statement = Statement::new(dialect, counting("count(*)", "label"));
                statement.varies = true;
                push_labelled(&mut statement, filter);
                self.counted(&statement)
            }
            Counted::ByTallies => self.tallied(filter),
        }
    }

    fn tallied(&mut self, filter: &WorkItemFilter) -> Result<usize, Error> {
        let dialect = self.dialect();
        let mut statement = Statement::new(dialect, counting("coalesce(sum(items), 0)", "tally"));
        statement.push(dialect.here("tally"));
        statement.push(if filter.ready.is_some() { "ready" } else { "TRUE" });
        push_types_and_statuses(&mut statement, filter);
        let all = self.counted(&statement)?;
        let Some(ready) = &filter.ready else { return Ok(all) };
        // Who holds what they do not know; that is few.
        let mut statement = Statement::new(dialect, counting("count(*)", "record"));
        statement
            .push(dialect.here("record"))
            // What is ready is live, but only so the index of who holds what is looked into.
            .push("live AND ready AND claimed_by IS NOT NULL");
        push_types_and_statuses(&mut statement, filter);
        push_free(statement.push(" AND NOT "), ready);
        let held = self.counted(&statement)?;
        Ok(all.saturating_sub(held))
    }

    /// What a statement that begins with [`counting`] counts.
    pub(super) fn counted(&mut self, statement: &Statement) -> Result<usize, Error> {
        Ok(self.ask_one(statement)?.unwrap_or(0))
    }
}

/// The beginning of a statement that counts rows of a table.
pub(super) fn counting(what: &str, table: &str) -> String {
    format!("SELECT CAST({what} AS text) FROM {table} WHERE ")
}
