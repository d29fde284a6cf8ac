//! What a session lives through, and how it ends.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::session::{Session, docket, succeeded};

#[test]
fn garbage_ends_nothing() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    session.send_line("this is no JSON");
    session.send_line("{\"jsonrpc\":\"2.0\"");
    session.send_line("");
    session.send_line(&format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"{}\"}}",
        "x".repeat(20 << 20)
    ));
    assert_eq!(session.call("list_work_items", json!({}))["total_count"], 0);
    session.end();
}

/// A text that was cut inside an emoji is half a character, which no reader of JSON takes.
#[test]
fn half_a_character_is_no_reason_to_be_silent() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    session.send_line(
        "{\"jsonrpc\":\"2.0\",\"id\":77,\"method\":\"tools/call\",\"params\":{\"name\":\"create_work_item\",\
         \"arguments\":{\"item_type\":\"task\",\"title\":\"cut \\ud83d\"}}}",
    );
    let answer = session.receive();
    assert_eq!(answer["id"], 77);
    assert_eq!(succeeded("create_work_item", &answer)["title"], "cut \u{fffd}");
    session.end();
}

#[test]
fn the_end_of_input_is_the_end() {
    let docket = docket();
    Session::begin(&docket, &[]).end();
    Session::silent(&docket, &[]).end();
}

/// What has begun is brought to its end, also when nobody waits for it.
#[test]
fn a_client_that_vanishes_leaves_the_repository_whole() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    for n in 0..8 {
        session.request(
            "tools/call",
            json!({ "name": "create_work_item", "arguments": { "item_type": "task", "title": format!("{n}") } }),
        );
    }
    drop(session);
    docket.shell("git docket validate && git fsck --strict");
    let mut session = Session::begin(&docket, &[]);
    for _ in 0..3 {
        let id = session.request(
            "tools/call",
            json!({ "name": "add_note", "arguments": { "on": "ffffffff", "body": "x" } }),
        );
        session.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }));
    }
    session.call("list_work_items", json!({}));
    session.end();
}

#[test]
fn eight_calls_at_once_are_answered_each() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let made = session.call("create_work_item", json!({ "item_type": "task", "title": "x" }));
    let mut waiting: Vec<_> = (0..8)
        .map(|n| {
            let arguments = json!({ "id": made["id"], "add_labels": [format!("l{n}")] });
            session.request(
                "tools/call",
                json!({ "name": "update_work_item", "arguments": arguments }),
            )
        })
        .collect();
    while !waiting.is_empty() {
        let answer = session.receive();
        waiting.retain(|id| answer["id"] != *id);
        succeeded("update_work_item", &answer);
    }
    let whole = session.call("query_work_item", json!({ "id": made["id"] }));
    assert_eq!(whole["labels"].as_array().expect("a list").len(), 8);
    assert_eq!(whole["version"], 9);
    session.end();
}

/// What is cancelled before it has changed anything does nothing, and those who only read do not wait with it.
#[test]
fn a_cancelled_call_that_waits_does_nothing() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    session.call("list_work_items", json!({}));
    // A writer that does not end: no call that writes does until it is gone.
    let lock = std::fs::File::options()
        .write(true)
        .open(docket.path().join(".git/docket/write.lock"))
        .expect("it is there");
    lock.lock().expect("it is free");
    let calls: Vec<_> = (0..12)
        .map(|n| {
            let arguments = json!({ "item_type": "task", "title": format!("{n}") });
            session.request(
                "tools/call",
                json!({ "name": "create_work_item", "arguments": arguments }),
            )
        })
        .collect();
    // All that write at once wait for the lock by now, and the others for them.
    std::thread::sleep(Duration::from_secs(1));
    let begun = Instant::now();
    assert_eq!(session.call("list_work_items", json!({}))["total_count"], 0);
    assert!(begun.elapsed() < Duration::from_secs(10));
    let (wanted, cancelled) = calls.split_last().expect("there are some");
    for id in cancelled {
        session.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }));
    }
    session.ask("ping", json!({}));
    lock.unlock().expect("it was held");
    let answer = session.receive();
    assert_eq!(answer["id"], *wanted, "{answer}");
    let made = succeeded("create_work_item", &answer);
    assert_eq!(made["title"], "11");
    assert_eq!(session.call("list_work_items", json!({}))["total_count"], 1);
    session.end();
    docket.shell("git docket validate");
}

/// Who asks about something before it is there hears when it comes.
#[test]
fn what_was_not_there_is_told_too() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let uri = "docket://vendors/Later";
    session.ask("resources/subscribe", json!({ "uri": uri }));
    docket.shell("git docket vendor add Other");
    std::thread::sleep(Duration::from_millis(600));
    for command in ["vendor add Later", "vendor update Later --status broken"] {
        docket.shell(&format!("git docket {command}"));
        let told = session.receive();
        assert_eq!(told["params"]["uri"], uri, "{told}");
    }
    session.end();
}

/// A change by any process is told to who asked for it, and only that.
#[test]
fn other_processes_changes_are_told() {
    let docket = docket();
    let mut session = Session::begin(&docket, &[]);
    let made = |session: &mut Session| {
        let made = session.call("create_work_item", json!({ "item_type": "task", "title": "x" }));
        made["id"].as_str().expect("an id").to_owned()
    };
    let (one, other) = (made(&mut session), made(&mut session));
    let uri = format!("docket://work-items/{}", &one[..8]);
    for uri in [uri.as_str(), "docket://work-items/none", "https://example.org/"] {
        assert!(
            session
                .ask("resources/subscribe", json!({ "uri": uri }))
                .get("result")
                .is_some()
        );
    }
    docket.shell(&format!("git docket note {other} 'not this one'"));
    std::thread::sleep(Duration::from_millis(600));
    docket.shell(&format!("git docket note {one} 'this one'"));
    let begun = Instant::now();
    let told = session.receive();
    assert_eq!(told["method"], "notifications/resources/updated");
    assert_eq!(told["params"]["uri"], uri);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(
        session.ask("resources/unsubscribe", json!({ "uri": uri }))["result"],
        json!({})
    );
    session.end();
}
