//! Links that move on when commits are amended or rebased.

use std::collections::{BTreeMap, BTreeSet};

use super::follow::{Linking, brought, is_worth_it, of_commit, written};
use super::names::{find, named};
use super::put;
use crate::ops::draft::Draft;
use crate::ops::read::Reading;
use crate::ops::{Context, Error};
use crate::record::common::Retraction;
use crate::record::id::CommitHash;
use crate::record::path::{Identity, ROOT};
use crate::record::value::Prose;
use crate::record::{CommitLink, Fields, Kind, Record, RecordId, RecordPath};
use crate::store::{CodeCommit, CommitId};

/// What rewrote commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewrite {
    /// `git commit --amend`.
    Amend,
    /// `git rebase`.
    Rebase,
}

/// A commit and what became of it.
struct Pair {
    old: CommitHash,
    new: CodeCommit,
}

/// Moves links on to what commits were rewritten into: `pairs` has the old and the new commit on each line. The
/// trailers of the new ones are followed as after a commit, and after a rebase those of the commits it was put on.
///
/// Of several commits that became one, the first is replaced by it, and the links of the others are taken back.
pub fn after_rewrite(context: &Context, rewrite: Rewrite, pairs: &str) -> Result<Vec<String>, Error> {
    // An amend in the middle of a rebase is among what the rebase reports at its end.
    if !is_worth_it(context)? || rewrite == Rewrite::Amend && context.store.is_rebasing() {
        return Ok(Vec::new());
    }
    let pairs = read(context, pairs);
    let (branch, brought) = match rewrite {
        Rewrite::Amend => (context.store.branch()?, Vec::new()),
        // Also commits that were made while it had stopped.
        Rewrite::Rebase => (None, brought(context)?),
    };
    if pairs.is_empty() && brought.is_empty() {
        return Ok(Vec::new());
    }
    written(context, |linking| {
        let moved = move_links(linking, &pairs)?;
        let (none, mut seen) = (BTreeMap::new(), BTreeSet::new());
        let commits = pairs.iter().map(|pair| &pair.new).chain(&brought);
        for commit in commits.filter(|commit| seen.insert(commit.id)) {
            linking.follow(commit, branch.as_deref(), moved.get(&commit.id).unwrap_or(&none))?;
        }
        Ok(())
    })
}

/// The pairs of standard input; what is none, or whose new commit cannot be read, is left out.
fn read(context: &Context, pairs: &str) -> Vec<Pair> {
    let pair = |line: &str| {
        let (old, rest) = line.split_once(' ')?;
        let new: CommitId = rest.split(' ').next()?.parse().ok()?;
        let new = context.store.code_commit(new).ok()?;
        (old != new.id.to_string()).then_some(Pair {
            old: old.parse().ok()?,
            new,
        })
    };
    pairs.lines().filter_map(pair).collect()
}

/// Moves the links of all pairs. Returns, for each new commit, the items whose link came to it, and whether the old
/// commit closed them.
fn move_links(
    linking: &mut Linking<'_, '_>,
    pairs: &[Pair],
) -> Result<BTreeMap<CommitId, BTreeMap<RecordId, bool>>, Error> {
    let olds = pairs.iter().map(|pair| &pair.old).collect();
    let links = links_of(linking.draft.reading, &olds)?;
    let mut moved: BTreeMap<CommitId, BTreeMap<RecordId, bool>> = BTreeMap::new();
    for pair in pairs {
        let Some(items) = links.get(&pair.old) else { continue };
        let closed = closed_by(linking, &pair.old)?;
        for item in items {
            if move_link(linking.draft, *item, pair)? {
                // What cannot be read any more may have closed anything.
                let closed = closed.as_ref().is_none_or(|closed| closed.contains(item));
                *moved.entry(pair.new.id).or_default().entry(*item).or_default() |= closed;
            }
        }
    }
    Ok(moved)
}

/// The items to which these commits are linked, from the names of the files alone.
fn links_of(reading: &Reading, commits: &BTreeSet<&CommitHash>) -> Result<BTreeMap<CommitHash, Vec<RecordId>>, Error> {
    let mut links: BTreeMap<CommitHash, Vec<RecordId>> = BTreeMap::new();
    let directory = format!("{ROOT}/{}", Kind::CommitLink.directory());
    for entry in reading.snapshot.entries(&directory)? {
        let path = std::str::from_utf8(&entry.path).ok().and_then(RecordPath::of);
        if let Some(Identity::CommitLink { work_item, commit }) = path.as_ref().map(RecordPath::identity)
            && commits.contains(commit)
        {
            links.entry(commit.clone()).or_default().push(*work_item);
        }
    }
    Ok(links)
}

/// The items a commit closes; nothing where it is not there any more.
fn closed_by(linking: &mut Linking<'_, '_>, commit: &CommitHash) -> Result<Option<BTreeSet<RecordId>>, Error> {
    let id: Option<CommitId> = commit.as_str().parse().ok();
    let Some(commit) = id.and_then(|id| linking.context.store.code_commit(id).ok()) else {
        return Ok(None);
    };
    let mut closed = BTreeSet::new();
    for named in named(&commit.trailers).iter().filter(|named| named.closes) {
        closed.extend(find(linking.draft, &named.name)?.map(|item| item.id));
    }
    Ok(Some(closed))
}

/// Moves the link of an item from an old commit to the new one; says whether the new one got it thereby.
fn move_link(draft: &mut Draft<'_>, item: RecordId, pair: &Pair) -> Result<bool, Error> {
    let Some(old) = link_at(draft, item, &pair.old)?.filter(|link| link.retracted.is_none()) else {
        return Ok(false);
    };
    let mut new = of_commit(&pair.new, item, None)?;
    let Some(there) = link_at(draft, item, &new.commit)? else {
        new.branch_name.clone_from(&old.branch_name);
        new.pr_number = old.pr_number;
        new.replaces = Some(pair.old.clone());
        put(draft, new)?;
        return Ok(true);
    };
    let replaces = Some(pair.old.clone());
    let is_back = there.replaces != replaces && comes_of(draft, item, &old, &there.commit)?;
    let is_taken = there.replaces.is_some() && there.replaces != replaces && there.retracted.is_none();
    if is_back || is_taken {
        // Rewritten back into what it had been, or squashed into a commit that replaces another already.
        let reason = Prose::new(format!("rewritten into {}", there.commit.as_str())).ok();
        let retracted = Some(Retraction {
            at: new.linked_at,
            by: new.linked_by,
            reason,
            unknown: Default::default(),
        });
        put(draft, CommitLink { retracted, ..old })?;
    }
    let there = CommitLink {
        replaces: if is_back || is_taken { there.replaces } else { replaces },
        retracted: None,
        ..there
    };
    put(draft, there)?;
    Ok(false)
}

/// Whether a link replaces one of this commit, over however many others.
fn comes_of(draft: &mut Draft<'_>, item: RecordId, link: &CommitLink, commit: &CommitHash) -> Result<bool, Error> {
    let mut seen = BTreeSet::new();
    let mut next = link.replaces.clone();
    while let Some(replaced) = next {
        if replaced == *commit {
            return Ok(true);
        }
        next = match seen.insert(replaced.clone()) {
            true => link_at(draft, item, &replaced)?.and_then(|link| link.replaces),
            false => None,
        };
    }
    Ok(false)
}

fn link_at(draft: &mut Draft<'_>, item: RecordId, commit: &CommitHash) -> Result<Option<CommitLink>, Error> {
    let record = draft.get(&RecordPath::commit_link(item, commit.clone()))?;
    Ok(match record {
        Some(Record {
            fields: Fields::CommitLink(link),
            ..
        }) => Some((**link).clone()),
        _ => None,
    })
}
