//! What a review asks about records that did not change.

use super::changed::Changes;
use crate::index::Summary;
use crate::ops::draft::Draft;
use crate::ops::read::{NAMED, Reading};
use crate::ops::view::{self, Brief};
use crate::ops::{Context, Error};
use crate::record::{Record, RecordId, RecordPath};

/// The docket at both ends, asked as a write asks: an index near by where there is one, else git.
pub(super) struct Asked<'r> {
    pub(super) context: &'r Context,
    pub(super) head: &'r Reading,
    pub(super) base: Option<&'r Reading>,
    /// HEAD as a write that changes nothing would see it.
    pub(super) draft: Draft<'r>,
    /// What somebody should know about the answer.
    pub(super) warnings: Vec<String>,
}

impl<'r> Asked<'r> {
    pub(super) fn new(context: &'r Context, head: &'r Reading, base: Option<&'r Reading>) -> Self {
        Self {
            context,
            head,
            base,
            draft: Draft::new(context, head),
            warnings: Vec::new(),
        }
    }

    /// A named record at HEAD by its identity, of those that changed or of the others; none where it cannot be read.
    pub(super) fn record(&self, changes: &Changes, id: RecordId) -> Result<Option<Record>, Error> {
        for path in NAMED.iter().filter_map(|kind| RecordPath::own(*kind, id)) {
            if let Some(changed) = changes.records.get(&path) {
                return Ok(changed.shown().cloned());
            }
            if let Some(record) = self.draft.look(&path)? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// The same in a few words; where it cannot be read, its identity alone.
    pub(super) fn brief(&self, changes: &Changes, id: RecordId) -> Result<Brief, Error> {
        let record = self.record(changes, id)?;
        Ok(record.as_ref().and_then(brief).unwrap_or(Brief {
            id,
            item_type: "record".to_owned(),
            title: String::new(),
            status: None,
            deleted: false,
            archived: false,
        }))
    }
}

/// A record that has an identity of its own, in a few words.
pub(super) fn brief(record: &Record) -> Option<Brief> {
    Summary::of(record).map(view::brief)
}
