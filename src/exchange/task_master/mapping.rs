//! A task of Task Master, or a tag, to a draft, field by field; see `docs/import.md`.

use serde_json::Value;

use super::references::{Written, id_text, tag_name};
use super::{Place, SYSTEM, words};
use crate::exchange::boxes::with_boxes;
use crate::exchange::draft::{Draft, NO_FIELD};
use crate::exchange::source::Source;
use crate::exchange::{Kept, fit};
use crate::record::work_item::ItemType;

/// The draft of a tag, from all that is said of it beside its tasks; the reason where it cannot be a record.
pub(super) fn tag(name: &str, place: &str, mut source: Source) -> Result<Draft, String> {
    let mut draft = Draft::new(SYSTEM, tag_name(name), place.to_owned(), ItemType::Project, name)?;
    if let Some(mut metadata) = source.object("metadata") {
        let text = metadata.text("created");
        draft.item.created_at = draft.time("metadata.created", text);
        let text = metadata.text("updated").or_else(|| metadata.text("lastModified"));
        draft.origin.updated_at = draft.time("metadata.updated", text);
        if let Some(description) = metadata.text("description") {
            set_description(&mut draft, description);
        }
        for (key, value) in metadata.rest() {
            draft.keep_as(&key, &format!("metadata.{key}"), value, NO_FIELD);
        }
    }
    for (key, value) in source.rest() {
        draft.keep(&key, value, NO_FIELD);
    }
    Ok(draft)
}

fn set_description(draft: &mut Draft, description: String) {
    if !draft.set_metadata("description", Value::String(description.clone())) {
        draft.body.push(description);
        draft.lose("metadata.description", fit::LONG, Kept::Body);
    }
}

/// The draft of a task and its references; the reason where none can be made of it.
pub(super) fn task(place: &Place<'_>, name: String, mut source: Source) -> Result<(Draft, Written), String> {
    let title = source.text("title").ok_or("has no title")?;
    let mut draft = Draft::new(SYSTEM, name, place.path.clone(), ItemType::Task, &title)?;
    if let Some(word) = source.text("status") {
        draft.item.status = words::status(&word);
        let differs = word != draft.item.status.as_str();
        draft.origin.status = draft.fitted("status", Some(word).filter(|_| differs));
    }
    if let Some(word) = source.text("priority") {
        draft.item.priority = words::priority(&word);
        let differs = word != draft.item.priority.as_str();
        draft.origin.priority = draft.fitted("priority", Some(word).filter(|_| differs));
    }
    let text = source.text("assignee");
    draft.item.assignee = draft.fitted("assignee", text);
    let text = source.text("createdAt");
    draft.item.created_at = draft.time("createdAt", text);
    let text = source.text("updatedAt");
    draft.origin.updated_at = draft.time("updatedAt", text);
    body(&mut draft, &mut source);
    labels(&mut draft, &mut source);
    own_metadata(&mut draft, &mut source);
    let mut written = Written::of(place.tag, place.parent);
    dependencies(&mut draft, &mut source, &mut written);
    without_repetition(&mut source, place.parent);
    for (key, value) in source.rest() {
        draft.keep(&key, value, NO_FIELD);
    }
    Ok((draft, written))
}

fn body(draft: &mut Draft, source: &mut Source) {
    draft.body.extend(source.text("description"));
    let criteria = source.text("acceptanceCriteria").map(|text| with_boxes(&text));
    let criteria = criteria.or_else(|| listed_criteria(source));
    for (key, heading, text) in [
        ("details", "Details", source.text("details")),
        ("acceptanceCriteria", "Acceptance criteria", criteria),
        ("testStrategy", "Test strategy", source.text("testStrategy")),
    ] {
        let Some(text) = text else { continue };
        draft.body.push(format!("## {heading}\n\n{text}"));
        draft.lose(key, "is a section of the body here", Kept::Body);
    }
}

/// Criteria that are a list of texts on one line each; anything else stays.
fn listed_criteria(source: &mut Source) -> Option<String> {
    let criteria = source.list("acceptanceCriteria");
    let line = |value: &Value| {
        let text = value.as_str()?;
        (!text.trim().is_empty() && !text.contains(char::is_control)).then(|| format!("- {text}"))
    };
    match criteria.iter().map(line).collect::<Option<Vec<_>>>() {
        Some(lines) if lines.is_empty() => None,
        Some(lines) => Some(with_boxes(&lines.join("\n"))),
        None => {
            source.put_back("acceptanceCriteria", Value::Array(criteria));
            None
        }
    }
}

fn labels(draft: &mut Draft, source: &mut Source) {
    let (mut labels, mut others) = (Vec::new(), Vec::new());
    for key in ["tags", "labels"] {
        for value in source.list(key) {
            match value {
                Value::String(label) => labels.push(label),
                other => others.push(other),
            }
        }
    }
    draft.set_labels(labels);
    draft.keep_as("other_labels", "tags", Value::Array(others), "is not text");
}

/// What people keep in `metadata` there is in `metadata` here, under the same keys.
fn own_metadata(draft: &mut Draft, source: &mut Source) {
    let Some(metadata) = source.object("metadata") else {
        return;
    };
    for (key, value) in metadata.rest() {
        if !draft.set_metadata(&key, value.clone()) {
            draft.keep_as(&key, &format!("metadata.{key}"), value, "cannot stand there as it is");
        }
    }
}

fn dependencies(draft: &mut Draft, source: &mut Source, written: &mut Written) {
    let mut misshapen = Vec::new();
    for value in source.list("dependencies") {
        match id_text(&value) {
            Some(id) => written.dependencies.push(id),
            None if value.is_null() || value.is_string() => {}
            None => misshapen.push(value),
        }
    }
    draft.keep("dependencies", Value::Array(misshapen), "is not the id of a task");
}

/// Drops what says once more that the task is a part of another. Older versions write `undefined` there.
fn without_repetition(source: &mut Source, parent: Option<&str>) {
    for key in ["parentId", "parentTaskId"] {
        source.drop_if(key, |value| {
            id_text(value).is_some_and(|id| parent == Some(&id) || matches!(id.as_str(), "undefined" | "null" | "NaN"))
        });
    }
    if parent.is_some() {
        source.drop_if("isSubtask", |value| *value == Value::Bool(true));
    }
}
