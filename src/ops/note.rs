//! Notes: what is said about a record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::draft::{Draft, refused};
use super::{Context, Error};
use crate::record::{Kind, RecordPath, assemble};

/// A comment on a record.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteRequest {
    /// The record it is on, by any of its names.
    pub on: String,
    /// Its text, 1 to 10,000 characters of Markdown.
    pub body: String,
    /// Who writes it; where nothing is said, who asks.
    #[serde(default)]
    pub created_by: Option<String>,
}

/// Puts a note into the draft; returns its path and that of the record it is on.
pub(super) fn add(context: &Context, draft: &mut Draft<'_>, request: &NoteRequest) -> Result<RecordPath, Error> {
    let on = draft.find(&request.on)?;
    let by = context.named_or_actor(request.created_by.as_deref())?;
    let now = context.source.now();
    let fields = json!({
        "id": context.source.timed_id(now).to_string(),
        "on": on.id().map(|id| id.to_string()),
        "created_at": context.source.second().to_string(),
        "created_by": by.as_str(),
    });
    let fields = fields.as_object().cloned().unwrap_or_else(Map::new);
    let note = assemble(Kind::Note, &fields, &request.body, None).map_err(refused)?;
    draft.put_drawn(note)?;
    Ok(on)
}
