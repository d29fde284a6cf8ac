//! The records of a tip as one write sees them: read one by one as they are needed, with its own
//! changes on top.

use std::collections::BTreeMap;

use serde_json::Value;

use super::read::{Loaded, Reading};
use super::resolve::resolve;
use super::{Error, ErrorKind};
use crate::record::change::{self, Change};
use crate::record::graph::Graph;
use crate::record::path::Place;
use crate::record::{
    Fields, Kind, Record, RecordId, RecordPath, Severity, Violation, WorkItem, edit, limits, parse, print,
};
use crate::store::Edit;

/// Kinds whose records have names of their own.
pub(super) const NAMED: &[Kind] = &[Kind::WorkItem, Kind::Vendor, Kind::Enhancement, Kind::Deployment];

/// The changes of one write to the records of one tip.
pub(super) struct Draft<'r> {
    pub(super) reading: &'r Reading,
    slots: BTreeMap<RecordPath, Slot>,
    all: Option<Loaded>,
    /// Whether files are printed anew where they cannot be edited.
    pub(super) reformat: bool,
    /// What the caller is told beside the answer.
    pub(super) warnings: Vec<String>,
    /// The first line of the commit message, where the changes alone do not make a good one.
    pub(super) subject: Option<String>,
    /// `Docket-Key` and `Docket-Digest` lines of the commit.
    pub(super) trailers: Vec<String>,
    /// Whether the plan has checked the rules across all records itself.
    pub(super) checked: bool,
}

/// A record that was looked at.
struct Slot {
    original: Option<(Vec<u8>, Record)>,
    /// What it shall be; the same as `original` as long as nobody changed it.
    wanted: Option<Record>,
    /// Keys that were cleared by name.
    cleared: Vec<String>,
    /// The bytes a person typed, to be written as they are.
    typed: Option<Vec<u8>>,
}

/// What a write changed.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    pub(super) path: RecordPath,
    pub(super) before: Option<Record>,
    pub(super) after: Record,
    pub(super) changes: Vec<Change>,
}

impl<'r> Draft<'r> {
    pub(super) fn new(reading: &'r Reading) -> Self {
        Self {
            reading,
            slots: BTreeMap::new(),
            all: None,
            reformat: false,
            warnings: Vec::new(),
            subject: None,
            trailers: Vec::new(),
            checked: false,
        }
    }

    /// The record at a path, as changed so far; an error where its file cannot be read.
    pub(super) fn get(&mut self, path: &RecordPath) -> Result<Option<&Record>, Error> {
        if !self.slots.contains_key(path) {
            let slot = self.read(path)?;
            self.slots.insert(path.clone(), slot);
        }
        Ok(self.slots.get(path).and_then(|slot| slot.wanted.as_ref()))
    }

    fn read(&self, path: &RecordPath) -> Result<Slot, Error> {
        let original = match self.reading.snapshot.read(&path.to_string(), limits::RECORD_BYTES)? {
            None => None,
            Some(blob) => match parse(&blob.bytes, Some(path)) {
                Ok(parsed) => match parsed.newer_schema {
                    Some(schema) => {
                        let message = format!("{path} has the newer schema {schema}; it cannot be changed here");
                        return Err(Error::new(ErrorKind::Denied, message));
                    }
                    None => Some((blob.bytes, parsed.record)),
                },
                Err(violations) => {
                    let reasons: Vec<_> = violations.iter().map(ToString::to_string).collect();
                    let message = format!("{path} cannot be read: {}", reasons.join("; "));
                    return Err(Error::invalid(message, &violations).hint("git docket validate"));
                }
            },
        };
        let wanted = original.as_ref().map(|(_, record)| record.clone());
        Ok(Slot {
            original,
            wanted,
            cleared: Vec::new(),
            typed: None,
        })
    }

    /// Puts a record in its place.
    pub(super) fn put(&mut self, record: Record, cleared: Vec<String>) -> Result<RecordPath, Error> {
        let path = record
            .path()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a record without a path"))?;
        self.get(&path)?;
        if let Some(slot) = self.slots.get_mut(&path) {
            slot.wanted = Some(record);
            slot.cleared.extend(cleared);
        }
        Ok(path)
    }

    /// Puts a record where the caller knows that there is none, without looking.
    pub(super) fn put_new(&mut self, record: Record) -> Result<RecordPath, Error> {
        let path = record
            .path()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a record without a path"))?;
        let slot = Slot {
            original: None,
            wanted: Some(record),
            cleared: Vec::new(),
            typed: None,
        };
        self.slots.insert(path.clone(), slot);
        Ok(path)
    }

    /// Puts a file in its place as somebody typed it; what stands there now need not be valid.
    pub(super) fn put_typed(&mut self, path: RecordPath, bytes: Vec<u8>, record: Record) {
        let original = self.read(&path).ok().and_then(|slot| slot.original);
        let slot = Slot {
            original,
            wanted: Some(record),
            cleared: Vec::new(),
            typed: Some(bytes),
        };
        self.slots.insert(path, slot);
    }

    /// The path of the record a name names: a full id, an alias, or a unique beginning or end of an id.
    pub(super) fn find(&mut self, name: &str) -> Result<RecordPath, Error> {
        if let Ok(id) = name.parse::<RecordId>() {
            for path in NAMED.iter().filter_map(|kind| RecordPath::own(*kind, id)) {
                if self.get(&path)?.is_some() {
                    return Ok(path);
                }
            }
        } else if let Some(path) = self.find_by_prefix(name)? {
            return Ok(path);
        }
        resolve(self.all()?, name).cloned()
    }

    /// A work item by any of its names.
    pub(super) fn find_work_item(&mut self, name: &str) -> Result<(RecordPath, WorkItem, String), Error> {
        let path = self.find(name)?;
        match self.get(&path)? {
            Some(Record {
                fields: Fields::WorkItem(item),
                body,
            }) => {
                let (item, body) = ((**item).clone(), body.clone());
                Ok((path, item, body))
            }
            Some(other) => {
                let message = format!(
                    "`{name}` is not a work item: {} {}",
                    path.kind().as_str(),
                    other.heading()
                );
                Err(Error::request(message))
            }
            None => Err(Error::new(
                ErrorKind::NotFound,
                format!("there is no work item `{name}`"),
            )),
        }
    }

    /// Finds a record by the digits its id begins with without reading any other record.
    ///
    /// No alias looks like that, so nothing that would win over it is missed.
    fn find_by_prefix(&mut self, name: &str) -> Result<Option<RecordPath>, Error> {
        let digits = name.replace('-', "").to_ascii_lowercase();
        if digits.len() < crate::record::id::SHORT || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let mut found = Vec::new();
        for kind in [Kind::WorkItem, Kind::Vendor, Kind::Enhancement] {
            let directory = format!("{}/{}/{}", crate::record::path::ROOT, kind.directory(), &digits[..2]);
            for entry in self.reading.snapshot.entries(&directory)? {
                let Ok(path) = std::str::from_utf8(&entry.path) else {
                    continue;
                };
                match RecordPath::locate(path) {
                    Place::Record(path) if path.id().is_some_and(|id| id.begins_with(name)) => found.push(path),
                    _ => {}
                }
            }
        }
        match <[_; 1]>::try_from(found) {
            Ok([path]) => Ok(Some(path)),
            Err(_) => Ok(None),
        }
    }

    /// The identity of the work item another one is to be put below, as JSON; a deleted one takes nothing new.
    pub(super) fn new_parent(&mut self, name: &str) -> Result<Value, Error> {
        let (_, parent, _) = self.find_work_item(name)?;
        match parent.deleted_at {
            None => Ok(parent.id.to_string().into()),
            Some(_) => {
                let violation = Violation::field("parent_id", format!("{} is deleted", parent.id.short()));
                Err(Error::invalid(violation.to_string(), &[violation]))
            }
        }
    }

    /// The identities of the records these names name, as JSON.
    pub(super) fn ids(&mut self, names: &[String]) -> Result<Value, Error> {
        let ids = names.iter().map(|name| {
            let path = self.find(name)?;
            Ok(path.id().map_or(Value::Null, |id| id.to_string().into()))
        });
        ids.collect::<Result<Vec<_>, Error>>().map(Value::from)
    }

    /// The same for what is to be removed: names of records, or identities in the list even where there is no record.
    pub(super) fn known_ids(
        &mut self,
        present: impl Iterator<Item = RecordId>,
        names: &[String],
    ) -> Result<Vec<Value>, Error> {
        let present: Vec<RecordId> = present.collect();
        let ids = names.iter().map(|name| {
            let fitting: Vec<_> = present.iter().filter(|id| id.matches(name)).collect();
            match fitting.as_slice() {
                [id] => Ok(id.to_string().into()),
                _ => self
                    .find(name)
                    .map(|path| path.id().map_or(Value::Null, |id| id.to_string().into())),
            }
        });
        ids.collect()
    }

    /// All named records of the tip, without the changes made here.
    pub(super) fn all(&mut self) -> Result<&Loaded, Error> {
        if self.all.is_none() {
            self.all = Some(self.reading.load(NAMED)?);
        }
        self.all
            .as_ref()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "the records were not kept"))
    }

    /// All named records, with the changes made here.
    pub(super) fn everything(&mut self) -> Result<BTreeMap<RecordPath, Record>, Error> {
        let mut records: BTreeMap<RecordPath, Record> = self
            .all()?
            .records
            .iter()
            .map(|(path, parsed)| (path.clone(), parsed.record.clone()))
            .collect();
        for (path, slot) in &self.slots {
            if let Some(record) = slot.wanted.clone().filter(|_| NAMED.contains(&path.kind())) {
                records.insert(path.clone(), record);
            }
        }
        Ok(records)
    }

    /// The graph of everything, with the changes made here.
    pub(super) fn graph(&mut self) -> Result<Graph, Error> {
        Ok(Graph::new(self.everything()?.values()))
    }

    /// What was changed, in the order of the paths.
    pub(super) fn changed(&self) -> Vec<Changed> {
        let changed = self.slots.iter().filter_map(|(path, slot)| {
            let before = slot.original.as_ref().map(|(_, record)| record.clone());
            let after = slot.wanted.clone()?;
            let touched = before.as_ref() != Some(&after) || !slot.cleared.is_empty() || slot.typed.is_some();
            touched.then(|| Changed {
                changes: change::changes(before.as_ref(), Some(&after)),
                path: path.clone(),
                before,
                after,
            })
        });
        changed.collect()
    }

    /// The files to write: new records printed, others edited in place.
    pub(super) fn files(&self) -> Result<Vec<Edit>, Error> {
        let mut files = Vec::new();
        for (path, slot) in &self.slots {
            let Some(wanted) = &slot.wanted else { continue };
            let bytes = match &slot.original {
                _ if slot.typed.is_some() => slot.typed.clone().unwrap_or_default(),
                None => printed(path, wanted)?,
                Some((_, before)) if before == wanted && slot.cleared.is_empty() => continue,
                Some((original, _)) => self.edited(path, original, wanted, &slot.cleared)?,
            };
            if slot.original.as_ref().is_none_or(|(original, _)| *original != bytes) {
                files.push(Edit {
                    path: path.to_string(),
                    bytes,
                });
            }
        }
        Ok(files)
    }

    fn edited(
        &self,
        path: &RecordPath,
        original: &[u8],
        wanted: &Record,
        cleared: &[String],
    ) -> Result<Vec<u8>, Error> {
        let cleared: Vec<&str> = cleared.iter().map(String::as_str).collect();
        match edit(original, wanted, &cleared) {
            Ok(bytes) => Ok(bytes),
            Err(_) if self.reformat => Ok(print(wanted).into_bytes()),
            Err(error) => {
                let message = format!(
                    "{path} cannot be edited without touching other lines: {error}; `git docket update` with \
                     --reformat prints it anew, which loses its comments"
                );
                Err(Error::new(ErrorKind::Invalid, message))
            }
        }
    }
}

/// Prints a new record and reads it back: an invalid file is never written.
fn printed(path: &RecordPath, record: &Record) -> Result<Vec<u8>, Error> {
    let text = print(record);
    match parse(text.as_bytes(), Some(path)) {
        Ok(parsed) if parsed.record == *record => Ok(text.into_bytes()),
        Ok(_) => Err(Error::new(
            ErrorKind::Internal,
            format!("{path} would not read back as it was written"),
        )),
        Err(violations) => Err(refused(violations)),
    }
}

/// The violations of a request as one error.
pub(super) fn refused(violations: Vec<Violation>) -> Error {
    let errors = violations.iter().filter(|v| v.severity == Severity::Error);
    let reasons: Vec<_> = errors.map(ToString::to_string).collect();
    Error::invalid(reasons.join("; "), &violations)
}
