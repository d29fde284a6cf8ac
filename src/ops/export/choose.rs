//! Which records an export is of, and what follows for them from history and from each other.

use std::collections::{HashMap, HashSet};

use super::{ExportFormat, ExportRequest};
use crate::exchange::export::{Derived, Place};
use crate::filter::{Order, RecordFilter, RecordOrder, WorkItemFilter};
use crate::index::{RecordSelection, Selection};
use crate::ops::read::{Meta, Reading};
use crate::ops::records::{Answer, Records};
use crate::ops::work_item::views;
use crate::ops::{Context, Error, WorkItemView};
use crate::record::{Kind, RecordId, RecordPath};

/// How many work items are in memory with their bodies at a time.
const PAGE: usize = 10_000;

/// The records of an export.
pub(super) struct Chosen {
    /// What follows for those with an identity of their own.
    derived: HashMap<RecordPath, Derived>,
    /// Those that others are on.
    owners: HashSet<RecordId>,
    /// Every record there is, whatever became of it.
    all: bool,
    /// Whether nothing but what is gone is left out, so that what cannot be read belongs to it, too.
    whole: bool,
}

impl Chosen {
    /// Chooses the records a request is for. The warnings name what of these kinds cannot be read.
    pub(super) fn choose(
        context: &Context,
        reading: &Reading,
        request: &ExportRequest,
        kinds: &[Kind],
    ) -> Result<(Self, Meta), Error> {
        let whole = request.kinds.is_empty() && !request.is_filtered() && request.format != ExportFormat::Csv;
        let all = whole && request.format.is_whole();
        // A part of the docket that is to come back must be whole, too.
        let everything = request.format.is_whole() && !request.is_filtered();
        let wanted = Wanted {
            deleted: everything || request.include_deleted,
            archived: everything || request.include_archived,
        };
        let named = if whole { Kind::ALL } else { kinds };
        let (derived, meta) = context.ask(Some(reading.commit()), named, |records| {
            let mut derived = HashMap::new();
            for kind in kinds {
                match kind {
                    Kind::WorkItem => work_items(records, request, &wanted, &mut derived)?,
                    kind => others(records, *kind, &wanted, &mut derived)?,
                }
            }
            Ok(derived)
        })?;
        let owners = derived.keys().map(RecordPath::owner).collect();
        Ok((
            Self {
                derived,
                owners,
                all,
                whole,
            },
            meta,
        ))
    }

    /// Whether it is the whole docket.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether a record is among them, or is on one of them.
    pub(super) fn has(&self, path: &RecordPath) -> bool {
        let on_another = matches!(path.kind(), Kind::Note | Kind::CommitLink | Kind::Conflict);
        self.all || self.derived.contains_key(path) || (on_another && self.owners.contains(&path.owner()))
    }

    /// What follows for a record.
    pub(super) fn derived(&self, path: &RecordPath) -> Option<Derived> {
        self.derived.get(path).cloned()
    }
}

/// What of a kind is wanted beside what is alive.
struct Wanted {
    deleted: bool,
    archived: bool,
}

fn work_items(
    records: &mut dyn Records,
    request: &ExportRequest,
    wanted: &Wanted,
    derived: &mut HashMap<RecordPath, Derived>,
) -> Answer<()> {
    let mut filter = WorkItemFilter {
        include_deleted: wanted.deleted,
        include_archived: wanted.archived,
        ..request.filter.clone().unwrap_or_default()
    };
    if let Some(parent) = &request.parent {
        filter.parent = records.find(parent)?.id();
    }
    let mut children: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    for node in records.tree(None, true, true)? {
        if let Some(parent) = node.parent {
            children.entry(parent).or_default().push(node.summary.id);
        }
    }
    for page in 0.. {
        let page = records.select(&Selection {
            filter: &filter,
            order: Order::Created,
            reverse: false,
            limit: Some(PAGE),
            offset: page * PAGE,
        })?;
        let last = page.rows.len() < PAGE;
        for item in views(records, page.rows)? {
            let id = item.fields.id;
            let mut below = children.remove(&id).unwrap_or_default();
            below.sort_unstable();
            derived.extend(RecordPath::own(Kind::WorkItem, id).map(|path| (path, place(item, below))));
        }
        if last {
            break;
        }
    }
    Ok(())
}

fn place(item: WorkItemView, children: Vec<RecordId>) -> Derived {
    Derived {
        version: item.version,
        updated_at: item.updated_at,
        updated_by: item.updated_by,
        conflicts: item.conflicts,
        place: Some(Place {
            path: item.path,
            depth: item.depth,
            children,
            progress: item.progress,
            commits: item.commits,
            commit_hash: item.commit_hash,
        }),
    }
}

fn others(
    records: &mut dyn Records,
    kind: Kind,
    wanted: &Wanted,
    derived: &mut HashMap<RecordPath, Derived>,
) -> Answer<()> {
    let page = records.select_records(&RecordSelection {
        filter: &RecordFilter {
            include_gone: wanted.deleted,
            ..RecordFilter::of(kind)
        },
        order: RecordOrder::Updated,
        reverse: false,
        limit: None,
        offset: 0,
    })?;
    let ids: Vec<_> = page.rows.iter().filter_map(|row| row.path.id()).collect();
    let mut conflicts: HashMap<RecordId, usize> = HashMap::new();
    for conflict in records.on(&ids, &[Kind::Conflict])? {
        *conflicts.entry(conflict.path.owner()).or_default() += 1;
    }
    for row in page.rows {
        let of = Derived {
            version: row.version,
            updated_at: row.updated_at,
            updated_by: row.updated_by,
            conflicts: conflicts.get(&row.path.owner()).copied().unwrap_or_default(),
            place: None,
        };
        derived.insert(row.path, of);
    }
    Ok(())
}
