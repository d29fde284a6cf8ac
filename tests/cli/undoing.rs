//! Taking commits back.

use crate::environment::Environment;

/// A docket with one task, and its short id.
fn one_task() -> (Environment, String) {
    let environment = Environment::new();
    environment.shell("DOCKET_NOW=2025-10-01T08:00:00Z git docket init");
    environment.shell("DOCKET_NOW=2025-10-01T09:00:00Z git docket add One --label a --body 'first\n\nlast'");
    let items = environment.json("list");
    let id = items["items"][0]["id"].as_str().expect("an id")[..8].to_owned();
    (environment, id)
}

fn tip(environment: &Environment) -> String {
    environment.shell("git rev-parse --short=8 tracking").trim().to_owned()
}

fn file(environment: &Environment, id: &str) -> String {
    environment.shell(&format!(
        "git show tracking:$(git ls-tree -r --name-only tracking | grep 'work-items.*{id}')"
    ))
}

#[test]
fn the_own_last_commit_is_undone_then_the_one_before() {
    let (environment, id) = one_task();
    environment.shell(&format!("git docket update {id} --title Two --priority high"));
    environment.shell(&format!("git docket update {id} --title Three"));
    environment.shell(&format!("git docket start {id} --actor claude"));
    insta::assert_snapshot!(environment.transcript(&[
        "git docket undo",
        "git docket undo",
        "git docket log --limit 2",
        &format!("git docket show {id} | head -3"),
        "git docket undo --actor claude --json",
        "git docket undo",
        "git docket list",
        "git docket undo",
        "git docket undo --actor nobody",
        "git show -s --format=%B tracking",
        "git docket validate",
    ]));
}

#[test]
fn an_undo_can_be_undone() {
    let (environment, id) = one_task();
    let before = file(&environment, &id);
    environment.shell(&format!("git docket update {id} --title Two"));
    let (change, changed) = (tip(&environment), file(&environment, &id));
    environment.shell("git docket undo");
    let undo = tip(&environment);
    assert_eq!(file(&environment, &id), before, "the file is the same, byte for byte");
    let refused = environment.transcript(&[&format!("git docket undo {change}")]);
    environment.shell(&format!("git docket undo {undo}"));
    assert_eq!(file(&environment, &id), changed);
    environment.shell(&format!("git docket undo {change}"));
    assert_eq!(
        file(&environment, &id),
        before,
        "what was undone counts as not undone again"
    );
    insta::assert_snapshot!(
        refused + &environment.transcript(&[&format!("git docket undo {undo}"), "git docket log --limit 4"])
    );
}

#[test]
fn only_what_the_commit_changed_goes_back() {
    let (environment, id) = one_task();
    environment.shell(&format!(
        "git docket update {id} --title Two --label b --set color=red --body 'FIRST\n\nlast' --expect-revision tracking"
    ));
    let change = tip(&environment);
    environment.shell(&format!(
        "git docket update {id} --label c --assignee claude --append-body more --actor claude"
    ));
    environment.shell(&format!("git docket undo {change}"));
    insta::assert_snapshot!(file(&environment, &id));
}

#[test]
fn later_changes_stand_in_the_way_and_are_shown() {
    let (environment, id) = one_task();
    let creation = tip(&environment);
    environment.shell(&format!(
        "git docket update {id} --title Two --body 'FIRST\n\nlast' --assignee Ana --expect-revision tracking"
    ));
    let change = tip(&environment);
    environment.shell(&format!(
        "git docket update {id} --title Three --body 'other\n\nlast' --actor claude --expect-revision tracking"
    ));
    let before = tip(&environment);
    insta::assert_snapshot!(environment.transcript(&[
        "git docket undo",
        &format!("git docket undo {change} --json"),
        &format!("git docket undo {creation}"),
        "git docket undo main",
        "git docket undo 11111111",
        "git docket undo tracking~4",
    ]));
    assert_eq!(tip(&environment), before, "nothing was committed");
}

#[test]
fn what_was_created_is_deleted_and_notes_are_retracted() {
    let (environment, id) = one_task();
    environment.shell(&format!("git docket note {id} 'Not true.'"));
    environment.shell("git docket undo");
    assert_eq!(environment.json(&format!("show {id}"))["notes"], serde_json::json!([]));
    environment.shell(&format!("git docket undo {}", tip(&environment)));
    assert_eq!(environment.json(&format!("show {id}"))["notes"][0]["body"], "Not true.");
    environment.shell(&format!("DOCKET_SEED=below git docket add Below --parent {id}"));
    let child = tip(&environment);
    environment.shell(&format!("git docket delete {id} --recursive"));
    environment.shell("git docket undo");
    assert_eq!(
        environment.json("list")["total_count"],
        2,
        "a deletion is undone by restoring"
    );
    let refused = environment.run_shell("git docket undo tracking~6");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("below it"),
        "{refused:?}"
    );
    environment.shell(&format!("git docket undo {child} && git docket undo tracking~7"));
    assert_eq!(environment.json("list")["total_count"], 0);
    assert_eq!(environment.json("list --deleted")["total_count"], 2);
}

#[test]
fn an_import_has_to_be_named() {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "issues.jsonl");
    environment.shell("git docket init && git docket import beads issues.jsonl");
    let count = environment.json("list")["total_count"].clone();
    let refused = environment.run_shell("git docket undo");
    assert_eq!(refused.status.code(), Some(1));
    environment.shell("git docket undo tracking");
    assert_eq!(environment.json("list")["total_count"], 0);
    environment.shell("git docket undo tracking");
    assert_eq!(environment.json("list")["total_count"], count);
}

#[test]
fn a_broken_file_goes_back_to_what_it_was() {
    let (environment, id) = one_task();
    let good = file(&environment, &id);
    let path = environment.shell(&format!(
        "git ls-tree -r --name-only tracking | grep 'work-items.*{id}'"
    ));
    environment.commit_foreign(path.trim(), "---\ntitle: [\n---\n");
    environment.shell("git docket undo tracking");
    assert_eq!(file(&environment, &id), good);
    let refused = environment.run_shell("git docket undo tracking");
    assert_eq!(refused.status.code(), Some(1), "no invalid file is written");
}

#[test]
fn a_merge_goes_back_to_its_first_parent() {
    let (environment, id) = one_task();
    environment.shell(&format!(
        "base=$(git rev-parse tracking) &&
         git docket update {id} --priority high && left=$(git rev-parse tracking) &&
         git update-ref refs/heads/tracking $base &&
         git docket update {id} --assignee Bo --actor Bo && right=$(git rev-parse tracking) &&
         git docket update {id} --priority high --actor Bo &&
         export GIT_COMMITTER_DATE=2025-10-11T12:00:00Z GIT_AUTHOR_DATE=2025-10-11T12:00:00Z &&
         merge=$(git commit-tree -p $left -p $right -m 'merge both' 'tracking^{{tree}}') &&
         git update-ref refs/heads/tracking $merge && git docket undo $merge"
    ));
    let item = environment.json(&format!("show {id}"));
    assert_eq!(
        (item["priority"].as_str(), item["assignee"].as_str()),
        (Some("high"), None)
    );
    // The merge is the last commit, but the last that may be undone without a name is before it.
    environment.shell(&format!("git docket undo {} && git docket undo", tip(&environment)));
    let item = environment.json(&format!("show {id}"));
    assert_eq!(
        (item["priority"].as_str(), item["assignee"].as_str()),
        (Some("medium"), Some("Bo"))
    );
}

#[test]
fn what_is_older_is_not_taken_back_instead() {
    let (environment, id) = one_task();
    environment.shell(&format!("git docket update {id} --title Changed"));
    environment.shell("git docket query --save mine ready");
    let commit = tip(&environment);
    insta::assert_snapshot!(environment.transcript(&[
        "git docket undo",
        &format!("git docket undo {commit}"),
        "git docket undo tracking~1",
        "git docket undo",
    ]));
}
