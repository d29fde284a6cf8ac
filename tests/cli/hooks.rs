//! Commits with our hooks: real ones, made by git.

use std::fs::File;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::environment::Environment;

/// A repository with one commit, a docket and hooks.
fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init && git docket hook install");
    environment
}

/// A work item, and its short name.
fn item(environment: &Environment, title: &str, arguments: &str) -> String {
    let line = format!("DOCKET_SEED='{title}' git docket add '{title}' {arguments} --json");
    let item: serde_json::Value = serde_json::from_str(&environment.shell(&line)).expect("JSON");
    item["id"].as_str().expect("an id")[..8].to_owned()
}

fn head(environment: &Environment) -> String {
    environment.shell("git rev-parse HEAD").trim().to_owned()
}

fn message(environment: &Environment) -> String {
    environment.shell("git log -1 --format=%B").trim().to_owned()
}

fn tip(environment: &Environment) -> String {
    environment.shell("git rev-parse tracking").trim().to_owned()
}

/// The commits an item is linked to now.
fn commits(environment: &Environment, id: &str) -> Vec<String> {
    let item = environment.json(&format!("show {id}"));
    let commits = item["commits"].as_array().expect("a list").iter();
    commits
        .map(|commit| commit.as_str().expect("a commit").to_owned())
        .collect()
}

fn status(environment: &Environment, id: &str) -> String {
    environment.json(&format!("show {id}"))["status"]
        .as_str()
        .expect("a status")
        .to_owned()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Commits something, and what is given.
fn commit(environment: &Environment, arguments: &str) -> Output {
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
fn links_follow_an_amend_and_a_rebase() {
    let environment = docket();
    let id = item(&environment, "Cache", "--branch main");
    let before = environment.shell("git rev-list --count tracking");
    commit(&environment, "-m first");
    let first = head(&environment);
    commit(&environment, "--amend -m second");
    commit(&environment, "--amend -m third");
    assert_eq!(commits(&environment, &id), [head(&environment)]);
    assert!(
        environment
            .shell("git ls-tree -r --name-only tracking .tracking/commits")
            .contains(&first)
    );
    let after = environment.shell("git rev-list --count tracking");
    assert_eq!(
        after.trim().parse::<u32>().ok(),
        before.trim().parse::<u32>().ok().map(|count| count + 3),
        "one each"
    );
    // Back to the message it had, in the same second: the same commit as before.
    let dates = "export GIT_COMMITTER_DATE=2025-10-10T12:00:00Z GIT_AUTHOR_DATE=2025-10-10T12:00:00Z;";
    environment.shell(&format!("{dates} git commit -q --allow-empty -m a && git commit -q --amend --allow-empty -m b && git commit -q --amend --allow-empty -m a"));
    assert_eq!(commits(&environment, &id).len(), 2);
    assert!(commits(&environment, &id).contains(&head(&environment)));
    environment.shell(&format!("{dates} git commit -q --amend --allow-empty -m b"));
    assert!(commits(&environment, &id).contains(&head(&environment)) && commits(&environment, &id).len() == 2);
    environment.shell("git docket validate");
}

#[test]
fn a_rebase_is_followed_at_its_end_in_one_commit() {
    let environment = docket();
    let id = item(&environment, "Cache", "");
    let other = item(&environment, "Other", "");
    for (name, id) in [
        ("base", &id),
        ("reword", &id),
        ("pick", &id),
        ("fixup", &other),
        ("squash", &id),
        ("drop", &id),
    ] {
        environment.write(name, name);
        environment.shell(&format!(
            "git add {name} && git commit -q -m '{name}\n\nWork-Item: {id}'"
        ));
    }
    let dropped = head(&environment);
    let before = environment.shell("git rev-list --count tracking");
    environment.write("../todo", "#!/bin/sh\nsed -i -e 's/^pick \\(.* reword\\)/reword \\1/' -e 's/^pick \\(.* fixup\\)/fixup \\1/' -e 's/^pick \\(.* squash\\)/squash \\1/' -e 's/^pick \\(.* drop\\)/drop \\1/' \"$1\"\n");
    environment.write("../editor", "#!/bin/sh\nsed -i '1s/^/New /' \"$1\"\n");
    environment.shell("chmod +x ../todo ../editor && GIT_SEQUENCE_EDITOR=\"$HOME/todo\" GIT_EDITOR=\"$HOME/editor\" GIT_COMMITTER_DATE=2025-10-10T12:00:00Z git rebase -q -i HEAD~5");
    assert_eq!(
        environment.shell("git log --format=%s -3"),
        "New # This is a combination of 3 commits.\nNew reword\nbase\n"
    );
    let after = environment.shell("git rev-list --count tracking");
    assert_eq!(
        after.trim().parse::<u32>().ok(),
        before.trim().parse::<u32>().ok().map(|count| count + 1),
        "one commit"
    );
    let mut expected: Vec<_> = environment
        .shell("git rev-list HEAD -3")
        .lines()
        .map(ToOwned::to_owned)
        .collect();
    // What a rebase drops may live on elsewhere.
    expected.push(dropped);
    expected.sort();
    let mut found = commits(&environment, &id);
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(commits(&environment, &other), [head(&environment)]);
    environment.shell("git docket validate");
}

#[test]
fn a_rebase_links_what_it_brings() {
    let environment = docket();
    let id = item(&environment, "Cache", "");
    let quiet = "git -c core.hooksPath=/dev/null commit -q --allow-empty";
    environment.shell(&format!("git checkout -q -b topic && git commit -q --allow-empty -m topic && git checkout -q main && {quiet} -m 'Theirs\n\nWork-Item: {id}'"));
    environment.write("../made", format!("Made on the way\n\nWork-Item: {id}\n"));
    environment.shell(
        "git checkout -q topic && git rebase -q --empty=keep --exec 'git commit -q --allow-empty -F ../made' main",
    );
    let mut expected = [
        environment.shell("git rev-parse main"),
        environment.shell("git rev-parse topic"),
    ];
    expected.sort();
    let mut found = commits(&environment, &id);
    found.sort();
    assert_eq!(found.join("\n") + "\n", expected.concat());
}

#[test]
fn an_amend_that_nobody_noted_is_found_at_its_end() {
    let environment = docket();
    let id = item(&environment, "Cache", "");
    commit(&environment, &format!("-m 'one\n\nWork-Item: {id}'"));
    environment.shell("rm -r .git/logs && git config core.logAllRefUpdates false");
    commit(&environment, &format!("--amend -m 'two\n\nCloses: {id}'"));
    assert_eq!(commits(&environment, &id), [head(&environment)]);
    assert_eq!(status(&environment, &id), "completed");
}

#[test]
fn what_comes_by_other_ways_is_linked_too() {
    let environment = docket();
    let id = item(&environment, "Cache", "--branch side");
    environment.shell("git checkout -q -b side && git commit -q --allow-empty -m side && git checkout -q main");
    let side = environment.shell("git rev-parse side").trim().to_owned();
    // A cherry-pick is a commit of its own.
    environment.shell("git commit -q --allow-empty -m main && git cherry-pick --allow-empty side >/dev/null");
    assert_eq!(message(&environment), format!("side\n\nWork-Item: {id}"));
    let picked = head(&environment);
    assert!(commits(&environment, &id).contains(&picked) && commits(&environment, &id).contains(&side));
    // Commits that somebody else made are linked when they come, by a merge or by moving forward.
    let quiet = "git -c core.hooksPath=/dev/null commit -q --allow-empty";
    environment.shell(&format!(
        "git checkout -q -b theirs && {quiet} -m 'Theirs\n\nWork-Item: {id}' && git checkout -q main"
    ));
    let theirs = environment.shell("git rev-parse theirs").trim().to_owned();
    environment.shell("git merge -q --no-ff -m 'Merge theirs' theirs");
    assert_eq!(message(&environment), "Merge theirs");
    assert!(commits(&environment, &id).contains(&theirs));
    environment.shell(&format!(
        "git checkout -q -b ahead && {quiet} -m 'Ahead\n\nCloses: {id}' && git checkout -q main && git merge -q ahead"
    ));
    assert_eq!(status(&environment, &id), "completed");
    assert!(commits(&environment, &id).contains(&head(&environment)));
    let before = tip(&environment);
    environment.shell("git checkout -q -b squashed HEAD~1 && git merge -q --squash main");
    assert_eq!(tip(&environment), before, "nothing is committed yet");
}

#[test]
fn a_merge_that_stopped_is_followed_when_it_is_concluded() {
    let environment = docket();
    let id = item(&environment, "Cache", "");
    let quiet = "git -c core.hooksPath=/dev/null commit -q";
    environment.shell(&format!(
        "git checkout -q -b side && echo side > file && git add file && {quiet} -m 'Side\n\nWork-Item: {id}'"
    ));
    let side = head(&environment);
    environment.shell(&format!(
        "git checkout -q main && echo main > file && git add file && {quiet} -m Main && ! git merge -q side 2>/dev/null"
    ));
    environment.shell("echo both > file && git add file && git commit -q --no-edit");
    assert_eq!(commits(&environment, &id), [side]);
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
        "git docket: post-commit: not done within 2 seconds; `git docket hook run post-commit` does it later\n"
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
