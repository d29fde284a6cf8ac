//! The records that decide whether what changed keeps the rules between records: what it names, what it is below and
//! what is below it, what it waits for all the way, who has its names.
//!
//! These are few, so that the rules can be checked without reading the whole docket.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::changed::{Changed, Changes};
use crate::ops::Error;
use crate::ops::draft::Draft;
use crate::ops::read::NAMED;
use crate::record::graph::{self, Found, references, waits_for};
use crate::record::{Fields, Kind, Record, RecordId, RecordPath};

/// Fields whose violations may be reported on a record that did not change: a circle on any of its members, a depth on
/// who is too deep, a name on who comes second.
const SHARED: &[&str] = &["parent_id", "depends_on", "name", "aliases"];

/// The records around what changed, as they are on one side.
#[derive(Default)]
pub(super) struct Around {
    records: BTreeMap<RecordPath, Record>,
    /// Identities of records that exist and cannot be read.
    unreadable: HashSet<RecordId>,
    /// Identities that were looked for, and that no record has.
    missing: HashSet<RecordId>,
    /// The records that are asked about; of the others only what they share with these counts.
    of: BTreeSet<RecordPath>,
}

impl Around {
    /// Reads what is around some records on one side, of which `draft` tells.
    pub(super) fn of(draft: &mut Draft<'_>, changes: &Changes, of: &BTreeSet<RecordPath>) -> Result<Self, Error> {
        let mut around = Self {
            of: of.clone(),
            ..Self::default()
        };
        for path in of {
            around.insert(draft, path)?;
        }
        let own: Vec<Record> = around.records.values().cloned().collect();
        for record in &own {
            for (field, id) in references(record) {
                around.add(draft, field, id)?;
            }
            around.add_ancestors(draft, record)?;
        }
        for (path, record) in own.iter().filter_map(|record| Some((record.path()?, record))) {
            let changed = changes.records.get(&path);
            if changed.is_some_and(is_moved) {
                around.add_descendants(draft, record)?;
            }
            let targets = changed.map(|changed| added(changed, |record| waits_for(record).collect()));
            around.add_ways_back(draft, record, targets.unwrap_or_default())?;
            if changed.is_some_and(|changed| !added(changed, names).is_empty()) {
                around.add_namesakes(draft, record)?;
            }
        }
        Ok(around)
    }

    /// What is wrong among them.
    pub(super) fn check(&self) -> Vec<Found> {
        // What the others name was not looked for, unless one that is asked about names it, too.
        let others = self.records.iter().filter(|(path, _)| !self.of.contains(*path));
        let mut there: HashSet<RecordId> = others
            .flat_map(|(_, record)| references(record))
            .map(|(_, id)| id)
            .collect();
        there.retain(|id| !self.missing.contains(id));
        there.extend(&self.unreadable);
        let mut found = graph::check(&self.records, &there);
        found.retain(|(path, violation)| {
            let shared = violation.field.as_deref().is_some_and(|field| SHARED.contains(&field));
            self.of.contains(path) || shared
        });
        found
    }

    /// Whether a record is one of those that are asked about.
    pub(super) fn is_asked(&self, path: &RecordPath) -> bool {
        self.of.contains(path)
    }

    /// Adds the record at a path. Says whether there is a file.
    fn insert(&mut self, draft: &Draft<'_>, path: &RecordPath) -> Result<bool, Error> {
        if self.records.contains_key(path) {
            return Ok(true);
        }
        if let Some(record) = draft.look(path)? {
            self.records.insert(path.clone(), record);
            return Ok(true);
        }
        let there = draft.reading.snapshot.entry(&path.to_string())?.is_some();
        if there {
            self.unreadable.extend(path.id());
        }
        Ok(there)
    }

    /// Adds a record that a field names.
    fn add(&mut self, draft: &Draft<'_>, field: &str, id: RecordId) -> Result<(), Error> {
        if self.unreadable.contains(&id) || self.missing.contains(&id) {
            return Ok(());
        }
        // Most fields name records of one kind; a wrong kind is found, too.
        let likely = match field {
            "affected_vendors" => Kind::Vendor,
            _ => Kind::WorkItem,
        };
        let kinds = std::iter::once(&likely).chain(NAMED.iter().filter(|kind| **kind != likely));
        for path in kinds.filter_map(|kind| RecordPath::own(*kind, id)) {
            if self.insert(draft, &path)? {
                return Ok(());
            }
        }
        self.missing.insert(id);
        Ok(())
    }

    fn add_ancestors(&mut self, draft: &Draft<'_>, record: &Record) -> Result<(), Error> {
        let mut seen = HashSet::new();
        let mut next = record.as_work_item().and_then(|item| item.parent_id);
        while let Some(id) = next.filter(|id| seen.insert(*id)) {
            self.add(draft, "parent_id", id)?;
            let path = RecordPath::own(Kind::WorkItem, id);
            let parent = path.and_then(|path| self.records.get(&path));
            next = parent.and_then(|parent| parent.as_work_item()?.parent_id);
        }
        Ok(())
    }

    fn add_descendants(&mut self, draft: &mut Draft<'_>, record: &Record) -> Result<(), Error> {
        for below in record
            .id()
            .map(|id| draft.descendants(id))
            .transpose()?
            .into_iter()
            .flatten()
        {
            if let Some(path) = RecordPath::own(Kind::WorkItem, below.id) {
                self.insert(draft, &path)?;
            }
        }
        Ok(())
    }

    /// Everything that what a record newly waits for waits for, all the way: only so a new way can lead back to it.
    fn add_ways_back(
        &mut self,
        draft: &mut Draft<'_>,
        record: &Record,
        targets: BTreeSet<RecordId>,
    ) -> Result<(), Error> {
        // Where nobody waits for it, no way leads back.
        let Some(id) = record.id().filter(|_| !targets.is_empty()) else {
            return Ok(());
        };
        if draft.waiting_for(id)?.is_empty() {
            return Ok(());
        }
        let mut seen = HashSet::from([id]);
        let mut next: Vec<RecordId> = targets.into_iter().collect();
        while let Some(id) = next.pop() {
            if !seen.insert(id) {
                continue;
            }
            self.add(draft, "depends_on", id)?;
            let paths = [Kind::WorkItem, Kind::Enhancement].map(|kind| RecordPath::own(kind, id));
            let target = paths.into_iter().flatten().find_map(|path| self.records.get(&path));
            next.extend(target.into_iter().flat_map(waits_for));
        }
        Ok(())
    }

    /// The others that have one of its names.
    fn add_namesakes(&mut self, draft: &mut Draft<'_>, record: &Record) -> Result<(), Error> {
        let mut holders = Vec::new();
        for alias in record.aliases() {
            holders.extend(draft.with_alias(alias)?);
        }
        if let Fields::Vendor(vendor) = &record.fields
            && vendor.deleted_at.is_none()
        {
            holders.extend(draft.with_name(vendor.name.as_str(), false)?);
        }
        for path in holders {
            self.insert(draft, &path)?;
        }
        Ok(())
    }
}

/// Whether a work item that was there before is below another one now.
fn is_moved(changed: &Changed) -> bool {
    let parent = |record: &Record| record.as_work_item().and_then(|item| item.parent_id);
    changed
        .both()
        .is_some_and(|(before, after)| parent(before) != parent(after))
}

/// What the later version has and the earlier one has not.
fn added<T: Ord>(changed: &Changed, of: impl Fn(&Record) -> BTreeSet<T>) -> BTreeSet<T> {
    let set = |record: Option<&Record>| record.map(&of).unwrap_or_default();
    let mut added = set(changed.after.record());
    let before = set(changed.before.record());
    added.retain(|value| !before.contains(value));
    added
}

/// What others may not be called, too.
fn names(record: &Record) -> BTreeSet<String> {
    let mut names: BTreeSet<_> = record.aliases().map(ToOwned::to_owned).collect();
    if let Fields::Vendor(vendor) = &record.fields
        && vendor.deleted_at.is_none()
    {
        names.insert(crate::record::vendor::normalised_name(vendor.name.as_str()));
    }
    names
}
