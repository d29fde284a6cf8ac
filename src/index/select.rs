//! Lists of work items: which, in what order, how many in all.

use super::count::Counted;
use super::page::{Page, Selection, order, push_page};
use super::row::{Row, StoredRow};
use super::search::is_search;
use super::statement::{Dialect, Statement};
use super::wanted::{push_labelled, push_otherwise, push_wanted};
use super::{Error, Index, text};
use crate::filter::Order;
use crate::filter::query::Place;

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
        if let Some(best) = is_search(selection, self.dialect()) {
            return self.search(selection, best);
        }
        // What is to be sorted stays narrow; the content of those that are wanted comes in at last.
        let counted = Counted::of(selection, self.dialect());
        let page = match counted {
            Counted::ByLabel => self.page(&self.labelled(selection))?,
            _ => self.page(&self.selecting(selection, counted == Counted::OnTheWay))?,
        };
        let total = match page.total {
            Some(total) => total,
            // The page is the first and the last.
            None if selection.offset == 0 && selection.limit.is_none_or(|limit| page.rows.len() < limit) => {
                page.rows.len()
            }
            None => self.count(selection.filter, counted)?,
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
            None => self.count(selection.filter, Counted::OnTheWay)?,
        };
        Ok((rows, total))
    }

    pub(super) fn selecting(&self, selection: &Selection<'_>, counted: bool) -> Statement {
        let (dialect, filter) = (self.dialect(), selection.filter);
        let total = if counted { "count(*) OVER ()" } else { "NULL" };
        // Where they are counted, all that fit are looked at; without a fence Postgres thinks it could stop early.
        let fenced = counted && dialect != Dialect::Sqlite;
        let ranked = selection.order == Order::Relevance && !filter.text.is_empty();
        let joined = ranked && dialect != Dialect::Sqlite;
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
            text::push(&mut statement, Place::Title, &filter.text, filter.wants_left_out());
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
            text::push_join(&mut statement, &filter.text, filter.wants_left_out());
            push_otherwise(statement.push(" WHERE "), filter);
        } else {
            push_wanted(statement.push(" WHERE "), filter);
        }
        statement.push(if fenced { " OFFSET 0) AS fit" } else { "" });
        push_page(&mut statement, &order(selection), selection.limit, selection.offset);
        statement
    }

    /// Those with labels, as the labels say: newest first.
    fn labelled(&self, selection: &Selection<'_>) -> Statement {
        let dialect = self.dialect();
        let key = dialect.key("label");
        let page = format!("WITH page AS (SELECT {key}, FALSE AS in_title, NULL AS total FROM label WHERE ");
        let mut statement = Statement::new(dialect, page);
        statement.varies = true;
        push_labelled(&mut statement, selection.filter);
        push_page(&mut statement, &order(selection), selection.limit, selection.offset);
        statement
    }
}
