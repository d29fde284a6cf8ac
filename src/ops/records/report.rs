//! Answers from the report that is kept in a file, where git itself cannot be read.

use std::path::PathBuf;

use super::{Answer, GitRecords, Records};
use crate::exchange::project_status::{Report, report};
use crate::ops::read::{Loaded, Meta};
use crate::ops::render::report_path;
use crate::ops::{Context, Error, ErrorKind};
use crate::record::Parsed;
use crate::store::CommitId;

/// The report that is looked for where no setting names one.
const USUAL: &str = ".project_status.md";

impl Context {
    /// Asks the report that is kept here, after git could not be read for this reason; nothing where the reason is
    /// another one, there is no report, or it is of another commit than the one asked for.
    pub(super) fn ask_report<T>(
        &self,
        at: Option<CommitId>,
        reason: &Error,
        question: impl FnOnce(&mut dyn Records) -> Answer<T>,
    ) -> Option<(Answer<T>, Meta)> {
        if !matches!(reason.kind(), ErrorKind::Corrupt | ErrorKind::Unavailable) {
            return None;
        }
        let path = self.kept_report()?;
        let report = report(&std::fs::read_to_string(&path).ok()?)?;
        if at.is_some_and(|at| at.to_string() != report.revision) {
            return None;
        }
        let meta = meta(&report, &path.display().to_string(), reason);
        let mut records = GitRecords::of_report(self, loaded(report), meta.clone());
        Some((question(&mut records), meta))
    }

    fn kept_report(&self) -> Option<PathBuf> {
        match report_path(self) {
            Ok(Some(path)) => Some(path),
            _ => Some(self.store.work_dir()?.join(USUAL)),
        }
    }
}

fn meta(report: &Report, path: &str, reason: &Error) -> Meta {
    let revision: String = report.revision.chars().take(12).collect();
    Meta {
        revision: report.revision.clone(),
        data_source: "rendered",
        partial: true,
        warnings: vec![
            format!("git cannot be read: {reason}"),
            format!(
                "this is what {path} tells of {revision}: vendors, open work items, the newest deployments and \
                 enhancements, without bodies, \
                 dependencies, labels, links and dates; of each id only the short form counts"
            ),
        ],
    }
}

fn loaded(report: Report) -> Loaded {
    let records = report.migration.records.into_iter().filter_map(|record| {
        let parsed = Parsed {
            warnings: Vec::new(),
            newer_schema: None,
            record,
        };
        Some((parsed.record.path()?, parsed))
    });
    Loaded {
        records: records.collect(),
        ..Loaded::default()
    }
}
