//! Errors: what, why, and what next; the exit codes of the contract.

use crate::environment::Environment;

#[test]
fn errors_say_what_why_and_what_next() {
    let environment = Environment::new();
    environment.shell("git docket demo ../demo");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket list",
        "git docket list --json",
        "git docket -C / list",
        "git docket -C ../nowhere list",
        "git docket -C ../demo show nothing-like-it",
        "git docket -C ../demo show ''",
        "git docket -C ../demo validate no-such-revision",
        "git docket -C ../demo list --status done",
        "git docket -C ../demo import beads missing.jsonl",
        "DOCKET_NOW=yesterday git docket list",
    ]));
}

#[test]
fn git_must_know_who_writes() {
    let environment = Environment::new();
    std::fs::write(environment.home().join(".gitconfig"), "").expect("the config is written");
    insta::assert_snapshot!(environment.transcript(&["git docket init", "git docket init --json", "git branch"]));
}

#[test]
fn a_checked_out_tracking_branch_is_not_moved() {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "../issues.jsonl");
    environment.shell("git docket init && git worktree add -q ../records tracking");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket import beads ../issues.jsonl | grep -c .",
        "git docket import beads ../issues.jsonl",
        "git docket list",
        "git -C ../records status --short",
    ]));
}

#[test]
fn a_newer_format_is_read_and_not_written() {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "../issues.jsonl");
    environment.shell("git docket init");
    environment.commit_foreign(".tracking/format", "2\n");
    insta::assert_snapshot!(environment.transcript(&["git docket list", "git docket import beads ../issues.jsonl"]));
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "../issues.jsonl");
    environment.shell("git docket init && git docket import beads ../issues.jsonl");
    let output = environment.run_shell("{ git-docket list --all --json; echo \"exit $?\" >&2; } | true");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "exit 0\n");
}

#[test]
fn a_repository_that_cannot_be_written_is_read() {
    let environment = Environment::new();
    environment.shell(
        "git commit -q --allow-empty -m one && git docket init && git clone -q . ../clone && git clone -q . ../frozen",
    );
    environment.shell("cd ../frozen && git docket list");
    // Root may write everywhere, so the directory that must be written to is made a file.
    environment.shell("rm -rf ../clone/.git/docket && touch ../clone/.git/docket");
    insta::assert_snapshot!(environment.transcript(&["git docket -C ../clone list", "git docket -C ../clone init"]));
}

#[test]
fn a_damaged_docket_is_told_from_none() {
    let environment = Environment::new();
    environment.shell("git docket init");
    environment.shell("GIT_INDEX_FILE=../index git read-tree tracking && GIT_INDEX_FILE=../index git rm -q --cached .tracking/format && git update-ref refs/heads/tracking $(git commit-tree -m x -p tracking $(GIT_INDEX_FILE=../index git write-tree))");
    for command in ["git docket list", "git docket init"] {
        let output = environment.run_shell(command);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            error.contains("somebody removed .tracking/format") && !error.contains("docket init"),
            "{error}"
        );
    }
    environment.commit_foreign(".tracking/format", "1\n");
    environment.commit_foreign(".tracking/config.toml", "garbage [[[");
    insta::assert_snapshot!(environment.transcript(&["git docket validate", "git docket list"]));
}

/// What may not be looked into is not broken. Where the tests run as root, for whom no bits count, another user looks.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_not_called_broken() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    let environment = Environment::new();
    environment.shell("git docket init && git docket add One");
    let root = std::fs::metadata(environment.home()).expect("it is there").uid() == 0;
    if root {
        environment.shell("chown -R 65534:65534 \"$HOME\"");
    }
    let list = || {
        let mut command = environment.command("git-docket");
        // The index would answer without a look at the objects.
        command.args(["list", "--json"]).env("DOCKET_INDEX", "off");
        if root {
            command.uid(65534).gid(65534);
        }
        command.output()
    };
    // Another user may be kept from the binary itself.
    if !list().is_ok_and(|output| output.status.success()) {
        return;
    }
    let git = environment.path().join(".git");
    let tip = environment.shell("git -c safe.directory='*' rev-parse tracking");
    for (closed, named) in [
        ("refs/heads".to_owned(), "refs/heads/tracking"),
        (format!("objects/{}", &tip[..2]), "objects"),
    ] {
        let dir = git.join(&closed);
        let mode = |bits| std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(bits)).expect("it is ours");
        mode(0);
        let output = list().expect("it runs");
        mode(0o755);
        let error: serde_json::Value = serde_json::from_slice(&output.stderr).expect("an error in JSON");
        assert_eq!(
            (output.status.code(), &error["kind"]),
            (Some(4), &"unavailable".into()),
            "{error}"
        );
        let message = error["message"].as_str().expect("a message");
        assert!(
            message.contains(named) && message.contains("ermission denied"),
            "{message}"
        );
    }
}

#[test]
fn an_identity_is_drawn_once() {
    let environment = Environment::new();
    environment.shell("git docket init");
    insta::assert_snapshot!(environment.transcript(&["git docket add One", "git docket add Two", "git docket list",]));
}
