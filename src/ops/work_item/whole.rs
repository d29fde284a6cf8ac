//! One work item with all that is above, below and beside it.

use serde::Serialize;

use super::around::shown;
use super::tree::{Branch, Forest, cut};
use super::view::{Dependency, WorkItemView};
use crate::ops::read::Meta;
use crate::ops::rows::WorkItemRow;
use crate::ops::view::{Brief, DeploymentBrief, NoteView};
use crate::ops::{Context, Error};
use crate::record::Kind;

/// Which item, and how much of what is around it.
#[derive(Clone, Debug)]
pub struct QueryRequest {
    /// The item, by any of its names.
    pub id: String,
    /// Whether what is below it is told.
    pub include_children: bool,
    /// Whether what it waits for, and what waits for it, is told.
    pub include_dependencies: bool,
    /// At most so many levels below it.
    pub max_depth: usize,
    /// The item in one line, without body and notes.
    pub concise: bool,
}

/// A work item whole, or in a line.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Queried {
    /// With its body.
    Whole(Box<WorkItemView>),
    /// In a line.
    Row(Box<WorkItemRow>),
}

/// A work item with what is around it, what is below it nested.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct QueryResponse {
    /// The item.
    #[serde(flatten)]
    pub item: Queried,
    /// The chain of parents, root first.
    pub ancestors: Vec<Brief>,
    /// What is below it, nested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub children: Option<Vec<Branch>>,
    /// What it waits for, and what waits for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dependencies: Option<Vec<Dependency>>,
    /// What was said about it, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<NoteView>>,
    /// The deployments it went out with, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<DeploymentBrief>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Tells of one work item all that is above, below and beside it, as of one commit.
pub fn query(context: &Context, request: &QueryRequest) -> Result<QueryResponse, Error> {
    let kinds = [Kind::WorkItem, Kind::Note, Kind::CommitLink, Kind::Conflict];
    let ((shown, row, nodes), meta) = context.ask(None, &kinds, |records| {
        let path = records.find(&request.id)?;
        let row = records.row(&path)?;
        let row = row.ok_or_else(|| Error::bug(format!("{path} is not there")))?;
        let Some(shown) = shown(records, &row)? else {
            return Err(Error::of_another_kind(&request.id, Kind::WorkItem, &row.record).into());
        };
        let nodes = match request.include_children {
            true => Some(records.tree(Some(shown.item.fields.id), false, false)?),
            false => None,
        };
        Ok((shown, row, nodes))
    })?;
    let id = shown.item.fields.id;
    let children = nodes.and_then(|nodes| {
        let mut branch = Forest::of(nodes).branch(id)?;
        cut(&mut branch, request.max_depth);
        Some(branch.children)
    });
    let (item, around) = (shown.item, shown.around);
    let line = WorkItemRow::of(&row).filter(|_| request.concise);
    Ok(QueryResponse {
        item: line.map_or_else(|| Queried::Whole(Box::new(item)), |line| Queried::Row(Box::new(line))),
        ancestors: around.ancestors,
        children,
        dependencies: request.include_dependencies.then_some(around.dependencies),
        notes: (!request.concise).then_some(around.notes),
        deployments: around.deployments,
        meta,
    })
}
