//! The files of work items with `archived_at` in them: thousands, so nothing else is kept of each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::index::Aged;
use crate::ops::read::{Reading, place_of};
use crate::ops::{Context, Error, Progress};
use crate::record::path::{Place, ROOT};
use crate::record::value::Time;
use crate::record::{EditError, Fields, Kind, RecordId, RecordPath, edit, limits, parse};
use crate::store::{self, Entry};

/// How many files are read at once, between two looks of whoever watches.
const CHUNK: usize = 512;

/// Edits the files of one commit.
pub(super) struct Stamper<'r> {
    reading: &'r Reading,
    progress: &'r dyn Progress,
    now: Time,
    entries: HashMap<RecordId, (RecordPath, Entry)>,
    /// The file as it shall be, or why it cannot be.
    stamped: BTreeMap<RecordId, Result<Vec<u8>, String>>,
}

impl<'r> Stamper<'r> {
    pub(super) fn new(context: &'r Context, reading: &'r Reading) -> Self {
        Self {
            reading,
            progress: &*context.progress,
            now: context.source.second(),
            entries: HashMap::new(),
            stamped: BTreeMap::new(),
        }
    }

    /// Edits the files of these items that were not edited yet. Whether one of them could not be.
    pub(super) fn stamp(&mut self, items: &[Aged]) -> Result<bool, Error> {
        let ids = items.iter().map(|aged| aged.summary.id);
        let new: Vec<RecordId> = ids.filter(|id| !self.stamped.contains_key(id)).collect();
        if self.entries.is_empty() && !new.is_empty() {
            self.entries = entries(self.reading)?;
        }
        self.progress.step("archiving", Some(new.len()));
        let before = self.refused().len();
        for ids in new.chunks(CHUNK) {
            for id in ids.iter().filter(|id| !self.entries.contains_key(id)) {
                self.stamped
                    .insert(*id, Err("its file is not where it belongs".to_owned()));
            }
            let found = ids.iter().filter_map(|id| self.entries.get(id).cloned());
            let (paths, entries): (Vec<_>, Vec<_>) = found.unzip();
            let now = self.now;
            let read = self
                .reading
                .snapshot
                .read_all(&entries, limits::RECORD_BYTES, |at, bytes| {
                    stamped(bytes, &paths[at], now)
                });
            for (path, outcome) in paths.iter().zip(read) {
                let id = path.id().ok_or_else(|| Error::bug("a work item without an identity"))?;
                self.stamped.insert(id, outcome);
            }
            self.progress.advance(ids.len());
        }
        Ok(self.refused().len() > before)
    }

    /// What cannot be archived here.
    pub(super) fn refused(&self) -> BTreeSet<RecordId> {
        let refused = self.stamped.iter().filter(|(_, outcome)| outcome.is_err());
        refused.map(|(id, _)| *id).collect()
    }

    /// Why an item cannot be archived here, where it was tried.
    pub(super) fn reason(&self, id: RecordId) -> Option<String> {
        self.stamped.get(&id)?.as_ref().err().cloned()
    }

    /// The edited files of these items.
    pub(super) fn taken(&mut self, ids: impl Iterator<Item = RecordId>) -> BTreeMap<RecordPath, Vec<u8>> {
        let taken = ids.filter_map(|id| {
            let bytes = std::mem::take(self.stamped.get_mut(&id)?.as_mut().ok()?);
            Some((RecordPath::own(Kind::WorkItem, id)?, bytes))
        });
        taken.collect()
    }
}

/// Where the files of all work items are.
fn entries(reading: &Reading) -> Result<HashMap<RecordId, (RecordPath, Entry)>, Error> {
    let directory = format!("{ROOT}/{}", Kind::WorkItem.directory());
    let entries = reading.snapshot.entries(&directory)?.into_iter();
    let own = entries.filter_map(|entry| match place_of(&entry) {
        Place::Record(path) => Some((path.id()?, (path, entry))),
        _ => None,
    });
    Ok(own.collect())
}

fn stamped(bytes: Result<Vec<u8>, store::Error>, path: &RecordPath, now: Time) -> Result<Vec<u8>, String> {
    let bytes = bytes.map_err(|error| error.to_string())?;
    let parsed = parse(&bytes, Some(path)).map_err(|violations| {
        let reasons: Vec<_> = violations.iter().map(ToString::to_string).collect();
        reasons.join("; ")
    })?;
    let mut wanted = parsed.record;
    if let Fields::WorkItem(item) = &mut wanted.fields {
        item.archived_at = Some(now);
    }
    edit(&bytes, &wanted, &[]).map_err(|error| match error {
        EditError::NewerSchema(schema) => format!("{path} has the newer schema {schema}"),
        error => {
            let id = path.id().map(RecordId::short).unwrap_or_default();
            format!(
                "{path} cannot be edited without touching other lines: {error}; \
                 `git docket update {id} --archive --reformat` prints it anew, which loses its comments"
            )
        }
    })
}
