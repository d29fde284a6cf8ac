//! Foreign trackers become valid records, and nothing of theirs goes missing unsaid.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing has failed")]

mod backlog_md;
mod beads;
mod git_bug;
mod look;
mod task_master;
