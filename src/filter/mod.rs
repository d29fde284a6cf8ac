//! What may be asked of records: which, in what order; and how it is answered on records themselves.

pub mod query;
mod record;
pub mod words;

use std::str::FromStr;

use crate::record::graph::Graph;
use crate::record::value::Time;
use crate::record::work_item::{ItemType, Status};
use crate::record::{RecordId, WorkItem};
use query::{Condition, Fact, Relation, Sorting, TextField};
pub use record::{Facts, RecordFilter, RecordOrder};
use words::Terms;

/// Which work items are wanted. The empty filter wants all that are neither deleted nor archived.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkItemFilter {
    /// One of these types; any where empty.
    pub item_types: Vec<ItemType>,
    /// One of these statuses; any where empty.
    pub statuses: Vec<Status>,
    /// Directly below this one.
    pub parent: Option<RecordId>,
    /// Below none.
    pub roots_only: bool,
    /// With all of these labels.
    pub labels: Vec<String>,
    /// Assigned to this one.
    pub assignee: Option<String>,
    /// With all of these words in title, body, labels and aliases, or all of them in one note on it.
    pub text: Terms,
    /// Somebody could go on with it now.
    pub ready: Option<Ready>,
    /// Pending or active, and waiting for something that is not finished.
    pub waiting: bool,
    /// Claimed by somebody whose claim has run out by then.
    pub claim_expired: Option<Time>,
    /// What else is to hold.
    pub condition: Option<Condition>,
    /// Deleted ones too.
    pub include_deleted: bool,
    /// Archived ones too.
    pub include_archived: bool,
}

/// For whom and when an item is to be ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// What others hold is not; none: what anybody holds is not.
    pub actor: Option<String>,
    /// Claims that have run out by then count as none.
    pub now: Time,
}

/// By what work items are ordered. Of two that are equal in it, the one with the smaller id comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest update first.
    #[default]
    Updated,
    /// Newest first.
    Created,
    /// Priority, then the oldest first.
    Urgency,
    /// Those with all the words in the title first, then newest update first.
    Relevance,
    /// As a query says.
    Keys(Sorting),
}

impl Ready {
    /// Whether an item is, as far as the graph tells what it waits for.
    #[must_use]
    pub fn holds(&self, graph: &Graph, item: &WorkItem) -> bool {
        graph.is_ready(item, self.actor.as_deref(), self.now)
    }
}

impl WorkItemFilter {
    /// Whether a work item with this body and these notes is wanted, but for [`WorkItemFilter::ready`],
    /// [`WorkItemFilter::waiting`] and [`WorkItemFilter::condition`], which other records decide too.
    #[must_use]
    pub fn matches(&self, item: &WorkItem, body: &str, notes: &[&str]) -> bool {
        let one_of = |wanted: bool, all: bool| all || wanted;
        (self.include_deleted || item.deleted_at.is_none())
            && (self.include_archived || item.archived_at.is_none())
            && one_of(self.item_types.contains(&item.item_type), self.item_types.is_empty())
            && one_of(self.statuses.contains(&item.status), self.statuses.is_empty())
            && self.parent.is_none_or(|parent| item.parent_id == Some(parent))
            && !(self.roots_only && item.parent_id.is_some())
            && self
                .labels
                .iter()
                .all(|label| item.labels.iter().any(|l| l.as_str() == label))
            && self
                .assignee
                .as_ref()
                .is_none_or(|name| item.assignee.as_ref().is_some_and(|a| a.as_str() == name))
            && self.claim_expired.is_none_or(|now| {
                let until = item.claim.as_ref().and_then(|claim| claim.until);
                until.is_some_and(|until| until <= now)
            })
            && self.has_text(item, body, notes)
    }

    fn has_text(&self, item: &WorkItem, body: &str, notes: &[&str]) -> bool {
        if self.text.is_empty() {
            return true;
        }
        let (title, other) = words::of_item(item, body);
        self.text.match_words(&[&title, &other])
            || notes.iter().any(|note| self.text.match_words(&[&words::split(note)]))
    }

    /// Wants only those of which a condition holds, too. What a field of the filter can say, it says from then on: that is
    /// answered sooner. The rest is joined to the condition that is there.
    pub fn narrow(&mut self, condition: Condition) {
        let part = match condition {
            Condition::All(parts) => return parts.into_iter().for_each(|part| self.narrow(part)),
            Condition::Fact(fact) if self.take_in(&fact) => return,
            part => part,
        };
        self.condition = Some(match self.condition.take() {
            None => part,
            Some(Condition::All(mut parts)) => {
                parts.push(part);
                Condition::All(parts)
            }
            Some(other) => Condition::All(vec![other, part]),
        });
    }

    /// Lets a field say it, where there is one that says nothing yet.
    fn take_in(&mut self, fact: &Fact) -> bool {
        match fact {
            Fact::Label(labels) if labels.len() == 1 => self.labels.extend_from_slice(labels),
            Fact::Text(TextField::Assignee, names) if self.assignee.is_none() && names.len() == 1 => {
                self.assignee = names.first().cloned();
            }
            Fact::Record(Relation::Parent, ids) if self.parent.is_none() && ids.len() == 1 => {
                self.parent = ids.first().copied();
            }
            Fact::Text(TextField::Type, words) if self.item_types.is_empty() => {
                self.item_types = all_of(words);
                return !self.item_types.is_empty();
            }
            Fact::Text(TextField::Status, words) if self.statuses.is_empty() => {
                self.statuses = all_of(words);
                return !self.statuses.is_empty();
            }
            _ => return false,
        }
        true
    }

    /// Whether it wants some that lists leave out by themselves: deleted or archived ones.
    #[must_use]
    pub fn wants_left_out(&self) -> bool {
        self.include_deleted || self.include_archived
    }

    /// Whether it wants everything that is neither deleted nor archived, of these types and statuses.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let rest = Self {
            item_types: Vec::new(),
            statuses: Vec::new(),
            ..self.clone()
        };
        rest == Self::default()
    }
}

/// What these words mean; nothing where one of them means nothing.
fn all_of<W: FromStr>(words: &[String]) -> Vec<W> {
    let all: Result<Vec<W>, _> = words.iter().map(|word| word.parse()).collect();
    all.unwrap_or_default()
}
