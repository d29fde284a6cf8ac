//! Commits one by one, in an order that every clone agrees on.

use std::collections::{BTreeSet, HashMap};

use gix::bstr::ByteSlice;
use gix::objs::Kind;

use super::mended::mended;
use super::packed::keep_bases;
use super::trailers::trailers;
use super::{CommitId, Error, Store, object};

/// The trailer that names the program, or the person, that made a commit.
const CLIENT: &str = "Docket-Client";

/// The trailer that names the operation a commit is the result of.
const OPERATION: &str = "Docket-Op";

/// The trailer that names the commit which another one takes back.
const UNDOES: &str = "Docket-Undoes";

/// How much each thread keeps of what it decoded, twice.
const CACHE_BYTES: usize = 32 << 20;

/// The last second of the year 9999. A date beyond counts as this, so that orders cannot overflow.
const LATEST: i64 = 253_402_300_799;

/// Commits that a tip reaches and that were not known before.
#[derive(Debug, Clone)]
pub struct Walk {
    /// Whether this clone has all commits there are. In a shallow clone it has not: then orders
    /// differ from those of other clones, and the commits at its end look like first ones.
    pub complete: bool,
    pub(super) commits: Vec<Commit>,
    pub(super) trees: HashMap<gix::ObjectId, gix::ObjectId>,
}

/// A commit, without what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: CommitId,
    /// Its parents; none where this clone ends, see `shallow`.
    pub parents: Vec<CommitId>,
    /// How many parents it says it has.
    pub parent_count: usize,
    /// Whether it has parents that this clone does not have.
    pub shallow: bool,
    /// When it was committed: seconds since 1970, UTC; 0 where it has no readable date.
    pub time: i64,
    /// Its time, or one more than the largest order of its parents, whichever is larger: always
    /// greater than that of every commit it reaches, whatever the clocks said. It follows from the
    /// commit alone, so it is the same in every complete clone, and for ever.
    pub order: i64,
    /// The author's name; bytes that are not UTF-8 are replaced.
    pub author: String,
    /// The author's e-mail address; bytes that are not UTF-8 are replaced.
    pub email: String,
    /// The value of its `Docket-Client` trailer.
    pub client: Option<String>,
    /// The value of its `Docket-Op` trailer.
    pub operation: Option<String>,
    /// The commit its `Docket-Undoes` trailer names, if that is the full name of one.
    pub undoes: Option<CommitId>,
    /// The first line of its message; bytes that are not UTF-8 are replaced.
    pub subject: String,
    pub(super) tree: gix::ObjectId,
}

impl Commit {
    /// Whether it has more than one parent.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.parent_count > 1
    }

    /// Who made it: the `Docket-Client` trailer, else the author.
    #[must_use]
    pub fn who(&self) -> &str {
        self.client.as_deref().unwrap_or(&self.author)
    }
}

impl Walk {
    /// The commits, the oldest first: by order, then by name. A commit always comes after those it
    /// reaches.
    #[must_use]
    pub fn commits(&self) -> &[Commit] {
        &self.commits
    }

    /// The root tree of a commit, of this walk or not.
    pub(super) fn tree(&self, repo: &gix::Repository, commit: CommitId) -> Result<gix::ObjectId, Error> {
        match self.trees.get(&commit.0) {
            Some(tree) => Ok(*tree),
            None => object::tree_of(repo, commit.0),
        }
    }
}

impl Store {
    /// Visits every commit that `tip` reaches, but for those that are known and what only they
    /// reach. `known` is asked once for each commit and returns the order of one that is known; to
    /// know none gives all commits.
    ///
    /// A commit counts as known only together with everything it reaches.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::Corrupt`] or [`Error::NotACommit`], and those of `known`.
    pub fn walk<E: From<Error>>(
        &self,
        tip: CommitId,
        mut known: impl FnMut(CommitId) -> Result<Option<i64>, E>,
    ) -> Result<Walk, E> {
        let mut repo = self.repo();
        remember(&mut repo);
        let boundary = boundary(&repo)?;
        let mut commits: HashMap<gix::ObjectId, Commit> = HashMap::new();
        let mut orders = HashMap::new();
        let mut next = vec![tip.0];
        while let Some(id) = next.pop() {
            if commits.contains_key(&id) || orders.contains_key(&id) {
                continue;
            }
            if let Some(order) = known(CommitId(id))? {
                orders.insert(id, order);
                continue;
            }
            let commit = read(&repo, id, boundary.contains(&id))?;
            next.extend(commit.parents.iter().map(|parent| parent.0));
            commits.insert(id, commit);
        }
        let trees = commits.iter().map(|(id, commit)| (*id, commit.tree)).collect();
        let mut commits = in_order(commits, orders);
        commits.sort_unstable_by_key(|commit| (commit.order, commit.id));
        Ok(Walk {
            complete: boundary.is_empty(),
            commits,
            trees,
        })
    }

    /// Whether this clone has the whole history: whether it is not shallow.
    ///
    /// # Errors
    ///
    /// Those of reading the list of the commits where it ends.
    pub fn is_complete(&self) -> Result<bool, Error> {
        Ok(boundary(&self.repo())?.is_empty())
    }

    /// These commits and no others, each with its order, as an earlier walk told it.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::Corrupt`] or [`Error::NotACommit`].
    pub fn walk_of(&self, commits: &[(CommitId, i64)]) -> Result<Walk, Error> {
        let mut repo = self.repo();
        remember(&mut repo);
        let boundary = boundary(&repo)?;
        let read = |(id, order): &(CommitId, i64)| {
            let commit = read(&repo, id.0, boundary.contains(&id.0))?;
            Ok(Commit {
                order: *order,
                ..commit
            })
        };
        let mut commits = commits.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
        commits.sort_unstable_by_key(|commit| (commit.order, commit.id));
        Ok(Walk {
            complete: boundary.is_empty(),
            trees: commits.iter().map(|commit| (commit.id.0, commit.tree)).collect(),
            commits,
        })
    }

    /// The values of the trailers of that name in a commit's message, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::Corrupt`] or [`Error::NotACommit`].
    pub fn trailers(&self, commit: CommitId, name: &str) -> Result<Vec<String>, Error> {
        let repo = self.repo();
        let object = object::find(&repo, commit.0, Kind::Commit)?.into_commit();
        let message = object.message_raw().map_err(Error::git("read a commit message"))?;
        let mut values = Vec::new();
        trailers(message, |token, value| {
            if token.eq_ignore_ascii_case(name.as_bytes()) {
                values.push(value);
            }
        });
        Ok(values)
    }

    /// Those of `commits` that `tip` does not reach, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`] or [`Error::Corrupt`], of a commit that `tip` reaches.
    pub fn unreached(&self, tip: CommitId, commits: &[CommitId]) -> Result<Vec<CommitId>, Error> {
        let reached = self.walk(tip, |_| Ok::<_, Error>(None))?;
        let unreached = commits.iter().filter(|commit| !reached.trees.contains_key(&commit.0));
        Ok(unreached.copied().collect())
    }
}

/// Neighbouring commits share most trees, and in a pack each is a difference of the next.
pub(super) fn remember(repo: &mut gix::Repository) {
    repo.object_cache_size(CACHE_BYTES);
    keep_bases(repo);
}

/// The commits where a shallow clone ends.
pub(super) fn boundary(repo: &gix::Repository) -> Result<BTreeSet<gix::ObjectId>, Error> {
    let shallow = repo.shallow_commits().map_err(Error::git("read the shallow file"))?;
    Ok(shallow.iter().flat_map(|list| list.iter().copied()).collect())
}

/// The commit itself; its order is not known yet.
pub(super) fn read(repo: &gix::Repository, id: gix::ObjectId, shallow: bool) -> Result<Commit, Error> {
    let corrupt = |source: gix::Error| Error::Corrupt {
        id: id.to_string(),
        source: source.into(),
    };
    let object = object::find(repo, id, Kind::Commit)?.into_commit();
    let whole;
    let commit = match object.decode() {
        Ok(commit) => commit,
        Err(source) => {
            whole = mended(&object.data).ok_or_else(|| corrupt(source))?;
            gix::objs::CommitRef::from_bytes(&whole, repo.object_hash()).map_err(corrupt)?
        }
    };
    let parents: Vec<_> = commit.parents().map(CommitId).collect();
    let parent_count = parents.len();
    let (mut client, mut operation, mut undoes) = (None, None, None);
    trailers(commit.message, |token, value| {
        let place = [
            (CLIENT, &mut client),
            (OPERATION, &mut operation),
            (UNDOES, &mut undoes),
        ];
        let place = place
            .into_iter()
            .find(|(name, _)| token.eq_ignore_ascii_case(name.as_bytes()));
        if let Some((_, place)) = place {
            place.get_or_insert(value);
        }
    });
    let subject = commit.message.lines().next().unwrap_or_default();
    let author = commit.author().ok();
    Ok(Commit {
        id: CommitId(id),
        parents: if shallow { Vec::new() } else { parents },
        parent_count,
        shallow: shallow && parent_count > 0,
        // A date no clock would show is no reason to withhold the commit.
        time: commit.time().map_or(0, |time| time.seconds),
        order: 0,
        author: author
            .as_ref()
            .map_or_else(String::new, |author| author.name.to_string()),
        email: author.map_or_else(String::new, |author| author.email.to_string()),
        client,
        operation,
        undoes: undoes.and_then(|text| text.parse().ok()),
        subject: subject.to_str_lossy().into_owned(),
        tree: commit.tree(),
    })
}

/// Gives each commit its order, parents first. `orders` has those of parents that are known.
pub(super) fn in_order(
    mut commits: HashMap<gix::ObjectId, Commit>,
    mut orders: HashMap<gix::ObjectId, i64>,
) -> Vec<Commit> {
    let mut children: HashMap<gix::ObjectId, Vec<gix::ObjectId>> = HashMap::new();
    let mut waiting: HashMap<gix::ObjectId, usize> = HashMap::new();
    for commit in commits.values() {
        let unknown = commit.parents.iter().filter(|parent| commits.contains_key(&parent.0));
        let count = unknown
            .map(|parent| children.entry(parent.0).or_default().push(commit.id.0))
            .count();
        waiting.insert(commit.id.0, count);
    }
    let mut ready: Vec<_> = waiting
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(id, _)| *id)
        .collect();
    let mut done = Vec::with_capacity(commits.len());
    while let Some(id) = ready.pop() {
        let Some(mut commit) = commits.remove(&id) else {
            continue;
        };
        let parents = commit.parents.iter().filter_map(|parent| orders.get(&parent.0));
        let after_parents = parents.max().map_or(0, |order| order + 1);
        commit.order = commit.time.clamp(0, LATEST).max(after_parents);
        orders.insert(id, commit.order);
        done.push(commit);
        for child in children.remove(&id).unwrap_or_default() {
            let Some(left) = waiting.get_mut(&child) else { continue };
            *left -= 1;
            if *left == 0 {
                ready.push(child);
            }
        }
    }
    done
}
