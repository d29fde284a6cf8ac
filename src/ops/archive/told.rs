//! Saying of a write that what it writes to is archived: lists would not show what was done.

use std::collections::BTreeSet;

use crate::ops::Error;
use crate::ops::draft::{Changed, Draft};
use crate::record::{Fields, Kind, Record, RecordId, RecordPath};

/// How many archived items are told one by one.
const TOLD: usize = 5;

/// The archived items a write has something to do with, told: those that it changes and leaves archived, those that it
/// puts a note or a commit on, and those that it puts something below.
pub(in crate::ops) fn warnings(draft: &Draft<'_>, changed: &[Changed]) -> Result<Vec<String>, Error> {
    let mut found = BTreeSet::new();
    for changed in changed {
        let (id, what) = match &changed.after.fields {
            Fields::WorkItem(item) => {
                if changed.before.as_ref().is_some_and(is_archived) && item.archived_at.is_some() {
                    found.insert((item.id, ""));
                }
                let before = changed.before.as_ref().and_then(Record::as_work_item);
                let is_new = before.and_then(|item| item.parent_id) != item.parent_id;
                (
                    item.parent_id.filter(|_| is_new && item.archived_at.is_none()),
                    ", and what is below it is not",
                )
            }
            Fields::Note(note) if changed.before.is_none() => (Some(note.on), ""),
            Fields::CommitLink(link) if changed.before.is_none() => (Some(link.work_item), ""),
            _ => (None, ""),
        };
        if let Some(id) = id
            && let Some(path) = RecordPath::own(Kind::WorkItem, id)
            && draft.look(&path)?.is_some_and(|record| is_archived(&record))
        {
            found.insert((id, what));
        }
    }
    let mut warnings: Vec<_> = found.iter().take(TOLD).map(|(id, what)| told(*id, what)).collect();
    let more = found.len().saturating_sub(TOLD);
    warnings.extend((more > 0).then(|| format!("{more} more of what was written to are archived")));
    Ok(warnings)
}

fn is_archived(record: &Record) -> bool {
    record.as_work_item().is_some_and(|item| item.archived_at.is_some())
}

fn told(id: RecordId, what: &str) -> String {
    let id = id.short();
    format!("{id} is archived{what}: lists leave it out; `git docket unarchive {id}` brings it back")
}
