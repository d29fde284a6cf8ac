//! The checks of `tests/fuzzed`, for the fuzzer to run.

#![allow(dead_code, reason = "shared with tests that use more of it")]

#[path = "../../tests/fuzzed/checks/mod.rs"]
mod checks;
#[path = "../../tests/index/docket/mod.rs"]
mod docket;
#[path = "../../tests/index/drawn.rs"]
mod drawn;
#[path = "../../tests/merge/holds.rs"]
mod holds;
#[path = "../../tests/merge/world.rs"]
mod world;

use checks::project::Project;

thread_local! {
    /// The repository that queries are asked of and hooks run in, made once and never closed: at the end of the process
    /// what is needed for that is gone before it.
    static PROJECT: &'static Project = Box::leak(Box::new(Project::new()));
}

/// See `tests/fuzzed/checks/frontmatter.rs`.
pub fn frontmatter(data: &[u8]) {
    checks::frontmatter::check(data);
}

/// See `tests/fuzzed/checks/edit.rs`.
pub fn edit(data: &[u8]) {
    checks::edit::check(data);
}

/// See `tests/fuzzed/checks/merge.rs`.
pub fn merge(data: &[u8]) {
    checks::merge::check(data);
}

/// See `tests/fuzzed/checks/query.rs`.
pub fn query(data: &[u8]) {
    PROJECT.with(|project| checks::query::check(project, data));
}

/// See `tests/fuzzed/checks/status_file.rs`.
pub fn status_file(data: &[u8]) {
    checks::status_file::check(data);
}

/// See `tests/fuzzed/checks/importers.rs`.
pub fn importers(data: &[u8]) {
    checks::importers::check(data);
}

/// See `tests/fuzzed/checks/hooks.rs`.
pub fn hooks(data: &[u8]) {
    PROJECT.with(|project| checks::hooks::check(project, data));
}
