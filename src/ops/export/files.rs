//! The files of an export, read some at a time.

use std::io;

use super::ExportError;
use super::choose::Chosen;
use crate::exchange::export::{Exported, Unread};
use crate::ops::read::{Reading, place_of};
use crate::ops::{Error, Progress};
use crate::record::path::{Place, ROOT};
use crate::record::{Kind, Parsed, RecordPath, Violation, limits, parse};
use crate::store::Entry;

/// How many files are in memory at a time.
const CHUNK: usize = 1_000;

/// How large a file that cannot be read as a record may be to go along.
const UNREAD_BYTES: u64 = 16 * limits::RECORD_BYTES;

/// The files of the records that were chosen, by kind and then by path.
pub(super) struct Files<'e> {
    reading: &'e Reading,
    chosen: &'e Chosen,
    progress: &'e dyn Progress,
    found: Vec<(RecordPath, Entry)>,
    /// What lies where records do and cannot be read, of a whole docket.
    pub(super) unread: Vec<Unread>,
}

impl<'e> Files<'e> {
    /// Looks for the files, and reads none yet but those that are no records.
    pub(super) fn new(reading: &'e Reading, chosen: &'e Chosen, progress: &'e dyn Progress) -> Result<Self, Error> {
        let mut files = Self {
            reading,
            chosen,
            progress,
            found: Vec::new(),
            unread: Vec::new(),
        };
        for kind in Kind::ALL {
            for entry in reading.snapshot.entries(&format!("{ROOT}/{}", kind.directory()))? {
                match place_of(&entry) {
                    Place::Record(path) if chosen.has(&path) => files.found.push((path, entry)),
                    Place::Misplaced(reason) if chosen.is_whole() => {
                        let bytes = reading.snapshot.blob(entry.blob, UNREAD_BYTES).ok();
                        let file = String::from_utf8_lossy(&entry.path);
                        files.refuse(&file, reason, bytes.map(|blob| blob.bytes));
                    }
                    Place::Record(_) | Place::Misplaced(_) | Place::Stray | Place::Other => {}
                }
            }
        }
        Ok(files)
    }

    /// Adds a file that cannot be read.
    pub(super) fn refuse(&mut self, file: &str, reason: &str, bytes: Option<Vec<u8>>) {
        self.unread.push(Unread {
            file: file.to_owned(),
            reasons: vec![reason.to_owned()],
            bytes,
        });
    }

    /// Hands every record on, in order; what cannot be read is kept apart.
    pub(super) fn each(&mut self, take: &mut dyn FnMut(Exported) -> io::Result<()>) -> Result<(), ExportError> {
        let found = std::mem::take(&mut self.found);
        self.progress.step("exporting", Some(found.len()));
        for chunk in found.chunks(CHUNK) {
            let entries: Vec<Entry> = chunk.iter().map(|(_, entry)| entry.clone()).collect();
            let snapshot = &self.reading.snapshot;
            let read = snapshot.read_all(&entries, UNREAD_BYTES, |at, bytes| {
                let path = &chunk[at].0;
                parsed(
                    path,
                    bytes.map_err(|error| unread(path, vec![error.to_string()], None))?,
                )
            });
            for ((path, _), outcome) in chunk.iter().zip(read) {
                match outcome {
                    Ok((parsed, text)) => take(self.exported(path, parsed, text))?,
                    Err(unread) if self.chosen.is_whole() => self.unread.push(unread),
                    Err(_) => {}
                }
            }
            self.progress.advance(chunk.len());
        }
        Ok(())
    }

    fn exported(&self, path: &RecordPath, parsed: Parsed, text: String) -> Exported {
        Exported {
            path: path.clone(),
            record: parsed.record,
            newer_schema: parsed.newer_schema,
            text,
            derived: self.chosen.derived(path),
        }
    }
}

/// A file as a record and its text.
fn parsed(path: &RecordPath, bytes: Vec<u8>) -> Result<(Parsed, String), Unread> {
    let parsed = match parse(&bytes, Some(path)) {
        Ok(parsed) => parsed,
        Err(violations) => {
            let reasons = violations.iter().map(Violation::to_string).collect();
            return Err(unread(path, reasons, Some(bytes)));
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok((parsed, text)),
        Err(error) => Err(unread(path, vec!["is not UTF-8".to_owned()], Some(error.into_bytes()))),
    }
}

fn unread(path: &RecordPath, reasons: Vec<String>, bytes: Option<Vec<u8>>) -> Unread {
    Unread {
        file: path.to_string(),
        reasons,
        bytes,
    }
}
