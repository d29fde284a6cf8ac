//! Commits in an order that all clones agree on.

use super::*;
use git_docket::store::{File, PathChange, Walk};

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

    // Of one file the same is told as of all, and of what is no file nothing.
    let everywhere = store.compare_everywhere(&walk).unwrap();
    for path in [A, B, ".tracking/format", ".tracking", "nothing"] {
        let of_path = |found: &Vec<PathChange>| -> Vec<_> {
            let found = found.iter().filter(|change| change.path == path.as_bytes());
            found.cloned().collect()
        };
        let expected: Vec<_> = everywhere.iter().map(of_path).collect();
        assert_eq!(store.compare_file(&walk, path.as_bytes()).unwrap(), expected, "{path}");
    }

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
