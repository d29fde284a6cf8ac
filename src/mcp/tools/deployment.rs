//! Tools for deployments.

use rmcp::model::JsonObject;
use serde_json::Value;

use super::{DETAILS, Either, LIMIT, MAX_BYTES, MOST, json, schema};
use crate::filter::RecordFilter;
use crate::mcp::arguments::{Argument, flag, number, request, text};
use crate::mcp::tool::{Answers, Does, Tool, Toolset};
use crate::ops::deployment::{AroundDeployment, DeploymentView};
use crate::ops::{
    self, Context, Error, Listed, RecordListRequest, RecordPage, RecordRow, ShowResponse, Shown, WriteResponse,
};
use crate::record::{Deployment, Kind};

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "record_deployment",
        title: "Record a deployment",
        description: "Records what went out, with the vendors it touches and the work items it carries. A deployment is \
                      never changed. With an idempotency_key a repeated call returns the first one's.",
        toolset: Toolset::Default,
        does: Does::Adds,
        arguments: &[
            Argument::text("deployed_at", "RFC 3339").required(),
            Argument::text("commit_hash", "").required(),
            Argument::map(
                "metadata",
                "pr_number, pr_title, test_summary (name to count), constitutional_compliance",
            ),
            Argument::texts("affected_vendor_ids", "ids or names"),
            Argument::texts("related_work_item_ids", ""),
            Argument::text("environment", ""),
            Argument::text("created_by", "default: this client's name"),
            Argument::text("idempotency_key", ""),
        ],
        answers: Answers::Record,
        schema: schema::<ShowResponse<Shown<Deployment, AroundDeployment>>>,
        run: record,
    },
    Tool {
        name: "list_deployments",
        title: "List deployments",
        description: "Deployments in one line each, newest first.",
        toolset: Toolset::Default,
        does: Does::Reads,
        arguments: &[
            Argument::text("environment", ""),
            Argument::text("vendor", "that touch it: id or name"),
            Argument::text("work_item", "that carry it: id"),
            Argument::text("since", "RFC 3339"),
            Argument::text("until", "RFC 3339"),
            Argument::flag("include_retracted", ""),
            Argument::whole("limit", 1, MOST, "default 50"),
            Argument::text("cursor", "next_cursor of the page before"),
            Argument::whole("offset", 0, i64::MAX, ""),
            Argument::word("detail", DETAILS, "default concise"),
        ],
        answers: Answers::List,
        schema: schema::<Either<Listed<RecordRow>, RecordPage<Deployment>>>,
        run: list,
    },
    Tool {
        name: "retract_deployment",
        title: "Retract a deployment",
        description: "Takes a deployment back: it stays, and lists leave it out.",
        toolset: Toolset::Deployments,
        does: Does::Changes,
        arguments: &[
            Argument::text("id", "").required(),
            Argument::text("reason", "why"),
            Argument::text("by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<DeploymentView>>,
        run: |context, arguments| json(&ops::deployment::retract(context, &request(arguments)?)?),
    },
];

fn record(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let recorded = ops::deployment::record(context, &request(arguments)?)?;
    let id = recorded.item.fields.id.to_string();
    let mut answer = json(&ops::show(context, &id, Some(Kind::Deployment), None)?)?;
    // What the write had to say, beside what was read after it.
    answer["revision"] = recorded.meta.revision.into();
    answer["warnings"] = recorded.meta.warnings.into();
    Ok(answer)
}

fn list(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let time = |name: &str| {
        let time = text(&arguments, name).map(|text| context.time(&text));
        time.transpose()
    };
    let request = RecordListRequest {
        filter: RecordFilter {
            environment: text(&arguments, "environment"),
            since: time("since")?,
            until: time("until")?,
            include_gone: flag(&arguments, "include_retracted").unwrap_or(false),
            ..RecordFilter::of(Kind::Deployment)
        },
        touches: ["vendor", "work_item"]
            .iter()
            .filter_map(|name| text(&arguments, name))
            .collect(),
        ..page(Kind::Deployment, &arguments)
    };
    match text(&arguments, "detail").as_deref() {
        Some("full") => json(&ops::deployment::list(context, &request)?),
        _ => json(&ops::list_record_rows(context, &request)?),
    }
}

/// The page that is asked for.
pub(super) fn page(kind: Kind, arguments: &JsonObject) -> RecordListRequest {
    RecordListRequest {
        limit: Some(number(arguments, "limit").unwrap_or(LIMIT)),
        offset: number(arguments, "offset").unwrap_or(0),
        max_bytes: number(arguments, MAX_BYTES),
        cursor: text(arguments, "cursor"),
        ..RecordListRequest::of(kind)
    }
}
