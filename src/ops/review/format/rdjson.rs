//! Diagnostics as reviewdog reads them, for hosts that know no format of their own.

use serde_json::{Value, json};

use super::{document, message};
use crate::ops::review::ReviewFinding;

pub(super) fn render(violations: &[ReviewFinding]) -> String {
    let diagnostics = violations.iter().map(|found| {
        let mut location = json!({ "path": found.finding.file });
        if let Some(line) = found.finding.line {
            location["range"] = json!({ "start": { "line": line } });
        }
        json!({
            "message": message(found),
            "location": location,
            "severity": found.finding.severity.as_str().to_uppercase(),
            "code": { "value": found.tier.as_str() },
        })
    });
    document(&json!({
        "source": { "name": "git-docket" },
        "diagnostics": diagnostics.collect::<Value>(),
    }))
}
