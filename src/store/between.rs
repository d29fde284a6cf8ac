//! What one commit has and another one does not: where two lines of commits parted, and what came since.

use std::collections::HashMap;

use super::object::missing;
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
        let bases = repo.merge_bases_many(one.0, &[other.0]);
        let bases = bases.map_err(|source| why_not_walked(&repo, one, source))?;
        let mut bases: Vec<_> = bases.into_iter().map(|base| CommitId(base.detach())).collect();
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
        let walk = repo
            .rev_walk([tip.0])
            .with_hidden(without.map(|without| without.0))
            .all();
        let walk = walk.map_err(|source| why_not_walked(&repo, tip, source))?;
        let id = |found: Result<gix::revision::walk::Info<'_>, _>| {
            found
                .map(|found| CommitId(found.id))
                .map_err(|source| why_not_walked(&repo, tip, source))
        };
        walk.map(id).collect()
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

/// A walk that ends early has met a commit that is not there or cannot be read; which, its message says.
fn why_not_walked(repo: &gix::Repository, tip: CommitId, source: impl Into<gix::Error>) -> Error {
    match repo.try_find_header(tip.0) {
        Ok(None) => missing(repo, tip.0),
        _ => Error::Corrupt {
            id: tip.to_string(),
            source: source.into().into(),
        },
    }
}
