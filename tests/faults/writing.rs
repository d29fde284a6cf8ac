//! Writes: one file, many, a whole docket.

use std::path::Path;

use crate::environment::Environment;
use crate::scenario::Scenario;

/// A repository with a docket of some items, an index that stands at the tip, and no files of git's that nobody needs.
pub(crate) fn docket() -> Environment {
    filled(without_docket())
}

fn filled(environment: Environment) -> Environment {
    environment.shell("git docket init");
    for (seed, title) in [("a", "Boil water"), ("b", "Warm the pot"), ("c", "Pour")] {
        environment.shell(&format!("DOCKET_SEED={seed} git docket add '{title}' --label kitchen"));
    }
    environment.shell("git docket list");
    environment
}

/// A repository with one commit of code.
pub(crate) fn without_docket() -> Environment {
    made("git init -q -b main --template= .")
}

/// The same as [`docket`] where git keeps the refs in reftables, and moves them for us.
fn docket_in_reftables() -> Environment {
    filled(made("git init -q -b main --template= --ref-format=reftable ."))
}

fn made(init: &str) -> Environment {
    let environment = nowhere();
    environment.shell(&format!("{init} && {OURS} && {CODE}"));
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

/// What a client says to a server: who it is, and one call.
const CALLS: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"client","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"create_work_item","arguments":{"item_type":"task","title":"One more","metadata":{}}}}
"#;

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
fn an_item_in_reftables_is_there_or_not() {
    let adding = Scenario::new(
        "add in reftables",
        docket_in_reftables(),
        "git-docket add 'One more' --json",
    );
    adding.kill(25);
}

#[test]
fn a_server_adds_an_item_or_not() {
    let before = docket();
    before.write("lines", CALLS);
    let serving = Scenario {
        answer: "\"id\":2",
        ..Scenario::new("mcp", before, "git-docket mcp <lines")
    };
    serving.kill(25);
}

#[test]
fn a_setting_is_changed_or_not() {
    let set = "git-docket config set active_context_type maintenance --json";
    Scenario::new("config", docket(), set).kill(12);
    // This one is git's.
    let own = Scenario {
        files: &[".git/config"],
        ..Scenario::new(
            "own config",
            docket(),
            "git-docket config set docket.hooks.strict true --json",
        )
    };
    own.kill(1);
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
