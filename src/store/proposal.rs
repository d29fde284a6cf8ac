//! The proposal that one worktree writes to, in a file of its own git directory, and the branches of proposals.
//!
//! The file is git's in no way, so it needs no extension of its config, goes when the worktree goes, and says nothing
//! to the other worktrees of the clone.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use gix::refs::Target;
use gix::refs::transaction::{Change, PreviousValue, RefEdit, RefLog};

use super::commit::linked_worktree;
use super::refs::RefFormat;
use super::reftable::Move;
use super::temporary::temporary_in;
use super::{CommitId, Error, Store, WriteLock};

/// The file of a git directory that names a proposal: its ref on one line, the ref it was cut from on the next.
const FILE: &str = "docket-proposal";

/// A branch that takes the place of the tracking ref in a worktree, until it is landed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The full name of its ref.
    pub reference: String,
    /// The full name of the tracking ref it is to be landed on.
    pub tracking: String,
}

impl Proposal {
    /// What the git directory of a worktree says; none where it says nothing.
    pub(super) fn of(git_dir: &Path) -> Result<Option<Self>, Error> {
        let path = git_dir.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err(Error::BrokenProposal { path }),
        };
        let is_ref = |name: &str| gix::refs::FullName::try_from(name).is_ok();
        let lines: Vec<_> = text.lines().collect();
        match lines.as_slice() {
            [reference, tracking] if is_ref(reference) && is_ref(tracking) => Ok(Some(Self {
                reference: (*reference).to_owned(),
                tracking: (*tracking).to_owned(),
            })),
            // To write elsewhere than somebody was told would be worse than not at all.
            _ => Err(Error::BrokenProposal { path }),
        }
    }
}

impl Store {
    /// The proposal that stands in the place of the tracking ref in this worktree; none where the caller or git config
    /// names the ref.
    #[must_use]
    pub fn proposal(&self) -> Option<&Proposal> {
        self.proposal.as_ref()
    }

    /// The file that says so.
    #[must_use]
    pub fn proposal_file(&self) -> PathBuf {
        self.git_dir().join(FILE)
    }

    /// What the file says now, whatever ref this store was opened with.
    ///
    /// # Errors
    ///
    /// [`Error::BrokenProposal`].
    pub fn directed(&self) -> Result<Option<Proposal>, Error> {
        Proposal::of(self.git_dir())
    }

    /// Directs what is opened in this worktree from now on to a proposal, or to where git config says. This store goes
    /// on with the ref it was opened with.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`]; then it is directed as it was.
    pub fn direct(&self, to: Option<&Proposal>) -> Result<(), Error> {
        let file = self.proposal_file();
        let done = match to {
            Some(Proposal { reference, tracking }) => {
                // A reader sees the one or the other, and of two that write at once one.
                let new = temporary_in(self.git_dir(), 0o666);
                new.and_then(|mut new| {
                    new.write_all(format!("{reference}\n{tracking}\n").as_bytes())?;
                    new.persist(&file).map(drop).map_err(|error| error.error)
                })
            }
            None => match fs::remove_file(&file) {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                done => done,
            },
        };
        done.map_err(Error::not_writable(&file))
    }

    /// The worktrees that are directed to a proposal.
    #[must_use]
    pub fn directed_worktrees(&self, reference: &str) -> Vec<PathBuf> {
        let is_directed = |dir: &Path| {
            let proposal = Proposal::of(dir).ok().flatten();
            proposal.is_some_and(|proposal| proposal.reference == reference)
        };
        let common = self.common_dir();
        let main = is_directed(common).then(|| common.parent().unwrap_or(common).to_owned());
        let linked = fs::read_dir(common.join("worktrees")).into_iter().flatten();
        let linked = linked.filter_map(Result::ok).map(|entry| entry.path());
        let linked = linked.filter(|dir| is_directed(dir)).map(|dir| linked_worktree(&dir));
        let mut all: Vec<_> = main.into_iter().chain(linked).collect();
        all.sort();
        all
    }

    /// Deletes the ref that this store was opened with, and its reflog, if it names this commit.
    ///
    /// # Errors
    ///
    /// [`Error::TipMoved`] where it names another one, [`Error::CheckedOut`], and those of moving a ref; it is as it
    /// was then.
    pub fn delete_ref(&self, lock: &WriteLock, at: CommitId) -> Result<(), Error> {
        self.refuse_foreign(lock)?;
        self.refuse_checked_out()?;
        if self.refs == RefFormat::Reftable {
            self.git_moves(Move {
                from: Some(at),
                to: None,
                log: None,
            })?;
            self.note_deletion();
            return Ok(());
        }
        let change = Change::Delete {
            expected: PreviousValue::MustExistAndMatch(Target::Object(at.0)),
            log: RefLog::AndReference,
        };
        let edit = RefEdit::new(self.reference.clone(), change);
        let _moving = self.begin_move(lock, at)?;
        let done = self.repo().edit_references_as(Some(edit), None);
        done.map_err(|source| self.why_not_moved(Some(at), source))?;
        self.note_deletion();
        Ok(())
    }

    /// The address that `git push` would send to; none where git knows none.
    #[must_use]
    pub fn push_url(&self, remote: &super::Remote) -> Option<String> {
        let arguments = ["remote", "get-url", "--push", "--", remote.name.as_str()];
        let printed = self.git(&arguments.map(AsRef::as_ref)).ok()?;
        let url = String::from_utf8(printed).ok()?;
        Some(url.trim_end().to_owned())
    }
}
