//! Work items and what is around them, as every surface shows them.

use serde::Serialize;

use crate::ops::read::Listed;
use crate::ops::view::{Brief, DeploymentBrief, NoteView};
use crate::record::body::Progress;
use crate::record::value::Time;
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

/// A page of work items.
pub type ListResponse = Listed<WorkItemView>;

/// A work item with what is around it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ShownWorkItem {
    /// The item.
    #[serde(flatten)]
    pub item: WorkItemView,
    /// What is around it.
    #[serde(flatten)]
    pub around: Surroundings,
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
    /// The deployments it went out with, newest first.
    pub deployments: Vec<DeploymentBrief>,
}
