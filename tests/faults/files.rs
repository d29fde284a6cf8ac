//! Files beside the docket: hooks, reports, settings, proposals; and the doctor at work.

use crate::scenario::Scenario;
use crate::writing::docket;

#[test]
fn hooks_are_installed_each_whole_or_not_at_all() {
    let before = docket();
    before.shell("mkdir -p .git/hooks && printf '#!/bin/sh\\necho mine\\n' > .git/hooks/post-commit && chmod +x .git/hooks/post-commit");
    let install = Scenario {
        files: &[
            ".git/hooks/post-commit",
            ".git/hooks/post-merge",
            ".git/hooks/prepare-commit-msg",
            ".git/config",
        ],
        again: Some("git docket hook install"),
        is_needed_whole: true,
        ..Scenario::new("hook install", before, "git-docket hook install --json")
    };
    install.kill(20);
}

pub(crate) fn exporting() -> Scenario {
    Scenario {
        files: &["docket.json"],
        again: Some("git docket export json -o docket.json"),
        ..Scenario::new("export", docket(), "git-docket export json -o docket.json")
    }
}

#[test]
fn an_export_is_there_whole_or_not_at_all() {
    exporting().kill(8);
}

#[test]
fn a_proposal_begins_or_not() {
    let propose = Scenario {
        files: &[".git/docket-proposal"],
        again: Some("git docket propose plan"),
        ..Scenario::new("propose", docket(), "git-docket propose plan --json")
    };
    propose.kill(20);
}

#[test]
fn a_proposal_is_landed_or_not() {
    let before = docket();
    before.shell("git docket propose plan && DOCKET_SEED=plan git docket add Planned");
    let land = Scenario {
        // Only where nothing of it is left, there is nothing to land.
        again: Some("git docket propose land plan || git docket propose list --json | grep '\"items\": \\[\\]'"),
        ..Scenario::new("land", before, "git-docket propose land --json")
    };
    land.kill(30);
}

/// A doctor who is killed at work has made nothing worse.
#[test]
fn a_doctor_goes_on_where_another_was_stopped() {
    let before = docket();
    before.shell(
        "mkdir .git/objects/tmp_objdir-docket-dead && touch .git/objects/tmp_objdir-docket-dead/pack .git/objects/tmp_obj_docket-dead && \
         printf 'no index' > .git/docket/index.sqlite && rm -f .git/docket/index.sqlite-*",
    );
    let doctor = Scenario {
        again: Some("git docket doctor --fix"),
        ..Scenario::new("doctor --fix", before, "git-docket doctor --fix --json")
    };
    doctor.kill(20);
}
