//! Commits: what they hold, and who stands in the way.

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

/// What no ref names yet, anybody may prune: a few objects, and many that are one pack.
#[test]
fn what_is_pruned_before_the_ref_names_it_is_written_again() {
    for number in [1, 100] {
        let repo = Repo::new();
        let (store, base) = repo.init();
        let edits: Vec<_> = (0..number)
            .map(|n| edit(&format!(".tracking/work-items/3f/{n}.md"), &format!("text {n}")))
            .collect();
        let lock = store.lock().unwrap();
        let prepared = store.prepare(&lock, base, &edits, "change", TIME).unwrap();
        repo.git(&["gc", "--quiet", "--prune=now"]);
        let gone = repo
            .command(&["cat-file", "-e", &prepared.made.commit.to_string()])
            .status();
        assert!(!gone.unwrap().success(), "it is pruned");
        let written = store.publish(&lock, &prepared).unwrap();
        assert_eq!(repo.git(&["rev-parse", "tracking"]), written.commit.to_string());
        repo.fsck();
    }
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
