//! What the tools are, take and answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::session::{Session, docket};

/// The tools of the contract and the four beside them.
const DEFAULT: &[&str] = &[
    "create_work_item",
    "update_work_item",
    "query_work_item",
    "list_work_items",
    "record_deployment",
    "list_deployments",
    "query_vendor_status",
    "update_vendor_status",
    "get_project_configuration",
    "update_project_configuration",
    "claim_work_item",
    "add_note",
];

fn tools(arguments: &[&str]) -> Vec<Value> {
    let docket = docket();
    let mut session = Session::begin(&docket, arguments);
    let listed = session.ask("tools/list", json!({}));
    listed["result"]["tools"].as_array().expect("a list").clone()
}

fn names(tools: &[Value]) -> Vec<&str> {
    tools.iter().filter_map(|tool| tool["name"].as_str()).collect()
}

#[test]
fn every_session_pays_little_for_the_tools() {
    let tools = tools(&[]);
    assert_eq!(names(&tools), DEFAULT);
    let bytes = Value::from(tools).to_string().len();
    assert!(bytes <= 14 * 1024, "{bytes} bytes");
}

#[test]
fn a_server_that_only_reads_has_no_tool_that_writes() {
    let all = tools(&["--toolset", "all"]);
    let reading = tools(&["--toolset", "all", "--read-only"]);
    assert!(all.len() > 20, "{:?}", names(&all));
    for tool in &all {
        let reads = tool["annotations"]["readOnlyHint"] == true;
        assert_eq!(
            reads,
            names(&reading).contains(&tool["name"].as_str().expect("a name")),
            "{tool}"
        );
    }
    let docket = docket();
    let mut session = Session::begin(&docket, &["--read-only"]);
    let error = session.refused("create_work_item", json!({ "item_type": "task", "title": "x" }));
    assert_eq!(error["error"], "DeniedError");
    let error = session.refused("list_log", json!({}));
    assert!(
        error["message"].as_str().expect("a text").contains("--toolset history"),
        "{error}"
    );
}

/// Some clients take no schema with several types, unknown formats or references.
#[test]
fn schemas_are_portable() {
    fn look(schema: &Value, at: &str) {
        let Some(object) = schema.as_object() else { return };
        assert!(
            !object.contains_key("$ref") && !object.contains_key("format"),
            "{at}: {schema}"
        );
        assert!(object.get("type").is_none_or(Value::is_string), "{at}: {schema}");
        for (key, value) in object {
            look(value, &format!("{at}.{key}"));
        }
    }
    for tool in tools(&["--toolset", "all"]) {
        let name = tool["name"].as_str().expect("a name");
        assert!(
            name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{name}"
        );
        assert!(tool["title"].is_string() && tool["description"].is_string(), "{name}");
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{name}");
            look(&tool[schema], name);
        }
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
        let hints: BTreeSet<_> = tool["annotations"].as_object().expect("hints").keys().collect();
        assert_eq!(hints.len(), 4, "{name}");
    }
}

#[test]
fn an_agent_goes_through_the_loop() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let project = session.call(
        "create_work_item",
        json!({ "item_type": "project", "title": "All", "metadata": { "description": "x" }, "parent_id": null }),
    );
    assert_eq!(
        (&project["status"], &project["created_by"]),
        (&json!("active"), &json!("agent"))
    );
    let parent = project["id"].as_str().expect("an id");
    let first = session.call(
        "create_work_item",
        json!({ "item_type": "task", "title": "First", "status": "pending", "parent_id": parent, "priority": "high" }),
    );
    let id = first["id"].as_str().expect("an id").to_owned();
    session.call(
        "create_work_item",
        json!({ "item_type": "task", "title": "Second", "status": "pending", "parent_id": parent, "depends_on": [id] }),
    );
    let ready = session.call("list_work_items", json!({ "ready": true, "item_type": "task" }));
    assert_eq!(ready["total_count"], 1, "{ready}");
    assert_eq!(ready["items"][0]["id"], id.replace('-', "")[..12]);
    let claimed = session.call("claim_work_item", json!({ "id": ready["items"][0]["id"] }));
    assert_eq!(claimed["claim"]["by"], "agent");
    session.call("add_note", json!({ "on": id, "body": "Found it." }));
    let whole = session.call("query_work_item", json!({ "id": parent }));
    let second = whole["children"].as_array().expect("a list");
    assert_eq!(second.len(), 2, "{whole}");
    let done = session.call(
        "update_work_item",
        json!({ "id": id, "status": "completed", "version": claimed["version"] }),
    );
    assert_eq!(done["status"], "completed");
    let next = session.call("claim_work_item", json!({}));
    assert_ne!(next["id"], first["id"]);
    session.end();
    let log = docket.shell("git log -1 --format='%an %(trailers:key=Docket-Client,valueonly)' tracking");
    assert_eq!(log.trim(), "Ana agent");
}

#[test]
fn who_asks_is_said_by_the_client_or_unknown() {
    let docket = docket();
    let mut session = Session::of(&docket, &[], "bad\nname", json!({}));
    let made = session.call("create_work_item", json!({ "item_type": "task", "title": "x" }));
    assert_eq!(made["created_by"], "unknown");
    let made = session.call(
        "create_work_item",
        json!({ "item_type": "task", "title": "x", "created_by": "ben" }),
    );
    assert_eq!(made["created_by"], "ben");
    session.end();
    let mut session = Session::begin(&docket, &["--actor", "robot"]);
    let made = session.call("create_work_item", json!({ "item_type": "task", "title": "x" }));
    assert_eq!(made["created_by"], "robot");
}

/// The protocol of 2026-07-28 has no session: each request says who asks, or does not.
#[test]
fn the_stateless_protocol_needs_no_beginning() {
    let docket = docket();
    let mut session = Session::silent(&docket, &[]);
    let meta = |client: Option<&str>| {
        let mut meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        if let Some(name) = client {
            meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": name, "version": "1" });
        }
        meta
    };
    for (client, by) in [
        (Some("gemini-cli-mcp-client"), "gemini-cli-mcp-client"),
        (None, "unknown"),
    ] {
        let arguments = json!({ "item_type": "task", "title": "x" });
        let params = json!({ "name": "create_work_item", "arguments": arguments, "_meta": meta(client) });
        let answer = session.ask("tools/call", params);
        assert_eq!(answer["result"]["structuredContent"]["created_by"], by, "{answer}");
    }
}

#[test]
fn the_same_key_is_the_same_record_after_a_restart() {
    let docket = docket();
    let request = json!({ "item_type": "task", "title": "x", "idempotency_key": "k" });
    let gone = json!({ "deployed_at": "2026-01-01T00:00:00Z", "commit_hash": "a".repeat(40), "idempotency_key": "k" });
    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        let mut session = Session::begin(&docket, &[]);
        ids.insert(session.call("create_work_item", request.clone())["id"].to_string());
        ids.insert(session.call("record_deployment", gone.clone())["id"].to_string());
        session.end();
    }
    assert_eq!(ids.len(), 2);
}

/// Two clones that were told the same meet in one record, whether or not they know of each other by then.
#[test]
fn the_same_key_is_the_same_record_in_another_clone() {
    let docket = docket();
    docket.shell(
        "git clone -q . ../clone && git -C ../clone branch -q tracking origin/tracking && \
         git -C ../clone config user.name Eve && git -C ../clone config user.email eve@example.com",
    );
    let request =
        |key: &str| json!({ "item_type": "task", "title": "x", "idempotency_key": key, "created_by": "somebody" });
    let gone = json!({ "deployed_at": "2026-01-01T00:00:00Z", "commit_hash": "a".repeat(40), "idempotency_key": "k" });
    let mut here = Session::begin(&docket, &[]);
    let mut there = Session::begin(&docket, &["--repo", "../clone"]);
    let first = here.call("create_work_item", request("told"));
    let sent = here.call("record_deployment", gone.clone());
    docket.shell("git -C ../clone fetch -q origin tracking:tracking");
    let commits = || docket.shell("git -C ../clone rev-list --count tracking");
    let before = commits();
    let second = there.call("create_work_item", request("told"));
    assert_eq!((&second["id"], &second["version"]), (&first["id"], &json!(1)));
    assert_eq!(second["created_at"], first["created_at"]);
    assert_eq!(there.call("record_deployment", gone)["id"], sent["id"]);
    assert_eq!(commits(), before, "nothing was made twice");
    let other = json!({ "item_type": "task", "title": "another", "idempotency_key": "told" });
    assert_eq!(there.refused("create_work_item", other)["error"], "ValidationError");
    // Before either has told the other.
    let (one, other) = (
        here.call("create_work_item", request("untold")),
        there.call("create_work_item", request("untold")),
    );
    assert_eq!(one["id"], other["id"]);
}

#[test]
fn several_settings_change_in_one_commit() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let before = session.call("get_project_configuration", json!({}));
    let settings =
        json!({ "active_context_type": "research", "default_token_budget": 5000, "revision": before["revision"] });
    let after = session.call("update_project_configuration", settings.clone());
    assert_eq!(
        (&after["default_token_budget"], &after["id"]),
        (&json!(5000), &json!(1))
    );
    assert_eq!(docket.shell("git rev-list --count tracking").trim(), "3");
    session.call("update_project_configuration", json!({ "default_token_budget": 6000 }));
    let late = session.refused("update_project_configuration", settings);
    assert_eq!(late["error"], "VersionConflictError");
}

#[test]
fn what_an_agent_changes_is_in_the_report_that_is_kept() {
    let docket = docket();
    docket.shell("git config docket.render STATUS.md");
    let mut session = Session::begin(&docket, &[]);
    for title in ["The first", "The second"] {
        let made = session.call(
            "create_work_item",
            json!({ "item_type": "task", "title": title, "metadata": {} }),
        );
        assert_eq!(made["warnings"], json!([]));
        docket.shell(&format!("grep -q '{title} (task, active)' STATUS.md"));
    }
    session.end();
    docket.shell("git docket render --check");
    docket.shell("git config docket.render nowhere/STATUS.md");
    let mut session = Session::begin(&docket, &[]);
    let made = session.call(
        "create_work_item",
        json!({ "item_type": "task", "title": "All the same", "metadata": {} }),
    );
    let warning = made["warnings"][0].as_str().expect("a warning");
    assert!(warning.starts_with("docket.render: the report is not current: nowhere/STATUS.md cannot be written"));
    session.end();
}
