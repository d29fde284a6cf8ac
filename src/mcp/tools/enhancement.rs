//! Tools for enhancements.

use rmcp::model::JsonObject;
use serde_json::Value;

use super::deployment::page;
use super::{DETAILS, Either, MOST, TYPES, json, schema};
use crate::filter::RecordFilter;
use crate::mcp::arguments::{Argument, request, text};
use crate::mcp::tool::{Answers, Does, Tool, Toolset};
use crate::ops::enhancement::{EnhancementView, PromoteResponse};
use crate::ops::{self, Context, Error, Listed, RecordListRequest, RecordPage, RecordRow, WriteResponse};
use crate::record::{Enhancement, Kind};

const STATUSES: &[&str] = &["planned", "approved", "implementing", "completed"];

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "list_enhancements",
        title: "List enhancements",
        description: "What might be built one day, in one line each, newest update first.",
        toolset: Toolset::Enhancements,
        does: Does::Reads,
        arguments: &[
            Argument::word("status", STATUSES, ""),
            Argument::text("target_quarter", "such as 2026-Q1"),
            Argument::whole("limit", 1, MOST, "default 50"),
            Argument::text("cursor", "next_cursor of the page before"),
            Argument::whole("offset", 0, i64::MAX, ""),
            Argument::word("detail", DETAILS, "default concise"),
        ],
        answers: Answers::List,
        schema: schema::<Either<Listed<RecordRow>, RecordPage<Enhancement>>>,
        run: list,
    },
    Tool {
        name: "create_enhancement",
        title: "Add an enhancement",
        description: "Adds something that might be built one day.",
        toolset: Toolset::Enhancements,
        does: Does::Adds,
        arguments: &[
            Argument::text("title", "1 to 200 characters").required(),
            Argument::whole("priority", 1, 5, "1 is high; default 3"),
            Argument::word("status", STATUSES, "default planned"),
            Argument::text("target_quarter", "such as 2026-Q1"),
            Argument::texts("requires_constitutional_principles", ""),
            Argument::texts("depends_on", ""),
            Argument::map("metadata", ""),
            Argument::text("body", "Markdown"),
            Argument::text("created_by", "default: this client's name"),
            Argument::text("idempotency_key", ""),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<EnhancementView>>,
        run: |context, arguments| json(&ops::enhancement::add(context, &request(arguments)?)?),
    },
    Tool {
        name: "update_enhancement",
        title: "Update an enhancement",
        description: "Changes the fields that are given; with version or revision only if nobody changed it since.",
        toolset: Toolset::Enhancements,
        does: Does::Changes,
        arguments: &[
            Argument::text("id", "").required(),
            Argument::whole("version", 1, i64::MAX, "as it was read"),
            Argument::text("revision", "as it was read"),
            Argument::text("title", ""),
            Argument::whole("priority", 1, 5, ""),
            Argument::word("status", STATUSES, ""),
            Argument::text("target_quarter", ""),
            Argument::map("metadata", "given keys replace, others stay"),
            Argument::text("append_body", "Markdown"),
            Argument::texts("clear", "fields to clear"),
            Argument::text("updated_by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<EnhancementView>>,
        run: |context, arguments| json(&ops::enhancement::update(context, &request(arguments)?)?),
    },
    Tool {
        name: "promote_enhancement",
        title: "Promote an enhancement",
        description: "Makes a work item that builds an enhancement, linked from both sides.",
        toolset: Toolset::Enhancements,
        does: Does::Adds,
        arguments: &[
            Argument::text("id", "").required(),
            Argument::word("item_type", TYPES, "default task"),
            Argument::text("parent_id", ""),
            Argument::text("assignee", ""),
            Argument::flag("force", "although there is a work item already"),
            Argument::text("created_by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<PromoteResponse>,
        run: |context, arguments| json(&ops::enhancement::promote(context, &request(arguments)?)?),
    },
];

fn list(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let request = RecordListRequest {
        filter: RecordFilter {
            statuses: text(&arguments, "status").into_iter().collect(),
            quarter: text(&arguments, "target_quarter"),
            ..RecordFilter::of(Kind::Enhancement)
        },
        ..page(Kind::Enhancement, &arguments)
    };
    match text(&arguments, "detail").as_deref() {
        Some("full") => json(&ops::enhancement::list(context, &request)?),
        _ => json(&ops::list_record_rows(context, &request)?),
    }
}
