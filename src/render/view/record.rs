//! Views of single records, of the board and of the graph.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::project_status::{Deployment, Vendor, WorkItem};
use crate::record::value::Time;

/// Another record, as it is named in a report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Linked {
    /// Its title or name.
    pub title: String,
    /// Its status, where it has one.
    pub status: Option<String>,
    /// A type of work item, or another kind.
    pub item_type: String,
    /// Its short id.
    pub id: String,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct NoteLine {
    /// When it was written.
    pub at: Option<Time>,
    /// Who wrote it.
    pub by: Option<String>,
    /// Its Markdown.
    pub text: String,
}

/// One work item with what is around it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkItemReport {
    /// Its short id.
    pub id: String,
    /// The item in a line.
    pub item: WorkItem,
    /// Its labels.
    pub labels: Vec<String>,
    /// The branch of the code it is done on.
    pub branch_name: Option<String>,
    /// The number of its pull request.
    pub pr_number: Option<i64>,
    /// The Markdown below its fields.
    pub body: String,
    /// What it is below, root first.
    pub ancestors: Vec<Linked>,
    /// What is directly below it, by title.
    pub children: Vec<Linked>,
    /// What it waits for, by title.
    pub depends_on: Vec<Linked>,
    /// What waits for it, by title.
    pub blocks: Vec<Linked>,
    /// Commits of the code that belong to it, oldest link first.
    pub commits: Vec<String>,
    /// Deployments it went out with, newest first.
    pub deployments: Vec<Deployment>,
    /// What was said about it, oldest first.
    pub notes: Vec<NoteLine>,
    /// The anchors of the headings under which our template names other records, by short id.
    pub anchors: BTreeMap<String, String>,
}

/// One vendor and what touched it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VendorReport {
    /// Its short id.
    pub id: String,
    /// The vendor in a line.
    pub vendor: Vendor,
    /// The Markdown below its fields.
    pub body: String,
    /// The newest deployments that touched it, newest first.
    pub deployments: Vec<Deployment>,
    /// How many did in all.
    pub deployment_count: usize,
    /// What was said about it, oldest first.
    pub notes: Vec<NoteLine>,
}

/// One deployment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeploymentReport {
    /// Its short id.
    pub id: String,
    /// The deployment.
    pub deployment: Deployment,
    /// The Markdown below its fields.
    pub body: String,
    /// The work items it carried, by title.
    pub work_items: Vec<Linked>,
    /// The vendors it touched, by name.
    pub vendors: Vec<Linked>,
    /// Why it does not count any more, where somebody took it back.
    pub retracted: Option<String>,
    /// What was said about it, oldest first.
    pub notes: Vec<NoteLine>,
}

/// Work items in columns.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Board {
    /// The columns, from left to right; those of cards that are open, and then what was completed.
    pub columns: Vec<Column>,
    /// The same cards row by row: null where a column has no more.
    pub rows: Vec<Vec<Option<BoardItem>>>,
}

/// A column of the board.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Column {
    /// The status of its items.
    pub status: String,
    /// How many there are.
    pub count: usize,
    /// How many are shown: those that matter most, or were completed last.
    pub shown: usize,
}

/// A card of the board.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct BoardItem {
    /// Its title.
    pub title: String,
    /// A type of work item.
    pub item_type: String,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// Who has claimed it, else who is to do it.
    pub who: Option<String>,
    /// Its short id.
    pub id: String,
}

/// What waits for what.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DependencyGraph {
    /// Work items and enhancements that wait for something or are waited for, by title.
    pub nodes: Vec<GraphNode>,
    /// Who waits for whom, in the order of the nodes.
    pub edges: Vec<Edge>,
}

/// A record in the graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct GraphNode {
    /// Its title.
    pub title: String,
    /// Its status.
    pub status: String,
    /// A type of work item, or `enhancement`.
    pub item_type: String,
    /// The first 12 digits of its id.
    pub id: String,
}

/// That one record waits for another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Edge {
    /// The id of what is waited for, as its node has it.
    pub first: String,
    /// The id of what waits.
    pub then: String,
}
