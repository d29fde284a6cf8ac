//! Ids that git or SHA-256 gave: hex digits.

use std::borrow::Cow;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use sha2::{Digest as _, Sha256};

use crate::record::field::{Field, text_of};
use crate::record::violation::Report;
use crate::record::yaml::{Node, Print, quoted};

/// The id of a commit of the code: 40 or 64 hex digits in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct CommitHash(String);

impl CommitHash {
    /// The SHA-256 of these bytes.
    #[must_use]
    pub(crate) fn sha256(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommitHash {
    type Err = NotACommit;

    fn from_str(text: &str) -> Result<Self, NotACommit> {
        let hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let valid = hex && matches!(text.len(), 40 | 64);
        valid
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| NotACommit(quoted(text)))
    }
}

/// A text that is not the id of a commit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a commit: 40 or 64 hex digits in lower case")]
pub struct NotACommit(String);

impl Field for CommitHash {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        match text_of(node, report)?.parse() {
            Ok(commit) => Some(commit),
            Err(error) => {
                report.error(node.line, format!("{error}"));
                None
            }
        }
    }

    fn print(&self) -> Option<Print> {
        Some(Print::Text(self.0.clone()))
    }
}

impl JsonSchema for CommitHash {
    fn schema_name() -> Cow<'static, str> {
        "CommitHash".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$" })
    }
}
