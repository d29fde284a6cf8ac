//! Proposals: changes on a branch of their own, to be reviewed and then landed on the tracking branch.
//!
//! A proposal is cut from the tracking ref, so hosts can show it as a pull request, and is landed as a sync merges: by
//! field, with nothing lost. One worktree at a time is directed to it; all the others go on with the tracking ref.

mod end;
mod land;
mod list;
mod push;
mod start;

use serde::Serialize;

pub use self::end::{DropResponse, LeaveResponse, drop_proposal, leave};
pub use self::land::{LandResponse, land};
pub use self::list::{ProposalView, ProposalsResponse, proposals};
pub use self::push::{ProposalPushResponse, push_proposal};
pub use self::start::{ProposeResponse, propose};
use super::deleted_branch::made_at;
use super::shell::quoted;
use super::sync::require_docket;
use super::{Context, Error, ErrorKind};
use crate::store::{self, CommitId, DEFAULT_REF, Proposal};

/// What stands behind the name of the tracking ref, before the name of a proposal: `tracking/NAME` could not exist
/// beside `tracking`.
const BEHIND: &str = "-proposals/";

/// Whether a ref is that of a proposal, whoever names it.
pub(super) fn is_proposal(reference: &str) -> bool {
    reference.contains(BEHIND)
}

/// What `git docket propose` takes for a command of its own.
const TAKEN: &[&str] = &["list", "push", "land", "drop", "leave", "help"];

/// The proposal that a worktree is directed to.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct OfWorktree {
    /// Its name.
    pub name: String,
    /// The branch it is to be landed on.
    pub tracking: String,
    /// How many of its commits that branch does not have.
    pub ahead: usize,
    /// How many commits of that branch it does not have.
    pub behind: usize,
}

impl Context {
    /// The name of the proposal that stands in the place of the tracking branch in this worktree.
    #[must_use]
    pub fn proposal_name(&self) -> Option<String> {
        self.store.proposal().map(name_of)
    }

    /// Whether what stands in the place of the tracking branch is a proposal, by whatever way it was named.
    pub(super) fn is_on_proposal(&self) -> bool {
        self.store.proposal().is_some() || self.store.tracking_ref().contains(BEHIND)
    }

    /// Whether this is the branch that the proposal of this worktree is to be landed on.
    pub(super) fn is_tracking_of_proposal(&self, branch: &str) -> bool {
        let proposal = self.store.proposal();
        proposal.is_some_and(|proposal| short(&proposal.tracking) == branch)
    }

    /// Refuses to go on where somebody deleted the branch that this worktree is directed to. To begin it anew without
    /// a word would hide that what was on it is gone.
    pub(super) fn require_proposal(&self) -> Result<(), Error> {
        let Some(proposal) = self.store.proposal() else {
            return Ok(());
        };
        if self.store.unchecked_tip()?.is_some() {
            return Ok(());
        }
        let (name, branch) = (name_of(proposal), short(&proposal.reference));
        let message = format!("this worktree is directed to the proposal {name}, whose branch {branch} is gone");
        Err(Error::not_found(message)
            .hint("git docket propose leave")
            .hint(format!("git docket propose {name}")))
    }
}

/// The proposal this worktree is directed to, and how far it is from what it is to be landed on.
pub(super) fn of_worktree(context: &Context) -> Result<Option<OfWorktree>, Error> {
    let Some(proposal) = context.store.proposal() else {
        return Ok(None);
    };
    // Also where only a report can be read.
    let tips = (
        context.store.tip().ok().flatten(),
        context.on(&proposal.tracking)?.store.tip().ok().flatten(),
    );
    let (ahead, behind) = apart(context, tips.0, tips.1).unwrap_or_default();
    Ok(Some(OfWorktree {
        name: name_of(proposal),
        tracking: short(&proposal.tracking).to_owned(),
        ahead,
        behind,
    }))
}

/// How many commits one has that the other has not, and the other way round.
fn apart(context: &Context, one: Option<CommitId>, other: Option<CommitId>) -> Result<(usize, usize), Error> {
    let count = |of: Option<CommitId>, without| -> Result<usize, Error> {
        let commits = of.map(|of| context.store.commits_between(without, of)).transpose()?;
        Ok(commits.map_or(0, |commits| commits.len()))
    };
    Ok((count(one, other)?, count(other, one)?))
}

/// The full name of the ref that proposals are cut from and landed on here.
pub(super) fn tracking(context: &Context) -> &str {
    match context.store.proposal() {
        Some(proposal) => &proposal.tracking,
        None => context.store.tracking_ref(),
    }
}

/// What the full names of all refs begin with that propose changes to a tracking ref.
pub(super) fn prefix(tracking: &str) -> String {
    format!("{tracking}{BEHIND}")
}

/// The commands that bring back a commit which the tracking branch does not have: landed as a proposal, it is merged
/// like any other. Of one that landing was refused before, the branch is there.
pub(super) fn rescue(context: &Context, commit: CommitId) -> String {
    let tracking = tracking(context);
    let name = format!("found-{}", commit.short());
    let reference = format!("{}{name}", prefix(tracking));
    let named = match tracking {
        DEFAULT_REF => String::new(),
        other => format!("--ref {} ", quoted(short(other))),
    };
    let land = format!("git docket {named}propose land {name}");
    let there = context
        .on(&reference)
        .and_then(|there| Ok(there.store.unchecked_tip()?));
    match there {
        Ok(Some(_)) => land,
        _ => format!("{} && {land}", made_at(&reference, commit)),
    }
}

fn name_of(proposal: &Proposal) -> String {
    let name = proposal.reference.strip_prefix(&prefix(&proposal.tracking));
    name.unwrap_or(&proposal.reference).to_owned()
}

/// What people call a ref.
fn short(reference: &str) -> &str {
    reference.strip_prefix("refs/heads/").unwrap_or(reference)
}

/// The proposal of that name; the name of its branch is taken, too.
fn named(context: &Context, name: &str) -> Result<Proposal, Error> {
    let tracking = tracking(context);
    let prefix = prefix(tracking);
    let name = [prefix.as_str(), short(&prefix)]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name);
    let refused = |reason: &str| {
        let message = format!("`{}` cannot be the name of a proposal: {reason}", name.escape_debug());
        Error::request(message)
    };
    if TAKEN.contains(&name) {
        return Err(refused("it is a command of `git docket propose`"));
    }
    if name.starts_with('-') {
        return Err(refused("it begins with a hyphen"));
    }
    match context.store.full_ref(&format!("{prefix}{name}")) {
        Ok(reference) => Ok(Proposal {
            reference,
            tracking: tracking.to_owned(),
        }),
        Err(store::Error::InvalidRef { reason, .. }) => Err(refused(&reason)),
        Err(error) => Err(error.into()),
    }
}

/// The proposal of that name, else the one this worktree is directed to.
fn chosen(context: &Context, name: Option<&str>) -> Result<Proposal, Error> {
    if let Some(name) = name {
        return named(context, name);
    }
    context.store.directed()?.ok_or_else(|| {
        Error::request("this worktree is directed to no proposal; say which one is meant").hint("git docket propose")
    })
}

/// Refuses a branch that is no docket, whatever it is called.
fn require_proposal(context: &Context, tip: CommitId, called: &str) -> Result<(), Error> {
    require_docket(context, tip, called).map_err(|error| match error.kind() {
        // What helps against a tracking branch of something else does not help here.
        ErrorKind::Denied => Error::denied(format!("{error}; choose another name")),
        _ => error,
    })
}

fn not_there(proposal: &Proposal) -> Error {
    let (name, branch) = (name_of(proposal), short(&proposal.reference));
    let message = format!("there is no proposal {name}: this repository has no branch {branch}");
    Error::not_found(message).hint("git docket propose")
}

/// Directs this worktree to where git config says, if it is directed to this proposal; says whether it was.
fn direct_back(context: &Context, proposal: &Proposal) -> Result<bool, Error> {
    let is_here = context.store.directed()?.as_ref() == Some(proposal);
    if is_here {
        context.store.direct(None)?;
    }
    Ok(is_here)
}

/// Directs this worktree back and deletes the branch, in this order: whoever is killed in between has a branch too many,
/// and no worktree that is directed to nothing. Where the branch stays, the worktree goes on with it. Says whether the
/// worktree was directed to it.
fn leave_and_delete<E>(
    context: &Context,
    proposal: &Proposal,
    delete: impl FnOnce() -> Result<(), E>,
) -> Result<Result<bool, E>, Error> {
    let left = direct_back(context, proposal)?;
    let deleted = delete();
    if left && deleted.is_err() {
        context.store.direct(Some(proposal))?;
    }
    Ok(deleted.map(|()| left))
}

/// Warns of worktrees that are still directed to a branch that is gone.
fn left_behind(context: &Context, proposal: &Proposal) -> Vec<String> {
    let worktrees = context.store.directed_worktrees(&proposal.reference).into_iter();
    let told = worktrees.map(|worktree| {
        let (worktree, name) = (worktree.display(), name_of(proposal));
        format!("{worktree} is still directed to the proposal {name}; there, git docket propose leave")
    });
    told.collect()
}
