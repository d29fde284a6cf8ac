//! Finding a repository, and what is refused.

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
fn refs_in_a_format_of_the_future_are_refused() {
    let repo = Repo::new();
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.refStorage", "tomorrow"]);
    assert_error!(Store::open(&repo.dir, None), Error::UnsupportedRefFormat { format } if format == "tomorrow");
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
    let tag = "object {}\ntype commit\ntag v1\ntagger A <a@b> 0 +0000\n\ntag\n"
        .replace("{}", &repo.git(&["rev-parse", "HEAD"]));
    let tag = repo.git_with(&["mktag"], tag.as_bytes());
    for (object, what) in [(tag, "tag"), (repo.git(&["rev-parse", "HEAD:code.txt"]), "blob")] {
        std::fs::write(&path, object + "\n").unwrap();
        assert_error!(store.tip(), Error::NotACommit { kind, .. } if kind == what);
    }
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
