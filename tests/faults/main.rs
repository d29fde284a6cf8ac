//! Killed anywhere: real commands are killed before each system call that changes a file, or the call fails as it does
//! where the disk is full or broken. After each of more than 500 runs nothing that was acknowledged is lost, nothing is
//! half there, and whoever comes next needs no help.
//!
//! What a command does is not marked in the product: `strace` counts the calls of an undisturbed run, and strikes at
//! each of them in a fresh copy of the same repository. By default a sample of the points is taken, evenly spread and
//! partly drawn, the same each time; `DOCKET_FAULTS=all` takes every one. Moments between two calls are those of
//! `tests/races.rs`, where processes are killed at any time.

// `strace` is Linux's own.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "these tests run commands, are told in the environment how many, and say so"
)]

mod case;
#[path = "../cli/environment.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the command line, which use more of it"
)]
mod environment;
mod files;
mod full_disk;
mod hooks;
mod indexing;
mod locks;
mod points;
mod scenario;
mod sharing;
mod soundness;
mod tracer;
mod writing;
