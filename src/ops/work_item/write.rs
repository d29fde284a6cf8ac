//! Writing work items: one request, one commit, the item as it is then.

use serde::Serialize;

use super::around::views;
use super::view::WorkItemView;
use crate::ops::answer::{self, WriteResponse};
use crate::ops::claim::{self, ClaimRequest, ReleaseRequest};
use crate::ops::create::{self, CreateRequest};
use crate::ops::note::{self, NoteRequest};
use crate::ops::read::Meta;
use crate::ops::show::{self, AnyView};
use crate::ops::update::{self, UpdateRequest};
use crate::ops::view::NoteView;
use crate::ops::write::Written;
use crate::ops::{Context, Error, ErrorKind, delete as deletion};
use crate::record::{Fields, RecordPath};

/// A note that was added.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
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

/// Adds a work item.
pub fn add(context: &Context, request: &CreateRequest) -> Result<WriteResponse<WorkItemView>, Error> {
    let by = request.created_by.as_deref();
    answer(
        context,
        context.write("create", by, |context, draft| create::create(context, draft, request))?,
    )
}

/// Changes a work item.
pub fn update(context: &Context, request: &UpdateRequest) -> Result<WriteResponse<WorkItemView>, Error> {
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
pub fn claim(context: &Context, request: &ClaimRequest) -> Result<WriteResponse<WorkItemView>, Error> {
    let by = request.by.as_deref();
    answer(
        context,
        context.write("claim", by, |context, draft| claim::claim(context, draft, request))?,
    )
}

/// Gives a claimed work item back.
pub fn release(context: &Context, request: &ReleaseRequest) -> Result<WriteResponse<WorkItemView>, Error> {
    let by = request.by.as_deref();
    answer(
        context,
        context.write("release", by, |context, draft| claim::release(context, draft, request))?,
    )
}

/// Deletes a work item, with `recursive` all below it; or a vendor, or an enhancement.
pub fn delete(context: &Context, name: &str, recursive: bool) -> Result<WriteResponse<AnyView>, Error> {
    let written = context.write("delete", None, |context, draft| {
        deletion::delete(context, draft, name, recursive)
    })?;
    answer::answer(context, written, show::any)
}

/// Restores a deleted work item, with `recursive` all that were deleted with it; or a vendor, or an enhancement.
pub fn restore(context: &Context, name: &str, recursive: bool) -> Result<WriteResponse<AnyView>, Error> {
    let written = context.write("restore", None, |_, draft| deletion::restore(draft, name, recursive))?;
    answer::answer(context, written, show::any)
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

/// The item as it is after a write.
fn answer(context: &Context, written: Written<RecordPath>) -> Result<WriteResponse<WorkItemView>, Error> {
    answer::answer(context, written, |records, row| {
        Ok(views(records, vec![row])?.into_iter().next())
    })
}
