//! What commits changed, path by path.

use std::ops::Range;

use super::compare::{Comparison, Within};
use super::walk::{Commit, Walk, remember};
use super::{BlobId, CommitId, Error, Mode, Store, object, parallel};

/// Where the records are; nothing else is followed.
pub(super) const UNDER: &str = ".tracking";

/// Commits a thread compares at a time; neighbours share trees.
const CHUNK: usize = 256;

/// What stands at a path of a tree: anything but a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// What it holds.
    pub blob: BlobId,
    /// What it is.
    pub mode: Mode,
}

/// A path whose file a commit made different from that of each of its parents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathChange {
    /// From the root of the tree.
    pub path: Vec<u8>,
    /// What stood there, for each parent, in their order; empty where there is no parent.
    pub before: Vec<Option<File>>,
    /// What stands there now; nothing where the file was removed.
    pub after: Option<File>,
}

/// A path whose file differs between two trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeChange {
    /// From the root of the tree.
    pub path: Vec<u8>,
    /// What stands there in the first.
    pub before: Option<File>,
    /// What stands there in the second.
    pub after: Option<File>,
}

impl Store {
    /// Compares some commits of a walk, by their places in [`Walk::commits`], with their parents,
    /// on all cores: of each the paths below `.tracking/` where something else stands than in
    /// every parent, in order. Only directories that differ are entered, and no blob is read.
    ///
    /// Whether a file is executable makes no difference; whether it is a symbolic link does.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`] or [`Error::Corrupt`], of a tree or of a parent; [`Error::TooManyEntries`] where more than
    /// two million are different.
    pub fn compare(&self, walk: &Walk, range: Range<usize>) -> Result<Vec<Vec<PathChange>>, Error> {
        let commits = walk.commits().get(range).unwrap_or_default();
        self.compared(walk, commits, Within::Below(UNDER))
    }

    /// The same of all commits of a walk, and of the whole tree, whatever is in it.
    ///
    /// # Errors
    ///
    /// As [`Store::compare`].
    pub fn compare_everywhere(&self, walk: &Walk) -> Result<Vec<Vec<PathChange>>, Error> {
        self.compared(walk, walk.commits(), Within::Everywhere)
    }

    /// The same of one file alone; no directory is read but those it lies in.
    ///
    /// # Errors
    ///
    /// As [`Store::compare`].
    pub fn compare_file(&self, walk: &Walk, path: &[u8]) -> Result<Vec<Vec<PathChange>>, Error> {
        self.compared(walk, walk.commits(), Within::File(path))
    }

    fn compared(&self, walk: &Walk, commits: &[Commit], within: Within<'_>) -> Result<Vec<Vec<PathChange>>, Error> {
        let changes = parallel::map(&self.shared, remember, commits.len(), CHUNK, |repo, at| {
            let commit = &commits[at];
            let parents = commit.parents.iter().map(|parent| walk.tree(repo, *parent));
            let parents = parents.collect::<Result<Vec<_>, Error>>()?;
            changed(repo, within, commit.tree, &parents)
        });
        changes.into_iter().collect()
    }

    /// The paths below `.tracking/` where two commits, whatever is between them, have something
    /// else, in order; without the first, all that the second has. Only directories that differ
    /// are entered, and no blob is read.
    ///
    /// Whether a file is executable makes no difference; whether it is a symbolic link does.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::Corrupt`], [`Error::NotACommit`] or [`Error::TooManyEntries`].
    pub fn tree_changes(&self, from: Option<CommitId>, to: CommitId) -> Result<Vec<TreeChange>, Error> {
        let repo = self.repo_with_recent();
        let before = from.map(|from| object::tree_of(&repo, from.0)).transpose()?;
        let after = object::tree_of(&repo, to.0)?;
        let changes = changed(&repo, Within::Below(UNDER), after, before.as_slice())?;
        Ok(changes.into_iter().map(tree_change).collect())
    }

    /// The paths where two commits have something else, in the whole tree and in order. That a file is executable is a
    /// difference here.
    ///
    /// # Errors
    ///
    /// As [`Store::tree_changes`].
    pub fn differences(&self, from: CommitId, to: CommitId) -> Result<Vec<TreeChange>, Error> {
        let repo = self.repo_with_recent();
        let mut comparison = Comparison {
            repo: &repo,
            within: Within::Everywhere,
            exact: true,
            changed: Vec::new(),
            seen: 0,
        };
        comparison.add(object::tree_of(&repo, to.0)?, &[object::tree_of(&repo, from.0)?])?;
        let mut changes: Vec<_> = comparison.changed.into_iter().map(tree_change).collect();
        changes.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        Ok(changes)
    }
}

fn tree_change(change: PathChange) -> TreeChange {
    TreeChange {
        path: change.path,
        before: change.before.first().copied().flatten(),
        after: change.after,
    }
}

/// Where something else stands in a tree than in all the others, in the order of the paths.
fn changed(
    repo: &gix::Repository,
    within: Within<'_>,
    tree: gix::ObjectId,
    parents: &[gix::ObjectId],
) -> Result<Vec<PathChange>, Error> {
    let mut comparison = Comparison {
        repo,
        within,
        exact: false,
        changed: Vec::new(),
        seen: 0,
    };
    comparison.add(tree, parents)?;
    let mut changed = comparison.changed;
    changed.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    if parents.is_empty() {
        changed.iter_mut().for_each(|change| change.before.clear());
    }
    Ok(changed)
}
