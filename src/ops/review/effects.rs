//! What follows from what changed for other records.

use super::ask::{Asked, brief};
use super::changed::{Changed, Changes};
use super::{Effect, EffectKind};
use crate::ops::Error;
use crate::ops::view::Brief;
use crate::record::graph::{is_settled, waits_for};
use crate::record::vendor::VendorStatus;
use crate::record::{Deployment, Fields, Kind, Record, RecordId};

/// The effects of all changes: what breaks first, then by what they are on.
pub(super) fn of(asked: &mut Asked<'_>, changes: &Changes) -> Result<Vec<Effect>, Error> {
    let mut found = Vec::new();
    for changed in changes.records.values().filter(|changed| changed.is_named()) {
        match changed.path.kind() {
            Kind::WorkItem | Kind::Enhancement => found.extend(dependents(asked, changes, changed)?),
            Kind::Vendor => found.extend(vendor(changed)),
            Kind::Deployment => deployment(asked, changes, changed, &mut found)?,
            Kind::Note | Kind::CommitLink | Kind::Conflict => {}
        }
    }
    found.sort_by(|a, b| (a.effect, &a.of.title).cmp(&(b.effect, &b.of.title)));
    Ok(found)
}

/// What waits for a record that holds it up no more, or does so again.
fn dependents(asked: &mut Asked<'_>, changes: &Changes, changed: &Changed) -> Result<Option<Effect>, Error> {
    // Of a file that cannot be read any more nothing follows: it may be mended as it was.
    let (Some(before), Some(after)) = (changed.before.record(), changed.after.record()) else {
        return Ok(None);
    };
    let (was, is) = (is_settled(before), is_settled(after));
    let (Some(id), Some(of)) = (changed.path.id(), brief(after)) else {
        return Ok(None);
    };
    if was == is {
        return Ok(None);
    }
    let mut on = Vec::new();
    for waiting in asked.draft.waiting_for(id)? {
        let Some(record) = asked.record(changes, waiting)?.filter(|record| !is_settled(record)) else {
            continue;
        };
        // What still waits for something else is not free yet.
        if is_held_up(asked, changes, &record)? != is {
            on.extend(brief(&record));
        }
    }
    let effect = if is { EffectKind::Unblocks } else { EffectKind::HoldsUp };
    Ok((!on.is_empty()).then_some(Effect { effect, of, on }))
}

/// Whether something a record waits for is not settled.
fn is_held_up(asked: &Asked<'_>, changes: &Changes, record: &Record) -> Result<bool, Error> {
    for target in waits_for(record) {
        if !asked.record(changes, target)?.as_ref().is_some_and(is_settled) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn vendor(changed: &Changed) -> Option<Effect> {
    let status = |record: Option<&Record>| match record.map(|record| &record.fields) {
        Some(Fields::Vendor(vendor)) if vendor.deleted_at.is_none() => Some(vendor.status),
        _ => None,
    };
    let effect = match (status(changed.before.record()), status(changed.after.record())?) {
        (Some(VendorStatus::Operational) | None, VendorStatus::Broken) => EffectKind::Breaks,
        (Some(VendorStatus::Broken), VendorStatus::Operational) => EffectKind::Repairs,
        _ => return None,
    };
    Some(Effect {
        effect,
        of: brief(changed.after.record()?)?,
        on: Vec::new(),
    })
}

fn deployment(asked: &Asked<'_>, changes: &Changes, changed: &Changed, found: &mut Vec<Effect>) -> Result<(), Error> {
    let deployed = |record: Option<&Record>| match record.map(|record| &record.fields) {
        Some(Fields::Deployment(deployment)) => Some(deployment.clone()),
        _ => None,
    };
    let (before, after) = (deployed(changed.before.record()), deployed(changed.after.record()));
    let (Some(after), Some(of)) = (after, changed.after.record().and_then(brief)) else {
        return Ok(());
    };
    let is_gone = |deployment: &Deployment| deployment.retracted.is_some();
    let was_gone = before.as_deref().is_some_and(is_gone);
    let briefs = |ids: &mut dyn Iterator<Item = RecordId>| -> Result<Vec<Brief>, Error> {
        ids.map(|id| asked.brief(changes, id)).collect()
    };
    let items = briefs(&mut after.related_work_items.iter().copied())?;
    let vendors = briefs(&mut after.affected_vendors.iter().copied())?;
    let mut push = |effect, on: Vec<Brief>| {
        found.push(Effect {
            effect,
            of: of.clone(),
            on,
        });
    };
    match (before.is_none() || was_gone, is_gone(&after)) {
        (true, false) => {
            push(EffectKind::Carries, items);
            if !vendors.is_empty() {
                push(EffectKind::Touches, vendors);
            }
        }
        (false, true) => push(EffectKind::Retracts, items),
        _ => {}
    }
    Ok(())
}
