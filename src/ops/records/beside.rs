//! What the conditions of a query ask for beside an item, found in the records once for all items.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::filter::query::{Condition, Fact, SortKey, SortValue, Subject};
use crate::index::Row;
use crate::ops::work_item::current_commits;
use crate::record::graph::Graph;
use crate::record::value::Time;
use crate::record::work_item::{ItemType, Status};
use crate::record::{CommitLink, Fields, Record, RecordId, WorkItem};

/// A question for what was changed: by whom, and since when.
pub(super) type Change = (Option<String>, Option<Time>);

/// The questions for what was changed, in a condition.
pub(super) fn asked_changes(condition: &Condition) -> Vec<Change> {
    let changes = condition.facts().into_iter().filter_map(|fact| match fact {
        Fact::Changed { by, since } => Some((by.clone(), *since)),
        _ => None,
    });
    changes.collect()
}

/// What is on the items, and around them.
pub(super) struct Beside<'l> {
    pub(super) graph: &'l Graph,
    notes: HashMap<RecordId, Vec<&'l str>>,
    commits: HashMap<RecordId, Vec<&'l str>>,
    conflicts: HashMap<RecordId, usize>,
    changes: HashMap<Change, HashSet<RecordId>>,
}

impl<'l> Beside<'l> {
    /// Of these records, as far as they are loaded.
    pub(super) fn new(
        graph: &'l Graph,
        records: impl Iterator<Item = &'l Record>,
        changes: HashMap<Change, HashSet<RecordId>>,
    ) -> Self {
        let mut beside = Self {
            graph,
            notes: HashMap::new(),
            commits: HashMap::new(),
            conflicts: HashMap::new(),
            changes,
        };
        let mut links: HashMap<RecordId, Vec<&CommitLink>> = HashMap::new();
        for record in records {
            match &record.fields {
                Fields::Note(note) if note.retracted.is_none() => {
                    beside.notes.entry(note.on).or_default().push(&record.body);
                }
                Fields::CommitLink(link) if link.retracted.is_none() => {
                    links.entry(link.work_item).or_default().push(link);
                }
                Fields::Conflict(conflict) if conflict.resolved_at.is_none() => {
                    *beside.conflicts.entry(conflict.on).or_default() += 1;
                }
                _ => {}
            }
        }
        let current = |(item, links): (_, Vec<&'l CommitLink>)| (item, current_commits(&links));
        beside.commits = links.into_iter().map(current).collect();
        beside
    }

    /// The texts of the notes on a record that count.
    pub(super) fn notes(&self, on: RecordId) -> &[&'l str] {
        self.notes.get(&on).map_or(&[], Vec::as_slice)
    }

    /// Whether a condition holds of an item.
    pub(super) fn holds(&self, condition: &Condition, item: &WorkItem, row: &Row) -> bool {
        let changed = |by: Option<&str>, since| {
            let changes = self.changes.get(&(by.map(str::to_owned), since));
            changes.is_some_and(|changed| changed.contains(&item.id))
        };
        condition.matches(&Subject {
            record: &row.record,
            item,
            version: row.version,
            updated_at: row.updated_at,
            updated_by: row.updated_by.as_deref(),
            notes: self.notes(item.id),
            commits: self.commits.get(&item.id).map_or(&[], Vec::as_slice),
            conflicts: self.conflicts.get(&item.id).copied().unwrap_or_default(),
            graph: self.graph,
            changed: &changed,
            attributes: OnceCell::new(),
        })
    }
}

/// What an item is ordered by; none where it has no such thing.
pub(super) fn sorted_by(
    key: SortKey,
    item: &WorkItem,
    version: Option<u64>,
    updated_at: Option<Time>,
) -> Option<SortValue<'_>> {
    let time = |time: Time| SortValue::Number(time.as_milliseconds());
    let place = |place: Option<usize>| Some(SortValue::Number(i64::try_from(place?).ok()?));
    match key {
        SortKey::Priority => Some(SortValue::Urgency(Reverse(item.priority))),
        SortKey::Created => item.created_at.map(time),
        SortKey::Updated => updated_at.map(time),
        SortKey::Title => Some(SortValue::Text(item.title.as_str())),
        SortKey::Status => place(Status::ALL.iter().position(|status| *status == item.status)),
        SortKey::Type => place(ItemType::ALL.iter().position(|item_type| *item_type == item.item_type)),
        SortKey::Assignee => item.assignee.as_ref().map(|name| SortValue::Text(name.as_str())),
        SortKey::ClaimUntil => item.claim.as_ref()?.until.map(time),
        SortKey::Version => Some(SortValue::Number(i64::try_from(version?).ok()?)),
        SortKey::Id => Some(SortValue::Id(item.id)),
    }
}
