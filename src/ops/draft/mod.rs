//! The records of a tip as one write sees them: read one by one as they are needed, with its own
//! changes on top.

mod around;
mod find;
mod known;
mod mentions;
mod whose;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use self::known::Around;
use self::mentions::Mentions;
use super::read::{Loaded, NAMED, Reading};
use super::{Context, Error, ErrorKind};
use crate::record::change::{self, Change};
use crate::record::{Record, RecordPath, Severity, Violation, edit, limits, parse, print};
use crate::store::{CONFIG_PATH, Edit, History};

/// The changes of one write to the records of one tip.
pub(super) struct Draft<'r> {
    pub(super) reading: &'r Reading,
    context: &'r Context,
    slots: BTreeMap<RecordPath, Slot>,
    around: Option<Around<'r>>,
    /// Which files name which records, where there is nobody else to ask.
    mentions: Option<Rc<Mentions>>,
    /// All vendors, where there is nobody else to ask.
    vendors: Option<Loaded>,
    /// What was read to be looked at only: the same few records, such as parents, are looked at again and again.
    looked: RefCell<HashMap<RecordPath, Option<Record>>>,
    /// The whole history, where it had to be walked.
    history: Option<History>,
    /// Whether files are printed anew where they cannot be edited.
    pub(super) reformat: bool,
    /// What the caller is told beside the answer.
    pub(super) warnings: Vec<String>,
    /// The first line of the commit message, where the changes alone do not make a good one.
    pub(super) subject: Option<String>,
    /// `Docket-Key` and `Docket-Digest` lines of the commit.
    pub(super) trailers: Vec<String>,
    /// A new `.tracking/config.toml`.
    pub(super) config: Option<Vec<u8>>,
    /// A file beside the records.
    pub(super) beside: Option<Edit>,
    /// Records that the plan has edited itself, many of them, in a field that no rule across records asks about. Only
    /// their files are kept.
    pub(super) stamped: BTreeMap<RecordPath, Vec<u8>>,
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
    pub(super) fn new(context: &'r Context, reading: &'r Reading) -> Self {
        Self {
            context,
            reading,
            slots: BTreeMap::new(),
            around: None,
            mentions: None,
            vendors: None,
            looked: RefCell::default(),
            history: None,
            reformat: false,
            warnings: Vec::new(),
            subject: None,
            trailers: Vec::new(),
            config: None,
            beside: None,
            stamped: BTreeMap::new(),
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
        self.put_at(&path, record, cleared)?;
        Ok(path)
    }

    /// The same for one that does not say itself where it belongs.
    pub(super) fn put_at(&mut self, path: &RecordPath, record: Record, cleared: Vec<String>) -> Result<(), Error> {
        self.get(path)?;
        if let Some(slot) = self.slots.get_mut(path) {
            slot.wanted = Some(record);
            slot.cleared.extend(cleared);
        }
        Ok(())
    }

    /// Puts a record whose identity was just drawn; refused where there is one of that identity.
    pub(super) fn put_drawn(&mut self, record: Record) -> Result<RecordPath, Error> {
        let (Some(own), id) = (record.path(), record.id()) else {
            return Err(Error::bug("a record without a path"));
        };
        // What is drawn at random is drawn once; what is derived from a seed may be there under another kind, too.
        let others = id.filter(|_| !self.context.source.is_random()).into_iter();
        let others = others.flat_map(|id| NAMED.iter().filter_map(move |kind| RecordPath::own(*kind, id)));
        for path in std::iter::once(own).chain(others) {
            if self.get(&path)?.is_none() {
                continue;
            }
            let message = format!("{path} is there already: its identity was drawn before");
            return Err(Error::request(message).hint("unset DOCKET_SEED, or give it another value"));
        }
        self.put(record, Vec::new())
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

    /// Puts a file where the caller knows that there is none, without looking.
    pub(super) fn put_new_file(&mut self, path: RecordPath, bytes: Vec<u8>, record: Record) {
        let slot = Slot {
            original: None,
            wanted: Some(record),
            cleared: Vec::new(),
            typed: Some(bytes),
        };
        self.slots.insert(path, slot);
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

    /// The files to write: new records printed, others edited in place. Those that were stamped are taken out.
    pub(super) fn files(&mut self) -> Result<Vec<Edit>, Error> {
        let config = self.config.iter().map(|bytes| Edit {
            path: CONFIG_PATH.to_owned(),
            bytes: bytes.clone(),
        });
        let mut files: Vec<_> = config.chain(self.beside.clone()).collect();
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
        let stamped = std::mem::take(&mut self.stamped).into_iter();
        files.extend(stamped.map(|(path, bytes)| Edit {
            path: path.to_string(),
            bytes,
        }));
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
