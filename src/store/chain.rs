//! Chains of commits that another program keeps its records in, a ref for each. Nothing is written there.

use std::collections::HashSet;
use std::path::Path;

use gix::objs::{Kind, TreeRefIter};
use gix::refs::Target;

use super::{BlobId, CommitId, DEFAULT_REF, Entry, Error, Mode, Store, object};

/// No honest commit is larger, and no honest tree of a commit that holds one record.
const OBJECT_BYTES: u64 = 4 << 20;

/// No honest tree of a commit that holds one record has more entries: git-bug's have about five.
const ENTRIES: usize = 256;

/// A ref and the commit it names.
#[derive(Debug)]
pub struct NamedCommit {
    /// The full name of the ref.
    pub reference: String,
    /// The commit, if it names one itself; whether that is there was not looked at.
    pub commit: Result<CommitId, Error>,
}

/// A commit of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub id: CommitId,
    /// Its parents.
    pub parents: Vec<CommitId>,
    /// What stands at the root of its tree; directories are listed, not entered.
    pub entries: Vec<Entry>,
}

impl Store {
    /// Opens a repository only to read what another program keeps there: the one `dir` is in, whatever the environment
    /// and its own settings say of tracking refs.
    ///
    /// # Errors
    ///
    /// Those of [`Store::open`].
    pub fn open_other(dir: &Path) -> Result<Self, Error> {
        Self::open_at(dir, Some(DEFAULT_REF))
    }

    /// The refs below a prefix such as `refs/bugs/`, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] when the refs cannot be listed. One that is broken or symbolic is among them.
    pub fn refs_below(&self, prefix: &str) -> Result<Vec<NamedCommit>, Error> {
        let named = |(reference, target): (String, Target)| {
            let commit = match target {
                Target::Object(id) => Ok(CommitId(id)),
                Target::Symbolic(target) => Err(Error::SymbolicRef {
                    reference: reference.clone(),
                    target: target.to_string(),
                }),
            };
            NamedCommit { reference, commit }
        };
        Ok(self.list_refs(prefix)?.into_iter().map(named).collect())
    }

    /// A commit of a chain, without its history.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::NotACommit`] or [`Error::Corrupt`]; the last one also for a commit or a tree
    /// that is larger than any honest one, which is then not read.
    pub fn link(&self, commit: CommitId) -> Result<Link, Error> {
        read(&self.repo(), commit)
    }

    /// All commits that `tip` reaches, the nearest first.
    ///
    /// # Errors
    ///
    /// Those of [`Store::link`], and [`Error::TooManyCommits`] above `limit`.
    pub fn chain(&self, tip: CommitId, limit: usize) -> Result<Vec<Link>, Error> {
        let repo = self.repo();
        let mut seen = HashSet::from([tip]);
        let mut chain = Vec::new();
        let mut next = vec![tip];
        while !next.is_empty() {
            if seen.len() > limit {
                return Err(Error::TooManyCommits { tip, limit });
            }
            let mut parents = Vec::new();
            for id in next {
                let link = read(&repo, id)?;
                parents.extend(link.parents.iter().copied().filter(|parent| seen.insert(*parent)));
                chain.push(link);
            }
            next = parents;
        }
        Ok(chain)
    }

    /// The content of a blob, of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] without reading it, [`Error::MissingObject`] or [`Error::Corrupt`].
    pub fn blob(&self, id: BlobId, limit: u64) -> Result<Vec<u8>, Error> {
        object::blob(&self.repo(), id.0, limit)
    }
}

fn read(repo: &gix::Repository, id: CommitId) -> Result<Link, Error> {
    let corrupt = |source: gix::Error| Error::Corrupt {
        id: id.to_string(),
        source: source.into(),
    };
    let object = small(repo, id.0, Kind::Commit)?.into_commit();
    let commit = object.decode().map_err(corrupt)?;
    let tree = small(repo, commit.tree(), Kind::Tree)?;
    let mut entries = Vec::new();
    for entry in TreeRefIter::from_bytes(&tree.data, repo.object_hash()) {
        let entry = entry.map_err(|source| Error::Corrupt {
            id: tree.id.to_string(),
            source: source.into(),
        })?;
        if entries.len() == ENTRIES {
            return Err(Error::TooManyEntries {
                tree: tree.id.to_string(),
                limit: ENTRIES,
            });
        }
        entries.push(Entry {
            path: entry.filename.to_vec(),
            mode: Mode::of(entry.mode.kind()),
            blob: BlobId(entry.oid.to_owned()),
        });
    }
    Ok(Link {
        id,
        parents: commit.parents().map(CommitId).collect(),
        entries,
    })
}

/// An object that is not larger than an honest one.
fn small(repo: &gix::Repository, id: gix::ObjectId, kind: Kind) -> Result<gix::Object<'_>, Error> {
    let (_, size) = object::header(repo, id)?;
    if size > OBJECT_BYTES {
        return Err(Error::Corrupt {
            id: id.to_string(),
            source: format!("it has {size} bytes, and {OBJECT_BYTES} are too many for a {kind} here").into(),
        });
    }
    object::find(repo, id, kind)
}
