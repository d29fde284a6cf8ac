//! Asking a remote, and trying again where others were in the way.

use std::time::Duration;

use super::ATTEMPTS;
use crate::ops::{Context, Error};
use crate::store::{CommitId, Depth, Pushed, Remote, Talk};

/// The longest pause before another attempt, in milliseconds.
const PAUSE: u64 = 1_500;

/// How many commits deeper a shallow clone is fetched, each time no common ancestor is found, before all of it is.
const DEEPER: &[u32] = &[100, 2_000];

/// The remote that is meant.
pub(in crate::ops) fn remote(context: &Context, named: Option<&str>) -> Result<Remote, Error> {
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
pub(super) fn fetched(
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

pub(super) fn pushed(
    context: &Context,
    remote: &Remote,
    tip: CommitId,
    patience: Option<Duration>,
) -> Result<Pushed, Error> {
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

/// Gets more of the past where a shallow clone does not have the common one.
pub(super) fn deepen(context: &Context, remote: &Remote, theirs: CommitId) -> Result<(), Error> {
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

/// Up to twice as long each time, and never as long as whoever else has lost: who waits leaves room for those who do not.
pub(super) fn pause(context: &Context, races: u32) {
    let random = context.source.mark();
    let random = random
        .bytes()
        .fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_003);
    let most = (25 << races.min(6)).min(PAUSE);
    std::thread::sleep(Duration::from_millis(random % most + 1));
}
