//! What the fuzzer has found stays found: every input in `fuzz/corpus` goes through the checks that the fuzzer runs.
//!
//! `fuzz/README.md` says how to look for more.

#![expect(clippy::disallowed_types, reason = "the repository that is asked is made with git")]

mod checks;
#[path = "../index/docket/mod.rs"]
#[expect(dead_code, reason = "shared with the tests of the index, which ask it more")]
mod docket;
#[path = "../index/drawn.rs"]
mod drawn;
#[path = "../merge/holds.rs"]
mod holds;
#[path = "../merge/world.rs"]
mod world;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use checks::project::Project;

/// What is fuzzed; each has inputs and a test.
const TARGETS: [&str; 7] = [
    "edit",
    "frontmatter",
    "hooks",
    "importers",
    "merge",
    "query",
    "status_file",
];

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The names of what is in a directory.
fn names(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("the entry is readable").file_name();
    let text = |name: std::ffi::OsString| name.into_string().expect("a name of ours is text");
    entries.map(|entry| text(name(entry))).collect()
}

/// Runs a check over all inputs of a target, and names those of which something does not hold.
fn replay(target: &str, check: impl Fn(&[u8])) {
    let directory = fuzz().join("corpus").join(target);
    let inputs = names(&directory);
    assert!(inputs.len() >= 5, "{target} has hardly any inputs");
    let fails = |name: &String| {
        let input = fs::read(directory.join(name)).expect("an input is readable");
        // What went wrong stands above.
        catch_unwind(AssertUnwindSafe(|| check(&input))).is_err()
    };
    let wrong: Vec<_> = inputs.into_iter().filter(fails).collect();
    assert!(wrong.is_empty(), "in fuzz/corpus/{target}: {}", wrong.join(", "));
}

#[test]
fn frontmatter() {
    replay("frontmatter", checks::frontmatter::check);
}

#[test]
fn edit() {
    replay("edit", checks::edit::check);
}

#[test]
fn merge() {
    replay("merge", checks::merge::check);
}

#[test]
fn query() {
    let project = Project::new();
    replay("query", |input| checks::query::check(&project, input));
}

#[test]
fn status_file() {
    replay("status_file", checks::status_file::check);
}

#[test]
fn importers() {
    replay("importers", checks::importers::check);
}

#[test]
fn hooks() {
    let project = Project::new();
    replay("hooks", |input| checks::hooks::check(&project, input));
}

#[test]
fn every_target_is_replayed() {
    let all: BTreeSet<_> = TARGETS.map(str::to_owned).into();
    assert_eq!(names(&fuzz().join("corpus")), all);
    let programs = names(&fuzz().join("fuzz_targets"));
    let programs: BTreeSet<_> = programs.iter().filter_map(|name| name.strip_suffix(".rs")).collect();
    assert_eq!(programs, TARGETS.into());
}
