//! Hooks: whatever becomes of ours, the commit or the push of somebody happens.

use crate::environment::Environment;
use crate::points::Point;
use crate::scenario::{Exit, Scenario};
use crate::soundness::{assert_kept, mark};
use crate::tracer::{Fault, Program, run};
use crate::writing::docket;

const COMMIT: &str = "GIT_AUTHOR_DATE=2025-10-10T13:00:00Z GIT_COMMITTER_DATE=2025-10-10T13:00:00Z git commit -q --allow-empty -m 'Warm it'";

/// A branch on which an item is done, with hooks.
fn hooked() -> Environment {
    let environment = docket();
    environment.shell(
        "git docket hook install && git checkout -q -b topic && \
         git docket update $(git docket search boil --json | jq -r '.items[0].id') --branch topic && git docket list",
    );
    environment
}

pub(crate) fn committing(word: &'static str) -> Scenario {
    Scenario {
        struck: Program::Called {
            name: "git-docket",
            word,
        },
        exit: Exit::Success,
        ..Scenario::new(word, hooked(), COMMIT)
    }
}

#[test]
fn a_commit_is_made_whatever_happens_to_its_link() {
    committing("post-commit").kill(30);
}

#[test]
fn a_commit_is_made_whatever_happens_to_its_message() {
    committing("prepare-commit-msg").kill(8);
}

fn pushing(word: &'static str) -> Scenario {
    let before = docket();
    before.shell(
        "git init -q --bare --template= ../hub.git && git -C ../hub.git config gc.auto 0 && git docket -C ../hub.git hook install --server && \
         git remote add origin ../hub.git && git docket sync && DOCKET_SEED=more git docket add More && git docket list",
    );
    Scenario {
        struck: Program::Called {
            name: "git-docket",
            word,
        },
        repositories: &[".", "../hub.git"],
        again: Some("git push -q origin tracking"),
        exit: Exit::Success,
        ..Scenario::new(word, before, "git push -q origin tracking")
    }
}

#[test]
fn a_push_past_a_guard_that_was_killed_is_taken_and_told() {
    // It changes no file, so it, or a git that it asks, is struck where it opens one.
    let guarded = pushing("pre-receive");
    let mut told = 0;
    for nth in [1, 8, 16, 24, 32, 40] {
        let environment = guarded.before.twin();
        let before = mark(&environment, "../hub.git");
        let point = Point {
            call: "openat".to_owned(),
            nth,
            told: String::new(),
        };
        let pushed = run(&environment, guarded.struck, Fault::Kill(&point), &guarded.command);
        assert_eq!(pushed.code, Some(0), "{nth}: {pushed:?}");
        assert_eq!(mark(&environment, "../hub.git"), mark(&environment, "."), "{nth}");
        assert_kept(&environment, "../hub.git", &before, "pushed past the guard");
        told += usize::from(pushed.err.contains("NOT CHECKED"));
    }
    // How many files they open differs from one machine to the next.
    assert!(told > 2, "only {told} were struck");
}

#[test]
fn a_push_is_taken_whatever_happens_to_the_index_there() {
    pushing("post-receive").kill(15);
}
