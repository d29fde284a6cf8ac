//! What became of each record, with what was said about it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::Serialize;
use serde_json::Value;

use super::ReviewCounts;
use super::ask::{Asked, brief};
use super::changed::{Changed, Changes, Version};
use crate::ops::Error;
use crate::ops::history::{FieldChange, field_changes};
use crate::record::enhancement::EnhancementStatus;
use crate::record::merge::unified;
use crate::record::work_item::Status;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath};

/// A record that differs, or that something was said about.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ReviewedRecord {
    /// The path of its file; null where there is none.
    pub path: Option<String>,
    /// Its kind.
    pub kind: String,
    /// Its identity.
    pub id: Option<RecordId>,
    /// The type of a work item.
    pub item_type: Option<String>,
    /// What a person calls it, at HEAD where it is there.
    pub title: String,
    /// What became of it.
    pub what: ReviewedWhat,
    /// The fields that differ; all that a new record has.
    pub fields: Vec<FieldChange>,
    /// The difference of the body, line by line.
    pub body: Option<String>,
    /// The notes that were added to it, in their order.
    pub notes: Vec<NoteTold>,
    /// How many commits of the code were linked to it.
    pub links: usize,
    /// The conflicts that a merge recorded on it.
    pub conflicts: Vec<ConflictTold>,
}

/// What can become of a record, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewedWhat {
    /// Its file holds no valid record any more.
    Unreadable,
    /// Its file is gone.
    Removed,
    /// It is new.
    Created,
    /// It was completed.
    Finished,
    /// It says something else.
    Changed,
    /// Its file is a valid record again; what it was before cannot be told.
    Mended,
    /// It was deleted, retracted or resolved.
    Deleted,
    /// Something was said about it.
    Discussed,
    /// It is only written differently.
    Reformatted,
}

/// A note that was added.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct NoteTold {
    /// Its identity.
    pub id: Option<RecordId>,
    /// Who wrote it.
    pub by: String,
    /// Its text.
    pub text: String,
}

/// A conflict that a merge recorded.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ConflictTold {
    /// The field, or group of fields.
    pub field: String,
    /// The value that was kept.
    pub kept: Option<Value>,
    /// The value that was not.
    pub other: Option<Value>,
}

impl ReviewedRecord {
    /// The fields that are worth a line: of a new record not those that every record has, nor what it is called.
    pub fn shown_fields(&self) -> impl Iterator<Item = &FieldChange> {
        const GIVEN: &[&str] = &[
            "id",
            "item_type",
            "title",
            "name",
            "created_at",
            "created_by",
            "origin",
            "body",
        ];
        let is_new = self.what == ReviewedWhat::Created;
        self.fields
            .iter()
            .filter(move |change| !is_new || !GIVEN.contains(&change.field.as_str()))
    }
}

/// Tells each record once: what became of it, and what was said about it. By kind, what is broken, new and finished first.
pub(super) fn told(asked: &Asked<'_>, changes: &Changes) -> Result<Vec<ReviewedRecord>, Error> {
    let mut found: BTreeMap<RecordId, ReviewedRecord> = BTreeMap::new();
    let mut apart = Vec::new();
    for changed in changes.records.values().filter(|changed| changed.is_named()) {
        drop(found.insert(changed.path.owner(), of(changed)));
    }
    for changed in changes.records.values().filter(|changed| !changed.is_named()) {
        // Anything but a new one is told as a record of its own.
        let fresh = matches!((&changed.before, &changed.after), (Version::Missing, Version::Valid(_)));
        if !fresh {
            apart.push(of(changed));
            continue;
        }
        let owner = changed.path.owner();
        let told = match found.entry(owner) {
            Entry::Occupied(told) => told.into_mut(),
            Entry::Vacant(place) => place.insert(discussed(owner, asked.record(changes, owner)?.as_ref())),
        };
        let Some(record) = changed.after.record() else {
            continue;
        };
        match &record.fields {
            Fields::Note(note) => told.notes.push(NoteTold {
                id: Some(note.id),
                by: note.created_by.as_ref().map(ToString::to_string).unwrap_or_default(),
                text: record.body.clone(),
            }),
            Fields::CommitLink(_) => told.links += 1,
            Fields::Conflict(conflict) if conflict.resolved_at.is_none() => told.conflicts.push(ConflictTold {
                field: conflict.field.to_string(),
                kept: conflict.kept.as_ref().map(|value| value.0.clone()),
                other: conflict.other.as_ref().map(|value| value.0.clone()),
            }),
            _ => {}
        }
    }
    let mut records: Vec<_> = found.into_values().chain(apart).collect();
    sort(&mut records);
    Ok(records)
}

/// By kind, then as [`ReviewedWhat`] stands, what is disputed first, then by name.
fn sort(records: &mut [ReviewedRecord]) {
    let kind = |record: &ReviewedRecord| Kind::ALL.iter().position(|kind| kind.as_str() == record.kind);
    records.sort_by(|a, b| {
        let key = |record: &ReviewedRecord| (kind(record), record.what, Reverse(record.conflicts.len()));
        key(a)
            .cmp(&key(b))
            .then_with(|| (&a.title, a.id).cmp(&(&b.title, b.id)))
    });
}

pub(super) fn counts(records: &[ReviewedRecord]) -> ReviewCounts {
    let mut counts = ReviewCounts::default();
    for record in records {
        let place = match record.what {
            ReviewedWhat::Created => Some(&mut counts.created),
            ReviewedWhat::Finished => Some(&mut counts.finished),
            ReviewedWhat::Changed | ReviewedWhat::Mended => Some(&mut counts.changed),
            ReviewedWhat::Reformatted => Some(&mut counts.reformatted),
            ReviewedWhat::Deleted => Some(&mut counts.deleted),
            ReviewedWhat::Removed | ReviewedWhat::Unreadable => Some(&mut counts.broken),
            ReviewedWhat::Discussed => None,
        };
        place.into_iter().for_each(|count| *count += 1);
        counts.notes += record.notes.len();
        counts.links += record.links;
        counts.conflicts += record.conflicts.len();
    }
    counts
}

fn of(changed: &Changed) -> ReviewedRecord {
    let (before, after) = (changed.before.record(), changed.after.record());
    let fields = match (&changed.before, &changed.after) {
        // What cannot be read on one side cannot be compared.
        (Version::Invalid(_), _) | (_, Version::Invalid(_) | Version::Missing) => Vec::new(),
        _ => field_changes(before, after),
    };
    let text = |record: Option<&Record>| record.map_or("", |record| record.body.as_str()).to_owned();
    let body = match after.is_some() && !matches!(changed.before, Version::Invalid(_)) {
        true => Some(unified(&text(before), &text(after))),
        false => None,
    };
    let shown = changed.shown();
    ReviewedRecord {
        path: Some(changed.path.to_string()),
        kind: changed.path.kind().as_str().to_owned(),
        id: changed.path.id(),
        item_type: shown
            .and_then(Record::as_work_item)
            .map(|item| item.item_type.to_string()),
        title: shown.map(Record::heading).unwrap_or_default(),
        what: what(changed, &fields),
        fields,
        body: body.filter(|text| !text.is_empty()),
        notes: Vec::new(),
        links: 0,
        conflicts: Vec::new(),
    }
}

fn what(changed: &Changed, fields: &[FieldChange]) -> ReviewedWhat {
    match (&changed.before, &changed.after) {
        (_, Version::Missing) => ReviewedWhat::Removed,
        (_, Version::Invalid(_)) => ReviewedWhat::Unreadable,
        (Version::Invalid(_), Version::Valid(_)) => ReviewedWhat::Mended,
        (Version::Missing, Version::Valid(_)) => ReviewedWhat::Created,
        (Version::Valid(_), Version::Valid(_)) if fields.is_empty() => ReviewedWhat::Reformatted,
        (Version::Valid(before), Version::Valid(after)) => {
            let (before, after) = (&before.record, &after.record);
            match (before.is_gone(), after.is_gone()) {
                (false, true) => ReviewedWhat::Deleted,
                _ if is_finished(after) && !is_finished(before) => ReviewedWhat::Finished,
                _ => ReviewedWhat::Changed,
            }
        }
    }
}

/// Whether a record was brought to its end, and not given up.
fn is_finished(record: &Record) -> bool {
    match &record.fields {
        Fields::WorkItem(item) => item.status == Status::Completed,
        Fields::Enhancement(enhancement) => enhancement.status == EnhancementStatus::Completed,
        _ => false,
    }
}

/// A record whose own file is the same.
fn discussed(id: RecordId, record: Option<&Record>) -> ReviewedRecord {
    let named = record.and_then(brief);
    let kind = record.map_or(Kind::WorkItem, Record::kind);
    ReviewedRecord {
        path: record.and_then(Record::path).as_ref().map(RecordPath::to_string),
        kind: kind.as_str().to_owned(),
        id: Some(id),
        item_type: record
            .and_then(Record::as_work_item)
            .map(|item| item.item_type.to_string()),
        title: named.map(|named| named.title).unwrap_or_default(),
        what: ReviewedWhat::Discussed,
        fields: Vec::new(),
        body: None,
        notes: Vec::new(),
        links: 0,
        conflicts: Vec::new(),
    }
}
