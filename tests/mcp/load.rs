//! Several clients at once on one repository.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use serde_json::{Value, json};

use crate::environment::Environment;
use crate::session::{Session, docket, succeeded};

const CLIENTS: usize = 3;

/// How many calls each client has under way at once, 3 of 10 of them writes.
const CALLS: usize = 34;

/// What a client wrote, as the server told it.
#[derive(Default)]
struct Written {
    labels: Vec<String>,
    notes: Vec<String>,
    items: Vec<String>,
}

/// Sends all calls without waiting for an answer, then takes the answers in whatever order they come.
fn client(docket: &Environment, number: usize, id: &str) -> Written {
    let mut session = Session::of(docket, &[], &format!("agent-{number}"), json!({}));
    let mut written = Written::default();
    let mut waiting: BTreeMap<u64, &str> = BTreeMap::new();
    for call in 0..CALLS {
        let name = format!("{number}-{call}");
        let (tool, arguments) = match call % 10 {
            0 => ("update_work_item", json!({ "id": id, "add_labels": [name] })),
            3 => ("add_note", json!({ "on": id, "body": name })),
            6 => ("create_work_item", json!({ "item_type": "task", "title": name })),
            1 | 4 | 7 => ("query_work_item", json!({ "id": id })),
            2 | 5 => ("get_project_configuration", json!({})),
            _ => ("list_work_items", json!({ "ready": true })),
        };
        match tool {
            "update_work_item" => written.labels.push(name),
            "add_note" => written.notes.push(name),
            "create_work_item" => written.items.push(name),
            _ => {}
        }
        let asked = session.request("tools/call", json!({ "name": tool, "arguments": arguments }));
        waiting.insert(asked, tool);
    }
    while !waiting.is_empty() {
        let answer = session.receive();
        let asked = answer["id"].as_u64().expect("a number");
        let tool = waiting.remove(&asked).expect("it was asked");
        succeeded(tool, &answer);
    }
    session.end();
    written
}

fn texts(values: &Value, field: &str) -> BTreeSet<String> {
    let values = values.as_array().expect("a list");
    let text = |value: &Value| value[field].as_str().or(value.as_str()).map(ToOwned::to_owned);
    values.iter().filter_map(text).collect()
}

/// A hundred calls at once by three clients: each is answered, and no write is lost.
#[test]
fn no_write_is_lost_among_many() {
    let docket = docket();
    let id = docket.json("add Shared")["id"].as_str().expect("an id").to_owned();
    let written: Vec<Written> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (docket, id) = (&docket, &id);
                scope.spawn(move || client(docket, number, id))
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().expect("no panic"))
            .collect()
    });
    let all = |of: fn(&Written) -> &Vec<String>| written.iter().flat_map(of).cloned().collect::<BTreeSet<_>>();
    let mut session = Session::begin(&docket, &[]);
    let whole = session.call("query_work_item", json!({ "id": id }));
    assert_eq!(texts(&whole["labels"], ""), all(|w| &w.labels));
    assert_eq!(texts(&whole["notes"], "body"), all(|w| &w.notes));
    let listed = session.call("list_work_items", json!({ "limit": 100 }));
    let mut titles = texts(&listed["items"], "title");
    assert!(titles.remove("Shared"));
    assert_eq!(titles, all(|w| &w.items));
    docket.shell("git docket validate");
}

/// What one client was told is done, every other one sees with its next call.
#[test]
fn each_sees_the_others_changes_at_once() {
    let docket = docket();
    let id = docket.json("add Shared")["id"].as_str().expect("an id").to_owned();
    let mut sessions: Vec<_> = (0..CLIENTS)
        .map(|number| Session::of(&docket, &[], &format!("agent-{number}"), json!({})))
        .collect();
    for round in 0..6 {
        for writer in 0..CLIENTS {
            let label = format!("{writer}-{round}");
            let changed = sessions[writer].call("update_work_item", json!({ "id": id, "add_labels": [label] }));
            for session in &mut sessions {
                let seen = session.call("query_work_item", json!({ "id": id }));
                assert_eq!(seen["version"], changed["version"]);
                assert!(texts(&seen["labels"], "").contains(&label), "{seen}");
                let listed = session.call("list_work_items", json!({ "label": label }));
                assert_eq!(listed["total_count"], 1);
            }
        }
    }
}
