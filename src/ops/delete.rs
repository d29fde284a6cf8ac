//! Deleting and restoring work items: a field is set, no file goes.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::field_edit::{FieldEdit, apply};
use super::{Context, Error, ErrorKind};
use crate::record::{Kind, RecordId, RecordPath};

/// Deletes a work item, and with `recursive` all below it, in one commit; returns its path.
///
/// Says what waits for any of them.
pub(super) fn delete(
    context: &Context,
    draft: &mut Draft<'_>,
    name: &str,
    recursive: bool,
) -> Result<RecordPath, Error> {
    let (path, item, _) = draft.find_work_item(name)?;
    let below = alive_below(draft, item.id)?;
    if !recursive {
        refuse_with_children(item.id, &below)?;
    }
    let gone: BTreeSet<RecordId> = below.iter().copied().chain([item.id]).collect();
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
    for id in gone.iter().filter(|id| **id != item.id || item.deleted_at.is_none()) {
        set(draft, *id, FieldEdit::Set("deleted_at".into(), now.clone().into()))?;
    }
    Ok(path)
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

/// Restores a work item, and with `recursive` all below it that were deleted in the same moment; returns its path.
pub(super) fn restore(draft: &mut Draft<'_>, name: &str, recursive: bool) -> Result<RecordPath, Error> {
    let (path, item, _) = draft.find_work_item(name)?;
    let mut back = vec![item.id];
    if recursive {
        let below = draft.descendants(item.id)?.into_iter();
        back.extend(
            below
                .filter(|below| below.deleted_at == item.deleted_at)
                .map(|below| below.id),
        );
    }
    for id in back {
        set(draft, id, FieldEdit::Clear("deleted_at".into()))?;
    }
    Ok(path)
}

fn set(draft: &mut Draft<'_>, id: RecordId, edit: FieldEdit) -> Result<(), Error> {
    let path = RecordPath::own(Kind::WorkItem, id).ok_or_else(|| Error::new(ErrorKind::Internal, "no path"))?;
    if let Some(record) = draft.get(&path)?.cloned() {
        let (changed, cleared) = apply(&record, &record.body, &[edit])?;
        draft.put(changed, cleared)?;
    }
    Ok(())
}
