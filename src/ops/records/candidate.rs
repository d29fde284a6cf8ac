//! The work items that fit a question, in its order, where no index sorts them.

use std::cmp::Reverse;

use super::beside::sorted_by;
use crate::filter::Order;
use crate::filter::query::{SortKey, SortValue};
use crate::filter::words::{self, Terms};
use crate::index::Selection;
use crate::record::value::Time;
use crate::record::{Parsed, RecordPath, WorkItem};

/// A work item, and what lists are ordered by.
pub(super) struct Candidate<'l> {
    pub(super) path: &'l RecordPath,
    pub(super) parsed: &'l Parsed,
    pub(super) item: &'l WorkItem,
    pub(super) version: Option<u64>,
    pub(super) updated_at: Option<Time>,
    pub(super) in_title: bool,
}

impl Candidate<'_> {
    fn sorted_by(&self, key: SortKey) -> Option<SortValue<'_>> {
        sorted_by(key, self.item, self.version, self.updated_at)
    }
}

/// Puts them in the order that is wanted.
pub(super) fn sort(found: &mut [Candidate<'_>], selection: &Selection<'_>) {
    let newest = |time: Option<Time>| Reverse(time);
    found.sort_by(|a, b| {
        let order = match selection.order {
            Order::Updated => newest(a.updated_at).cmp(&newest(b.updated_at)),
            Order::Created => newest(a.item.created_at).cmp(&newest(b.item.created_at)),
            Order::Urgency => (a.item.priority, a.item.created_at).cmp(&(b.item.priority, b.item.created_at)),
            Order::Relevance => {
                (Reverse(a.in_title), newest(a.updated_at)).cmp(&(Reverse(b.in_title), newest(b.updated_at)))
            }
            Order::Keys(keys) => keys.compare(|key| a.sorted_by(key), |key| b.sorted_by(key)),
        };
        let order = if selection.reverse { order.reverse() } else { order };
        order.then(a.item.id.cmp(&b.item.id))
    });
}

/// Whether all that is looked for stands in the title.
pub(super) fn in_title(text: &Terms, item: &WorkItem) -> bool {
    !text.is_empty() && text.match_words(&[&words::split(item.title.as_str())])
}
