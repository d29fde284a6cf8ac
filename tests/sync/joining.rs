//! What comes of two clones that both went on.

use git_docket::ops::{self, ConflictsRequest, Context, ErrorKind, Settings, Take};
use serde_json::{Value, json};

use crate::clones::Clones;

/// Two clones, and an item that both know.
fn two() -> (Clones, String) {
    let clones = Clones::new(2);
    let id = clones.add(0, "Before");
    clones.settle(2);
    (clones, id)
}

fn conflicts(clones: &Clones, at: usize) -> Vec<Value> {
    let found = ops::conflicts(&clones.open(at), &ConflictsRequest::default()).expect("a list");
    let found = serde_json::to_value(found).expect("JSON");
    found["items"].as_array().expect("a list").clone()
}

fn resolve(clones: &Clones, id: &str, field: Option<&str>, take: &Take) -> Result<usize, ops::Error> {
    ops::resolve_conflict(&clones.open(0), id, field, take, None).map(|done| done.left)
}

#[test]
fn different_fields_are_both_kept_and_of_one_field_the_later_stands() {
    let (clones, id) = two();
    clones.update(
        0,
        &id,
        json!({ "title": "First", "add_labels": ["a"], "priority": "high" }),
    );
    clones.update(
        1,
        &id,
        json!({ "title": "Second", "add_labels": ["b"], "status": "active" }),
    );
    clones.settle(2);
    let shown = clones.show(0, &id);
    assert_eq!(shown, clones.show(1, &id));
    assert_eq!(shown["title"], "Second");
    assert_eq!(
        (&shown["priority"], &shown["status"]),
        (&"high".into(), &"active".into())
    );
    assert_eq!(shown["labels"], json!(["a", "b"]));
    assert_eq!(shown["conflicts"], 1);
    let [conflict] = &conflicts(&clones, 1)[..] else {
        panic!("one conflict")
    };
    assert_eq!(conflict["field"], "title");
    assert_eq!(
        (&conflict["kept"], &conflict["other"], &conflict["base"]),
        (&"Second".into(), &"First".into(), &"Before".into())
    );
    assert_eq!(
        (&conflict["kept_by"]["by"], &conflict["other_by"]["by"]),
        (&"1".into(), &"0".into())
    );
}

#[test]
fn a_conflict_is_resolved_with_any_of_its_values() {
    for (take, title) in [
        (Take::Kept, "Second"),
        (Take::Other, "First"),
        (Take::Base, "Before"),
        (Take::Value("Third".into()), "Third"),
    ] {
        let (clones, id) = two();
        clones.update(0, &id, json!({ "title": "First" }));
        clones.update(1, &id, json!({ "title": "Second" }));
        clones.settle(2);
        assert_eq!(resolve(&clones, &id, None, &take).expect("resolved"), 0);
        clones.settle(2);
        assert_eq!(clones.show(1, &id)["title"], title);
        assert_eq!(clones.show(1, &id)["conflicts"], 0);
        assert_eq!(conflicts(&clones, 1), Vec::<Value>::new());
        let again = resolve(&clones, &id, None, &take).expect_err("there is none left");
        assert_eq!(again.kind(), ops::ErrorKind::NotFound);
        clones.validate(1);
    }
}

#[test]
fn groups_bodies_and_deletions_are_resolved_too() {
    let (clones, id) = two();
    clones.update(
        0,
        &id,
        json!({ "status": "blocked", "metadata": { "blocked_reason": "no data" }, "append_body": "One" }),
    );
    clones.update(
        1,
        &id,
        json!({ "status": "completed", "append_body": "Two", "metadata": { "b.c": 1 } }),
    );
    let gone = clones.add(0, "Gone");
    clones.settle(2);
    clones.update(0, &gone, json!({ "deleted_at": "2025-10-12T00:00:00Z" }));
    clones.update(1, &gone, json!({ "title": "Still here" }));
    clones.settle(2);
    assert_eq!(clones.show(0, &id)["status"], "completed");
    assert_eq!(clones.show(0, &gone)["deleted_at"], Value::Null);
    let mut fields: Vec<_> = conflicts(&clones, 0)
        .iter()
        .map(|conflict| conflict["field"].clone())
        .collect();
    fields.sort_by_key(ToString::to_string);
    assert_eq!(fields, ["body", "deleted_at", "status"]);
    let error = resolve(&clones, &id, None, &Take::Value("x".into())).expect_err("which of two?");
    assert_eq!(error.kind(), ops::ErrorKind::Invalid);
    resolve(&clones, &id, None, &Take::Other).expect("both");
    resolve(&clones, &gone, Some("deleted_at"), &Take::Other).expect("deleted");
    let shown = clones.show(0, &id);
    assert_eq!(
        (&shown["status"], &shown["metadata"]["blocked_reason"]),
        (&"blocked".into(), &"no data".into())
    );
    assert_eq!(shown["body"], "One");
    assert_eq!(clones.show(0, &gone)["deleted_at"], "2025-10-12T00:00:00Z");
    clones.validate(0);
}

#[test]
fn edges_that_only_together_close_a_cycle_are_dropped_alike() {
    let clones = Clones::new(2);
    let [a, b, c] = ["A", "B", "C"].map(|title| clones.add(0, title));
    clones.settle(2);
    clones.update(0, &a, json!({ "add_depends_on": [b] }));
    clones.update(1, &b, json!({ "add_depends_on": [a] }));
    clones.update(0, &c, json!({ "parent_id": b }));
    clones.update(1, &b, json!({ "parent_id": c }));
    clones.settle(2);
    assert_eq!(clones.tree(0), clones.tree(1));
    clones.validate(0);
    let fields: Vec<_> = conflicts(&clones, 0)
        .iter()
        .map(|conflict| conflict["field"].clone())
        .collect();
    assert_eq!(fields.len(), 2, "{fields:?}");
    // What would close the cycle again is refused.
    let dropped = conflicts(&clones, 0)
        .into_iter()
        .find(|conflict| conflict["field"] == "depends_on")
        .expect("an edge");
    let on = dropped["on"].as_str().expect("an identity");
    assert!(resolve(&clones, on, Some("depends_on"), &Take::Other).is_err());
    let other = if on == a { &b } else { &a };
    let still = clones.show(0, other)["depends_on"][0].clone();
    clones.update(0, other, json!({ "remove_depends_on": [still] }));
    resolve(&clones, on, Some("depends_on"), &Take::Other).expect("now it fits");
    clones.validate(0);
}

#[test]
fn clones_that_merge_at_once_make_the_same_tree_and_meet_again() {
    let (clones, id) = two();
    clones.update(0, &id, json!({ "title": "First", "append_body": "one" }));
    clones.update(1, &id, json!({ "title": "Second", "append_body": "two" }));
    // Each merges the other without the remote knowing of either merge.
    clones
        .shell("git -C 0 fetch -q ../1 tracking:refs/heads/other && git -C 1 fetch -q ../0 tracking:refs/heads/other");
    clones.shell("git -C 0 push -q origin other:tracking && git -C 1 init -q --bare ../hub2.git");
    clones.sync(0).expect("one merge");
    clones.shell("git -C 1 push -q ../hub2.git other:tracking && git -C 1 remote set-url origin ../hub2.git");
    clones.sync(1).expect("the other merge");
    assert_ne!(clones.git(0, "rev-parse tracking"), clones.git(1, "rev-parse tracking"));
    assert_eq!(clones.tree(0), clones.tree(1));
    clones.shell("git -C 1 remote set-url origin ../hub.git");
    clones.update(0, &id, json!({ "priority": "high" }));
    clones.update(1, &id, json!({ "title": "Third" }));
    clones.settle(2);
    // The title was decided before both: only the body was and is in dispute.
    assert_eq!(clones.show(0, &id)["title"], "Third");
    let fields: Vec<_> = conflicts(&clones, 0)
        .iter()
        .map(|conflict| conflict["field"].clone())
        .collect();
    assert_eq!(fields, ["body", "title"]);
    clones.validate(0);
}

#[test]
fn names_that_two_gave_are_told() {
    let clones = Clones::new(2);
    let (one, two) = (clones.add(0, "One"), clones.add(1, "Two"));
    clones.update(0, &one, json!({ "add_aliases": ["same.name"] }));
    clones.update(1, &two, json!({ "add_aliases": ["same.name"] }));
    clones.settle(2);
    let [conflict] = &conflicts(&clones, 0)[..] else {
        panic!("one conflict")
    };
    assert_eq!(
        (&conflict["field"], &conflict["on"]),
        (&"aliases".into(), &two.as_str().into())
    );
    assert_eq!(clones.show(0, &one)["aliases"], clones.show(0, &two)["aliases"]);
    clones.update(0, &two, json!({ "remove_aliases": ["same.name"] }));
    resolve(&clones, &two, None, &Take::Kept).expect("resolved");
    clones.validate(0);
}

#[test]
fn what_is_not_ours_is_merged_by_line_and_never_lost() {
    let clones = Clones::new(2);
    let commit = |at: usize, change: &str| {
        clones.shell(&format!(
            "cd {at} && export GIT_INDEX_FILE=$PWD/.git/x && rm -f $GIT_INDEX_FILE && git read-tree tracking && {change} && \
             git update-ref refs/heads/tracking $(git commit-tree -p tracking -m foreign $(git write-tree))"
        ))
    };
    let file = |path: &str, text: &str| {
        format!("git update-index --add --cacheinfo 100644,$(printf '{text}' | git hash-object -w --stdin),{path}")
    };
    commit(0, &file("notes.txt", "a\\nb\\nc\\n"));
    clones.settle(2);
    commit(0, &file("notes.txt", "A\\nb\\nc\\n"));
    commit(1, &file("notes.txt", "a\\nb\\nC\\n"));
    clones.settle(2);
    assert_eq!(clones.git(1, "show tracking:notes.txt"), "A\nb\nC");
    commit(0, &file("notes.txt", "one\\nb\\nC\\n"));
    commit(1, &file("notes.txt", "two\\nb\\nC\\n"));
    // A file on one side, a directory of that name on the other.
    commit(0, &file("place", "a file"));
    commit(1, &file("place/below.txt", "below"));
    commit(
        0,
        "git update-index --add --cacheinfo 100755,$(echo x | git hash-object -w --stdin),run.sh",
    );
    clones.settle(2);
    assert_eq!(clones.tree(0), clones.tree(1));
    assert_eq!(clones.git(0, "show tracking:place/below.txt"), "below");
    assert!(clones.git(0, "ls-tree tracking run.sh").starts_with("100755"));
    let held = clones.git(0, "grep -h -e '' tracking");
    for text in ["one", "two", "a file", "below"] {
        assert!(held.contains(text), "{text}");
    }
    assert_eq!(conflicts(&clones, 0).len(), 2);
}

#[test]
fn settings_are_merged_key_by_key_and_two_dockets_become_one() {
    let clones = Clones::without_docket(2);
    ops::init(&clones.open(0), false).expect("a docket");
    ops::init(&clones.open(1), false).expect("another docket");
    clones.configure(0, "default_token_budget", "5000");
    clones.configure(1, "active_context_type", "research");
    let repositories: Vec<_> = (0..2)
        .map(|at| clones.git(at, "show tracking:.tracking/config.toml"))
        .collect();
    clones.settle(2);
    let merged = clones.git(0, "show tracking:.tracking/config.toml");
    let line = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("repository"))
            .map(ToOwned::to_owned)
    };
    assert_eq!(
        line(&merged),
        repositories.iter().map(|text| line(text)).min().flatten()
    );
    assert!(merged.contains("5000") && merged.contains("research"), "{merged}");
    assert_eq!(conflicts(&clones, 0), Vec::<Value>::new());
    clones.configure(0, "default_token_budget", "6000");
    clones.configure(1, "default_token_budget", "7000");
    clones.settle(2);
    let [conflict] = &conflicts(&clones, 0)[..] else {
        panic!("one conflict")
    };
    assert_eq!(
        (&conflict["field"], &conflict["other"]),
        (&"default_token_budget".into(), &"6000".into())
    );
    let name = conflict["id"].as_str().expect("a name").to_owned();
    resolve(&clones, &name, None, &Take::Other).expect("resolved");
    assert!(clones.git(0, "show tracking:.tracking/config.toml").contains("6000"));
}

#[test]
fn proposals_of_others_come_along() {
    let clones = Clones::new(2);
    ops::propose(&clones.open(0), "plan").expect("a proposal");
    clones.add(0, "Proposed");
    ops::push_proposal(&clones.open(0), None, None).expect("a push");
    let listed = || {
        let found = ops::proposals(&clones.open(1)).expect("proposals").list.items;
        found.into_iter().map(|found| found.name).collect::<Vec<_>>()
    };
    assert_eq!(listed(), Vec::<String>::new());
    clones.sync(1).expect("a sync");
    assert_eq!(listed(), ["plan"]);
    let started = ops::propose(&clones.open(1), "plan").expect("the same proposal");
    assert_eq!(
        (started.ahead, started.started_from.as_deref()),
        (1, Some("origin/tracking-proposals/plan"))
    );
    ops::leave(&clones.open(1)).expect("the tracking branch");
    // A name that does not fit beside an old one holds nobody up.
    clones.shell("git -C hub.git update-ref -d refs/heads/tracking-proposals/plan");
    clones.shell("git -C hub.git update-ref refs/heads/tracking-proposals/plan/b refs/heads/tracking");
    clones.sync(1).expect("a sync");
}

#[test]
fn a_review_of_what_was_merged_crosswise_tells_its_own_changes_only() {
    let (clones, one) = two();
    let other = clones.add(0, "Other");
    ops::propose(&clones.open(0), "plan").expect("a proposal");
    clones.update(0, &one, json!({ "title": "Proposed" }));
    let on_tracking = Context::open(&Settings {
        reference: Some("tracking".to_owned()),
        ..clones.settings(0)
    });
    let line = json!({ "op": "update_work_item", "id": other, "title": "Tracked" });
    crate::clones::change(&on_tracking.expect("the tracking branch"), line).expect("a change");
    // Both take in what the other has, each in a merge of its own.
    let line = "cd 0 && p=$(git rev-parse tracking-proposals/plan) && t=$(git rev-parse tracking) \
        && tree=$(git merge-tree --write-tree $t $p) \
        && git update-ref refs/heads/tracking $(git commit-tree -p $t -p $p -m ours $tree) \
        && git update-ref refs/heads/tracking-proposals/plan $(git commit-tree -p $p -p $t -m theirs $tree)";
    clones.shell(line);
    let new = clones.add(0, "New");
    let review = ops::review(&clones.open(0), Some("tracking..tracking-proposals/plan")).expect("a review");
    let told: Vec<_> = review
        .records
        .iter()
        .filter_map(|record| record.id)
        .map(|id| id.to_string())
        .collect();
    assert_eq!(told, [new]);
}

#[test]
fn a_name_that_no_file_can_have_is_refused() {
    let clones = Clones::new(1);
    let error = ops::propose(&clones.open(0), &"x".repeat(260))
        .map(drop)
        .expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
}

#[test]
fn a_pipeline_is_not_written_on_a_proposal() {
    let clones = Clones::new(1);
    ops::propose(&clones.open(0), "plan").expect("a proposal");
    let error = ops::add_pipeline(&clones.open(0), ops::Host::Github, false)
        .map(drop)
        .expect_err("another branch");
    assert!(error.to_string().contains("proposal plan"), "{error}");
}

#[test]
fn proposals_to_another_branch_are_guarded_too() {
    let clones = Clones::new(1);
    let settings = Settings {
        reference: Some("issues".to_owned()),
        ..clones.settings(0)
    };
    let context = Context::open(&settings).expect("a repository");
    let zero = "0".repeat(40);
    let lines: String = ["issues", "issues-proposals/x", "tracking-proposals/x", "main"]
        .iter()
        .map(|name| format!("{zero} {zero} refs/heads/{name}\n"))
        .collect();
    let guarded = ops::guarded_updates(&context, lines.as_bytes()).expect("the lines of git");
    let names: Vec<_> = guarded
        .iter()
        .map(|update| (update.name.as_str(), update.is_proposal))
        .collect();
    assert_eq!(
        names,
        [("refs/heads/issues", false), ("refs/heads/issues-proposals/x", true)]
    );
}

#[test]
fn what_lies_deep_is_merged_as_anything_else() {
    let clones = Clones::new(2);
    let deep = "d/".repeat(300);
    let commit = |at: usize, file: &str, text: &str| {
        clones.shell(&format!(
            "cd {at} && export GIT_INDEX_FILE=$PWD/.git/x && rm -f $GIT_INDEX_FILE && git read-tree tracking && \
             git update-index --add --cacheinfo 100644,$(printf '{text}' | git hash-object -w --stdin),{deep}{file} && \
             git update-ref refs/heads/tracking $(git commit-tree -p tracking -m deep $(git write-tree))"
        ))
    };
    commit(0, "one.txt", "before");
    clones.settle(2);
    commit(0, "one.txt", "after");
    commit(1, "two.txt", "more");
    clones.settle(2);
    for at in 0..2 {
        assert_eq!(clones.git(at, &format!("show tracking:{deep}one.txt")), "after");
        assert_eq!(clones.git(at, &format!("show tracking:{deep}two.txt")), "more");
    }
    commit(0, "one.txt", "ours");
    commit(1, "one.txt", "theirs");
    clones.settle(2);
    assert_eq!(conflicts(&clones, 0).len(), 1);
}

#[test]
fn a_file_that_loses_an_edge_keeps_its_mode() {
    let clones = Clones::new(2);
    let [a, b] = ["A", "B"].map(|title| clones.add(0, title));
    let mode = |id: &str| {
        let file = format!(".tracking/work-items/{}/{id}.md", &id[..2]);
        format!("git update-index --cacheinfo 100755,$(git rev-parse tracking:{file}),{file}")
    };
    clones.shell(&format!(
        "cd 0 && export GIT_INDEX_FILE=$PWD/.git/x && git read-tree tracking && {} && {} && \
         git update-ref refs/heads/tracking $(git commit-tree -p tracking -m mode $(git write-tree))",
        mode(&a),
        mode(&b)
    ));
    clones.settle(2);
    clones.update(0, &a, json!({ "add_depends_on": [b] }));
    clones.update(1, &b, json!({ "add_depends_on": [a] }));
    clones.settle(2);
    assert_eq!(conflicts(&clones, 0).len(), 1);
    let modes = clones.git(0, "ls-tree -r tracking .tracking/work-items");
    assert_eq!(
        modes.lines().filter(|line| line.starts_with("100755")).count(),
        2,
        "{modes}"
    );
}
