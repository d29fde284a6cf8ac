//! Conflicts that are resolved: what is decided, and nothing beside it.

use git_docket::ops::{self, ConflictsRequest, ErrorKind, Take};
use serde_json::{Value, json};

use crate::clones::Clones;

/// Two clones, and an item that both know.
fn two() -> (Clones, String) {
    let clones = Clones::new(2);
    let id = clones.add(0, "Before");
    clones.settle(2);
    (clones, id)
}

fn conflicts(clones: &Clones) -> Vec<Value> {
    let found = ops::conflicts(&clones.open(0), &ConflictsRequest::default()).expect("a list");
    let found = serde_json::to_value(found).expect("JSON");
    found["items"].as_array().expect("a list").clone()
}

fn resolve(clones: &Clones, id: &str, field: Option<&str>, take: &Take) -> Result<usize, ops::Error> {
    ops::resolve_conflict(&clones.open(0), id, field, take, None).map(|done| done.left)
}

/// Both write the field, the second clone a second later, and sync.
fn collide(clones: &Clones, id: &str, field: &str, values: [&str; 2]) {
    for (at, value) in values.into_iter().enumerate() {
        clones.update(at, id, json!({ field: value }));
    }
    clones.settle(2);
}

#[test]
fn a_dropped_dependency_is_one_of_many() {
    let clones = Clones::new(2);
    let [a, b, c] = ["A", "B", "C"].map(|title| clones.add(0, title));
    for id in [&a, &b] {
        clones.update(0, id, json!({ "add_depends_on": [c] }));
    }
    clones.settle(2);
    clones.update(0, &a, json!({ "add_depends_on": [b] }));
    clones.update(1, &b, json!({ "add_depends_on": [a] }));
    clones.settle(2);
    let [dropped] = &conflicts(&clones)[..] else {
        panic!("one edge")
    };
    let name = dropped["id"].as_str().expect("a name");
    let on = dropped["on"].as_str().expect("an identity");
    assert_eq!(clones.show(0, on)["depends_on"], json!([c]));
    for value in [Value::Null, json!([b]), json!(1)] {
        let error = resolve(&clones, name, None, &Take::Value(value)).expect_err("an edge is one identity");
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    resolve(&clones, name, None, &Take::Base).expect("resolved");
    assert_eq!(clones.show(0, on)["depends_on"], json!([c]));
}
