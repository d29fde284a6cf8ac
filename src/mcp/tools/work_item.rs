//! Tools for one work item.

use rmcp::model::JsonObject;
use serde_json::Value;

use super::{DETAILS, PRIORITIES, STATUSES, TYPES, json, schema};
use crate::mcp::arguments::{Argument, flag, number, request, text};
use crate::mcp::tool::{Answers, Does, Tool, Toolset};
use crate::ops::{
    self, Context, CreateRequest, Error, NoteResponse, QueryRequest, QueryResponse, WorkItemView, WriteResponse,
};

/// What an item is where an agent says nothing: who creates it mostly goes on with it at once.
const STATUS: &str = "active";

/// How deep the hierarchy is at most, below an item.
const DEPTH: usize = 5;

/// The tools of the contract.
pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "create_work_item",
        title: "Create a work item",
        description: "Creates a project, session, task or research item. Give an idempotency_key: a repeated call then \
                      returns the first one's item.",
        toolset: Toolset::Default,
        does: Does::Adds,
        arguments: &[
            Argument::word("item_type", TYPES, "").required(),
            Argument::text("title", "1 to 200 characters").required(),
            Argument::map(
                "metadata",
                "project needs description; session token_budget, prompts_count, yaml_frontmatter.schema_version; \
                 see docket://schema/work-item",
            ),
            Argument::text("parent_id", "an id, its beginning or end, or an alias"),
            Argument::text("branch_name", ""),
            Argument::word("status", STATUSES, "default active"),
            Argument::word("priority", PRIORITIES, "default medium"),
            Argument::texts("labels", ""),
            Argument::text("assignee", ""),
            Argument::texts("depends_on", "ids of what it waits for"),
            Argument::map("links", "relation to id, such as discovered-from"),
            Argument::text("body", "Markdown"),
            Argument::text("created_by", "default: this client's name"),
            Argument::text("idempotency_key", ""),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<WorkItemView>>,
        run: create,
    },
    Tool {
        name: "update_work_item",
        title: "Update a work item",
        description: "Changes the fields that are given, others stay. With version or revision only if nobody changed \
                      the item since; else VersionConflictError tells both sides.",
        toolset: Toolset::Default,
        does: Does::Changes,
        arguments: &[
            Argument::text("id", "").required(),
            Argument::whole("version", 1, i64::MAX, "as it was read"),
            Argument::text("revision", "as it was read"),
            Argument::text("title", ""),
            Argument::word("status", STATUSES, ""),
            Argument::map("metadata", "given keys replace, others stay"),
            Argument::text("parent_id", ""),
            Argument::word("priority", PRIORITIES, ""),
            Argument::texts("labels", "replaces all"),
            Argument::texts("add_labels", ""),
            Argument::texts("remove_labels", ""),
            Argument::text("assignee", ""),
            Argument::text("branch_name", ""),
            Argument::text("commit_hash", "a commit to link"),
            Argument::whole("pr_number", 1, i64::MAX, ""),
            Argument::texts("add_depends_on", ""),
            Argument::texts("remove_depends_on", ""),
            Argument::text("append_body", "Markdown"),
            Argument::text("body", "replaces; needs version or revision"),
            Argument::text("deleted_at", "RFC 3339; clear it to restore"),
            Argument::texts("clear", "fields to clear, such as parent_id, claim, metadata.key"),
            Argument::flag("force", "complete or delete in spite of open children"),
            Argument::text("updated_by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<WorkItemView>>,
        run: update,
    },
    Tool {
        name: "query_work_item",
        title: "Query a work item",
        description: "One work item with body, notes, ancestors, nested children and dependencies.",
        toolset: Toolset::Default,
        does: Does::Reads,
        arguments: &[
            Argument::text("id", "its id, the beginning or end of it, or an alias").required(),
            Argument::flag("include_children", "default true"),
            Argument::flag("include_dependencies", "default true"),
            Argument::whole("max_depth", 1, DEPTH as i64, "default 5"),
            Argument::word("detail", DETAILS, "default full"),
            Argument::whole("body_offset", 0, i64::MAX, "bytes of the body to skip"),
        ],
        answers: Answers::Record,
        schema: schema::<QueryResponse>,
        run: query,
    },
];

/// What is always there beside them.
pub(super) const BESIDE: &[Tool] = &[
    Tool {
        name: "claim_work_item",
        title: "Claim a work item",
        description: "Claims an item and sets it active; without id the most urgent ready item that nobody holds. Of two \
                      who claim the same one, one wins.",
        toolset: Toolset::Default,
        does: Does::Changes,
        arguments: &[
            Argument::text("id", ""),
            Argument::whole("seconds", 1, i64::MAX, "how long; default until released"),
            Argument::text("by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<ops::ClaimResponse>,
        run: |context, arguments| json(&ops::claim_shared(context, &request(arguments)?)?),
    },
    Tool {
        name: "add_note",
        title: "Add a note",
        description: "Says something about a record, for whoever goes on with it. Notes are never changed.",
        toolset: Toolset::Default,
        does: Does::Adds,
        arguments: &[
            Argument::text("on", "id of the record, or the name of a vendor").required(),
            Argument::text("body", "1 to 10,000 characters of Markdown").required(),
            Argument::text("created_by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<NoteResponse>,
        run: |context, arguments| json(&ops::note(context, &request(arguments)?)?),
    },
];

fn create(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let mut request: CreateRequest = request(arguments)?;
    request.status.get_or_insert_with(|| STATUS.to_owned());
    json(&ops::add(context, &request)?)
}

fn update(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    json(&ops::update(context, &request(arguments)?)?)
}

fn query(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let request = QueryRequest {
        id: text(&arguments, "id").unwrap_or_default(),
        include_children: flag(&arguments, "include_children").unwrap_or(true),
        include_dependencies: flag(&arguments, "include_dependencies").unwrap_or(true),
        max_depth: number(&arguments, "max_depth").unwrap_or(DEPTH),
        concise: text(&arguments, "detail").as_deref() == Some("concise"),
    };
    json(&ops::query(context, &request)?)
}
