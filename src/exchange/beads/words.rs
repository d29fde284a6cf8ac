//! The words of Beads in ours.

use crate::record::work_item::{ItemType, Priority, Status};

pub(super) const TOMBSTONE: &str = "tombstone";

pub(super) fn status(word: &str) -> Status {
    match word {
        "in_progress" | "hooked" => Status::Active,
        "blocked" => Status::Blocked,
        "closed" => Status::Completed,
        TOMBSTONE => Status::Cancelled,
        _ => Status::Pending,
    }
}

pub(super) fn item_type(word: &str) -> ItemType {
    match word {
        "epic" => ItemType::Project,
        "spike" | "research" => ItemType::Research,
        _ => ItemType::Task,
    }
}

pub(super) fn priority(word: &str) -> Priority {
    match word {
        "0" | "1" => Priority::High,
        "3" | "4" => Priority::Low,
        _ => Priority::Medium,
    }
}

/// The relation of a dependency that is neither a parent nor waited for.
pub(super) fn relation(word: &str) -> &str {
    match word {
        "related" => "relates-to",
        other => other,
    }
}
