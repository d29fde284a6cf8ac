//! What became of each path.

use std::collections::{BTreeSet, BinaryHeap, HashMap};

use gix::bstr::ByteSlice;
use gix::objs::Kind;

use super::compare::Comparison;
use super::{CommitId, Error, Store, object, parallel};

/// Where the records are; nothing else is followed.
const UNDER: &str = ".tracking";

/// The trailer that names the program which made a commit.
const CLIENT: &str = "Docket-Client";

/// How much each thread keeps of what it decoded, twice.
const CACHE_BYTES: usize = 32 << 20;

/// Commits a thread compares at a time; neighbours share trees.
const CHUNK: usize = 256;

/// The changes of every path below `.tracking/` that a commit reaches.
#[derive(Debug, Clone)]
pub struct History {
    /// Whether all commits were there. In a shallow clone they are not, and the numbers are too small.
    pub complete: bool,
    changes: Vec<Change>,
    /// How many changes, and the newest and the oldest of them.
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

/// The history of one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathHistory<'h> {
    /// The number of commits in which the file differs from that of every parent: created,
    /// changed or removed. The same in every complete clone at the same tip.
    pub version: u64,
    /// The newest of them by committer time, a commit always before those it reaches.
    pub last: &'h Change,
    /// The oldest of them: the commit that created the file.
    pub first: &'h Change,
}

impl History {
    /// The history of the file at `path`, from the root of the tree; none when there never was one.
    #[must_use]
    pub fn get(&self, path: &[u8]) -> Option<PathHistory<'_>> {
        let (version, last, first) = *self.paths.get(path)?;
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

/// All commits of a walk.
type Nodes = HashMap<gix::ObjectId, Node>;

/// A commit as the walk needs it.
struct Node {
    parents: Vec<gix::ObjectId>,
    tree: gix::ObjectId,
    change: Change,
}

impl Store {
    /// Walks every commit that `tip` reaches and compares each with its parents, entering only
    /// directories that differ.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`] or [`Error::Corrupt`], of a commit or a tree; a blob is not read.
    pub fn history(&self, tip: CommitId) -> Result<History, Error> {
        let mut repo = self.repo();
        remember(&mut repo);
        let shallow = repo.shallow_commits().map_err(Error::git("read the shallow file"))?;
        let boundary: BTreeSet<_> = shallow.iter().flat_map(|list| list.iter().copied()).collect();
        let mut nodes = nodes(&repo, tip, &boundary)?;
        let order = newest_first(&nodes, tip.0);
        let found = parallel::map(&self.shared, remember, order.len(), CHUNK, |repo, at| {
            changed(repo, &nodes, order[at])
        });
        let mut history = History {
            complete: boundary.is_empty(),
            changes: Vec::new(),
            paths: HashMap::new(),
        };
        for (id, changed) in order.iter().zip(found) {
            let changed = changed?;
            let Some(node) = nodes.remove(id).filter(|_| !changed.is_empty()) else {
                continue;
            };
            for path in changed {
                let at = history.changes.len();
                let path = history.paths.entry(path).or_insert((0, at, at));
                (path.0, path.2) = (path.0 + 1, at);
            }
            history.changes.push(node.change);
        }
        Ok(history)
    }
}

impl Store {
    /// The values of the trailers of that name in a commit's message, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::Corrupt`] or [`Error::NotACommit`].
    pub fn trailers(&self, commit: CommitId, name: &str) -> Result<Vec<String>, Error> {
        let repo = self.repo();
        let object = object::find(&repo, commit.0, Kind::Commit)?.into_commit();
        let message = object.message_raw().map_err(Error::git("read a commit message"))?;
        Ok(trailers(message, name))
    }

    /// Those of `commits` that `tip` does not reach, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`] or [`Error::Corrupt`], of a commit that `tip` reaches.
    pub fn unreached(&self, tip: CommitId, commits: &[CommitId]) -> Result<Vec<CommitId>, Error> {
        let reached = nodes(&self.repo(), tip, &BTreeSet::new())?;
        Ok(commits
            .iter()
            .copied()
            .filter(|commit| !reached.contains_key(&commit.0))
            .collect())
    }
}

/// Neighbouring commits share most trees, and in a pack each is a difference of the next.
fn remember(repo: &mut gix::Repository) {
    repo.object_cache_size(CACHE_BYTES);
}

/// The files that a commit changed.
fn changed(repo: &gix::Repository, nodes: &Nodes, id: gix::ObjectId) -> Result<Vec<Vec<u8>>, Error> {
    let mut comparison = Comparison {
        repo,
        under: UNDER,
        changed: Vec::new(),
    };
    if let Some(node) = nodes.get(&id) {
        let parents = node.parents.iter().filter_map(|parent| nodes.get(parent));
        let parents: Vec<_> = parents.map(|parent| parent.tree).collect();
        comparison.add(node.tree, &parents)?;
    }
    Ok(comparison.changed)
}

/// Every commit that `tip` reaches.
fn nodes(repo: &gix::Repository, tip: CommitId, boundary: &BTreeSet<gix::ObjectId>) -> Result<Nodes, Error> {
    let mut nodes = HashMap::new();
    let mut next = vec![tip.0];
    while let Some(id) = next.pop() {
        if nodes.contains_key(&id) {
            continue;
        }
        let node = node(repo, id, boundary.contains(&id))?;
        next.extend(&node.parents);
        nodes.insert(id, node);
    }
    Ok(nodes)
}

fn node(repo: &gix::Repository, id: gix::ObjectId, boundary: bool) -> Result<Node, Error> {
    let corrupt = |source: gix::Error| Error::Corrupt {
        id: id.to_string(),
        source: source.into(),
    };
    let object = object::find(repo, id, Kind::Commit)?.into_commit();
    let commit = object.decode().map_err(corrupt)?;
    let author = commit
        .author()
        .map_or_else(|_| String::new(), |author| author.name.to_string());
    let change = Change {
        commit: CommitId(id),
        time: commit.time().map_or(0, |time| time.seconds),
        author,
        client: client(commit.message),
    };
    let parents = if boundary {
        Vec::new()
    } else {
        commit.parents().collect()
    };
    Ok(Node {
        parents,
        tree: commit.tree(),
        change,
    })
}

fn client(message: &[u8]) -> Option<String> {
    trailers(message, CLIENT).into_iter().next()
}

/// The values of the trailers of that name, in their order.
fn trailers(message: &[u8], name: &str) -> Vec<String> {
    let message = gix::objs::commit::MessageRef::from_bytes(message);
    let Some(body) = message.body() else { return Vec::new() };
    let named = body
        .trailers()
        .filter(|trailer| trailer.token.eq_ignore_ascii_case(name.as_bytes()));
    named.map(|trailer| trailer.value.to_str_lossy().into_owned()).collect()
}

/// A commit before its parents, and otherwise the later one first; of two at the same time the one
/// with the larger id, so that every clone has the same order.
fn newest_first(nodes: &Nodes, tip: gix::ObjectId) -> Vec<gix::ObjectId> {
    let mut children: HashMap<gix::ObjectId, usize> = HashMap::new();
    for parent in nodes.values().flat_map(|node| &node.parents) {
        *children.entry(*parent).or_default() += 1;
    }
    let mut ready = BinaryHeap::from([(i64::MAX, tip)]);
    let mut order = Vec::with_capacity(nodes.len());
    while let Some((_, id)) = ready.pop() {
        order.push(id);
        for parent in nodes.get(&id).into_iter().flat_map(|node| &node.parents) {
            let Some(left) = children.get_mut(parent) else {
                continue;
            };
            *left -= 1;
            if *left == 0 {
                ready.push((nodes.get(parent).map_or(0, |node| node.change.time), *parent));
            }
        }
    }
    order
}
