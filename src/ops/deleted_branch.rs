//! What stood on the tracking branch before somebody deleted it.

use super::proposal::rescue;
use super::shell::quoted;
use super::{Context, Error, ErrorKind};
use crate::store::{CommitId, StartedFromRemote};

impl Context {
    /// The error that there is no tracking branch, neither here nor as the remote has it.
    pub(super) fn no_branch(&self) -> Error {
        let branch = self.tracking_ref();
        let message = format!("there is no docket in this repository: it has no branch {branch}");
        self.with_what_stood(Error::new(ErrorKind::NotFound, message))
    }

    /// The same error with where the branch stood, where somebody deleted it.
    pub(super) fn with_what_stood(&self, error: Error) -> Error {
        let Some(stood) = self.store.stood().first().copied() else {
            return error.hint("git docket init");
        };
        error
            .explained(&format!("somebody deleted it, and it stood at {}", stood.short()))
            .with("stood_at", stood.to_string())
            .hint(made_at(self.store.tracking_ref(), stood))
    }

    /// What to tell of a tracking branch that was begun now at a commit, where one before it had something else.
    pub(super) fn told_of_deleted(&self, begun: CommitId) -> Vec<String> {
        // Where it cannot be told, it is not known to be lost.
        let lost = self.store.stood_beside(begun).unwrap_or_default();
        let told = |stood: CommitId| {
            let (branch, at, back) = (self.tracking_ref(), stood.short(), rescue(self, stood));
            format!("somebody deleted {branch}, which stood at {at}, and this one lacks that: `{back}` brings it back")
        };
        lost.into_iter().map(told).collect()
    }

    /// What is to be told where the branch was started from the remote's.
    pub(super) fn told_of_start(&self, started: &StartedFromRemote) -> Vec<String> {
        let (branch, from) = (self.tracking_ref(), &started.remote_ref);
        let mut told = vec![format!(
            "started the branch {branch} from {from} ({})",
            started.commit.short()
        )];
        told.extend(self.told_of_deleted(started.commit));
        told
    }
}

/// The command that makes a ref.
pub(super) fn made_at(reference: &str, commit: CommitId) -> String {
    match reference.strip_prefix("refs/heads/") {
        Some(branch) => format!("git branch {} {commit}", quoted(branch)),
        None => format!("git update-ref {} {commit}", quoted(reference)),
    }
}
