//! Links from work items to commits of the code: made by hand, by the trailers of commits, and moved on when commits
//! are rewritten.

mod follow;
mod message;
mod names;
mod rewrite;
mod whose;

use super::draft::Draft;
use super::{Context, Error};
use crate::record::id::CommitHash;
use crate::record::value::{Actor, Time};
use crate::record::{CommitLink, Fields, Record, RecordId, RecordPath, WorkItem};

pub use self::follow::{after_commit, after_merge};
pub use self::message::{Checked, check_message, prepare_message};
pub use self::rewrite::{Rewrite, after_rewrite};

/// Links a commit of the code, by any name git knows, unless it is linked already.
pub(super) fn by_hand(
    context: &Context,
    draft: &mut Draft<'_>,
    item: &WorkItem,
    revision: &str,
    by: Option<&str>,
) -> Result<(), Error> {
    let commit = hash(&context.store.resolve(revision)?.to_string())?;
    let by = context.named_or_actor(by)?;
    put_new(draft, link(item.id, commit, context.source.second(), by)).map(drop)
}

fn hash(commit: &str) -> Result<CommitHash, Error> {
    commit.parse().map_err(|error| Error::request(format!("{error}")))
}

/// A link of which only this is known.
fn link(work_item: RecordId, commit: CommitHash, linked_at: Time, linked_by: Actor) -> CommitLink {
    CommitLink {
        work_item,
        commit,
        branch_name: None,
        pr_number: None,
        linked_at,
        linked_by,
        replaces: None,
        retracted: None,
        unknown: Default::default(),
    }
}

/// Puts a link in its place, unless one is there; says whether it did.
fn put_new(draft: &mut Draft<'_>, link: CommitLink) -> Result<bool, Error> {
    if draft
        .get(&RecordPath::commit_link(link.work_item, link.commit.clone()))?
        .is_some()
    {
        return Ok(false);
    }
    put(draft, link)?;
    Ok(true)
}

/// Puts a link in its place, whatever is there.
fn put(draft: &mut Draft<'_>, link: CommitLink) -> Result<(), Error> {
    let record = Record::new(Fields::CommitLink(Box::new(link)), "");
    draft.put(record, Vec::new()).map(drop)
}
