//! The store against repositories that the real git made, and git against what the store wrote.

#![expect(clippy::disallowed_types, reason = "the fixtures are made with git")]
#![expect(
    clippy::disallowed_methods,
    reason = "a child process is told in its environment what to do"
)]
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the report; the lint knows test functions only"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use git_docket::store::{CommitId, Committed, DEFAULT_REF, Edit, Entry, Error, Mode, Store};

/// The first commit of every SHA-1 repository that was ever initialised. If this changes, clones
/// no longer share a merge base.
const FIRST_SHA1: &str = "668dcc8fabee0bfae7836015e702feb58fbeaae8";

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
        let repo = Self { dir, _home: Some(home) };
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
        repo.open().set_config("docket.ref", "refs/tracking/main").unwrap();
        assert_eq!(repo.git(&["config", "docket.ref"]), "refs/tracking/main");
        assert_eq!(repo.open().tracking_ref(), "refs/tracking/main");
        let named = Store::open(&repo.dir, Some("items")).unwrap();
        assert_eq!(named.tracking_ref(), "refs/heads/items");
        let init = repo.open().init(CONFIG, TIME).unwrap();
        assert!(init.created);
        assert_eq!(repo.git(&["rev-parse", "refs/tracking/main"]), init.commit.to_string());
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
    fn a_broken_config_is_not_the_lack_of_a_repository() {
        let repo = Repo::new();
        std::fs::write(repo.dir.join(".git/config"), "[core\n").unwrap();
        assert_error!(Store::open(&repo.dir, None), Error::Unreadable { dir, .. } if dir == repo.dir);
    }

    #[test]
    fn a_reftable_repository_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let repo = Repo::at(home.path().join("repo"));
        std::fs::create_dir(&repo.dir).unwrap();
        if let Err(error) = run(&mut repo.command(&["init", "-q", "--ref-format=reftable"]), b"") {
            let old = error.contains("unknown option") || error.contains("unknown ref storage format");
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
        assert_eq!((who.name.as_str(), who.email.as_str()), ("Ada", "ada@example.org"));
    }
}

mod initialising {
    use super::*;

    /// The first commit as git makes it.
    fn first_by_git(repo: &Repo) -> String {
        let blob = repo.git_with(&["hash-object", "-w", "--stdin"], b"1\n");
        let inner = repo.git_with(&["mktree"], format!("100644 blob {blob}\tformat\n").as_bytes());
        let root = repo.git_with(&["mktree"], format!("040000 tree {inner}\t.tracking\n").as_bytes());
        let mut command = repo.command(&["commit-tree", &root]);
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "git-docket")
                .env(format!("GIT_{who}_EMAIL"), "git-docket@localhost");
            command.env(format!("GIT_{who}_DATE"), "@0 +0000");
        }
        run(&mut command, b"docket: format 1\n").unwrap()
    }

    fn check(repo: &Repo, store: &Store) {
        let first = store.init(CONFIG, TIME).unwrap();
        assert!(first.created && first.from_remote.is_none());
        let again = store.init(b"other = 1\n", TIME + 9).unwrap();
        assert!(!again.created);
        assert_eq!((again.commit, store.tip().unwrap()), (first.commit, Some(first.commit)));

        assert_eq!(repo.git(&["rev-parse", DEFAULT_REF]), first.commit.to_string());
        assert_eq!(repo.git(&["rev-list", "--count", DEFAULT_REF]), "2");
        assert_eq!(repo.git(&["rev-parse", "tracking~1"]), first_by_git(repo));
        let tree = repo.git(&["ls-tree", "-r", "--name-only", DEFAULT_REF]);
        assert_eq!(tree, ".tracking/config.toml\n.tracking/format");
        let show = |what: &str| repo.git(&["log", "-1", "--date=raw", &format!("--format={what}"), DEFAULT_REF]);
        let ada = format!("Ada <ada@example.org> {TIME} +0000");
        assert_eq!(show("%an <%ae> %ad"), ada);
        assert_eq!(show("%cn <%ce> %cd"), ada);
        assert_eq!(show("%B"), "docket: config");
        assert_eq!(
            store.snapshot(first.commit).unwrap().format().unwrap().as_deref(),
            Some("1")
        );
        assert_eq!(read(store, ".tracking/config.toml").unwrap().as_bytes(), CONFIG);
        assert!(
            repo.git(&["reflog", "show", DEFAULT_REF])
                .contains("commit (initial): docket: config")
        );
        repo.fsck();
    }

    #[test]
    fn in_a_repository_with_commits() {
        let repo = Repo::new();
        check(&repo, &repo.open());
        assert_eq!(repo.git(&["rev-parse", "tracking~1"]), FIRST_SHA1);
        assert_eq!(repo.git(&["status", "--porcelain"]), "");
    }

    #[test]
    fn in_a_repository_without_commits() {
        let repo = Repo::unborn(&[]);
        check(&repo, &repo.open());
        assert_eq!(repo.git(&["rev-parse", "tracking~1"]), FIRST_SHA1);
    }

    #[test]
    fn in_a_bare_repository_whose_head_is_the_ref() {
        let repo = Repo::unborn(&["--bare", "-b", "tracking"]);
        check(&repo, &repo.open());
    }

    #[test]
    fn in_a_linked_worktree() {
        let repo = Repo::new();
        let linked = repo.beside("linked");
        repo.git(&["worktree", "add", "-q", linked.to_str().unwrap()]);
        check(&repo, &Store::open(&linked, None).unwrap());
        assert!(repo.dir.join(".git/docket/write.lock").is_file());
    }

    #[test]
    fn in_a_sha256_repository() {
        let repo = Repo::unborn(&["--object-format=sha256"]);
        check(&repo, &repo.open());
        let tip = repo.open().tip().unwrap().unwrap().to_string();
        assert_eq!(tip.len(), 64);
        assert_eq!(tip.parse::<CommitId>().unwrap().to_string(), tip);
    }

    #[test]
    fn a_branch_of_something_else_is_left_alone() {
        let repo = Repo::new();
        repo.git(&["branch", "tracking"]);
        let head = repo.git(&["rev-parse", "HEAD"]);
        assert_error!(repo.open().init(CONFIG, TIME), Error::UnrelatedBranch { reference, commit }
            if reference == DEFAULT_REF && commit.to_string() == head);
        assert_eq!(repo.git(&["rev-parse", "tracking"]), head);
    }

    #[test]
    fn names_that_exclude_each_other_are_named() {
        let repo = Repo::new();
        repo.git(&["branch", "tracking/x"]);
        for _packed in [false, true] {
            assert_error!(repo.open().init(CONFIG, TIME), Error::RefClash { reference, other }
                if reference == DEFAULT_REF && other == "refs/heads/tracking/x");
            let inside = Store::open(&repo.dir, Some("main/items")).unwrap();
            assert_error!(inside.init(CONFIG, TIME), Error::RefClash { other, .. } if other == "refs/heads/main");
            repo.git(&["pack-refs", "--all"]);
        }
        assert!(!repo.dir.join(".git/docket").exists());
    }

    #[test]
    fn a_fresh_clone_starts_from_the_remote() {
        let origin = Repo::new();
        let (_, tip) = origin.init();
        let clone = Repo::at(origin.beside("clone"));
        origin.git(&["clone", "-q", origin.dir.to_str().unwrap(), clone.dir.to_str().unwrap()]);
        let store = clone.open();
        assert_eq!(store.tip().unwrap(), None);
        let remote = store.remote_tip().unwrap().unwrap();
        assert_eq!((remote.name.as_str(), remote.commit), ("origin/tracking", tip));

        let started = store.start_from_remote(TIME).unwrap().unwrap();
        assert_eq!((started.remote_ref.as_str(), started.commit), ("origin/tracking", tip));
        assert_eq!(store.tip().unwrap(), Some(tip));
        assert_eq!(store.start_from_remote(TIME).unwrap(), None, "a second time");
        assert!(
            clone
                .git(&["reflog", "show", DEFAULT_REF])
                .contains("branch: Created from origin/tracking")
        );

        clone.git(&["update-ref", "-d", DEFAULT_REF]);
        let init = clone.open().init(b"other = 1\n", TIME).unwrap();
        assert!(!init.created);
        assert_eq!((init.commit, init.from_remote), (tip, Some(started)));
        assert_eq!(clone.git(&["branch", "--show-current"]), "main");
    }

    #[test]
    fn the_only_remote_counts_and_one_of_several_does_not() {
        let origin = Repo::new();
        origin.init();
        let clone = Repo::at(origin.beside("clone"));
        origin.git(&[
            "clone",
            "-q",
            "-o",
            "up",
            origin.dir.to_str().unwrap(),
            clone.dir.to_str().unwrap(),
        ]);
        assert_eq!(clone.open().remote_tip().unwrap().unwrap().name, "up/tracking");
        clone.git(&["remote", "add", "fork", "/nowhere"]);
        assert_eq!(clone.open().remote_tip().unwrap(), None);
    }

    #[test]
    fn an_unrelated_remote_branch_is_not_started_from() {
        let origin = Repo::new();
        origin.git(&["branch", "tracking"]);
        let clone = Repo::at(origin.beside("clone"));
        origin.git(&["clone", "-q", origin.dir.to_str().unwrap(), clone.dir.to_str().unwrap()]);
        assert_error!(clone.open().init(CONFIG, TIME), Error::UnrelatedBranch { reference, .. }
            if reference == "origin/tracking");
        assert_eq!(clone.open().tip().unwrap(), None);
    }
}

mod committing {
    use super::*;

    #[test]
    fn one_file_changes_that_file_and_nothing_of_the_users() {
        let repo = Repo::new();
        std::fs::write(repo.dir.join("code.txt"), "edited\n").unwrap();
        std::fs::write(repo.dir.join("new.txt"), "staged\n").unwrap();
        repo.git(&["add", "new.txt"]);
        let (store, base) = repo.init();
        let before = files(&repo.dir);
        let written = write(&store, &[edit(".tracking/work-items/3f/a.md", "text")]).unwrap();
        assert_eq!(files(&repo.dir), before);
        assert!(!written.packed);
        assert_eq!(written.objects, 6, "a blob, four trees, a commit");
        assert_eq!(store.tip().unwrap(), Some(written.commit));
        assert_eq!(repo.git(&["rev-parse", "tracking^"]), base.to_string());
        let changed = repo.git(&["diff", "--name-status", "tracking^", "tracking"]);
        assert_eq!(changed, "A\t.tracking/work-items/3f/a.md");
        assert_eq!(
            repo.git(&["cat-file", "blob", "tracking:.tracking/work-items/3f/a.md"]),
            "text"
        );
        let reflog = repo.git(&[
            "reflog",
            "show",
            "--date=raw",
            "--format=%gn <%ge> %gd %gs",
            DEFAULT_REF,
        ]);
        assert_eq!(
            reflog.lines().next(),
            Some(format!("Ada <ada@example.org> tracking@{{{TIME} +0000}} commit: task 1: change").as_str()),
        );
        repo.fsck();
        no_leftovers(&repo.dir.join(".git/objects"));
    }

    #[test]
    fn thousands_of_files_are_one_pack() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        let before = files(&repo.dir);
        let edits: Vec<_> = (0..3000)
            .map(|n| {
                edit(
                    &format!(".tracking/work-items/{:02x}/{n:08x}.md", n % 256),
                    &format!("record {n}\n").repeat(9),
                )
            })
            .collect();
        let written = write(&store, &edits).unwrap();
        assert_eq!(files(&repo.dir), before);
        assert!(written.packed);
        let objects = repo.dir.join(".git/objects");
        let packs: Vec<_> = std::fs::read_dir(objects.join("pack"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(packs.len(), 2, "a pack and its index: {packs:?}");
        let index = packs
            .iter()
            .find(|path| path.extension().is_some_and(|kind| kind == "idx"))
            .unwrap();
        let verified = repo.git(&["verify-pack", "-s", index.to_str().unwrap()]);
        assert_eq!(verified, format!("non delta: {} objects", written.objects));
        repo.fsck();
        no_leftovers(&objects);

        let snapshot = store.snapshot(written.commit).unwrap();
        let entries = snapshot.entries(".tracking/work-items").unwrap();
        assert_eq!(entries.len(), 3000);
        let texts = snapshot.read_all(&entries, LIMIT, |at, bytes| {
            (at, String::from_utf8(bytes.unwrap()).unwrap())
        });
        for (at, (said, text)) in texts.iter().enumerate() {
            let path = String::from_utf8_lossy(&entries[at].path).into_owned();
            let wanted = edits.iter().find(|edit| edit.path == path).unwrap();
            assert_eq!((*said, text.as_bytes()), (at, wanted.bytes.as_slice()), "{path}");
        }
        repo.git(&["gc", "-q"]);
        assert_eq!(
            store
                .snapshot(written.commit)
                .unwrap()
                .entries(".tracking")
                .unwrap()
                .len(),
            3002
        );
        write(&store, &edits[..1]).unwrap();
        repo.fsck();
    }

    /// Nothing of a write is left beside what git knows.
    fn no_leftovers(objects: &Path) {
        for dir in [objects.to_owned(), objects.join("pack")] {
            for entry in std::fs::read_dir(dir).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                assert!(!name.contains("tmp") && !name.ends_with(".keep"), "{name} was left");
            }
        }
    }

    #[test]
    fn sha256_takes_a_file_and_a_pack() {
        let repo = Repo::unborn(&["--object-format=sha256"]);
        let (store, _) = repo.init();
        write(&store, &[edit(".tracking/a.md", "a")]).unwrap();
        let many: Vec<_> = (0..100)
            .map(|n| edit(&format!(".tracking/x/{n}.md"), &n.to_string()))
            .collect();
        assert!(write(&store, &many).unwrap().packed);
        assert_eq!(read(&store, ".tracking/x/42.md").as_deref(), Some("42"));
        repo.fsck();
    }

    #[test]
    fn speed_over_durability_writes_the_same() {
        let repo = Repo::new();
        repo.git(&["config", "docket.durability", "fast"]);
        let (store, _) = repo.init();
        write(&store, &[edit(".tracking/a.md", "a")]).unwrap();
        assert_eq!(read(&store, ".tracking/a.md").as_deref(), Some("a"));
        repo.fsck();
    }

    #[test]
    fn a_ref_that_somebody_moved_is_not_overwritten() {
        let repo = Repo::new();
        let (store, base) = repo.init();
        let lock = store.lock().unwrap();
        let first = FIRST_SHA1.parse::<CommitId>().unwrap();
        repo.git(&["update-ref", DEFAULT_REF, FIRST_SHA1]);
        let edits = [edit(".tracking/a.md", "a")];
        assert_error!(store.commit(&lock, base, &edits, "x", TIME), Error::TipMoved { expected, actual }
            if expected == Some(base) && actual == Some(first));
        assert_eq!(store.tip().unwrap(), Some(first));
        repo.git(&["update-ref", "-d", DEFAULT_REF]);
        assert_error!(
            store.commit(&lock, base, &edits, "x", TIME),
            Error::TipMoved { actual: None, .. }
        );
        assert_eq!(store.tip().unwrap(), None, "a write does not bring a deleted ref back");
    }

    /// The ref moves after it was looked at: the signing program is when somebody else's git runs.
    #[cfg(unix)]
    #[test]
    fn a_ref_that_moves_during_the_write_is_not_overwritten() {
        let repo = Repo::new();
        let (_, base) = repo.init();
        let moves = [
            ("update-ref refs/heads/tracking tracking~1", Some(FIRST_SHA1)),
            ("update-ref -d refs/heads/tracking", None),
        ];
        for (git, after) in moves {
            signer(&repo, &format!("git -C {} {git}\n{FAKE_SIGNATURE}", repo.dir.display()));
            let result = write(&repo.open(), &[edit(".tracking/a.md", "a")]);
            let after = after.map(|id| id.parse().unwrap());
            assert_error!(result, Error::TipMoved { expected, actual } if expected == Some(base) && actual == after);
            assert_eq!(repo.open().tip().unwrap(), after);
            repo.git(&["update-ref", DEFAULT_REF, &base.to_string()]);
        }
    }

    #[test]
    fn a_lock_of_git_is_said_to_be_one() {
        let repo = Repo::new();
        let (store, base) = repo.init();
        let held = repo.dir.join(".git/refs/heads/tracking.lock");
        std::fs::write(&held, "").unwrap();
        assert_error!(write(&store, &[edit(".tracking/a.md", "a")]), Error::RefLocked { reference, .. }
            if reference == DEFAULT_REF);
        assert!(held.exists(), "somebody else's lock file stays");
        assert_eq!(store.tip().unwrap(), Some(base));
        std::fs::remove_file(held).unwrap();
        write(&store, &[edit(".tracking/a.md", "a")]).unwrap();
    }

    #[test]
    fn after_the_refs_were_packed() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        for n in 0..3 {
            repo.git(&["pack-refs", "--all"]);
            write(&store, &[edit(".tracking/a.md", &n.to_string())]).unwrap();
        }
        assert_eq!(repo.git(&["rev-list", "--count", "tracking"]), "5");
    }

    #[test]
    fn a_bare_repository_has_a_reflog() {
        let repo = Repo::unborn(&["--bare"]);
        let (store, _) = repo.init();
        write(&store, &[edit(".tracking/a.md", "a")]).unwrap();
        let log = std::fs::read_to_string(repo.dir.join("logs").join(DEFAULT_REF)).unwrap();
        assert_eq!(log.lines().count(), 2, "{log}");
    }

    #[test]
    fn a_checked_out_branch_is_refused() {
        let repo = Repo::new();
        let (store, base) = repo.init();
        let linked = repo.beside("linked");
        repo.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "tracking"]);
        let edits = [edit(".tracking/a.md", "a")];
        assert_error!(write(&store, &edits), Error::CheckedOut { reference, worktree }
            if reference == DEFAULT_REF && worktree == linked);
        let inside = Store::open(&linked, None).unwrap();
        assert_error!(write(&inside, &edits), Error::CheckedOut { worktree, .. } if worktree == linked);
        repo.git(&["worktree", "remove", linked.to_str().unwrap()]);
        repo.git(&["checkout", "-q", "tracking"]);
        assert_error!(write(&store, &edits), Error::CheckedOut { worktree, .. } if worktree == repo.dir);
        assert_eq!(store.tip().unwrap(), Some(base));
        repo.git(&["checkout", "-q", "main"]);
        write(&store, &edits).unwrap();

        let unborn = Repo::unborn(&["-b", "tracking"]);
        assert_error!(unborn.open().init(CONFIG, TIME), Error::CheckedOut { .. });
        unborn.git(&["remote", "add", "origin", repo.dir.to_str().unwrap()]);
        unborn.git(&["fetch", "-q", "origin"]);
        assert_error!(unborn.open().init(CONFIG, TIME), Error::CheckedOut { .. });
        assert_error!(unborn.open().start_from_remote(TIME), Error::CheckedOut { .. });
        assert_eq!(unborn.open().tip().unwrap(), None);
    }

    #[test]
    fn paths_and_messages_that_may_not_be_written() {
        let repo = Repo::new();
        let (store, base) = repo.init();
        for bad in [
            "code.txt",
            ".tracking",
            ".tracking/",
            ".tracking/../x",
            ".tracking/a//b",
            ".tracking/./a",
            ".tracking/.git/config",
            ".tracking/.GIT/x",
            ".tracking/.gitmodules",
            ".tracking/git~1/x",
            ".tracking/a\nb",
            ".tracking/a\\b",
            ".tracking/a:b",
            "/.tracking/a",
            ".tracking/a/",
        ] {
            assert_error!(write(&store, &[edit(bad, "")]), Error::InvalidPath { path, .. } if path == bad);
        }
        let twice = [edit(".tracking/a", "1"), edit(".tracking/a", "2")];
        assert_error!(write(&store, &twice), Error::InvalidPath { .. });
        let nested = [edit(".tracking/a", "1"), edit(".tracking/a/b", "2")];
        assert_error!(write(&store, &nested), Error::InvalidPath { path, .. } if path == ".tracking/a/b");
        let lock = store.lock().unwrap();
        for message in ["", " \n", "a\0b"] {
            assert_error!(store.commit(&lock, base, &[], message, TIME), Error::InvalidMessage);
        }
        assert_eq!(store.tip().unwrap(), Some(base));
    }

    #[test]
    fn what_is_in_the_way_is_not_lost_and_the_rest_is_carried() {
        let repo = Repo::new();
        let (store, tip) = repo.init();
        plant(&repo, "tracking", STRANGE);
        assert_ne!(store.tip().unwrap(), Some(tip));
        let clash = |path: &str| write(&store, &[edit(path, "x")]);
        assert_error!(clash(".tracking/config.toml/x"), Error::PathClash { other, found: Mode::File, .. }
            if other == ".tracking/config.toml");
        assert_error!(
            clash(".tracking/dir"),
            Error::PathClash {
                found: Mode::Directory,
                ..
            }
        );
        assert_error!(
            clash(".tracking/link"),
            Error::PathClash {
                found: Mode::Symlink,
                ..
            }
        );
        assert_error!(
            clash(".tracking/sub/x"),
            Error::PathClash {
                found: Mode::Submodule,
                ..
            }
        );
        let list = || repo.git(&["ls-tree", "-r", "tracking"]);
        let before = list();
        write(&store, &[edit(".tracking/new.md", "x"), edit(".tracking/tool", "x")]).unwrap();
        assert!(list().contains("100755"), "an executable stays one");
        let kept = |line: &&str| !line.ends_with("\t.tracking/new.md") && !line.ends_with("\t.tracking/tool");
        assert_eq!(
            list().lines().filter(kept).collect::<Vec<_>>(),
            before.lines().filter(kept).collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_empty_change_is_a_commit_with_the_same_tree() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        assert_eq!(write(&store, &[]).unwrap().objects, 1);
        assert_eq!(repo.git(&["diff", "tracking^", "tracking"]), "");
        repo.fsck();
    }

    #[test]
    fn the_lock_is_exclusive_and_stays_a_file() {
        let repo = Repo::new();
        let (store, base) = repo.init();
        let path = repo.dir.join(".git/docket/write.lock");
        let held = store.lock().unwrap();
        assert_error!(repo.open().lock_within(Duration::ZERO, || {}), Error::Busy { path: named, .. } if named == path);
        drop(held);
        assert!(path.exists());
        let other = Repo::new();
        let foreign = other.open().lock().unwrap();
        assert_error!(store.commit(&foreign, base, &[], "x", TIME), Error::ForeignLock { .. });
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path.parent().unwrap(), "").unwrap();
        assert_error!(store.lock(), Error::NotWritable { path: named, .. } if named == path.parent().unwrap());
    }

    #[test]
    fn who_gave_up_waiting_for_the_lock_does_not_hold_it() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        let held = store.lock().unwrap();
        let told = std::cell::Cell::new(0);
        let patience = Duration::from_millis(1100);
        let outcome = repo.open().lock_within(patience, || told.set(told.get() + 1));
        assert_error!(outcome, Error::Busy { waited, .. } if waited >= patience);
        assert_eq!(told.get(), 1);
        drop(held);
        // The one that waited gets it now and lets it go at once; nobody else waits long for that.
        drop(store.lock_within(Duration::from_secs(5), || {}).unwrap());
        std::thread::sleep(Duration::from_millis(100));
        drop(store.lock_within(Duration::ZERO, || {}).unwrap());
    }

    #[test]
    fn git_prune_clears_objects_on_their_way() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        let objects = std::fs::canonicalize(repo.dir.join(".git/objects")).unwrap();
        let (file, dir) = (
            objects.join("tmp_obj_docket-a1B2c3"),
            objects.join("tmp_objdir-docket-a1B2c3"),
        );
        std::fs::write(&file, "half").unwrap();
        std::fs::create_dir(&dir).unwrap();
        let mut left: Vec<_> = store.leftovers().unwrap().into_iter().map(|(path, _)| path).collect();
        left.sort();
        let left: Vec<_> = left.iter().map(|path| path.file_name()).collect();
        assert_eq!(left, [file.file_name(), dir.file_name()]);
        repo.fsck();
        repo.git(&["prune", "--expire=now"]);
        assert!(!file.exists() && !dir.exists());
        assert_eq!(store.leftovers().unwrap(), []);
        no_leftovers(&objects);
    }

    /// The blob, each tree and the commit, as a power cut leaves those of careless writers.
    #[test]
    fn an_empty_object_of_the_same_name_is_replaced() {
        let repo = Repo::new();
        let (store, base) = repo.init();
        let edits = [edit(".tracking/work-items/3f/a.md", "text")];
        let written = write(&store, &edits).unwrap();
        let spec = |path: &str| repo.git(&["rev-parse", &format!("{}{path}", written.commit)]);
        let paths = [
            "",
            ":",
            ":.tracking",
            ":.tracking/work-items",
            ":.tracking/work-items/3f",
            ":.tracking/work-items/3f/a.md",
        ];
        let ids = paths.map(spec);
        for torn in ids.chunks(1).chain([ids.as_slice()]) {
            for id in torn {
                let path = repo.dir.join(".git/objects").join(&id[..2]).join(&id[2..]);
                std::fs::remove_file(&path).unwrap();
                std::fs::write(&path, "").unwrap();
            }
            // The ref goes back without git, which would look at what it named.
            std::fs::write(repo.dir.join(".git/refs/heads/tracking"), format!("{base}\n")).unwrap();
            assert_eq!(write(&repo.open(), &edits).unwrap().commit, written.commit);
            repo.fsck();
        }
        no_leftovers(&repo.dir.join(".git/objects"));
    }

    #[cfg(unix)]
    #[test]
    fn objects_are_read_only() {
        use std::os::unix::fs::PermissionsExt;
        let repo = Repo::new();
        repo.init();
        let id = repo.git(&["rev-parse", "tracking"]);
        let path = repo.dir.join(".git/objects").join(&id[..2]).join(&id[2..]);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o333, 0);
    }

    #[test]
    fn objects_that_cannot_be_written_move_nothing() {
        let repo = Repo::new();
        let (store, base) = repo.init();
        let objects = repo.dir.join(".git/objects");
        // A file where a fan-out directory belongs stops everybody, root too.
        for n in 0..256 {
            let dir = objects.join(format!("{n:02x}"));
            if !dir.exists() {
                std::fs::write(dir, "").unwrap();
            }
        }
        let edits: Vec<_> = (0..20)
            .map(|n| edit(&format!(".tracking/{n}.md"), &n.to_string()))
            .collect();
        assert_error!(write(&store, &edits), Error::NotWritable { .. });
        assert_eq!(store.tip().unwrap(), Some(base));
        no_leftovers(&objects);
    }
}

/// Bourne shell that does what git expects of a successful gpg.
const FAKE_SIGNATURE: &str = "cat >/dev/null\nprintf '\\n[GNUPG:] SIG_CREATED D\\n' >&2\n\
    printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nfake\\n-----END PGP SIGNATURE-----\\n'\n";

/// Makes a shell script the repository's signing program.
#[cfg(unix)]
fn signer(repo: &Repo, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = repo.beside("signer");
    std::fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    repo.git(&["config", "commit.gpgsign", "true"]);
    repo.git(&["config", "gpg.program", path.to_str().unwrap()]);
}

/// Entries of `.tracking` that no write of ours makes.
const STRANGE: &[(&str, &str)] = &[
    ("100755", "tool"),
    ("120000", "link"),
    ("160000", "sub"),
    ("100644", "dir/inner.md"),
];

/// Adds a commit with these entries in `.tracking` to a branch, with git and an index of its own.
fn plant(repo: &Repo, branch: &str, entries: &[(&str, &str)]) {
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

#[cfg(unix)]
mod signing {
    use super::*;

    #[test]
    fn with_an_ssh_key() {
        let repo = Repo::new();
        let key = repo.beside("key");
        let keygen = ["-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f"];
        if let Err(error) = run(Command::new("ssh-keygen").args(keygen).arg(&key), b"") {
            assert!(
                error.contains("No such file"),
                "ssh-keygen is there and made no key: {error}"
            );
            return;
        }
        let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
        let allowed = repo.beside("allowed");
        std::fs::write(&allowed, format!("ada@example.org {public}")).unwrap();
        for (name, value) in [
            ("gpg.format", "ssh"),
            ("user.signingkey", key.to_str().unwrap()),
            ("commit.gpgsign", "true"),
            ("gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()),
        ] {
            repo.git(&["config", name, value]);
        }
        let (store, _) = repo.init();
        write(&store, &[edit(".tracking/a.md", "a")]).unwrap();
        repo.git(&["verify-commit", "tracking"]);
        repo.git(&["verify-commit", "tracking~1"]);
        assert_eq!(
            repo.git(&["rev-parse", "tracking~2"]),
            FIRST_SHA1,
            "the first commit is never signed"
        );
        repo.fsck();
    }

    #[test]
    fn with_a_program_that_works() {
        let repo = Repo::new();
        signer(&repo, FAKE_SIGNATURE);
        let (store, _) = repo.init();
        write(&store, &[edit(".tracking/a.md", "a")]).unwrap();
        assert!(
            repo.git(&["cat-file", "commit", "tracking"])
                .contains("gpgsig -----BEGIN PGP SIGNATURE-----")
        );
        repo.fsck();
    }

    #[test]
    fn a_program_that_fails_is_quoted_and_nothing_moves() {
        let repo = Repo::new();
        let (_, base) = repo.init();
        signer(&repo, "cat >/dev/null; echo 'no secret key' >&2; exit 2\n");
        let result = write(&repo.open(), &[edit(".tracking/a.md", "a")]);
        assert_error!(result, Error::Signing { message, .. } if message == "no secret key");
        repo.git(&["config", "gpg.program", "/nowhere/gpg"]);
        assert_error!(
            write(&repo.open(), &[edit(".tracking/a.md", "a")]),
            Error::Signing { .. }
        );
        assert_eq!(repo.open().tip().unwrap(), Some(base));
        assert_eq!(
            repo.git(&["fsck", "--full", "--strict"]),
            "",
            "not even objects were written"
        );
    }
}

mod reading {
    use super::*;

    #[test]
    fn files_and_what_is_none() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        plant(&repo, "tracking", STRANGE);
        let snapshot = store.snapshot(store.tip().unwrap().unwrap()).unwrap();
        assert_eq!(snapshot.time(), 1_700_000_000);
        let found = |path: &str| snapshot.read(path, LIMIT).unwrap().map(|blob| blob.bytes);
        assert_eq!(found(".tracking/tool").as_deref(), Some(b"content".as_slice()));
        assert_eq!(found(".tracking/dir/inner.md").as_deref(), Some(b"content".as_slice()));
        for none in [
            ".tracking/link",
            ".tracking/sub",
            ".tracking/dir",
            ".tracking/absent",
            ".tracking/tool/x",
            "",
            "/",
        ] {
            assert_eq!(found(none), None, "{none:?}");
        }
        let all = snapshot.entries("").unwrap();
        let listed: Vec<_> = all
            .iter()
            .map(|entry| (entry.mode, String::from_utf8_lossy(&entry.path)))
            .collect();
        let wanted = [
            (Mode::File, ".tracking/config.toml"),
            (Mode::File, ".tracking/dir/inner.md"),
            (Mode::File, ".tracking/format"),
            (Mode::Symlink, ".tracking/link"),
            (Mode::Submodule, ".tracking/sub"),
            (Mode::Executable, ".tracking/tool"),
        ];
        assert_eq!(listed, wanted.map(|(mode, path)| (mode, path.into())));
        assert_eq!(
            names(&snapshot.entries(".tracking/dir/").unwrap()),
            [".tracking/dir/inner.md"]
        );
        assert_eq!(snapshot.entries(".tracking/absent").unwrap(), []);
        assert_eq!(snapshot.entries(".tracking/format").unwrap(), []);
        assert_eq!(
            snapshot.entry(".tracking/sub").unwrap().unwrap().blob.to_string(),
            FIRST_SHA1
        );
    }

    #[test]
    fn a_blob_over_the_limit_is_refused_by_its_header() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        let large = "x".repeat(5000);
        write(
            &store,
            &[edit(".tracking/large.md", &large), edit(".tracking/small.md", "s")],
        )
        .unwrap();
        let id = repo.git(&["rev-parse", "tracking:.tracking/large.md"]);
        // The header stays; what follows it can no longer be inflated.
        let path = repo.dir.join(".git/objects").join(&id[..2]).join(&id[2..]);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.truncate(bytes.len() - 6);
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let snapshot = store.snapshot(store.tip().unwrap().unwrap()).unwrap();
        assert_error!(snapshot.read(".tracking/large.md", 4999), Error::TooLarge { id: named, size: 5000, limit: 4999 }
            if named == id);
        assert_error!(snapshot.read(".tracking/large.md", 5000), Error::Corrupt { id: named, .. } if named == id);
        let entries = snapshot.entries(".tracking").unwrap();
        let good = snapshot.read_all(&entries, LIMIT, |_, bytes| bytes.is_ok());
        assert_eq!(
            good,
            [true, true, false, true],
            "one bad blob hides nothing: {:?}",
            names(&entries)
        );
    }

    #[test]
    fn hostile_trees_are_listed_as_they_are() {
        let repo = Repo::new();
        let blob = repo.git_with(&["hash-object", "-w", "--stdin"], b"content");
        let raw = |entries: &[(&str, &[u8], &str)]| {
            let mut tree = Vec::new();
            for (mode, name, id) in entries {
                tree.extend_from_slice(mode.as_bytes());
                tree.push(b' ');
                tree.extend_from_slice(name);
                tree.push(0);
                tree.extend((0..20).map(|n| u8::from_str_radix(&id[2 * n..2 * n + 2], 16).unwrap()));
            }
            repo.git_with(&["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], &tree)
        };
        let inner = raw(&[
            ("100644", b"..", &blob),
            ("100644", b".git", &blob),
            ("100644", b"\xff\n", &blob),
        ]);
        let root = raw(&[
            ("40000", b"..", &inner),
            ("100644", b"b", &blob),
            ("100644", b"a", &blob),
            ("100644", b"a", &inner),
        ]);
        let commit: CommitId = repo.git(&["commit-tree", "-m", "hostile", &root]).parse().unwrap();
        let snapshot = repo.open().snapshot(commit).unwrap();
        let paths: Vec<_> = snapshot
            .entries("")
            .unwrap()
            .into_iter()
            .map(|entry| entry.path)
            .collect();
        assert_eq!(paths, [b"../..".as_slice(), b"../.git", b"../\xff\n", b"b", b"a", b"a"]);
        assert_eq!(
            snapshot.read("a", LIMIT).unwrap().unwrap().bytes,
            b"content",
            "the first of a name"
        );

        let mut deep = inner;
        for _ in 0..80 {
            deep = raw(&[("40000", b"d", &deep)]);
        }
        let commit: CommitId = repo.git(&["commit-tree", "-m", "deep", &deep]).parse().unwrap();
        let entries = repo.open().snapshot(commit).unwrap().entries("").unwrap();
        assert_eq!(
            entries.iter().map(|entry| entry.mode).collect::<Vec<_>>(),
            [Mode::Directory]
        );
        assert_eq!(repo.open().history(commit).unwrap().iter().count(), 0);
    }

    #[test]
    fn what_a_partial_clone_lacks_is_said() {
        let origin = Repo::new();
        let (store, _) = origin.init();
        write(&store, &[edit(".tracking/a.md", "a")]).unwrap();
        origin.git(&["config", "uploadpack.allowFilter", "true"]);
        let clone = Repo::at(origin.beside("clone"));
        let url = format!("file://{}", origin.dir.display());
        origin.git(&["clone", "-q", "--filter=blob:none", &url, clone.dir.to_str().unwrap()]);
        let store = clone.open();
        let tip = store.start_from_remote(TIME).unwrap().unwrap().commit;
        let snapshot = store.snapshot(tip).unwrap();
        assert_eq!(snapshot.entries(".tracking").unwrap().len(), 3);
        assert_error!(
            snapshot.read(".tracking/a.md", LIMIT),
            Error::MissingObject { partial: true, .. }
        );
        assert_error!(
            origin.open().snapshot("1".repeat(40).parse().unwrap()),
            Error::MissingObject { partial: false, .. }
        );
    }
}

mod histories {
    use super::*;

    const A: &str = ".tracking/work-items/3f/a.md";
    const B: &str = ".tracking/work-items/7c/b.md";

    fn version(store: &Store, path: &str) -> Option<u64> {
        let history = store.history(store.tip().unwrap().unwrap()).unwrap();
        history.get(path.as_bytes()).map(|path| path.version)
    }

    #[test]
    fn of_a_straight_line() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        write(&store, &[edit(A, "1"), edit(B, "1")]).unwrap();
        write(&store, &[edit(A, "2")]).unwrap();
        write(&store, &[]).unwrap();
        let lock = store.lock().unwrap();
        let message = "task 3f: x\n\nWhy.\n\nDocket-Op: edit\nDocket-Client: claude\n";
        let last = store
            .commit(
                &lock,
                store.tip().unwrap().unwrap(),
                &[edit(A, "1")],
                message,
                TIME + 60,
            )
            .unwrap();
        drop(lock);
        let tip = write(&store, &[edit(B, "1")]).unwrap();
        let history = store.history(tip.commit).unwrap();
        assert!(history.complete);
        let a = history.get(A.as_bytes()).unwrap();
        assert_eq!(a.version, 3, "a value that comes back is a change too");
        assert_eq!((a.last.commit, a.last.time), (last.commit, TIME + 60));
        assert_eq!(
            (a.last.author.as_str(), a.last.client.as_deref()),
            ("Ada", Some("claude"))
        );
        let b = history.get(B.as_bytes()).unwrap();
        assert_eq!(
            (b.version, b.last.client.as_deref()),
            (1, None),
            "the same bytes again are no change"
        );
        assert_eq!(history.get(b".tracking/format").unwrap().version, 1);
        assert_eq!(history.get(b".tracking/work-items"), None);
        let mut paths: Vec<_> = history
            .iter()
            .map(|(path, _)| String::from_utf8_lossy(path).into_owned())
            .collect();
        paths.sort();
        assert_eq!(paths, [".tracking/config.toml", ".tracking/format", A, B]);
    }

    /// Two sides from one base, and a merge of both that holds `merged`.
    fn merge(repo: &Repo, store: &Store, merged: &[(&str, &str)]) -> CommitId {
        write(store, &[edit(A, "base"), edit(B, "base")]).unwrap();
        let base = repo.git(&["rev-parse", "tracking"]);
        write(store, &[edit(A, "left")]).unwrap();
        let left = write(store, &[edit(A, "left again")]).unwrap().commit.to_string();
        repo.git(&["update-ref", DEFAULT_REF, &base]);
        let right = write(store, &[edit(A, "right"), edit(B, "right")])
            .unwrap()
            .commit
            .to_string();
        let edits: Vec<_> = merged.iter().map(|(path, text)| edit(path, text)).collect();
        let result = write(store, &edits).unwrap().commit.to_string();
        let merge = repo.git(&[
            "commit-tree",
            "-p",
            &left,
            "-p",
            &right,
            "-m",
            "merge",
            &format!("{result}^{{tree}}"),
        ]);
        repo.git(&["update-ref", DEFAULT_REF, &merge]);
        merge.parse().unwrap()
    }

    #[test]
    fn a_merge_that_takes_one_side_is_no_change() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        merge(&repo, &store, &[(A, "left again"), (B, "right")]);
        assert_eq!(
            version(&store, A),
            Some(4),
            "the base, two on the left, one on the right"
        );
        assert_eq!(version(&store, B), Some(2));
    }

    #[test]
    fn a_merge_that_makes_something_new_is_a_change() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        let merge = merge(&repo, &store, &[(A, "both")]);
        assert_eq!(version(&store, A), Some(5));
        assert_eq!(version(&store, B), Some(2));
        let history = store.history(merge).unwrap();
        assert_eq!(history.get(A.as_bytes()).unwrap().last.commit, merge);
    }

    #[test]
    fn of_roots_that_were_joined() {
        let repo = Repo::new();
        let (store, tip) = repo.init();
        let tree = repo.git(&["rev-parse", "tracking^{tree}"]);
        let other = repo.git(&["commit-tree", "-m", "another root", &tree]);
        let merge = repo.git(&[
            "commit-tree",
            "-p",
            &tip.to_string(),
            "-p",
            &other,
            "-m",
            "joined",
            &tree,
        ]);
        repo.git(&["update-ref", DEFAULT_REF, &merge]);
        assert_eq!(version(&store, ".tracking/format"), Some(2), "each root made it");
    }

    #[test]
    fn a_file_that_went_away_and_one_that_became_a_directory() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        write(&store, &[edit(A, "1")]).unwrap();
        let with = repo.git(&["rev-parse", "tracking^{tree}"]);
        let without = repo.git(&["rev-parse", "tracking~1^{tree}"]);
        for tree in [&without, &with] {
            let commit = repo.git(&["commit-tree", "-p", "tracking", "-m", "x", tree]);
            repo.git(&["update-ref", DEFAULT_REF, &commit]);
        }
        assert_eq!(version(&store, A), Some(3));
        repo.git(&["update-ref", DEFAULT_REF, "tracking~2"]);
        let blob = repo.git_with(&["hash-object", "-w", "--stdin"], b"x");
        let index = repo.beside("index");
        let git = |args: &[&str]| run(repo.command(args).env("GIT_INDEX_FILE", &index), b"").unwrap();
        git(&["read-tree", "tracking"]);
        git(&["rm", "-q", "--cached", A]);
        git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{A}/x")]);
        let commit = repo.git(&["commit-tree", "-p", "tracking", "-m", "x", &git(&["write-tree"])]);
        repo.git(&["update-ref", DEFAULT_REF, &commit]);
        assert_eq!(version(&store, A), Some(2), "there is no file any more");
        assert_eq!(version(&store, &format!("{A}/x")), Some(1));
    }

    #[test]
    fn a_shallow_clone_says_so() {
        let origin = Repo::new();
        let (store, _) = origin.init();
        for n in 0..4 {
            write(&store, &[edit(A, &n.to_string())]).unwrap();
        }
        let clone = Repo::at(origin.beside("clone"));
        let url = format!("file://{}", origin.dir.display());
        origin.git(&[
            "clone",
            "-q",
            "--depth=2",
            "-b",
            "tracking",
            &url,
            clone.dir.to_str().unwrap(),
        ]);
        let history = clone.open().history(clone.open().tip().unwrap().unwrap()).unwrap();
        assert!(!history.complete);
        assert_eq!(history.get(A.as_bytes()).unwrap().version, 2);
    }
}

mod walks {
    use super::*;
    use git_docket::store::{File, Walk};

    const A: &str = ".tracking/work-items/3f/a.md";
    const B: &str = ".tracking/work-items/7c/b.md";

    fn everything(store: &Store, tip: CommitId) -> Walk {
        store.walk(tip, |_| Ok::<_, Error>(None)).unwrap()
    }

    /// A commit with the tree of the tip, at a time, on parents.
    fn commit(repo: &Repo, time: i64, parents: &[CommitId], message: &str) -> CommitId {
        let mut args: Vec<String> = ["commit-tree", "-m", message].map(ToOwned::to_owned).to_vec();
        for parent in parents {
            args.extend(["-p".to_owned(), parent.to_string()]);
        }
        args.push("tracking^{tree}".to_owned());
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        let mut command = repo.command(&args);
        command.env("GIT_COMMITTER_DATE", format!("{time} +0000"));
        run(&mut command, b"").unwrap().parse().unwrap()
    }

    #[test]
    fn the_order_is_above_that_of_the_parents_whatever_the_clocks_say() {
        let repo = Repo::new();
        let (store, root) = repo.init();
        let late = commit(&repo, TIME + 100, &[root], "late");
        let early = commit(&repo, TIME - 100, &[late], "early");
        let other = commit(&repo, TIME + 50, &[root], "other");
        let merge = commit(&repo, TIME, &[other, early], "merge");
        let walk = everything(&store, merge);
        let orders: Vec<_> = walk.commits().iter().map(|c| (c.subject.as_str(), c.order)).collect();
        let after_init = [
            ("other", TIME + 50),
            ("late", TIME + 100),
            ("early", TIME + 101),
            ("merge", TIME + 102),
        ];
        assert_eq!(orders[2..], after_init);
        assert!(walk.complete && walk.commits()[5].is_merge() && !walk.commits()[4].is_merge());
        assert_eq!(walk.commits()[4].time, TIME - 100);

        let mut asked = Vec::new();
        let known = |id: CommitId| {
            asked.push(id);
            Ok::<_, Error>(if id == early { Some(TIME + 101) } else { None })
        };
        let later = store.walk(merge, known).unwrap();
        assert!(!later.commits().iter().any(|c| c.id == early || c.id == late));
        let same = |commit: &git_docket::store::Commit| walk.commits().contains(commit);
        assert!(later.commits().iter().all(same), "what is known changes no order");
        assert_eq!(
            asked.len(),
            asked.iter().collect::<std::collections::BTreeSet<_>>().len()
        );
        assert!(
            store
                .walk(merge, |_| Ok::<_, Error>(Some(1)))
                .unwrap()
                .commits()
                .is_empty()
        );
    }

    #[test]
    fn a_hostile_date_does_not_overflow() {
        let repo = Repo::new();
        let (store, root) = repo.init();
        let tree = repo.git(&["rev-parse", "tracking^{tree}"]);
        let who = format!("A <a@b> {} +0000", i64::MAX);
        let far = format!("tree {tree}\nparent {root}\nauthor {who}\ncommitter {who}\n\nfar\n");
        let write_it = ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"];
        let far = repo.git_with(&write_it, far.as_bytes()).parse().unwrap();
        let next = commit(&repo, TIME, &[far], "next");
        let orders: Vec<_> = everything(&store, next).commits().iter().map(|c| c.order).collect();
        assert!(orders.is_sorted() && orders[3] == orders[2] + 1, "{orders:?}");
    }

    #[test]
    fn a_commit_says_who_and_what_it_takes_back() {
        let repo = Repo::new();
        let (store, root) = repo.init();
        let lock = store.lock().unwrap();
        let message =
            format!("task 3f: x\n\nDocket-Op: undo\nDocket-Client: claude\nDocket-Undoes: {root}\nDocket-Op: two\n");
        let tip = store
            .commit(&lock, root, &[edit(A, "1")], &message, TIME)
            .unwrap()
            .commit;
        drop(lock);
        let walk = everything(&store, tip);
        let last = walk.commits().last().unwrap();
        assert_eq!(
            (last.id, last.subject.as_str(), last.who()),
            (tip, "task 3f: x", "claude")
        );
        assert_eq!((last.operation.as_deref(), last.undoes), (Some("undo"), Some(root)));
        assert_eq!((last.parents.as_slice(), last.parent_count), ([root].as_slice(), 1));
        assert_eq!(walk.commits()[0].who(), "git-docket");
        assert!(walk.commits()[0].parents.is_empty() && !walk.commits()[0].shallow);
    }

    #[test]
    fn what_changed_is_told_with_what_was_there() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        write(&store, &[edit(A, "1")]).unwrap();
        let base = write(&store, &[edit(B, "1"), edit(".tracking/other", "x")])
            .unwrap()
            .commit;
        let tip = write(&store, &[edit(A, "2")]).unwrap().commit;
        let walk = everything(&store, tip);
        let all = store.compare(&walk, 0..walk.commits().len()).unwrap();
        let file = |text: &str| {
            let blob = repo.git_with(&["hash-object", "--stdin"], text.as_bytes());
            Some(File {
                blob: blob.parse().unwrap(),
                mode: Mode::File,
            })
        };
        assert_eq!(
            all[0].iter().map(|c| c.before.len()).collect::<Vec<_>>(),
            [0],
            "a root has no parent"
        );
        let [change] = &all.last().unwrap()[..] else {
            panic!("{all:?}")
        };
        assert_eq!((change.path.as_slice(), change.after), (A.as_bytes(), file("2")));
        assert_eq!(change.before, [file("1")]);
        assert_eq!(store.compare(&walk, 3..5).unwrap(), all[3..5]);
        assert!(store.compare(&walk, 7..99).unwrap().is_empty());

        // A walk that begins above finds the trees below by itself.
        let short = store.walk(tip, |id| Ok::<_, Error>((id == base).then_some(1))).unwrap();
        assert_eq!(store.compare(&short, 0..1).unwrap()[0], all.last().unwrap()[..]);

        let changes = store.tree_changes(Some(base), tip).unwrap();
        let [change] = &changes[..] else { panic!("{changes:?}") };
        assert_eq!((change.before, change.after), (file("1"), file("2")));
        let back = store.tree_changes(Some(tip), walk.commits()[1].id).unwrap();
        let gone: Vec<_> = back.iter().map(|c| (c.path.as_slice(), c.after)).collect();
        assert_eq!(gone[1..], [(A.as_bytes(), None), (B.as_bytes(), None)]);
        let paths: Vec<_> = store
            .tree_changes(None, tip)
            .unwrap()
            .into_iter()
            .map(|c| c.path)
            .collect();
        assert_eq!(paths.len(), 5);
        assert!(store.tree_changes(Some(tip), tip).unwrap().is_empty());
    }

    #[test]
    fn a_file_that_becomes_a_link_is_a_change_and_an_executable_one_is_none() {
        let repo = Repo::new();
        let (store, _) = repo.init();
        write(&store, &[edit(A, "x")]).unwrap();
        let blob = repo.git_with(&["hash-object", "--stdin"], b"x");
        let index = repo.beside("index");
        let git = |args: &[&str]| run(repo.command(args).env("GIT_INDEX_FILE", &index), b"").unwrap();
        let mut changed = Vec::new();
        for mode in ["100755", "120000"] {
            git(&["read-tree", "tracking"]);
            git(&["update-index", "--add", "--cacheinfo", &format!("{mode},{blob},{A}")]);
            let commit = repo.git(&["commit-tree", "-p", "tracking", "-m", "x", &git(&["write-tree"])]);
            repo.git(&["update-ref", DEFAULT_REF, &commit]);
            let before = repo.git(&["rev-parse", "tracking~1"]).parse().unwrap();
            changed.push(store.tree_changes(Some(before), commit.parse().unwrap()).unwrap());
        }
        assert!(changed[0].is_empty());
        assert_eq!(changed[1][0].after.map(|file| file.mode), Some(Mode::Symlink));
    }

    #[test]
    fn a_shallow_clone_has_an_end() {
        let origin = Repo::new();
        let (store, _) = origin.init();
        for n in 0..4 {
            write(&store, &[edit(A, &n.to_string())]).unwrap();
        }
        let clone = Repo::at(origin.beside("clone"));
        let url = format!("file://{}", origin.dir.display());
        let dir = clone.dir.to_str().unwrap();
        origin.git(&["clone", "-q", "--depth=2", "-b", "tracking", &url, dir]);
        let store = clone.open();
        let tip = store.tip().unwrap().unwrap();
        let walk = everything(&store, tip);
        let ends: Vec<_> = walk
            .commits()
            .iter()
            .map(|c| (c.shallow, c.parents.len(), c.parent_count))
            .collect();
        assert_eq!((walk.complete, ends), (false, vec![(true, 0, 1), (false, 1, 1)]));
        assert_eq!(store.commit_at(0, tip).unwrap(), None);
    }

    #[test]
    fn commits_are_named_by_date_and_by_digits() {
        let repo = Repo::new();
        let (store, root) = repo.init();
        let one = commit(&repo, TIME + 100, &[root], "one");
        let side = commit(&repo, TIME + 150, &[one], "side");
        let two = commit(&repo, TIME + 200, &[one, side], "two");
        for (time, found) in [(50, root), (100, one), (160, one), (199, one), (200, two), (999, two)] {
            assert_eq!(store.commit_at(TIME + time, two).unwrap(), Some(found), "{time}");
        }
        for text in [
            one.to_string(),
            one.short(),
            one.short().to_uppercase(),
            one.to_string()[..31].to_owned(),
        ] {
            assert_eq!(store.resolve_commit(two, &text).unwrap(), one, "{text}");
        }
        let tree = repo.git(&["rev-parse", "tracking^{tree}"]);
        for text in [tree.as_str(), "abc", "", "tracking", "1111111111"] {
            assert_error!(store.resolve_commit(two, text), Error::UnknownRevision { .. });
        }
    }

    #[test]
    fn digits_of_several_commits_name_the_one_on_the_branch() {
        let repo = Repo::new();
        let (store, root) = repo.init();
        let mut first: BTreeMap<String, CommitId> = BTreeMap::new();
        let (one, two) = (0..)
            .find_map(|n| {
                let new = commit(&repo, TIME + n, &[root], "x");
                first.insert(new.to_string()[..4].to_owned(), new).map(|old| (old, new))
            })
            .unwrap();
        let digits = &one.to_string()[..4];
        assert_error!(store.resolve_commit(root, digits), Error::AmbiguousCommit { .. });
        assert_eq!(store.resolve_commit(one, digits).unwrap(), one);
        assert_eq!(store.resolve_commit(two, digits).unwrap(), two);
        let both = commit(&repo, TIME, &[one, two], "both");
        assert_error!(store.resolve_commit(both, digits), Error::AmbiguousCommit { .. });
    }
}

mod together {
    use super::*;

    const WRITES: usize = 20;

    fn write_many(dir: &Path, writer: &str) {
        let store = Store::open(dir, None).unwrap();
        for n in 0..WRITES {
            let lock = store.lock().unwrap();
            let snapshot = store.snapshot(store.tip().unwrap().unwrap()).unwrap();
            let shared = snapshot
                .read(".tracking/shared.md", LIMIT)
                .unwrap()
                .map_or_else(Vec::new, |blob| blob.bytes);
            let edits = [
                edit(&format!(".tracking/{writer}/{n}.md"), "x"),
                Edit {
                    path: ".tracking/shared.md".to_owned(),
                    bytes: [shared.as_slice(), b"x"].concat(),
                },
            ];
            store.commit(&lock, snapshot.commit(), &edits, "x", TIME).unwrap();
        }
    }

    fn check(repo: &Repo, writers: usize) {
        let store = repo.open();
        assert_eq!(
            read(&store, ".tracking/shared.md").unwrap().len(),
            writers * WRITES,
            "each saw the one before"
        );
        let count = (writers * WRITES + 2).to_string();
        assert_eq!(repo.git(&["rev-list", "--count", "tracking"]), count);
        let snapshot = store.snapshot(store.tip().unwrap().unwrap()).unwrap();
        assert_eq!(snapshot.entries(".tracking").unwrap().len(), writers * WRITES + 3);
        repo.fsck();
    }

    #[test]
    fn threads_lose_nothing() {
        let repo = Repo::new();
        repo.init();
        std::thread::scope(|scope| {
            for writer in ["one", "two", "three"] {
                let dir = &repo.dir;
                scope.spawn(move || write_many(dir, writer));
            }
        });
        check(&repo, 3);
    }

    /// Not a test: what the processes of the tests below do.
    #[test]
    #[ignore = "run by the tests that need another process"]
    fn child() {
        let Some(dir) = std::env::var_os("STORE_TEST_DIR") else {
            return;
        };
        match std::env::var("STORE_TEST_WRITER") {
            Ok(writer) if writer == "packs" => write_packs(Path::new(&dir)),
            Ok(writer) => write_many(Path::new(&dir), &writer),
            Err(_) => {
                let store = Store::open(Path::new(&dir), None).unwrap();
                println!("opened {} as {:?}", store.common_dir().display(), store.identity());
            }
        }
    }

    /// Writes packs, and a few objects in between, until it is killed.
    fn write_packs(dir: &Path) {
        let store = Store::open(dir, None).unwrap();
        for round in 0.. {
            let count = if round % 2 == 0 { 200 } else { 9 };
            let edits: Vec<_> = (0..count)
                .map(|n| edit(&format!(".tracking/{n}.md"), &format!("{round} {n}")))
                .collect();
            write(&store, &edits).unwrap();
        }
    }

    /// Wherever it is hit: what was acknowledged is there, git finds nothing wrong, and what is
    /// left over is what git clears away.
    #[test]
    fn a_killed_writer_leaves_rubbish_that_git_clears() {
        let repo = Repo::new();
        repo.init();
        for micros in (0..8).map(|n| n * 5_300) {
            let before = repo.open().tip().unwrap();
            let mut command = child_in(&repo.dir);
            command
                .env("STORE_TEST_WRITER", "packs")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            while repo.open().tip().unwrap() == before {
                let ended = child.try_wait().unwrap();
                assert!(ended.is_none(), "it never wrote: {ended:?}");
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_micros(micros));
            child.kill().unwrap();
            assert!(!child.wait().unwrap().success());
            // Git's own lock file is nobody's to remove but the user's.
            drop(std::fs::remove_file(repo.dir.join(".git/refs/heads/tracking.lock")));
            repo.fsck();
            let store = repo.open();
            let snapshot = store.snapshot(store.tip().unwrap().unwrap()).unwrap();
            let entries = snapshot.entries(".tracking").unwrap();
            assert!(
                snapshot
                    .read_all(&entries, LIMIT, |_, bytes| bytes.is_ok())
                    .into_iter()
                    .all(|good| good)
            );
        }
        let objects = repo.dir.join(".git/objects");
        std::fs::create_dir(objects.join("tmp_objdir-docket-kept")).unwrap();
        std::fs::write(objects.join("tmp_objdir-docket-kept/x"), "").unwrap();
        std::fs::write(objects.join("tmp_obj_docket-kept"), "half").unwrap();
        for entry in std::fs::read_dir(objects.join("pack")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(name.ends_with(".pack") || name.ends_with(".idx"), "{name} was left");
        }
        repo.git(&["prune", "--expire=now"]);
        let left: Vec<_> = std::fs::read_dir(objects)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert!(left.iter().all(|name| name.len() <= 4), "{left:?}");
        write(&repo.open(), &[edit(".tracking/a.md", "a")]).unwrap();
        repo.fsck();
    }

    #[test]
    fn the_environment_names_the_committer() {
        let repo = Repo::new();
        let said = run(child_in(&repo.dir).env("GIT_COMMITTER_NAME", "Grace <x>"), b"").unwrap();
        assert!(said.contains(r#"name: "Grace x", email: "ada@example.org""#), "{said}");
    }

    fn child_in(dir: &Path) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "together::child", "--ignored", "--nocapture"])
            .env("STORE_TEST_DIR", dir);
        command
    }

    #[test]
    fn processes_lose_nothing() {
        let repo = Repo::new();
        repo.init();
        std::thread::scope(|scope| {
            for writer in ["one", "two"] {
                let mut command = child_in(&repo.dir);
                command.env("STORE_TEST_WRITER", writer);
                scope.spawn(move || run(&mut command, b"").unwrap());
            }
        });
        check(&repo, 2);
    }

    #[test]
    fn git_dir_names_the_repository() {
        let (repo, other) = (Repo::new(), Repo::new());
        let git_dir = other.dir.join(".git");
        let said = run(child_in(&repo.dir).env("GIT_DIR", &git_dir), b"").unwrap();
        assert!(said.contains(&format!("opened {}", git_dir.display())), "{said}");
    }

    #[cfg(unix)]
    #[test]
    fn safe_directory_lets_a_strange_repository_in() {
        let repo = Repo::new();
        for path in [repo.dir.clone(), repo.dir.join(".git")] {
            if let Err(error) = std::os::unix::fs::chown(path, Some(54_321), None) {
                assert_eq!(
                    error.kind(),
                    std::io::ErrorKind::PermissionDenied,
                    "only root can give it away"
                );
                return;
            }
        }
        let config = repo.beside("config");
        let open = || run(child_in(&repo.dir).env("GIT_CONFIG_GLOBAL", &config), b"");
        std::fs::write(&config, "").unwrap();
        let said = open().unwrap_err();
        assert!(said.contains("Untrusted"), "{said}");
        std::fs::write(&config, format!("[safe]\n\tdirectory = {}\n", repo.dir.display())).unwrap();
        let said = open().unwrap();
        assert!(said.contains("opened"), "{said}");
    }
}
