//! Recording deployments, and taking them back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{DeploymentView, REPEATED, fields};
use crate::ops::answer::{WriteResponse, answer};
use crate::ops::draft::{Draft, refused};
use crate::ops::field_edit::{FieldEdit, apply};
use crate::ops::keyed::is_replayed;
use crate::ops::show::viewed;
use crate::ops::wire::lifted;
use crate::ops::{Context, Error};
use crate::record::id::CommitHash;
use crate::record::{Fields, Kind, RecordId, RecordPath, assemble};

/// A deployment that took place. References are any names of records.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RecordDeploymentRequest {
    /// When it went out; where nothing is said, now. Must be given with an idempotency key.
    pub deployed_at: Option<String>,
    /// The commit of the code that went out: its whole id, or any name this clone knows it by.
    pub commit_hash: Option<String>,
    /// Where it went.
    pub environment: Option<String>,
    /// The pull request it came from.
    pub pr_number: Option<i64>,
    /// The title of that pull request.
    pub pr_title: Option<String>,
    /// How many tests of each kind passed.
    pub test_summary: Map<String, Value>,
    /// Whether it follows the agreed principles.
    pub constitutional_compliance: Option<bool>,
    /// The vendors it touches.
    pub affected_vendor_ids: Vec<String>,
    /// The work items it carries.
    pub related_work_item_ids: Vec<String>,
    /// Anything else; `commit_hash`, the fields of the pull request and the two after them may stand here instead.
    pub metadata: Map<String, Value>,
    /// Markdown.
    pub body: Option<String>,
    /// Who records it; where nothing is said, who asks.
    pub created_by: Option<String>,
    /// The same key and the same request give the same record, however often.
    pub idempotency_key: Option<String>,
}

/// A deployment that is taken back: it stays, and lists leave it out.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetractRequest {
    /// The deployment, by any of its names.
    pub id: String,
    /// Why.
    pub reason: Option<String>,
    /// Who takes it back; where nothing is said, who asks.
    pub by: Option<String>,
}

/// Records a deployment.
pub fn record(context: &Context, request: &RecordDeploymentRequest) -> Result<WriteResponse<DeploymentView>, Error> {
    let by = request.created_by.as_deref();
    let written = context.write("create", by, |context, draft| create(context, draft, request))?;
    answer(context, written, |records, row| viewed(records, row, fields))
}

/// Takes a deployment back. One that was taken back before stays as it is.
pub fn retract(context: &Context, request: &RetractRequest) -> Result<WriteResponse<DeploymentView>, Error> {
    let by = request.by.as_deref();
    let written = context.write("retract", by, |context, draft| take_back(context, draft, request))?;
    answer(context, written, |records, row| viewed(records, row, fields))
}

/// Puts a new deployment into the draft; returns its path.
///
/// With a key that was used before for the same request, nothing changes.
pub(in crate::ops) fn create(
    context: &Context,
    draft: &mut Draft<'_>,
    request: &RecordDeploymentRequest,
) -> Result<RecordPath, Error> {
    let time = match &request.deployed_at {
        // So long ago is another time each time it is said.
        Some(text) if request.idempotency_key.is_some() => text.parse().map_err(|_| {
            let message = format!("deployed_at: with an idempotency key, `{text}` must be a whole time");
            Error::request(format!("{message}, such as 2025-10-10T18:00:00Z"))
        })?,
        Some(text) => context.time(text).map_err(|error| error.in_field("deployed_at"))?,
        None => context.source.second(),
    };
    let id = match &request.idempotency_key {
        Some(_) if request.deployed_at.is_none() => {
            let message = "an idempotency key needs deployed_at: the identity begins with it";
            return Err(Error::request(message));
        }
        Some(key) => RecordId::keyed_at(time, Kind::Deployment, key),
        None => context.source.timed_id(time),
    };
    let path = RecordPath::own(Kind::Deployment, id).ok_or_else(|| Error::bug("a deployment without a path"))?;
    if let Some(key) = &request.idempotency_key
        && is_replayed(context, draft, &path, key, request)?
    {
        return Ok(path);
    }
    let mut fields = given(request);
    let metadata = lifted(&request.metadata, REPEATED, &mut fields)?;
    let commit = fields.get("commit_hash").and_then(Value::as_str);
    let commit = commit.ok_or_else(|| Error::request("which commit went out? give commit_hash"))?;
    fields.insert("commit_hash".into(), commit_of(context, commit)?.into());
    fields.insert("id".into(), id.to_string().into());
    fields.insert("deployed_at".into(), time.to_string().into());
    let vendors = draft.ids_of(Kind::Vendor, "affected_vendor_ids", &request.affected_vendor_ids)?;
    fields.insert("affected_vendors".into(), vendors);
    let items = draft.ids_of(Kind::WorkItem, "related_work_item_ids", &request.related_work_item_ids)?;
    fields.insert("related_work_items".into(), items);
    let by = context.named_or_actor(request.created_by.as_deref())?;
    fields.insert("created_at".into(), context.source.second().to_string().into());
    fields.insert("created_by".into(), by.as_str().into());
    fields.insert("metadata".into(), metadata.into());
    let record = assemble(Kind::Deployment, &fields, request.body.as_deref().unwrap_or(""), None);
    draft.put_drawn(record.map_err(refused)?)
}

/// What is given of the plain fields, by their names.
fn given(request: &RecordDeploymentRequest) -> Map<String, Value> {
    let summary = Some(&request.test_summary).filter(|summary| !summary.is_empty());
    let given = [
        ("commit_hash", request.commit_hash.clone().map(Value::from)),
        ("environment", request.environment.clone().map(Value::from)),
        ("pr_number", request.pr_number.map(Value::from)),
        ("pr_title", request.pr_title.clone().map(Value::from)),
        ("test_summary", summary.cloned().map(Value::from)),
        (
            "constitutional_compliance",
            request.constitutional_compliance.map(Value::from),
        ),
    ];
    let given = given.into_iter();
    given
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

/// The whole id of a commit: what looks like one need not be in this clone.
fn commit_of(context: &Context, text: &str) -> Result<String, Error> {
    match text.parse::<CommitHash>() {
        Ok(commit) => Ok(commit.as_str().to_owned()),
        Err(_) => {
            let unknown = |_| {
                let message = format!("commit_hash: this clone knows no commit `{}`", text.escape_debug());
                Error::request(message).hint("git log --oneline")
            };
            Ok(context.store.resolve(text).map_err(unknown)?.to_string())
        }
    }
}

/// Says in the draft that a deployment is taken back; returns its path.
pub(in crate::ops) fn take_back(
    context: &Context,
    draft: &mut Draft<'_>,
    request: &RetractRequest,
) -> Result<RecordPath, Error> {
    let (path, record) = draft.find_of(Kind::Deployment, &request.id)?;
    if matches!(&record.fields, Fields::Deployment(deployment) if deployment.retracted.is_some()) {
        return Ok(path);
    }
    let by = context.named_or_actor(request.by.as_deref())?;
    let mut retracted = json!({ "at": context.source.second().to_string(), "by": by.as_str() });
    if let Some(reason) = &request.reason {
        retracted["reason"] = reason.clone().into();
    }
    let (record, cleared) = apply(&record, &record.body, &[FieldEdit::Set("retracted".into(), retracted)])?;
    draft.put(record, cleared)
}
