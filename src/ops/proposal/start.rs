//! Starting a proposal, or going on with one.

use serde::Serialize;

use super::{apart, name_of, named, require_proposal, short};
use crate::ops::read::Meta;
use crate::ops::write::judged;
use crate::ops::{Context, Error, ErrorKind};
use crate::store::{self, CommitId, Proposal};

/// Where the writes of this worktree go now.
#[derive(Clone, Debug, Serialize)]
pub struct ProposeResponse {
    /// The name of the proposal.
    pub name: String,
    /// The full name of its ref.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The branch it is to be landed on.
    pub tracking: String,
    /// Whether its branch was made now.
    pub created: bool,
    /// The remote branch it was started from, if it was.
    pub started_from: Option<String>,
    /// How many commits it has that the tracking branch has not.
    pub ahead: usize,
    /// How many commits the tracking branch has that it has not.
    pub behind: usize,
    /// The proposal this worktree was directed to before.
    pub before: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Directs this worktree to the proposal of that name: its commands read it and write to it, those of other worktrees
/// do not. One that is not there is cut from the remote's of that name where one was fetched, else from the tip of the
/// tracking ref.
///
/// # Errors
///
/// `invalid` where no branch can have the name; `denied` in a bare repository, and where the branch is checked out, is
/// no docket, or cannot stand beside another one. This worktree is directed as it was then.
pub fn propose(context: &Context, name: &str) -> Result<ProposeResponse, Error> {
    if context.store.work_dir().is_none() {
        let message = "a bare repository has no worktree that could be directed to a proposal";
        return Err(Error::denied(message).hint(format!("git docket -C CLONE propose {name}")));
    }
    let proposal = named(context, name)?;
    let (tracking, there) = (context.on(&proposal.tracking)?, context.on(&proposal.reference)?);
    there.store.refuse_checked_out()?;
    let reading = tracking.read()?;
    reading.require_writable()?;
    let (tip, created, started_from) = match there.store.tip()? {
        Some(tip) => (tip, false, None),
        None => begin(&there, &proposal, reading.commit())?,
    };
    require_proposal(&there, tip, short(&proposal.reference))?;
    if context.store.merge_bases(tip, reading.commit())?.is_empty() {
        let (branch, tracking) = (short(&proposal.reference), short(&proposal.tracking));
        let message = format!("{branch} and {tracking} have no commit in common: it is a docket of its own");
        return Err(Error::denied(message));
    }
    let before = context.store.directed()?.filter(|before| *before != proposal);
    context.store.direct(Some(&proposal))?;
    let (ahead, behind) = apart(context, Some(tip), Some(reading.commit()))?;
    let mut meta = Meta::git(tip, reading.warnings);
    if let Some((named, by)) = context.named_reference() {
        let message = format!("{by} names {named}, which counts for every command that is given it");
        meta.warnings.push(message);
    }
    Ok(ProposeResponse {
        name: name_of(&proposal),
        tracking: short(&proposal.tracking).to_owned(),
        created,
        started_from,
        ahead,
        behind,
        before: before.as_ref().map(name_of),
        reference: proposal.reference,
        meta,
    })
}

/// Makes the branch; where it is then, whether it was made here, and what it was started from.
fn begin(there: &Context, proposal: &Proposal, at: CommitId) -> Result<(CommitId, bool, Option<String>), Error> {
    let clash = |error: store::Error| match error {
        store::Error::RefClash { other, .. } => {
            let (branch, other) = (short(&proposal.reference), short(&other).to_owned());
            let message = format!("{branch} cannot be a branch beside {other}; choose another name");
            Error::new(ErrorKind::Denied, message).hint("git docket propose")
        }
        error => error.into(),
    };
    let time = there.source.now().as_seconds();
    // What was landed from there is on the tracking branch, and the new branch goes on from it.
    let remote = there.store.remote_tip()?;
    let is_landed = |commit| there.store.leads_to(commit, at);
    let landed = remote.map(|remote| is_landed(remote.commit)).transpose()?;
    if landed == Some(false)
        && let Some(started) = there.store.start_from_remote(time).map_err(clash)?
    {
        return Ok((started.commit, true, Some(started.remote_ref)));
    }
    let lock = there.lock()?;
    let why = format!("propose: Created from {}", short(&proposal.tracking));
    there.repeated(|there| match there.store.fast_forward(&lock, None, at, time, &why) {
        Ok(()) => Ok((at, true, None)),
        // Another process was faster.
        Err(store::Error::TipMoved {
            actual: Some(commit), ..
        }) => Ok((commit, false, None)),
        Err(error @ store::Error::RefClash { .. }) => Err(clash(error).into()),
        Err(error) => Err(judged(error)),
    })
}
