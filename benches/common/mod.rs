//! A docket to measure on.

use std::path::Path;
use std::process::Command;

use git_docket::ops::{self, Context, Settings};
use tempfile::TempDir;

pub(crate) fn open(dir: &Path) -> Context {
    let settings = Settings {
        dir: dir.to_owned(),
        ..Settings::default()
    };
    Context::open(&settings).unwrap()
}

pub(crate) fn git(dir: &Path, arguments: &[&str]) {
    assert!(
        Command::new("git")
            .arg("-C")
            .arg(dir)
            .args(arguments)
            .status()
            .unwrap()
            .success()
    );
}

/// An empty docket in a temporary repository, with `docket.durability` set so.
pub(crate) fn docket(durability: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "-q"]);
    for (key, value) in [
        ("user.name", "Ana"),
        ("user.email", "ana@example.com"),
        ("docket.durability", durability),
    ] {
        git(dir.path(), &["config", key, value]);
    }
    ops::init(&open(dir.path()), false).unwrap();
    dir
}
