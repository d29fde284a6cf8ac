//! Tools for the configuration of the project.

use rmcp::model::JsonObject;
use serde_json::Value;

use super::{json, schema};
use crate::mcp::arguments::{Argument, text};
use crate::mcp::tool::{Answers, Does, Tool, Toolset};
use crate::ops::{self, ConfigurationResponse, Context, Error, ReconfigureRequest};

/// The settings that can be changed here; how a clone keeps its records is the business of whoever set it up.
const SETTINGS: &[&str] = &["active_context_type", "default_token_budget", "current_session_id"];

/// Where each value comes from: that is for people.
const SOURCES: &str = "settings";

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "get_project_configuration",
        title: "Get the project's configuration",
        description: "What the team is at, the token budget of sessions, the current session, and where git stands.",
        toolset: Toolset::Default,
        does: Does::Reads,
        arguments: &[],
        answers: Answers::Other,
        schema: configuration_schema,
        // Another process may have changed git config since this one read it.
        run: |context, _| answer(&ops::configuration(&context.reopened()?)?),
    },
    Tool {
        name: "update_project_configuration",
        title: "Update the project's configuration",
        description: "Changes settings of the project. With revision only if nobody changed them since.",
        toolset: Toolset::Default,
        does: Does::Changes,
        arguments: &[
            Argument::word("active_context_type", &["feature", "maintenance", "research"], ""),
            Argument::whole("default_token_budget", 1_000, 1_000_000, ""),
            Argument::text("current_session_id", "a session, for this clone only"),
            Argument::text("revision", "as they were read"),
            Argument::text("updated_by", "default: this client's name"),
        ],
        answers: Answers::Other,
        schema: configuration_schema,
        run: update,
    },
];

fn update(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let given = SETTINGS.iter().filter_map(|name| Some((*name, arguments.get(*name)?)));
    let values: Vec<_> = given
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            (name.to_owned(), Some(text))
        })
        .collect();
    let request = ReconfigureRequest {
        values,
        revision: text(&arguments, "revision"),
        updated_by: text(&arguments, "updated_by"),
    };
    answer(&ops::reconfigure(context, &request)?)
}

/// The schema of what `answer` answers.
fn configuration_schema() -> Value {
    let mut schema = schema::<ConfigurationResponse>();
    if let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        fields.remove(SOURCES);
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| name != SOURCES);
    }
    schema
}

/// The configuration without where each value comes from.
fn answer(configuration: &ConfigurationResponse) -> Result<Value, Error> {
    let mut answer = json(configuration)?;
    if let Some(fields) = answer.as_object_mut() {
        fields.remove(SOURCES);
    }
    Ok(answer)
}
