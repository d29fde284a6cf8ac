//! What a user sees of the archive.

use crate::environment::Environment;

/// A docket of 2024: a project with a part, both done; one item that is done, one that is deleted, one that is open.
fn docket() -> Environment {
    let environment = Environment::new();
    let at = "export DOCKET_NOW=2024-01-01T00:00:00Z;";
    environment.shell(&format!("{at} git docket init"));
    for (seed, rest) in [
        ("project", "'The project' --type project --set description=x"),
        (
            "part",
            "'A part' --parent $(git docket list project --json | jq -r '.items[0].id')",
        ),
        ("done", "'Something done' --label one"),
        ("gone", "'Something deleted'"),
        ("open", "'Something open'"),
    ] {
        environment.shell(&format!("{at} DOCKET_SEED={seed} git docket add {rest}"));
    }
    for title in ["part", "project", "done"] {
        let id = id(&environment, title);
        environment.shell(&format!("{at} git docket done {id}"));
    }
    let gone = id(&environment, "deleted");
    environment.shell(&format!("{at} git docket delete {gone}"));
    environment
}

fn id(environment: &Environment, title: &str) -> String {
    let items = environment.json(&format!("search {title} --archived --deleted"));
    items["items"][0]["id"].as_str().expect("an id")[..8].to_owned()
}

#[test]
fn what_is_over_for_long_is_put_away() {
    let environment = docket();
    let [part, done, open] = ["part", "done", "open"].map(|title| id(&environment, title));
    insta::assert_snapshot!(environment.transcript(&[
        "git docket archive --older-than 6m",
        "git docket archive --older-than 3y",
        "git docket archive --dry-run",
        &format!("git docket reopen {part}"),
        "git docket archive --dry-run",
        "git docket archive --dry-run --json | grep -v revision",
        "git docket archive",
        "git docket archive",
        "git log --format=%s%n%b -1 tracking",
        "git docket list",
        "git docket list --archived",
        "git docket tree --archived",
        &format!("git docket show {done}"),
        &format!("git docket note {done} 'One more thing.'"),
        &format!("git docket claim {done}"),
        &format!("git docket update {open} --parent {done}"),
        "git docket validate",
        &format!("git docket unarchive {open}"),
        &format!("git docket unarchive {done} --json | grep -v -e revision -e '\"commit\"'"),
        &format!("git docket unarchive {done}"),
        "git docket undo && git docket list --archived",
        "git docket config set archive.older_than soon",
        "git docket config set archive.older_than 26w",
        "git docket config explain archive.older_than",
        "git docket log --limit 3",
    ]));
}

#[test]
fn a_clone_that_does_not_know_the_past_archives_nothing() {
    let environment = docket();
    environment.shell("git clone -q --depth 1 --branch tracking \"file://$PWD\" ../shallow");
    let refused = environment.run_shell("git -C ../shallow docket archive");
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("git fetch --unshallow"), "{told}");
}
