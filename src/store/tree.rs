//! Trees as they are, however hostile.

use std::fmt;

use gix::objs::tree::EntryKind;
use gix::objs::{Kind, TreeRefIter};

use super::{BlobId, CommitId, Error, object};

/// Directories below this many others are listed, not entered.
const MAX_DEPTH: usize = 64;

/// No honest tree has more entries; a few trees that name each other twice reach any number.
const MAX_ENTRIES: usize = 2_000_000;

/// What a tree entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A regular file.
    File,
    /// A regular file with the executable bit.
    Executable,
    /// A symbolic link; its blob is the target.
    Symlink,
    /// A submodule; its id is a commit of another repository.
    Submodule,
    /// A directory. In listings only one too deep to be entered.
    Directory,
}

impl Mode {
    /// Whether it is a regular file, executable or not.
    #[must_use]
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }

    pub(super) fn kind(self) -> EntryKind {
        match self {
            Self::File => EntryKind::Blob,
            Self::Executable => EntryKind::BlobExecutable,
            Self::Symlink => EntryKind::Link,
            Self::Submodule => EntryKind::Commit,
            Self::Directory => EntryKind::Tree,
        }
    }

    pub(super) fn of(kind: EntryKind) -> Self {
        match kind {
            EntryKind::Blob => Self::File,
            EntryKind::BlobExecutable => Self::Executable,
            EntryKind::Link => Self::Symlink,
            EntryKind::Commit => Self::Submodule,
            EntryKind::Tree => Self::Directory,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "file",
            Self::Executable => "executable file",
            Self::Symlink => "symbolic link",
            Self::Submodule => "submodule",
            Self::Directory => "directory",
        })
    }
}

/// An entry of a commit's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From the root of the tree, with `/` between the parts. Names are as they stand in git: any
    /// bytes but `/` and NUL, `..` and `.git` included.
    pub path: Vec<u8>,
    /// What it is.
    pub mode: Mode,
    /// What it holds.
    pub blob: BlobId,
}

/// The entry at `path`; the first one, where a broken tree has several of a name.
pub(super) fn lookup(repo: &gix::Repository, root: gix::ObjectId, path: &[u8]) -> Result<Option<Entry>, Error> {
    let deepest = deepest(repo, root, path)?;
    Ok(deepest.filter(|entry| entry.path.len() == path.len()))
}

/// The entry at `path`, else at the longest leading part of it that exists.
pub(super) fn deepest(repo: &gix::Repository, root: gix::ObjectId, path: &[u8]) -> Result<Option<Entry>, Error> {
    let mut deepest: Option<Entry> = None;
    for part in path.split(|byte| *byte == b'/') {
        let id = match &deepest {
            None => root,
            Some(entry) if entry.mode == Mode::Directory => entry.blob.0,
            Some(_) => break,
        };
        let tree = object::find(repo, id, Kind::Tree)?;
        let mut entries = TreeRefIter::from_bytes(&tree.data, repo.object_hash());
        let found = entries.find(|entry| entry.as_ref().map_or(true, |entry| entry.filename == part));
        let Some(found) = found else { break };
        let found = found.map_err(|source| Error::Corrupt {
            id: id.to_string(),
            source: source.into(),
        })?;
        let mut path = deepest.map_or_else(Vec::new, |above| [above.path.as_slice(), b"/"].concat());
        path.extend_from_slice(part);
        deepest = Some(Entry {
            path,
            mode: Mode::of(found.mode.kind()),
            blob: BlobId(found.oid.to_owned()),
        });
    }
    Ok(deepest)
}

/// A recursive listing.
pub(super) struct Listing<'r> {
    pub(super) repo: &'r gix::Repository,
    pub(super) commit: CommitId,
    pub(super) entries: Vec<Entry>,
}

impl Listing<'_> {
    /// Adds everything in the tree `id`, whose own path is `path` and ends with `/` unless it is
    /// the root's.
    pub(super) fn add(&mut self, id: gix::ObjectId, path: &mut Vec<u8>, depth: usize) -> Result<(), Error> {
        let tree = object::find(self.repo, id, Kind::Tree)?;
        for entry in TreeRefIter::from_bytes(&tree.data, self.repo.object_hash()) {
            let entry = entry.map_err(|source| Error::Corrupt {
                id: id.to_string(),
                source: source.into(),
            })?;
            let mode = Mode::of(entry.mode.kind());
            let length = path.len();
            path.extend_from_slice(entry.filename);
            if mode == Mode::Directory && depth < MAX_DEPTH {
                path.push(b'/');
                self.add(entry.oid.to_owned(), path, depth + 1)?;
            } else if self.entries.len() == MAX_ENTRIES {
                return Err(Error::TooManyEntries {
                    commit: self.commit,
                    limit: MAX_ENTRIES,
                });
            } else {
                self.entries.push(Entry {
                    path: path.clone(),
                    mode,
                    blob: BlobId(entry.oid.to_owned()),
                });
            }
            path.truncate(length);
        }
        Ok(())
    }
}
