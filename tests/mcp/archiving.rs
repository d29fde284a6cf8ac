//! The archive as agents use it, and a server that archives by itself.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::environment::Environment;
use crate::session::{Session, docket};

/// With one item that has been done since 2020.
fn old() -> (Environment, String) {
    let docket = docket();
    docket.shell("DOCKET_NOW=2020-01-01T00:00:00Z git docket add 'Done long ago' --status completed");
    let id = docket.json("list long")["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    (docket, id)
}

fn tip(docket: &Environment) -> String {
    docket.shell("git rev-parse tracking")
}

/// Waits until a server has moved the branch.
fn moved(docket: &Environment, from: &str) {
    let begun = Instant::now();
    while tip(docket) == from {
        assert!(begun.elapsed() < Duration::from_secs(120), "nobody archived anything");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn agents_archive_and_take_out_again() {
    let (docket, id) = old();
    let mut session = Session::begin(&docket, &["--toolset", "work"]);
    let tried = session.call("archive_work_items", json!({ "older_than": "1y", "dry_run": true }));
    assert_eq!((&tried["archived"], &tried["commit"]), (&json!(1), &json!(null)));
    assert_eq!(session.call("archive_work_items", json!({}))["items"][0]["id"], *id);
    assert_eq!(session.call("list_work_items", json!({}))["total_count"], 0);
    assert_eq!(
        session.call("list_work_items", json!({ "archived": true }))["total_count"],
        1
    );
    let noted = session.call("add_note", json!({ "on": id, "body": "Still here." }));
    let told = noted["warnings"][0].as_str().expect("a warning");
    assert!(told.contains("is archived"), "{told}");
    let out = session.call("unarchive_work_items", json!({ "ids": [id] }));
    assert_eq!(out["items"][0]["id"], *id);
    let error = session.refused("unarchive_work_items", json!({ "ids": [id] }));
    assert!(
        error["message"].as_str().expect("a text").contains("is not archived"),
        "{error}"
    );
    session.call("archive_work_items", json!({ "older_than": "0d" }));
    let out = session.call("update_work_item", json!({ "id": id, "clear": ["archived_at"] }));
    assert_eq!((&out["archived_at"], &out["warnings"]), (&json!(null), &json!([])));
    session.end();
}

/// One server that is told to, beside three that must not: one that only reads, one of a clone that does not want it, and
/// one whose worktree is directed to a proposal.
#[test]
fn a_server_archives_by_itself_once_a_day_where_its_clone_wants_that() {
    let dockets = [old(), old(), old(), old()];
    let [(wants, _), (reads, _), (unasked, _), (proposes, _)] = &dockets;
    for docket in [wants, reads, proposes] {
        docket.shell("git docket config set docket.autoarchive true");
    }
    proposes.shell("git docket propose later");
    let all = |docket: &Environment| docket.shell("git for-each-ref --format='%(objectname) %(refname)'");
    let before = [all(reads), all(unasked), all(proposes)];
    let from = tip(wants);
    let others = [
        Session::begin(reads, &["--read-only"]),
        Session::begin(unasked, &[]),
        Session::begin(proposes, &[]),
    ];
    let server = Session::begin(wants, &[]);
    moved(wants, &from);
    // Those began before it.
    assert_eq!([all(reads), all(unasked), all(proposes)], before);
    others.into_iter().for_each(Session::end);
    server.end();
    let commit = wants.shell("git log -1 --format=%B tracking");
    assert!(
        commit.contains("Docket-Op: archive\n") && commit.contains("Docket-Client: docket.autoarchive\n"),
        "{commit}"
    );
    assert_eq!(wants.json("list --archived")["total_count"], 1);
    let file = wants.path().join(".git/docket/autoarchive");
    let when = std::fs::read_to_string(&file).expect("it remembers when it was");

    // The same day, another server leaves it at that; one of another clone that begins later is through before.
    wants.shell("DOCKET_NOW=2020-01-01T00:00:00Z DOCKET_SEED=b git docket add 'Another one' --status completed");
    let (from, other) = (tip(wants), tip(unasked));
    unasked.shell("git docket config set docket.autoarchive true");
    let (server, later) = (Session::begin(wants, &[]), Session::begin(unasked, &[]));
    moved(unasked, &other);
    assert_eq!(
        (tip(wants), std::fs::read_to_string(&file).expect("it is there")),
        (from.clone(), when)
    );
    server.end();
    later.end();

    // A day later it is time again.
    std::fs::write(&file, "2025-01-01T00:00:00Z\n").expect("it can be written");
    let server = Session::begin(wants, &[]);
    moved(wants, &from);
    server.end();
    assert_eq!(wants.json("list")["total_count"], 0);
}

#[test]
fn what_a_server_could_not_archive_is_told_by_status() {
    let (docket, _) = old();
    docket.shell("git docket config set docket.autoarchive true");
    // As somebody writes it by hand.
    docket.shell(
        "export GIT_INDEX_FILE=$PWD/i; git read-tree tracking; f=.tracking/config.toml; \
         b=$( (git show tracking:$f; echo 'archive.older_than = \"soon\"') | git hash-object -w --stdin); \
         git update-index --cacheinfo 100644,$b,$f; \
         git update-ref refs/heads/tracking $(git commit-tree -p tracking -m edited $(git write-tree)); rm i",
    );
    let from = tip(&docket);
    let server = Session::begin(&docket, &[]);
    let failed = docket.path().join(".git/docket/autoarchive.failed");
    let begun = Instant::now();
    while !failed.exists() {
        assert!(begun.elapsed() < Duration::from_secs(120), "it was not tried");
        std::thread::sleep(Duration::from_millis(100));
    }
    server.end();
    assert_eq!(tip(&docket), from);
    let told = String::from_utf8_lossy(&docket.run_shell("git docket status").stderr).into_owned();
    assert!(
        told.contains("docket.autoarchive: archive.older_than: expected"),
        "{told}"
    );
}
