//! The table of tools: what each is called, what it takes, and which operation it is.

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool as Listed, ToolAnnotations};
use serde_json::{Value, json};

use super::arguments::{self, Argument};
use crate::ops::{Context, Error};

/// A tool.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// What it does and when to use it, in a sentence or two: every session of every client pays for it.
    pub(super) description: &'static str,
    pub(super) toolset: Toolset,
    pub(super) does: Does,
    pub(super) arguments: &'static [Argument],
    pub(super) answers: Answers,
    /// The JSON Schema of its answers, whole.
    pub(super) schema: fn() -> Value,
    pub(super) run: fn(&Context, JsonObject) -> Result<Value, Error>,
}

/// What a tool does to the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// Nothing.
    Reads,
    /// Makes new ones.
    Adds,
    /// Changes what is there; git has what was there before.
    Changes,
}

/// What a tool answers, as far as clients are told: the whole schema costs more than it is worth in every session.
#[derive(Clone, Copy)]
pub(super) enum Answers {
    /// One record.
    Record,
    /// A page of a list.
    List,
    /// Something else.
    Other,
}

/// Which tools there are, beside those that are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolset {
    /// The tools of the contract and what a session cannot do without.
    Default,
    /// Searching, releasing, deleting, restoring and archiving.
    Work,
    /// What happened, and taking it back.
    History,
    /// Long conversations about a record.
    Notes,
    /// Many changes in one commit.
    Batch,
    /// Adding and renaming vendors.
    Vendors,
    /// Taking deployments back.
    Deployments,
    /// Enhancements.
    Enhancements,
}

impl Toolset {
    /// All of them, with the words for them.
    pub const ALL: &[(&str, Self)] = &[
        ("default", Self::Default),
        ("work", Self::Work),
        ("history", Self::History),
        ("notes", Self::Notes),
        ("batch", Self::Batch),
        ("vendors", Self::Vendors),
        ("deployments", Self::Deployments),
        ("enhancements", Self::Enhancements),
    ];
}

impl Tool {
    pub(super) fn writes(&self) -> bool {
        self.does != Does::Reads
    }

    /// The tool as clients see it.
    pub(super) fn listed(&self) -> Listed {
        let annotations = ToolAnnotations::new()
            .read_only(!self.writes())
            .destructive(self.does == Does::Changes)
            .idempotent(!self.writes())
            .open_world(false);
        Listed::new(self.name, self.description, Arc::new(arguments::schema(self.arguments)))
            .with_title(self.title)
            .with_annotations(annotations)
            .with_raw_output_schema(Arc::new(self.answers.schema()))
    }
}

impl Answers {
    fn schema(self) -> JsonObject {
        let warnings = json!({ "type": "array", "items": { "type": "string" } });
        let mut properties = match self {
            Self::Record => json!({ "id": { "type": "string" } }),
            Self::List => json!({
                "items": { "type": "array", "items": { "type": "object" } },
                "total_count": { "type": "integer" },
                "has_more": { "type": "boolean" },
            }),
            Self::Other => json!({}),
        };
        properties["revision"] = json!({ "type": "string" });
        properties["warnings"] = warnings;
        let required: Vec<_> = properties
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        schema.as_object().cloned().unwrap_or_default()
    }
}
