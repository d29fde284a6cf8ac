//! Work items and what is around them, as every surface shows them.

use serde::Serialize;
use serde_json::Value;

use crate::ops::read::{Listed, Meta};
use crate::record::body::Progress;
use crate::record::value::{Actor, Time};
use crate::record::{RecordId, WorkItem};

/// A work item as every surface shows it: its fields, and what follows from history and from other records.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct WorkItemView {
    /// The fields of its file.
    #[serde(flatten)]
    pub fields: WorkItem,
    /// The Markdown below them.
    pub body: String,
    /// How often it was changed, counted from 1; null where it cannot be known.
    pub version: Option<u64>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// `/<root id>/…/<own id>`.
    pub path: String,
    /// How far below its root it is.
    pub depth: usize,
    /// The task boxes of its body.
    pub progress: Progress,
    /// Commits of the code that belong to it, oldest link first.
    pub commits: Vec<String>,
    /// The latest of them.
    pub commit_hash: Option<String>,
    /// How many unresolved conflicts it has.
    pub conflicts: usize,
}

/// Another record in a few words.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Brief {
    /// Its identity.
    pub id: RecordId,
    /// What it is: a type of work item, or another kind.
    pub item_type: String,
    /// Its title or name.
    pub title: String,
    /// Its status, where it has one.
    pub status: Option<String>,
}

/// One side of a dependency.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Dependency {
    /// The item asked for.
    pub source_id: RecordId,
    /// The other one.
    pub target_id: RecordId,
    /// `depends_on` where the source waits for the target, `blocks` where the target waits for it.
    pub dependency_type: &'static str,
    /// The other one in a few words; null where it cannot be read.
    pub target: Option<Brief>,
}

/// A comment.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct NoteView {
    /// Its identity.
    pub id: RecordId,
    /// When it was written.
    pub created_at: Option<Time>,
    /// Who wrote it.
    pub created_by: Option<Actor>,
    /// Its text.
    pub body: String,
}

/// A page of work items.
pub type ListResponse = Listed<WorkItemView>;

/// One record, whole.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum ShowResponse {
    /// A work item.
    WorkItem(Box<ShownWorkItem>),
    /// A record of another kind: its fields as they are.
    Other(Box<ShownRecord>),
}

/// A work item with what is around it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ShownWorkItem {
    /// The item.
    #[serde(flatten)]
    pub item: WorkItemView,
    /// What is around it.
    #[serde(flatten)]
    pub around: Surroundings,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// What is around a work item.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Surroundings {
    /// The chain of parents, root first.
    pub ancestors: Vec<Brief>,
    /// The items below it.
    pub children: Vec<Brief>,
    /// What it waits for, and what waits for it.
    pub dependencies: Vec<Dependency>,
    /// What was said about it, oldest first.
    pub notes: Vec<NoteView>,
}

/// A record of another kind.
#[derive(Clone, Debug, Serialize)]
pub struct ShownRecord {
    /// Its kind.
    pub kind: &'static str,
    /// What a person calls it.
    #[serde(skip)]
    pub heading: String,
    /// Its fields.
    #[serde(flatten)]
    pub fields: serde_json::Map<String, Value>,
    /// The Markdown below them.
    pub body: String,
    /// How often it was changed; null where it cannot be known.
    pub version: Option<u64>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}
