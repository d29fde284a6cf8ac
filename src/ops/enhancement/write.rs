//! Adding and changing enhancements.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{EnhancementView, fields};
use crate::ops::answer::{WriteResponse, answer};
use crate::ops::body_edit::new_body;
use crate::ops::draft::{Draft, refused};
use crate::ops::expect::{Expects, expect};
use crate::ops::field_edit::{self, FieldEdit, FieldPath, apply};
use crate::ops::keyed::is_replayed;
use crate::ops::show::viewed;
use crate::ops::{Context, Error};
use crate::record::enhancement::EnhancementStatus;
use crate::record::{Kind, RecordId, RecordPath, assemble};

/// How much an enhancement matters where nothing is said: the middle of 1 to 5.
const PRIORITY: i64 = 3;

/// A new enhancement. References are any names of records.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CreateEnhancementRequest {
    /// One line that names it.
    pub title: String,
    /// From 1 (high) to 5 (low); where nothing is said, 3.
    pub priority: Option<i64>,
    /// How far it is; where nothing is said, planned.
    pub status: Option<String>,
    /// When it should be done, such as 2026-Q1.
    pub target_quarter: Option<String>,
    /// Principles it must follow.
    pub requires_constitutional_principles: Vec<String>,
    /// Records it waits for.
    pub depends_on: Vec<String>,
    /// Anything else.
    pub metadata: Map<String, Value>,
    /// The description, Markdown.
    pub body: Option<String>,
    /// Who creates it; where nothing is said, who asks.
    pub created_by: Option<String>,
    /// The same key and the same request give the same record, however often.
    pub idempotency_key: Option<String>,
}

/// Changes of an enhancement, as operations on its fields.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateEnhancementRequest {
    /// The enhancement, by any of its names.
    pub id: String,
    /// The version the caller read.
    pub version: Option<u64>,
    /// The commit the caller read at.
    pub revision: Option<String>,
    /// A new title.
    pub title: Option<String>,
    /// A new priority.
    pub priority: Option<i64>,
    /// A new status.
    pub status: Option<String>,
    /// A new quarter.
    pub target_quarter: Option<String>,
    /// Principles to add.
    pub add_principles: Vec<String>,
    /// Principles to remove.
    pub remove_principles: Vec<String>,
    /// Records it shall wait for too.
    pub add_depends_on: Vec<String>,
    /// Records it shall wait for no more.
    pub remove_depends_on: Vec<String>,
    /// New values of these keys; others stay.
    pub metadata: Map<String, Value>,
    /// Markdown to put below the description.
    pub append_body: Option<String>,
    /// A new description; replacing one that is not empty needs an expectation.
    pub body: Option<String>,
    /// Fields to clear, dotted for keys of the metadata.
    pub clear: Vec<String>,
    /// Print the file anew where it cannot be edited line by line.
    pub reformat: bool,
    /// Who changes it; where nothing is said, who asks.
    pub updated_by: Option<String>,
}

impl Expects for UpdateEnhancementRequest {
    fn name(&self) -> &str {
        &self.id
    }

    fn version(&self) -> Option<u64> {
        self.version
    }

    fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }
}

/// Adds an enhancement.
pub fn add(context: &Context, request: &CreateEnhancementRequest) -> Result<WriteResponse<EnhancementView>, Error> {
    let by = request.created_by.as_deref();
    let written = context.write("create", by, |context, draft| create(context, draft, request))?;
    answer(context, written, |records, row| viewed(records, row, fields))
}

/// Changes an enhancement.
pub fn update(context: &Context, request: &UpdateEnhancementRequest) -> Result<WriteResponse<EnhancementView>, Error> {
    if request.version.is_some() {
        context.warm_index()?;
    }
    let by = request.updated_by.as_deref();
    let written = context.write("update", by, |context, draft| edit(context, draft, request))?;
    answer(context, written, |records, row| viewed(records, row, fields))
}

/// Puts a new enhancement into the draft; returns its path.
///
/// With a key that was used before for the same request, nothing changes.
pub(in crate::ops) fn create(
    context: &Context,
    draft: &mut Draft<'_>,
    request: &CreateEnhancementRequest,
) -> Result<RecordPath, Error> {
    let id = match &request.idempotency_key {
        Some(key) => RecordId::keyed(Kind::Enhancement, key),
        None => context.source.id(),
    };
    let path = RecordPath::own(Kind::Enhancement, id);
    let path = path.ok_or_else(|| Error::bug("an enhancement without a path"))?;
    if let Some(key) = &request.idempotency_key
        && is_replayed(context, draft, &path, key, request)?
    {
        return Ok(path);
    }
    let by = context.named_or_actor(request.created_by.as_deref())?;
    let status = request.status.clone();
    let status = status.unwrap_or_else(|| EnhancementStatus::Planned.as_str().to_owned());
    let mut fields = Map::new();
    let mut set = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    set("id", id.to_string().into());
    set("title", request.title.clone().into());
    set("priority", request.priority.unwrap_or(PRIORITY).into());
    set("status", status.into());
    if let Some(quarter) = &request.target_quarter {
        set("target_quarter", quarter.clone().into());
    }
    let principles = request.requires_constitutional_principles.clone();
    set("requires_constitutional_principles", principles.into());
    set("depends_on", draft.ids(&request.depends_on)?);
    set("created_at", context.source.now().to_string().into());
    set("created_by", by.as_str().into());
    set("metadata", request.metadata.clone().into());
    let record = assemble(Kind::Enhancement, &fields, request.body.as_deref().unwrap_or(""), None);
    draft.put_drawn(record.map_err(refused)?)
}

/// Applies the changes to the draft; returns the path of the enhancement.
pub(in crate::ops) fn edit(
    context: &Context,
    draft: &mut Draft<'_>,
    request: &UpdateEnhancementRequest,
) -> Result<RecordPath, Error> {
    let (path, record) = draft.find_of(Kind::Enhancement, &request.id)?;
    draft.reformat |= request.reformat;
    expect(context, draft, &path, request)?;
    let values = [
        ("title", request.title.clone().map(Value::from)),
        ("priority", request.priority.map(Value::from)),
        ("status", request.status.clone().map(Value::from)),
        ("target_quarter", request.target_quarter.clone().map(Value::from)),
    ];
    let values = values.into_iter().filter_map(|(field, value)| Some((field, value?)));
    let mut edits: Vec<_> = values
        .map(|(field, value)| FieldEdit::Set(field.into(), value))
        .collect();
    for (key, value) in &request.metadata {
        edits.push(FieldEdit::Set(FieldPath::key("metadata", key), value.clone()));
    }
    let texts = |values: &[String]| values.iter().cloned().map(Value::from).collect::<Vec<_>>();
    let principles = "requires_constitutional_principles";
    edits.extend(FieldEdit::add(principles, texts(&request.add_principles)));
    edits.extend(FieldEdit::remove(principles, texts(&request.remove_principles)));
    let more = draft.ids(&request.add_depends_on)?;
    edits.extend(FieldEdit::add(
        "depends_on",
        more.as_array().cloned().unwrap_or_default(),
    ));
    let waits_for = crate::record::graph::waits_for(&record);
    let less = draft.known_ids(waits_for, &request.remove_depends_on)?;
    edits.extend(FieldEdit::remove("depends_on", less));
    edits.extend(field_edit::clear(&record, &request.clear)?);
    let body = new_body(
        request,
        &record.body,
        request.body.as_deref(),
        request.append_body.as_deref(),
    )?;
    let (changed, cleared) = apply(&record, &body, &edits)?;
    draft.put(changed, cleared)
}
