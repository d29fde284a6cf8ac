//! Notes: what is said about a record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::cursor::Start;
use super::draft::{Draft, refused};
use super::read::{Listed, cut};
use super::view::{NoteView, note};
use super::{Context, Error};
use crate::record::{Kind, RecordPath, Violation, assemble};

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

/// Which notes to list.
#[derive(Clone, Debug, Default)]
pub struct NotesRequest {
    /// The record they are on, by any of its names.
    pub on: String,
    /// At most so many; all where nothing is said.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
    /// At most so many bytes of JSON, but for a single note that is larger.
    pub max_bytes: Option<usize>,
    /// After the page that gave this `next_cursor`, as of the same commit.
    pub cursor: Option<String>,
}

/// A page of the notes on a record, oldest first.
pub fn notes(context: &Context, request: &NotesRequest) -> Result<Listed<NoteView>, Error> {
    let question = ("notes", &request.on);
    let start = Start::of(context, request.cursor.as_deref(), None, request.offset, &question)?;
    let (rows, mut meta) = context.ask(start.at, &[Kind::Note], |records| {
        let on = records.find(&request.on)?.id();
        records.on(on.as_slice(), &[Kind::Note])
    })?;
    let total = rows.len();
    let page = rows.into_iter().skip(start.offset);
    let mut items: Vec<_> = page.take(request.limit.unwrap_or(total)).filter_map(note).collect();
    cut(&mut items, request.max_bytes, &mut meta);
    Ok(start.page(items, total, request.limit, meta))
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
    if request.body.trim().is_empty() {
        // A file that says so is read: somebody brought it along, or wrote it by hand.
        return Err(refused(vec![Violation::field("body", "is blank")]));
    }
    let note = assemble(Kind::Note, &fields, &request.body, None).map_err(refused)?;
    draft.put_drawn(note)?;
    Ok(on)
}
