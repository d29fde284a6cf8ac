//! What is wrong with a docket that no single command would notice.

use std::time::Duration;

use serde::Serialize;

use super::read::Meta;
use super::validate::{Target, validate};
use super::{Context, Error};
use crate::record::Severity;

/// A lock file younger than this may be somebody's who is writing now.
const STALE: Duration = Duration::from_secs(60);

/// One thing to look at.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Whether something may be lost or in the way.
    pub severity: Severity,
    /// What it is.
    pub message: String,
    /// A command that shows more.
    pub hint: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct DoctorResponse {
    /// What to look at, errors first; empty when all is well.
    pub findings: Vec<Finding>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Examines the docket; changes nothing.
///
/// Finds commits that stood on the tracking ref once and are not reached from it any more, files
/// that killed processes left, and records that cannot be read.
pub fn doctor(context: &Context) -> Result<DoctorResponse, Error> {
    let reading = context.read()?;
    let mut findings = Vec::new();
    let logged = context.store.reflog()?;
    for commit in context.store.unreached(reading.commit(), &logged)? {
        findings.push(Finding {
            severity: Severity::Error,
            message: format!(
                "commit {commit} was on {} once and is not any more",
                context.tracking_ref()
            ),
            hint: Some(format!(
                "git log --oneline {}..{}",
                context.tracking_ref(),
                commit.short()
            )),
        });
    }
    for (file, age) in context.store.leftovers()? {
        if age > STALE {
            let minutes = age.as_secs() / 60;
            findings.push(Finding {
                severity: Severity::Warning,
                message: format!(
                    "{} was left {minutes} minutes ago by a process that was killed",
                    file.display()
                ),
                hint: None,
            });
        }
    }
    let checked = validate(context, &Target::Revision(reading.commit().to_string()))?;
    if checked.errors > 0 {
        findings.push(Finding {
            severity: Severity::Error,
            message: format!("{} errors in {} records", checked.errors, checked.records),
            hint: Some("git docket validate".to_owned()),
        });
    }
    findings.sort_by_key(|finding| finding.severity);
    Ok(DoctorResponse {
        findings,
        meta: reading.meta(),
    })
}
