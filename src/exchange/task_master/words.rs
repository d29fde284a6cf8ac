//! The words of Task Master in ours.

use crate::record::work_item::{Priority, Status};

pub(super) fn status(word: &str) -> Status {
    match plain(word).as_str() {
        "in-progress" | "active" | "review" => Status::Active,
        "done" | "completed" => Status::Completed,
        "cancelled" | "canceled" => Status::Cancelled,
        "blocked" => Status::Blocked,
        _ => Status::Pending,
    }
}

pub(super) fn priority(word: &str) -> Priority {
    match plain(word).as_str() {
        "critical" => Priority::High,
        word => word.parse().unwrap_or(Priority::Medium),
    }
}

/// Files that other programs write too have `In Progress` and `in_progress`.
fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace(['_', ' '], "-")
}
