//! Searching live items for words alone: the best first.
//!
//! Of words that many items have, a page is a small part. So each half of the order, those with all the words in the
//! title and the others, is read from the newest on and only as far as the page goes. Where few have them, these are put
//! in order.

mod postgres;
mod sqlite;

use super::page::{Page, Selection};
use super::statement::Dialect;
use super::{Error, Index};
use crate::filter::words::Terms;
use crate::filter::{Order, WorkItemFilter};

/// So many are no longer few.
const FEW: usize = 1_000;

/// The newest first, as all lists have them.
const ORDER: &str = "updated_at DESC NULLS LAST, id";

/// Whether a question is answered here: how many of the best are wanted then.
pub(super) fn is_search(selection: &Selection<'_>, dialect: Dialect) -> Option<usize> {
    let rest = WorkItemFilter {
        text: Terms::default(),
        ..selection.filter.clone()
    };
    let is_one = dialect != Dialect::Everywhere
        && selection.order == Order::Relevance
        && !selection.reverse
        && !selection.filter.text.is_empty()
        && rest == WorkItemFilter::default();
    selection.offset.checked_add(selection.limit?).filter(|_| is_one)
}

impl Index {
    /// A page of a search, of the best so many; and how many there are in all.
    pub(super) fn search(&mut self, selection: &Selection<'_>, best: usize) -> Result<Page, Error> {
        match self.dialect() {
            Dialect::Sqlite => self.search_sqlite(selection, best),
            _ => self.search_postgres(selection, best),
        }
    }
}
