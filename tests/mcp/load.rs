//! Several clients at once on one repository.

use std::collections::BTreeSet;
use std::thread;

use serde_json::json;

use crate::session::{Session, docket};

const CLIENTS: usize = 3;
const CALLS: usize = 100;

/// A hundred calls by three clients, most of them reads: nothing is lost, and each sees the others' changes.
#[test]
fn no_write_is_lost_among_many() {
    let docket = docket();
    let made = docket.shell("git docket add Shared --json | jq -r .id");
    let id = made.trim();
    let labels: Vec<String> = thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|client| {
            let docket = &docket;
            scope.spawn(move || {
                let mut session = Session::of(docket, &[], &format!("agent-{client}"), json!({}));
                let mut mine = Vec::new();
                for call in 0..CALLS / CLIENTS {
                    match call % 10 {
                        0 => {
                            let label = format!("c{client}-{call}");
                            let read = session.call("query_work_item", json!({ "id": id }));
                            session.call("update_work_item", json!({ "id": id, "add_labels": [label] }));
                            let again = session.call("query_work_item", json!({ "id": id }));
                            assert!(again["version"].as_u64() > read["version"].as_u64());
                            mine.push(label);
                        }
                        1 => drop(session.call("add_note", json!({ "on": id, "body": format!("{client} {call}") }))),
                        2 => {
                            let title = format!("{client} {call}");
                            let made = session.call("create_work_item", json!({ "item_type": "task", "title": title }));
                            let listed = session.call("list_work_items", json!({ "limit": 100 }));
                            let short = &made["id"].as_str().expect("an id").replace('-', "")[..12];
                            assert!(listed["items"].to_string().contains(short));
                        }
                        _ => drop(session.call("list_work_items", json!({ "ready": true }))),
                    }
                }
                session.end();
                mine
            })
        });
        let clients: Vec<_> = clients.collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().expect("no panic"))
            .collect()
    });
    let mut session = Session::begin(&docket, &[]);
    let whole = session.call("query_work_item", json!({ "id": id }));
    let kept: BTreeSet<_> = whole["labels"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|l| l.as_str())
        .collect();
    assert_eq!(kept, labels.iter().map(String::as_str).collect());
    assert_eq!(whole["notes"].as_array().expect("a list").len(), CLIENTS * 4);
    docket.shell("git docket validate");
}
