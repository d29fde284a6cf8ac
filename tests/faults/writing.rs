//! Writes: one file, many, a whole docket.

use std::path::Path;

use crate::environment::Environment;
use crate::scenario::Scenario;

/// A repository with a docket of some items, an index that stands at the tip, and no files of git's that nobody needs.
pub(crate) fn docket() -> Environment {
    let environment = without_docket();
    environment.shell("git docket init");
    for (seed, title) in [("a", "Boil water"), ("b", "Warm the pot"), ("c", "Pour")] {
        environment.shell(&format!("DOCKET_SEED={seed} git docket add '{title}' --label kitchen"));
    }
    environment.shell("git docket list");
    environment
}

/// A repository with one commit of code.
pub(crate) fn without_docket() -> Environment {
    let environment = nowhere();
    environment.shell(&format!("git init -q -b main --template= . && {OURS} && {CODE}"));
    environment
}

/// An empty directory: in memory where there is such a place, for a disk is forced to nothing by whoever is killed.
pub(crate) fn nowhere() -> Environment {
    let memory = Path::new("/dev/shm");
    match tempfile::tempdir_in(memory) {
        Ok(_) => Environment::without_repository_in(memory),
        Err(_) => Environment::without_repository(),
    }
}

/// What each repository is told.
pub(crate) const OURS: &str =
    "git config user.name Ana && git config user.email ana@example.com && git config gc.auto 0";

const CODE: &str = "GIT_AUTHOR_DATE=2025-10-10T12:00:00Z GIT_COMMITTER_DATE=2025-10-10T12:00:00Z \
                    git commit -q --allow-empty -m code";

/// The first item.
pub(crate) fn first(environment: &Environment) -> String {
    let items = environment.json("search boil");
    items["items"][0]["id"].as_str().expect("an id").to_owned()
}

pub(crate) fn adding() -> Scenario {
    Scenario::new("add", docket(), "git-docket add 'One more' --label kitchen --json")
}

/// An update where all refs and objects are packed, that keeps a report current.
pub(crate) fn updating() -> Scenario {
    let before = docket();
    before.shell("git config docket.render STATUS.md && git docket update $(git docket list --json | jq -r '.items[0].id') --priority low");
    before.shell("git gc -q && git docket update $(git docket search boil --json | jq -r '.items[0].id') --title 'Boil the water' && git gc -q");
    let command = format!(
        "git-docket update {} --title 'Boil all the water' --json",
        first(&before)
    );
    Scenario {
        files: &["STATUS.md"],
        ..Scenario::new("update", before, &command)
    }
}

/// So many objects that they are written as one pack.
pub(crate) fn batching() -> Scenario {
    let before = docket();
    let line = |n| format!("{{\"op\":\"create_work_item\",\"item_type\":\"task\",\"title\":\"Step {n}\"}}\n");
    before.write("lines", (0..60).map(line).collect::<String>());
    Scenario::new("batch", before, "git-docket batch --json <lines")
}

pub(crate) fn starting() -> Scenario {
    Scenario {
        again: Some("git docket init"),
        is_needed_whole: true,
        ..Scenario::new("init", without_docket(), "git-docket init --json")
    }
}

/// A project with a part, done two years ago.
pub(crate) fn archiving() -> Scenario {
    let before = docket();
    before.shell(
        "export DOCKET_NOW=2023-01-01T00:00:00Z; for seed in d e f; do
         id=$(DOCKET_SEED=$seed git docket add \"Old $seed\" --json | jq -r .id) && git docket done $id || exit 1; done",
    );
    Scenario {
        again: Some("git docket archive"),
        ..Scenario::new("archive", before, "git-docket archive --json")
    }
}

pub(crate) fn migrating() -> Scenario {
    let before = docket();
    before.fixture("project_status.md", ".project_status.md");
    Scenario::new(
        "migrate",
        before,
        "git-docket migrate .project_status.md --allow-skipped --json",
    )
}

#[test]
fn an_added_item_is_there_or_not() {
    adding().kill(40);
}

#[test]
fn an_update_happens_or_not() {
    updating().kill(30);
}

#[test]
fn a_batch_is_there_whole_or_not_at_all() {
    batching().kill(25);
}

#[test]
fn a_docket_begins_or_not() {
    starting().kill(30);
}

#[test]
fn what_is_archived_is_so_together() {
    archiving().kill(15);
}

#[test]
fn a_status_file_comes_along_whole_or_not_at_all() {
    migrating().kill(15);
}
