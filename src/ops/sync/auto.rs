//! Syncing by itself after writes, in a process of its own, where git config `docket.autosync` says so.
//!
//! Many writes make one push: each says that there is something new, and the process waits until nobody has said so for
//! a second. No write waits for it. What went wrong is told by `git docket status`.

use std::fs::{self, File};
use std::time::Duration;

use super::{SyncRequest, SyncResponse, sync};
use crate::ops::{Context, Error};

/// The setting.
pub(in crate::ops) const SETTING: &str = "docket.autosync";

/// For how long nobody must have written before it begins.
const QUIET: Duration = Duration::from_secs(1);

/// How often it looks again while others write, before it begins all the same.
const LOOKS: usize = 10;

impl Context {
    /// Says that there is something new, and starts the process that shares it where none runs. A write is a write
    /// whatever comes of this.
    pub(in crate::ops) fn autosync(&self) -> Option<String> {
        if !self.store.config_flag(SETTING) || self.store.remote().is_none() {
            return None;
        }
        // Nobody wants a proposal published before it is ready.
        if self.store.proposal().is_some() {
            return None;
        }
        let program = self.program.as_ref()?;
        let started = fs::write(self.store.own_dir().join("autosync"), self.source.mark()).and_then(|()| {
            // Whoever holds it looks once more after it has let go.
            let lock = self.autosync_lock()?;
            if lock.try_lock().is_err() {
                return Ok(());
            }
            drop(lock);
            self.store.start_apart(program, &["sync", "--background"])
        });
        let error = started.err()?;
        Some(format!("{SETTING}: the docket is not shared by itself: {error}"))
    }

    fn autosync_lock(&self) -> std::io::Result<File> {
        let path = self.store.own_dir().join("autosync.lock");
        File::options().create(true).truncate(false).write(true).open(path)
    }

    /// What the last attempt failed of, if it did.
    pub(in crate::ops) fn autosync_failure(&self) -> Option<String> {
        let failed = fs::read_to_string(self.store.own_dir().join("autosync.failed")).ok()?;
        Some(format!("{SETTING}: {}", failed.trim_end()))
    }
}

/// Is the process: syncs when it has become quiet, as often as somebody writes meanwhile. Nothing where another one is
/// at it already.
///
/// # Errors
///
/// Those of [`sync`], which are also kept for [`status`](crate::ops::status()).
pub fn sync_in_background(context: &Context) -> Result<Option<SyncResponse>, Error> {
    // Somebody may have directed the worktree to a proposal since the write.
    let tracking = context.store.proposal().map(|proposal| context.on(&proposal.tracking));
    let tracking = tracking.transpose()?;
    let context = tracking.as_ref().unwrap_or(context);
    let said = || fs::read(context.store.own_dir().join("autosync")).unwrap_or_default();
    let not_writable = |error: std::io::Error| Error::request(format!("docket/autosync.lock: {error}"));
    let mut done = None;
    loop {
        let lock = context.autosync_lock().map_err(not_writable)?;
        if lock.try_lock().is_err() {
            return Ok(done);
        }
        let mut before = said();
        for _ in 0..LOOKS {
            std::thread::sleep(QUIET);
            let now = said();
            if now == before {
                break;
            }
            before = now;
        }
        let failed = context.store.own_dir().join("autosync.failed");
        match sync(context, &SyncRequest::default()) {
            Ok(response) => {
                fs::remove_file(&failed).ok();
                done = Some(response);
            }
            Err(error) => {
                fs::write(&failed, format!("{error}\n")).ok();
                return Err(error);
            }
        }
        drop(lock);
        // Whoever wrote between our push and our letting go has started no process.
        if said() == before {
            return Ok(done);
        }
    }
}
