//! References to parents, dependencies and links, once all work items are known.
//!
//! In the order of the original names, so that the same edges are given up on every clone.

use std::collections::{HashMap, HashSet};

use super::acyclic::Acyclic;
use super::draft::Draft;
use super::fit;
use super::{Kept, Loss};
use crate::record::common::Ids;
use crate::record::limits::DEPTH;
use crate::record::value::{Relation, Set, Text};
use crate::record::yaml::composed;
use crate::record::{RecordId, WorkItem};

/// A reference to another work item.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// The field it stands in.
    pub(super) field: &'static str,
    pub(super) edge: Edge,
    /// The relation of a link, also where the edge cannot be what it should.
    pub(super) relation: Relation,
    /// The other work item as it is written.
    pub(super) written: String,
    /// The name of the work item that is meant, if it could be told.
    pub(super) target: Option<String>,
}

/// What a reference should become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Parent,
    DependsOn,
    Link,
}

/// The work items of the drafts with their references, and what could not be referred to.
pub(super) fn link(drafts: &[Draft]) -> (Vec<WorkItem>, Vec<Loss>) {
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by(|a, b| drafts[*a].original.cmp(&drafts[*b].original));
    let mut graph = Graph::of(drafts);
    for edge in [Edge::Parent, Edge::DependsOn, Edge::Link] {
        for from in order.iter().copied() {
            let mut seen = HashSet::new();
            for reference in drafts[from].references.iter().filter(|r| r.edge == edge) {
                graph.add(from, reference, &mut seen);
            }
        }
    }
    (graph.items, graph.losses)
}

struct Graph<'drafts> {
    drafts: &'drafts [Draft],
    by_name: HashMap<&'drafts str, usize>,
    items: Vec<WorkItem>,
    losses: Vec<Loss>,
    parent: Vec<Option<usize>>,
    /// How many levels are below each.
    height: Vec<usize>,
    waits_for: Acyclic,
}

/// What was referred to from one work item: relation and target.
type Seen<'drafts> = HashSet<(&'drafts str, usize)>;

impl<'drafts> Graph<'drafts> {
    fn of(drafts: &'drafts [Draft]) -> Self {
        let finished = |draft: &Draft| WorkItem {
            origin: Some(draft.origin.clone()),
            ..draft.item.clone()
        };
        let by_name: HashMap<_, _> = drafts
            .iter()
            .enumerate()
            .map(|(at, d)| (d.original.as_str(), at))
            .collect();
        let dependencies = |draft: &Draft| {
            let references = draft.references.iter().filter(|r| r.edge == Edge::DependsOn);
            references
                .filter_map(|r| by_name.get(r.target.as_deref()?).copied())
                .collect()
        };
        let dependencies: Vec<Vec<usize>> = drafts.iter().map(dependencies).collect();
        Self {
            drafts,
            by_name,
            items: drafts.iter().map(finished).collect(),
            losses: Vec::new(),
            parent: vec![None; drafts.len()],
            height: vec![0; drafts.len()],
            waits_for: Acyclic::of(&dependencies),
        }
    }

    fn add(&mut self, from: usize, reference: &'drafts Reference, seen: &mut Seen<'drafts>) {
        let target = reference
            .target
            .as_deref()
            .and_then(|name| self.by_name.get(name).copied());
        let Some(to) = target else {
            return self.add_unresolved(from, reference);
        };
        if to == from {
            return self.lose(from, reference, "refers to itself", Kept::Nowhere);
        }
        if !seen.insert((reference.relation.as_str(), to)) {
            return;
        }
        let refused = match reference.edge {
            Edge::Parent => self.set_parent(from, to),
            Edge::DependsOn => self.add_dependency(from, to),
            Edge::Link => None,
        };
        match (reference.edge, refused) {
            (Edge::Link, _) => self.add_link(from, to, reference, None),
            (_, Some(reason)) => self.add_link(from, to, reference, Some(reason)),
            (_, None) => {}
        }
    }

    /// Makes `to` the parent, or says why it cannot be.
    fn set_parent(&mut self, from: usize, to: usize) -> Option<&'static str> {
        if self.parent[from].is_some() {
            return Some("a work item has one parent here");
        }
        let above: Vec<usize> = std::iter::successors(Some(to), |at| self.parent[*at]).collect();
        if above.contains(&from) {
            return Some("would make a work item its own ancestor");
        }
        if above.len() + self.height[from] > DEPTH {
            return Some("would be deeper than six levels");
        }
        self.parent[from] = Some(to);
        self.items[from].parent_id = Some(self.items[to].id);
        for (levels, at) in (self.height[from] + 1..).zip(above) {
            self.height[at] = self.height[at].max(levels);
        }
        None
    }

    /// Makes `from` wait for `to`, or says why it cannot.
    fn add_dependency(&mut self, from: usize, to: usize) -> Option<&'static str> {
        if !self.waits_for.allows(from, to) {
            return Some("would make a work item wait for itself");
        }
        let ids = &self.items[from].depends_on;
        let Some(more) = Ids::new(ids.iter().copied().chain([self.items[to].id])) else {
            return Some("a work item waits for at most 1,000 others here");
        };
        self.items[from].depends_on = more;
        self.waits_for.add(from, to);
        None
    }

    fn add_link(&mut self, from: usize, to: usize, reference: &Reference, reason: Option<&str>) {
        let target: RecordId = self.items[to].id;
        let there = self.items[from].links.add(reference.relation.clone(), target);
        match (there, reason) {
            (true, Some(reason)) => self.lose(from, reference, reason, Kept::Link),
            (true, None) => {}
            (false, _) => self.lose(
                from,
                reference,
                "a relation has at most 1,000 links here",
                Kept::Nowhere,
            ),
        }
    }

    fn add_unresolved(&mut self, from: usize, reference: &Reference) {
        const REASON: &str = "names nothing that was imported";
        let Some(origin) = &mut self.items[from].origin else {
            return;
        };
        let names = origin
            .unresolved
            .0
            .entry(reference.relation.as_str().to_owned())
            .or_default();
        let fitted = fit::text(&reference.written).map(|fitted| fitted.value);
        let listed = |name: &Text<1, 200>| {
            names
                .iter()
                .any(|other| composed(other.as_str()) == composed(name.as_str()))
        };
        let kept = match fitted {
            Some(name) if listed(&name) => return,
            Some(name) => match Set::new(names.iter().cloned().chain([name])) {
                Some(more) => {
                    *names = more;
                    Kept::Unresolved
                }
                None => Kept::Nowhere,
            },
            None => Kept::Nowhere,
        };
        self.lose(from, reference, REASON, kept);
    }

    fn lose(&mut self, from: usize, reference: &Reference, reason: &str, kept: Kept) {
        self.losses.push(Loss {
            original: self.drafts[from].original.clone(),
            field: reference.field.to_owned(),
            reason: reason.to_owned(),
            kept,
        });
    }
}
