//! What tools answer is what their schemas say.

use serde_json::{Value, json};

use crate::session::{Session, docket};

/// Calls a tool, and holds its answer against the whole schema, which is a resource, and the short one of the list.
fn held(session: &mut Session, tool: &str, arguments: Value) -> Value {
    let answer = session.call(tool, arguments);
    let schema = session.ask("resources/read", json!({ "uri": format!("docket://schema/{tool}") }));
    let contents = &schema["result"]["contents"][0];
    assert_eq!(contents["mimeType"], "application/schema+json", "{tool}: {schema}");
    let schema: Value = serde_json::from_str(contents["text"].as_str().expect("a text")).expect("JSON");
    let listed = session.ask("tools/list", json!({}));
    let listed = listed["result"]["tools"].as_array().expect("a list").clone();
    let listed = listed
        .iter()
        .find(|listed| listed["name"] == tool)
        .expect("it is there");
    for schema in [&schema, &listed["outputSchema"]] {
        let validator = jsonschema::validator_for(schema).unwrap_or_else(|error| panic!("{tool}: {error}: {schema}"));
        let wrong: Vec<_> = validator
            .iter_errors(&answer)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{tool}: {wrong:#?}\n{answer:#}");
    }
    // Else the schema would say nothing.
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(!validator.is_valid(&json!({ "warnings": 1 })), "{tool}: {schema}");
    answer
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}

#[test]
fn every_answer_is_as_its_schema_says() {
    let docket = docket();
    let mut session = Session::begin(&docket, &["--toolset", "all"]);
    let mut seen = std::collections::BTreeSet::new();
    let mut held = |tool: &'static str, arguments: Value| {
        seen.insert(tool);
        held(&mut session, tool, arguments)
    };
    let parent = id(&held(
        "create_work_item",
        json!({ "item_type": "project", "title": "All", "metadata": { "description": "x" } }),
    ));
    let task = json!({ "item_type": "task", "title": "One", "parent_id": parent, "status": "pending",
                       "labels": ["a"], "body": "- [x] one\n- [ ] two" });
    let task = id(&held("create_work_item", task));
    let vendor = id(&held(
        "create_vendor",
        json!({ "name": "ADP", "metadata": { "region": "eu" } }),
    ));
    held("claim_work_item", json!({ "id": task, "seconds": 60 }));
    held("add_note", json!({ "on": task, "body": "Said." }));
    held("list_notes", json!({ "on": task }));
    held(
        "update_work_item",
        json!({ "id": task, "add_depends_on": [], "status": "blocked",
                                       "metadata": { "blocked_reason": "x", "estimated_hours": 2 } }),
    );
    held("query_work_item", json!({ "id": parent }));
    held("query_work_item", json!({ "id": task, "detail": "concise" }));
    for detail in ["concise", "full"] {
        held("list_work_items", json!({ "detail": detail, "limit": 1 }));
        held("query_vendor_status", json!({ "detail": detail }));
        held("list_enhancements", json!({ "detail": detail }));
    }
    held("search_work_items", json!({ "text": "one" }));
    held(
        "update_vendor_status",
        json!({ "id": vendor, "status": "broken", "metadata": { "test_results": { "passing": 1, "total": 2 } } }),
    );
    held("rename_vendor", json!({ "id": vendor, "new_name": "ADP Payroll" }));
    held("query_vendor_status", json!({ "name": "adp payroll" }));
    let gone = json!({ "deployed_at": "2026-01-01T00:00:00Z", "commit_hash": "a".repeat(40),
                       "metadata": { "pr_title": "It", "pr_number": 3 },
                       "affected_vendor_ids": [vendor], "related_work_item_ids": [task] });
    let deployment = id(&held("record_deployment", gone));
    for detail in ["concise", "full"] {
        held("list_deployments", json!({ "detail": detail }));
    }
    held("retract_deployment", json!({ "id": deployment, "reason": "Too early" }));
    held("get_project_configuration", json!({}));
    held(
        "update_project_configuration",
        json!({ "active_context_type": "research" }),
    );
    let enhancement = id(&held("create_enhancement", json!({ "title": "Later", "priority": 2 })));
    held(
        "update_enhancement",
        json!({ "id": enhancement, "target_quarter": "2027-Q1" }),
    );
    held("list_enhancements", json!({ "detail": "full" }));
    held("promote_enhancement", json!({ "id": enhancement, "item_type": "task" }));
    held("get_status", json!({}));
    held("list_changes", json!({}));
    held("list_log", json!({ "limit": 5 }));
    held("release_work_item", json!({ "id": task }));
    held("delete_record", json!({ "id": parent, "recursive": true }));
    held("restore_record", json!({ "id": parent, "recursive": true }));
    held("undo_commit", json!({}));
    let over = json!({ "item_type": "task", "title": "Over", "metadata": {}, "status": "completed" });
    let over = id(&held("create_work_item", over));
    held("archive_work_items", json!({ "older_than": "0d" }));
    held("unarchive_work_items", json!({ "ids": [over] }));
    let line = json!({ "op": "create_work_item", "item_type": "task", "title": "x" });
    held("apply_batch", json!({ "lines": [line] }));
    let listed = session.ask("tools/list", json!({}));
    let all = listed["result"]["tools"].as_array().expect("a list");
    let all = all.iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(seen, all, "a tool was not tried");
    session.end();
}

#[test]
fn schemas_are_found_by_their_beginnings() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let asked = json!({ "ref": { "type": "ref/resource", "uri": "docket://schema/{kind}" },
                        "argument": { "name": "kind", "value": "query_" } });
    let answer = session.ask("completion/complete", asked);
    assert_eq!(
        answer["result"]["completion"]["values"],
        json!(["query_work_item", "query_vendor_status"])
    );
    let missing = session.ask("resources/read", json!({ "uri": "docket://schema/none" }));
    assert_eq!(missing["error"]["code"], -32002, "{missing}");
}
