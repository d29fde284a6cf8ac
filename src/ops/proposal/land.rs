//! Landing a proposal on the tracking branch.

use serde::Serialize;

use super::{Proposal, direct_back, leave_and_delete, left_behind, name_of, not_there, require_proposal, short};
use crate::ops::read::Meta;
use crate::ops::sync::{Joining, join};
use crate::ops::{ConflictBrief, Context, Error};
use crate::store::{self, CommitId};

/// What became of a proposal.
#[derive(Clone, Debug, Serialize)]
pub struct LandResponse {
    /// The name of the proposal.
    pub name: String,
    /// The branch it was landed on.
    pub tracking: String,
    /// The commit it stood at.
    pub commit: String,
    /// How many commits came with it; 0 where it had been merged before.
    pub landed: usize,
    /// How many records it had added or changed.
    pub taken: usize,
    /// How many records both had changed.
    pub merged: usize,
    /// What could not be kept, and was recorded.
    pub conflicts: Vec<ConflictBrief>,
    /// Whether its branch here was deleted: all of it is on the tracking branch.
    pub deleted: bool,
    /// Whether this worktree was directed to it, and is directed to the tracking branch now.
    pub left: bool,
    /// What every answer carries: the tip of the tracking branch.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Merges a proposal into the tracking branch as a sync merges, deletes its branch here if nothing was added to it
/// meanwhile, and directs this worktree back. Without a name, the one this worktree is directed to. One that is only
/// known from a remote is landed from there.
///
/// # Errors
///
/// `not_found` where there is no such proposal; `denied` where its branch or the tracking branch is checked out, or they
/// have nothing in common; nothing has happened then.
pub fn land(context: &Context, name: Option<&str>) -> Result<LandResponse, Error> {
    let proposal = super::chosen(context, name)?;
    let (tracking, there) = (context.on(&proposal.tracking)?, context.on(&proposal.reference)?);
    there.store.refuse_checked_out()?;
    let (tip, called, local) = found(&there, &proposal)?;
    let before = tracking.read()?;
    require_proposal(&there, tip, &called)?;
    let joined = join(
        &tracking,
        Joining {
            theirs: tip,
            called: &called,
            operation: "land",
            unrelated: false,
        },
    )?;
    let mut meta = Meta::git(joined.tip, [before.warnings.clone(), joined.warnings].concat());
    let (deleted, left) = match local {
        true => {
            // Where the branch stays, what is on it waits for somebody to go on with it.
            let left = leave_and_delete(context, &proposal, || delete(&there, tip))?;
            let stays = |error| format!("the branch {} stays: {error}", there.tracking_ref());
            meta.warnings.extend(left.as_ref().err().map(stays));
            (left.is_ok(), left.unwrap_or(false))
        }
        false => (false, direct_back(context, &proposal)?),
    };
    if deleted {
        meta.warnings.extend(left_behind(context, &proposal));
    }
    meta.warnings.extend(tracking.keep_report());
    meta.warnings.extend(tracking.autosync());
    let (taken, merged, conflicts) = match joined.merge {
        Some(merge) => (merge.taken, merge.merged, merge.conflicts),
        None => {
            let (from, to) = (before.commit().to_string(), joined.tip.to_string());
            let changed = crate::ops::changed_between(context, Some(&from), &to)?;
            (changed.len(), 0, Vec::new())
        }
    };
    Ok(LandResponse {
        name: name_of(&proposal),
        tracking: short(&proposal.tracking).to_owned(),
        commit: tip.to_string(),
        landed: joined.came,
        taken,
        merged,
        conflicts,
        deleted,
        left,
        meta,
    })
}

/// Where a proposal stands, what people call that, and whether it is a branch here.
fn found(there: &Context, proposal: &Proposal) -> Result<(CommitId, String, bool), Error> {
    if let Some(tip) = there.store.tip()? {
        return Ok((tip, short(&proposal.reference).to_owned(), true));
    }
    there.require_proposal()?;
    let remote = there.store.remote_tip()?.ok_or_else(|| not_there(proposal))?;
    Ok((remote.commit, remote.name, false))
}

/// Deletes the branch of a proposal that is on the tracking branch. What was added to it meanwhile stays with it.
fn delete(there: &Context, tip: CommitId) -> Result<(), Error> {
    let lock = there.lock()?;
    match there.store.delete_ref(&lock, tip) {
        // Somebody else has landed it as well, and was faster.
        Err(store::Error::TipMoved { actual: None, .. }) => {}
        Err(store::Error::TipMoved { .. }) => {
            let message = "somebody went on with it meanwhile; land it again for what came since";
            return Err(Error::request(message));
        }
        done => done?,
    }
    there.remove_index();
    Ok(())
}
