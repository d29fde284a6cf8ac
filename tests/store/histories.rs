//! How often a file was changed.

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
