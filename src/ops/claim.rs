//! Claiming work: what comes next, and who holds it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::draft::Draft;
use super::field_edit::{FieldEdit, FieldPath, apply};
use super::{Context, Error, ErrorKind};
use crate::record::merge::members;
use crate::record::value::Time;
use crate::record::work_item::Status;
use crate::record::{Kind, Record, RecordPath, WorkItem};

/// A claim of a work item, or of the next one that is ready.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimRequest {
    /// The work item, by any of its names; without it, the first that is ready and that nobody holds.
    pub id: Option<String>,
    /// For how many seconds; without it, until it is released.
    pub seconds: Option<u64>,
    /// Who claims it; where nothing is said, who asks.
    pub by: Option<String>,
    /// Whether it is pushed before it is acknowledged, so that no other clone can have it too. Where nothing is said, it
    /// is if the docket was shared before.
    pub shared: Option<bool>,
}

/// The end of a claim.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReleaseRequest {
    /// The work item, by any of its names.
    pub id: String,
    /// Release it although somebody else holds it.
    pub force: bool,
    /// Who releases it; where nothing is said, who asks.
    pub by: Option<String>,
}

/// Puts a claim into the draft; returns the path of the item.
///
/// Two that claim the same item at the same moment are two attempts on two tips: the second finds
/// the claim of the first.
pub(super) fn claim(context: &Context, draft: &mut Draft<'_>, request: &ClaimRequest) -> Result<RecordPath, Error> {
    let by = context.named_or_actor(request.by.as_deref())?;
    let now = context.source.second();
    let until = match request.seconds {
        Some(seconds) => Some(later(now, seconds)?),
        None => None,
    };
    let item = match &request.id {
        Some(name) => {
            let (_, item, _) = draft.find_work_item(name)?;
            refuse_unready(draft, &item, by.as_str(), now)?;
            item
        }
        None => draft.next_ready(now)?.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "nothing is ready that nobody holds").hint("git docket ready")
        })?,
    };
    let path = RecordPath::own(Kind::WorkItem, item.id).ok_or_else(|| Error::bug("a work item without a path"))?;
    let mut claim = json!({ "by": by.as_str(), "at": now.to_string() });
    if let Some(until) = until {
        claim["until"] = until.to_string().into();
    }
    let status = Value::from(Status::Active.as_str());
    set(
        draft,
        &path,
        &[
            FieldEdit::Set("claim".into(), claim),
            FieldEdit::Set("status".into(), status),
        ],
    )
}

/// Takes a claim out of the draft; an active item is pending again. Returns the path of the item.
pub(super) fn release(context: &Context, draft: &mut Draft<'_>, request: &ReleaseRequest) -> Result<RecordPath, Error> {
    let by = context.named_or_actor(request.by.as_deref())?;
    let (path, item, _) = draft.find_work_item(&request.id)?;
    if let Some(holder) = item
        .holder(context.source.now())
        .filter(|holder| *holder != by.as_str() && !request.force)
    {
        let message = format!("{} is claimed by {holder}, not by {by}", item.id.short());
        return Err(Error::new(ErrorKind::Conflict, message).with("claimed_by", holder));
    }
    let mut edits = vec![FieldEdit::Clear("claim".into())];
    if item.claim.is_some() && item.status == Status::Active {
        edits.push(FieldEdit::Set("status".into(), Status::Pending.as_str().into()));
    }
    if item.claim.is_none() {
        return Ok(path);
    }
    set(draft, &path, &edits)
}

fn set(draft: &mut Draft<'_>, path: &RecordPath, edits: &[FieldEdit]) -> Result<RecordPath, Error> {
    let record = draft.get(path)?.cloned();
    let record = record.ok_or_else(|| Error::new(ErrorKind::Internal, "the item is gone"))?;
    let (changed, cleared) = apply(&record, &record.body, edits)?;
    draft.put(changed, cleared)
}

fn later(now: Time, seconds: u64) -> Result<Time, Error> {
    let end = i64::try_from(seconds)
        .ok()
        .and_then(|s| s.checked_mul(1000))
        .and_then(|ms| now.as_milliseconds().checked_add(ms));
    end.and_then(Time::from_milliseconds)
        .ok_or_else(|| Error::request("the claim would end too late"))
}

fn refuse_unready(draft: &mut Draft<'_>, item: &WorkItem, by: &str, now: Time) -> Result<(), Error> {
    refuse_taken(item, by, now)?;
    let waits: Vec<_> = draft.held_up_by(item)?.iter().map(|id| id.short()).collect();
    match waits.is_empty() {
        true => Ok(()),
        false => Err(not_ready(item, &format!("it waits for {}", waits.join(", ")))),
    }
}

/// Refuses an item that is in no state to be worked on, or that somebody else holds.
pub(super) fn refuse_taken(item: &WorkItem, by: &str, now: Time) -> Result<(), Error> {
    if let Some(holder) = item.holder(now).filter(|holder| *holder != by) {
        let until = item.claim.as_ref().and_then(|claim| claim.until);
        let ends = until.map_or_else(String::new, |until| format!(" until {until}"));
        let message = format!("{} is claimed by {holder}{ends}", item.id.short());
        let error = Error::new(ErrorKind::Conflict, message).with("claimed_by", holder);
        return Err(error
            .with("until", until.map(|t| t.to_string()))
            .hint("git docket claim"));
    }
    let reason = if item.deleted_at.is_some() {
        "it is deleted".to_owned()
    } else if item.archived_at.is_some() {
        "it is archived".to_owned()
    } else if !matches!(item.status, Status::Pending | Status::Active) {
        format!("it is {}", item.status)
    } else {
        return Ok(());
    };
    Err(not_ready(item, &reason))
}

fn not_ready(item: &WorkItem, reason: &str) -> Error {
    let id = item.id.short();
    let hint = match item.archived_at.is_some() && item.deleted_at.is_none() {
        true => format!("git docket unarchive {id}"),
        false => format!("git docket show {id}"),
    };
    Error::request(format!("{id} is not ready: {reason}")).hint(hint)
}

/// The fields that say who works on an item, and whether anybody does.
fn standing() -> impl Iterator<Item = FieldPath> {
    let grouped = ["status", "assignee"].map(|group| members(Kind::WorkItem, group));
    let fields = grouped.into_iter().flatten().chain(["deleted_at", "archived_at"]);
    fields.map(FieldPath::of_change)
}

/// Whether two versions of an item differ in who works on it, or whether anybody does.
pub(super) fn stand_alike(one: &Record, other: &Record) -> bool {
    let (one, other) = (one.to_json(), other.to_json());
    standing().all(|field| field.value_in(&one) == field.value_in(&other))
}

/// Makes an item stand as it does elsewhere. A merge of the two finds the same on both sides then, and nothing in
/// dispute.
pub(super) fn give_way(draft: &mut Draft<'_>, path: &RecordPath, elsewhere: &Record) -> Result<RecordPath, Error> {
    let fields = elsewhere.to_json();
    let edit = |field: FieldPath| match field.value_in(&fields) {
        Some(value) => FieldEdit::Set(field, value),
        None => FieldEdit::Clear(field),
    };
    let edits: Vec<_> = standing().map(edit).collect();
    // What stands elsewhere was checked there.
    draft.checked = true;
    set(draft, path, &edits)
}
