//! The tools, by what they are about.

mod configuration;
mod deployment;
mod enhancement;
mod list;
mod more;
mod vendor;
mod work_item;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::tool::Tool;
use crate::ops::Error;

/// All tools, in the order in which clients see them.
const ALL: &[&[Tool]] = &[
    work_item::TOOLS,
    list::TOOLS,
    deployment::TOOLS,
    vendor::TOOLS,
    configuration::TOOLS,
    work_item::BESIDE,
    more::TOOLS,
    enhancement::TOOLS,
];

/// All tools, those of the contract first.
pub(super) fn all() -> impl Iterator<Item = &'static Tool> {
    ALL.iter().flat_map(|tools| tools.iter())
}

/// How many bytes of JSON the records of a page have at most: said by the server, never by a client.
pub(super) const MAX_BYTES: &str = "max_bytes";

/// How many records a page has where nothing is said.
const LIMIT: usize = 50;

/// How many it has at most.
const MOST: i64 = 100;

const TYPES: &[&str] = &["project", "session", "task", "research"];
const STATUSES: &[&str] = &["pending", "active", "blocked", "completed", "cancelled"];
const PRIORITIES: &[&str] = &["high", "medium", "low"];
const DETAILS: &[&str] = &["concise", "full"];

/// The JSON Schema of an answer.
fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// An answer of one form or of another, for its schema.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "an answer is made as what it is")]
enum Either<A, B> {
    One(A),
    Other(B),
}

/// What an operation answered, as JSON.
fn json(answer: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(answer).map_err(Error::bug)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ops::{ClaimRequest, CreateRequest, NoteRequest, ReleaseRequest, UpdateRequest};
    use crate::ops::{deployment, enhancement, vendor};

    fn fields<T: JsonSchema>() -> BTreeSet<String> {
        let schema = schemars::schema_for!(T);
        let properties = schema.get("properties").and_then(Value::as_object);
        properties.expect("an object").keys().cloned().collect()
    }

    /// What a tool takes goes into the request of an operation as it is.
    #[test]
    fn arguments_are_fields_of_requests() {
        for (tool, fields) in [
            ("create_work_item", fields::<CreateRequest>()),
            ("update_work_item", fields::<UpdateRequest>()),
            ("claim_work_item", fields::<ClaimRequest>()),
            ("release_work_item", fields::<ReleaseRequest>()),
            ("add_note", fields::<NoteRequest>()),
            ("record_deployment", fields::<deployment::RecordDeploymentRequest>()),
            ("create_vendor", fields::<vendor::CreateVendorRequest>()),
            ("update_vendor_status", fields::<vendor::UpdateVendorRequest>()),
            ("create_enhancement", fields::<enhancement::CreateEnhancementRequest>()),
            ("update_enhancement", fields::<enhancement::UpdateEnhancementRequest>()),
            ("promote_enhancement", fields::<enhancement::PromoteRequest>()),
        ] {
            let tool = all().find(|known| known.name == tool).expect("there is such a tool");
            for argument in tool.arguments {
                assert!(fields.contains(argument.name), "{}: {}", tool.name, argument.name);
            }
        }
    }

    #[test]
    fn a_name_is_one_tool() {
        let names: Vec<_> = all().map(|tool| tool.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }
}
