//! Links of commits that are amended, rebased, merged or picked.

use crate::hooks::{commit, commits, docket, head, item, message, status, tip};

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
