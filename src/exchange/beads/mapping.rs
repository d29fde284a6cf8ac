//! An issue of Beads to a draft, field by field; see `docs/import.md`.

use serde_json::Value;

use super::edges::{self, Stray};
use super::{SYSTEM, words};
use crate::exchange::boxes::with_boxes;
use crate::exchange::draft::{Comment, Draft, NO_FIELD};
use crate::exchange::source::Source;
use crate::exchange::{Kept, fit};

/// The draft of an issue, and edges that belong to other issues; the reason where it is no issue.
pub(super) fn draft(mut source: Source, place: &str) -> Result<(Draft, Vec<Stray>), String> {
    if let Some(kind) = source.text("_type").filter(|kind| kind != "issue") {
        return Err(format!("is a {}, not an issue", kind.escape_debug()));
    }
    let original = source.text("id").ok_or("has no id")?;
    let title = source.text("title").ok_or("has no title")?;
    let status = source.text("status");
    let is_tombstone = status.as_deref() == Some(words::TOMBSTONE);
    let (type_word, other_type) = type_word(&mut source, is_tombstone);
    let item_type = type_word.as_deref().map_or(words::item_type(""), words::item_type);
    let mut draft = Draft::new(SYSTEM, original, place.to_owned(), item_type, &title)?;

    let type_word = type_word.filter(|word| word != item_type.as_str());
    draft.origin.r#type = draft.fitted("issue_type", type_word);
    draft.keep(
        "issue_type",
        other_type.map_or(Value::Null, Value::String),
        "the type before deletion is taken",
    );
    if let Some(word) = status {
        draft.item.status = words::status(&word);
        let differs = word != draft.item.status.as_str();
        draft.origin.status = draft.fitted("status", Some(word).filter(|_| differs));
    }
    if let Some(word) = source.word("priority") {
        draft.item.priority = words::priority(&word);
        let differs = word != draft.item.priority.as_str();
        draft.origin.priority = draft.fitted("priority", Some(word).filter(|_| differs));
    }
    people_and_times(&mut draft, &mut source, is_tombstone);
    body(&mut draft, &mut source);
    labels(&mut draft, &mut source);
    if let Some(reference) = source.text("external_ref")
        && !draft.add_external(&reference)
    {
        draft.keep("external_ref", Value::String(reference), "is not an address on the web");
    }
    let strays = edges::read(&mut draft, source.list("dependencies"));
    comments(&mut draft, source.list("comments"));
    for (key, value) in source.rest() {
        draft.keep(&key, value, NO_FIELD);
    }
    Ok((draft, strays))
}

/// The word for the type, and for tombstones the other one where there are two.
fn type_word(source: &mut Source, is_tombstone: bool) -> (Option<String>, Option<String>) {
    let now = source.text("issue_type");
    match is_tombstone.then(|| source.text("original_type")).flatten() {
        Some(before) => {
            let other = now.filter(|now| *now != before);
            (Some(before), other)
        }
        None => (now, None),
    }
}

fn people_and_times(draft: &mut Draft, source: &mut Source, is_tombstone: bool) {
    let text = source.text("created_by");
    draft.item.created_by = draft.fitted("created_by", text);
    let text = source.text("assignee");
    draft.item.assignee = draft.fitted("assignee", text);
    let text = source.text("created_at");
    draft.item.created_at = draft.time("created_at", text);
    let text = source.text("updated_at");
    draft.origin.updated_at = draft.time("updated_at", text);
    let text = source.text("closed_at");
    draft.origin.closed_at = draft.time("closed_at", text);
    if !is_tombstone {
        // An issue that is alive may still say when it once was not; that goes with the rest.
        return;
    }
    let text = source.text("deleted_at");
    let deleted = draft.time("deleted_at", text);
    draft.item.deleted_at = deleted.or(draft.origin.updated_at);
    match (deleted, draft.item.deleted_at) {
        (None, Some(_)) => draft.lose(
            "deleted_at",
            "is missing; the time of the last change is taken",
            Kept::Field,
        ),
        (None, None) => draft.lose(
            "deleted_at",
            "is missing; the item is cancelled, not deleted",
            Kept::Nowhere,
        ),
        _ => {}
    }
}

fn body(draft: &mut Draft, source: &mut Source) {
    draft.body.extend(source.text("description"));
    for (key, heading) in [
        ("design", "Design"),
        ("acceptance_criteria", "Acceptance criteria"),
        ("notes", "Notes"),
    ] {
        let Some(text) = source.text(key) else { continue };
        let text = match key {
            "acceptance_criteria" => with_boxes(&text),
            _ => text,
        };
        draft.body.push(format!("## {heading}\n\n{text}"));
        draft.lose(key, "is a section of the body here", Kept::Body);
    }
}

fn labels(draft: &mut Draft, source: &mut Source) {
    let (mut labels, mut others) = (Vec::new(), Vec::new());
    for value in source.list("labels") {
        match value {
            Value::String(label) => labels.push(label),
            other => others.push(other),
        }
    }
    draft.set_labels(labels);
    draft.keep_as("other_labels", "labels", Value::Array(others), "is not text");
}

fn comments(draft: &mut Draft, comments: Vec<Value>) {
    let mut misshapen = Vec::new();
    for (position, value) in (1..).zip(comments) {
        let Value::Object(map) = value else {
            misshapen.push(value);
            continue;
        };
        let mut source = Source::of(map.clone());
        let Some(text) = source.text("text") else {
            misshapen.push(Value::Object(map));
            continue;
        };
        let (author, at) = (source.text("author"), source.text("created_at"));
        let comment = Comment {
            id: source.word("id").unwrap_or_else(|| format!("n{position}")),
            at: at.as_deref().and_then(fit::time),
            author: draft.fitted("comments.author", author),
            text,
        };
        if at.is_some() && comment.at.is_none() {
            draft.lose(
                "comments.created_at",
                "is not a time of the years 1970 to 9998",
                Kept::Nowhere,
            );
        }
        let issue = source.text("issue_id").filter(|issue| *issue != draft.original);
        let issue = issue.map(|_| "issue_id".to_owned());
        for key in issue.into_iter().chain(source.rest().map(|(key, _)| key)) {
            draft.lose(
                &format!("comments.{key}"),
                "a note has no such field here",
                Kept::Nowhere,
            );
        }
        draft.comments.push(comment);
    }
    draft.keep("comments", Value::Array(misshapen), "is not a comment with a text");
}
