//! Views of what happened between two moments.

use schemars::JsonSchema;
use serde::Serialize;

use super::project_status::Deployment;
use crate::record::value::Time;

/// What went out and what got done.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Changelog {
    /// The time or the commit it begins after.
    pub since: String,
    /// The time or the commit it ends with.
    pub until: String,
    /// What went out, newest first.
    pub deployments: Vec<Deployment>,
    /// Work items and enhancements that were completed, and still were at the end; the newest first, then by title.
    pub finished: Vec<FinishedItem>,
}

/// Something that got done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct FinishedItem {
    /// When it was completed.
    pub at: Time,
    /// Its title.
    pub title: String,
    /// A type of work item, or `enhancement`.
    pub item_type: String,
    /// Who completed it.
    pub by: String,
}

/// What happened, by who did it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Standup {
    /// The time or the commit it begins after.
    pub since: String,
    /// The time or the commit it ends with.
    pub until: String,
    /// Who did something, by name.
    pub people: Vec<Person>,
}

/// What one person or agent did.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What they completed.
    pub completed: Vec<StandupLine>,
    /// What they created and did not complete.
    pub created: Vec<StandupLine>,
    /// What else they changed.
    pub changed: Vec<StandupLine>,
}

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct StandupLine {
    /// Its title.
    pub title: String,
    /// A type of work item, or another kind.
    pub item_type: String,
    /// Its short id, where it has one.
    pub id: Option<String>,
    /// What was changed, field by field.
    pub changes: Vec<String>,
    /// The first lines of what was said about it.
    pub notes: Vec<String>,
}
