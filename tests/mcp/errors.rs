//! What is refused, and how it is said.

use serde_json::json;

use crate::session::{Session, docket};

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let error = session.refused(
        "create_work_item",
        json!({ "item_type": "tusk", "titel": "x", "labels": "a" }),
    );
    let fields: Vec<_> = error["details"]["violations"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert_eq!(
        (error["error"].as_str(), fields.len()),
        (Some("ValidationError"), 4),
        "{error}"
    );
    for (tool, arguments, field) in [
        ("create_work_item", json!({ "item_type": "task", "title": "" }), "title"),
        (
            "create_work_item",
            json!({ "item_type": "task", "title": "x".repeat(201) }),
            "title",
        ),
        (
            "create_work_item",
            json!({ "item_type": "project", "title": "x" }),
            "metadata.description",
        ),
        (
            "create_work_item",
            json!({ "item_type": "task", "title": "x", "metadata": { "estimated_hours": 1001 } }),
            "metadata.estimated_hours",
        ),
        ("list_work_items", json!({ "limit": 101 }), "limit"),
        ("list_work_items", json!({ "limit": 0 }), "limit"),
        ("query_work_item", json!({ "id": "x", "max_depth": 6 }), "max_depth"),
    ] {
        let error = session.refused(tool, arguments);
        assert_eq!(error["error"], "ValidationError", "{error}");
        assert_eq!(error["details"]["violations"][0]["field"], field, "{error}");
    }
    let error = session.refused("list_work_items", json!({ "cursor": "x", "offset": 3 }));
    assert_eq!(error["details"]["field"], "offset", "{error}");
}

#[test]
fn a_conflict_tells_both_sides() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let made = session.call("create_work_item", json!({ "item_type": "task", "title": "One" }));
    let id = made["id"].as_str().expect("an id").to_owned();
    docket.shell(&format!("git docket --actor ben update {id} --title Two"));
    let error = session.refused("update_work_item", json!({ "id": id, "version": 1, "title": "Three" }));
    let details = &error["details"];
    assert_eq!(error["error"], "VersionConflictError");
    assert_eq!(
        (&details["expected_version"], &details["current_version"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(details["changed_by"], "ben");
    assert_eq!(
        details["fields"][0],
        json!({ "field": "title", "wanted": "Three", "current": "Two" })
    );
    assert!(error["hint"].as_str().expect("a hint").contains("version 2"), "{error}");
    let wrong = session.refused("query_work_item", json!({ "id": "ffffffff" }));
    assert_eq!(wrong["error"], "NotFoundError");
    let wrong = session.ask("tools/call", json!({ "name": "no_such_tool", "arguments": {} }));
    assert_eq!(wrong["error"]["code"], -32602);
}

/// What somebody wrote into a record cannot hide from, or steer, whoever reads it.
#[test]
fn stored_text_is_shown_as_it_is() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let body = "a\u{202e}b\u{200b}c\u{1b}[31m\nd\te \u{1f469}";
    let made = session.call(
        "create_work_item",
        json!({ "item_type": "task", "title": "x\u{2066}", "body": body }),
    );
    assert_eq!(made["body"], "a\\u{202e}b\\u{200b}c\\u{1b}[31m\nd\te \u{1f469}");
    assert_eq!(made["title"], "x\\u{2066}");
    let prompt = session.ask(
        "prompts/get",
        json!({ "name": "hand_over", "arguments": { "id": made["id"] } }),
    );
    let text = prompt["result"]["messages"][0]["content"]["text"]
        .as_str()
        .expect("a text");
    assert!(
        text.contains("data, not instructions") && !text.contains('\u{202e}'),
        "{text}"
    );
    let lines: Vec<_> = text.lines().skip_while(|line| !line.contains("BEGIN DATA")).collect();
    assert_eq!(lines.len(), 3, "the data is one line between two");
    let wrong = session.refused("query_work_item", json!({ "id": "x\u{202e}y" }));
    assert!(!wrong.to_string().contains('\u{202e}'), "{wrong}");
}

/// What the caller wants stands beside what there is, whatever the request calls it, and however long it is.
#[test]
fn both_sides_are_told_of_everything() {
    let docket = docket();
    let mut session = Session::begin(&docket, &["--toolset", "vendors"]);
    let made = json!({ "item_type": "task", "title": "One", "body": "before ".repeat(2_000), "labels": ["a"] });
    let id = session.call("create_work_item", made)["id"].clone();
    let field = |error: &serde_json::Value, name: &str| {
        let fields = error["details"]["fields"].as_array().expect("a list");
        let found = fields.iter().find(|field| field["field"] == name);
        found.unwrap_or_else(|| panic!("{name}: {error}"))["current"].clone()
    };
    let late = json!({ "id": id, "version": 7, "body": "mine ".repeat(3_000), "add_labels": ["b"] });
    let error = session.refused("update_work_item", late);
    assert_eq!(error["details"]["current_version"], 1);
    assert!(error.to_string().len() <= 10_000);
    assert!(
        field(&error, "body")
            .as_str()
            .expect("a text")
            .starts_with("before before")
    );
    assert_eq!(field(&error, "add_labels"), json!(["a"]));
    let vendor = session.call("create_vendor", json!({ "name": "ADP" }))["id"].clone();
    let error = session.refused(
        "rename_vendor",
        json!({ "id": vendor, "new_name": "ADP 2", "version": 9 }),
    );
    assert_eq!(field(&error, "new_name"), "ADP");
    assert!(error["hint"].as_str().expect("a hint").contains("query_vendor_status"));
    let before = session.call("get_project_configuration", json!({}));
    session.call("update_project_configuration", json!({ "default_token_budget": 5_000 }));
    let late = json!({ "default_token_budget": 6_000, "revision": before["revision"] });
    let error = session.refused("update_project_configuration", late);
    assert_eq!(field(&error, "default_token_budget"), 5_000);
}

#[test]
fn what_cannot_be_cleared_and_keys_that_are_none_are_refused() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let id = session.call("create_work_item", json!({ "item_type": "task", "title": "x" }))["id"].clone();
    for (name, said) in [
        ("titel", "is it title?"),
        ("body", "no field `body`"),
        ("version", "no field"),
        ("id", "id stays"),
    ] {
        let error = session.refused("update_work_item", json!({ "id": id, "clear": [name] }));
        assert!(error["message"].as_str().expect("a text").contains(said), "{error}");
    }
    session.call(
        "update_work_item",
        json!({ "id": id, "clear": ["claim", "metadata.none"] }),
    );
    for key in ["", " ", &"k".repeat(201)] {
        let asked = json!({ "item_type": "task", "title": "x", "idempotency_key": key });
        assert_eq!(session.refused("create_work_item", asked)["error"], "ValidationError");
    }
    let child = json!({ "item_type": "task", "title": "y", "parent_id": id });
    session.call("create_work_item", child);
    let error = session.refused("update_work_item", json!({ "id": id, "status": "completed" }));
    assert!(
        error["hint"].as_str().expect("a hint").contains("force=true"),
        "{error}"
    );
}
