//! A tree with some files changed.

use std::collections::BTreeSet;

use gix::bstr::BStr;
use gix::objs::tree::EntryKind;
use gix::objs::{Kind, Write};

use super::orderly::in_order;
use super::{Entry, Error, File, Mode, stage, tree};

/// Names that mean something else on some file system are refused on all.
const STRICT: gix::validate::path::component::Options = gix::validate::path::component::Options {
    protect_windows: false,
    protect_hfs: true,
    protect_ntfs: true,
};

/// The only files outside of `.tracking/` that are ever written: each makes a host review what is proposed.
const PIPELINES: &[&str] = &[
    ".github/workflows/docket-review.yml",
    ".gitlab-ci.yml",
    ".forgejo/workflows/docket-review.yml",
];

/// No path is longer, in bytes.
const MAX_PATH: usize = 1024;

/// A file to create or to replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// From the root of the tree; below `.tracking/`, or that of a pipeline which reviews proposals.
    pub path: String,
    /// All of its new content.
    pub bytes: Vec<u8>,
}

/// The root tree with the edits in it, in the repository's object memory. An object that exists is
/// not made again, unless its file is empty.
pub(super) fn edited_tree(
    memory: &gix::Repository,
    root: gix::ObjectId,
    edits: &[Edit],
) -> Result<gix::ObjectId, Error> {
    refuse_overlap(edits)?;
    let mut files = Vec::with_capacity(edits.len());
    for edit in edits {
        let kind = match replaced(memory, root, &edit.path)? {
            Some(Entry {
                mode: Mode::Executable, ..
            }) => EntryKind::BlobExecutable,
            _ => EntryKind::Blob,
        };
        files.push((edit.path.as_bytes(), Some((kind, blob(memory, &edit.bytes)?))));
    }
    with_all(memory, root, &files)
}

/// What is to stand at a path of a merged tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// From the root of the tree, of any bytes: what others put into a tree is taken as it is.
    pub path: Vec<u8>,
    /// What is to stand there.
    pub with: Content,
}

/// A file of a merged tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// What one of the merged trees has.
    File(File),
    /// A new file.
    Bytes {
        /// All of its content.
        bytes: Vec<u8>,
        /// Whether it is executable.
        executable: bool,
    },
    /// No file.
    Nothing,
}

/// The root tree with the replacements in it, in the repository's object memory.
pub(super) fn merged_tree(
    memory: &gix::Repository,
    root: gix::ObjectId,
    replacements: &[Replacement],
) -> Result<gix::ObjectId, Error> {
    let mut files = Vec::with_capacity(replacements.len());
    for Replacement { path, with } in replacements {
        let wanted = match with {
            Content::Nothing => None,
            Content::File(file) => Some((file.mode.kind(), file.blob.0)),
            Content::Bytes { bytes, executable } => {
                let kind = if *executable {
                    EntryKind::BlobExecutable
                } else {
                    EntryKind::Blob
                };
                Some((kind, blob(memory, bytes)?))
            }
        };
        files.push((path.as_slice(), wanted));
    }
    // What makes way comes first: a file may give its name to a directory.
    files.sort_by_key(|(_, wanted)| wanted.is_some());
    with_all(memory, root, &files)
}

fn blob(memory: &gix::Repository, bytes: &[u8]) -> Result<gix::ObjectId, Error> {
    let blob = memory.write_blob(bytes).map_err(Error::git("make a blob"))?.detach();
    if stage::is_torn(memory, blob) {
        let written = memory.objects.write_buf(Kind::Blob, bytes);
        written.map_err(Error::git("make a blob"))?;
    }
    Ok(blob)
}

/// A path, and what is to stand there.
type Wanted<'f> = (&'f [u8], Option<(EntryKind, gix::ObjectId)>);

fn with_all(memory: &gix::Repository, root: gix::ObjectId, files: &[Wanted<'_>]) -> Result<gix::ObjectId, Error> {
    let edited = with_files(memory, root, files, |tree| {
        memory.write_object(tree).map(gix::Id::detach)
    })?;
    if !any_torn(memory, edited, files)? {
        return Ok(edited);
    }
    // The same once more, with each tree made whether it exists or not.
    with_files(memory, root, files, |tree| memory.objects.write(tree))
}

/// The root tree with these files in it, each new tree made by `make`.
///
/// gix's own editor would look at every entry of every tree on the way, its name and whether its object is there: that
/// is hundreds of files for one record, and what others put beside it is not ours to refuse.
fn with_files(
    memory: &gix::Repository,
    root: gix::ObjectId,
    files: &[Wanted<'_>],
    make: impl FnMut(&gix::objs::Tree) -> Result<gix::ObjectId, gix::Error>,
) -> Result<gix::ObjectId, Error> {
    let paths: Vec<_> = files.iter().map(|(path, _)| *path).collect();
    let root = in_order(memory, root, &paths, 0)?;
    let mut editor = memory.edit_tree(root).map_err(Error::git("read the tree"))?.detach();
    for (path, wanted) in files {
        let parts = path.split(|byte| *byte == b'/').map(BStr::new);
        let changed = match wanted {
            Some((kind, blob)) => editor.upsert(parts, *kind, *blob),
            None => editor.remove(parts),
        };
        changed.map_err(Error::git("edit the tree"))?;
    }
    editor.write(make).map_err(Error::git("make the tree"))
}

/// Whether a tree on the way to one of the edited files is an empty file.
fn any_torn(memory: &gix::Repository, root: gix::ObjectId, files: &[Wanted<'_>]) -> Result<bool, Error> {
    if stage::is_torn(memory, root) {
        return Ok(true);
    }
    // A directory comes before what is in it.
    let mut dirs = BTreeSet::new();
    for (path, _) in files {
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        dirs.extend(ends.map(|(at, _)| &path[..at]));
    }
    for dir in dirs {
        let found = tree::lookup(memory, root, dir)?;
        if found.is_some_and(|entry| stage::is_torn(memory, entry.blob.0)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The file that a write of `path` replaces. Anything else there, or a file where a directory is
/// needed, would be lost without a word.
fn replaced(repo: &gix::Repository, root: gix::ObjectId, path: &str) -> Result<Option<Entry>, Error> {
    let clash = |entry: Entry| Error::PathClash {
        path: path.to_owned(),
        other: String::from_utf8_lossy(&entry.path).into_owned(),
        found: entry.mode,
    };
    match tree::deepest(repo, root, path.as_bytes())? {
        Some(entry) if entry.path == path.as_bytes() && !entry.mode.is_file() => Err(clash(entry)),
        Some(entry) if entry.path == path.as_bytes() => Ok(Some(entry)),
        Some(entry) if entry.mode != Mode::Directory => Err(clash(entry)),
        _ => Ok(None),
    }
}

/// Checks each path, and that no two of them are the same or one inside the other.
fn refuse_overlap(edits: &[Edit]) -> Result<(), Error> {
    let invalid = |path: &str, reason| {
        Err(Error::InvalidPath {
            path: path.to_owned(),
            reason,
        })
    };
    let mut seen = BTreeSet::new();
    for edit in edits {
        if let Some(reason) = path_fault(&edit.path) {
            return invalid(&edit.path, reason);
        }
        if !seen.insert(edit.path.as_str()) {
            return invalid(&edit.path, "it is written twice");
        }
    }
    for path in &seen {
        if path.match_indices('/').any(|(at, _)| seen.contains(&path[..at])) {
            return invalid(path, "a directory of it is written as a file");
        }
    }
    Ok(())
}

fn path_fault(path: &str) -> Option<&'static str> {
    if PIPELINES.contains(&path) {
        return None;
    }
    let Some(inside) = path.strip_prefix(".tracking/") else {
        return Some("it is not below .tracking/");
    };
    if path.len() > MAX_PATH {
        return Some("it is too long");
    }
    inside.split('/').find_map(|part| match part {
        "" => Some("a part of it is empty"),
        "." | ".." => Some("a part of it is . or .."),
        _ if part.to_ascii_lowercase().starts_with(".git") => Some("a part of it begins with .git"),
        _ if part.eq_ignore_ascii_case("git~1") => Some("a part of it means .git on Windows"),
        _ if gix::validate::path::component(part.into(), None, STRICT).is_err() => Some("git refuses a part of it"),
        _ if part.chars().any(|c| c.is_control() || matches!(c, '\\' | ':')) => {
            Some("it holds a control character, \\ or :")
        }
        _ => None,
    })
}
