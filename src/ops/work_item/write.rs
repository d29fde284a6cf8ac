//! Writing work items: one request, one commit, the item as it is then.

use serde::{Deserialize, Serialize};

use super::around::views;
use super::view::{NoteView, WorkItemView};
use crate::ops::claim::{self, ClaimRequest, ReleaseRequest};
use crate::ops::create::{self, CreateRequest};
use crate::ops::note::{self, NoteRequest};
use crate::ops::read::{INCOMPLETE, Meta};
use crate::ops::records::Records;
use crate::ops::update::{self, UpdateRequest};
use crate::ops::write::Written;
use crate::ops::{Context, Error, ErrorKind, delete as deletion};
use crate::record::{Fields, RecordPath};

/// What a write made of a work item.
#[derive(Clone, Debug, Serialize)]
pub struct WriteResponse {
    /// The item as it is now.
    #[serde(flatten)]
    pub item: WorkItemView,
    /// What changed, in one line; nothing where nothing did.
    #[serde(skip)]
    pub summary: Option<String>,
    /// What somebody at a terminal may want to know.
    #[serde(skip)]
    pub told: Vec<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// A note that was added.
#[derive(Clone, Debug, Serialize)]
pub struct NoteResponse {
    /// The note.
    #[serde(flatten)]
    pub note: NoteView,
    /// The record it is on.
    pub on: String,
    /// What changed, in one line.
    #[serde(skip)]
    pub summary: String,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// One line of a batch.
#[derive(Clone, Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum BatchLine {
    /// See [`add()`].
    CreateWorkItem(Box<CreateRequest>),
    /// See [`update()`].
    UpdateWorkItem(Box<UpdateRequest>),
    /// See [`claim()`].
    ClaimWorkItem(ClaimRequest),
    /// See [`note()`].
    AddNote(NoteRequest),
}

/// What a batch did.
#[derive(Clone, Debug, Serialize)]
pub struct BatchResponse {
    /// The record each line is about, in the order of the lines.
    pub ids: Vec<String>,
    /// How many records were changed.
    pub changed: usize,
    /// The commit; null where nothing was to change.
    pub commit: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Adds a work item.
pub fn add(context: &Context, request: &CreateRequest) -> Result<WriteResponse, Error> {
    let by = request.created_by.as_deref();
    answer(
        context,
        context.write("create", by, |context, draft| create::create(context, draft, request))?,
    )
}

/// Changes a work item.
pub fn update(context: &Context, request: &UpdateRequest) -> Result<WriteResponse, Error> {
    if request.version.is_some() {
        context.warm_index()?;
    }
    let by = request.updated_by.as_deref();
    answer(
        context,
        context.write("update", by, |context, draft| update::update(context, draft, request))?,
    )
}

/// Claims a work item, or the next one that is ready and free.
pub fn claim(context: &Context, request: &ClaimRequest) -> Result<WriteResponse, Error> {
    let by = request.by.as_deref();
    answer(
        context,
        context.write("claim", by, |context, draft| claim::claim(context, draft, request))?,
    )
}

/// Gives a claimed work item back.
pub fn release(context: &Context, request: &ReleaseRequest) -> Result<WriteResponse, Error> {
    let by = request.by.as_deref();
    answer(
        context,
        context.write("release", by, |context, draft| claim::release(context, draft, request))?,
    )
}

/// Deletes a work item, with `recursive` all below it.
pub fn delete(context: &Context, name: &str, recursive: bool) -> Result<WriteResponse, Error> {
    answer(
        context,
        context.write("delete", None, |context, draft| {
            deletion::delete(context, draft, name, recursive)
        })?,
    )
}

/// Restores a deleted work item, with `recursive` all that were deleted with it.
pub fn restore(context: &Context, name: &str, recursive: bool) -> Result<WriteResponse, Error> {
    answer(
        context,
        context.write("restore", None, |_, draft| deletion::restore(draft, name, recursive))?,
    )
}

/// Adds a note to a record.
pub fn note(context: &Context, request: &NoteRequest) -> Result<NoteResponse, Error> {
    let by = request.created_by.as_deref();
    let written = context.write("note", by, |context, draft| note::add(context, draft, request))?;
    let added = written.changed.iter().find_map(|changed| match &changed.after.fields {
        Fields::Note(note) => Some(NoteView {
            id: note.id,
            created_at: note.created_at,
            created_by: note.created_by.clone(),
            body: changed.after.body.clone(),
        }),
        _ => None,
    });
    Ok(NoteResponse {
        note: added.ok_or_else(|| Error::new(ErrorKind::Internal, "the note was not written"))?,
        on: written.value.id().map(|id| id.to_string()).unwrap_or_default(),
        summary: written.subject,
        meta: Meta::git(written.commit, written.warnings),
    })
}

/// Applies all lines in one commit, or none; an error names the line, counted from 1.
pub fn batch(context: &Context, lines: &[(usize, BatchLine)]) -> Result<BatchResponse, Error> {
    let expects = |line: &BatchLine| matches!(line, BatchLine::UpdateWorkItem(request) if request.version.is_some());
    if lines.iter().any(|(_, line)| expects(line)) {
        context.warm_index()?;
    }
    let written = context.write("batch", None, |context, draft| {
        let mut ids = Vec::with_capacity(lines.len());
        for (number, line) in lines {
            let path = match line {
                BatchLine::CreateWorkItem(request) => create::create(context, draft, request),
                BatchLine::UpdateWorkItem(request) => update::update(context, draft, request),
                BatchLine::ClaimWorkItem(request) => claim::claim(context, draft, request),
                BatchLine::AddNote(request) => note::add(context, draft, request),
            };
            let path = path.map_err(|error| error.in_line(*number))?;
            ids.push(path.id().map(|id| id.to_string()).unwrap_or_default());
        }
        Ok(ids)
    })?;
    let changed = written.changed.len();
    Ok(BatchResponse {
        ids: written.value,
        changed,
        commit: (changed > 0).then(|| written.commit.to_string()),
        meta: Meta::git(written.commit, written.warnings),
    })
}

/// The item as it is after a write.
fn answer(context: &Context, written: Written<RecordPath>) -> Result<WriteResponse, Error> {
    let question = |records: &mut dyn Records| {
        let row = records.row(&written.value)?;
        let views = views(records, row.into_iter().collect())?;
        Ok(views
            .into_iter()
            .next()
            .ok_or_else(|| Error::bug("the item was not written"))?)
    };
    let touched = match context.brief {
        true => None,
        false => written.touched(context, &written.value)?,
    };
    let (mut item, meta) = context.ask_after_write(written.commit, &written.value, touched, question)?;
    let mut warnings = [written.warnings.as_slice(), &meta.warnings].concat();
    if item.version.is_none() && !context.brief {
        if written.changed.iter().any(|changed| changed.path == written.value) {
            item.updated_at = written.at(context)?;
            item.updated_by = Some(written.actor.to_string());
        }
        let why = match context.store.is_complete()? {
            true => "version is not known without the index; revision can be expected instead",
            false => INCOMPLETE,
        };
        warnings.push(why.to_owned());
    }
    Ok(WriteResponse {
        item,
        summary: (!written.changed.is_empty()).then_some(written.subject),
        told: written.warnings,
        meta: Meta { warnings, ..meta },
    })
}
