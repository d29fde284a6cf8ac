//! Commits with our hooks: real ones, made by git.

use std::fs::File;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::environment::Environment;

/// A repository with one commit, a docket and hooks.
pub(crate) fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init && git docket hook install");
    environment
}

/// A work item, and its short name.
pub(crate) fn item(environment: &Environment, title: &str, arguments: &str) -> String {
    let line = format!("DOCKET_SEED='{title}' git docket add '{title}' {arguments} --json");
    let item: serde_json::Value = serde_json::from_str(&environment.shell(&line)).expect("JSON");
    item["id"].as_str().expect("an id")[..8].to_owned()
}

pub(crate) fn head(environment: &Environment) -> String {
    environment.shell("git rev-parse HEAD").trim().to_owned()
}

pub(crate) fn message(environment: &Environment) -> String {
    environment.shell("git log -1 --format=%B").trim().to_owned()
}

pub(crate) fn tip(environment: &Environment) -> String {
    environment.shell("git rev-parse tracking").trim().to_owned()
}

/// The commits an item is linked to now.
pub(crate) fn commits(environment: &Environment, id: &str) -> Vec<String> {
    let item = environment.json(&format!("show {id}"));
    let commits = item["commits"].as_array().expect("a list").iter();
    commits
        .map(|commit| commit.as_str().expect("a commit").to_owned())
        .collect()
}

pub(crate) fn status(environment: &Environment, id: &str) -> String {
    environment.json(&format!("show {id}"))["status"]
        .as_str()
        .expect("a status")
        .to_owned()
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Commits something, and what is given.
pub(crate) fn commit(environment: &Environment, arguments: &str) -> Output {
    environment.run_shell(&format!("git commit -q --allow-empty {arguments}"))
}

#[test]
fn the_item_follows_from_the_branch_it_says() {
    let environment = docket();
    let id = item(&environment, "Cache", "--branch topic");
    item(&environment, "Other", "--branch elsewhere");
    environment.shell("git checkout -q -b topic && git commit -q --allow-empty -m 'Cache it'");
    assert_eq!(message(&environment), format!("Cache it\n\nWork-Item: {id}"));
    assert_eq!(commits(&environment, &id), [head(&environment)]);
    let link = environment.shell("git show $(git ls-tree -r tracking .tracking/commits | cut -d' ' -f3 | cut -f1)");
    assert!(
        link.contains("branch_name: topic\n") && link.contains("linked_by: Ana\n"),
        "{link}"
    );
    assert_eq!(environment.shell("git log -1 --format=%an,%cn tracking"), "Ana,Ana\n");
    // A trailer that is there is left alone, and so is the trailer that closes it.
    for own in ["Work-Item: 00000000", &format!("closes: {id}")] {
        commit(&environment, &format!("-m 'More\n\n{own}'"));
        assert_eq!(message(&environment), format!("More\n\n{own}"));
    }
    // Of two on one branch, the one that the actor holds.
    let second = item(&environment, "Second", "--branch topic");
    let third = item(&environment, "Third", "--branch topic");
    commit(&environment, "-m two");
    assert_eq!(message(&environment), "two");
    environment.shell(&format!("git docket claim {third}"));
    commit(&environment, "-m three");
    assert_eq!(message(&environment), format!("three\n\nWork-Item: {third}"));
    environment.shell(&format!("git docket done {third}"));
    commit(&environment, "-m four");
    assert_eq!(message(&environment), format!("four\n\nWork-Item: {second}"));
    // Of one and what is below it, the one below; with an index as without one.
    let below = item(&environment, "Below", &format!("--branch topic --parent {second}"));
    commit(&environment, "-m five");
    assert_eq!(message(&environment), format!("five\n\nWork-Item: {below}"));
    environment.shell("git docket list && export DOCKET_INDEX=off && git commit -q --allow-empty -m six");
    assert_eq!(message(&environment), format!("six\n\nWork-Item: {below}"));
    environment.shell("git docket list && git commit -q --allow-empty -m seven");
    assert_eq!(message(&environment), format!("seven\n\nWork-Item: {below}"));
}

#[test]
fn the_item_follows_from_the_name_of_the_branch_or_the_claim() {
    let environment = docket();
    let id = item(&environment, "Cache", "");
    let bead = item(&environment, "Bead", "");
    environment.shell(&format!("git docket update {bead} --alias bd-kwro"));
    let named = [
        (format!("feature/{id}-cache"), Some(&id)),
        ("bd-kwro-fix-x".to_owned(), Some(&bead)),
        (format!("{id}/bd-kwro"), None),
        (format!("fix-{id}"), None),
        ("main2".to_owned(), None),
    ];
    for (branch, expected) in named {
        environment.shell(&format!(
            "git checkout -q -b {branch} && git commit -q --allow-empty -m x"
        ));
        let expected = expected.map_or("x".to_owned(), |id| format!("x\n\nWork-Item: {id}"));
        assert_eq!(message(&environment), expected, "{branch}");
    }
    environment.shell(&format!("git docket claim {id} && git checkout -q --detach"));
    commit(&environment, "-m claimed");
    assert_eq!(message(&environment), format!("claimed\n\nWork-Item: {id}"));
    environment.shell(&format!("git docket claim {bead}"));
    commit(&environment, "-m both");
    assert_eq!(message(&environment), "both");
    let other = environment.run_shell("DOCKET_ACTOR=ben git commit -q --allow-empty -m ben");
    assert!(other.status.success() && message(&environment) == "ben");
}

#[test]
fn an_editor_that_is_left_without_a_word_commits_nothing() {
    let environment = docket();
    let id = item(&environment, "Cache", "--branch main");
    let before = head(&environment);
    let editor = |script: &str, arguments: &str| {
        environment.write("../editor", format!("#!/bin/sh\n{script}\n"));
        environment.run_shell(&format!(
            "chmod +x ../editor && GIT_EDITOR=\"$HOME/editor\" git commit -q --allow-empty {arguments}"
        ))
    };
    environment.write("../words", "Why\n\nHow it works\n");
    environment.write("../comments", "# say why\n");
    for arguments in [
        "",
        "--no-verify",
        "-v",
        "--cleanup=scissors",
        "-t ../words",
        "-t ../comments",
        "-t ../words --no-verify",
    ] {
        let output = editor(":", arguments);
        assert!(!output.status.success(), "{arguments}");
        assert_eq!(head(&environment), before, "{arguments}: {}", said(&output));
    }
    // With words, the comment becomes a trailer.
    let words = "{ echo Words; cat \"$1\"; } > new && mv new \"$1\"";
    for arguments in ["", "-v", "--cleanup=scissors", "-t ../comments"] {
        let output = editor(words, arguments);
        assert!(output.status.success(), "{arguments}: {}", said(&output));
        let trailer = environment.shell("git log -1 --format='%(trailers:key=Work-Item,valueonly)'");
        assert_eq!(trailer.trim(), id, "{arguments}: {}", message(&environment));
        assert_eq!(
            message(&environment),
            format!("Words\n\nWork-Item: {id}"),
            "{arguments}"
        );
    }
    assert_eq!(commits(&environment, &id).len(), 4);
    editor(words, "-t ../words");
    assert_eq!(
        message(&environment),
        format!("Words\nWhy\n\nHow it works\n\nWork-Item: {id}")
    );
    // The author deletes the comment, or writes another item's name.
    editor("sed -i -e '/Work-Item/d' -e '1s/^/Words/' \"$1\"", "");
    assert_eq!(message(&environment), "Words");
    editor("printf 'Words\\n\\nWork-Item: 00000000\\n' > \"$1\"", "");
    assert_eq!(message(&environment), "Words\n\nWork-Item: 00000000");
    // The sign of comments is the user's.
    environment.shell("git config core.commentChar ';'");
    assert!(!editor(":", "").status.success());
    editor(words, "");
    assert_eq!(message(&environment), format!("Words\n\nWork-Item: {id}"));
    assert!(
        !environment
            .run_shell("git commit -q --allow-empty -m ''")
            .status
            .success()
    );
}

#[test]
fn closing_completes_once() {
    let environment = docket();
    let id = item(&environment, "Cache", "");
    let parent = item(&environment, "Parent", "");
    let child = item(&environment, "Child", &format!("--parent {parent}"));
    let before = environment.shell("git rev-list --count tracking");
    let output = commit(
        &environment,
        &format!("-m 'Do it\n\ncloses: {id} {parent}\nCloses: #12, owner/repo#3\nWork-Item: {child}'"),
    );
    let told = said(&output);
    assert!(told.contains(&format!("git docket: completed {id} Cache\n")), "{told}");
    assert!(told.contains(&format!("git docket: linked, not completed: {parent} has open children: {child} Child; git docket done {parent} --force\n")), "{told}");
    assert_eq!(told.lines().count(), 2, "{told}");
    let after = environment.shell("git rev-list --count tracking");
    assert_eq!(
        after.trim().parse::<u32>().ok(),
        before.trim().parse::<u32>().ok().map(|count| count + 1),
        "one commit"
    );
    for (id, expected) in [(&id, "completed"), (&parent, "pending"), (&child, "pending")] {
        assert_eq!(status(&environment, id), expected);
        assert_eq!(commits(&environment, id), [head(&environment)]);
    }
    // Reopened, it stays open, however often the commit is seen, also as another one.
    environment.shell(&format!("git docket reopen {id}"));
    let before = tip(&environment);
    environment.shell("git docket hook run post-commit && git docket hook run post-commit");
    assert_eq!(tip(&environment), before);
    environment.shell("git commit -q --amend --allow-empty --no-edit --trailer 'Signed-off-by: Ana <a@example.com>'");
    environment.shell(&format!(
        "git commit -q --amend --allow-empty -m 'Do it\n\nCloses: {id}'"
    ));
    assert_eq!(commits(&environment, &id), [head(&environment)]);
    assert_eq!(status(&environment, &id), "pending");
    // An amend that closes what was only named before does complete it.
    commit(&environment, &format!("-m 'Child\n\nWork-Item: {child}'"));
    environment.shell(&format!(
        "git commit -q --amend --allow-empty -m 'Child\n\nCloses: {child}'"
    ));
    assert_eq!(status(&environment, &child), "completed");
    environment.shell("git docket validate");
}

#[test]
fn names_that_name_nothing_are_told_or_refused() {
    let environment = docket();
    let id = item(&environment, "Cache", "");
    let other = format!("{}{}", &id[..7], if id.ends_with('0') { '1' } else { '0' });
    let wrong = format!("-m 'Do it\n\nWork-Item: {other}, #12 nothing-like-it'");
    let output = commit(&environment, &wrong);
    assert!(output.status.success());
    assert_eq!(
        said(&output),
        format!(
            "git docket: `{other}` names no work item; did you mean {id}?\ngit docket: `nothing-like-it` names no work item\n"
        )
    );
    environment.shell("git config docket.hooks.strict true");
    let before = head(&environment);
    let output = commit(&environment, &wrong);
    assert!(!output.status.success() && head(&environment) == before);
    assert!(said(&output).contains("names no work item"));
    // A word of prose is no id, however few items there are.
    let output = commit(&environment, &format!("-m 'Do it\n\nCloses: {}'", &id[..4]));
    assert!(!output.status.success());
    for right in ["#12", "https://example.com/12", &id] {
        let output = commit(&environment, &format!("-m 'Do it\n\nCloses: {right}'"));
        assert!(output.status.success(), "{}", said(&output));
    }
}

#[test]
fn worktrees_and_other_directories() {
    let environment = docket();
    let id = item(&environment, "Cache", "--branch topic");
    environment.shell(
        "git worktree add -q -b topic ../linked && cd ../linked && echo a > a && git add a && git commit -q -m linked",
    );
    let linked = environment.shell("git rev-parse topic").trim().to_owned();
    assert_eq!(commits(&environment, &id), [linked]);
    assert_eq!(
        environment.shell("cd ../linked && git status --porcelain; git status --porcelain"),
        ""
    );
    // Git sets GIT_DIR for the hook; the repository it works in is another one than where the hook runs.
    environment.shell("mkdir ../elsewhere && git init -q ../elsewhere");
    environment.shell(&format!("cd ../elsewhere && git --git-dir=../linked/.git --work-tree=. commit -q --allow-empty -m Elsewhere --trailer 'Work-Item: {id}'"));
    assert_eq!(commits(&environment, &id).len(), 2);
    assert_eq!(environment.shell("cd ../elsewhere && git for-each-ref"), "");
    // The docket's own commits are nobody's work.
    environment.shell(&format!(
        "git docket claim {id} && git worktree add -q ../docket tracking"
    ));
    let output = environment.run_shell("cd ../docket && git commit -q --allow-empty -m 'By hand'");
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
    assert_eq!(environment.shell("git log -1 --format=%B tracking").trim(), "By hand");
    let status = environment.json("-C ../linked hook status");
    assert!(
        status["hooks"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|hook| hook["state"] == "installed")
    );
}

#[test]
fn nothing_keeps_anybody_from_committing() {
    let environment = docket();
    let id = item(&environment, "Cache", "--branch main");
    // Somebody else writes, and goes on writing.
    let lock = File::options()
        .write(true)
        .open(environment.path().join(".git/docket/write.lock"))
        .expect("the lock");
    lock.lock().expect("locked");
    let start = Instant::now();
    let output = commit(&environment, "-m locked");
    let took = start.elapsed();
    assert!(output.status.success() && took < Duration::from_secs(20), "{took:?}");
    assert_eq!(
        said(&output),
        "git docket: post-commit: not done within 2 seconds; `git docket hook run --wait post-commit` does it now\n"
    );
    lock.unlock().expect("unlocked");
    assert_eq!(commits(&environment, &id), [""; 0]);
    environment.shell("git docket hook run post-commit");
    assert_eq!(commits(&environment, &id), [head(&environment)]);
    // The docket is of a version that is not known here.
    environment.commit_foreign(".tracking/format", "99\n");
    let output = commit(&environment, "-m newer");
    assert!(output.status.success());
    assert!(
        said(&output).lines().all(|line| line.starts_with("git docket: ")),
        "{}",
        said(&output)
    );
    // There is no docket any more; where the remote has one, a hook does not start it.
    environment.shell("git update-ref refs/remotes/origin/tracking tracking && git config remote.origin.url ../other && git branch -q -D tracking");
    let output = commit(&environment, &format!("-m 'No docket\n\nWork-Item: {id}'"));
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
    assert_eq!(environment.shell("git branch --list tracking"), "");
    environment.shell("git docket hook run no-such-hook");
}
