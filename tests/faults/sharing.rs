//! Clones that share: fetch, merge, push; what we do, and git on our behalf.

use crate::environment::Environment;
use crate::scenario::Scenario;
use crate::tracer::Program;
use crate::writing::{OURS, docket, nowhere};

/// Two clones of a bare repository that have both gone on: other items, other fields of one, and one field of which two
/// values cannot both be kept.
pub(crate) fn two() -> Environment {
    let environment = docket();
    environment.shell(
        "git init -q --bare --template= ../hub.git && git -C ../hub.git config gc.auto 0 && git remote add origin ../hub.git && git docket sync && \
         git clone -q --template= ../hub.git ../ben 2>/dev/null && cd ../ben && git config gc.auto 0 && \
         git config user.name Ben && git config user.email ben@example.com && git docket sync",
    );
    environment.shell(
        "cd ../ben && export DOCKET_NOW=2025-10-11T10:00:00Z && DOCKET_SEED=ben git docket add 'Buy milk' && \
         id=$(git docket search boil --json | jq -r '.items[0].id') && git docket update $id --title 'Boil it' --label stove && git docket sync && rm -r ../ben",
    );
    environment.shell(
        "export DOCKET_NOW=2025-10-11T11:00:00Z; DOCKET_SEED=ana git docket add 'Buy tea' && \
         id=$(git docket search boil --json | jq -r '.items[0].id') && git docket update $id --title 'Boil well' --label pot && git docket list",
    );
    environment
}

/// A clone that nobody has asked anything yet.
pub(crate) fn cloned() -> Environment {
    let hub = docket();
    hub.shell("git init -q --bare --template= ../hub.git && git remote add origin ../hub.git && git push -q origin main && git docket sync");
    let environment = nowhere();
    environment.shell(&format!(
        "git clone -q --template= --bare {}/hub.git ../hub.git && git clone -q --template= ../hub.git . && {OURS}",
        hub.home().display()
    ));
    environment
}

/// A clone whose branch somebody deleted with what was not pushed yet, and whose remote has gone on since.
fn deleted() -> Environment {
    let environment = cloned();
    environment.shell(
        "git docket list && DOCKET_SEED=ana git docket add 'Buy tea' && git clone -q --template= ../hub.git ../ben 2>/dev/null && cd ../ben && git config gc.auto 0 && \
         git config user.name Ben && git config user.email ben@example.com && \
         DOCKET_SEED=ben git docket add 'Buy milk' && git docket sync && rm -r ../ben",
    );
    environment.shell("git fetch -q && git branch -q -D tracking");
    environment
}

pub(crate) fn syncing(name: &'static str, struck: Program) -> Scenario {
    Scenario {
        struck,
        repositories: &[".", "../hub.git"],
        again: Some("git docket sync"),
        ..Scenario::new(name, two(), "git-docket sync --json")
    }
}

#[test]
fn a_clone_begins_or_not() {
    let begin = Scenario {
        again: Some("git docket list"),
        ..Scenario::new("clone", cloned(), "git-docket list --json")
    };
    begin.kill(30);
}

#[test]
fn a_clone_whose_branch_was_deleted_begins_or_not() {
    let begin = Scenario {
        told: Some("was on tracking once and is not any more"),
        // The reflog is told where it stood first.
        between: Some("git update-ref refs/heads/tracking $(tail -n 1 .git/docket/moves | cut -d' ' -f2)"),
        ..Scenario::new("deleted", deleted(), "git-docket list --json")
    };
    begin.kill(40);
}

#[test]
fn a_sync_happens_or_not() {
    syncing("sync", Program::Itself).kill(35);
}

#[test]
fn a_fetch_that_is_killed_is_made_again() {
    let fetch = Program::Called {
        name: "git",
        word: "fetch",
    };
    syncing("fetch", fetch).kill(25);
}

#[test]
fn a_push_that_is_killed_is_made_again() {
    let push = Program::Called {
        name: "git",
        word: "push",
    };
    syncing("push", push).kill(25);
}

#[test]
fn a_claim_happens_or_not() {
    let claim = Scenario {
        repositories: &[".", "../hub.git"],
        between: Some("git docket claim --local"),
        ..Scenario::new("claim", two(), "git-docket claim --json")
    };
    claim.kill(25);
}
