//! What is around a record: hierarchy, dependencies, history, notes, commits, conflicts.

use std::collections::HashMap;

use super::view::{Brief, Dependency, NoteView, WorkItemView};
use crate::ops::read::Loaded;
use crate::record::body::progress;
use crate::record::graph::Graph;
use crate::record::value::Time;
use crate::record::{CommitLink, Fields, Record, RecordId, RecordPath, WorkItem};
use crate::store::History;

/// What history says about a record.
pub(super) struct LastChange {
    pub(super) version: Option<u64>,
    pub(super) updated_at: Option<Time>,
    pub(super) updated_by: Option<String>,
}

/// What is around a record: hierarchy, dependencies, history, notes, commits, conflicts.
pub(super) struct Around<'l> {
    loaded: &'l Loaded,
    history: Option<&'l History>,
    pub(super) graph: Graph,
    paths: HashMap<RecordId, &'l RecordPath>,
    commits: HashMap<RecordId, Vec<&'l CommitLink>>,
    conflicts: HashMap<RecordId, usize>,
}

impl<'l> Around<'l> {
    pub(super) fn new(loaded: &'l Loaded, history: Option<&'l History>) -> Self {
        let mut commits: HashMap<RecordId, Vec<&CommitLink>> = HashMap::new();
        let mut conflicts: HashMap<RecordId, usize> = HashMap::new();
        for record in loaded.records() {
            match &record.fields {
                Fields::CommitLink(link) if link.retracted.is_none() => {
                    commits.entry(link.work_item).or_default().push(link);
                }
                Fields::Conflict(conflict) if conflict.resolved_at.is_none() => {
                    *conflicts.entry(conflict.on).or_default() += 1;
                }
                _ => {}
            }
        }
        Self {
            graph: Graph::new(loaded.records()),
            paths: loaded
                .records
                .keys()
                .filter_map(|path| Some((path.id()?, path)))
                .collect(),
            loaded,
            history,
            commits,
            conflicts,
        }
    }

    /// When and by whom a record was last changed; an imported one that was never changed here, there.
    pub(super) fn change(&self, path: &RecordPath, record: &Record) -> LastChange {
        let history = self
            .history
            .and_then(|history| history.get(path.to_string().as_bytes()));
        let version = history.map(|h| h.version);
        let origin = match &record.fields {
            Fields::WorkItem(r) => r.origin.as_ref(),
            Fields::Vendor(r) => r.origin.as_ref(),
            Fields::Enhancement(r) => r.origin.as_ref(),
            Fields::Deployment(r) => r.origin.as_ref(),
            _ => None,
        };
        if let Some(origin) = origin.filter(|_| version.is_none_or(|v| v == 1)) {
            return LastChange {
                version,
                updated_at: origin.updated_at,
                updated_by: origin.updated_by.as_ref().map(ToString::to_string),
            };
        }
        LastChange {
            version,
            updated_at: history.and_then(|h| Time::from_milliseconds(h.last.time.checked_mul(1000)?)),
            updated_by: history.map(|h| h.last.client.clone().unwrap_or_else(|| h.last.author.clone())),
        }
    }

    pub(super) fn view(&self, item: &WorkItem, body: &str, change: LastChange) -> WorkItemView {
        let ancestors = self.graph.ancestors(item.id);
        let path = ancestors.iter().chain([&item.id]).map(|id| format!("/{id}")).collect();
        let commits = self.commits(item.id);
        WorkItemView {
            fields: item.clone(),
            body: body.to_owned(),
            version: change.version,
            updated_at: change.updated_at,
            updated_by: change.updated_by,
            path,
            depth: ancestors.len(),
            progress: progress(body),
            commit_hash: commits.last().cloned(),
            commits,
            conflicts: self.conflicts.get(&item.id).copied().unwrap_or(0),
        }
    }

    /// The commits of an item, without those that were rewritten into others, by time of the link, then id.
    fn commits(&self, id: RecordId) -> Vec<String> {
        let links = self.commits.get(&id).map_or(&[][..], Vec::as_slice);
        let replaced = |link: &CommitLink| links.iter().any(|other| other.replaces.as_ref() == Some(&link.commit));
        let mut current: Vec<_> = links.iter().filter(|link| !replaced(link)).collect();
        current.sort_by_key(|link| (link.linked_at, link.commit.clone()));
        current.iter().map(|link| link.commit.as_str().to_owned()).collect()
    }

    fn brief(&self, id: RecordId) -> Option<Brief> {
        let path = self.paths.get(&id)?;
        let record = &self.loaded.records[*path].record;
        let (item_type, status) = match &record.fields {
            Fields::WorkItem(r) => (r.item_type.as_str(), Some(r.status.as_str())),
            Fields::Enhancement(r) => ("enhancement", Some(r.status.as_str())),
            Fields::Vendor(r) => ("vendor", Some(r.status.as_str())),
            _ => (path.kind().as_str(), None),
        };
        Some(Brief {
            id,
            item_type: item_type.to_owned(),
            title: record.heading(),
            status: status.map(ToOwned::to_owned),
        })
    }

    pub(super) fn briefs(&self, ids: &[RecordId]) -> Vec<Brief> {
        ids.iter().filter_map(|id| self.brief(*id)).collect()
    }

    pub(super) fn dependencies(&self, id: RecordId) -> Vec<Dependency> {
        let side = |ids: &[RecordId], dependency_type| {
            let edge = |target: &RecordId| Dependency {
                source_id: id,
                target_id: *target,
                dependency_type,
                target: self.brief(*target),
            };
            ids.iter().map(edge).collect::<Vec<_>>()
        };
        let mut dependencies = side(self.graph.waits_for(id), "depends_on");
        dependencies.extend(side(self.graph.waited_for_by(id), "blocks"));
        dependencies
    }

    pub(super) fn notes(&self, on: RecordId) -> Vec<NoteView> {
        // Paths are in the order of the ids, which is the order of time.
        let note = |record: &Record| match &record.fields {
            Fields::Note(note) if note.on == on && note.retracted.is_none() => Some(NoteView {
                id: note.id,
                created_at: note.created_at,
                created_by: note.created_by.clone(),
                body: record.body.clone(),
            }),
            _ => None,
        };
        self.loaded.records().filter_map(note).collect()
    }
}
