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

#[test]
fn of_two_conflicts_of_one_field_one_is_named() {
    let (clones, id) = two();
    collide(&clones, &id, "title", ["First", "Second"]);
    collide(&clones, &id, "title", ["Third", "Fourth"]);
    let open = conflicts(&clones);
    assert_eq!(open.len(), 2);
    for take in [Take::Other, Take::Base, Take::Value("Fifth".into())] {
        let error = resolve(&clones, &id, None, &take).expect_err("which of two?");
        assert_eq!(error.kind(), ErrorKind::Ambiguous, "{error}");
        let named = error.details()["conflicts"].as_array().expect("names").len();
        assert_eq!((named, error.hints().len()), (2, 1), "{error}");
    }
    assert_eq!(conflicts(&clones), open);
    let last = open.iter().find(|conflict| conflict["kept"] == "Fourth");
    let last = last.expect("the second one")["id"].as_str().expect("a name");
    assert_eq!(resolve(&clones, last, None, &Take::Other).expect("one of two"), 1);
    assert_eq!(clones.show(0, &id)["title"], "Third");
    assert_eq!(resolve(&clones, &id, None, &Take::Kept).expect("the other one"), 0);
    assert_eq!(clones.show(0, &id)["title"], "Third");
}

#[test]
fn conflicts_of_different_fields_are_resolved_together() {
    let (clones, id) = two();
    clones.update(0, &id, json!({ "title": "First", "branch_name": "one" }));
    clones.update(1, &id, json!({ "title": "Second", "branch_name": "two" }));
    clones.settle(2);
    assert_eq!(resolve(&clones, &id, None, &Take::Other).expect("both"), 0);
    let shown = clones.show(0, &id);
    assert_eq!(
        (&shown["title"], &shown["branch_name"]),
        (&"First".into(), &"one".into())
    );
}

#[test]
fn a_whole_record_is_resolved_by_itself() {
    let (clones, id) = two();
    collide(&clones, &id, "title", ["First", "Second"]);
    // One takes the file away with plain git, the other goes on.
    let file = format!(".tracking/work-items/{}/{id}.md", &id[..2]);
    clones.shell(&format!(
        "cd 0 && export GIT_INDEX_FILE=$PWD/.git/x && git read-tree tracking && git update-index --force-remove {file} && \
         git update-ref refs/heads/tracking $(git commit-tree -p tracking -m gone $(git write-tree))"
    ));
    clones.update(1, &id, json!({ "priority": "high" }));
    clones.settle(2);
    let mut open = conflicts(&clones);
    let mut fields: Vec<_> = open.iter().map(|conflict| conflict["field"].clone()).collect();
    fields.sort_by_key(ToString::to_string);
    assert_eq!(fields, ["*", "title"]);
    for take in [Take::Other, Take::Base] {
        let error = resolve(&clones, &id, None, &take).expect_err("which first?");
        assert_eq!(error.kind(), ErrorKind::Ambiguous, "{error}");
    }
    open.retain(|conflict| conflict["field"] == "*");
    let whole = open[0]["id"].as_str().expect("a name");
    resolve(&clones, whole, None, &Take::Base).expect("the record as it was");
    assert_eq!(clones.show(0, &id)["priority"], "medium");
    resolve(&clones, &id, None, &Take::Other).expect("then its title");
    assert_eq!(clones.show(0, &id)["title"], "First");
}

#[test]
fn a_conflict_is_named_in_any_case_and_by_what_its_record_is_called() {
    let (clones, id) = two();
    clones.update(0, &id, json!({ "add_aliases": ["the.item"] }));
    clones.settle(2);
    collide(&clones, &id, "title", ["First", "Second"]);
    let name = conflicts(&clones)[0]["id"].as_str().expect("a name").to_uppercase();
    let shown = |of: &str, resolved| {
        let of = Some(of.to_owned());
        ops::conflicts(&clones.open(0), &ConflictsRequest { of, resolved }).map(|found| found.total_count)
    };
    assert_eq!(shown(&name, false).expect("a conflict"), 1);
    assert_eq!(shown("the.item", false).expect("a conflict"), 1);
    resolve(&clones, "the.item", None, &Take::Kept).expect("resolved");
    let none = |of: &str, resolved| shown(of, resolved).expect_err("there is none").to_string();
    assert_eq!(none(&id, false), format!("there is no open conflict on {id}"));
    assert_eq!(shown(&id, true).expect("a conflict"), 1);
    let other = clones.add(0, "Other");
    assert_eq!(none(&other, true), format!("there is no conflict on {other}"));
}

#[test]
fn a_list_among_the_settings_is_resolved_with_what_was_recorded() {
    let key = "policy.vendor_editors";
    for (take, expected) in [
        (Take::Other, "vendor_editors = [\"Ana\", \"Cleo\"]"),
        (Take::Base, "vendor_editors = [\"Ana\"]"),
    ] {
        let clones = Clones::new(2);
        clones.configure(0, key, "Ana");
        clones.settle(2);
        clones.configure(0, key, "Ana,Cleo");
        clones.configure(1, key, "Ana,Dora");
        clones.settle(2);
        let open = conflicts(&clones);
        let name = open[0]["id"].as_str().expect("a name");
        let by_hand = Take::Value("[\"Ana\"]".into());
        assert!(resolve(&clones, name, None, &by_hand).is_err(), "a text is no list");
        resolve(&clones, name, None, &take).expect("resolved");
        let config = clones.git(0, "show tracking:.tracking/config.toml");
        assert!(config.contains(expected), "{config}");
        clones.validate(0);
    }
}

#[test]
fn settings_are_resolved_together() {
    let clones = Clones::new(2);
    for (at, kind, budget) in [(0, "feature", "5000"), (1, "research", "6000")] {
        clones.configure(at, "active_context_type", kind);
        clones.configure(at, "default_token_budget", budget);
    }
    clones.settle(2);
    let open = conflicts(&clones);
    assert_eq!(open.len(), 2);
    let file = open[0]["path"].as_str().expect("a file");
    assert_eq!(file, ".tracking/config.toml");
    assert_eq!(resolve(&clones, file, None, &Take::Other).expect("both"), 0);
    let config = clones.git(0, "show tracking:.tracking/config.toml");
    assert!(config.contains("\"feature\"") && config.contains("5000"), "{config}");
}

#[test]
fn two_who_resolve_the_same_conflict_dispute_nothing_new() {
    for (first, second, title) in [
        (Take::Kept, Take::Kept, "B"),
        (Take::Other, Take::Kept, "A"),
        (Take::Kept, Take::Other, "A"),
        (Take::Other, Take::Other, "A"),
    ] {
        let (clones, id) = two();
        collide(&clones, &id, "title", ["A", "B"]);
        for (at, take) in [(0, &first), (1, &second)] {
            ops::resolve_conflict(&clones.open(at), &id, None, take, None).expect("resolved");
        }
        clones.settle(2);
        assert_eq!(conflicts(&clones), Vec::<Value>::new());
        assert_eq!(clones.show(0, &id)["title"], title);
        // What is told of the resolution is what the record holds.
        let request = ConflictsRequest {
            resolved: true,
            ..ConflictsRequest::default()
        };
        let told = ops::conflicts(&clones.open(0), &request).expect("a list").items;
        assert_eq!(told.len(), 1);
        let choice = if title == "B" { "kept" } else { "other" };
        assert_eq!(told[0].choice.as_deref(), Some(choice));
        clones.validate(0);
        let name = told[0].id.clone();
        let error = resolve(&clones, &name, None, &Take::Kept).expect_err("it is resolved");
        assert!(error.to_string().contains("resolved already"), "{error}");
    }
}
