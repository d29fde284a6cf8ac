//! Where refs stand.

use std::time::Duration;

use gix::objs::Kind;
use gix::refs::Target;

use super::refs::RefFormat;
use super::{CommitId, Error, Identity, Store, object};

/// How long who starts waits for others who do: there is nothing else that anybody could be at.
const STARTING: Duration = Duration::from_secs(1);

/// The remote-tracking ref of the tracking branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteTip {
    /// Its short name, such as `origin/tracking`.
    pub name: String,
    /// Where it stood when it was last asked.
    pub commit: CommitId,
}

/// The local tracking ref was created where a remote-tracking one stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedFromRemote {
    /// The short name of the remote-tracking ref, such as `origin/tracking`.
    pub remote_ref: String,
    /// Where both stand now.
    pub commit: CommitId,
}

impl Store {
    /// The commit the tracking ref names; none when there is no such ref.
    ///
    /// # Errors
    ///
    /// [`Error::SymbolicRef`], [`Error::BrokenRef`] or [`Error::NotACommit`] naming the ref;
    /// [`Error::MissingObject`] when the commit itself is not there.
    pub fn tip(&self) -> Result<Option<CommitId>, Error> {
        self.read_ref(&self.repo_with_recent(), self.reference.as_ref())
    }

    /// What the tracking ref names, without a look at whether that is a commit that is there; none when there is no
    /// such ref.
    ///
    /// # Errors
    ///
    /// [`Error::SymbolicRef`] or [`Error::BrokenRef`].
    pub fn unchecked_tip(&self) -> Result<Option<CommitId>, Error> {
        self.named(&self.repo(), self.reference.as_ref())
    }

    /// The commit that a revision means, by git's rules: a ref, a full or abbreviated id, `HEAD~2`.
    /// Tags are followed.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRevision`] or [`Error::NotACommit`].
    pub fn resolve(&self, revision: &str) -> Result<CommitId, Error> {
        let repo = self.repo();
        let unknown = |source: gix::Error| Error::UnknownRevision {
            revision: revision.to_owned(),
            source: source.into(),
        };
        let object = match self.refs {
            RefFormat::Files => repo.rev_parse_single(revision).and_then(|id| id.object()),
            RefFormat::Reftable => repo.find_object(self.git_resolves(revision)?),
        };
        let object = object.map_err(unknown)?;
        let object = object.peel_tags_to_end().map_err(unknown)?;
        if object.kind == Kind::Commit {
            Ok(CommitId(object.id))
        } else {
            Err(Error::NotACommit {
                what: revision.to_owned(),
                kind: object.kind.to_string(),
            })
        }
    }

    /// Creates the local tracking ref where the remote-tracking one stands, with a line in the
    /// reflog at `time` (seconds since 1970, UTC). Does nothing when the local one exists, or the
    /// remote one does not. Of two processes that do this at once one does it. Takes the write lock: who has it already
    /// has a tracking ref.
    ///
    /// # Errors
    ///
    /// Those of [`Store::tip`], [`Store::remote_tip`], and of moving the ref: [`Error::RefClash`],
    /// [`Error::CheckedOut`] (by a HEAD without commits), [`Error::RefLocked`],
    /// [`Error::NotWritable`], [`Error::Busy`].
    pub fn start_from_remote(&self, time: i64) -> Result<Option<StartedFromRemote>, Error> {
        if self.tip()?.is_some() {
            return Ok(None);
        }
        let Some(RemoteTip { name, commit }) = self.remote_tip()? else {
            return Ok(None);
        };
        self.refuse_clash()?;
        self.refuse_checked_out()?;
        let lock = self.lock_within(STARTING, || {})?;
        if self.tip()?.is_some() {
            return Ok(None);
        }
        let who = self.identity().unwrap_or_else(|_| Identity::of_format());
        let message = format!("branch: Created from {name}");
        match self.begin(&lock, commit, &who, time, &message) {
            Ok(()) => Ok(Some(StartedFromRemote {
                remote_ref: name,
                commit,
            })),
            Err(Error::TipMoved { actual: Some(_), .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fails when git's file layout leaves no room for the tracking ref: `a` and `a/b` exclude
    /// each other.
    pub(super) fn refuse_clash(&self) -> Result<(), Error> {
        let repo = self.repo();
        let reference = self.tracking_ref();
        let clash = |other: &str| Error::RefClash {
            reference: reference.to_owned(),
            other: other.to_owned(),
        };
        for (at, _) in reference.match_indices('/').skip(1) {
            let parent = &reference[..at];
            let Ok(name) = gix::refs::FullName::try_from(parent) else {
                continue;
            };
            if self.find_ref(&repo, name.as_ref())?.is_some() {
                return Err(clash(parent));
            }
        }
        match self.list_refs(&format!("{reference}/"))?.first() {
            Some((other, _)) => Err(clash(other)),
            None => Ok(()),
        }
    }

    pub(super) fn read_ref(
        &self,
        repo: &gix::Repository,
        name: &gix::refs::FullNameRef,
    ) -> Result<Option<CommitId>, Error> {
        let Some(commit) = self.named(repo, name)? else {
            return Ok(None);
        };
        match object::find(repo, commit.0, Kind::Commit) {
            Ok(_) => Ok(Some(commit)),
            Err(Error::NotACommit { kind, .. }) => Err(Error::NotACommit {
                what: name.as_bstr().to_string(),
                kind,
            }),
            Err(error) => Err(error),
        }
    }

    /// What a ref names, whatever that is.
    pub(super) fn named(
        &self,
        repo: &gix::Repository,
        name: &gix::refs::FullNameRef,
    ) -> Result<Option<CommitId>, Error> {
        match self.find_ref(repo, name)? {
            None => Ok(None),
            Some(Target::Object(id)) => Ok(Some(CommitId(id))),
            Some(Target::Symbolic(target)) => Err(Error::SymbolicRef {
                reference: name.as_bstr().to_string(),
                target: target.to_string(),
            }),
        }
    }
}
