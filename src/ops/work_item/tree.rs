//! The hierarchy of work items, with how far each branch is.

use std::collections::{HashMap, HashSet};
use std::ops::Not;

use serde::Serialize;

use crate::index::Node;
use crate::ops::read::Meta;
use crate::ops::{Context, Error};
use crate::record::body::Progress;
use crate::record::value::Time;
use crate::record::work_item::{Priority, Status};
use crate::record::{Kind, RecordId};

/// What to draw.
#[derive(Clone, Debug, Default)]
pub struct TreeRequest {
    /// The item at the top, by any of its names; all that are below none where nothing is said.
    pub root: Option<String>,
    /// At most so many levels below the top.
    pub depth: Option<usize>,
    /// Only branches where something is left to do.
    pub open_only: bool,
    /// Deleted ones too.
    pub include_deleted: bool,
    /// Archived ones too.
    pub include_archived: bool,
    /// As of this commit, or the newest one not after this time.
    pub as_of: Option<String>,
}

/// Trees of work items.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct TreeResponse {
    /// The items at the top, oldest first.
    pub items: Vec<Branch>,
    /// How many items there are in all branches.
    pub total_count: usize,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// A work item and what is below it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Branch {
    /// Its identity.
    pub id: RecordId,
    /// What it is.
    pub item_type: String,
    /// Its title.
    pub title: String,
    /// How far it is.
    pub status: String,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// The task boxes of its body.
    pub progress: Progress,
    /// Whether it is deleted; said only where it is.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub deleted: bool,
    /// Whether it is archived; said only where it is.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub archived: bool,
    /// Of the items below it, on all levels and without cancelled and deleted ones, how many are completed.
    pub below: Progress,
    /// The items directly below it, oldest first.
    pub children: Vec<Self>,
    #[serde(skip)]
    created_at: Option<Time>,
    /// How much it matters.
    #[serde(skip)]
    pub(in crate::ops) priority: Priority,
    /// Who has claimed it, and until when.
    #[serde(skip)]
    pub(in crate::ops) claim: Option<(String, Option<Time>)>,
}

/// Draws work items as trees.
pub fn tree(context: &Context, request: &TreeRequest) -> Result<TreeResponse, Error> {
    let at = context.as_of(request.as_of.as_deref())?;
    let ((root, nodes), meta) = context.ask(at, &[Kind::WorkItem], |records| {
        let root = match &request.root {
            None => None,
            Some(name) => {
                let path = records.find(name)?;
                let id = path.id().filter(|_| path.kind() == Kind::WorkItem);
                Some(id.ok_or_else(|| Error::request(format!("`{name}` is not a work item")))?)
            }
        };
        Ok((
            root,
            records.tree(root, request.include_deleted, request.include_archived)?,
        ))
    })?;
    let mut forest = Forest::of(nodes);
    // What is below something that is not shown stands by itself.
    let tops = root.into_iter().chain(forest.tops());
    let mut items: Vec<Branch> = tops.filter_map(|id| forest.branch(id)).collect();
    if request.open_only {
        items.retain_mut(keep_open);
    }
    if let Some(depth) = request.depth {
        items.iter_mut().for_each(|branch| cut(branch, depth));
    }
    items.sort_by_key(|branch| (Some(branch.id) != root, branch.created_at, branch.id));
    Ok(TreeResponse {
        total_count: items.iter().map(count).sum(),
        items,
        meta,
    })
}

/// Nodes that were not put into a branch yet, and who is below whom.
pub(in crate::ops) struct Forest {
    nodes: HashMap<RecordId, Node>,
    children: HashMap<RecordId, Vec<RecordId>>,
}

impl Forest {
    pub(in crate::ops) fn of(nodes: Vec<Node>) -> Self {
        let mut children: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
        for node in &nodes {
            if let Some(parent) = node.parent {
                children.entry(parent).or_default().push(node.summary.id);
            }
        }
        let nodes = nodes.into_iter().map(|node| (node.summary.id, node)).collect();
        Self { nodes, children }
    }

    /// Those whose parent is not here; and of each chain that comes round again, the smallest.
    pub(in crate::ops) fn tops(&self) -> Vec<RecordId> {
        let parent = |id: &RecordId| {
            self.nodes
                .get(id)
                .and_then(|node| node.parent)
                .filter(|p| self.nodes.contains_key(p))
        };
        let mut tops: Vec<RecordId> = self.nodes.keys().copied().filter(|id| parent(id).is_none()).collect();
        let mut reached: HashSet<RecordId> = HashSet::new();
        let mut next = tops.clone();
        while let Some(id) = next.pop() {
            if reached.insert(id) {
                next.extend(self.children.get(&id).into_iter().flatten());
            }
        }
        let mut round: Vec<RecordId> = self.nodes.keys().copied().filter(|id| !reached.contains(id)).collect();
        round.sort();
        for id in round {
            let mut next = vec![id];
            if !reached.contains(&id) {
                tops.push(id);
            }
            while let Some(id) = next.pop() {
                if reached.insert(id) {
                    next.extend(self.children.get(&id).into_iter().flatten());
                }
            }
        }
        tops
    }

    /// The branch of an item; each item is in one branch only.
    pub(in crate::ops) fn branch(&mut self, id: RecordId) -> Option<Branch> {
        let node = self.nodes.remove(&id)?;
        let children = self.children.remove(&id).unwrap_or_default();
        let mut children: Vec<Branch> = children.into_iter().filter_map(|id| self.branch(id)).collect();
        sort(&mut children);
        let mut below = Progress { done: 0, total: 0 };
        for child in &children {
            let counts = !child.deleted && !child.is(Status::Cancelled);
            let done = counts && child.is(Status::Completed);
            below.done += child.below.done + usize::from(done);
            below.total += child.below.total + usize::from(counts);
        }
        Some(Branch {
            id,
            item_type: node.summary.item_type,
            title: node.summary.title,
            status: node.summary.status.unwrap_or_default(),
            assignee: node.assignee,
            progress: node.progress,
            deleted: node.summary.gone,
            archived: node.summary.archived,
            below,
            children,
            created_at: node.created_at,
            priority: node.priority,
            claim: node.claim,
        })
    }
}

impl Branch {
    fn is(&self, status: Status) -> bool {
        self.status == status.as_str()
    }
}

fn sort(branches: &mut [Branch]) {
    branches.sort_by_key(|branch| (branch.created_at, branch.id));
}

fn count(branch: &Branch) -> usize {
    1 + branch.children.iter().map(count).sum::<usize>()
}

/// Leaves out what is finished and has nothing unfinished below it; says whether the branch stays.
fn keep_open(branch: &mut Branch) -> bool {
    branch.children.retain_mut(keep_open);
    let finished = branch.is(Status::Completed) || branch.is(Status::Cancelled);
    !finished || !branch.children.is_empty()
}

pub(super) fn cut(branch: &mut Branch, depth: usize) {
    if depth == 0 {
        branch.children.clear();
    }
    branch.children.iter_mut().for_each(|child| cut(child, depth - 1));
}
