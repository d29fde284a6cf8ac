//! The words of Backlog.md in ours; it compares them without case.

use crate::record::work_item::{ItemType, Priority, Status};

pub(super) fn status(word: &str) -> Status {
    match word.trim().to_lowercase().as_str() {
        "in progress" | "active" => Status::Active,
        "done" | "completed" => Status::Completed,
        "won't do" | "won’t do" | "cancelled" | "canceled" => Status::Cancelled,
        "blocked" => Status::Blocked,
        _ => Status::Pending,
    }
}

pub(super) fn item_type(word: &str) -> ItemType {
    match word.trim().to_lowercase().as_str() {
        "spike" | "research" => ItemType::Research,
        _ => ItemType::Task,
    }
}

pub(super) fn priority(word: &str) -> Priority {
    word.trim().to_lowercase().parse().unwrap_or(Priority::Medium)
}

/// Names are written with or without the sign of a mention.
pub(super) fn person(name: &str) -> String {
    let name = name.trim();
    name.strip_prefix('@')
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name)
        .to_owned()
}
