//! The disk is full, or broken: a command fails in one call, or in all from one on, and says so.

use crate::files::exporting;
use crate::hooks::committing;
use crate::indexing::{following, making, rebuilding};
use crate::sharing::syncing;
use crate::tracer::Program;
use crate::writing::{adding, archiving, batching, migrating, starting, updating};

const FULL: &str = "ENOSPC";

#[test]
fn adding_on_a_full_disk() {
    adding().fail(25, FULL);
}

#[test]
fn adding_on_a_disk_that_stays_full() {
    adding().fail_on(12, FULL);
    following().fail_on(8, FULL);
}

#[test]
fn adding_on_a_broken_disk() {
    adding().fail(12, "EIO");
}

#[test]
fn updating_on_a_full_disk() {
    updating().fail(15, FULL);
}

#[test]
fn a_batch_on_a_full_disk() {
    batching().fail(12, FULL);
}

#[test]
fn starting_on_a_full_disk() {
    starting().fail(12, FULL);
}

#[test]
fn archiving_on_a_full_disk() {
    archiving().fail(8, FULL);
}

#[test]
fn migrating_on_a_full_disk() {
    migrating().fail(8, FULL);
}

#[test]
fn an_index_on_a_full_disk() {
    making().fail(8, FULL);
    following().fail(10, FULL);
    rebuilding().fail(8, FULL);
}

#[test]
fn an_index_on_a_broken_disk() {
    following().fail(8, "EIO");
}

#[test]
fn syncing_on_a_full_disk() {
    syncing("sync", Program::Itself).fail(15, FULL);
}

#[test]
fn committing_on_a_full_disk() {
    committing("post-commit").fail(10, FULL);
}

#[test]
fn exporting_on_a_full_disk() {
    exporting().fail(5, FULL);
}
