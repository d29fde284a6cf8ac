//! What is around a record as one write sees it: at the tip, with the write's own changes on top.
//!
//! Whoever knows what is around it may know it of an earlier commit, or too much; each record it names is looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::known::Around;
use super::{Draft, Slot};
use crate::index::{Found, Touched};
use crate::ops::kept_index::touched;
use crate::ops::read::{Loaded, NAMED};
use crate::ops::resolve::resolve;
use crate::ops::{Error, ErrorKind};
use crate::record::graph::{is_settled, references, waits_for};
use crate::record::value::Time;
use crate::record::vendor::normalised_name;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath, WorkItem};

/// How many items that are ready are looked at before more are asked for.
const CANDIDATES: usize = 32;

/// Kinds whose records wait for others.
const WAITING: &[Kind] = &[Kind::WorkItem, Kind::Enhancement];

impl Draft<'_> {
    /// The work items directly below a record, whatever became of them, in the order of their ids.
    pub(in crate::ops) fn children(&mut self, of: RecordId) -> Result<Vec<WorkItem>, Error> {
        let known = self.known_naming(
            &[of],
            |index| {
                let children = index.children(of)?.into_iter().map(|child| child.id);
                Ok(own(&[Kind::WorkItem], children))
            },
            |_, graph| own(&[Kind::WorkItem], graph.children(of).iter().copied()),
        )?;
        let is_below = |record: &Record| record.as_work_item().is_some_and(|item| item.parent_id == Some(of));
        let children = self.matching(known, is_below)?;
        Ok(children.values().filter_map(Record::as_work_item).cloned().collect())
    }

    /// Everything below a record, each once, whatever cycles there are; itself is not among them.
    pub(in crate::ops) fn descendants(&mut self, of: RecordId) -> Result<Vec<WorkItem>, Error> {
        let mut seen = BTreeSet::from([of]);
        let (mut found, mut next) = (Vec::new(), vec![of]);
        while let Some(parent) = next.pop() {
            for child in self.children(parent)? {
                if seen.insert(child.id) {
                    next.push(child.id);
                    found.push(child);
                }
            }
        }
        Ok(found)
    }

    /// The records that wait for one, in the order of their paths.
    pub(in crate::ops) fn waiting_for(&mut self, target: RecordId) -> Result<Vec<RecordId>, Error> {
        let known = self.known_naming(
            &[target],
            |index| Ok(own(WAITING, index.edges(target)?.1)),
            |_, graph| own(WAITING, graph.waited_for_by(target).iter().copied()),
        )?;
        let waits = |record: &Record| waits_for(record).any(|id| id == target);
        let waiting = self.matching(known, waits)?;
        Ok(waiting.keys().filter_map(RecordPath::id).collect())
    }

    /// What an item waits for and that is not settled, in the order of its list.
    pub(in crate::ops) fn held_up_by(&mut self, item: &WorkItem) -> Result<Vec<RecordId>, Error> {
        let mut held_up_by = Vec::new();
        for target in item.depends_on.iter() {
            let mut settled = false;
            for path in own(WAITING, [*target]) {
                settled |= self.look(&path)?.is_some_and(|record| is_settled(&record));
            }
            if !settled {
                held_up_by.push(*target);
            }
        }
        Ok(held_up_by)
    }

    /// The records that have this alias, exactly so, in the order of their paths.
    pub(in crate::ops) fn with_alias(&mut self, alias: &str) -> Result<Vec<RecordPath>, Error> {
        let has = |record: &Record| record.aliases().any(|other| other == alias);
        let known = match self.answered(|index| index.with_alias(alias)) {
            Some(known) => known,
            None => self.aliased(has)?,
        };
        Ok(self.matching(known, has)?.into_keys().collect())
    }

    /// The vendors that have this name, whatever it is spelled like, in the order of their paths: those that are
    /// deleted, or the others.
    pub(in crate::ops) fn with_name(&mut self, name: &str, deleted: bool) -> Result<Vec<RecordPath>, Error> {
        let normalised = normalised_name(name);
        let has = |record: &Record| match &record.fields {
            Fields::Vendor(vendor) => {
                vendor.deleted_at.is_some() == deleted && normalised_name(vendor.name.as_str()) == normalised
            }
            _ => false,
        };
        let known = match self.answered(|index| index.with_name(&normalised, deleted)) {
            Some(known) => known,
            None => self.vendors()?.paths_of(has),
        };
        Ok(self.matching(known, has)?.into_keys().collect())
    }

    /// The most urgent item that is ready, that nobody holds and that can be changed here.
    pub(in crate::ops) fn next_ready(&mut self, now: Time) -> Result<Option<WorkItem>, Error> {
        self.look_around();
        // What changed, or waits for what changed, may have become ready, whatever the index says.
        let settled = self.different().filter(|(_, record)| is_settled(record));
        let settled: Vec<_> = settled.filter_map(|(path, _)| path.id()).collect();
        let mut others = BTreeSet::new();
        for id in settled {
            others.extend(own(&[Kind::WorkItem], self.waiting_for(id)?));
        }
        let mut items: BTreeMap<_, _> = BTreeMap::new();
        for path in &others {
            if let Some(item) = self.look(path)?.as_ref().and_then(Record::as_work_item) {
                items.insert(item.urgency(), item.clone());
            }
        }
        let different = self.different().filter_map(|(_, record)| record.as_work_item());
        let free = different.filter(|item| item.is_open() && item.holder(now).is_none());
        items.extend(free.map(|item| (item.urgency(), item.clone())));
        let mut next = None;
        for item in items.into_values() {
            if self.is_ready(&item, now)? {
                next = Some(item);
                break;
            }
        }
        for offset in (0..).step_by(CANDIDATES) {
            let paths = self.known(
                |index| index.ready(now, CANDIDATES, offset),
                |loaded, _| by_urgency(loaded, CANDIDATES, offset),
            )?;
            for path in &paths {
                if others.contains(path) || self.is_different(path) {
                    continue;
                }
                let record = self.look(path)?;
                let Some(item) = record.as_ref().and_then(Record::as_work_item) else {
                    continue;
                };
                if next
                    .as_ref()
                    .is_some_and(|next: &WorkItem| next.urgency() < item.urgency())
                {
                    return Ok(next);
                }
                if self.is_ready(item, now)? {
                    return Ok(Some(item.clone()));
                }
            }
            if paths.len() < CANDIDATES {
                break;
            }
        }
        Ok(next)
    }

    /// Whether an item is ready, nobody holds it and it can be changed here.
    fn is_ready(&mut self, item: &WorkItem, now: Time) -> Result<bool, Error> {
        let free = item.is_open() && item.holder(now).is_none() && self.held_up_by(item)?.is_empty();
        let path = RecordPath::own(Kind::WorkItem, item.id);
        // A newer version wrote what this one reads and cannot change.
        Ok(free && path.is_some_and(|path| self.get(&path).is_ok()))
    }

    /// The record a name names that is no full id: an alias, a vendor's name, or a part of an id.
    pub(super) fn find_by_name(&mut self, name: &str) -> Result<RecordPath, Error> {
        if let Some(path) = self.find_by_own_name(name)? {
            return Ok(path);
        }
        let found = self.known(|index| index.find(name), |_, _| Found::NoneOrSeveral)?;
        if let Found::One(found) = found {
            // What changed meanwhile may have the name too, or the found one may have it no more.
            let fits = |path: &RecordPath, record: &Record| {
                path.id().is_some_and(|id| id.matches(name)) || record.is_called(name)
            };
            let sure = self
                .different()
                .all(|(path, record)| fits(path, record) == (*path == found));
            if sure && self.look(&found)?.is_some() {
                return Ok(found);
            }
        }
        resolve(self.all()?.0, name).cloned()
    }

    /// The record that a write in progress may have given the name to: by an alias or the name of a vendor.
    ///
    /// # Errors
    ///
    /// `ambiguous`, since within one write a name may go from one to another.
    fn find_by_own_name(&mut self, name: &str) -> Result<Option<RecordPath>, Error> {
        let is_own = |slot: &Slot| slot.wanted.as_ref().is_some_and(|record| record.is_called(name));
        if !self.slots.values().any(is_own) {
            return Ok(None);
        }
        let called = self.called(name)?;
        let mut paths: Vec<_> = called.iter().filter_map(Record::path).collect();
        paths.extend(self.with_name(name, false)?);
        paths.sort();
        paths.dedup();
        match paths.as_slice() {
            [path] => Ok(Some(path.clone())),
            paths => {
                let ids: Vec<_> = paths.iter().filter_map(RecordPath::id).map(RecordId::short).collect();
                let message = format!("`{name}` fits {} records: {}", ids.len(), ids.join(", "));
                Err(Error::new(ErrorKind::Ambiguous, message))
            }
        }
    }

    /// The records that fit: among those that are known to, and those that are different.
    pub(super) fn matching(
        &mut self,
        known: impl IntoIterator<Item = RecordPath>,
        fits: impl Fn(&Record) -> bool,
    ) -> Result<BTreeMap<RecordPath, Record>, Error> {
        self.look_around();
        let different = self.different().filter(|(_, record)| fits(record));
        let mut found: BTreeMap<_, _> = different.map(|(path, record)| (path.clone(), record.clone())).collect();
        for path in known {
            if !found.contains_key(&path)
                && let Some(record) = self.look(&path)?.filter(&fits)
            {
                found.insert(path, record);
            }
        }
        Ok(found)
    }

    /// The named records that the write has looked at or changed, or that somebody else has changed since the index
    /// was brought forward.
    fn different(&self) -> impl Iterator<Item = (&RecordPath, &Record)> {
        let slots = self.slots.iter().filter(|(path, _)| NAMED.contains(&path.kind()));
        let own = slots.filter_map(|(path, slot)| Some((path, slot.wanted.as_ref()?)));
        let changed = match &self.around {
            Some(Around::Near(near)) => Some(&near.changed),
            _ => None,
        };
        let changed = changed
            .into_iter()
            .flatten()
            .filter(|(path, _)| !self.slots.contains_key(path));
        own.chain(changed.filter_map(|(path, record)| Some((path, record.as_ref()?))))
    }

    fn is_different(&self, path: &RecordPath) -> bool {
        let near = match &self.around {
            Some(Around::Near(near)) => near.changed.contains_key(path),
            _ => false,
        };
        near || self.slots.contains_key(path)
    }

    /// The named records that name one of these in any of their fields, in the order of their paths.
    pub(in crate::ops) fn pointing_at(&mut self, targets: &BTreeSet<RecordId>) -> Result<Vec<RecordPath>, Error> {
        let points = |record: &Record| references(record).iter().any(|(_, id)| targets.contains(id));
        let all: Vec<_> = targets.iter().copied().collect();
        let known = self.known_naming(
            &all,
            |index| index.mentioning(&all),
            |loaded, _| loaded.paths_of(points),
        )?;
        Ok(self.matching(known, points)?.into_keys().collect())
    }

    /// The record at a path, as changed so far; none where it cannot be read.
    pub(in crate::ops) fn look(&self, path: &RecordPath) -> Result<Option<Record>, Error> {
        if let Some(slot) = self.slots.get(path) {
            return Ok(slot.wanted.clone());
        }
        match &self.around {
            Some(Around::All { loaded, .. }) if NAMED.contains(&path.kind()) => {
                Ok(loaded.records.get(path).map(|parsed| parsed.record.clone()))
            }
            Some(Around::Near(near)) if near.changed.contains_key(path) => {
                Ok(near.changed.get(path).cloned().flatten())
            }
            _ => self.read_once(path),
        }
    }

    /// The record at a path of the tip, read when it is first looked at; a tip never changes.
    fn read_once(&self, path: &RecordPath) -> Result<Option<Record>, Error> {
        if let Some(record) = self.looked.borrow().get(path) {
            return Ok(record.clone());
        }
        let record = self.reading.record(path)?.map(|parsed| parsed.record);
        self.looked.borrow_mut().insert(path.clone(), record.clone());
        Ok(record)
    }

    /// What became of a record up to the tip, and whether the version is to be relied upon; nothing where the history
    /// of this clone has nothing of it.
    pub(in crate::ops) fn touched(&mut self, path: &RecordPath) -> Result<Option<(Touched, bool)>, Error> {
        self.look_around();
        let tip = self.reading.commit();
        if let Some(Around::Near(near)) = &mut self.around
            && let Ok(Some(touched)) = near.touched(path, tip)
        {
            return Ok(Some((touched, true)));
        }
        if self.history.is_none() {
            self.history = Some(self.context.store.history(tip)?);
        }
        let known = self.history.as_ref().and_then(|history| {
            let touched = touched(history.get(path.to_string().as_bytes())?);
            Some((touched, history.complete))
        });
        Ok(known)
    }
}

/// The paths of the records of these kinds that have one of these identities; not all are there.
fn own(kinds: &[Kind], ids: impl IntoIterator<Item = RecordId>) -> Vec<RecordPath> {
    let paths = |id| kinds.iter().filter_map(move |kind| RecordPath::own(*kind, id));
    ids.into_iter().flat_map(paths).collect()
}

/// Some of all work items, the most urgent first.
fn by_urgency(loaded: &Loaded, limit: usize, offset: usize) -> Vec<RecordPath> {
    let items = loaded.records.iter();
    let mut items: Vec<_> = items
        .filter_map(|(path, parsed)| Some((parsed.record.as_work_item()?.urgency(), path)))
        .collect();
    items.sort_unstable();
    items
        .iter()
        .skip(offset)
        .take(limit)
        .map(|(_, path)| (*path).clone())
        .collect()
}
