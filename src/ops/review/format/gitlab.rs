//! A code quality report, as GitLab shows it in a merge request.

use serde_json::{Value, json};

use super::{document, fingerprints, message};
use crate::ops::review::ReviewFinding;
use crate::record::Severity;

pub(super) fn render(violations: &[ReviewFinding]) -> String {
    let issues = violations
        .iter()
        .zip(fingerprints(violations))
        .map(|(found, fingerprint)| {
            json!({
                "description": message(found),
                "check_name": format!("docket-{}", found.tier.as_str()),
                "fingerprint": fingerprint,
                "severity": match found.finding.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                },
                "location": {
                    "path": found.finding.file,
                    // It has to name a line; a file as a whole begins with its first.
                    "lines": { "begin": found.finding.line.unwrap_or(1) },
                },
            })
        });
    document(&issues.collect::<Value>())
}
