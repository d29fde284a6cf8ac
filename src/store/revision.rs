//! Commits that people name: by a few digits, or by a date.

use std::collections::HashSet;

use gix::objs::Kind;

use super::walk::{boundary, read};
use super::{CommitId, Error, Store, object};

/// With fewer digits a commit cannot be named, here or in git.
const MIN_DIGITS: usize = 4;

impl Store {
    /// The newest commit on the chain of first parents from `tip` that was not committed after
    /// `time` (seconds since 1970): what somebody saw here then. None where all of them are later.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::Corrupt`] or [`Error::NotACommit`].
    pub fn commit_at(&self, time: i64, tip: CommitId) -> Result<Option<CommitId>, Error> {
        let repo = self.repo();
        let boundary = boundary(&repo)?;
        let mut next = Some(tip);
        while let Some(id) = next {
            let commit = read(&repo, id.0, boundary.contains(&id.0))?;
            if commit.time <= time {
                return Ok(Some(id));
            }
            next = commit.parents.first().copied();
        }
        Ok(None)
    }

    /// The commit whose name begins with the hexadecimal digits `text`, four or more. Objects that
    /// are no commits do not count, and one that `tip` reaches wins over all it does not reach.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRevision`] where there is none, [`Error::AmbiguousCommit`] where there are
    /// several.
    pub fn resolve_commit(&self, tip: CommitId, text: &str) -> Result<CommitId, Error> {
        let unknown = |reason: &str| Error::UnknownRevision {
            revision: text.to_owned(),
            source: reason.into(),
        };
        let digits = text.len() >= MIN_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let prefix = digits
            .then(|| gix::hash::Prefix::from_hex(&text.to_ascii_lowercase()).ok())
            .flatten();
        let prefix = prefix.ok_or_else(|| unknown("not four or more digits of a commit"))?;
        let repo = self.repo();
        let mut candidates = HashSet::new();
        repo.objects
            .lookup_prefix(prefix, Some(&mut candidates))
            .map_err(Error::git("look a commit up"))?;
        let mut commits: Vec<_> = candidates
            .into_iter()
            .filter(|id| object::header(&repo, *id).is_ok_and(|(kind, _)| kind == Kind::Commit))
            .map(CommitId)
            .collect();
        commits.sort_unstable();
        if commits.len() > 1 {
            let unreached = self.unreached(tip, &commits)?;
            let reached: Vec<_> = commits.iter().filter(|id| !unreached.contains(id)).copied().collect();
            if !reached.is_empty() {
                commits = reached;
            }
        }
        match commits.as_slice() {
            [] => Err(unknown("no commit of this clone begins so")),
            [commit] => Ok(*commit),
            _ => Err(Error::AmbiguousCommit {
                text: text.to_owned(),
                commits,
            }),
        }
    }
}
