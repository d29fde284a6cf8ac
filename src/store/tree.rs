//! Trees as they are, however hostile.

use std::collections::HashSet;
use std::fmt;

use gix::objs::tree::EntryKind;
use gix::objs::{Kind, TreeRefIter};

use super::{BlobId, Error, object};

/// Directories below this many others are listed, not entered.
const MAX_DEPTH: usize = 64;

/// No honest tree has more entries, directories and files; a few trees that name each other twice reach any number.
pub(super) const MAX_ENTRIES: usize = if cfg!(test) { 2_000 } else { 2_000_000 };

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

/// Whether an entry can be named by a path. What stands in a broken tree with a slash in its name would pass for a file
/// of another directory.
pub(super) fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'/')
}

/// What is said of a tree that holds more than any honest one.
pub(super) fn too_many(tree: gix::ObjectId) -> Error {
    Error::TooManyEntries {
        tree: tree.to_string(),
        limit: MAX_ENTRIES,
    }
}

/// A recursive listing.
pub(super) struct Listing<'r> {
    pub(super) repo: &'r gix::Repository,
    pub(super) root: gix::ObjectId,
    pub(super) entries: Vec<Entry>,
    /// How many entries were looked at, directories included: some trees hold nothing but these.
    pub(super) seen: usize,
}

impl Listing<'_> {
    /// Adds everything in the tree `id`, whose own path is `path` and ends with `/` unless it is
    /// the root's.
    pub(super) fn add(&mut self, id: gix::ObjectId, path: &mut Vec<u8>, depth: usize) -> Result<(), Error> {
        let tree = object::find(self.repo, id, Kind::Tree)?;
        let (mut last, mut names): (&[u8], Option<HashSet<&[u8]>>) = (b"", None);
        for (at, entry) in TreeRefIter::from_bytes(&tree.data, self.repo.object_hash()).enumerate() {
            let entry = entry.map_err(|source| Error::Corrupt {
                id: id.to_string(),
                source: source.into(),
            })?;
            if self.seen == MAX_ENTRIES {
                return Err(too_many(self.root));
            }
            self.seen += 1;
            // Of several entries of one name the first counts, here as in a look at one path. As long as they are in
            // order, none comes twice.
            let name: &[u8] = entry.filename;
            if names.is_none() && name <= last {
                let before = TreeRefIter::from_bytes(&tree.data, self.repo.object_hash()).take(at);
                let before = before.filter_map(Result::ok).map(|entry| -> &[u8] { entry.filename });
                names = Some(before.collect());
            }
            last = name;
            if !is_name(name) || names.as_mut().is_some_and(|names| !names.insert(name)) {
                continue;
            }
            let mode = Mode::of(entry.mode.kind());
            let length = path.len();
            path.extend_from_slice(entry.filename);
            if mode == Mode::Directory && depth < MAX_DEPTH {
                path.push(b'/');
                self.add(entry.oid.to_owned(), path, depth + 1)?;
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

#[cfg(test)]
mod tests {
    use gix::objs::Tree;
    use gix::objs::tree::Entry;

    use super::*;
    use crate::store::{CommitId, Store};

    /// Forty trees of a few bytes, each in the next one twice: a billion files, or a billion directories without any.
    #[test]
    fn a_few_trees_that_name_each_other_are_not_counted_to_the_end() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::create_repository(dir.path(), None).expect("a repository");
        let repo = store.repo();
        let tree = |names: &[&str], kind: EntryKind, oid: gix::ObjectId| {
            let entry = |name: &&str| Entry {
                mode: kind.into(),
                filename: (*name).into(),
                oid,
            };
            let entries = names.iter().map(entry).collect();
            repo.write_object(Tree { entries }).expect("a tree").detach()
        };
        let blob = repo.write_blob("content").expect("a blob").detach();
        let empty = tree(&[], EntryKind::Blob, blob);
        for leaf in [empty, tree(&["a.md"], EntryKind::Blob, blob)] {
            let twice = (0..40).fold(leaf, |inner, _| tree(&["a", "b"], EntryKind::Tree, inner));
            let root = tree(&[".tracking"], EntryKind::Tree, twice);
            let commit = |tree: gix::ObjectId| {
                let whole = format!("tree {tree}\nauthor A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\n\nbomb\n");
                let written = gix::objs::Write::write_buf(&repo.objects, Kind::Commit, whole.as_bytes());
                CommitId(written.expect("a commit"))
            };
            let (bomb, none) = (commit(root), commit(empty));
            let name = root.to_string();
            let too_many = |error: Option<Error>| {
                assert!(
                    matches!(&error, Some(Error::TooManyEntries { tree, .. }) if *tree == name),
                    "{error:?}"
                );
            };
            let snapshot = store.snapshot(bomb).expect("a snapshot");
            too_many(snapshot.entries("").err());
            too_many(store.history(bomb).err());
            too_many(store.differences(none, bomb).err());
            // One path of it can be looked at all the same.
            assert!(snapshot.entry(".tracking/a/b/a").expect("a look").is_some());
        }
    }
}
