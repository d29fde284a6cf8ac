//! Importing other trackers.

use crate::environment::Environment;

fn environment() -> Environment {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "../issues.jsonl");
    environment.fixture("backlog", "../backlog");
    environment.fixture("tasks.json", "../tasks.json");
    environment.shell("git docket init");
    environment
}

/// A bare repository beside ours with bugs of git-bug.
fn with_bugs(environment: &Environment) {
    environment.fixture("bugs.sh", "../bugs.sh");
    environment.shell("git init -q --bare ../bugs.git && cd ../bugs.git && sh ../bugs.sh");
}

#[test]
fn beads_come_along_with_a_report() {
    let environment = environment();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket import beads ../issues.jsonl --dry-run",
        "git docket list",
        "git docket import beads ../issues.jsonl --report ../report.json",
        "git docket list --all --deleted",
        "git docket show tea-1.2",
        "git docket validate",
        "git log -1 --format=%B tracking",
    ]));
    let report = std::fs::read_to_string(environment.home().join("report.json")).expect("the report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert!(report["losses"].as_array().is_some_and(|losses| losses.len() > 5));
}

#[test]
fn backlog_md_comes_along_with_a_report() {
    let environment = environment();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket import backlog-md ../backlog",
        "git docket list --archived",
        "git docket validate",
    ]));
}

#[test]
fn task_master_comes_along_with_a_report() {
    let environment = environment();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket import task-master ../tasks.json --dry-run",
        "git docket import task-master ../tasks.json --report ../report.json",
        "git docket import task-master ../tasks.json | head -2",
        "git docket tree",
        "git docket show master/1.2",
        "git docket validate",
    ]));
}

#[test]
fn git_bug_comes_along_with_a_report() {
    let environment = environment();
    with_bugs(&environment);
    let before = environment.shell("git -C ../bugs.git for-each-ref && ls -R ../bugs.git");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket import git-bug ../bugs.git --dry-run",
        "git docket import git-bug ../bugs.git --report ../report.json",
        "git docket import git-bug ../bugs.git | head -2",
        "git docket list --all",
        "git docket show 37bd32b",
        "git docket validate",
        "git log -1 --format=%B tracking",
    ]));
    let after = environment.shell("git -C ../bugs.git for-each-ref && ls -R ../bugs.git");
    assert_eq!(before, after, "an import writes nothing there");
}

#[test]
fn bugs_beside_the_docket_come_along() {
    let environment = environment();
    environment.fixture("bugs.sh", "../bugs.sh");
    environment.shell("sh ../bugs.sh && mkdir below && git config docket.ref refs/tags/never");
    let answer = environment.json("--ref tracking import git-bug below --report ./report.json");
    assert_eq!(
        (answer["work_items"].as_u64(), answer["notes"].as_u64()),
        (Some(2), Some(3))
    );
}

#[test]
fn a_repository_that_cannot_be_read_is_an_error() {
    let environment = environment();
    with_bugs(&environment);
    environment.shell("git init -q --bare ../empty.git && echo text > ../file && mkdir ../plain");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket import git-bug ../nowhere",
        "git docket import git-bug ../file",
        "git docket import git-bug ../plain",
        "git docket import git-bug ../empty.git",
        "git docket import git-bug ../bugs.git --report ../bugs.git/HEAD",
        "git docket import task-master ../bugs.git",
        "echo '{\"tasks\": [' > ../tasks.json; git docket import task-master ../tasks.json",
    ]));
}

/// Whatever is wrong with one bug, the others come along.
#[test]
fn broken_bugs_stop_nothing() {
    let environment = environment();
    with_bugs(&environment);
    environment.shell(
        "cd ../bugs.git && name() { printf 'refs/bugs/%064d' $1; } &&
         export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x &&
         export GIT_AUTHOR_DATE=2025-11-01T10:00:00Z GIT_COMMITTER_DATE=2025-11-01T10:00:00Z &&
         head -c 17000000 /dev/zero | git hash-object -w --stdin > large &&
         commit() { git commit-tree $(printf \"100644 blob $1\\tops\\n100644 blob $2\\tversion-4\\n\" | git mktree --missing) < /dev/null; } &&
         empty=$(git hash-object -w --stdin < /dev/null) &&
         git update-ref $(name 1) $(commit $(cat large) $empty) &&
         git update-ref $(name 2) $(commit 1234567812345678123456781234567812345678 $empty) &&
         git update-ref $(name 3) $empty &&
         git symbolic-ref $(name 4) refs/bugs/nowhere &&
         git update-ref $(name 5) $(git commit-tree $(git hash-object -t tree -w /dev/null) < /dev/null) &&
         git update-ref refs/identities/x $(name 5)",
    );
    let answer = environment.json("import git-bug ../bugs.git");
    assert_eq!(answer["work_items"], 2);
    let unreadable = answer["unreadable"].as_array().expect("a list").iter();
    let reasons = unreadable.map(|u| {
        format!(
            "{}: {}",
            u["place"].as_str().unwrap_or(""),
            u["reason"].as_str().unwrap_or("")
        )
    });
    insta::assert_snapshot!(reasons.collect::<Vec<_>>().join("\n"));
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_is_refused() {
    let environment = environment();
    with_bugs(&environment);
    if !environment.run_shell("chown -R 12345 ../bugs.git").status.success() {
        return;
    }
    let refused = environment.run_shell("git docket import git-bug ../bugs.git");
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        error.contains("is owned by user 12345; git does not trust it"),
        "{error}"
    );
}

#[test]
fn a_second_import_brings_only_what_is_new() {
    let environment = environment();
    environment.shell("git docket import beads ../issues.jsonl");
    let tip = environment.shell("git rev-parse tracking");
    environment.shell("git docket import beads ../issues.jsonl");
    assert_eq!(
        environment.shell("git rev-parse tracking"),
        tip,
        "nothing new, and yet a commit"
    );
    let more = r#"{"id":"tea-99","title":"One more","status":"open","priority":2,"issue_type":"task","created_at":"2025-11-01T10:00:00Z","updated_at":"2025-11-01T10:00:00Z"}"#;
    let issues = std::fs::read_to_string(environment.home().join("issues.jsonl")).expect("the fixture");
    environment.write("../issues.jsonl", format!("{issues}\n{more}\n"));
    let answer = environment.json("import beads ../issues.jsonl");
    assert_eq!(
        (answer["work_items"].as_u64(), answer["notes"].as_u64()),
        (Some(1), Some(0))
    );
}

#[test]
fn two_people_who_import_the_same_get_the_same_records() {
    let (one, two) = (environment(), environment());
    [&one, &two].into_iter().for_each(with_bugs);
    let tree = |environment: &Environment, order: [&str; 4]| {
        order
            .iter()
            .for_each(|import| drop(environment.shell(&format!("git docket import {import}"))));
        environment.shell("git ls-tree -r tracking -- .tracking/work-items .tracking/notes")
    };
    let sources = [
        "beads ../issues.jsonl",
        "backlog-md ../backlog",
        "task-master ../tasks.json",
        "git-bug ../bugs.git",
    ];
    let [a, b, c, d] = sources;
    assert_eq!(tree(&one, sources), tree(&two, [d, b, c, a]));
}

#[test]
fn what_cannot_be_imported_is_an_error() {
    let environment = environment();
    environment.write("empty/readme.txt", "nothing");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket import backlog-md empty",
        "git docket import beads ../backlog",
        "git docket import beads /dev/null",
        "echo '[{\"id\": \"a\"}]' > ../array.json; git docket import beads ../array.json",
        "git docket import",
    ]));
    let output =
        environment.run_shell("git docket import beads ../issues.jsonl --report nowhere/report.json --dry-run");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.starts_with("error: nowhere/report.json cannot be written: No such file"),
        "{error}"
    );
}

#[test]
fn a_report_never_destroys_what_is_there() {
    let environment = environment();
    let source = std::fs::read_to_string(environment.home().join("issues.jsonl")).expect("the fixture");
    let tip = environment.shell("git rev-parse tracking");
    let refused = environment.run_shell("git docket import beads ../issues.jsonl --report ../issues.jsonl");
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        std::fs::read_to_string(environment.home().join("issues.jsonl")).expect("the fixture"),
        source
    );
    assert_eq!(
        environment.shell("git rev-parse tracking"),
        tip,
        "refused, and yet imported"
    );
    environment.shell(
        "echo old > ../old && ln -s old ../link && git docket import beads ../issues.jsonl --dry-run --report ../link",
    );
    assert!(environment.shell("cat ../old").starts_with('{') && environment.shell("readlink ../link") == "old\n");
}

#[test]
fn what_cannot_be_read_of_a_directory_stops_nothing_else() {
    let environment = environment();
    environment
        .shell("ln -s nowhere '../backlog/tasks/tea-30 - Link.md' && mkfifo '../backlog/tasks/tea-31 - Pipe.md'");
    let answer = environment.json("import backlog-md ../backlog");
    assert_eq!(answer["work_items"], 8);
    let places: Vec<_> = answer["unreadable"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|u| u["place"].as_str().unwrap_or(""))
        .collect();
    assert!(
        places.contains(&"tasks/tea-30 - Link.md") && places.contains(&"tasks/tea-31 - Pipe.md"),
        "{places:?}"
    );
}

#[test]
fn what_was_deleted_there_may_have_children_here() {
    let environment = environment();
    let gone = r#"{"id":"a","title":"Gone","status":"tombstone","deleted_at":"2025-11-01T10:00:00Z","created_at":"2025-11-01T10:00:00Z"}"#;
    let child = r#"{"id":"b","title":"Child","status":"open","created_at":"2025-11-01T10:00:00Z","dependencies":[{"issue_id":"b","depends_on_id":"a","type":"parent-child"}]}"#;
    environment.write("issues", format!("{gone}\n{child}\n"));
    assert_eq!(environment.json("import beads issues")["work_items"], 2);
    let refused = environment.run_shell("git docket add New --parent a");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is deleted"));
}
