//! What may become of a record: files stay, what was said once stays, nothing is finished before its parts.

use super::super::ask::Asked;
use super::super::changed::{Changed, Changes, Version};
use super::{Findings, Tier, readable};
use crate::ops::{Error, rules};
use crate::record::work_item::Status;
use crate::record::{Kind, Record, RecordPath, Violation, WorkItem, transition};

pub(super) fn check(asked: &mut Asked<'_>, changes: &Changes, found: &mut Findings) -> Result<(), Error> {
    for changed in changes.records.values() {
        let file = changed.path.to_string();
        if matches!(changed.after, Version::Missing) {
            let message = match changed.is_named() && changed.path.kind() != Kind::Deployment {
                true => "the file was removed; to delete a record is to set its deleted_at",
                false => "the file was removed; what was recorded can be taken back, and stays",
            };
            found.add(Tier::Transition, file, Violation::file(None, message), false);
        } else if let Some((before, after)) = changed.both() {
            for violation in transition::check(before, after) {
                found.add(Tier::Transition, file.clone(), violation, false);
            }
        }
    }
    for changed in readable(changes) {
        if let Some(item) = changed.after.record().and_then(Record::as_work_item) {
            let violation = match finishes(changed) {
                true => open_below(asked, item)?,
                false => finished_above(asked, changes, changed, item)?,
            };
            if let Some(violation) = violation {
                found.add(Tier::Transition, changed.path.to_string(), violation, false);
            }
        }
    }
    Ok(())
}

fn completed(record: &Record) -> bool {
    let item = record.as_work_item();
    item.is_some_and(|item| item.status == Status::Completed && item.deleted_at.is_none())
}

/// Whether a work item is completed now and was not before.
fn finishes(changed: &Changed) -> bool {
    changed.after.record().is_some_and(completed) && !changed.before.record().is_some_and(completed)
}

/// Refuses to complete what has parts that are not over, as a write does.
fn open_below(asked: &mut Asked<'_>, item: &WorkItem) -> Result<Option<Violation>, Error> {
    let open = rules::open_children(&mut asked.draft, item.id)?;
    let names: Vec<_> = open
        .iter()
        .map(|child| format!("{} {}", child.id.short(), child.title))
        .collect();
    let message = format!("is completed, and has open children: {}", names.join(", "));
    Ok((!names.is_empty()).then(|| Violation::field("status", message)))
}

/// The same seen from below: an item that is open, or is moved, below one that was completed before.
fn finished_above(
    asked: &Asked<'_>,
    changes: &Changes,
    changed: &Changed,
    item: &WorkItem,
) -> Result<Option<Violation>, Error> {
    let path = item
        .parent_id
        .and_then(|parent| RecordPath::own(Kind::WorkItem, parent));
    let (false, Some(path)) = (item.is_over(), path) else {
        return Ok(None);
    };
    let before = changed.before.record().and_then(Record::as_work_item);
    let was_so = before.is_some_and(|before| !before.is_over() && before.parent_id == item.parent_id);
    // Where the parent is completed by the same proposal, it is told there.
    if was_so || changes.records.get(&path).is_some_and(finishes) {
        return Ok(None);
    }
    let parent = asked.draft.look(&path)?.filter(completed);
    Ok(parent.map(|parent| {
        let name = parent.as_work_item().map(|item| item.id.short()).unwrap_or_default();
        let message = format!("is open below {name} {}, which is completed", parent.heading());
        // A write does that without a word.
        Violation::field("parent_id", message).as_warning()
    }))
}
