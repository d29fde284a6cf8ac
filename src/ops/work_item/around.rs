//! What is around work items: hierarchy, dependencies, notes, commits, conflicts.

use std::collections::HashMap;

use super::view::{Dependency, ShownWorkItem, Surroundings, WorkItemView};
use crate::index::Row;
use crate::ops::records::{Answer, Records};
use crate::ops::view::{brief, briefs, deployments, note};
use crate::record::{CommitLink, Fields, Kind, RecordId};

/// What is beside some work items: their ancestors, and what is on them.
pub(super) struct Beside {
    ancestors: HashMap<RecordId, Vec<RecordId>>,
    on: HashMap<RecordId, Vec<Row>>,
}

impl Beside {
    /// Looks up what is beside these items; `kinds` are those of the records on them.
    pub(super) fn of(records: &mut dyn Records, rows: &[Row], kinds: &[Kind]) -> Answer<Self> {
        let ids: Vec<RecordId> = rows.iter().filter_map(|row| row.path.id()).collect();
        let ancestors = records.ancestors(&ids)?;
        let mut on: HashMap<RecordId, Vec<Row>> = HashMap::new();
        for row in records.on(&ids, kinds)? {
            on.entry(row.path.owner()).or_default().push(row);
        }
        Ok(Self { ancestors, on })
    }

    fn on(&self, id: RecordId) -> &[Row] {
        self.on.get(&id).map_or(&[], Vec::as_slice)
    }

    fn chain(&self, id: RecordId) -> &[RecordId] {
        self.ancestors.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// Work items with what follows from their ancestors, commits and conflicts.
pub(in crate::ops) fn views(records: &mut dyn Records, rows: Vec<Row>) -> Answer<Vec<WorkItemView>> {
    let beside = Beside::of(records, &rows, &[Kind::CommitLink, Kind::Conflict])?;
    Ok(rows.into_iter().filter_map(|row| view(row, &beside)).collect())
}

/// A work item with what is beside it; nothing where the record is none.
fn view(row: Row, beside: &Beside) -> Option<WorkItemView> {
    let progress = row.record.progress();
    let Fields::WorkItem(item) = row.record.fields else {
        return None;
    };
    let chain = beside.chain(item.id);
    let on = beside.on(item.id);
    let links = on.iter().filter_map(|row| match &row.record.fields {
        Fields::CommitLink(link) => Some(link.as_ref()),
        _ => None,
    });
    let commits = current_commits(&links.collect::<Vec<_>>());
    let commits: Vec<_> = commits.into_iter().map(str::to_owned).collect();
    Some(WorkItemView {
        path: chain.iter().chain([&item.id]).map(|id| format!("/{id}")).collect(),
        depth: chain.len(),
        progress,
        commit_hash: commits.last().cloned(),
        commits,
        conflicts: on.iter().filter(|row| row.path.kind() == Kind::Conflict).count(),
        body: row.record.body,
        version: row.version,
        updated_at: row.updated_at,
        updated_by: row.updated_by,
        fields: *item,
    })
}

/// The commits of an item, of the links on it that count: without those that were rewritten into others, by time of the
/// link, then id.
pub(in crate::ops) fn current_commits<'l>(links: &[&'l CommitLink]) -> Vec<&'l str> {
    let replaced = |link: &CommitLink| links.iter().any(|other| other.replaces.as_ref() == Some(&link.commit));
    let mut current: Vec<_> = links.iter().filter(|link| !replaced(link)).collect();
    current.sort_by_key(|link| (link.linked_at, link.commit.clone()));
    current.iter().map(|link| link.commit.as_str()).collect()
}

/// A work item with what is around it; nothing where the record is none.
pub(in crate::ops) fn shown(records: &mut dyn Records, row: &Row) -> Answer<Option<ShownWorkItem>> {
    let on = [Kind::Note, Kind::CommitLink, Kind::Conflict];
    let beside = Beside::of(records, std::slice::from_ref(row), &on)?;
    let Some(item) = view(row.clone(), &beside) else {
        return Ok(None);
    };
    let around = surroundings(records, item.fields.id, &beside)?;
    Ok(Some(ShownWorkItem { item, around }))
}

/// Both sides of the dependencies of a record.
pub(in crate::ops) fn dependencies(records: &mut dyn Records, id: RecordId) -> Answer<Vec<Dependency>> {
    let (waits_for, waited_for_by) = records.edges(id)?;
    let summaries = records.summaries(&[waits_for.as_slice(), &waited_for_by].concat())?;
    let side = |targets: &[RecordId], dependency_type| {
        let edge = |target: &RecordId| Dependency {
            source_id: id,
            target_id: *target,
            dependency_type,
            target: summaries.get(target).cloned().map(brief),
        };
        targets.iter().map(edge).collect::<Vec<_>>()
    };
    Ok([side(&waits_for, "depends_on"), side(&waited_for_by, "blocks")].concat())
}

/// What is around one work item.
fn surroundings(records: &mut dyn Records, id: RecordId, beside: &Beside) -> Answer<Surroundings> {
    let ancestors = beside.chain(id);
    let (deployments, _) = deployments(records, id)?;
    Ok(Surroundings {
        ancestors: briefs(records, ancestors)?,
        children: records.children(id)?.into_iter().map(brief).collect(),
        dependencies: dependencies(records, id)?,
        notes: beside.on(id).iter().cloned().filter_map(note).collect(),
        deployments,
    })
}
