//! The report that is kept current: `docket.render` in the git config of this clone.

use super::file::{SETTING, refresh, report_path};
use super::{RenderRequest, render};
use crate::ops::{Context, Error};

/// How often it is rendered again because somebody else has written meanwhile.
const TIMES: usize = 5;

impl Context {
    /// Renders the report that is kept current, after a write that was acknowledged and outside of its lock. Where
    /// that fails, says why: the write is a write all the same.
    ///
    /// Whoever writes the file last has seen the newest tip: after each time the tip is read again.
    pub(in crate::ops) fn keep_report(&self) -> Option<String> {
        let kept = || -> Result<(), Error> {
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
        };
        let error = kept().err()?;
        Some(format!("{SETTING}: the report is not current: {error}"))
    }
}
