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
