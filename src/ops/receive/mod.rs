//! A push to this repository: what it would make of the docket, before git takes it, and the index after.
//!
//! Only the tracking ref and proposals to it are looked at; every other ref is nobody's business here.

mod check;
mod files;

use std::io::BufRead;
use std::time::{Duration, Instant};

pub(super) use self::check::ALLOW_REWIND;
use self::check::{Check, Verdict};
use super::database::sync_published;
use super::freshen::Stale;
use super::{Context, Error, proposal};
use crate::store::CommitId;

/// No line of git's is longer: a ref's name fits into one packet of its protocol.
const LINE_BYTES: u64 = 1 << 17;

/// One ref of a push that is guarded: the tracking ref, or a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefUpdate {
    /// Its full name; bytes that are not UTF-8 are replaced.
    pub name: String,
    /// The commit it names; none where it is to be created.
    pub old: Option<CommitId>,
    /// The commit it is to name; none where it is to be deleted.
    pub new: Option<CommitId>,
    /// Whether it is a proposal, and not the tracking ref itself.
    pub is_proposal: bool,
}

/// What is to be said about a push.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushChecked {
    /// What whoever pushes should know, each on one line.
    pub told: Vec<String>,
    /// Whether git must not take the push.
    pub refused: bool,
}

/// The updates of guarded refs, of all those that git gives a hook: a line `OLD NEW REF` for each.
///
/// # Errors
///
/// `invalid` where a line is something else, or cannot be read.
pub fn guarded_updates(context: &Context, mut lines: impl BufRead) -> Result<Vec<RefUpdate>, Error> {
    let mut updates = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = std::io::Read::take(&mut lines, LINE_BYTES).read_until(b'\n', &mut line);
        read.map_err(|error| Error::request(format!("standard input cannot be read: {error}")))?;
        if line.is_empty() {
            return Ok(updates);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches('\n');
        if !text.is_empty() {
            updates.extend(guarded(context, text)?);
        }
    }
}

fn guarded(context: &Context, line: &str) -> Result<Option<RefUpdate>, Error> {
    let wrong = || Error::request("git gives a line `OLD NEW REF` for each ref of a push");
    let mut words = line.splitn(3, ' ');
    let (Some(old), Some(new), Some(name)) = (words.next(), words.next(), words.next()) else {
        return Err(wrong());
    };
    let is_proposal = name.starts_with(&proposal::prefix(context.store.tracking_ref()));
    if name != context.store.tracking_ref() && !is_proposal {
        return Ok(None);
    }
    let commit = |text: &str| match text.bytes().all(|byte| byte == b'0') {
        true => Ok(None),
        false => text.parse().map(Some).map_err(|_| wrong()),
    };
    Ok(Some(RefUpdate {
        name: name.to_owned(),
        old: commit(old)?,
        new: commit(new)?,
        is_proposal,
    }))
}

/// Looks at what a push would make of the docket, in a hook that git runs before it takes the push.
///
/// Refused is what would lose records or put there what is none. What cannot be looked at, for whatever reason or within
/// this time, is not refused; that it was not checked is told.
pub fn check_push(context: &Context, updates: &[RefUpdate], patience: Duration) -> PushChecked {
    let mut check = Check::new(context, Instant::now() + patience);
    let mut checked = PushChecked::default();
    for update in updates {
        match check.update(update) {
            Ok(Verdict::Taken) => {}
            Ok(Verdict::Refused) => checked.refused = true,
            Err(error) => {
                let name = &update.name;
                let causes = error.causes();
                let reasons: Vec<_> = std::iter::once(error.to_string()).chain(causes).collect();
                check
                    .told
                    .push(format!("{name} is NOT CHECKED: {}", reasons.join(": ")));
            }
        }
    }
    checked.told = check.told;
    if checked.refused {
        checked
            .told
            .push("nothing of this push was taken, nor of what it brings to other branches".to_owned());
    }
    checked
}

/// Brings the indexes, that in a database too, to where the tracking ref stands now, if a push has moved it. Nothing where the index is turned off,
/// or the ref holds no docket.
///
/// # Errors
///
/// `unavailable` where the index cannot be written; those of reading the docket.
pub fn index_push(context: &Context, updates: &[RefUpdate]) -> Result<(), Error> {
    let moved = |update: &RefUpdate| !update.is_proposal && update.new.is_some();
    if !context.uses_index || !updates.iter().any(moved) {
        return Ok(());
    }
    let Some(tip) = context.store.tip()? else { return Ok(()) };
    if context.store.snapshot(tip)?.format()?.is_none() {
        return Ok(());
    }
    match context.fresh_index(tip) {
        Ok((index, _)) => context.keep_index(index),
        // Another push has brought it further.
        Err(Stale::Index(crate::index::Error::Moved)) => {}
        Err(stale) => return Err(stale.into_error()),
    }
    // Whoever pushes has published it here, whatever remotes the server has.
    match context.named_database() {
        Some(named) => sync_published(context, &named, tip).map(drop),
        None => Ok(()),
    }
}
