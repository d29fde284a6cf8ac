//! Work items: nested `- Cache the query (task, active, high, @ana, 3/5)`, with or without a box.

use super::entries::{Entry, Field};
use super::marked::{Marked, is_nothing};
use super::{Unread, WorkItem};
use crate::record::work_item::{ItemType, Priority, Status};

/// What a file tells of a work item; the reason where it cannot be used.
pub(super) fn work_item(entry: &Entry, unread: &mut Vec<Unread>) -> Result<WorkItem, String> {
    let inside = entry.title.split_parentheses().filter(|_| !entry.is_row);
    let (title, inside) = inside.map_or((entry.title.clone(), None), |(title, inside)| (title, Some(inside)));
    let mut item = WorkItem {
        title: title.text(),
        depth: entry.depth,
        line: entry.line,
        ..WorkItem::default()
    };
    let parts = inside.iter().flat_map(|inside| inside.split(','));
    let facts: Vec<_> = parts.map(|part| (part.text(), fact(&mut item, &part))).collect();
    if !facts.is_empty() && facts.iter().all(|(_, is_read)| !is_read) {
        // Parentheses of the title itself.
        item.title = entry.title.text();
    } else {
        let lost = facts.into_iter().filter(|(_, is_read)| !is_read);
        unread.extend(lost.map(|(text, _)| Unread { line: entry.line, text }));
    }
    for field in &entry.fields {
        let text = field.value.text();
        if !is_nothing(&text) && !named(&mut item, field) {
            unread.push(Unread {
                line: field.line,
                text: format!("{}: {text}", field.key),
            });
        }
    }
    if item.status.is_none() && entry.ticked == Some(true) {
        item.status = Some(Status::Completed);
    }
    match item.title.is_empty() {
        false => Ok(item),
        true => Err("a work item without a title".to_owned()),
    }
}

/// A word behind the title.
fn fact(item: &mut WorkItem, part: &Marked) -> bool {
    let text = part.text();
    if let Some(name) = text.strip_prefix('@').filter(|name| !name.is_empty()) {
        let is_first = item.assignee.is_none();
        item.assignee.get_or_insert_with(|| name.to_owned());
        return is_first;
    }
    if let Some(by) = text.strip_prefix("claimed by ") {
        // Who holds it is who is to do it; until when he does is of no use in another repository.
        let name = by.split(" until ").next().unwrap_or(by).trim_start_matches('@');
        let is_new = item.assignee.is_none();
        item.assignee.get_or_insert_with(|| name.to_owned());
        return is_new && !by.contains(" until ");
    }
    item_type(item, &text) || status(item, &text) || priority(item, &text) || progress(item, &text)
}

/// `Key: value` below it.
fn named(item: &mut WorkItem, field: &Field) -> bool {
    let text = field.value.text();
    match field.key.as_str() {
        "type" => item_type(item, &text),
        "status" => status(item, &text),
        "priority" => priority(item, &text),
        "progress" => progress(item, text.split(' ').next().unwrap_or_default()),
        "assignee" | "owner" if item.assignee.is_none() => {
            item.assignee = Some(text.trim_start_matches('@').to_owned());
            true
        }
        "labels" => {
            item.labels
                .extend(field.value.split(',').into_iter().map(|label| label.text()));
            true
        }
        "branch" if item.branch.is_none() => {
            item.branch = Some(text);
            true
        }
        "pr" if item.pr_number.is_none() => {
            item.pr_number = text.trim_start_matches('#').parse().ok().filter(|number| *number > 0);
            item.pr_number.is_some()
        }
        "blocked" | "reason" if item.blocked_reason.is_none() => {
            item.blocked_reason = Some(text);
            true
        }
        _ => false,
    }
}

fn item_type(item: &mut WorkItem, text: &str) -> bool {
    set(&mut item.item_type, text.trim().to_lowercase().parse::<ItemType>().ok())
}

fn status(item: &mut WorkItem, text: &str) -> bool {
    let status = match text.trim().to_lowercase().as_str() {
        "in progress" | "in-progress" => Some(Status::Active),
        "done" => Some(Status::Completed),
        word => word.parse().ok(),
    };
    set(&mut item.status, status)
}

fn priority(item: &mut WorkItem, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let word = text.strip_suffix(" priority").unwrap_or(&text);
    set(&mut item.priority, word.parse::<Priority>().ok())
}

/// `3/5`
fn progress(item: &mut WorkItem, text: &str) -> bool {
    let numbers = text
        .trim()
        .split_once('/')
        .map(|(done, total)| (done.parse(), total.parse()));
    match numbers {
        Some((Ok(done), Ok(total))) if done <= total => set(&mut item.progress, Some((done, total))),
        _ => false,
    }
}

/// Sets what is not set yet.
fn set<T>(field: &mut Option<T>, value: Option<T>) -> bool {
    let is_new = field.is_none() && value.is_some();
    if is_new {
        *field = value;
    }
    is_new
}
