//! Histories that were merged crosswise from more than two ends.

use git_docket::ops::{self, ConflictsRequest, SyncRequest};
use serde_json::json;

use crate::clones::Clones;

/// Three clones that each went on, and two more that have merged these, each in another order.
const ENDS: [usize; 3] = [0, 1, 2];
const MERGED: [(usize, [usize; 3]); 2] = [(3, [0, 1, 2]), (4, [2, 1, 0])];

fn world() -> (Clones, String) {
    let clones = Clones::new(5);
    let id = clones.add(0, "Before");
    clones.settle(5);
    (clones, id)
}

fn tip(clones: &Clones, at: usize) -> String {
    clones.git(at, "rev-parse tracking")
}

/// Merges the three ends into two clones, through remotes that each sees alone.
fn cross(clones: &Clones) {
    for (at, order) in MERGED {
        for end in order {
            clones.shell(&format!(
                "git init -q --bare {at}-{end}.git && git -C {end} push -q ../{at}-{end}.git tracking && git -C {at} remote add from-{end} ../{at}-{end}.git"
            ));
            let remote = Some(format!("from-{end}"));
            let request = SyncRequest {
                remote,
                ..SyncRequest::default()
            };
            ops::sync(&clones.open(at), &request).expect("a merge");
        }
    }
    let bases = clones.git(3, "fetch -q ../4 tracking && git merge-base --all tracking FETCH_HEAD");
    assert_eq!(bases.lines().count(), ENDS.len(), "crosswise");
}

/// Joins the two.
fn join(clones: &Clones) {
    clones.shell("git init -q --bare joined.git && git -C 4 push -q ../joined.git tracking");
    clones.git(3, "remote add joined ../joined.git");
    let remote = Some("joined".to_owned());
    let request = SyncRequest {
        remote,
        ..SyncRequest::default()
    };
    ops::sync(&clones.open(3), &request).expect("a merge");
}

#[test]
fn what_was_taken_back_after_three_ends_met_stays_so() {
    // Of the three the one that changed the title comes first, in the middle and last by its name.
    for place in 0..ENDS.len() {
        let (clones, id) = world();
        clones.update(0, &id, json!({ "add_labels": ["a"] }));
        clones.update(1, &id, json!({ "add_labels": ["b"] }));
        let start = tip(&clones, 2);
        for attempt in 0.. {
            clones.git(2, &format!("update-ref refs/heads/tracking {start}"));
            clones.update(2, &id, json!({ "title": format!("Changed {attempt}") }));
            let before = [0, 1].into_iter().filter(|end| tip(&clones, *end) < tip(&clones, 2));
            if before.count() == place {
                break;
            }
            assert!(attempt < 200, "no commit has a name that fits");
        }
        cross(&clones);
        clones.update(3, &id, json!({ "title": "Before" }));
        clones.update(4, &id, json!({ "priority": "high" }));
        join(&clones);
        let shown = clones.show(3, &id);
        assert_eq!(
            (
                &shown["title"],
                &shown["priority"],
                &shown["labels"],
                &shown["conflicts"]
            ),
            (&"Before".into(), &"high".into(), &json!(["a", "b"]), &0.into()),
            "place {place}"
        );
    }
}

#[test]
fn where_three_ends_differ_what_one_side_says_later_is_not_lost() {
    let (clones, id) = world();
    for end in ENDS {
        clones.update(end, &id, json!({ "title": format!("Of {end}") }));
    }
    cross(&clones);
    clones.update(3, &id, json!({ "title": "Of 0" }));
    clones.update(4, &id, json!({ "priority": "high" }));
    join(&clones);
    let shown = clones.show(3, &id);
    let open = ops::conflicts(&clones.open(3), &ConflictsRequest::default()).expect("a list");
    let open = serde_json::to_value(open).expect("JSON");
    // Nobody can say what was before both, so that each of the two counts as said anew.
    let anew = |conflict: &&serde_json::Value| conflict["base"].is_null();
    let anew = open["items"].as_array().expect("a list").iter().find(anew);
    let anew = anew.expect("a conflict");
    let mut values = [&anew["kept"], &anew["other"]].map(|value| value.as_str().expect("a title"));
    assert_eq!(shown["title"], values[0]);
    values.sort_unstable();
    assert_eq!(values, ["Of 0", "Of 2"]);
    assert_eq!(shown["priority"], "high");
    clones.validate(3);
}
