//! Hooks: whatever becomes of ours, the commit or the push of somebody happens.

use crate::environment::Environment;
use crate::scenario::{Exit, Scenario};
use crate::tracer::Program;
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
fn a_push_is_taken_whatever_happens_to_the_index_there() {
    pushing("post-receive").kill(15);
}
