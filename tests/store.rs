//! The store against repositories that the real git made, and git against what the store wrote.

#![expect(clippy::disallowed_types, reason = "the fixtures are made with git")]
#![expect(
    clippy::disallowed_methods,
    reason = "a child process is told in its environment what to do"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use git_docket::store::{CommitId, Committed, DEFAULT_REF, Edit, Entry, Error, Mode, Store};

/// The first commit of every SHA-1 repository that was ever initialised. If this changes, clones
/// no longer share a merge base.
const FIRST_SHA1: &str = "0000000000000000000000000000000000000000";

/// 2025-10-10T15:00:00Z.
const TIME: i64 = 1_760_108_400;

const CONFIG: &[u8] = b"repository = \"9d0c0d6e-8a3c-4f0b-9d55-0f6f6b7c8d9e\"\n";

const LIMIT: u64 = 1 << 20;

/// A repository in a directory of its own.
struct Repo {
    dir: PathBuf,
    _home: Option<tempfile::TempDir>,
}

impl Repo {
    /// A repository with one commit on `main`, a clean index and a working tree.
    fn new() -> Self {
        let repo = Self::unborn(&[]);
        std::fs::write(repo.dir.join("code.txt"), "code\n").unwrap();
        repo.git(&["add", "code.txt"]);
        repo.git(&["commit", "-q", "-m", "code"]);
        repo
    }

    /// As `git init` leaves it, with an identity.
    fn unborn(init: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("repo");
        std::fs::create_dir(&dir).unwrap();
        let repo = Self {
            dir,
            _home: Some(home),
        };
        repo.git(&[&["init", "-q", "-b", "main"], init].concat());
        repo.configure();
        repo
    }

    /// What another process made in a directory below this one's.
    fn at(dir: PathBuf) -> Self {
        Self { dir, _home: None }
    }

    fn configure(&self) {
        for (key, value) in [
            ("user.name", "Ada"),
            ("user.email", "ada@example.org"),
            ("commit.gpgsign", "false"),
        ] {
            self.git(&["config", key, value]);
        }
    }

    /// A new file beside the repository's directory.
    fn beside(&self, name: &str) -> PathBuf {
        self.dir.parent().unwrap().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
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
    fn git(&self, args: &[&str]) -> String {
        run(&mut self.command(args), b"").unwrap_or_else(|error| panic!("git {args:?}: {error}"))
    }

    fn git_with(&self, args: &[&str], input: &[u8]) -> String {
        run(&mut self.command(args), input).unwrap_or_else(|error| panic!("git {args:?}: {error}"))
    }

    fn open(&self) -> Store {
        Store::open(&self.dir, None).unwrap()
    }

    /// An initialised store and its tip.
    fn init(&self) -> (Store, CommitId) {
        let store = self.open();
        let init = store.init(CONFIG, TIME).unwrap();
        assert!(init.created);
        (store, init.commit)
    }

    fn fsck(&self) {
        let said = self.git(&["fsck", "--full", "--strict", "--no-dangling"]);
        assert_eq!(said, "", "git fsck");
    }
}

/// What the command printed, or all it said when it failed.
fn run(command: &mut Command, input: &[u8]) -> Result<String, String> {
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
    let output = child
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    let stdout = String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned();
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

fn edit(path: &str, text: &str) -> Edit {
    Edit {
        path: path.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

/// A write as a caller makes it: from the tip of that moment, under the lock.
fn write(store: &Store, edits: &[Edit]) -> Result<Committed, Error> {
    let lock = store.lock()?;
    let base = store.tip()?.expect("initialised");
    store.commit(&lock, base, edits, "task 1: change\n", TIME)
}

fn read(store: &Store, path: &str) -> Option<String> {
    let snapshot = store.snapshot(store.tip().unwrap().unwrap()).unwrap();
    snapshot
        .read(path, LIMIT)
        .unwrap()
        .map(|blob| String::from_utf8(blob.bytes).unwrap())
}

fn names(entries: &[Entry]) -> Vec<String> {
    entries
        .iter()
        .map(|entry| String::from_utf8_lossy(&entry.path).into_owned())
        .collect()
}

/// Every file below `dir` with its content, but for what a write is there to change.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
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

macro_rules! assert_error {
    ($result:expr, $pattern:pat $(if $guard:expr)?) => {
        match $result {
            Err($pattern) $(if $guard)? => {}
            Err(error) => panic!("not this error: {error:?}"),
            Ok(_) => panic!("no error, expected {}", stringify!($pattern)),
        }
    };
}

#[test]
fn the_store_is_shared_between_threads_and_a_snapshot_sent() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<Store>();
    shared::<Error>();
    sent::<git_docket::store::Snapshot>();
}

mod opening {
    use super::*;

    #[test]
    fn from_a_subdirectory_and_a_linked_worktree() {
        let repo = Repo::new();
        let inner = repo.dir.join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        let store = Store::open(&inner, None).unwrap();
        assert_eq!(store.common_dir(), repo.dir.join(".git"));
        assert_eq!(store.work_dir(), Some(repo.dir.as_path()));
        assert_eq!(store.tracking_ref(), DEFAULT_REF);
        assert_eq!(store.tip().unwrap(), None);

        let linked = repo.beside("linked");
        repo.git(&["worktree", "add", "-q", linked.to_str().unwrap()]);
        let store = Store::open(&linked, None).unwrap();
        assert_eq!(store.common_dir(), repo.dir.join(".git"));
        assert_eq!(store.work_dir(), Some(linked.as_path()));
    }

    #[test]
    fn the_ref_comes_from_the_argument_then_the_config() {
        let repo = Repo::unborn(&["--bare"]);
        assert_eq!(repo.open().work_dir(), None);
        repo.open()
            .set_config("docket.ref", "refs/tracking/main")
            .unwrap();
        assert_eq!(repo.git(&["config", "docket.ref"]), "refs/tracking/main");
        assert_eq!(repo.open().tracking_ref(), "refs/tracking/main");
        let named = Store::open(&repo.dir, Some("items")).unwrap();
        assert_eq!(named.tracking_ref(), "refs/heads/items");
        let init = repo.open().init(CONFIG, TIME).unwrap();
        assert!(init.created);
        assert_eq!(
            repo.git(&["rev-parse", "refs/tracking/main"]),
            init.commit.to_string()
        );
    }

    #[test]
    fn a_name_that_is_no_ref_is_named() {
        let repo = Repo::unborn(&[]);
        for bad in [
            ".tracking",
            "a..b",
            "a.lock",
            "",
            "a b",
            "HEAD",
            "-x",
            "refs/worktree/x",
            "x/",
        ] {
            assert_error!(Store::open(&repo.dir, Some(bad)), Error::InvalidRef { name, .. } if name == bad);
        }
    }

    #[test]
    fn no_repository() {
        let dir = tempfile::tempdir().unwrap();
        assert_error!(Store::open(dir.path(), None), Error::NotARepository { dir: named } if named == dir.path());
        assert_error!(
            Store::open(&dir.path().join("absent"), None),
            Error::NotARepository { .. }
        );
    }

    #[test]
    fn a_reftable_repository_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let repo = Repo::at(home.path().join("repo"));
        std::fs::create_dir(&repo.dir).unwrap();
        if let Err(error) = run(
            &mut repo.command(&["init", "-q", "--ref-format=reftable"]),
            b"",
        ) {
            let old =
                error.contains("unknown option") || error.contains("unknown ref storage format");
            assert!(old, "git can make reftables and did not: {error}");
            return;
        }
        assert_error!(Store::open(&repo.dir, None), Error::UnsupportedRefFormat { format } if format == "reftable");
    }

    #[cfg(unix)]
    #[test]
    fn a_repository_of_somebody_else_is_refused() {
        use std::os::unix::fs::{MetadataExt, chown};
        let repo = Repo::new();
        let strange = 54_321;
        if let Err(error) = chown(&repo.dir, Some(strange), None) {
            let me = repo.dir.metadata().unwrap().uid();
            assert_eq!(
                error.kind(),
                std::io::ErrorKind::PermissionDenied,
                "user {me} cannot give a directory away"
            );
            return;
        }
        chown(repo.dir.join(".git"), Some(strange), None).unwrap();
        assert_error!(Store::open(&repo.dir, None), Error::Untrusted { owner: Some(uid), .. } if uid == strange);
    }

    #[test]
    fn a_repository_made_here_is_one() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::create_repository(&home.path().join("new"), None).unwrap();
        let repo = Repo::at(home.path().join("new"));
        assert_eq!(repo.git(&["symbolic-ref", "HEAD"]), "refs/heads/main");
        assert_eq!(store.tip().unwrap(), None);
        assert_error!(store.set_config("nodot", "x"), Error::Command { command, .. } if command.starts_with("config"));
    }

    #[test]
    fn a_ref_that_is_not_a_branch_of_commits_is_named() {
        let repo = Repo::new();
        let store = repo.open();
        repo.git(&["symbolic-ref", DEFAULT_REF, "refs/heads/main"]);
        assert_error!(store.tip(), Error::SymbolicRef { reference, target }
            if reference == DEFAULT_REF && target == "refs/heads/main");
        repo.git(&["symbolic-ref", "-d", DEFAULT_REF]);
        let path = repo.dir.join(".git").join(DEFAULT_REF);
        std::fs::write(&path, "").unwrap();
        assert_error!(store.tip(), Error::BrokenRef { reference, .. } if reference == DEFAULT_REF);
        std::fs::write(&path, repo.git(&["rev-parse", "HEAD^{tree}"]) + "\n").unwrap();
        assert_error!(store.tip(), Error::NotACommit { what, kind } if what == DEFAULT_REF && kind == "tree");
        std::fs::write(&path, "1234567890123456789012345678901234567890\n").unwrap();
        assert_error!(store.tip(), Error::MissingObject { partial: false, .. });
    }

    #[test]
    fn revisions() {
        let repo = Repo::new();
        let (store, tip) = repo.init();
        repo.git(&["tag", "-a", "-m", "tag", "v1"]);
        let head: CommitId = repo.git(&["rev-parse", "HEAD"]).parse().unwrap();
        assert_eq!(store.resolve("v1").unwrap(), head);
        assert_eq!(store.resolve("HEAD").unwrap(), head);
        assert_eq!(store.resolve("tracking").unwrap(), tip);
        assert_eq!(store.resolve(&tip.to_string()).unwrap(), tip);
        assert_eq!(store.resolve(&tip.short()).unwrap(), tip);
        assert_eq!(store.resolve("tracking~1").unwrap().to_string(), FIRST_SHA1);
        assert_error!(store.resolve("nowhere"), Error::UnknownRevision { revision, .. } if revision == "nowhere");
        assert_error!(store.resolve("HEAD^{tree}"), Error::NotACommit { .. });
        assert_error!("12ab".parse::<CommitId>(), Error::InvalidId { .. });
    }

    #[test]
    fn no_identity_is_said_before_anything_is_written() {
        let repo = Repo::new();
        repo.git(&["config", "user.email", " "]);
        let store = repo.open();
        assert_error!(store.init(CONFIG, TIME), Error::MissingIdentity);
        assert!(!repo.dir.join(".git/docket").exists());
        repo.git(&["config", "user.email", " <ada@example.org>"]);
        let who = repo.open().identity().unwrap();
        assert_eq!(
            (who.name.as_str(), who.email.as_str()),
            ("Ada", "ada@example.org")
        );
    }
}
