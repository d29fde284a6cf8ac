//! Claims that the other clones know of: acknowledged only when the remote has them.

use std::time::Duration;

use serde::Serialize;

use super::talk::{Conversation, shared};
use super::{ATTEMPTS, SyncRequest, SyncResponse, exchange, remote};
use crate::ops::claim::{ClaimRequest, give_way, refuse_taken, stand_alike};
use crate::ops::work_item::{self, WorkItemView, views};
use crate::ops::{Context, Error, ErrorKind, WriteResponse};
use crate::record::{Kind, Record, RecordId, RecordPath};
use crate::store::{CommitId, Pushed, Remote};

/// How long the remote is waited for: whoever claims wants to begin.
const PATIENCE: Duration = Duration::from_secs(15);

/// A claim.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ClaimResponse {
    /// The work item as it is now.
    #[serde(flatten)]
    pub claimed: WriteResponse<WorkItemView>,
    /// Whether the remote has the claim, so that no other clone can have it too; false where it could not be asked, and
    /// nothing where the docket is not shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<bool>,
}

/// Claims a work item, or the next one that is ready and free, for all clones: where the docket is shared, the claim is
/// pushed before it is acknowledged, and one that somebody else pushed first is theirs.
///
/// # Errors
///
/// Those of [`work_item::claim`]; `conflict` where somebody else was faster. Where the remote cannot be asked it is a
/// claim all the same, and not confirmed.
pub fn claim_shared(context: &Context, request: &ClaimRequest) -> Result<ClaimResponse, Error> {
    let local = || work_item::claim(context, request);
    let remote = match reached(context, request) {
        Ok(Some(remote)) => remote,
        Ok(None) => {
            return Ok(ClaimResponse {
                claimed: local()?,
                confirmed: None,
            });
        }
        Err(error) if request.shared == Some(true) => return Err(error),
        Err(error) => return Ok(unconfirmed(local()?, &error)),
    };
    // Whoever merges and pushes beside it would have others' later claim win over one that is not confirmed yet.
    match context.turn(Some(PATIENCE)) {
        Ok(_turn) => confirmed(&Conversation::new(context, &remote, Some(PATIENCE)), request),
        Err(error) => Ok(unconfirmed(local()?, &error)),
    }
}

/// The remote that must know of a claim; none where it is for this clone alone.
fn reached(context: &Context, request: &ClaimRequest) -> Result<Option<Remote>, Error> {
    match (request.shared, context.proposal_name()) {
        (Some(true), Some(name)) => {
            let message = format!("this worktree is on the proposal {name}, and a claim there is nobody else's to see");
            Err(Error::request(message)
                .hint("git docket propose leave")
                .hint("git docket claim --local"))
        }
        // Who works on a proposal claims for those who do, and publishes it when they say so.
        (Some(false), _) | (None, Some(_)) => Ok(None),
        (Some(true), None) => remote(context, None).map(Some),
        (None, None) => shared(context),
    }
}

fn unconfirmed(mut claimed: WriteResponse<WorkItemView>, why: &Error) -> ClaimResponse {
    let warning = format!("the claim is not confirmed: {why}; another clone may have it too until `git docket sync`");
    claimed.told.push(warning.clone());
    claimed.meta.warnings.push(warning);
    ClaimResponse {
        claimed,
        confirmed: Some(false),
    }
}

/// Claims until the remote has a claim of ours.
fn confirmed(conversation: &Conversation<'_>, request: &ClaimRequest) -> Result<ClaimResponse, Error> {
    let context = conversation.context;
    for attempt in 1..=ATTEMPTS {
        let mut claimed = work_item::claim(context, request)?;
        let mut response = SyncResponse::of(context, conversation.remote);
        let done = confirm(conversation, request, &claimed, &mut response);
        response.keep_report(context);
        claimed.told.extend(response.meta.warnings.iter().cloned());
        claimed.meta.warnings.append(&mut response.meta.warnings);
        match done {
            Ok(None) => {
                if response.fetched > 0 {
                    (claimed.item, claimed.meta.revision) = as_it_is(context, &claimed.item)?;
                }
                return Ok(ClaimResponse {
                    claimed,
                    confirmed: Some(true),
                });
            }
            Ok(Some(taken)) if request.id.is_some() => return Err(taken),
            Ok(Some(_)) => conversation.pause(attempt)?,
            Err(error) if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Denied) => {
                return Ok(unconfirmed(claimed, &error));
            }
            Err(error) => return Err(error),
        }
    }
    let remote = &conversation.remote.name;
    let message = format!("others claimed what was next {ATTEMPTS} times before it reached {remote}");
    Err(Error::new(ErrorKind::Unavailable, message).hint("git docket claim"))
}

/// Pushes a claim; why it is not ours, where somebody else was faster. Nothing is in dispute then.
fn confirm(
    conversation: &Conversation<'_>,
    request: &ClaimRequest,
    claimed: &WriteResponse<WorkItemView>,
    response: &mut SyncResponse,
) -> Result<Option<Error>, Error> {
    let (context, id) = (conversation.context, claimed.item.fields.id);
    let by = context.named_or_actor(request.by.as_deref())?;
    let Some(tip) = context.store.tip()? else {
        return Ok(None);
    };
    if conversation.pushed(tip)? == Pushed::Done {
        return Ok(None);
    }
    let mut taken = None;
    let met = exchange(conversation, &SyncRequest::default(), response, |theirs| {
        if taken.is_none() {
            taken = taken_at(context, theirs, id, by.as_str())?;
        }
        Ok(())
    });
    if taken.is_some() {
        // That the remote does not know yet that we gave way harms nobody.
        return Ok(taken);
    }
    met?;
    let held = context
        .store
        .tip()?
        .map(|tip| record(context, tip, id))
        .transpose()?
        .flatten();
    let held = held.as_ref().and_then(Record::as_work_item);
    let holder = held.and_then(|item| item.holder(context.source.now()));
    Ok((holder != Some(by.as_str())).then(|| taken_by(id, holder.unwrap_or("nobody"))))
}

/// Looks whether an item was taken by somebody else, or put out of work, in what was fetched; gives way then, and says
/// why.
fn taken_at(context: &Context, theirs: CommitId, id: RecordId, by: &str) -> Result<Option<Error>, Error> {
    let Some(there) = record(context, theirs, id)? else {
        return Ok(None);
    };
    // What they have not changed is as we found it.
    let tip = context.store.tip()?.unwrap_or(theirs);
    for base in context.store.merge_bases(tip, theirs)? {
        if record(context, base, id)?.is_some_and(|before| stand_alike(&before, &there)) {
            return Ok(None);
        }
    }
    let item = there.as_work_item();
    let Some(Err(why)) = item.map(|item| refuse_taken(item, by, context.source.now())) else {
        return Ok(None);
    };
    context.write("release", Some(by), |_, draft| {
        let path = RecordPath::own(Kind::WorkItem, id).ok_or_else(|| Error::bug("a work item without a path"))?;
        draft.subject = Some(format!("give back {}: {why}", id.short()));
        give_way(draft, &path, &there)
    })?;
    let holder = item.and_then(|item| item.holder(context.source.now()));
    Ok(Some(match holder {
        Some(holder) => taken_by(id, holder),
        None => why,
    }))
}

/// A work item at a commit; none where it is not there or cannot be read.
fn record(context: &Context, at: CommitId, id: RecordId) -> Result<Option<Record>, Error> {
    let Some(path) = RecordPath::own(Kind::WorkItem, id) else {
        return Ok(None);
    };
    let parsed = context.read_at(at, Vec::new())?.record(&path)?;
    Ok(parsed.map(|parsed| parsed.record))
}

/// An item at the tip, with what others did to it meanwhile.
fn as_it_is(context: &Context, item: &WorkItemView) -> Result<(WorkItemView, String), Error> {
    let path =
        RecordPath::own(Kind::WorkItem, item.fields.id).ok_or_else(|| Error::bug("a work item without a path"))?;
    let (found, meta) = context.ask_within(None, &[], |records| {
        let row = records.row(&path)?;
        Ok(views(records, row.into_iter().collect())?.pop())
    })?;
    let found = found.ok_or_else(|| Error::not_found(format!("{} is gone", item.fields.id.short())))?;
    Ok((found, meta.revision))
}

fn taken_by(id: RecordId, holder: &str) -> Error {
    let message = format!("{} is claimed by {holder}, who was faster in another clone", id.short());
    Error::new(ErrorKind::Conflict, message)
        .with("claimed_by", holder)
        .hint("git docket claim")
}
