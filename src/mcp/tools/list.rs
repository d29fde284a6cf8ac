//! Tools for many work items.

use rmcp::model::JsonObject;
use serde_json::Value;

use super::{DETAILS, Either, LIMIT, MAX_BYTES, MOST, STATUSES, TYPES, json, schema};
use crate::filter::WorkItemFilter;
use crate::filter::words::Terms;
use crate::mcp::arguments::{Argument, flag, number, text};
use crate::mcp::tool::{Answers, Does, Tool, Toolset};
use crate::ops::{self, Context, Error, ListRequest, ListResponse, Listed, WorkItemRow};

pub(super) const TOOLS: &[Tool] = &[Tool {
    name: "list_work_items",
    title: "List work items",
    description: "Work items in one line each, newest update first. ready=true lists what you could go on with now, most \
                  urgent first.",
    toolset: Toolset::Default,
    does: Does::Reads,
    arguments: &[
        Argument::word("item_type", TYPES, ""),
        Argument::word("status", STATUSES, ""),
        Argument::text("parent_id", "directly below this one"),
        Argument::flag("roots_only", ""),
        Argument::text("label", ""),
        Argument::text("assignee", ""),
        Argument::flag("ready", "open, free, and waiting for nothing"),
        Argument::text("text", "words in titles, bodies, labels and notes"),
        Argument::text(
            "where",
            "a condition: `updated < -30d and not label in (a, b)`; an error says what may stand where",
        ),
        Argument::flag("include_deleted", ""),
        Argument::flag("archived", "archived ones too"),
        Argument::whole("limit", 1, MOST, "default 50"),
        Argument::text("cursor", "next_cursor of the page before"),
        Argument::whole("offset", 0, i64::MAX, ""),
        Argument::word("detail", DETAILS, "default concise"),
    ],
    answers: Answers::List,
    schema: schema::<Either<Listed<WorkItemRow>, ListResponse>>,
    run: list,
}];

fn list(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let request = asked(&arguments)?;
    match text(&arguments, "detail").as_deref() {
        Some("full") if request.ready => json(&ops::ready(context, &request)?),
        Some("full") => json(&ops::list(context, &request)?),
        _ => json(&ops::list_rows(context, &request)?),
    }
}

/// What the arguments ask for.
pub(super) fn asked(arguments: &JsonObject) -> Result<ListRequest, Error> {
    let flag = |name| flag(arguments, name).unwrap_or(false);
    let unknown = |field: &str| Error::request(format!("{field}: there is no such word"));
    let word = |field| text(arguments, field);
    let item_type = word("item_type").map(|word| word.parse().map_err(|_| unknown("item_type")));
    let status = word("status").map(|word| word.parse().map_err(|_| unknown("status")));
    if word("cursor").is_some() && number(arguments, "offset").is_some_and(|offset| offset > 0) {
        return Err(Error::request("a cursor says where the page begins; leave out the offset").in_field("offset"));
    }
    Ok(ListRequest {
        filter: WorkItemFilter {
            item_types: item_type.transpose()?.into_iter().collect(),
            statuses: status.transpose()?.into_iter().collect(),
            roots_only: flag("roots_only"),
            labels: word("label").into_iter().collect(),
            assignee: word("assignee"),
            text: word("text").map_or_else(|| Ok(Terms::default()), |text| ops::terms(&text))?,
            include_deleted: flag("include_deleted"),
            include_archived: flag("archived"),
            ..WorkItemFilter::default()
        },
        parent: word("parent_id"),
        query: word("where"),
        ready: flag("ready"),
        limit: Some(number(arguments, "limit").unwrap_or(LIMIT)),
        offset: number(arguments, "offset").unwrap_or(0),
        max_bytes: number(arguments, MAX_BYTES),
        cursor: word("cursor"),
        ..ListRequest::default()
    })
}
