//! The report that is kept current: `docket.render` in the git config of this clone.

use std::panic::AssertUnwindSafe;

use super::file::{SETTING, refresh, report_path};
use super::{RenderRequest, render};
use crate::ops::{Context, Error};
use crate::store::DEFAULT_REF;

/// How often it is rendered again because somebody else has written meanwhile.
const TIMES: usize = 5;

impl Context {
    /// Renders the report that is kept current, after a write that was acknowledged and outside of its lock. Where
    /// that fails, says why: the write is a write all the same.
    pub(in crate::ops) fn keep_report(&self) -> Option<String> {
        // The library that reads packs has been seen to panic; nothing of the attempt is used again.
        let kept = std::panic::catch_unwind(AssertUnwindSafe(|| self.settled(Self::refresh_report)));
        let error = kept
            .unwrap_or_else(|_| Err(Error::bug("rendering it ended in a panic")))
            .err()?;
        Some(format!("{SETTING}: the report is not current: {error}"))
    }

    /// Whoever writes the file last has seen the newest tip: after each time the tip is read again.
    fn refresh_report(&self) -> Result<(), Error> {
        // Whoever writes to another docket of this repository does not mean the report of the one it has.
        let own = self
            .store
            .config_text("docket.ref")
            .map(|name| self.store.full_ref(&name));
        if own.transpose()?.as_deref().unwrap_or(DEFAULT_REF) != self.store.tracking_ref() {
            return Ok(());
        }
        let Some(path) = report_path(self)? else { return Ok(()) };
        for _ in 0..TIMES {
            let report = render(self, &RenderRequest::default())?;
            refresh(self, &path, &report)?;
            let tip = self.store.unchecked_tip()?.map(|tip| tip.to_string());
            if tip.as_deref() == Some(&report.meta.revision) {
                break;
            }
        }
        Ok(())
    }
}
