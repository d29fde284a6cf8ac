//! Creating work items.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::draft::{Draft, refused};
use super::field_edit::{FieldEdit, apply};
use super::keyed::is_replayed;
use super::{Context, Error};
use crate::record::value::Actor;
use crate::record::work_item::{ItemType, Status};
use crate::record::{Kind, RecordId, RecordPath, assemble};

/// A new work item. References are any names of records; values are checked as those of a file.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRequest {
    /// What it is.
    pub item_type: String,
    /// One line that names it.
    pub title: String,
    /// Fields by type, and anything else.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// The work item it belongs to.
    #[serde(default)]
    pub parent_id: Option<String>,
    /// The branch of the code it is done on.
    #[serde(default)]
    pub branch_name: Option<String>,
    /// The pull request it is done in.
    #[serde(default)]
    pub pr_number: Option<i64>,
    /// How far it is; where nothing is said, pending.
    #[serde(default)]
    pub status: Option<String>,
    /// How much it matters.
    #[serde(default)]
    pub priority: Option<String>,
    /// Words to find it by.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Who is to do it.
    #[serde(default)]
    pub assignee: Option<String>,
    /// Records it waits for.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// Records that wait for it; written into their files, in the same commit.
    #[serde(default)]
    pub blocks: Vec<String>,
    /// Relations that never block: relation to names of records.
    #[serde(default)]
    pub links: Map<String, Value>,
    /// Markdown.
    #[serde(default)]
    pub body: Option<String>,
    /// Who creates it; where nothing is said, who asks.
    #[serde(default)]
    pub created_by: Option<String>,
    /// The same key and the same request give the same record, however often.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

impl CreateRequest {
    /// A request of which only this is known.
    #[must_use]
    pub fn new(item_type: ItemType, title: &str) -> Self {
        Self {
            item_type: item_type.as_str().to_owned(),
            title: title.to_owned(),
            ..Self::default()
        }
    }
}

/// Puts a new work item into the draft, and what it blocks; returns its path.
///
/// With a key that was used before for the same request, nothing changes.
pub(super) fn create(context: &Context, draft: &mut Draft<'_>, request: &CreateRequest) -> Result<RecordPath, Error> {
    let id = match &request.idempotency_key {
        Some(key) => RecordId::keyed(Kind::WorkItem, key),
        None => context.source.id(),
    };
    let path = RecordPath::own(Kind::WorkItem, id);
    let path = path.ok_or_else(|| Error::request("the identity of the new work item is not one"))?;
    if let Some(key) = &request.idempotency_key
        && is_replayed(context, draft, &path, key, request)?
    {
        return Ok(path);
    }
    let by = match &request.created_by {
        Some(name) => Actor::new(name.as_str()).map_err(|reason| Error::request(format!("created_by {reason}")))?,
        None => context.actor()?,
    };
    let fields = fields(context, draft, request, id, &by)?;
    let record = assemble(Kind::WorkItem, &fields, request.body.as_deref().unwrap_or(""), None).map_err(refused)?;
    draft.put_drawn(record)?;
    for name in &request.blocks {
        let blocked = draft.find(name)?;
        let Some(record) = draft.get(&blocked)?.cloned() else {
            continue;
        };
        let edit = FieldEdit::Add("depends_on".into(), vec![id.to_string().into()]);
        let (record, cleared) = apply(&record, &record.body, &[edit])?;
        draft.put(record, cleared)?;
    }
    Ok(path)
}

fn fields(
    context: &Context,
    draft: &mut Draft<'_>,
    request: &CreateRequest,
    id: RecordId,
    by: &Actor,
) -> Result<Map<String, Value>, Error> {
    let mut fields = Map::new();
    let mut set = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    set("id", id.to_string().into());
    set("item_type", request.item_type.clone().into());
    set("title", request.title.clone().into());
    set(
        "status",
        request
            .status
            .clone()
            .unwrap_or_else(|| Status::Pending.as_str().to_owned())
            .into(),
    );
    if let Some(parent) = &request.parent_id {
        set("parent_id", draft.new_parent(parent)?);
    }
    set("depends_on", draft.ids(&request.depends_on)?);
    let texts = [
        ("priority", &request.priority),
        ("assignee", &request.assignee),
        ("branch_name", &request.branch_name),
    ];
    for (key, value) in texts {
        if let Some(value) = value {
            set(key, value.clone().into());
        }
    }
    set("labels", request.labels.clone().into());
    if let Some(number) = request.pr_number {
        set("pr_number", number.into());
    }
    let mut links = Map::new();
    for (relation, names) in &request.links {
        links.insert(relation.clone(), draft.ids(&super::update::names(names)?)?);
    }
    set("links", links.into());
    set("created_at", context.source.now().to_string().into());
    set("created_by", by.as_str().into());
    set("metadata", request.metadata.clone().into());
    Ok(fields)
}
