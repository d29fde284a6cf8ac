//! Whether a condition holds, told from the records themselves.

use std::cell::OnceCell;

use super::{Attribute, Condition, Fact, Holds, NumberField, Place, Relation, Sought, TextField, attributes};
use crate::filter::words;
use crate::record::graph::Graph;
use crate::record::value::{Time, folded};
use crate::record::work_item::Priority;
use crate::record::{Record, RecordId, WorkItem};

/// An item, and what is known beside it; of what the condition does not need, nothing has to be.
pub struct Subject<'s> {
    /// Its record.
    pub record: &'s Record,
    /// The same.
    pub item: &'s WorkItem,
    /// How often it was changed.
    pub version: Option<u64>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
    /// Who changed it last.
    pub updated_by: Option<&'s str>,
    /// The notes on it that count.
    pub notes: &'s [&'s str],
    /// The commits linked to it, without those that were rewritten.
    pub commits: &'s [&'s str],
    /// How many conflicts on it are not resolved.
    pub conflicts: usize,
    /// The hierarchy and the dependencies.
    pub graph: &'s Graph,
    /// Whether it was changed by this one since then.
    pub changed: &'s dyn Fn(Option<&str>, Option<Time>) -> bool,
    /// Found when they are first asked for.
    pub attributes: OnceCell<Vec<Attribute>>,
}

impl Condition {
    /// Whether it holds of an item.
    #[must_use]
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(subject)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(subject)),
            Self::Not(part) => !part.matches(subject),
            Self::Fact(fact) => subject.has(fact),
        }
    }
}

impl Subject<'_> {
    fn has(&self, fact: &Fact) -> bool {
        let item = self.item;
        match fact {
            Fact::Text(field, texts) => self.text(*field).is_some_and(|is| texts.iter().any(|text| text == is)),
            Fact::Label(labels) => item
                .labels
                .iter()
                .any(|is| labels.iter().any(|label| label == is.as_str())),
            Fact::Alias(aliases) => {
                let mut folded = item.aliases.iter().map(|alias| folded(alias.as_str()));
                folded.any(|is| aliases.contains(&is))
            }
            Fact::Record(relation, ids) => self.is_related(*relation, ids),
            Fact::Number(field, span) => self.number(*field).is_some_and(|number| span.contains(number)),
            Fact::Commit(digits) => {
                let begins = |commit: &&str| digits.iter().any(|digits| commit.starts_with(digits.as_str()));
                self.commits.iter().any(begins)
            }
            Fact::Attribute(name, sought) => {
                let all = self.attributes.get_or_init(|| attributes(self.record));
                all.iter()
                    .any(|attribute| attribute.name == *name && sought.is(attribute))
            }
            Fact::Words(place, terms) => {
                let (title, other) = words::of_item(item, &self.record.body);
                match place {
                    Place::Title => terms.match_words(&[&title]),
                    Place::Anywhere => {
                        let in_note = |note: &&str| terms.match_words(&[&words::split(note)]);
                        terms.match_words(&[&title, &other]) || self.notes.iter().any(in_note)
                    }
                }
            }
            Fact::There(holds) => self.is_there(*holds),
            Fact::Ready(ready) => ready.holds(self.graph, item),
            Fact::Waiting => item.is_open() && self.graph.held_up_by(item.id).next().is_some(),
            Fact::Changed { by, since } => (self.changed)(by.as_deref(), *since),
        }
    }

    fn text(&self, field: TextField) -> Option<&str> {
        let item = self.item;
        match field {
            TextField::Type => Some(item.item_type.as_str()),
            TextField::Status => Some(item.status.as_str()),
            TextField::Title => Some(item.title.as_str()),
            TextField::Assignee => item.assignee.as_ref().map(|name| name.as_str()),
            TextField::Holder(now) => item.holder(now),
            TextField::UpdatedBy => self.updated_by,
            TextField::Branch => item.branch_name.as_ref().map(|name| name.as_str()),
        }
    }

    fn number(&self, field: NumberField) -> Option<i64> {
        let item = self.item;
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        match field {
            NumberField::Priority => Some(rank(item.priority)),
            NumberField::Created => item.created_at.map(Time::as_milliseconds),
            NumberField::Updated => self.updated_at.map(Time::as_milliseconds),
            NumberField::ClaimUntil => Some(item.claim.as_ref()?.until?.as_milliseconds()),
            NumberField::Version => self.version.map(|version| i64::try_from(version).unwrap_or(i64::MAX)),
            NumberField::Depth => Some(whole(self.graph.ancestors(item.id).len())),
            NumberField::Progress => {
                let boxes = self.record.progress();
                (boxes.total > 0).then(|| whole(boxes.done * 100 / boxes.total))
            }
            NumberField::Conflicts => Some(whole(self.conflicts)),
        }
    }

    fn is_related(&self, relation: Relation, ids: &[RecordId]) -> bool {
        let item = self.item;
        match relation {
            Relation::Itself => ids.contains(&item.id),
            Relation::Parent => item.parent_id.is_some_and(|parent| ids.contains(&parent)),
            Relation::Ancestor => self.graph.ancestors(item.id).iter().any(|id| ids.contains(id)),
            Relation::DependsOn => item.depends_on.iter().any(|id| ids.contains(id)),
            Relation::Blocks => self.graph.waited_for_by(item.id).iter().any(|id| ids.contains(id)),
        }
    }

    fn is_there(&self, holds: Holds) -> bool {
        let item = self.item;
        match holds {
            Holds::Text(field) => self.text(field).is_some(),
            Holds::Number(field) => self.number(field).is_some(),
            Holds::Body => !self.record.body.is_empty(),
            Holds::Label => !item.labels.is_empty(),
            Holds::Alias => !item.aliases.is_empty(),
            Holds::Record(relation) => match relation {
                Relation::Itself => true,
                // What is below something is below what that is below.
                Relation::Parent | Relation::Ancestor => item.parent_id.is_some(),
                Relation::DependsOn => !item.depends_on.is_empty(),
                Relation::Blocks => !self.graph.waited_for_by(item.id).is_empty(),
            },
            Holds::Commit => !self.commits.is_empty(),
        }
    }
}

impl Sought {
    fn is(&self, attribute: &Attribute) -> bool {
        match self {
            Self::Anything => true,
            Self::Texts(texts) => attribute.text.as_ref().is_some_and(|is| texts.contains(is)),
            Self::Text(bound, text) => attribute.text.as_ref().is_some_and(|is| bound.holds(is, text)),
            Self::Equal(number) => attribute.number.is_some_and(|is| is == *number),
            Self::Number(bound, number) => attribute.number.is_some_and(|is| bound.holds(&is, number)),
        }
    }
}

/// Priorities in the order of urgency.
fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::High => 0,
        Priority::Medium => 1,
        Priority::Low => 2,
    }
}
