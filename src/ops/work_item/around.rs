//! What is around work items: hierarchy, dependencies, notes, commits, conflicts.

use std::collections::HashMap;

use super::view::{Brief, Dependency, NoteView, Surroundings, WorkItemView};
use crate::index::{Row, Summary};
use crate::ops::records::{Answer, Records};
use crate::record::body::progress;
use crate::record::{CommitLink, Fields, Kind, RecordId};

/// Work items with what follows from their ancestors, commits and conflicts.
pub(super) fn views(records: &mut dyn Records, rows: Vec<Row>) -> Answer<Vec<WorkItemView>> {
    let ids: Vec<RecordId> = rows.iter().filter_map(|row| row.path.id()).collect();
    let ancestors = records.ancestors(&ids)?;
    let beside = records.on(&ids, &[Kind::CommitLink, Kind::Conflict])?;
    let mut links: HashMap<RecordId, Vec<&CommitLink>> = HashMap::new();
    let mut conflicts: HashMap<RecordId, usize> = HashMap::new();
    for row in &beside {
        match &row.record.fields {
            Fields::CommitLink(link) => links.entry(link.work_item).or_default().push(link),
            Fields::Conflict(conflict) => *conflicts.entry(conflict.on).or_default() += 1,
            _ => {}
        }
    }
    let view = |row: Row| {
        let Fields::WorkItem(item) = row.record.fields else {
            return None;
        };
        let chain = ancestors.get(&item.id).map_or(&[][..], Vec::as_slice);
        let commits = commits(links.get(&item.id).map_or(&[][..], Vec::as_slice));
        Some(WorkItemView {
            path: chain.iter().chain([&item.id]).map(|id| format!("/{id}")).collect(),
            depth: chain.len(),
            progress: progress(&row.record.body),
            commit_hash: commits.last().cloned(),
            commits,
            conflicts: conflicts.get(&item.id).copied().unwrap_or(0),
            body: row.record.body,
            version: row.version,
            updated_at: row.updated_at,
            updated_by: row.updated_by,
            fields: *item,
        })
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

/// The commits of an item, without those that were rewritten into others, by time of the link, then id.
fn commits(links: &[&CommitLink]) -> Vec<String> {
    let replaced = |link: &CommitLink| links.iter().any(|other| other.replaces.as_ref() == Some(&link.commit));
    let mut current: Vec<_> = links.iter().filter(|link| !replaced(link)).collect();
    current.sort_by_key(|link| (link.linked_at, link.commit.clone()));
    current.iter().map(|link| link.commit.as_str().to_owned()).collect()
}

/// What is around one work item.
pub(super) fn surroundings(records: &mut dyn Records, id: RecordId) -> Answer<Surroundings> {
    let ancestors = records.ancestors(&[id])?.remove(&id).unwrap_or_default();
    let (waits_for, waited_for_by) = records.edges(id)?;
    let mut summaries = records.summaries(&[ancestors.as_slice(), &waits_for, &waited_for_by].concat())?;
    let side = |targets: &[RecordId], dependency_type| {
        let edge = |target: &RecordId| Dependency {
            source_id: id,
            target_id: *target,
            dependency_type,
            target: summaries.get(target).cloned().map(brief),
        };
        targets.iter().map(edge).collect::<Vec<_>>()
    };
    let dependencies = [side(&waits_for, "depends_on"), side(&waited_for_by, "blocks")].concat();
    Ok(Surroundings {
        ancestors: ancestors
            .iter()
            .filter_map(|id| summaries.remove(id))
            .map(brief)
            .collect(),
        children: records.children(id)?.into_iter().map(brief).collect(),
        dependencies,
        notes: records.on(&[id], &[Kind::Note])?.into_iter().filter_map(note).collect(),
    })
}

fn brief(summary: Summary) -> Brief {
    Brief {
        id: summary.id,
        item_type: summary.item_type,
        title: summary.title,
        status: summary.status,
    }
}

fn note(row: Row) -> Option<NoteView> {
    let Fields::Note(note) = row.record.fields else {
        return None;
    };
    Some(NoteView {
        id: note.id,
        created_at: note.created_at,
        created_by: note.created_by,
        body: row.record.body,
    })
}
