//! One atomic change of the tracking ref.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gix::actor::Signature;
use gix::objs::tree::EntryKind;

use super::{CommitId, Entry, Error, Identity, Mode, Store, WriteLock, object, stage, tree};

/// No path is longer, in bytes.
const MAX_PATH: usize = 1024;

/// A file to create or to replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// From the root of the tree; below `.tracking/`.
    pub path: String,
    /// All of its new content.
    pub bytes: Vec<u8>,
}

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The commit, which the tracking ref names, or named until somebody went on from it.
    pub commit: CommitId,
    /// How many objects were written.
    pub objects: usize,
    /// Whether they were written as one pack.
    pub packed: bool,
}

impl Store {
    /// Puts one commit on `base`, which must be the tip, and moves the tracking ref to it. The
    /// rest of the tree stays as it is; an executable file stays executable. All of `edits` are in
    /// the commit or none is; without any, or with none that changes anything, the commit has its
    /// parent's tree.
    ///
    /// Author and committer are [`Store::identity`] at `time` (seconds since 1970; earlier ones
    /// count as 1970), `+0000`. It is signed where git config `commit.gpgsign` says so.
    ///
    /// When this returns `Ok`, objects and ref are on the disk (unless git config
    /// `docket.durability` is `fast`) and the ref, read again, names the commit or a descendant.
    /// When it returns an error, the ref was not moved by us, or not for good; objects may be left
    /// that nothing refers to. A process that is killed leaves at most such objects, git's own lock
    /// file of the ref, and a directory `objects/tmp_objdir-docket-*`, which `git gc` removes.
    ///
    /// # Errors
    ///
    /// [`Error::TipMoved`] and [`Error::RefLocked`]: try again from the new tip.
    /// [`Error::CheckedOut`], [`Error::MissingIdentity`], [`Error::InvalidPath`],
    /// [`Error::PathClash`], [`Error::InvalidMessage`], [`Error::Signing`], [`Error::ForeignLock`]:
    /// nothing was written. [`Error::NotWritable`] and the errors of reading `base`.
    pub fn commit(
        &self,
        lock: &WriteLock,
        base: CommitId,
        edits: &[Edit],
        message: &str,
        time: i64,
    ) -> Result<Committed, Error> {
        self.refuse_foreign(lock)?;
        self.refuse_checked_out()?;
        let who = self.identity()?;
        if message.trim().is_empty() || message.contains('\0') {
            return Err(Error::InvalidMessage);
        }
        let actual = self.tip()?;
        if actual != Some(base) {
            return Err(Error::TipMoved {
                expected: Some(base),
                actual,
            });
        }
        let mut memory = self.repo().with_object_memory();
        let root = edited_tree(&memory, object::tree_of(&memory, base.0)?, edits)?;
        let commit = gix::objs::Commit {
            tree: root,
            parents: [base.0].into_iter().collect(),
            author: signature(&who, time),
            committer: signature(&who, time),
            encoding: None,
            message: message.into(),
            extra_headers: Vec::new(),
        };
        let commit = write_commit(&memory, signed(&memory, commit)?)?;
        let new = memory.objects.take_object_memory().unwrap_or_default();
        let written = stage::write(self, &new)?;
        let subject = message.lines().next().unwrap_or_default();
        self.advance(
            &self.repo(),
            Some(base),
            commit,
            &who,
            time,
            &format!("commit: {subject}"),
        )?;
        Ok(Committed {
            commit,
            objects: new.len(),
            packed: written.packed,
        })
    }

    pub(super) fn refuse_foreign(&self, lock: &WriteLock) -> Result<(), Error> {
        if lock.path == self.lock_path() {
            Ok(())
        } else {
            Err(Error::ForeignLock {
                path: lock.path.clone(),
            })
        }
    }

    /// Fails when HEAD of any working tree is the tracking branch. Its files would stay behind,
    /// and the next commit made there would take our change back.
    pub(super) fn refuse_checked_out(&self) -> Result<(), Error> {
        let checked_out = |worktree: PathBuf| {
            Err(Error::CheckedOut {
                reference: self.tracking_ref().to_owned(),
                worktree,
            })
        };
        let common = self.common_dir();
        let is_head = |dir: &std::path::Path| {
            let head = std::fs::read_to_string(dir.join("HEAD")).unwrap_or_default();
            head.strip_prefix("ref:")
                .is_some_and(|name| name.trim() == self.tracking_ref())
        };
        // HEAD of a bare repository only says what a clone checks out.
        let bare = self.repo().config_snapshot().boolean("core.bare") == Some(true);
        if !bare && is_head(common) {
            let parent = common
                .parent()
                .filter(|_| common.file_name().is_some_and(|name| name == ".git"));
            return checked_out(parent.unwrap_or(common).to_owned());
        }
        let Ok(linked) = std::fs::read_dir(common.join("worktrees")) else {
            return Ok(());
        };
        for dir in linked.filter_map(Result::ok).map(|entry| entry.path()) {
            if is_head(&dir) {
                let gitfile = std::fs::read_to_string(dir.join("gitdir")).unwrap_or_default();
                let gitfile = dir.join(gitfile.trim_end());
                return checked_out(gitfile.parent().unwrap_or(&dir).to_owned());
            }
        }
        Ok(())
    }
}

/// The root tree with the edits in it, in the repository's object memory.
pub(super) fn edited_tree(
    memory: &gix::Repository,
    root: gix::ObjectId,
    edits: &[Edit],
) -> Result<gix::ObjectId, Error> {
    refuse_overlap(edits)?;
    let mut editor = memory
        .edit_tree(root)
        .map_err(Error::git("read the tree"))?;
    for edit in edits {
        let kind = match replaced(memory, root, &edit.path)? {
            Some(Entry {
                mode: Mode::Executable,
                ..
            }) => EntryKind::BlobExecutable,
            _ => EntryKind::Blob,
        };
        let blob = memory
            .write_blob(&edit.bytes)
            .map_err(Error::git("make a blob"))?;
        editor
            .upsert(edit.path.as_str(), kind, blob)
            .map_err(Error::git("edit the tree"))?;
    }
    Ok(editor
        .write()
        .map_err(Error::git("make the tree"))?
        .detach())
}

/// The file that a write of `path` replaces. Anything else there, or a file where a directory is
/// needed, would be lost without a word.
fn replaced(
    repo: &gix::Repository,
    root: gix::ObjectId,
    path: &str,
) -> Result<Option<Entry>, Error> {
    let clash = |other: &str, found| Error::PathClash {
        path: path.to_owned(),
        other: other.to_owned(),
        found,
    };
    for (at, _) in path.match_indices('/') {
        match tree::lookup(repo, root, &path.as_bytes()[..at])? {
            Some(entry) if entry.mode == Mode::Directory => {}
            Some(entry) => return Err(clash(&path[..at], entry.mode)),
            None => return Ok(None),
        }
    }
    match tree::lookup(repo, root, path.as_bytes())? {
        Some(entry) if !entry.mode.is_file() => Err(clash(path, entry.mode)),
        found => Ok(found),
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
    let mut seen = BTreeMap::new();
    for edit in edits {
        if let Some(reason) = path_fault(&edit.path) {
            return invalid(&edit.path, reason);
        }
        if seen.insert(edit.path.as_str(), ()).is_some() {
            return invalid(&edit.path, "it is written twice");
        }
    }
    for path in seen.keys() {
        if path
            .match_indices('/')
            .any(|(at, _)| seen.contains_key(&path[..at]))
        {
            return invalid(path, "a directory of it is written as a file");
        }
    }
    Ok(())
}

fn path_fault(path: &str) -> Option<&'static str> {
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
        _ if part
            .chars()
            .any(|c| c.is_control() || matches!(c, '\\' | ':')) =>
        {
            Some("it holds a control character, \\ or :")
        }
        _ => None,
    })
}

pub(super) fn signature(who: &Identity, time: i64) -> Signature {
    Signature {
        name: who.name.as_str().into(),
        email: who.email.as_str().into(),
        time: gix::date::Time::new(time.max(0), 0),
    }
}

/// The commit, signed where git config says that commits are.
pub(super) fn signed(
    repo: &gix::Repository,
    commit: gix::objs::Commit,
) -> Result<gix::objs::Commit, Error> {
    let failed = |source: gix::Error| {
        let said = source
            .metadata_merged()
            .get("stderr")
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = if said.trim().is_empty() {
            source.to_string()
        } else {
            said.trim().to_owned()
        };
        Error::Signing {
            message,
            source: source.into(),
        }
    };
    match repo.commit_signing_options_if_enabled().map_err(failed)? {
        Some(options) => commit.sign(options).map_err(failed),
        None => Ok(commit),
    }
}

pub(super) fn write_commit(
    memory: &gix::Repository,
    commit: gix::objs::Commit,
) -> Result<CommitId, Error> {
    let id = memory
        .write_object(commit)
        .map_err(Error::git("make the commit"))?;
    Ok(CommitId(id.detach()))
}
