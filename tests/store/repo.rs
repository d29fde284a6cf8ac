//! Repositories that the real git made, and what the tests do with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use git_docket::store::{CommitId, Committed, Edit, Entry, Error, Store};

/// The first commit of every SHA-1 repository that was ever initialised. If this changes, clones
/// no longer share a merge base.
pub(crate) const FIRST_SHA1: &str = "668dcc8fabee0bfae7836015e702feb58fbeaae8";

/// 2025-10-10T15:00:00Z.
pub(crate) const TIME: i64 = 1_760_108_400;

pub(crate) const CONFIG: &[u8] = b"repository = \"9d0c0d6e-8a3c-4f0b-9d55-0f6f6b7c8d9e\"\n";

pub(crate) const LIMIT: u64 = 1 << 20;

/// A repository in a directory of its own.
pub(crate) struct Repo {
    pub(crate) dir: PathBuf,
    _home: Option<tempfile::TempDir>,
}

impl Repo {
    /// A repository with one commit on `main`, a clean index and a working tree.
    pub(crate) fn new() -> Self {
        let repo = Self::unborn(&[]);
        std::fs::write(repo.dir.join("code.txt"), "code\n").unwrap();
        repo.git(&["add", "code.txt"]);
        repo.git(&["commit", "-q", "-m", "code"]);
        repo
    }

    /// As `git init` leaves it, with an identity.
    pub(crate) fn unborn(init: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("repo");
        std::fs::create_dir(&dir).unwrap();
        let repo = Self { dir, _home: Some(home) };
        repo.git(&[&["init", "-q", "-b", "main"], init].concat());
        repo.configure();
        repo
    }

    /// What another process made in a directory below this one's.
    pub(crate) fn at(dir: PathBuf) -> Self {
        Self { dir, _home: None }
    }

    pub(crate) fn configure(&self) {
        for (key, value) in [
            ("user.name", "Ada"),
            ("user.email", "ada@example.org"),
            ("commit.gpgsign", "false"),
        ] {
            self.git(&["config", key, value]);
        }
    }

    /// A new file beside the repository's directory.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.dir.parent().unwrap().join(name)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.dir).args(args).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.dir.parent().unwrap());
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        command
            .env("GIT_AUTHOR_DATE", "1700000000 +0000")
            .env("GIT_COMMITTER_DATE", "1700000000 +0000");
        command
    }

    /// Runs git, which must succeed, and returns what it printed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        run(&mut self.command(args), b"").unwrap_or_else(|error| panic!("git {args:?}: {error}"))
    }

    pub(crate) fn git_with(&self, args: &[&str], input: &[u8]) -> String {
        run(&mut self.command(args), input).unwrap_or_else(|error| panic!("git {args:?}: {error}"))
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(&self.dir, None).unwrap()
    }

    /// An initialised store and its tip.
    pub(crate) fn init(&self) -> (Store, CommitId) {
        let store = self.open();
        let init = store.init(CONFIG, TIME).unwrap();
        assert!(init.created);
        (store, init.commit)
    }

    pub(crate) fn fsck(&self) {
        let said = self.git(&["fsck", "--full", "--strict", "--no-dangling"]);
        assert_eq!(said, "", "git fsck");
    }
}

/// What the command printed, or all it said when it failed.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Result<String, String> {
    use std::io::Write;
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input)
        .map_err(|error| error.to_string())?;
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let stdout = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    if output.status.success() {
        Ok(stdout)
    } else {
        Err(format!(
            "{}\n{stdout}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

pub(crate) fn edit(path: &str, text: &str) -> Edit {
    Edit {
        path: path.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

/// A write as a caller makes it: from the tip of that moment, under the lock.
pub(crate) fn write(store: &Store, edits: &[Edit]) -> Result<Committed, Error> {
    let lock = store.lock()?;
    let base = store.tip()?.expect("initialised");
    store.commit(&lock, base, edits, "task 1: change\n", TIME)
}

pub(crate) fn read(store: &Store, path: &str) -> Option<String> {
    let snapshot = store.snapshot(store.tip().unwrap().unwrap()).unwrap();
    snapshot
        .read(path, LIMIT)
        .unwrap()
        .map(|blob| String::from_utf8(blob.bytes).unwrap())
}

pub(crate) fn names(entries: &[Entry]) -> Vec<String> {
    entries
        .iter()
        .map(|entry| String::from_utf8_lossy(&entry.path).into_owned())
        .collect()
}

/// Entries of `.tracking` that no write of ours makes.
pub(crate) const STRANGE: &[(&str, &str)] = &[
    ("100755", "tool"),
    ("120000", "link"),
    ("160000", "sub"),
    ("100644", "dir/inner.md"),
];

/// Adds a commit with these entries in `.tracking` to a branch, with git and an index of its own.
pub(crate) fn plant(repo: &Repo, branch: &str, entries: &[(&str, &str)]) {
    let blob = repo.git_with(&["hash-object", "-w", "--stdin"], b"content");
    let index = repo.beside("plant-index");
    let git = |args: &[&str]| run(repo.command(args).env("GIT_INDEX_FILE", &index), b"").unwrap();
    git(&["read-tree", branch]);
    for (mode, path) in entries {
        let id = if *mode == "160000" { FIRST_SHA1 } else { &blob };
        git(&[
            "update-index",
            "--add",
            "--cacheinfo",
            &format!("{mode},{id},.tracking/{path}"),
        ]);
    }
    let tree = git(&["write-tree"]);
    let commit = git(&["commit-tree", "-p", branch, "-m", "planted", &tree]);
    repo.git(&["update-ref", &format!("refs/heads/{branch}"), &commit]);
}

/// Every file below `dir` with its content, but for what a write is there to change.
pub(crate) fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut next = vec![dir.to_owned()];
    while let Some(dir) = next.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let ours = ["/.git/objects", "/.git/docket", "/tracking"]
                .iter()
                .any(|part| path.display().to_string().ends_with(part));
            if path.is_dir() && !ours {
                next.push(path);
            } else if !ours {
                found.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}
