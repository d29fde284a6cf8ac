//! From what an operation answered to what a client gets.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;

use super::fit;
use crate::ops::{Error, ErrorKind, text};

/// An error is cut by some clients beyond this.
const ERROR_BYTES: usize = 10_000;

/// How many bytes of its texts and elements of its lists are left where it is longer, in these steps.
const ERROR_STEPS: [usize; 4] = [2_000, 300, 60, 10];

/// What goes out of what an operation answered, of whose body so many bytes are left out. Takes a while where it is large.
pub(super) fn fitted(mut value: Value, body_offset: usize) -> Value {
    fit::fit(&mut value, body_offset);
    text::show(&mut value);
    value
}

/// The answer of a tool: the object, and the same as text for clients that know nothing else.
pub(super) fn success(value: Value) -> CallToolResult {
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
    for most in ERROR_STEPS {
        if value.to_string().len() <= ERROR_BYTES {
            break;
        }
        fit::cut_everywhere(&mut value, most, true);
        value["cut"] = true.into();
    }
    value
}

/// What to do next. Never anything that destroys, and nothing of what is stored.
fn hint(tool: &str, error: &Error) -> Option<String> {
    let reads = match tool {
        "update_vendor_status" | "rename_vendor" => "query_vendor_status",
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
            format!(
                "read it with {reads}, see whether your change still holds, then repeat it with version {version} \
                 and without revision"
            )
        }
        (ErrorKind::Conflict, None) => {
            format!("read it with {reads}, see whether your change still holds, then repeat it with its revision")
        }
        (ErrorKind::NotFound, _) if error.hints().iter().any(|hint| hint == "git init") => {
            "this is no git repository: start the server with --repo DIR".to_owned()
        }
        (ErrorKind::NotFound, _) if error.details().contains_key("stood_at") => {
            "somebody deleted the branch of the docket: what hints names brings it back".to_owned()
        }
        (ErrorKind::NotFound, _) if error.hints().iter().any(|hint| hint == "git docket init") => {
            "there is no docket here: run `git docket init` in the repository, or start the server with --repo DIR"
                .to_owned()
        }
        (ErrorKind::NotFound, _) => match tool {
            "retract_deployment" => "list_deployments finds what there is".to_owned(),
            "update_enhancement" | "promote_enhancement" => "list_enhancements finds what there is".to_owned(),
            _ => "list_work_items or query_vendor_status finds what there is".to_owned(),
        },
        _ if error.hints().iter().any(|hint| hint.ends_with(" --force")) => {
            "force=true does it all the same".to_owned()
        }
        (ErrorKind::Ambiguous, _) => "give more digits of the id".to_owned(),
        (ErrorKind::Unavailable, _) => {
            "repeat the call in a moment; give an idempotency_key where it creates".to_owned()
        }
        _ => return None,
    })
}
