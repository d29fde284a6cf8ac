//! A file of Backlog.md to a draft, field by field; see `docs/import.md`.

use serde_json::Value;

use super::front::Front;
use super::place::{Place, Sort};
use super::references::Written;
use super::{SYSTEM, sections, words};
use crate::exchange::draft::{Comment, Draft, NO_FIELD};
use crate::exchange::{Kept, fit};
use crate::record::work_item::{ItemType, Status};

/// The draft of a file and its references; the reason where none can be made of it.
pub(super) fn draft(
    mut front: Front,
    body: String,
    name: String,
    title: &str,
    path: &str,
    place: &Place,
) -> Result<(Draft, Written), String> {
    let type_word = front.text("type");
    let item_type = match place.sort {
        Sort::Milestone => ItemType::Project,
        _ => type_word.as_deref().map_or(ItemType::Task, words::item_type),
    };
    let mut draft = Draft::new(SYSTEM, name, path.to_owned(), item_type, title)?;
    draft.origin.r#type = draft.fitted("type", type_word.filter(|word| word != item_type.as_str()));
    if let Some(word) = front.text("status") {
        draft.item.status = words::status(&word);
        let differs = word != draft.item.status.as_str();
        draft.origin.status = draft.fitted("status", Some(word).filter(|_| differs));
    }
    if let Some(word) = front.text("priority") {
        draft.item.priority = words::priority(&word);
        let differs = word != draft.item.priority.as_str();
        draft.origin.priority = draft.fitted("priority", Some(word).filter(|_| differs));
    }
    people(&mut draft, &mut front);
    times(&mut draft, &mut front);
    directory(&mut draft, &mut front, place);
    addresses(&mut draft, front.list("references"));
    contents(&mut draft, &body);
    let written = Written {
        parent: front.text("parent_task_id"),
        milestone: front.text("milestone"),
        dependencies: front.list("dependencies"),
    };
    for (key, value) in front.rest() {
        draft.keep(&key, value, NO_FIELD);
    }
    Ok((draft, written))
}

fn people(draft: &mut Draft, front: &mut Front) {
    let reporter = front.text("reporter").map(|name| words::person(&name));
    draft.item.created_by = draft.fitted("reporter", reporter);
    let mut assignees = front.list("assignee").into_iter().map(|name| words::person(&name));
    draft.item.assignee = draft.fitted("assignee", assignees.next());
    let others = assignees.map(Value::String).collect();
    draft.keep_as(
        "other_assignees",
        "assignee",
        Value::Array(others),
        "a work item has one assignee here",
    );
}

fn times(draft: &mut Draft, front: &mut Front) {
    let text = front.text("created_date");
    draft.item.created_at = draft.time("created_date", text);
    let text = front.text("updated_date");
    draft.origin.updated_at = draft.time("updated_date", text);
    let text = front.text("completed_date");
    draft.origin.closed_at = draft.time("completed_date", text);
}

/// What only the directory says, and the labels.
fn directory(draft: &mut Draft, front: &mut Front, place: &Place) {
    let mut labels = Vec::new();
    if place.sort == Sort::Draft {
        labels.push("draft".to_owned());
        draft.lose(
            "directory",
            "there are no drafts here; the label draft says it",
            Kept::Label,
        );
    }
    if place.archived {
        draft.item.archived_at = draft.origin.updated_at.or(draft.item.created_at);
        match (draft.origin.updated_at, draft.item.archived_at) {
            (Some(_), _) => draft.lose(
                "directory",
                "archived at an unknown time; updated_date is taken",
                Kept::Field,
            ),
            (None, Some(_)) => draft.lose(
                "directory",
                "archived at an unknown time; created_date is taken",
                Kept::Field,
            ),
            (None, None) => {
                labels.push("archived".to_owned());
                draft.lose(
                    "directory",
                    "archived at an unknown time; the label archived says it",
                    Kept::Label,
                );
            }
        }
    }
    if place.completed && draft.item.status != Status::Completed {
        draft.lose(
            "directory",
            "lies with the completed tasks; its status says otherwise",
            Kept::Nowhere,
        );
    }
    labels.extend(front.list("labels"));
    draft.set_labels(labels);
}

/// References on the web are addresses; the others have no field.
fn addresses(draft: &mut Draft, references: Vec<String>) {
    let mut others = Vec::new();
    for reference in references {
        if !draft.add_external(&reference) {
            others.push(Value::String(reference));
        }
    }
    draft.keep("references", Value::Array(others), "is not an address on the web");
}

fn contents(draft: &mut Draft, body: &str) {
    let sections = sections::read(body);
    if !sections.body.is_empty() {
        draft.body.push(sections.body);
    }
    if sections.odd_comments {
        draft.lose("comments", "are not written as comments are", Kept::Body);
    }
    for (position, written) in (1..).zip(sections.comments) {
        let mut text = written.text;
        if !written.other.is_empty() {
            draft.lose("comments.head", "a note has no such fields here", Kept::Body);
            text = format!("{}\n\n{text}", written.other.join("\n"));
        }
        if text.trim().is_empty() {
            draft.lose("comments", "a comment without a text", Kept::Nowhere);
            continue;
        }
        let at = written.created.as_deref().and_then(fit::time);
        if written.created.is_some() && at.is_none() {
            draft.lose(
                "comments.created",
                "is not a time of the years 1970 to 9998",
                Kept::Nowhere,
            );
        }
        let author = written
            .author
            .filter(|name| !name.is_empty())
            .map(|name| words::person(&name));
        let comment = Comment {
            id: position.to_string(),
            at,
            author: draft.fitted("comments.author", author),
            text,
        };
        draft.comments.push(comment);
    }
}
