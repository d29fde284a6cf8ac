//! Two clones that share a docket, as their people see it.

use crate::environment::Environment;

fn two() -> Environment {
    let environment = Environment::new();
    environment.shell(
        "git init -q --bare ../hub.git && git remote add origin ../hub.git && git docket init && \
         DOCKET_SEED=a git docket add 'Before' && git docket sync && git clone -q ../hub.git ../ben 2>/dev/null && \
         git -C ../ben config user.name Ben && git -C ../ben config user.email ben@example.com && git -C ../ben docket sync",
    );
    environment
}

#[test]
fn what_both_changed_is_merged_told_and_resolved() {
    let environment = two();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket sync",
        "DOCKET_NOW=2025-10-11T10:00:00Z git docket update $(git docket list --json | jq -r .items[0].id) --title 'First' --label a",
        "git docket sync",
        "DOCKET_NOW=2025-10-11T11:00:00Z git -C ../ben docket update $(git docket list --json | jq -r .items[0].id) --title 'Second' --label b",
        "git -C ../ben docket fetch",
        "git -C ../ben docket push",
        "DOCKET_NOW=2025-10-11T12:00:00Z git -C ../ben docket sync",
        "git docket fetch --json | jq -c '[.remote, .ahead, .behind]'",
        "git config docket.render STATUS.md; git docket sync --json | jq -c '[.fetched, .pushed, .taken, .merged, .conflicts]'; grep -c Second STATUS.md",
        "git docket list",
        "git docket status | head -12",
        "git docket conflicts",
        "git docket conflicts --json | jq -c '.items[] | [.field, .base, .kept, .other, .kept_by.by]'",
        "git docket conflicts show $(git docket list --json | jq -r .items[0].id)",
        "git docket conflicts resolve $(git docket list --json | jq -r .items[0].id)",
        "git docket conflicts resolve $(git docket list --json | jq -r .items[0].id) --take base",
        "git docket conflicts --resolved",
        "git docket conflicts",
        "git docket conflicts show 99999999",
        "git docket undo",
        "git docket conflicts",
    ]));
}

#[test]
fn what_stands_in_the_way_is_told() {
    let environment = two();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket sync nowhere",
        "mv ../hub.git ../away.git && git docket sync",
        "git docket sync --json",
        "git docket claim --for 2h",
        "mv ../away.git ../hub.git && git docket sync",
        "git -C ../ben docket claim",
        "git -C ../ben docket claim $(git docket list --json | jq -r .items[0].id)",
        "printf '#!/bin/sh\\necho closed on Fridays\\nexit 1\\n' > ../hub.git/hooks/pre-receive && chmod +x ../hub.git/hooks/pre-receive && DOCKET_SEED=b git docket add 'Friday' >/dev/null && git docket sync",
    ]));
}

#[test]
fn with_autosync_a_change_reaches_the_remote_by_itself() {
    let environment = two();
    environment.shell("git docket config set docket.autosync true && DOCKET_SEED=b git docket add One && DOCKET_SEED=c git docket add Two");
    let at_remote = "for i in $(seq 300); do test $(git -C ../hub.git rev-parse tracking) = $(git rev-parse tracking) && break; sleep 0.1; done; \
                     git -C ../hub.git rev-parse tracking | grep -c $(git rev-parse tracking)";
    assert_eq!(environment.shell(at_remote).trim(), "1");
    environment.shell("mv ../hub.git ../away.git && DOCKET_SEED=d git docket add Three");
    let told = "for i in $(seq 300); do git docket status 2>&1 >/dev/null | grep -q autosync && break; sleep 0.1; done; \
                git docket status 2>&1 >/dev/null | grep -c 'docket.autosync: git could not fetch'";
    assert_eq!(environment.shell(told).trim(), "1");
}

#[test]
fn what_is_fetched_is_forced_to_the_disk_before_the_branch_names_it() {
    let environment = two();
    for (seed, durability, forced) in [("one", "full", true), ("two", "fast", false)] {
        environment.shell(&format!(
            "DOCKET_SEED={seed} git docket -C ../ben add 'From {seed}' && git docket -C ../ben sync && git config docket.durability {durability}"
        ));
        environment.shell(&format!("GIT_TRACE2_EVENT=\"$HOME/{seed}\" git-docket sync"));
        // What git counted of it, in each of its processes.
        let counted = environment.shell(&format!(
            "grep -E 'hardware-flush\".*(count|value)\":\"?[1-9]' ../{seed} || :"
        ));
        assert_eq!(!counted.is_empty(), forced, "{durability}: {counted}");
    }
}
