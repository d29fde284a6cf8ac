//! Tools that are there when they are asked for.

use rmcp::model::JsonObject;
use serde_json::Value;

use super::list::asked;
use super::{LIMIT, MAX_BYTES, MOST, STATUSES, TYPES, json, schema};
use crate::mcp::arguments::{Argument, flag, number, request, text};
use crate::mcp::tool::{Answers, Does, Tool, Toolset};
use crate::ops::{
    self, AnyView, ArchiveResponse, BatchLine, BatchResponse, ChangesRequest, ChangesResponse, Context, Error, Listed,
    LogRequest, LogResponse, NoteView, NotesRequest, StatusResponse, UnarchiveResponse, UndoResponse, WorkItemRow,
    WorkItemView, WriteResponse,
};

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "search_work_items",
        title: "Search work items",
        description: "Work items with all of these words in title, body, labels, aliases or notes, best first.",
        toolset: Toolset::Work,
        does: Does::Reads,
        arguments: &[
            Argument::text("text", "").required(),
            Argument::word("item_type", TYPES, ""),
            Argument::word("status", STATUSES, ""),
            Argument::whole("limit", 1, MOST, "default 50"),
            Argument::text("cursor", "next_cursor of the page before"),
        ],
        answers: Answers::List,
        schema: schema::<Listed<WorkItemRow>>,
        run: |context, arguments| json(&ops::search_rows(context, &asked(&arguments)?)?),
    },
    Tool {
        name: "release_work_item",
        title: "Release a work item",
        description: "Gives a claimed item back; an active one is pending again.",
        toolset: Toolset::Work,
        does: Does::Changes,
        arguments: &[
            Argument::text("id", "").required(),
            Argument::flag("force", "although somebody else holds it"),
            Argument::text("by", "default: this client's name"),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<WorkItemView>>,
        run: |context, arguments| json(&ops::release(context, &request(arguments)?)?),
    },
    Tool {
        name: "delete_record",
        title: "Delete a record",
        description: "Deletes a work item, vendor or enhancement; restore_record brings it back.",
        toolset: Toolset::Work,
        does: Does::Changes,
        arguments: &[
            Argument::text("id", "").required(),
            Argument::flag("recursive", "all items below it too"),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<AnyView>>,
        run: |context, arguments| {
            let (id, recursive) = target(&arguments);
            json(&ops::delete(context, &id, recursive)?)
        },
    },
    Tool {
        name: "restore_record",
        title: "Restore a record",
        description: "Brings a deleted work item, vendor or enhancement back.",
        toolset: Toolset::Work,
        does: Does::Changes,
        arguments: &[
            Argument::text("id", "").required(),
            Argument::flag("recursive", "all that were deleted with it too"),
        ],
        answers: Answers::Record,
        schema: schema::<WriteResponse<AnyView>>,
        run: |context, arguments| {
            let (id, recursive) = target(&arguments);
            json(&ops::restore(context, &id, recursive)?)
        },
    },
    Tool {
        name: "archive_work_items",
        title: "Archive work items",
        description: "Puts away, in one commit, what has been completed, cancelled or deleted and unchanged for long. \
                      dry_run only says what would go.",
        toolset: Toolset::Work,
        does: Does::Changes,
        arguments: &[
            Argument::text(
                "older_than",
                "such as 365d, 52w, 1y; default: the docket's policy, else 365d",
            ),
            Argument::flag("dry_run", ""),
            Argument::text("updated_by", "default: this client's name"),
        ],
        answers: Answers::Other,
        schema: schema::<ArchiveResponse>,
        run: |context, arguments| json(&ops::archive(context, &request(arguments)?)?),
    },
    Tool {
        name: "unarchive_work_items",
        title: "Unarchive work items",
        description: "Takes work items out of the archive, in one commit.",
        toolset: Toolset::Work,
        does: Does::Changes,
        arguments: &[
            Argument::texts("ids", "").required(),
            Argument::text("updated_by", "default: this client's name"),
        ],
        answers: Answers::Other,
        schema: schema::<UnarchiveResponse>,
        run: |context, arguments| json(&ops::unarchive(context, &request(arguments)?)?),
    },
    Tool {
        name: "list_notes",
        title: "List notes",
        description: "What was said about a record, oldest first: where it is more than query_work_item can tell.",
        toolset: Toolset::Notes,
        does: Does::Reads,
        arguments: &[
            Argument::text("on", "id of the record, or the name of a vendor").required(),
            Argument::whole("limit", 1, MOST, "default 50"),
            Argument::text("cursor", "next_cursor of the page before"),
            Argument::whole("offset", 0, i64::MAX, ""),
        ],
        answers: Answers::List,
        schema: schema::<Listed<NoteView>>,
        run: notes,
    },
    Tool {
        name: "get_status",
        title: "Get the status of the docket",
        description: "The docket on one screen: counts, what is active, blocked or waiting, broken vendors, deployments.",
        toolset: Toolset::History,
        does: Does::Reads,
        arguments: &[],
        answers: Answers::Other,
        schema: schema::<StatusResponse>,
        run: |context, _| json(&ops::status(&context.reopened()?)?),
    },
    Tool {
        name: "list_changes",
        title: "List what changed",
        description: "What happened to each record since a time or a commit; without since in the last 24 hours.",
        toolset: Toolset::History,
        does: Does::Reads,
        arguments: &[
            Argument::text("since", "RFC 3339, 24h, 7d, or a revision"),
            Argument::text("actor", "only what this one did"),
        ],
        answers: Answers::List,
        schema: schema::<ChangesResponse>,
        run: |context, arguments| {
            let request = ChangesRequest {
                since: text(&arguments, "since"),
                actor: text(&arguments, "actor"),
            };
            json(&ops::changes(context, &request)?)
        },
    },
    Tool {
        name: "list_log",
        title: "List commits",
        description: "Every change with its fields, before and after, newest first; of one record or of all.",
        toolset: Toolset::History,
        does: Does::Reads,
        arguments: &[
            Argument::text("id", "only this record"),
            Argument::text("since", "RFC 3339, 7d, or a revision"),
            Argument::text("until", ""),
            Argument::text("actor", "only what this one did"),
            Argument::whole("limit", 1, MOST, "default 50"),
            Argument::whole("offset", 0, i64::MAX, ""),
        ],
        answers: Answers::List,
        schema: schema::<LogResponse>,
        run: log,
    },
    Tool {
        name: "undo_commit",
        title: "Undo a commit",
        description: "Takes a commit of the docket back with a new one; without commit your last one. Refused where its \
                      fields were changed since.",
        toolset: Toolset::History,
        does: Does::Changes,
        arguments: &[Argument::text("commit", "")],
        answers: Answers::Other,
        schema: schema::<UndoResponse>,
        run: |context, arguments| json(&ops::undo(context, text(&arguments, "commit").as_deref())?),
    },
    Tool {
        name: "apply_batch",
        title: "Apply many changes at once",
        description: "Applies all lines in one commit, or none. A line is {op, …arguments}; op is create_work_item, \
                      update_work_item, claim_work_item, add_note, create_vendor, update_vendor_status, \
                      record_deployment, retract_deployment, create_enhancement or update_enhancement.",
        toolset: Toolset::Batch,
        does: Does::Changes,
        arguments: &[Argument::maps("lines", "").required()],
        answers: Answers::Other,
        schema: schema::<BatchResponse>,
        run: batch,
    },
];

fn target(arguments: &JsonObject) -> (String, bool) {
    let id = text(arguments, "id").unwrap_or_default();
    (id, flag(arguments, "recursive").unwrap_or(false))
}

fn notes(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let request = NotesRequest {
        on: text(&arguments, "on").unwrap_or_default(),
        limit: Some(number(&arguments, "limit").unwrap_or(LIMIT)),
        offset: number(&arguments, "offset").unwrap_or(0),
        max_bytes: number(&arguments, MAX_BYTES),
        cursor: text(&arguments, "cursor"),
    };
    json(&ops::notes(context, &request)?)
}

fn log(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let request = LogRequest {
        id: text(&arguments, "id"),
        since: text(&arguments, "since"),
        until: text(&arguments, "until"),
        actor: text(&arguments, "actor"),
        limit: Some(number(&arguments, "limit").unwrap_or(LIMIT)),
        offset: number(&arguments, "offset").unwrap_or(0),
    };
    json(&ops::log(context, &request)?)
}

fn batch(context: &Context, arguments: JsonObject) -> Result<Value, Error> {
    let lines = arguments
        .get("lines")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut read = Vec::with_capacity(lines.len());
    for (line, number) in lines.into_iter().zip(1..) {
        let line = BatchLine::read(line).map_err(|error| error.in_line(number))?;
        read.push((number, line));
    }
    json(&ops::batch(context, &read)?)
}
