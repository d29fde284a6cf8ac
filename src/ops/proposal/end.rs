//! Leaving a proposal, and dropping one.

use serde::Serialize;

use super::{apart, leave_and_delete, left_behind, name_of, named, not_there, short};
use crate::ops::read::Meta;
use crate::ops::{Context, Error};

/// Where the writes of this worktree go again.
#[derive(Clone, Debug, Serialize)]
pub struct LeaveResponse {
    /// The proposal that was left; null where this worktree was directed to none.
    pub name: Option<String>,
    /// Whether its branch is still there.
    pub stays: bool,
    /// The full name of the ref that is read and written now.
    #[serde(rename = "ref")]
    pub reference: String,
    /// What somebody may want to know.
    pub warnings: Vec<String>,
}

/// Directs this worktree back to where git config says. The proposal stays as it is.
///
/// # Errors
///
/// `denied` where the file that directs it cannot be removed.
pub fn leave(context: &Context) -> Result<LeaveResponse, Error> {
    // A file that names no proposal is just what somebody wants to be rid of.
    let left = context.store.directed().ok().flatten();
    let stays = match &left {
        Some(left) => context.on(&left.reference)?.store.unchecked_tip()?.is_some(),
        None => false,
    };
    context.store.direct(None)?;
    Ok(LeaveResponse {
        stays,
        name: left.as_ref().map(name_of),
        reference: left.map_or_else(|| context.store.tracking_ref().to_owned(), |left| left.tracking),
        warnings: Vec::new(),
    })
}

/// A proposal that is no more.
#[derive(Clone, Debug, Serialize)]
pub struct DropResponse {
    /// Its name.
    pub name: String,
    /// The commit it stood at.
    pub commit: String,
    /// How many of its commits the tracking branch does not have.
    pub unmerged: usize,
    /// What brings it back, as long as git keeps the commit.
    pub brought_back_by: String,
    /// Whether this worktree was directed to it, and is directed to the tracking branch now.
    pub left: bool,
    /// What every answer carries: the tip of the tracking branch.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Deletes the branch of a proposal here, and directs this worktree back. What a remote has of it stays there.
///
/// # Errors
///
/// `not_found` where there is no such branch; `denied` where it has commits that the tracking branch does not have,
/// unless `force`, and where it is checked out.
pub fn drop_proposal(context: &Context, name: &str, force: bool) -> Result<DropResponse, Error> {
    let proposal = named(context, name)?;
    let there = context.on(&proposal.reference)?;
    let reading = context.on(&proposal.tracking)?.read()?;
    let lock = there.lock()?;
    let tip = there.store.tip()?.ok_or_else(|| not_there(&proposal))?;
    let (unmerged, _) = apart(context, Some(tip), Some(reading.commit()))?;
    let name = name_of(&proposal);
    if unmerged > 0 && !force {
        let (commits, tracking) = (commits(unmerged), short(&proposal.tracking));
        let message = format!(
            "{commits} of the proposal {name} would be lost: {tracking} does not have them; --force drops them"
        );
        return Err(Error::denied(message)
            .hint(format!("git log --oneline {tracking}..{}", short(&proposal.reference)))
            .hint(format!("git docket propose land {name}")));
    }
    let left = leave_and_delete(context, &proposal, || there.store.delete_ref(&lock, tip))??;
    drop(lock);
    there.remove_index();
    let mut meta = reading.meta();
    meta.warnings.extend(left_behind(context, &proposal));
    Ok(DropResponse {
        name,
        commit: tip.to_string(),
        unmerged,
        // Neither of them moves what somebody made there meanwhile.
        brought_back_by: match proposal.reference.strip_prefix("refs/heads/") {
            Some(branch) => format!("git branch {branch} {tip}"),
            None => format!("git update-ref {} {tip} ''", proposal.reference),
        },
        left,
        meta,
    })
}

fn commits(count: usize) -> String {
    match count {
        1 => "1 commit".to_owned(),
        count => format!("{count} commits"),
    }
}
