//! The files that differ between two commits, read on both sides.

use std::collections::{BTreeMap, HashSet};

use super::ends::Ends;

use crate::ops::read::place_of;
use crate::ops::{Context, Error};
use crate::record::path::{Identity, Place, kind_below};
use crate::record::{Parsed, Record, RecordId, RecordPath, Violation, inspect, limits};
use crate::store::{Entry, File, TreeChange};

/// What stands at the path of a record on one side.
pub(super) enum Version {
    /// No file.
    Missing,
    /// A record.
    Valid(Box<Parsed>),
    /// A file that holds no valid record.
    Invalid(Vec<Violation>),
}

impl Version {
    pub(super) fn record(&self) -> Option<&Record> {
        match self {
            Self::Valid(parsed) => Some(&parsed.record),
            Self::Missing | Self::Invalid(_) => None,
        }
    }

    /// What its file by itself has to be told of.
    pub(super) fn violations(&self) -> &[Violation] {
        match self {
            Self::Missing => &[],
            Self::Valid(parsed) => &parsed.warnings,
            Self::Invalid(violations) => violations,
        }
    }
}

/// A file at the path of a record that differs.
pub(super) struct Changed {
    pub(super) path: RecordPath,
    pub(super) before: Version,
    pub(super) after: Version,
}

impl Changed {
    /// The record as it is now, or else was.
    pub(super) fn shown(&self) -> Option<&Record> {
        self.after.record().or(self.before.record())
    }

    /// Both versions, where both can be read.
    pub(super) fn both(&self) -> Option<(&Record, &Record)> {
        Some((self.before.record()?, self.after.record()?))
    }

    /// Whether it is one that has a name of its own, not one about another.
    pub(super) fn is_named(&self) -> bool {
        matches!(self.path.identity(), Identity::Own(_))
    }
}

/// All that differs between two commits below `.tracking/`.
pub(super) struct Changes {
    /// By path.
    pub(super) records: BTreeMap<RecordPath, Changed>,
    /// Files in directories of records that are none, new or changed, with what is wrong with them.
    pub(super) strays: Vec<(String, Violation)>,
    /// Files that hold no record, by path.
    pub(super) others: Vec<String>,
}

impl Changes {
    /// Reads each version of each record that differs from where the two ends parted, wherever that was, and nothing
    /// else.
    pub(super) fn of(context: &Context, ends: &Ends) -> Result<Self, Error> {
        let mut changes = context.store.tree_changes(Some(ends.parted), ends.head)?;
        for parted in &ends.also {
            let others = context.store.tree_changes(Some(*parted), ends.head)?;
            let others: HashSet<_> = others.into_iter().map(|change| change.path).collect();
            changes.retain(|change| others.contains(&change.path));
        }
        let mut found = Self {
            records: BTreeMap::new(),
            strays: Vec::new(),
            others: Vec::new(),
        };
        let (mut entries, mut paths) = (Vec::new(), Vec::new());
        let mut read = |path: &RecordPath, name: &[u8], file: Option<File>| {
            let file = file.filter(|file| file.mode.is_file())?;
            entries.push(entry(name, file));
            paths.push(path.clone());
            Some(entries.len() - 1)
        };
        let mut located = Vec::new();
        for change in changes {
            match record_path(&change) {
                Some(path) => {
                    let places = [change.before, change.after].map(|file| read(&path, &change.path, file));
                    located.push((path, change, places));
                }
                None => found.add_other(&change),
            }
        }
        let snapshot = context.store.snapshot(ends.head)?;
        let versions = snapshot.read_all(&entries, limits::RECORD_BYTES, |at, bytes| match bytes {
            Ok(bytes) => inspect(&bytes, Some(&paths[at])),
            Err(error) => Err(vec![Violation::file(None, error.to_string())]),
        });
        let mut versions: Vec<Option<_>> = versions.into_iter().map(Some).collect();
        for (path, change, places) in located {
            let mut version = |file: Option<File>, place: Option<usize>| match place.and_then(|at| versions[at].take())
            {
                Some(Ok(parsed)) => Version::Valid(Box::new(parsed)),
                Some(Err(violations)) => Version::Invalid(violations),
                None if file.is_none() => Version::Missing,
                None => Version::Invalid(vec![Violation::file(None, "not a regular file; it is not followed")]),
            };
            let changed = Changed {
                before: version(change.before, places[0]),
                after: version(change.after, places[1]),
                path: path.clone(),
            };
            found.records.insert(path, changed);
        }
        Ok(found)
    }

    fn add_other(&mut self, change: &TreeChange) {
        let name = String::from_utf8_lossy(&change.path).into_owned();
        let Some(file) = change.after else {
            self.others.push(name);
            return;
        };
        match place_of(&entry(&change.path, file)) {
            Place::Misplaced(reason) => self.strays.push((name, Violation::file(None, reason))),
            Place::Stray if kind_below(&name).is_some() => {
                let reason = "is not at the path of any record; it is carried along, not read";
                self.strays.push((name, Violation::file(None, reason).as_warning()));
            }
            _ => self.others.push(name),
        }
    }

    /// The identities of records whose files are gone.
    pub(super) fn removed(&self) -> impl Iterator<Item = RecordId> {
        let removed = self.records.values().filter(|changed| changed.is_named());
        let removed = removed.filter(|changed| matches!(changed.after, Version::Missing));
        removed.filter_map(|changed| changed.path.id())
    }
}

fn entry(path: &[u8], file: File) -> Entry {
    Entry {
        path: path.to_owned(),
        mode: file.mode,
        blob: file.blob,
    }
}

fn record_path(change: &TreeChange) -> Option<RecordPath> {
    RecordPath::of(std::str::from_utf8(&change.path).ok()?)
}
