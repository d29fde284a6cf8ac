//! What became of each path.

use std::collections::HashMap;

use super::{CommitId, Error, Store};

/// How many commits are compared before what they changed is counted.
const BATCH: usize = 8_192;

/// The changes of every path below `.tracking/` that a commit reaches.
#[derive(Debug, Clone)]
pub struct History {
    /// Whether all commits were there. In a shallow clone they are not, and the numbers are too small.
    pub complete: bool,
    changes: Vec<Change>,
    /// How many changes, and the oldest and the newest of them.
    paths: HashMap<Vec<u8>, (u64, usize, usize)>,
}

/// A commit that changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The commit.
    pub commit: CommitId,
    /// When it was committed: seconds since 1970, UTC; 0 where it has no readable date.
    pub time: i64,
    /// The author's name; bytes that are not UTF-8 are replaced.
    pub author: String,
    /// The value of its `Docket-Client` trailer.
    pub client: Option<String>,
}

impl Change {
    /// Who made it: the `Docket-Client` trailer, else the author.
    #[must_use]
    pub fn who(&self) -> &str {
        self.client.as_deref().unwrap_or(&self.author)
    }
}

/// The history of one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathHistory<'h> {
    /// The number of commits in which the file differs from that of every parent: created,
    /// changed or removed. The same in every complete clone at the same tip.
    pub version: u64,
    /// The newest of them, by [`Commit::order`](super::Commit::order), then by name.
    pub last: &'h Change,
    /// The oldest of them: the commit that created the file.
    pub first: &'h Change,
}

impl History {
    /// The history of the file at `path`, from the root of the tree; none when there never was one.
    #[must_use]
    pub fn get(&self, path: &[u8]) -> Option<PathHistory<'_>> {
        let (version, first, last) = *self.paths.get(path)?;
        Some(PathHistory {
            version,
            last: self.changes.get(last)?,
            first: self.changes.get(first)?,
        })
    }

    /// All paths there ever were, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], PathHistory<'_>)> {
        self.paths
            .keys()
            .filter_map(|path| Some((path.as_slice(), self.get(path)?)))
    }
}

impl Store {
    /// Walks every commit that `tip` reaches and compares each with its parents, entering only
    /// directories that differ.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`] or [`Error::Corrupt`], of a commit or a tree; a blob is not read.
    pub fn history(&self, tip: CommitId) -> Result<History, Error> {
        let walk = self.walk(tip, |_| Ok::<_, Error>(None))?;
        let mut history = History {
            complete: walk.complete,
            changes: Vec::new(),
            paths: HashMap::new(),
        };
        let count = walk.commits().len();
        for start in (0..count).step_by(BATCH) {
            let range = start..count.min(start + BATCH);
            let found = self.compare(&walk, range.clone())?;
            for (commit, changed) in walk.commits()[range].iter().zip(found) {
                if changed.is_empty() {
                    continue;
                }
                let at = history.changes.len();
                for change in changed {
                    let path = history.paths.entry(change.path).or_insert((0, at, at));
                    (path.0, path.2) = (path.0 + 1, at);
                }
                history.changes.push(Change {
                    commit: commit.id,
                    time: commit.time,
                    author: commit.author.clone(),
                    client: commit.client.clone(),
                });
            }
        }
        Ok(history)
    }
}
