//! Saying of a write that what it writes to is deleted or archived: lists would not show what was done.

use std::collections::BTreeSet;

use super::Error;
use super::draft::{Changed, Draft};
use super::read::NAMED;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath};

/// How many records are told one by one.
const TOLD: usize = 5;

/// Why lists leave a record out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unlisted {
    Archived,
    Deleted,
    Both,
    /// Archived, while what is put below it is not.
    ArchivedAbove,
}

/// The records that lists leave out and a write has something to do with, told: those that it changes and leaves as
/// they are in this, those that it puts a note or a commit on, and those that it puts something below.
pub(super) fn warnings(draft: &Draft<'_>, changed: &[Changed]) -> Result<Vec<String>, Error> {
    let mut found = BTreeSet::new();
    for changed in changed {
        let after = &changed.after;
        let stays = unlisted(after).filter(|why| changed.before.as_ref().is_some_and(|before| why.is_of(before)));
        found.extend(after.id().zip(stays));
        match &after.fields {
            Fields::WorkItem(item) => {
                let before = changed.before.as_ref().and_then(Record::as_work_item);
                let parent = item.parent_id.filter(|_| item.archived_at.is_none());
                let new = parent.filter(|parent| before.and_then(|item| item.parent_id) != Some(*parent));
                let above = new.map(|id| at(draft, Kind::WorkItem, id)).transpose()?.flatten();
                let why = (above == Some(Unlisted::Archived)).then_some(Unlisted::ArchivedAbove);
                found.extend(new.zip(why));
            }
            Fields::Note(note) if changed.before.is_none() => {
                for kind in NAMED {
                    found.extend(at(draft, *kind, note.on)?.map(|why| (note.on, why)));
                }
            }
            Fields::CommitLink(link) if changed.before.is_none() => {
                found.extend(at(draft, Kind::WorkItem, link.work_item)?.map(|why| (link.work_item, why)));
            }
            _ => {}
        }
    }
    let mut warnings: Vec<_> = found.iter().take(TOLD).map(|(id, why)| why.told(*id)).collect();
    let more = found.len().saturating_sub(TOLD);
    warnings.extend((more > 0).then(|| format!("{more} more of what was written to are in no list")));
    Ok(warnings)
}

/// Why lists leave out the record of an identity, if they do.
fn at(draft: &Draft<'_>, kind: Kind, id: RecordId) -> Result<Option<Unlisted>, Error> {
    let Some(path) = RecordPath::own(kind, id) else {
        return Ok(None);
    };
    Ok(draft.look(&path)?.as_ref().and_then(unlisted))
}

fn unlisted(record: &Record) -> Option<Unlisted> {
    [Unlisted::Both, Unlisted::Archived, Unlisted::Deleted]
        .into_iter()
        .find(|why| why.is_of(record))
}

impl Unlisted {
    fn is_of(self, record: &Record) -> bool {
        match (self, record.kind()) {
            (Self::Archived, _) => record.as_work_item().is_some_and(|item| item.archived_at.is_some()),
            (Self::Deleted, Kind::WorkItem | Kind::Vendor | Kind::Enhancement) => record.is_gone(),
            (Self::Both, _) => Self::Archived.is_of(record) && Self::Deleted.is_of(record),
            // What went out cannot be brought back once it was retracted.
            (Self::Deleted | Self::ArchivedAbove, _) => false,
        }
    }

    fn told(self, id: RecordId) -> String {
        let id = id.short();
        let (is, back) = match self {
            Self::Archived => ("archived", "unarchive"),
            Self::ArchivedAbove => ("archived, and what is below it is not", "unarchive"),
            Self::Deleted => ("deleted", "restore"),
            Self::Both => {
                return format!(
                    "{id} is deleted and archived: lists leave it out; `git docket restore {id}` and \
                     `git docket unarchive {id}` bring it back"
                );
            }
        };
        format!("{id} is {is}: lists leave it out; `git docket {back} {id}` brings it back")
    }
}
