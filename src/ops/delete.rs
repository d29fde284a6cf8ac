//! Deleting and restoring work items, vendors and enhancements: a field is set, no file goes.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::field_edit::{FieldEdit, apply};
use super::{Context, Error};
use crate::record::value::Time;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath};

/// Deletes a record, and with `recursive` all work items below it, in one commit; returns its path.
///
/// Says what waits for any of them.
pub(super) fn delete(
    context: &Context,
    draft: &mut Draft<'_>,
    name: &str,
    recursive: bool,
) -> Result<RecordPath, Error> {
    let (path, record) = find(draft, name)?;
    let own = path.id().ok_or_else(|| Error::bug("a record without an identity"))?;
    let mut gone = BTreeSet::from([own]);
    if path.kind() == Kind::WorkItem {
        let below = alive_below(draft, own)?;
        if !recursive {
            refuse_with_children(own, &below)?;
        }
        gone.extend(below);
    }
    let mut waiting = BTreeSet::new();
    for id in &gone {
        waiting.extend(draft.waiting_for(*id)?);
    }
    waiting.retain(|id| !gone.contains(id));
    if !waiting.is_empty() {
        let names: Vec<_> = waiting.iter().map(|id| id.short()).collect();
        draft
            .warnings
            .push(format!("no longer holding up: {}", names.join(", ")));
    }
    let now = context.source.second().to_string();
    for id in gone.iter().filter(|id| **id != own || deleted_at(&record).is_none()) {
        let edit = FieldEdit::Set("deleted_at".into(), now.clone().into());
        set(draft, path.kind(), *id, edit)?;
    }
    Ok(path)
}

/// A record that can be deleted, by any of its names.
fn find(draft: &mut Draft<'_>, name: &str) -> Result<(RecordPath, Record), Error> {
    let path = draft.find(name)?;
    match draft.get(&path)?.cloned() {
        Some(record) if path.kind() != Kind::Deployment => Ok((path, record)),
        Some(record) => {
            let id = record.id().map(RecordId::short).unwrap_or_default();
            let message = format!("{id} is a deployment: what went out cannot be deleted, but retracted");
            Err(Error::request(message).hint(format!("git docket deployment retract {id}")))
        }
        None => Err(Error::bug(format!("{path} was found and is not there"))),
    }
}

fn deleted_at(record: &Record) -> Option<Time> {
    match &record.fields {
        Fields::WorkItem(item) => item.deleted_at,
        Fields::Vendor(vendor) => vendor.deleted_at,
        Fields::Enhancement(enhancement) => enhancement.deleted_at,
        _ => None,
    }
}

/// What is below an item and not deleted.
fn alive_below(draft: &mut Draft<'_>, id: RecordId) -> Result<Vec<RecordId>, Error> {
    let below = draft.descendants(id)?;
    let alive = below.iter().filter(|item| item.deleted_at.is_none());
    Ok(alive.map(|item| item.id).collect())
}

/// An item is not deleted alone while something below it is alive.
fn refuse_with_children(id: RecordId, below: &[RecordId]) -> Result<(), Error> {
    if below.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = below.iter().map(|id| id.short()).collect();
    let message = format!("{} has {} below it: {}", id.short(), names.len(), names.join(", "));
    Err(Error::request(message)
        .with("below", names)
        .hint(format!("git docket show {}", id.short())))
}

/// The same for an item that a draft is about to delete.
pub(super) fn require_no_children(draft: &mut Draft<'_>, id: RecordId) -> Result<(), Error> {
    let below = alive_below(draft, id)?;
    refuse_with_children(id, &below)
}

/// Restores a record, and with `recursive` all below it that were deleted in the same moment; returns its path.
pub(super) fn restore(draft: &mut Draft<'_>, name: &str, recursive: bool) -> Result<RecordPath, Error> {
    let (path, record) = match (find(draft, name), draft.with_name(name, true)?.as_slice()) {
        // The name of a vendor that is deleted may be another one's by now; here it is that of the deleted one.
        (Err(_), [path]) => find(draft, &path.id().map(|id| id.to_string()).unwrap_or_default())?,
        (found, _) => found?,
    };
    let own = path.id().ok_or_else(|| Error::bug("a record without an identity"))?;
    let mut back = vec![own];
    if recursive {
        let below = draft.descendants(own)?.into_iter();
        let with_it = below.filter(|below| below.deleted_at == deleted_at(&record));
        back.extend(with_it.map(|below| below.id));
    }
    for id in back {
        set(draft, path.kind(), id, FieldEdit::Clear("deleted_at".into()))?;
    }
    Ok(path)
}

fn set(draft: &mut Draft<'_>, kind: Kind, id: RecordId, edit: FieldEdit) -> Result<(), Error> {
    let path = RecordPath::own(kind, id).ok_or_else(|| Error::bug("a record without a path"))?;
    if let Some(record) = draft.get(&path)?.cloned() {
        let (changed, cleared) = apply(&record, &record.body, &[edit])?;
        draft.put(changed, cleared)?;
    }
    Ok(())
}
