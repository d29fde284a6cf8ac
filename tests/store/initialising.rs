//! The first commit of a docket.

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
