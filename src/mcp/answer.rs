//! From what an operation answered to what a client gets.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

use super::fit;
use crate::ops::{Error, ErrorKind, text};

/// An error is cut by some clients beyond this.
const ERROR_BYTES: usize = 10_000;

/// The answer of a tool: the object, and the same as text for clients that know nothing else.
pub(super) fn success(mut value: Value) -> CallToolResult {
    fit::fit(&mut value);
    text::show(&mut value);
    CallToolResult::structured(value)
}

/// An error of a tool: text only, since strict clients hold an object against the schema of the answer.
pub(super) fn failure(tool: &str, error: &Error) -> CallToolResult {
    let value = error_json(tool, error);
    CallToolResult::error(vec![ContentBlock::text(value.to_string())])
}

/// The error as every surface has it, and what to do next in the words of this one.
pub(super) fn error_json(tool: &str, error: &Error) -> Value {
    let mut value = error.to_json();
    if let Some(hint) = hint(tool, error) {
        value["hint"] = hint.into();
    }
    text::show(&mut value);
    if value.to_string().len() > ERROR_BYTES {
        let message = value["message"].as_str().unwrap_or_default();
        let end = message.floor_char_boundary(ERROR_BYTES / 4);
        value["message"] = message[..end].into();
        value["details"] = json!({ "cut": true });
    }
    value
}

/// What to do next. Never anything that destroys, and nothing of what is stored.
fn hint(tool: &str, error: &Error) -> Option<String> {
    let reads = match tool {
        "update_vendor_status" => "query_vendor_status",
        "update_project_configuration" => "get_project_configuration",
        "update_enhancement" => "list_enhancements",
        _ => "query_work_item",
    };
    let version = error.details().get("current_version").and_then(Value::as_u64);
    Some(match (error.kind(), version) {
        (ErrorKind::Conflict, _) if tool == "claim_work_item" => {
            "somebody else holds it: claim_work_item without id takes the next one that is free".to_owned()
        }
        (ErrorKind::Conflict, Some(version)) => {
            format!("read it with {reads}, see whether your change still holds, then repeat it with version {version}")
        }
        (ErrorKind::Conflict, None) => {
            format!("read it with {reads}, see whether your change still holds, then repeat it with its revision")
        }
        (ErrorKind::NotFound, _) if error.hints().iter().any(|hint| hint == "git init") => {
            "this is no git repository: start the server with --repo DIR".to_owned()
        }
        (ErrorKind::NotFound, _) if error.hints().iter().any(|hint| hint == "git docket init") => {
            "there is no docket here: run `git docket init` in the repository, or start the server with --repo DIR"
                .to_owned()
        }
        (ErrorKind::NotFound, _) => "list_work_items or query_vendor_status finds what there is".to_owned(),
        (ErrorKind::Ambiguous, _) => "give more digits of the id".to_owned(),
        (ErrorKind::Unavailable, _) => {
            "repeat the call in a moment; give an idempotency_key where it creates".to_owned()
        }
        _ => return None,
    })
}
