//! One atomic change of the tracking ref.

use std::path::{Path, PathBuf};

use gix::objs::Write;

use super::edit::{Replacement, edited_tree, merged_tree};
use super::refs::RefFormat;
use super::{CommitId, Edit, Error, Identity, Store, WriteLock, object, stage};

/// A commit that nothing refers to yet: [`Store::publish`] makes it the tip.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What the write did, once it is published.
    pub made: Committed,
    objects: stage::Objects,
    base: CommitId,
    who: Identity,
    time: i64,
    subject: String,
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
    /// The author is [`Store::author`] and the committer [`Store::identity`], both at `time`
    /// (seconds since 1970; earlier ones count as 1970), `+0000`. It is signed where git config
    /// `commit.gpgsign` says so.
    ///
    /// When this returns `Ok`, objects and ref are on the disk (unless git config
    /// `docket.durability` is `fast`) and the ref, read again, names the commit or a descendant.
    /// When it returns an error the write has not happened, with two exceptions that reading the
    /// tip again tells apart: the ref was moved and could not be forced to the disk
    /// ([`Error::NotWritable`]) or read ([`Error::BrokenRef`]). Objects may be left that nothing
    /// refers to. A process that is killed leaves at most such objects, git's own lock file of the
    /// ref, and files `objects/tmp_obj_docket-*` or a directory `objects/tmp_objdir-docket-*`,
    /// which `git gc` removes. An object that is there already is left alone, unless its file is
    /// empty: then it is replaced. One that somebody prunes before the ref names it is written again;
    /// a `git gc --prune=now` that goes on after this has returned may still take it.
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
        let prepared = self.prepare(lock, base, edits, message, time)?;
        self.publish(lock, &prepared)
    }

    /// The first half of [`Store::commit`]: the commit and all that is in it is on the disk, and
    /// the ref still names `base`.
    ///
    /// A caller that keeps the commit's id can tell afterwards whether the write has happened,
    /// however the second half ended: see [`Store::arrived`].
    ///
    /// # Errors
    ///
    /// Those of [`Store::commit`]; nothing has happened.
    pub fn prepare(
        &self,
        lock: &WriteLock,
        base: CommitId,
        edits: &[Edit],
        message: &str,
        time: i64,
    ) -> Result<Prepared, Error> {
        self.prepared(lock, (base, &[]), message, time, |memory, root| {
            edited_tree(memory, root, edits)
        })
    }

    /// The same with a commit that joins `theirs` to `base`: its tree is that of `base` with the replacements.
    ///
    /// # Errors
    ///
    /// Those of [`Store::prepare`], but that no path is refused.
    pub fn prepare_merge(
        &self,
        lock: &WriteLock,
        base: CommitId,
        theirs: CommitId,
        replacements: &[Replacement],
        message: &str,
        time: i64,
    ) -> Result<Prepared, Error> {
        self.prepared(lock, (base, &[theirs]), message, time, |memory, root| {
            merged_tree(memory, root, replacements)
        })
    }

    fn prepared(
        &self,
        lock: &WriteLock,
        (base, others): (CommitId, &[CommitId]),
        message: &str,
        time: i64,
        tree: impl FnOnce(&gix::Repository, gix::ObjectId) -> Result<gix::ObjectId, Error>,
    ) -> Result<Prepared, Error> {
        self.refuse_foreign(lock)?;
        self.refuse_checked_out()?;
        let (author, who) = (self.author()?, self.identity()?);
        if message.trim().is_empty() || message.contains('\0') {
            return Err(Error::InvalidMessage);
        }
        let mut memory = self.repo_with_recent().with_object_memory();
        let root = tree(&memory, object::tree_of(&memory, base.0)?)?;
        let commit = gix::objs::Commit {
            tree: root,
            parents: std::iter::once(base.0)
                .chain(others.iter().map(|other| other.0))
                .collect(),
            author: author.signature(time),
            committer: who.signature(time),
            encoding: None,
            message: message.into(),
            extra_headers: Vec::new(),
        };
        let commit = write_commit(&memory, signed(&memory, commit)?)?;
        let new = memory.objects.take_object_memory().unwrap_or_default();
        let written = stage::write(self, &new)?;
        Ok(Prepared {
            made: Committed {
                commit,
                objects: new.len(),
                packed: written.packed,
            },
            objects: new,
            base,
            who,
            time,
            subject: message.lines().next().unwrap_or_default().to_owned(),
        })
    }

    /// The second half of [`Store::commit`]: moves the tracking ref, under the same lock.
    ///
    /// # Errors
    ///
    /// Those of [`Store::commit`].
    pub fn publish(&self, lock: &WriteLock, prepared: &Prepared) -> Result<Committed, Error> {
        self.refuse_foreign(lock)?;
        let Prepared {
            made,
            objects,
            base,
            who,
            time,
            subject,
        } = prepared;
        stage::restore(self, objects)?;
        let moving = self.begin_move(lock, made.commit)?;
        let message = format!("commit: {subject}");
        self.advance(&moving, Some(*base), made.commit, who, *time, &message)?;
        self.note_move(Some(*base), made.commit);
        stage::restore(self, objects)?;
        Ok(*made)
    }

    /// Moves the tracking ref from one commit to another that is there already, or creates it there. Whether `to` goes
    /// on from `from` is for the caller to know. `why` is for the reflog.
    ///
    /// # Errors
    ///
    /// Those of [`Store::publish`], and [`Error::RefClash`].
    pub fn fast_forward(
        &self,
        lock: &WriteLock,
        from: Option<CommitId>,
        to: CommitId,
        time: i64,
        why: &str,
    ) -> Result<(), Error> {
        self.refuse_foreign(lock)?;
        self.refuse_checked_out()?;
        if from.is_none() {
            self.refuse_clash()?;
        }
        let who = self.identity().unwrap_or_else(|_| Identity::of_format());
        match from {
            Some(_) => self.advance(&self.begin_move(lock, to)?, from, to, &who, time, why)?,
            None => return self.begin(lock, to, &who, time, why),
        }
        self.note_move(from, to);
        Ok(())
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
    ///
    /// # Errors
    ///
    /// [`Error::CheckedOut`], naming the working tree.
    pub fn refuse_checked_out(&self) -> Result<(), Error> {
        let checked_out = |worktree: PathBuf| {
            Err(Error::CheckedOut {
                reference: self.tracking_ref().to_owned(),
                worktree,
            })
        };
        let common = self.common_dir();
        let is_head = |dir: &Path| {
            let head = std::fs::read_to_string(dir.join("HEAD")).unwrap_or_default();
            head.strip_prefix("ref:")
                .is_some_and(|name| name.trim() == self.tracking_ref())
        };
        // HEAD of a bare repository only says what a clone checks out.
        let bare = self.repo().config_snapshot().boolean("core.bare") == Some(true);
        if self.refs == RefFormat::Reftable {
            let mut checkouts = self.git_checkouts()?.into_iter();
            let found = checkouts.find(|(_, branch)| branch == self.tracking_ref());
            return found.map_or(Ok(()), |(worktree, _)| checked_out(worktree));
        }
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
                return checked_out(linked_worktree(&dir));
            }
        }
        Ok(())
    }
}

/// The working tree of a linked worktree whose git directory this is.
pub(super) fn linked_worktree(git_dir: &Path) -> PathBuf {
    let gitfile = std::fs::read_to_string(git_dir.join("gitdir")).unwrap_or_default();
    let gitfile = git_dir.join(gitfile.trim_end());
    gitfile.parent().unwrap_or(git_dir).to_owned()
}

/// The commit, signed where git config says that commits are.
pub(super) fn signed(repo: &gix::Repository, commit: gix::objs::Commit) -> Result<gix::objs::Commit, Error> {
    let failed = |source: gix::Error| {
        let said = match source.metadata_merged().get("stderr") {
            Some(gix::error::MetadataValue::Bytes(said)) => String::from_utf8_lossy(said).into_owned(),
            _ => String::new(),
        };
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

pub(super) fn write_commit(memory: &gix::Repository, commit: gix::objs::Commit) -> Result<CommitId, Error> {
    const ACTION: &str = "make the commit";
    let id = memory.write_object(&commit).map_err(Error::git(ACTION))?.detach();
    if stage::is_torn(memory, id) {
        memory.objects.write(&commit).map_err(Error::git(ACTION))?;
    }
    Ok(CommitId(id))
}
