//! How many commits a second several processes make on one docket, through the library.
//!
//! `cargo bench --bench writers` makes a temporary repository and starts itself again, eight times, a hundred commits
//! each: once with `docket.durability` at `fast`, once at its default, `full`. Each process keeps its repository open.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::exit,
    missing_docs,
    reason = "a measurement, not a part of the product"
)]

mod common;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use common::{docket, open};
use git_docket::ops::{CreateRequest, add};
use git_docket::record::work_item::ItemType;

const PROCESSES: usize = 8;
const COMMITS: usize = 100;

fn write(dir: &Path) {
    let context = open(dir);
    for number in 0..COMMITS {
        add(&context, &CreateRequest::new(ItemType::Task, &format!("Item {number}"))).unwrap();
    }
}

fn measure(durability: &str) {
    let dir = docket(durability);
    let start = Instant::now();
    let me = std::env::current_exe().unwrap();
    let children: Vec<_> = (0..PROCESSES)
        .map(|_| Command::new(&me).env("WRITE_TO", dir.path()).spawn().unwrap())
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let seconds = start.elapsed().as_secs_f64();
    let commits = PROCESSES * COMMITS;
    println!(
        "durability {durability}: {commits} commits by {PROCESSES} processes in {seconds:.2} s, {:.0} a second",
        commits as f64 / seconds
    );
}

fn main() {
    if let Some(dir) = std::env::var_os("WRITE_TO") {
        write(Path::new(&dir));
    } else {
        measure("fast");
        measure("full");
    }
}
