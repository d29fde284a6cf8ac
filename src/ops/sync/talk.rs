//! Asking a remote, and trying again where others were in the way.

use std::time::{Duration, Instant};

use super::require_docket;
use crate::ops::{Context, Error, ErrorKind, proposal};
use crate::store::{self, CommitId, Depth, Fault, Pushed, Remote, Talk};

/// The longest pause before another attempt, in milliseconds.
const PAUSE: u64 = 1_500;

/// How often a ref here that somebody holds is tried again. A lock that stays is a dead one, or a full disk.
const BUSY: u32 = 6;

/// How many commits deeper a shallow clone is fetched, each time no common ancestor is found, before all of it is.
const DEEPER: &[u32] = &[100, 2_000];

/// One remote, and how long it is waited for.
pub(super) struct Conversation<'c> {
    pub(super) context: &'c Context,
    pub(super) remote: &'c Remote,
    until: Option<Instant>,
}

impl<'c> Conversation<'c> {
    /// In all of it, no more than `patience` is waited for; as long as it takes where nothing is said.
    pub(super) fn new(context: &'c Context, remote: &'c Remote, patience: Option<Duration>) -> Self {
        Self {
            context,
            remote,
            until: patience.map(|patience| Instant::now() + patience),
        }
    }

    /// What people call the ref of the remote.
    pub(super) fn called(&self) -> String {
        self.remote.called(self.context.store.tracking_ref())
    }

    /// Where the ref of the remote stands now. A warning says when it does not go on from where it stood.
    pub(super) fn fetched(&self, warnings: &mut Vec<String>) -> Result<Option<CommitId>, Error> {
        let store = &self.context.store;
        let before = store.last_known(self.remote, store.tracking_ref()).ok().flatten();
        let proposals = proposal::prefix(proposal::tracking(self.context));
        let mut theirs = self.fetched_to(Some(&proposals), Depth::Known)?;
        if let Some(tip) = theirs
            && store.lacks_files(tip)?
        {
            theirs = self.fetched_to(Some(&proposals), Depth::Anew)?;
        }
        if let (Some(before), Some(theirs)) = (before, theirs)
            && before != theirs
            && !store.leads_to(before, theirs)?
        {
            warnings.push(format!(
                "{} was rewritten: it was {} and is now {}, which does not go on from it; what this clone has stays",
                self.called(),
                before.short(),
                theirs.short()
            ));
        }
        Ok(theirs)
    }

    fn fetched_to(&self, beside: Option<&str>, depth: Depth) -> Result<Option<CommitId>, Error> {
        let store = &self.context.store;
        for attempt in 1.. {
            // What somebody called a proposal may not fit beside what is here; that keeps nobody from the docket.
            let beside = beside.filter(|_| attempt < 3);
            match self.talk(|talk| store.fetch(self.remote, store.tracking_ref(), beside, depth, talk)) {
                // Two fetches at once: one of them cannot move what git remembers of the remote.
                Err(store::Error::Remote { fault: Fault::Busy, .. }) if attempt < BUSY => self.pause(attempt)?,
                done => return Ok(done?),
            }
        }
        Err(Error::bug("a fetch neither ended nor failed"))
    }

    /// Pushes a commit of this clone, which must hold a docket: what does not would lock everybody else out.
    pub(super) fn pushed(&self, tip: CommitId) -> Result<Pushed, Error> {
        let store = &self.context.store;
        let branch = self.context.tracking_ref();
        require_docket(self.context, tip, branch).map_err(|error| match error.kind() {
            ErrorKind::Denied => {
                let message = format!(
                    "{branch} holds no docket any more, and is not pushed: {} took it away",
                    tip.short()
                );
                Error::denied(message).hint(format!("git reflog {branch}"))
            }
            _ => error,
        })?;
        Ok(self.talk(|talk| store.push(self.remote, tip, store.tracking_ref(), talk))?)
    }

    fn talk<T>(&self, ask: impl FnOnce(&mut Talk<'_>) -> T) -> T {
        let progress = &self.context.progress;
        let mut told = |words: &[u8]| progress.said(words);
        ask(&mut Talk {
            may_ask: progress.may_ask(),
            told: Some(&mut told),
            until: self.until,
        })
    }

    /// Gets more of the past where a shallow clone does not have the common one.
    pub(super) fn deepen(&self, theirs: CommitId) -> Result<(), Error> {
        let store = &self.context.store;
        let depths = DEEPER.iter().map(|commits| Depth::Deeper(*commits));
        for depth in depths.chain([Depth::Whole]) {
            let Some(tip) = store.tip()? else { return Ok(()) };
            if store.is_complete()? || !store.merge_bases(tip, theirs)?.is_empty() {
                return Ok(());
            }
            self.fetched_to(None, depth)?;
        }
        Ok(())
    }

    /// Up to twice as long each time, and never as long as whoever else has lost: who waits leaves room for those who
    /// do not.
    ///
    /// # Errors
    ///
    /// `unavailable` where no more is waited for.
    pub(super) fn pause(&self, races: u32) -> Result<(), Error> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            let message = format!(
                "others pushed to {} faster than this clone for too long",
                self.remote.name
            );
            return Err(Error::new(ErrorKind::Unavailable, message));
        }
        let random = self.context.source.mark();
        let random = random
            .bytes()
            .fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_003);
        let most = (25 << races.min(6)).min(PAUSE);
        std::thread::sleep(Duration::from_millis(random % most + 1));
        Ok(())
    }
}

/// The remote that is meant.
pub(in crate::ops) fn remote(context: &Context, named: Option<&str>) -> Result<Remote, Error> {
    let all = context.store.remotes();
    let known: Vec<_> = all.iter().map(|remote| remote.name.as_str()).collect();
    let missing = |message: String| Error::not_found(message).with("remotes", known.clone());
    if let Some(name) = named {
        let found = all.iter().find(|remote| remote.name == name).cloned();
        let message = format!("there is no remote `{}` here", name.escape_debug());
        return found.ok_or_else(|| missing(message).hint("git remote -v"));
    }
    if let Some(remote) = context.store.remote() {
        return Ok(remote);
    }
    let Some(first) = known.first() else {
        let message = "this repository has no remote, so there is nobody to share the docket with";
        return Err(Error::not_found(message).hint("git remote add origin URL"));
    };
    let hint = format!("git config docket.remote {first}");
    let message = match configured(context) {
        Some(name) => format!(
            "git config docket.remote names `{}`, which is no remote here",
            name.escape_debug()
        ),
        None => format!(
            "there are several remotes ({}), and none of them is origin",
            known.join(", ")
        ),
    };
    Err(missing(message).hint(hint))
}

/// What git config says is the remote of the docket.
fn configured(context: &Context) -> Option<String> {
    let name = context.store.config_text("docket.remote");
    name.filter(|name| !name.is_empty())
}

/// The remote of a docket that is shared: none where there is none, or where the docket was never shared through it.
///
/// # Errors
///
/// Where it was shared, and nothing says any more through which remote.
pub(super) fn shared(context: &Context) -> Result<Option<Remote>, Error> {
    let was_shared = |remote: &Remote| -> Result<bool, Error> {
        let known = context.store.last_known(remote, context.store.tracking_ref())?;
        Ok(known.is_some())
    };
    if let Some(remote) = context.store.remote() {
        return Ok(was_shared(&remote)?.then_some(remote));
    }
    let mut lost = configured(context).is_some();
    for remote in context.store.remotes() {
        lost |= was_shared(&remote)?;
    }
    match lost {
        true => remote(context, None).map(Some),
        false => Ok(None),
    }
}
