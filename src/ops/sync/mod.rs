//! Sharing the docket between clones: fetch, merge, push.
//!
//! Nothing is ever forced, and nothing is lost on the way: what is not on the remote yet is here, whatever fails.

mod auto;
mod claim;
mod join;
mod lost;
mod plan;

use std::time::Duration;

use serde::Serialize;

pub use self::auto::sync_in_background;
pub use self::claim::{ClaimResponse, claim_shared};
pub use self::join::ConflictBrief;
pub(super) use self::join::{Joined, Joining, join};
use self::plan::Plan;
use super::read::Meta;
use super::{Context, Error, ErrorKind};
use crate::store::{CommitId, Depth, Pushed, Remote, Talk};

/// How often what others pushed meanwhile is fetched and merged before the push is given up. Of eight clones that do
/// nothing but sync, one in four would give up after ten.
const ATTEMPTS: u32 = 40;

/// The longest pause before another attempt, in milliseconds.
const PAUSE: u64 = 1_500;

/// How many commits deeper a shallow clone is fetched, each time no common ancestor is found, before all of it is.
const DEEPER: &[u32] = &[100, 2_000];

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
    context.require_proposal()?;
    let remote = remote(context, request.remote.as_deref())?;
    let mut response = SyncResponse::of(context, &remote);
    let mut last_seen = None;
    loop {
        let theirs = fetched(context, &remote, &mut response.meta.warnings, None)?;
        let tip = joined(context, request, &remote, theirs, &mut response)?;
        if theirs == Some(tip) {
            response.meta.revision = tip.to_string();
            break;
        }
        let ahead = context.store.commits_between(theirs, tip)?.len();
        let moved = last_seen.replace(theirs) != Some(theirs);
        match pushed(context, &remote, tip, None)? {
            Pushed::Done => {
                response.pushed = ahead;
                response.meta.revision = tip.to_string();
                break;
            }
            Pushed::Behind if response.races + 1 < ATTEMPTS && (moved || response.races < 3) => {
                response.races += 1;
                pause(context, response.races);
            }
            Pushed::Behind => return Err(overtaken(&remote, ahead, moved)),
        }
    }
    Ok(response)
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
    let theirs = fetched(context, &remote, &mut warnings, None)?;
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
    match pushed(context, &remote, tip, None)? {
        Pushed::Done => {
            let theirs = context.store.last_known(&remote, context.store.tracking_ref())?;
            apart(context, &remote, theirs, Vec::new())
        }
        Pushed::Behind => {
            let called = remote.called(context.store.tracking_ref());
            let message = format!("{called} has commits that are not here; they have to be merged first");
            Err(Error::new(ErrorKind::Conflict, message).hint("git docket sync"))
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

/// The remote that is meant.
pub(super) fn remote(context: &Context, named: Option<&str>) -> Result<Remote, Error> {
    let all = context.store.remotes();
    if let Some(name) = named {
        let found = all.iter().find(|remote| remote.name == name).cloned();
        return found.ok_or_else(|| {
            let known: Vec<_> = all.iter().map(|remote| remote.name.as_str()).collect();
            let message = format!("there is no remote `{}` here", name.escape_debug());
            Error::not_found(message).with("remotes", known).hint("git remote -v")
        });
    }
    context.store.remote().ok_or_else(|| match all.is_empty() {
        true => Error::not_found("this repository has no remote, so there is nobody to share the docket with")
            .hint("git remote add origin URL"),
        false => {
            let known: Vec<_> = all.iter().map(|remote| remote.name.clone()).collect();
            let hint = format!("git config docket.remote {}", known[0]);
            let message = format!(
                "there are several remotes ({}), and none of them is origin",
                known.join(", ")
            );
            Error::not_found(message).hint(hint)
        }
    })
}

/// Where the ref of the remote stands now. A warning says when it does not go on from where it stood.
fn fetched(
    context: &Context,
    remote: &Remote,
    warnings: &mut Vec<String>,
    patience: Option<Duration>,
) -> Result<Option<CommitId>, Error> {
    let reference = context.store.tracking_ref();
    let before = context.store.last_known(remote, reference).ok().flatten();
    let theirs = fetch_to(context, remote, Depth::Known, patience)?;
    if let (Some(before), Some(theirs)) = (before, theirs)
        && before != theirs
        && !context.store.leads_to(before, theirs)?
    {
        warnings.push(format!(
            "{} was rewritten: it was {} and is now {}, which does not go on from it; what this clone has stays",
            remote.called(reference),
            before.short(),
            theirs.short()
        ));
    }
    Ok(theirs)
}

fn fetch_to(
    context: &Context,
    remote: &Remote,
    depth: Depth,
    patience: Option<Duration>,
) -> Result<Option<CommitId>, Error> {
    let reference = context.store.tracking_ref();
    let mut busy = 0;
    loop {
        let mut told = |words: &[u8]| context.progress.said(words);
        let mut talk = Talk {
            may_ask: context.progress.may_ask(),
            told: Some(&mut told),
            patience,
        };
        match context.store.fetch(remote, reference, depth, &mut talk) {
            // Two fetches at once: one of them cannot move what git remembers of the remote.
            Err(crate::store::Error::Remote {
                fault: crate::store::Fault::Busy,
                ..
            }) if busy < ATTEMPTS => {
                busy += 1;
                pause(context, busy);
            }
            done => return Ok(done?),
        }
    }
}

fn pushed(context: &Context, remote: &Remote, tip: CommitId, patience: Option<Duration>) -> Result<Pushed, Error> {
    let mut told = |words: &[u8]| context.progress.said(words);
    let mut talk = Talk {
        may_ask: context.progress.may_ask(),
        told: Some(&mut told),
        patience,
    };
    Ok(context
        .store
        .push(remote, tip, context.store.tracking_ref(), &mut talk)?)
}

/// Brings together what is here and what was fetched; the tip then.
fn joined(
    context: &Context,
    request: &SyncRequest,
    remote: &Remote,
    theirs: Option<CommitId>,
    response: &mut SyncResponse,
) -> Result<CommitId, Error> {
    let called = remote.called(context.store.tracking_ref());
    let Some(theirs) = theirs else {
        return context.store.tip()?.ok_or_else(|| no_docket(context));
    };
    require_docket(context, theirs, &called)?;
    deepen(context, remote, theirs)?;
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
    if came > 0 {
        response.meta.warnings.extend(context.keep_report());
    }
    if let Some(merge) = merge {
        response.taken += merge.taken;
        response.merged += merge.merged;
        response.conflicts.extend(merge.conflicts);
    }
    Ok(tip)
}

/// Gets more of the past where a shallow clone does not have the common one.
fn deepen(context: &Context, remote: &Remote, theirs: CommitId) -> Result<(), Error> {
    let depths = DEEPER
        .iter()
        .map(|commits| Depth::Deeper(*commits))
        .chain([Depth::Whole]);
    for depth in depths {
        let Some(tip) = context.store.tip()? else { return Ok(()) };
        if context.store.is_complete()? || !context.store.merge_bases(tip, theirs)?.is_empty() {
            return Ok(());
        }
        fetch_to(context, remote, depth, None)?;
    }
    Ok(())
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
    Error::not_found(message).hint("git docket init")
}

fn overtaken(remote: &Remote, ahead: usize, moved: bool) -> Error {
    let why = match moved {
        true => format!(
            "others pushed to {} faster than this clone, {ATTEMPTS} times",
            remote.name
        ),
        false => format!("{} refuses a push that goes on from where it stands", remote.name),
    };
    let message = format!("{why}; {ahead} commits are here only, and nothing is lost");
    Error::new(ErrorKind::Unavailable, message).hint("git docket sync")
}

/// Up to twice as long each time, and never as long as whoever else has lost: who waits leaves room for those who do not.
fn pause(context: &Context, races: u32) {
    let random = context.source.mark();
    let random = random
        .bytes()
        .fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_003);
    let most = (25 << races.min(6)).min(PAUSE);
    std::thread::sleep(Duration::from_millis(random % most + 1));
}
