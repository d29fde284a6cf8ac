//! From an enhancement to the work item that builds it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{EnhancementView, IMPLEMENTED_BY, fields, implemented_by};
use crate::ops::answer::{WriteResponse, answer};
use crate::ops::create::{self, CreateRequest};
use crate::ops::draft::Draft;
use crate::ops::field_edit::{FieldEdit, FieldPath, apply};
use crate::ops::show::viewed;
use crate::ops::{Context, Error};
use crate::record::enhancement::EnhancementStatus;
use crate::record::work_item::{ItemType, Priority};
use crate::record::{Enhancement, Fields, Kind, RecordId, RecordPath};

/// How long the description of a project may be.
const DESCRIPTION_CHARS: usize = 1_000;

/// An enhancement that is going to be built.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PromoteRequest {
    /// The enhancement, by any of its names.
    pub id: String,
    /// What the work item is: task where nothing is said; a project takes description and quarter from the enhancement.
    pub item_type: Option<String>,
    /// The work item it belongs to.
    pub parent_id: Option<String>,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// Make another work item although there is one already.
    pub force: bool,
    /// Who does it; where nothing is said, who asks.
    pub created_by: Option<String>,
}

/// The enhancement, and the work item that builds it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct PromoteResponse {
    /// The new work item.
    pub work_item_id: RecordId,
    /// The enhancement as it is now.
    #[serde(flatten)]
    pub enhancement: WriteResponse<EnhancementView>,
}

/// Makes a work item of an enhancement, in one commit: with its title, description, priority and principles, linked
/// from both sides. An enhancement that is planned or approved is then being implemented.
///
/// # Errors
///
/// `invalid` where a work item builds it already, unless forced.
pub fn promote(context: &Context, request: &PromoteRequest) -> Result<PromoteResponse, Error> {
    let by = request.created_by.as_deref();
    let mut work_item = None;
    let written = context.write("promote", by, |context, draft| {
        let (path, id) = plan(context, draft, request)?;
        work_item = Some(id);
        Ok(path)
    })?;
    Ok(PromoteResponse {
        work_item_id: work_item.ok_or_else(|| Error::bug("no work item was made"))?,
        enhancement: answer(context, written, |records, row| viewed(records, row, fields))?,
    })
}

fn plan(context: &Context, draft: &mut Draft<'_>, request: &PromoteRequest) -> Result<(RecordPath, RecordId), Error> {
    let (_, record) = draft.find_of(Kind::Enhancement, &request.id)?;
    let Fields::Enhancement(enhancement) = &record.fields else {
        return Err(Error::bug("an enhancement is none"));
    };
    if enhancement.deleted_at.is_some() {
        let id = enhancement.id.short();
        return Err(Error::request(format!("{id} is deleted")).hint(format!("git docket restore {id}")));
    }
    let already: Vec<_> = implemented_by(enhancement).iter().map(|id| id.short()).collect();
    if let ([first, ..], false) = (already.as_slice(), request.force) {
        let message = format!(
            "{} is implemented by {} already",
            enhancement.id.short(),
            already.join(", ")
        );
        return Err(Error::request(message).hint(format!("git docket show {first}")));
    }
    let item = create::create(context, draft, &work_item(enhancement, &record.body, request))?;
    let item = item.id().ok_or_else(|| Error::bug("a work item without an identity"))?;
    let mut edits = vec![FieldEdit::Add(
        FieldPath::key("links", IMPLEMENTED_BY),
        vec![item.to_string().into()],
    )];
    if matches!(
        enhancement.status,
        EnhancementStatus::Planned | EnhancementStatus::Approved
    ) {
        let status = EnhancementStatus::Implementing.as_str();
        edits.push(FieldEdit::Set("status".into(), status.into()));
    }
    let (changed, cleared) = apply(&record, &record.body, &edits)?;
    draft.subject = Some(format!(
        "enhancement {}: implemented by {}",
        enhancement.id.short(),
        item.short()
    ));
    Ok((draft.put(changed, cleared)?, item))
}

/// The work item an enhancement asks for.
fn work_item(enhancement: &Enhancement, body: &str, request: &PromoteRequest) -> CreateRequest {
    let item_type = request.item_type.clone();
    let item_type = item_type.unwrap_or_else(|| ItemType::Task.as_str().to_owned());
    let priority = match enhancement.priority.get() {
        1 | 2 => Priority::High,
        3 => Priority::Medium,
        _ => Priority::Low,
    };
    let mut metadata = Map::new();
    if item_type == ItemType::Project.as_str() {
        let title = enhancement.title.to_string();
        let description = Some(body.trim()).filter(|body| !body.is_empty()).unwrap_or(&title);
        let description: String = description.chars().take(DESCRIPTION_CHARS).collect();
        metadata.insert("description".into(), description.into());
        let quarter = enhancement.target_quarter.as_ref();
        metadata.extend(quarter.map(|quarter| ("target_quarter".into(), quarter.as_str().into())));
        let principles: Vec<Value> = enhancement
            .requires_constitutional_principles
            .iter()
            .map(|principle| principle.as_str().into())
            .collect();
        if !principles.is_empty() {
            metadata.insert("constitutional_principles".into(), principles.into());
        }
    }
    let links = json!({ "implements": [enhancement.id.to_string()] });
    CreateRequest {
        item_type,
        title: enhancement.title.to_string(),
        metadata,
        parent_id: request.parent_id.clone(),
        priority: Some(priority.as_str().to_owned()),
        assignee: request.assignee.clone(),
        depends_on: enhancement.depends_on.iter().map(ToString::to_string).collect(),
        links: links.as_object().cloned().unwrap_or_default(),
        body: (!body.is_empty()).then(|| body.to_owned()),
        created_by: request.created_by.clone(),
        ..CreateRequest::default()
    }
}
