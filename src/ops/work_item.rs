//! Listing and showing work items.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::read::{Loaded, Meta};
use super::resolve::{resolve, title};
use super::{Context, Error};
use crate::filter::WorkItemFilter;
use crate::record::body::{Progress, progress};
use crate::record::graph::Graph;
use crate::record::value::{Actor, Time};
use crate::record::{CommitLink, Fields, Kind, Record, RecordId, RecordPath, WorkItem};
use crate::store::History;

/// How many items a list has where nothing else is asked for.
pub const DEFAULT_LIMIT: usize = 50;

/// Kinds whose records have names of their own.
const NAMED: &[Kind] = &[Kind::WorkItem, Kind::Vendor, Kind::Enhancement, Kind::Deployment];

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

/// Another record in a few words.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Brief {
    /// Its identity.
    pub id: RecordId,
    /// What it is: a type of work item, or another kind.
    pub item_type: String,
    /// Its title or name.
    pub title: String,
    /// Its status, where it has one.
    pub status: Option<String>,
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

/// A comment.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct NoteView {
    /// Its identity.
    pub id: RecordId,
    /// When it was written.
    pub created_at: Option<Time>,
    /// Who wrote it.
    pub created_by: Option<Actor>,
    /// Its text.
    pub body: String,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// Which ones.
    pub filter: WorkItemFilter,
    /// Directly below this one, by any of its names.
    pub parent: Option<String>,
    /// At most so many; all where nothing is said.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
}

/// A page of work items, newest update first.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ListResponse {
    /// The items.
    pub items: Vec<WorkItemView>,
    /// How many there are on all pages.
    pub total_count: usize,
    /// At most so many on this page.
    pub limit: usize,
    /// How many come before.
    pub offset: usize,
    /// Whether there is a next page.
    pub has_more: bool,
    /// Where it begins; always null as long as there is no index.
    pub next_cursor: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// One record, whole.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum ShowResponse {
    /// A work item.
    WorkItem(Box<ShownWorkItem>),
    /// A record of another kind: its fields as they are.
    Other(Box<ShownRecord>),
}

/// A work item with what is around it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ShownWorkItem {
    /// The item.
    #[serde(flatten)]
    pub item: WorkItemView,
    /// The chain of parents, root first.
    pub ancestors: Vec<Brief>,
    /// The items below it.
    pub children: Vec<Brief>,
    /// What it waits for, and what waits for it.
    pub dependencies: Vec<Dependency>,
    /// What was said about it, oldest first.
    pub notes: Vec<NoteView>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// A record of another kind.
#[derive(Clone, Debug, Serialize)]
pub struct ShownRecord {
    /// Its kind.
    pub kind: &'static str,
    /// What a person calls it.
    #[serde(skip)]
    pub heading: String,
    /// Its fields.
    #[serde(flatten)]
    pub fields: serde_json::Map<String, Value>,
    /// The Markdown below them.
    pub body: String,
    /// How often it was changed; null where it cannot be known.
    pub version: Option<u64>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Lists work items, newest update first, then by id.
pub fn list(context: &Context, request: &ListRequest) -> Result<ListResponse, Error> {
    let mut reading = context.read()?;
    let loaded = reading.load(&[Kind::WorkItem, Kind::CommitLink, Kind::Conflict])?;
    reading.warn_of_unreadable(&loaded.unreadable);
    let mut filter = request.filter.clone();
    if let Some(parent) = &request.parent {
        filter.parent = resolve(&loaded, parent)?.id();
    }
    let history = reading.history(context)?;
    let around = Around::new(&loaded, history.as_ref());
    let matching = loaded.records.iter().filter_map(|(path, parsed)| {
        let item = parsed.record.as_work_item()?;
        filter
            .matches(item, &parsed.record.body)
            .then(|| around.change(path, &parsed.record))
            .map(|change| (path, parsed, item, change))
    });
    let mut matching: Vec<_> = matching.collect();
    matching.sort_by_key(|(_, _, item, change)| (Reverse(change.updated_at), item.id));
    let total_count = matching.len();
    let limit = request.limit.unwrap_or(total_count);
    let page = matching.into_iter().skip(request.offset).take(limit);
    let items: Vec<_> = page
        .map(|(_, parsed, item, change)| around.view(item, &parsed.record.body, change))
        .collect();
    Ok(ListResponse {
        has_more: request.offset + items.len() < total_count,
        items,
        total_count,
        limit,
        offset: request.offset,
        next_cursor: None,
        meta: reading.meta(),
    })
}

/// Shows the record that `name` names: an id, a unique prefix or suffix of one, or an alias.
pub fn show(context: &Context, name: &str) -> Result<ShowResponse, Error> {
    let mut reading = context.read()?;
    let mut loaded = reading.load(NAMED)?;
    let path = resolve(&loaded, name)?.clone();
    let beside = reading.load(&[Kind::Note, Kind::CommitLink, Kind::Conflict])?;
    loaded.records.extend(beside.records);
    loaded.unreadable.extend(beside.unreadable);
    reading.warn_of_unreadable(&loaded.unreadable);
    let history = reading.history(context)?;
    let around = Around::new(&loaded, history.as_ref());
    let parsed = &loaded.records[&path];
    if let Some(schema) = &parsed.newer_schema {
        reading.warnings.push(format!(
            "{path} has the newer schema {schema}; it cannot be changed here"
        ));
    }
    let change = around.change(&path, &parsed.record);
    let Some(item) = parsed.record.as_work_item() else {
        return Ok(ShowResponse::Other(Box::new(ShownRecord {
            kind: path.kind().as_str(),
            heading: title(&parsed.record),
            fields: parsed.record.to_json(),
            body: parsed.record.body.clone(),
            version: change.version,
            updated_at: change.updated_at,
            updated_by: change.updated_by,
            meta: reading.meta(),
        })));
    };
    let view = around.view(item, &parsed.record.body, change);
    Ok(ShowResponse::WorkItem(Box::new(ShownWorkItem {
        ancestors: around.briefs(&around.graph.ancestors(item.id)),
        children: around.briefs(around.graph.children(item.id)),
        dependencies: around.dependencies(item.id),
        notes: around.notes(item.id),
        item: view,
        meta: reading.meta(),
    })))
}

/// What history says about a record.
struct LastChange {
    version: Option<u64>,
    updated_at: Option<Time>,
    updated_by: Option<String>,
}

/// What is around a record: hierarchy, dependencies, history, notes, commits, conflicts.
struct Around<'l> {
    loaded: &'l Loaded,
    history: Option<&'l History>,
    graph: Graph,
    paths: HashMap<RecordId, &'l RecordPath>,
    commits: HashMap<RecordId, Vec<&'l CommitLink>>,
    conflicts: HashMap<RecordId, usize>,
}

impl<'l> Around<'l> {
    fn new(loaded: &'l Loaded, history: Option<&'l History>) -> Self {
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
    fn change(&self, path: &RecordPath, record: &Record) -> LastChange {
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

    fn view(&self, item: &WorkItem, body: &str, change: LastChange) -> WorkItemView {
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
            title: title(record),
            status: status.map(ToOwned::to_owned),
        })
    }

    fn briefs(&self, ids: &[RecordId]) -> Vec<Brief> {
        ids.iter().filter_map(|id| self.brief(*id)).collect()
    }

    fn dependencies(&self, id: RecordId) -> Vec<Dependency> {
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

    fn notes(&self, on: RecordId) -> Vec<NoteView> {
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
