//! What no single record shows: parents and dependencies that only together close a cycle.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::record::id::CommitHash;
use crate::record::{Fields, Record, RecordId, limits};

/// The hierarchy and the dependencies of a set of records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    /// The parent of each work item that has one.
    pub parents: BTreeMap<RecordId, RecordId>,
    /// Which record waits for which.
    pub depends_on: BTreeSet<(RecordId, RecordId)>,
}

/// An edge that one side of a merge, or both, added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edge {
    /// A parent.
    Parent {
        /// The work item below.
        child: RecordId,
        /// The one above.
        parent: RecordId,
        /// The parent it had in the base.
        before: Option<RecordId>,
    },
    /// A dependency.
    DependsOn {
        /// The record that waits.
        from: RecordId,
        /// The record it waits for.
        to: RecordId,
    },
}

/// An edge that cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dropped {
    /// The edge.
    pub edge: Edge,
    /// Whether the work item has the parent of the base again; else it has none.
    pub restored: bool,
}

impl Edge {
    /// What decides which of several edges is dropped: the same everywhere, and nobody's choice.
    fn hash(&self) -> CommitHash {
        let (field, from, to) = match self {
            Self::Parent { child, parent, .. } => ("parent_id", child, parent),
            Self::DependsOn { from, to } => ("depends_on", from, to),
        };
        CommitHash::sha256(format!("{field}\0{from}\0{to}").as_bytes())
    }
}

impl Edges {
    /// The edges of these records.
    pub fn of<'record>(records: impl IntoIterator<Item = &'record Record>) -> Self {
        let mut edges = Self::default();
        for record in records {
            let (id, depends_on) = match &record.fields {
                Fields::WorkItem(item) => {
                    edges.parents.extend(item.parent_id.map(|parent| (item.id, parent)));
                    (item.id, &item.depends_on)
                }
                Fields::Enhancement(enhancement) => (enhancement.id, &enhancement.depends_on),
                _ => continue,
            };
            edges.depends_on.extend(depends_on.iter().map(|target| (id, *target)));
        }
        edges
    }

    /// The edges that are here and not in `base`.
    #[must_use]
    pub fn added_since(&self, base: &Self) -> Vec<Edge> {
        let parents = self.parents.iter().map(|(child, parent)| Edge::Parent {
            child: *child,
            parent: *parent,
            before: base.parents.get(child).copied(),
        });
        let new = |edge: &Edge| !matches!(edge, Edge::Parent { parent, before, .. } if *before == Some(*parent));
        let depends_on = self.depends_on.difference(&base.depends_on);
        let depends_on = depends_on.map(|(from, to)| Edge::DependsOn { from: *from, to: *to });
        parents.filter(new).chain(depends_on).collect()
    }
}

/// Drops the added edges that close a cycle or make a hierarchy too deep, and says which.
///
/// `merged` are the edges after merging each record by itself, `added` those of them that are not
/// in the base. They are put in one by one in the order of their hash, and each that cannot be
/// put in is dropped; so the result depends on nothing but the two sets, and no edge is dropped
/// that could stand beside those that stay. A work item whose new parent is dropped goes back to
/// the one it had, if it can. What was wrong in the base already is left as it is.
pub fn drop_closing_edges(merged: &mut Edges, added: &[Edge]) -> Vec<Dropped> {
    let mut added: Vec<Edge> = added.iter().copied().filter(|edge| merged.remove(*edge)).collect();
    added.sort_by_cached_key(|edge| (edge.hash(), *edge));
    let mut graph = Working::new(merged);
    let mut refused: Vec<Edge> = added.into_iter().filter(|edge| !graph.insert(*edge)).collect();
    let dropped = refused.drain(..).map(|edge| {
        let back = match edge {
            Edge::Parent { child, before, .. } => before.map(|parent| Edge::Parent {
                child,
                parent,
                before: None,
            }),
            Edge::DependsOn { .. } => None,
        };
        let restored = back.is_some_and(|edge| graph.insert(edge));
        Dropped { edge, restored }
    });
    dropped.collect()
}

impl Edges {
    fn remove(&mut self, edge: Edge) -> bool {
        match edge {
            Edge::Parent { child, parent, .. } if self.parents.get(&child) == Some(&parent) => {
                self.parents.remove(&child).is_some()
            }
            Edge::Parent { .. } => false,
            Edge::DependsOn { from, to } => self.depends_on.remove(&(from, to)),
        }
    }
}

/// The edges that stand so far, and which work items lie below which.
struct Working<'a> {
    edges: &'a mut Edges,
    children: BTreeMap<RecordId, BTreeSet<RecordId>>,
}

impl<'a> Working<'a> {
    fn new(edges: &'a mut Edges) -> Self {
        let mut children: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (child, parent) in &edges.parents {
            children.entry(*parent).or_default().insert(*child);
        }
        Self { edges, children }
    }

    /// Puts the edge in if it can stand.
    fn insert(&mut self, edge: Edge) -> bool {
        match edge {
            Edge::Parent { child, parent, .. } => {
                let fits = self
                    .depth(child, parent)
                    .is_some_and(|depth| depth + 1 + self.height(child) <= limits::DEPTH);
                if fits {
                    self.edges.parents.insert(child, parent);
                    self.children.entry(parent).or_default().insert(child);
                }
                fits
            }
            Edge::DependsOn { from, to } => {
                let fits = !self.reaches(to, from);
                if fits {
                    self.edges.depends_on.insert((from, to));
                }
                fits
            }
        }
    }

    /// How many lie above `id`; `None` where `child` is `id` or among them, or the chain does not end.
    fn depth(&self, child: RecordId, id: RecordId) -> Option<usize> {
        let mut at = id;
        for depth in 0..=limits::DEPTH {
            if at == child {
                return None;
            }
            match self.edges.parents.get(&at) {
                Some(parent) => at = *parent,
                None => return Some(depth),
            }
        }
        None
    }

    /// How many levels lie below `id`; more than are allowed are not counted.
    fn height(&self, id: RecordId) -> usize {
        let mut level = vec![id];
        for height in 0..=limits::DEPTH {
            let below = level.iter().filter_map(|id| self.children.get(id));
            level = below.flatten().copied().collect();
            if level.is_empty() {
                return height;
            }
        }
        limits::DEPTH + 1
    }

    /// Whether `from` waits, by whatever others, for `to`.
    fn reaches(&self, from: RecordId, to: RecordId) -> bool {
        let (mut seen, mut open) = (HashSet::from([from]), vec![from]);
        while let Some(at) = open.pop() {
            if at == to {
                return true;
            }
            let targets = self.edges.depends_on.range((at, RecordId::MIN)..);
            let targets = targets.take_while(|(id, _)| *id == at).map(|(_, target)| *target);
            open.extend(targets.filter(|target| seen.insert(*target)));
        }
        false
    }
}
