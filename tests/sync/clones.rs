//! A bare repository, and clones of it.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;

use git_docket::ops::{self, BatchLine, Context, Error, Settings, SyncRequest, SyncResponse};
use git_docket::record::value::Time;
use serde_json::{Value, json};
use tempfile::TempDir;

/// When all tests begin.
const BEGIN: i64 = 1_760_000_000;

pub(crate) struct Clones {
    dir: TempDir,
    drawn: Cell<u64>,
    now: Cell<i64>,
}

impl Clones {
    /// A bare repository with a docket, and so many clones of it, called `0`, `1`, ….
    pub(crate) fn new(count: usize) -> Self {
        let clones = Self::without_docket(count);
        ops::init(&clones.open(0), false).expect("a docket");
        clones.sync(0).expect("the first push");
        for at in 1..count {
            clones.sync(at).expect("a clone that begins");
        }
        clones
    }

    pub(crate) fn without_docket(count: usize) -> Self {
        let clones = Self {
            dir: tempfile::tempdir().expect("a temporary directory"),
            drawn: Cell::new(0),
            now: Cell::new(0),
        };
        clones.shell("git init -q --bare hub.git");
        for at in 0..count {
            clones.shell(&format!(
                "git clone -q hub.git {at} 2>/dev/null && git -C {at} config user.name {at} && git -C {at} config user.email {at}@x"
            ));
        }
        clones
    }

    pub(crate) fn path(&self, at: usize) -> PathBuf {
        self.dir.path().join(at.to_string())
    }

    pub(crate) fn settings(&self, at: usize) -> Settings {
        self.drawn.set(self.drawn.get() + 1);
        self.now.set(self.now.get() + 1);
        Settings {
            dir: self.path(at),
            actor: Some(at.to_string()),
            now: Time::from_seconds(BEGIN + self.now.get()),
            seed: Some(self.drawn.get().to_string()),
            ..Settings::default()
        }
    }

    /// The docket of a clone, a second later than the one before.
    pub(crate) fn open(&self, at: usize) -> Context {
        Context::open(&self.settings(at)).expect("a repository")
    }

    /// The same with a clock that is wrong by so many seconds.
    pub(crate) fn open_off(&self, at: usize, seconds: i64) -> Context {
        let settings = self.settings(at);
        let now = settings
            .now
            .and_then(|now| Time::from_seconds(now.as_seconds() + seconds));
        Context::open(&Settings { now, ..settings }).expect("a repository")
    }

    pub(crate) fn sync(&self, at: usize) -> Result<SyncResponse, Error> {
        ops::sync(&self.open(at), &SyncRequest::default())
    }

    /// Applies one change, and returns the record and the commit.
    pub(crate) fn change(&self, at: usize, line: Value) -> (String, String) {
        change(&self.open(at), line).expect("a change")
    }

    pub(crate) fn add(&self, at: usize, title: &str) -> String {
        self.change(
            at,
            json!({ "op": "create_work_item", "item_type": "task", "title": title }),
        )
        .0
    }

    pub(crate) fn update(&self, at: usize, id: &str, mut fields: Value) {
        fields["op"] = "update_work_item".into();
        fields["id"] = id.into();
        self.change(at, fields);
    }

    pub(crate) fn configure(&self, at: usize, key: &str, value: &str) {
        let request = ops::ConfigureRequest {
            key: key.to_owned(),
            value: Some(value.to_owned()),
            revision: None,
            updated_by: None,
        };
        ops::configure(&self.open(at), &request).expect("a setting");
    }

    pub(crate) fn show(&self, at: usize, id: &str) -> Value {
        let shown = ops::show(&self.open(at), id, None, None).expect("a record");
        serde_json::to_value(shown).expect("JSON")
    }

    /// Runs a line of shell in the directory of all clones.
    pub(crate) fn shell(&self, line: &str) -> String {
        shell(self.dir.path(), line)
    }

    pub(crate) fn git(&self, at: usize, line: &str) -> String {
        shell(&self.path(at), &format!("git {line}"))
    }

    /// The name of the tree that a clone's docket holds.
    pub(crate) fn tree(&self, at: usize) -> String {
        self.git(at, "rev-parse tracking^{tree}")
    }

    /// Syncs all clones until nobody has anything new.
    pub(crate) fn settle(&self, count: usize) {
        for _ in 0..6 {
            for at in 0..count {
                self.sync(at).expect("a sync");
            }
            let tips: Vec<_> = (0..count).map(|at| self.git(at, "rev-parse tracking")).collect();
            if tips.iter().all(|tip| *tip == tips[0]) {
                return;
            }
        }
        panic!("it never becomes quiet");
    }

    /// That every record is valid.
    pub(crate) fn validate(&self, at: usize) {
        let found = ops::validate(&self.open(at), &ops::Target::Tip).expect("a check");
        assert_eq!(found.errors, 0, "{:#?}", found.violations);
    }
}

pub(crate) fn change(context: &Context, line: Value) -> Result<(String, String), Error> {
    let told = line.to_string();
    let line = BatchLine::read(line).unwrap_or_else(|error| panic!("{told}: {error}"));
    let done = ops::batch(context, &[(1, line)])?;
    Ok((done.ids[0].clone(), done.meta.revision))
}

fn shell(dir: &Path, line: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_DATE", format!("{BEGIN} +0000"))
        .env("GIT_COMMITTER_DATE", format!("{BEGIN} +0000"))
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}\n{said}");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}
