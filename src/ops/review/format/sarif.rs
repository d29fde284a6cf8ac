//! SARIF 2.1.0, the interchange format of code scanning.

use serde_json::{Value, json};

use super::{document, fingerprints, message};
use crate::ops::review::{ReviewFinding, Tier};

/// Under what name the fingerprint stands: another way to make it is another name.
const FINGERPRINT: &str = "docketFinding/v1";

pub(super) fn render(violations: &[ReviewFinding]) -> String {
    let rules = Tier::ALL
        .iter()
        .map(|tier| json!({ "id": tier.as_str(), "shortDescription": { "text": tier.meaning() } }));
    let results = violations.iter().zip(fingerprints(violations));
    let results = results.map(|(found, fingerprint)| result(found, &fingerprint));
    document(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "git-docket",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Value>(),
            } },
            "results": results.collect::<Value>(),
        }],
    }))
}

fn result(found: &ReviewFinding, fingerprint: &str) -> Value {
    let index = Tier::ALL.iter().position(|tier| *tier == found.tier);
    json!({
        "ruleId": found.tier.as_str(),
        "ruleIndex": index,
        "level": found.finding.severity.as_str(),
        "message": { "text": message(found) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&found.finding.file) },
            // Hosts show nothing that has no line; a file as a whole begins with its first.
            "region": { "startLine": found.finding.line.unwrap_or(1) },
        } }],
        "partialFingerprints": { FINGERPRINT: fingerprint },
    })
}

/// The path as a reference: whatever somebody called the file, it is one.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte.into()),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn every_path_is_a_reference() {
        assert_eq!(uri(".tracking/work-items/3f/a.md"), ".tracking/work-items/3f/a.md");
        assert_eq!(uri("a b:ü%?#.md"), "a%20b%3A%C3%BC%25%3F%23.md");
    }
}
