//! The view of `dependency_graph`.

use std::collections::HashMap;

use super::lines::{items, select};
use crate::filter::{RecordFilter, RecordOrder};
use crate::index::Summary;
use crate::ops::records::{Answer, Records};
use crate::ops::text::shown;
use crate::record::graph::waits_for;
use crate::record::work_item::Status;
use crate::record::{Kind, RecordId};
use crate::render::{DependencyGraph, Edge, GraphNode};

/// What is open and waits for something, and what it waits for, finished or not.
pub(super) fn graph(records: &mut dyn Records) -> Answer<DependencyGraph> {
    let items = items(records, &[Status::Pending, Status::Active, Status::Blocked])?;
    let enhancements = RecordFilter {
        statuses: ["planned", "approved", "implementing"].map(ToOwned::to_owned).to_vec(),
        ..RecordFilter::of(Kind::Enhancement)
    };
    let enhancements = select(records, &enhancements, RecordOrder::Priority, None)?;
    let mut edges: Vec<(RecordId, RecordId)> = Vec::new();
    for row in items.iter().chain(&enhancements.rows) {
        if let Some(then) = row.path.id() {
            edges.extend(waits_for(&row.record).map(|first| (first, then)));
        }
    }
    let mut ids: Vec<RecordId> = edges.iter().flat_map(|(first, then)| [*first, *then]).collect();
    ids.sort();
    ids.dedup();
    let summaries = records.summaries(&ids)?;
    edges.retain(|(first, _)| summaries.contains_key(first));
    let mut nodes: Vec<(GraphNode, RecordId)> = summaries.into_values().map(node).collect();
    nodes.sort();
    let places: HashMap<RecordId, usize> = nodes.iter().enumerate().map(|(at, (_, id))| (*id, at)).collect();
    edges.sort_by_key(|(first, then)| (places.get(first).copied(), places.get(then).copied()));
    let edge = |(first, then): (RecordId, RecordId)| Edge {
        first: first.brief(),
        then: then.brief(),
    };
    Ok(DependencyGraph {
        nodes: nodes.into_iter().map(|(node, _)| node).collect(),
        edges: edges.into_iter().map(edge).collect(),
    })
}

fn node(summary: Summary) -> (GraphNode, RecordId) {
    let node = GraphNode {
        title: shown(&summary.title),
        status: summary.status.unwrap_or_default(),
        item_type: summary.item_type,
        id: summary.id.brief(),
    };
    (node, summary.id)
}
