//! Other formats: foreign ones in, bytes to records and losses; our own records out, and back.
//!
//! Pure: no I/O, no clock, no environment. The same bytes give the same records everywhere, with
//! the same identities, so two people who import the same thing meet, and importing again changes
//! nothing.
//!
//! Every value of the source ends in one of three places: in a field of ours, somewhere else
//! (metadata, body, a label, a link; a [`Loss`] says where), or nowhere (a [`Loss`] says why).
//! What cannot be read at all is [`Unreadable`] and stops nothing else. Every record made here is
//! valid: it was printed, read back and found the same.
//!
//! | module | holds |
//! |---|---|
//! | [`beads`], [`backlog_md`], [`task_master`], [`git_bug`] | one foreign format each: its parsing, its words, its fields |
//! | [`project_status`] | a status file: vendors, deployments, enhancements, work items, prompts; and back against its counts |
//! | [`export`] | a docket for other programs and for readers, and its own JSON back in |
//! | `draft` | a work item on its way: fields that are settled, references that are not |
//! | `source` | JSON objects of which fields are taken one by one |
//! | `boxes` | criteria as task boxes |
//! | `fit` | foreign values within our limits |
//! | `link` | references to parents, dependencies and links, once all work items are known |
//! | `acyclic` | which edges close a circle |
//! | `assemble` | drafts to records, comments to notes, and the proof that all are valid |

mod acyclic;
mod assemble;
pub mod backlog_md;
pub mod beads;
mod boxes;
mod draft;
pub mod export;
mod fit;
pub mod git_bug;
mod link;
pub mod project_status;
mod source;
pub mod task_master;

use crate::record::Record;

/// What became of a foreign tracker.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The name of the tracker, as in `origin.system`.
    pub system: &'static str,
    /// The records: work items first, then notes.
    pub records: Vec<Imported>,
    /// What is not in the field one would look for it in.
    pub losses: Vec<Loss>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// A record, and what it was called.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// Its name in the tracker it came from; of a comment, that of its work item, `#` and its own.
    pub original: String,
    /// The record.
    pub record: Record,
}

/// A value that found no field of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Loss {
    /// The name of the work item in the tracker it came from, or the path of a file.
    pub original: String,
    /// The field there.
    pub field: String,
    /// The reason, lower case, without a full stop; the same words for the same reason.
    pub reason: String,
    /// Where the value is now.
    pub kept: Kept,
}

/// Where a value went that found no field of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kept {
    /// To a field of ours, though not as it was.
    Field,
    /// To `metadata`.
    Metadata,
    /// To the body.
    Body,
    /// To a link.
    Link,
    /// To a label.
    Label,
    /// To `origin`.
    Origin,
    /// To `origin.unresolved`, as text.
    Unresolved,
    /// Nowhere.
    Nowhere,
}

impl Kept {
    /// The word for it in messages and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Metadata => "metadata",
            Self::Body => "body",
            Self::Link => "link",
            Self::Label => "label",
            Self::Origin => "origin",
            Self::Unresolved => "unresolved",
            Self::Nowhere => "nowhere",
        }
    }
}

/// A part of the source that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Unreadable {
    /// Where: `line 17`, or the path of a file.
    pub place: String,
    /// Why, lower case, without a full stop.
    pub reason: String,
}

/// Losses of one kind, for people: a thousand lines of the same are one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LossGroup {
    /// The field.
    pub field: String,
    /// The reason.
    pub reason: String,
    /// Where the values are now.
    pub kept: Kept,
    /// How many there are.
    pub count: usize,
    /// The first few names.
    pub examples: Vec<String>,
}

impl Import {
    /// Whether there was something to read, and none of it could be.
    #[must_use]
    pub fn is_all_unreadable(&self) -> bool {
        self.records.is_empty() && !self.unreadable.is_empty()
    }

    /// The losses by field, reason and place: what is gone first, then the most frequent.
    #[must_use]
    pub fn loss_groups(&self) -> Vec<LossGroup> {
        const EXAMPLES: usize = 3;
        let mut groups = indexmap::IndexMap::<_, LossGroup>::new();
        for loss in &self.losses {
            let key = (loss.field.as_str(), loss.reason.as_str(), loss.kept);
            let group = groups.entry(key).or_insert_with(|| LossGroup {
                field: loss.field.clone(),
                reason: loss.reason.clone(),
                kept: loss.kept,
                count: 0,
                examples: Vec::new(),
            });
            group.count += 1;
            if group.examples.len() < EXAMPLES && !group.examples.contains(&loss.original) {
                group.examples.push(loss.original.clone());
            }
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_by_key(|group| (group.kept != Kept::Nowhere, std::cmp::Reverse(group.count)));
        groups
    }
}
