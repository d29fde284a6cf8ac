//! What one commit has and another one does not: where two lines of commits parted, and what came since.

use super::walk::boundary;
use super::{CommitId, Error, Store};

impl Store {
    /// The commit where two lines of commits parted: the best one that both reach, the first by name where there are
    /// several. None where they share no commit, or where this clone does not have it.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] where the commits cannot be read.
    pub fn merge_base(&self, one: CommitId, other: CommitId) -> Result<Option<CommitId>, Error> {
        const ACTION: &str = "find where two lines of commits parted";
        if one == other {
            return Ok(Some(one));
        }
        let repo = self.repo();
        let cache = repo.commit_graph_if_enabled().map_err(Error::git(ACTION))?;
        let mut graph = repo.revision_graph(cache.as_ref());
        let bases = repo.merge_bases_many_with_graph(one.0, &[other.0], &mut graph);
        let bases = bases.map_err(Error::git(ACTION))?;
        Ok(bases.into_iter().map(|id| CommitId(id.detach())).min())
    }

    /// The commits that `tip` reaches and `base` does not, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] where a commit cannot be read.
    pub fn commits_between(&self, base: CommitId, tip: CommitId) -> Result<Vec<CommitId>, Error> {
        const ACTION: &str = "walk the commits between";
        let repo = self.repo();
        let walk = repo.rev_walk([tip.0]).with_hidden([base.0]).all();
        let walk = walk.map_err(Error::git(ACTION))?;
        walk.map(|info| Ok(CommitId(info.map_err(Error::git(ACTION))?.id)))
            .collect()
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
