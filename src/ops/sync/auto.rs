//! Syncing by itself after writes, in a process of its own, where git config `docket.autosync` says so.
//!
//! Many writes make one push: each says that there is something new, and the process waits until nobody has said so for
//! a second. No write waits for it. What went wrong is told by `git docket status`.

use std::fs;
use std::time::Duration;

use super::{SyncRequest, SyncResponse, remote, synced};
use crate::ops::{Context, Error};

/// The setting.
pub(in crate::ops) const SETTING: &str = "docket.autosync";

/// Whoever holds it is the process.
const LOCK: &str = "autosync";

/// For how long nobody must have written before it begins.
const QUIET: Duration = Duration::from_secs(1);

/// How often it looks again while others write, before it begins all the same.
const LOOKS: usize = 10;

/// How long the remote is waited for; what hangs would keep all that comes later from being shared.
const PATIENCE: Duration = Duration::from_secs(120);

impl Context {
    /// Says that there is something new, and starts the process that shares it where none runs. A write is a write
    /// whatever comes of this.
    pub(in crate::ops) fn autosync(&self) -> Option<String> {
        // Nobody wants a proposal published before it is ready.
        if !self.store.config_flag(SETTING) || self.store.proposal().is_some() {
            return None;
        }
        if self.store.remote().is_none() {
            let why = remote(self, None).err().filter(|_| !self.store.remotes().is_empty())?;
            return Some(not_shared(&why));
        }
        let program = self.program.as_ref()?;
        let started = fs::write(self.own_file("autosync", ""), self.source.mark()).and_then(|()| {
            // Whoever holds it looks once more after it has let go.
            if self.held_if_free(LOCK)?.is_none() {
                return Ok(());
            }
            let arguments = ["--ref", self.store.tracking_ref(), "sync", "--background"];
            self.store.start_apart(program, &arguments)
        });
        Some(not_shared(&started.err()?))
    }

    /// What the last attempt failed of, if it did.
    pub(in crate::ops) fn autosync_failure(&self) -> Option<String> {
        let failed = fs::read_to_string(self.own_file("autosync", ".failed")).ok()?;
        Some(format!("{SETTING}: {}", failed.trim_end()))
    }
}

fn not_shared(why: &impl std::fmt::Display) -> String {
    format!("{SETTING}: the docket is not shared by itself: {why}")
}

/// Is the process: syncs when it has become quiet, as often as somebody writes meanwhile. Nothing where another one is
/// at it already.
///
/// # Errors
///
/// Those of [`sync`](super::sync), which are also kept for [`status`](crate::ops::status()).
pub fn sync_in_background(context: &Context) -> Result<Option<SyncResponse>, Error> {
    let said = || fs::read(context.own_file("autosync", "")).unwrap_or_default();
    let not_writable =
        |error: std::io::Error| Error::denied(format!("the lock of docket.autosync cannot be taken: {error}"));
    let mut done = None;
    loop {
        let Some(lock) = context.held_if_free(LOCK).map_err(not_writable)? else {
            return Ok(done);
        };
        let mut before = said();
        for _ in 0..LOOKS {
            std::thread::sleep(QUIET);
            let now = said();
            if now == before {
                break;
            }
            before = now;
        }
        let failed = context.own_file("autosync", ".failed");
        match synced(context, &SyncRequest::default(), Some(PATIENCE)) {
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
