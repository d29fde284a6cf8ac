//! What stood on the tracking branch before somebody deleted it: git deletes its reflog with it.

use super::proposal::rescue;
use super::{Context, Error, ErrorKind};
use crate::store::{CommitId, StartedFromRemote};

impl Context {
    /// The error that there is no tracking branch, neither here nor as the remote has it.
    pub(super) fn no_branch(&self) -> Error {
        let branch = self.tracking_ref();
        let message = format!("there is no docket in this repository: it has no branch {branch}");
        let error = Error::new(ErrorKind::NotFound, message);
        let Some(stood) = self.stood_last() else {
            return error.hint("git docket init");
        };
        let make = match self.store.tracking_ref().strip_prefix("refs/heads/") {
            Some(branch) => format!("git branch {branch} {stood}"),
            None => format!("git update-ref {} {stood}", self.store.tracking_ref()),
        };
        error
            .explained(&format!("somebody deleted it, and it stood at {}", stood.short()))
            .with("stood_at", stood.to_string())
            .hint(make)
    }

    /// What to tell of a tracking branch that was started now, where one before it `stood` at something that it lacks.
    pub(super) fn told_of_deleted(&self, stood: Option<CommitId>, now: CommitId) -> Option<String> {
        let stood = stood?;
        // Where it cannot be told it is not known to be lost.
        let lost = !self.store.leads_to(stood, now).ok()?;
        let (branch, at) = (self.tracking_ref(), stood.short());
        let back = rescue(self, stood);
        lost.then(|| {
            format!("somebody deleted {branch}, which stood at {at}, and this one lacks that: `{back}` brings it back")
        })
    }

    /// What is to be told where the branch was started from the remote's.
    pub(super) fn told_of_start(&self, stood: Option<CommitId>, started: &StartedFromRemote) -> Vec<String> {
        let (branch, from) = (self.tracking_ref(), &started.remote_ref);
        let told = format!("started the branch {branch} from {from} ({})", started.commit.short());
        [Some(told), self.told_of_deleted(stood, started.commit)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Where the tracking branch stood last, as far as that is known here and the commit is still there: the last write
    /// left a note, and the index knows what it was brought to, by whomever that was written. To be asked before it is
    /// started anew.
    pub(super) fn stood_last(&self) -> Option<CommitId> {
        let written = self.store.last_written();
        let indexed = self.indexed_tip().filter(|tip| self.store.snapshot(*tip).is_ok());
        match (written, indexed) {
            (Some(written), Some(indexed)) => {
                let goes_on = self.store.leads_to(written, indexed).unwrap_or(false);
                Some(if goes_on { indexed } else { written })
            }
            (written, indexed) => written.or(indexed),
        }
    }

    fn indexed_tip(&self) -> Option<CommitId> {
        let mut index = self.open_index().ok()?;
        let state = index.begin();
        index.close();
        state.ok()?.tip?.parse().ok()
    }
}
