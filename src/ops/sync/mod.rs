//! Sharing the docket between clones: fetch, merge, push.
//!
//! Nothing is ever forced, and nothing is lost on the way: what is not on the remote yet is here, whatever fails.

mod auto;
mod claim;
mod join;
mod lost;
mod plan;
mod talk;
mod turn;

use std::time::Duration;

use serde::Serialize;

pub use self::auto::sync_in_background;
pub use self::claim::{ClaimResponse, claim_shared};
pub use self::join::ConflictBrief;
pub(super) use self::join::{Joined, Joining, join};
use self::plan::Plan;
use self::talk::Conversation;
pub(super) use self::talk::remote;
use super::read::Meta;
use super::{Context, Error, ErrorKind};
use crate::store::{CommitId, Pushed, Remote};

/// How often what others pushed meanwhile is fetched and merged before the push is given up. Of eight clones that do
/// nothing but sync, one in four would give up after ten.
const ATTEMPTS: u32 = 40;

/// What to share.
#[derive(Clone, Debug, Default)]
pub struct SyncRequest {
    /// The remote; where nothing is said, git config `docket.remote`, else `origin`, else the only one.
    pub remote: Option<String>,
    /// Whether dockets that have no commit in common are merged too.
    pub unrelated: bool,
}

/// What became of it.
#[derive(Clone, Debug, Serialize)]
pub struct SyncResponse {
    /// The full name of the tracking ref.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The remote.
    pub remote: String,
    /// How many commits of others came here.
    pub fetched: usize,
    /// How many commits from here went there.
    pub pushed: usize,
    /// How many records others had added or changed.
    pub taken: usize,
    /// How many records both had changed.
    pub merged: usize,
    /// What could not be kept, and was recorded.
    pub conflicts: Vec<ConflictBrief>,
    /// How often others were faster.
    pub races: u32,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

impl SyncResponse {
    /// Nothing has happened yet.
    fn of(context: &Context, remote: &Remote) -> Self {
        Self {
            reference: context.store.tracking_ref().to_owned(),
            remote: remote.name.clone(),
            fetched: 0,
            pushed: 0,
            taken: 0,
            merged: 0,
            conflicts: Vec::new(),
            races: 0,
            meta: meta(None, Vec::new()),
        }
    }

    /// Once, when all has come that comes.
    fn keep_report(&mut self, context: &Context) {
        if self.fetched > 0 {
            self.meta.warnings.extend(context.keep_report());
        }
    }
}

/// How far this clone and the remote are apart.
#[derive(Clone, Debug, Serialize)]
pub struct FetchResponse {
    /// The full name of the tracking ref.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The remote.
    pub remote: String,
    /// Where its ref stands; null where it has none.
    pub remote_revision: Option<String>,
    /// How many commits are here and not there.
    pub ahead: usize,
    /// How many commits are there and not here.
    pub behind: usize,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Fetches what others did, merges it, and pushes what was done here: one push, however many commits.
///
/// # Errors
///
/// `not_found` where there is no remote or no docket on either side; `denied` where the remote does not let or take us,
/// or the dockets have nothing in common; `unavailable` where it cannot be reached, or others were faster again and again.
/// What was merged until then stays merged; what is here stays here.
pub fn sync(context: &Context, request: &SyncRequest) -> Result<SyncResponse, Error> {
    synced(context, request, None)
}

/// The same, waiting no longer than `patience` for others and for the remote.
fn synced(context: &Context, request: &SyncRequest, patience: Option<Duration>) -> Result<SyncResponse, Error> {
    context.require_proposal()?;
    let remote = remote(context, request.remote.as_deref())?;
    let _turn = context.turn(patience)?;
    let mut response = SyncResponse::of(context, &remote);
    let conversation = Conversation::new(context, &remote, patience);
    let done = exchange(&conversation, request, &mut response, |_| Ok(()));
    response.keep_report(context);
    done.map(|()| response)
}

/// Fetches, merges and pushes until both stand at the same commit. Before each merge, `look` is shown what was fetched.
fn exchange(
    conversation: &Conversation<'_>,
    request: &SyncRequest,
    response: &mut SyncResponse,
    mut look: impl FnMut(CommitId) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut last_seen = None;
    loop {
        let theirs = conversation.fetched(&mut response.meta.warnings)?;
        theirs.map(&mut look).transpose()?;
        let tip = joined(conversation, request, theirs, response)?;
        response.meta.revision = tip.to_string();
        if theirs == Some(tip) {
            return Ok(());
        }
        let ahead = conversation.context.store.commits_between(theirs, tip)?.len();
        let moved = last_seen.replace(theirs) != Some(theirs);
        match conversation.pushed(tip)? {
            Pushed::Done => {
                response.pushed = ahead;
                return Ok(());
            }
            Pushed::Behind | Pushed::Raced(_) if response.races + 1 < ATTEMPTS && (moved || response.races < 3) => {
                response.races += 1;
                conversation.pause(response.races)?;
            }
            lost => return Err(overtaken(conversation.remote, ahead, moved, lost)),
        }
    }
}

/// Asks the remote where it stands, and gets what is new there. Nothing of this clone changes but what git remembers of
/// the remote.
///
/// # Errors
///
/// As [`sync`].
pub fn fetch(context: &Context, request: &SyncRequest) -> Result<FetchResponse, Error> {
    let remote = remote(context, request.remote.as_deref())?;
    let mut warnings = Vec::new();
    let theirs = Conversation::new(context, &remote, None).fetched(&mut warnings)?;
    apart(context, &remote, theirs, warnings)
}

/// Pushes what was done here, without a merge.
///
/// # Errors
///
/// `conflict` where the remote has what is not here; else as [`sync`].
pub fn push(context: &Context, request: &SyncRequest) -> Result<FetchResponse, Error> {
    let remote = remote(context, request.remote.as_deref())?;
    context.require_proposal()?;
    let Some(tip) = context.store.tip()? else {
        return Err(no_docket(context));
    };
    match Conversation::new(context, &remote, None).pushed(tip)? {
        Pushed::Done => {
            let theirs = context.store.last_known(&remote, context.store.tracking_ref())?;
            apart(context, &remote, theirs, Vec::new())
        }
        Pushed::Behind => {
            let called = remote.called(context.store.tracking_ref());
            let message = format!("{called} has commits that are not here; they have to be merged first");
            Err(Error::new(ErrorKind::Conflict, message).hint("git docket sync"))
        }
        Pushed::Raced(said) => {
            let message = format!("{} could not take it now: {said}", remote.name);
            Err(Error::new(ErrorKind::Unavailable, message).hint("git docket push"))
        }
    }
}

fn apart(
    context: &Context,
    remote: &Remote,
    theirs: Option<CommitId>,
    warnings: Vec<String>,
) -> Result<FetchResponse, Error> {
    let tip = context.store.tip()?;
    let count = |of: Option<CommitId>, without| -> Result<usize, Error> {
        of.map_or(Ok(0), |of| Ok(context.store.commits_between(without, of)?.len()))
    };
    Ok(FetchResponse {
        reference: context.store.tracking_ref().to_owned(),
        remote: remote.name.clone(),
        remote_revision: theirs.map(|commit| commit.to_string()),
        ahead: count(tip, theirs)?,
        behind: count(theirs, tip)?,
        meta: meta(tip.or(theirs), warnings),
    })
}

fn meta(revision: Option<CommitId>, warnings: Vec<String>) -> Meta {
    Meta {
        revision: revision.map(|commit| commit.to_string()).unwrap_or_default(),
        data_source: "git",
        partial: false,
        warnings,
    }
}

/// Brings together what is here and what was fetched; the tip then.
fn joined(
    conversation: &Conversation<'_>,
    request: &SyncRequest,
    theirs: Option<CommitId>,
    response: &mut SyncResponse,
) -> Result<CommitId, Error> {
    let (context, called) = (conversation.context, conversation.called());
    let Some(theirs) = theirs else {
        return context.store.tip()?.ok_or_else(|| no_docket(context));
    };
    require_docket(context, theirs, &called)?;
    conversation.deepen(theirs)?;
    let Joined {
        tip,
        came,
        merge,
        warnings,
    } = join(
        context,
        Joining {
            theirs,
            called: &called,
            operation: "sync",
            unrelated: request.unrelated,
        },
    )?;
    response.fetched += came;
    response.meta.warnings.extend(warnings);
    if let Some(merge) = merge {
        response.taken += merge.taken;
        response.merged += merge.merged;
        response.conflicts.extend(merge.conflicts);
    }
    Ok(tip)
}

/// Refuses what is no docket, or one of a newer format.
pub(super) fn require_docket(context: &Context, theirs: CommitId, called: &str) -> Result<(), Error> {
    let reading = context
        .read_at(theirs, Vec::new())
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::new(
                ErrorKind::Denied,
                format!("{called} is a branch of something else: it has no .tracking/format"),
            )
            .hint("git config docket.ref another-name"),
            _ => error,
        })?;
    reading.require_writable()
}

fn no_docket(context: &Context) -> Error {
    let branch = context.tracking_ref();
    let message = format!("there is no docket here or on the remote: neither has a branch {branch}");
    context.with_what_stood(Error::not_found(message))
}

fn overtaken(remote: &Remote, ahead: usize, moved: bool, lost: Pushed) -> Error {
    let name = &remote.name;
    let why = match lost {
        _ if moved => format!("others pushed to {name} faster than this clone, {ATTEMPTS} times"),
        // Nobody moves it, and nobody can: somebody who held it was killed.
        Pushed::Raced(said) => format!("{name} cannot move its ref: {said}"),
        Pushed::Behind | Pushed::Done => format!("{name} refuses a push that goes on from where it stands"),
    };
    let message = format!("{why}; {ahead} commits are here only, and nothing is lost");
    Error::new(ErrorKind::Unavailable, message).hint("git docket sync")
}
