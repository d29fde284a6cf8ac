//! Claims that the other clones know of: acknowledged only when the remote has them.

use std::time::Duration;

use serde::Serialize;

use super::{ATTEMPTS, SyncRequest, SyncResponse, fetched, joined, pause, pushed, remote};
use crate::ops::claim::ClaimRequest;
use crate::ops::work_item::{self, WorkItemView};
use crate::ops::{Context, Error, ErrorKind, WriteResponse, undo};
use crate::record::{Kind, RecordId, RecordPath};
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
    let Some(remote) = shared(context, request)? else {
        return Ok(ClaimResponse {
            claimed: work_item::claim(context, request)?,
            confirmed: None,
        });
    };
    for attempt in 1..=ATTEMPTS {
        let mut claimed = work_item::claim(context, request)?;
        let id = claimed.item.fields.id;
        let mut response = SyncResponse::of(context, &remote);
        let confirmed = confirm(context, &remote, request, &claimed, &mut response);
        response.keep_report(context);
        claimed.meta.warnings.append(&mut response.meta.warnings);
        match confirmed {
            Ok(Confirmed::Ours) => {
                return Ok(ClaimResponse {
                    claimed,
                    confirmed: Some(true),
                });
            }
            Ok(Confirmed::Theirs(holder)) if request.id.is_some() => return Err(taken(id, &holder)),
            Ok(Confirmed::Theirs(_)) => pause(context, attempt),
            Err(error) if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Denied) => {
                let warning = format!(
                    "the claim is not confirmed: {error}; another clone may have it too until `git docket sync`"
                );
                claimed.told.push(warning.clone());
                claimed.meta.warnings.push(warning);
                return Ok(ClaimResponse {
                    claimed,
                    confirmed: Some(false),
                });
            }
            Err(error) => return Err(error),
        }
    }
    let message = format!(
        "others claimed what was next {ATTEMPTS} times before it reached {}",
        remote.name
    );
    Err(Error::new(ErrorKind::Unavailable, message).hint("git docket claim"))
}

/// The remote that must know of a claim: none where there is none, or where the docket was never shared through it.
fn shared(context: &Context, request: &ClaimRequest) -> Result<Option<Remote>, Error> {
    // Who works on a proposal claims for those who do, and publishes it when they say so.
    if request.shared == Some(false) || context.store.proposal().is_some() {
        return Ok(None);
    }
    if request.shared == Some(true) {
        return remote(context, None).map(Some);
    }
    let Some(remote) = context.store.remote() else {
        return Ok(None);
    };
    let known = context.store.last_known(&remote, context.store.tracking_ref())?;
    Ok(known.map(|_| remote))
}

/// Whose a claim is in the end.
enum Confirmed {
    Ours,
    Theirs(String),
}

fn confirm(
    context: &Context,
    remote: &Remote,
    request: &ClaimRequest,
    claimed: &WriteResponse<WorkItemView>,
    response: &mut SyncResponse,
) -> Result<Confirmed, Error> {
    let id = claimed.item.fields.id;
    let by = context.named_or_actor(request.by.as_deref())?;
    for race in 1..=ATTEMPTS {
        let Some(tip) = context.store.tip()? else { break };
        if pushed(context, remote, tip, Some(PATIENCE))? == Pushed::Done {
            return Ok(Confirmed::Ours);
        }
        let theirs = fetched(context, remote, &mut response.meta.warnings, Some(PATIENCE))?;
        let holder = theirs.map(|theirs| holder(context, theirs, id)).transpose()?.flatten();
        if let Some(holder) = holder.filter(|holder| *holder != by.as_str()) {
            // Taken back before the two meet, so that there is nothing to be in dispute.
            undo(context, Some(&claimed.meta.revision))?;
            joined(context, &SyncRequest::default(), remote, theirs, response)?;
            return Ok(Confirmed::Theirs(holder));
        }
        joined(context, &SyncRequest::default(), remote, theirs, response)?;
        pause(context, race);
    }
    let message = format!(
        "others pushed to {} faster than this clone, {ATTEMPTS} times",
        remote.name
    );
    Err(Error::new(ErrorKind::Unavailable, message))
}

/// Who holds an item at a commit.
fn holder(context: &Context, at: CommitId, id: RecordId) -> Result<Option<String>, Error> {
    let Some(path) = RecordPath::own(Kind::WorkItem, id) else {
        return Ok(None);
    };
    let parsed = context.read_at(at, Vec::new())?.record(&path)?;
    let item = parsed.as_ref().and_then(|parsed| parsed.record.as_work_item());
    Ok(item.and_then(|item| Some(item.holder(context.source.now())?.to_owned())))
}

fn taken(id: RecordId, holder: &str) -> Error {
    let message = format!("{} is claimed by {holder}, who was faster in another clone", id.short());
    Error::new(ErrorKind::Conflict, message)
        .with("claimed_by", holder)
        .hint("git docket claim")
}
