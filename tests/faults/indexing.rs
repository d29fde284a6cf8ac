//! The index: made, brought forward, built anew.

use crate::scenario::Scenario;
use crate::writing::docket;

pub(crate) fn making() -> Scenario {
    let before = docket();
    before.shell("rm .git/docket/index.sqlite*");
    Scenario::new("index made", before, "git-docket list --json")
}

/// The index stands thirty commits behind.
pub(crate) fn following() -> Scenario {
    let before = docket();
    before.shell(
        "export DOCKET_INDEX=off; for n in $(seq 30); do DOCKET_SEED=$n git docket add \"Step $n\" || exit 1; done; \
         git docket batch <<END\n{\"op\":\"create_vendor\",\"name\":\"Gusto\"}\nEND\n",
    );
    Scenario::new("index brought forward", before, "git-docket list --json")
}

pub(crate) fn rebuilding() -> Scenario {
    Scenario {
        again: Some("git docket index rebuild"),
        ..Scenario::new("index rebuild", docket(), "git-docket index rebuild --json")
    }
}

#[test]
fn an_index_that_is_being_made() {
    making().kill(20);
}

#[test]
fn an_index_that_is_brought_forward() {
    following().kill(20);
}

#[test]
fn an_index_that_is_built_anew() {
    rebuilding().kill(20);
}
