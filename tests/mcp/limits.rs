//! No answer is larger than a client can use.

use serde_json::{Value, json};

use crate::session::{Session, docket};

/// How many bytes an answer has at most.
const BYTES: usize = 60_000;

/// How many bytes a line of a list has at most.
const ROW: usize = 300;

fn sized(session: &mut Session, tool: &str, arguments: Value) -> Value {
    let answer = session.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
    let bytes = answer.to_string().len();
    assert!(bytes <= BYTES, "{tool}: {bytes} bytes");
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    answer["result"]["structuredContent"].clone()
}

#[test]
fn a_large_body_is_read_in_pieces() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let body: String = (0..40_000).map(|n| format!("{n} \"é\" ")).collect();
    let made = sized(
        &mut session,
        "create_work_item",
        json!({ "item_type": "task", "title": "x", "body": body }),
    );
    let mut read = String::new();
    let mut offset = 0;
    loop {
        let asked = json!({ "id": made["id"], "body_offset": offset });
        let answer = sized(&mut session, "query_work_item", asked);
        read.push_str(answer["body"].as_str().expect("a body"));
        if answer["warnings"] == json!([]) {
            break;
        }
        // Read on as the answer says.
        let warning = answer["warnings"][0].as_str().expect("a warning");
        let (_, said) = warning.split_once("body_offset=").expect("it says where");
        offset = said.split(' ').next().expect("a number").parse().expect("a number");
    }
    assert_eq!(read, body);
    let beyond = session.refused(
        "query_work_item",
        json!({ "id": made["id"], "body_offset": body.len() + 1 }),
    );
    assert!(
        beyond["message"].as_str().expect("a text").contains("no character"),
        "{beyond}"
    );
}

#[test]
fn metadata_of_any_size_fits() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    for (keys, bytes) in [(4_000, 1), (700, 1_200)] {
        let metadata: serde_json::Map<String, Value> = (0..keys)
            .map(|n| (format!("key_{n}"), "x".repeat(bytes).into()))
            .collect();
        let asked = json!({ "item_type": "task", "title": "x", "metadata": metadata });
        let made = sized(&mut session, "create_work_item", asked);
        assert!(
            made["warnings"].to_string().contains("metadata"),
            "{}",
            made["warnings"]
        );
        sized(&mut session, "query_work_item", json!({ "id": made["id"] }));
        sized(&mut session, "list_work_items", json!({ "detail": "full" }));
        let id = made["id"].as_str().expect("an id");
        for (method, params) in [
            ("resources/read", json!({ "uri": format!("docket://work-items/{id}") })),
            ("prompts/get", json!({ "name": "hand_over", "arguments": { "id": id } })),
        ] {
            let answer = session.ask(method, params).to_string();
            assert!(answer.len() <= BYTES, "{method}: {} bytes", answer.len());
        }
    }
    let error = session
        .ask("tools/call", json!({ "name": "x".repeat(1_000_000), "arguments": {} }))
        .to_string();
    assert!(error.len() < 1_000, "{} bytes", error.len());
}

#[test]
fn pages_are_cut_between_records_and_skip_none() {
    let docket = docket();
    let lines = (0..60).map(|n| {
        let body = "\u{200b}".repeat(300 + 40 * n);
        json!({ "op": "create_work_item", "item_type": "task", "title": format!("Item {n}"), "body": body }).to_string()
    });
    docket.write("lines", lines.collect::<Vec<_>>().join("\n"));
    docket.shell("git docket batch < lines");
    let mut session = Session::begin(&docket, &[]);
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let asked = json!({ "detail": "full", "limit": 100, "cursor": cursor });
        let page = sized(&mut session, "list_work_items", asked);
        seen.extend(
            page["items"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|item| item["id"].to_string()),
        );
        cursor = page["next_cursor"].clone();
        if page["has_more"] == false {
            break;
        }
        assert!(
            page["warnings"].to_string().contains("next_cursor has the rest"),
            "{}",
            page["warnings"]
        );
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), count), (60, 60));
}

#[test]
fn lines_of_lists_are_short_whatever_they_hold() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let longest = "\u{1f469}\u{200b}".repeat(100);
    let name = "é".repeat(100);
    let parent = session.call("create_work_item", json!({ "item_type": "task", "title": "x" }));
    session.call(
        "create_work_item",
        json!({ "item_type": "research", "title": longest, "priority": "high", "assignee": name, "parent_id": parent["id"] }),
    );
    session.call("claim_work_item", json!({ "by": "\"".repeat(100) }));
    let plain = json!({ "item_type": "task", "title": "An ordinary title of some thirty letters" });
    session.call("create_work_item", plain);
    let page = session.call("list_work_items", json!({}));
    for row in page["items"].as_array().expect("a list") {
        assert!(row.to_string().len() <= ROW, "{} bytes: {row}", row.to_string().len());
    }
    let emoji = "\u{1f469}".repeat(80);
    docket.shell(&format!(
        "git docket vendor add '{emoji}' --extractor-version '{}' && git docket enhancement add '{emoji}' && \
         git docket deployment record --commit HEAD --title '{emoji}' --environment '{emoji}' --json",
        "é".repeat(50)
    ));
    for (tool, count) in [("query_vendor_status", 1), ("list_deployments", 1)] {
        let page = session.call(tool, json!({}));
        assert_eq!(page["total_count"], count);
        let row = &page["items"][0];
        assert!(row.to_string().len() <= ROW, "{} bytes: {row}", row.to_string().len());
    }
    let rows = page["items"].as_array().expect("a list");
    let long = rows
        .iter()
        .find(|row| row["item_type"] == "research")
        .expect("it is listed");
    assert!(long["title"].as_str().expect("a title").ends_with('…'), "{long}");
}

#[test]
fn a_wide_hierarchy_says_what_is_left_out() {
    let docket = docket();
    let mut session = Session::begin(&docket, &["--toolset", "batch"]);
    let parent = session.call("create_work_item", json!({ "item_type": "task", "title": "All" }));
    let line = |n: usize| json!({ "op": "create_work_item", "item_type": "task", "title": format!("Item {n}"), "parent_id": parent["id"] });
    session.call(
        "apply_batch",
        json!({ "lines": (0..400).map(line).collect::<Vec<_>>() }),
    );
    let whole = sized(&mut session, "query_work_item", json!({ "id": parent["id"] }));
    assert!(whole["children"].as_array().expect("a list").len() < 400);
    assert!(
        whole["warnings"][0]
            .as_str()
            .expect("a warning")
            .starts_with("children is cut"),
        "{}",
        whole["warnings"]
    );
}

/// A long conversation is cut where its record is asked for, and read on by itself.
#[test]
fn many_notes_are_read_in_pages() {
    let docket = docket();
    let mut session = Session::begin(&docket, &["--toolset", "notes,batch"]);
    let made = session.call("create_work_item", json!({ "item_type": "task", "title": "x" }));
    let line = |n: usize| json!({ "op": "add_note", "on": made["id"], "body": format!("{n} {}", "said ".repeat(200)) });
    session.call("apply_batch", json!({ "lines": (0..60).map(line).collect::<Vec<_>>() }));
    let whole = sized(&mut session, "query_work_item", json!({ "id": made["id"] }));
    assert!(
        whole["warnings"].to_string().contains("notes is cut"),
        "{}",
        whole["warnings"]
    );
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = sized(
            &mut session,
            "list_notes",
            json!({ "on": made["id"], "limit": 100, "cursor": cursor }),
        );
        assert_eq!(page["total_count"], 60);
        for note in page["items"].as_array().expect("a list") {
            let body = note["body"].as_str().expect("a text");
            seen.push(body.split(' ').next().expect("a number").to_owned());
        }
        cursor = page["next_cursor"].clone();
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(seen, (0..60).map(|n| n.to_string()).collect::<Vec<_>>());
    let other = json!({ "item_type": "task", "title": "y" });
    let other = session.call("create_work_item", other);
    let first = session.call("list_notes", json!({ "on": made["id"], "limit": 1 }));
    let asked = json!({ "on": other["id"], "cursor": first["next_cursor"] });
    assert_eq!(session.refused("list_notes", asked)["error"], "ValidationError");
}
