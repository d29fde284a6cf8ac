//! What one commit has and another one does not: where two lines of commits parted, and what came since.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::object::not_foreign;
use super::walk::{boundary, in_order, read, remember};
use super::{CommitId, Error, Store, Walk};

impl Store {
    /// The best common ancestors of two commits, in the order of their names: none where they have no commit in
    /// common, or this clone does not have it; several where they were merged crosswise.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`] or [`Error::Corrupt`].
    pub fn merge_bases(&self, one: CommitId, other: CommitId) -> Result<Vec<CommitId>, Error> {
        if one == other {
            return Ok(vec![one]);
        }
        let mut repo = self.repo();
        remember(&mut repo);
        not_foreign(&repo, [one.0, other.0])?;
        let mut bases: Vec<_> = match repo.merge_bases_many(one.0, &[other.0]) {
            Ok(bases) => bases.into_iter().map(|base| CommitId(base.detach())).collect(),
            Err(_) => patient_bases(&repo, one, other)?,
        };
        bases.sort_unstable();
        Ok(bases)
    }

    /// Whether `to` is the commit or reaches it.
    ///
    /// # Errors
    ///
    /// As [`Store::merge_bases`].
    pub fn leads_to(&self, commit: CommitId, to: CommitId) -> Result<bool, Error> {
        Ok(self.merge_bases(commit, to)?.contains(&commit))
    }

    /// The commits that `tip` reaches and `without` does not, in no order.
    ///
    /// # Errors
    ///
    /// As [`Store::merge_bases`].
    pub fn commits_between(&self, without: Option<CommitId>, tip: CommitId) -> Result<Vec<CommitId>, Error> {
        let mut repo = self.repo();
        remember(&mut repo);
        not_foreign(&repo, without.iter().chain([&tip]).map(|commit| commit.0))?;
        let walk = repo
            .rev_walk([tip.0])
            .with_hidden(without.map(|without| without.0))
            .all();
        let walked = walk.and_then(|walk| {
            let ids = walk.map(|found| Ok::<_, gix::Error>(CommitId(found?.id)));
            ids.collect::<Result<Vec<_>, _>>()
        });
        walked.or_else(|_| patient_between(&repo, without, tip))
    }

    /// The same as a walk. The orders count from where the two parted, so they compare with each other only.
    ///
    /// # Errors
    ///
    /// As [`Store::merge_bases`].
    pub fn walk_between(&self, without: CommitId, tip: CommitId) -> Result<Walk, Error> {
        let mut repo = self.repo();
        remember(&mut repo);
        let boundary = boundary(&repo)?;
        let mut commits = HashMap::new();
        for CommitId(id) in self.commits_between(Some(without), tip)? {
            commits.insert(id, read(&repo, id, boundary.contains(&id))?);
        }
        let trees = commits.iter().map(|(id, commit)| (*id, commit.tree)).collect();
        let mut commits = in_order(commits, HashMap::new());
        commits.sort_unstable_by_key(|commit| (commit.order, commit.id));
        Ok(Walk {
            complete: boundary.is_empty(),
            commits,
            trees,
        })
    }

    /// Whether a commit is one where this clone ends.
    ///
    /// # Errors
    ///
    /// Those of reading the list of such commits.
    pub fn is_boundary(&self, commit: CommitId) -> Result<bool, Error> {
        Ok(boundary(&self.repo())?.contains(&commit.0))
    }
}

/// The commits that one reaches, itself too, with their parents: slower than the library, which reads no more of a commit
/// than it needs and gives up at one whose author or date it cannot read.
fn reached(repo: &gix::Repository, tip: CommitId) -> Result<HashMap<CommitId, Vec<CommitId>>, Error> {
    let boundary = boundary(repo)?;
    let mut reached = HashMap::new();
    let mut next = vec![tip];
    while let Some(id) = next.pop() {
        if let Entry::Vacant(new) = reached.entry(id) {
            let commit = read(repo, id.0, boundary.contains(&id.0))?;
            next.extend(&commit.parents);
            new.insert(commit.parents);
        }
    }
    Ok(reached)
}

/// Of what both reach, that which nothing else of it goes on from.
fn patient_bases(repo: &gix::Repository, one: CommitId, other: CommitId) -> Result<Vec<CommitId>, Error> {
    let (ours, theirs) = (reached(repo, one)?, reached(repo, other)?);
    let common: HashMap<_, _> = ours.iter().filter(|(id, _)| theirs.contains_key(id)).collect();
    let gone_on_from: HashSet<_> = common.values().flat_map(|parents| parents.iter()).collect();
    let bases = common.keys().filter(|id| !gone_on_from.contains(*id));
    Ok(bases.map(|id| **id).collect())
}

fn patient_between(repo: &gix::Repository, without: Option<CommitId>, tip: CommitId) -> Result<Vec<CommitId>, Error> {
    let hidden = without.map_or_else(|| Ok(HashMap::new()), |without| reached(repo, without))?;
    let reached = reached(repo, tip)?;
    Ok(reached.into_keys().filter(|id| !hidden.contains_key(id)).collect())
}
