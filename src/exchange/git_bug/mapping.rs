//! A bug of git-bug to a draft, field by field; see `docs/import.md`.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::SYSTEM;
use super::identity::Person;
use super::snapshot::{self, Snapshot};
use crate::exchange::Kept;
use crate::exchange::draft::{Comment, Draft};
use crate::record::value::Actor;
use crate::record::work_item::{ItemType, Status};

/// Said of files, of which only the names are in the operations.
const FILES: &str = "attached files stay where they are";

/// The draft of a bug; the reason where none can be made of it.
pub(super) fn draft(bug: &Snapshot<'_>, place: &str, people: &HashMap<String, Person>) -> Result<Draft, String> {
    let mut draft = Draft::new(SYSTEM, bug.id.clone(), place.to_owned(), ItemType::Task, bug.title)?;
    let (status, word) = match bug.closed {
        true => (Status::Completed, "closed"),
        false => (Status::Pending, "open"),
    };
    draft.item.status = status;
    draft.origin.status = draft.fitted("status", Some(word.to_owned()));
    draft.origin.closed_at = bug.closed_at;
    if let Some((author, at)) = bug.last {
        draft.origin.updated_at = at;
        draft.origin.updated_by = name(author, people);
    }
    draft.set_labels(bug.labels.iter().map(|label| (*label).to_owned()).collect());
    noted(&mut draft, &bug.metadata);
    comments(&mut draft, &bug.comments, people);
    let unknown: BTreeSet<_> = bug.authors().filter(|author| !people.contains_key(*author)).collect();
    let unknown = unknown.into_iter().map(Value::from).collect();
    draft.keep_as(
        "unknown_authors",
        "author",
        unknown,
        "names an identity that is not there",
    );
    for (field, reason) in &bug.untold {
        draft.lose(field, reason, Kept::Nowhere);
    }
    Ok(draft)
}

/// The name of who did something, where it is known.
fn name(author: &str, people: &HashMap<String, Person>) -> Option<Actor> {
    people.get(author).map(|person| person.name.clone())
}

/// What bridges to other trackers noted: the address there, and the rest under its own keys.
fn noted(draft: &mut Draft, metadata: &Map<String, Value>) {
    for (key, value) in metadata {
        let address = value.as_str().filter(|_| key.ends_with("url"));
        if address.is_some_and(|address| draft.add_external(address)) || draft.set_metadata(key, value.clone()) {
            continue;
        }
        draft.keep(key, value.clone(), "cannot stand there as it is");
    }
}

fn comments(draft: &mut Draft, comments: &[snapshot::Comment<'_>], people: &HashMap<String, Person>) {
    let Some((description, others)) = comments.split_first() else {
        return;
    };
    draft.item.created_at = description.at;
    if description.at.is_none() {
        draft.lose("timestamp", "is not a time of the years 1970 to 9998", Kept::Nowhere);
    }
    draft.item.created_by = name(description.author, people);
    if !description.text.trim().is_empty() {
        draft.body.push(description.text.to_owned());
    }
    draft.keep("files", Value::Array(description.files.to_vec()), FILES);
    let mut files = Map::new();
    for comment in others {
        if !comment.files.is_empty() {
            files.insert(comment.id.to_owned(), Value::Array(comment.files.to_vec()));
        }
        if comment.text.trim().is_empty() {
            draft.lose("comments", "a comment without a text", Kept::Nowhere);
            continue;
        }
        draft.comments.push(Comment {
            id: comment.id.to_owned(),
            at: comment.at,
            author: name(comment.author, people),
            text: comment.text.to_owned(),
        });
    }
    draft.keep_as("comment_files", "comments.files", Value::Object(files), FILES);
}
