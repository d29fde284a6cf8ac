//! What a bug is after all of its operations.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::pack::{Act, Operation, Pack};
use crate::record::value::Time;

/// A bug as git-bug shows it.
#[derive(Debug, Default)]
pub(super) struct Snapshot<'p> {
    /// The id of its first operation.
    pub(super) id: String,
    pub(super) title: &'p str,
    /// The comments in their order; the first is the description.
    pub(super) comments: Vec<Comment<'p>>,
    pub(super) closed: bool,
    /// When it was closed, if it is closed.
    pub(super) closed_at: Option<Time>,
    pub(super) labels: BTreeSet<&'p str>,
    /// What is noted beside its creation.
    pub(super) metadata: Map<String, Value>,
    /// Who did something last, and when.
    pub(super) last: Option<(&'p str, Option<Time>)>,
    /// What of its history a record does not have, each once: field and reason.
    pub(super) untold: BTreeSet<(String, &'static str)>,
}

/// A comment as it is now.
#[derive(Debug)]
pub(super) struct Comment<'p> {
    /// The id of the operation that made it.
    pub(super) id: &'p str,
    pub(super) author: &'p str,
    pub(super) at: Option<Time>,
    pub(super) text: &'p str,
    pub(super) files: &'p [Value],
}

/// Applies the operations of all packs; the reason where they make no bug.
pub(super) fn compile(packs: &[Pack]) -> Result<Snapshot<'_>, String> {
    let mut bug = Snapshot::default();
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    let operations = packs.iter().flat_map(|pack| {
        pack.operations
            .iter()
            .map(move |operation| (pack.author.as_str(), operation))
    });
    for (author, operation) in operations {
        match (&operation.act, bug.id.is_empty()) {
            (Act::Create { title, .. }, true) => {
                bug.id.clone_from(&operation.id);
                bug.title = title;
                bug.metadata.clone_from(&operation.metadata);
            }
            (_, true) => return Err("does not begin with its creation".to_owned()),
            (Act::Create { .. }, false) => return Err("is created twice".to_owned()),
            (_, false) => bug.note_metadata(operation),
        }
        bug.apply(author, operation, &mut by_id);
    }
    match bug.id.is_empty() {
        true => Err("has no operations".to_owned()),
        false => Ok(bug),
    }
}

impl<'p> Snapshot<'p> {
    fn apply(&mut self, author: &'p str, operation: &'p Operation, by_id: &mut HashMap<&'p str, usize>) {
        match &operation.act {
            Act::Create { text, files, .. } | Act::AddComment { text, files } => {
                by_id.insert(&operation.id, self.comments.len());
                self.comments.push(Comment {
                    id: &operation.id,
                    author,
                    at: operation.at,
                    text,
                    files,
                });
            }
            Act::SetTitle(title) => {
                self.title = title;
                self.untold("title", "earlier titles have no place here");
            }
            Act::SetStatus { closed } => self.set_status(*closed, operation.at),
            Act::ChangeLabels { added, removed } => {
                self.labels.extend(added.iter().map(String::as_str));
                for label in removed {
                    self.labels.remove(label.as_str());
                }
                self.untold("labels", "who set a label, and when, has no place here");
            }
            Act::EditComment { target, text, files } => match by_id.get(target.as_str()) {
                Some(at) => {
                    let comment = &mut self.comments[*at];
                    (comment.text, comment.files) = (text, files);
                    self.untold("comments.edits", "earlier texts have no place here");
                }
                None => self.untold("comments.edits", "changes a comment that is not there"),
            },
            Act::SetMetadata { target, metadata } if *target == self.id => {
                // What was noted first stands.
                for (key, value) in metadata {
                    self.metadata.entry(key).or_insert_with(|| value.clone());
                }
            }
            Act::SetMetadata { .. } => self.untold("operations.metadata", "an operation has no record here"),
            Act::Unknown(kind) => {
                let field = format!("operations.type {kind}");
                self.untold.insert((field, "is not known in version 4 of the format"));
            }
            Act::Nothing => {}
        }
        if !matches!(operation.act, Act::Nothing | Act::SetMetadata { .. }) {
            self.last = Some((author, operation.at));
        }
    }

    fn set_status(&mut self, closed: bool, at: Option<Time>) {
        if closed && !self.closed {
            self.closed_at = at;
        }
        if !closed {
            if self.closed {
                self.untold("status", "that it was closed before has no place here");
            }
            self.closed_at = None;
        }
        self.closed = closed;
    }

    fn note_metadata(&mut self, operation: &Operation) {
        if !operation.metadata.is_empty() {
            self.untold("operations.metadata", "an operation has no record here");
        }
    }

    fn untold(&mut self, field: &str, reason: &'static str) {
        self.untold.insert((field.to_owned(), reason));
    }

    /// Everybody who is named in the record of this bug.
    pub(super) fn authors(&self) -> impl Iterator<Item = &'p str> {
        let comments = self.comments.iter().map(|comment| comment.author);
        comments.chain(self.last.map(|(author, _)| author))
    }
}
