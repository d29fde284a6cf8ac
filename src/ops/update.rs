//! Changing work items.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::body_edit::new_body;
use super::draft::Draft;
use super::expect::{Expects, expect};
use super::field_edit::{self, FieldEdit, FieldPath, apply};
use super::{Context, Error, ErrorKind, commit_link, delete, rules};
use crate::record::value::Time;
use crate::record::work_item::Status;
use crate::record::{RecordPath, WorkItem};

/// Changes of a work item, as operations on its fields. References are any names of records.
///
/// Without an expectation it is applied to whatever the item is at that moment; with one, only if
/// the item is still what the caller read.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateRequest {
    /// The work item, by any of its names.
    pub id: String,
    /// The version the caller read.
    pub version: Option<u64>,
    /// The commit the caller read at.
    pub revision: Option<String>,
    /// A new title.
    pub title: Option<String>,
    /// A new status.
    pub status: Option<String>,
    /// New values of these keys; others stay.
    pub metadata: Map<String, Value>,
    /// A new parent.
    pub parent_id: Option<String>,
    /// A new priority.
    pub priority: Option<String>,
    /// All labels.
    pub labels: Option<Vec<String>>,
    /// Labels to add.
    pub add_labels: Vec<String>,
    /// Labels to remove.
    pub remove_labels: Vec<String>,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// The branch of the code.
    pub branch_name: Option<String>,
    /// The pull request.
    pub pr_number: Option<i64>,
    /// Records it shall wait for too.
    pub add_depends_on: Vec<String>,
    /// Records it shall wait for no more.
    pub remove_depends_on: Vec<String>,
    /// Links to add: relation to names of records.
    pub add_links: Map<String, Value>,
    /// Links to remove.
    pub remove_links: Map<String, Value>,
    /// Other names to add.
    pub add_aliases: Vec<String>,
    /// Other names to remove.
    pub remove_aliases: Vec<String>,
    /// Addresses outside to add.
    pub add_external: Vec<String>,
    /// Addresses outside to remove.
    pub remove_external: Vec<String>,
    /// A commit of the code that belongs to it, by any name git knows; kept as a link of its own.
    pub commit_hash: Option<String>,
    /// Markdown to put below the body.
    pub append_body: Option<String>,
    /// A new body; replacing one that is not empty needs an expectation.
    pub body: Option<String>,
    /// When it was deleted; refused while something below it is alive.
    pub deleted_at: Option<String>,
    /// Put it away now; clearing `archived_at` takes it out again.
    pub archive: bool,
    /// Fields to clear, dotted for keys of the metadata.
    pub clear: Vec<String>,
    /// Do it in spite of open children.
    pub force: bool,
    /// Print the file anew where it cannot be edited line by line.
    pub reformat: bool,
    /// Who changes it; where nothing is said, who asks.
    pub updated_by: Option<String>,
}

impl Expects for UpdateRequest {
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

/// Names out of a JSON value: one, or a list of them.
pub(super) fn names(value: &Value) -> Result<Vec<String>, Error> {
    let name = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let all = match value {
        Value::Array(values) => values.iter().map(name).collect::<Option<Vec<_>>>(),
        one => name(one).map(|name| vec![name]),
    };
    all.ok_or_else(|| Error::request("links are given as names of records"))
}

/// Applies the changes to the draft; returns the path of the item.
pub(super) fn update(context: &Context, draft: &mut Draft<'_>, request: &UpdateRequest) -> Result<RecordPath, Error> {
    let (path, item, body) = draft.find_work_item(&request.id)?;
    draft.reformat |= request.reformat;
    expect(context, draft, &path, request)?;
    let record = draft.get(&path)?.cloned();
    let record = record.ok_or_else(|| Error::new(ErrorKind::Internal, "the item is gone"))?;
    let mut edits = edits(draft, request, &item, context.source.second())?;
    edits.extend(field_edit::clear(&record, &request.clear)?);
    if request.status.is_some() {
        edits.extend(after_status(draft, request, &item)?);
    }
    if request.deleted_at.is_some() && item.deleted_at.is_none() && !request.force {
        delete::require_no_children(draft, item.id)?;
    }
    let new_body = new_body(request, &body, request.body.as_deref(), request.append_body.as_deref())?;
    let (changed, cleared) = apply(&record, &new_body, &edits)?;
    if let Some(revision) = &request.commit_hash {
        commit_link::by_hand(context, draft, &item, revision, request.updated_by.as_deref())?;
    }
    draft.put(changed, cleared)
}

fn edits(draft: &mut Draft<'_>, request: &UpdateRequest, item: &WorkItem, now: Time) -> Result<Vec<FieldEdit>, Error> {
    let mut edits = Vec::new();
    let set = |edits: &mut Vec<FieldEdit>, field: &str, value: Option<Value>| {
        edits.extend(value.map(|value| FieldEdit::Set(field.into(), value)));
    };
    let texts = [
        ("title", &request.title),
        ("status", &request.status),
        ("priority", &request.priority),
        ("assignee", &request.assignee),
        ("branch_name", &request.branch_name),
        ("deleted_at", &request.deleted_at),
    ];
    for (field, text) in texts {
        set(&mut edits, field, text.clone().map(Value::from));
    }
    if request.archive && item.archived_at.is_none() {
        set(&mut edits, "archived_at", Some(now.to_string().into()));
    }
    set(&mut edits, "pr_number", request.pr_number.map(Value::from));
    set(&mut edits, "labels", request.labels.clone().map(Value::from));
    if let Some(parent) = &request.parent_id {
        set(&mut edits, "parent_id", Some(draft.new_parent(parent)?));
    }
    for (key, value) in &request.metadata {
        edits.push(FieldEdit::Set(FieldPath::key("metadata", key), value.clone()));
    }
    let texts = |values: &[String]| values.iter().cloned().map(Value::from).collect::<Vec<_>>();
    let lists = [
        ("labels", &request.add_labels, &request.remove_labels),
        ("aliases", &request.add_aliases, &request.remove_aliases),
        ("external", &request.add_external, &request.remove_external),
    ];
    for (field, add, remove) in lists {
        edits.extend(FieldEdit::add(field, texts(add)));
        edits.extend(FieldEdit::remove(field, texts(remove)));
    }
    edits.extend(FieldEdit::add("depends_on", list(draft.ids(&request.add_depends_on)?)));
    let waits_for = item.depends_on.iter().copied();
    let waits_for_less = draft.known_ids(waits_for, &request.remove_depends_on)?;
    edits.extend(FieldEdit::remove("depends_on", waits_for_less));
    for (relation, value) in &request.add_links {
        let ids = list(draft.ids(&names(value)?)?);
        edits.extend(FieldEdit::add(FieldPath::key("links", relation), ids));
    }
    for (relation, value) in &request.remove_links {
        let linked = item
            .links
            .iter()
            .filter(|(r, _)| r.as_str() == relation)
            .map(|(_, id)| id);
        let ids = draft.known_ids(linked, &names(value)?)?;
        edits.extend(FieldEdit::remove(FieldPath::key("links", relation), ids));
    }
    Ok(edits)
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        one => vec![one],
    }
}

/// What follows from a new status: open children stand in the way of completion, reasons go with the block, claims
/// with the end.
fn after_status(draft: &mut Draft<'_>, request: &UpdateRequest, item: &WorkItem) -> Result<Vec<FieldEdit>, Error> {
    let status = request.status.as_deref().unwrap_or_default();
    let mut edits = Vec::new();
    let blocked = Status::Blocked.as_str();
    if status != blocked
        && item.metadata.0.contains_key("blocked_reason")
        && !request.metadata.contains_key("blocked_reason")
    {
        edits.push(FieldEdit::Clear(FieldPath::key("metadata", "blocked_reason")));
    }
    let over = [Status::Completed, Status::Cancelled]
        .iter()
        .any(|over| over.as_str() == status);
    if over && item.claim.is_some() {
        edits.push(FieldEdit::Clear("claim".into()));
    }
    if status == Status::Completed.as_str() && item.status != Status::Completed {
        match rules::held_open(draft, item.id)? {
            Some(error) if !request.force => return Err(error),
            Some(error) => draft.warnings.push(error.to_string()),
            None => {}
        }
    }
    Ok(edits)
}
