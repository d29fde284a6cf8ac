//! Trees and blobs, whatever git left there.

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
    assert_eq!(paths, [b"../..".as_slice(), b"../.git", b"../\xff\n", b"b", b"a"]);
    assert_eq!(
        snapshot.read("a", LIMIT).unwrap().unwrap().bytes,
        b"content",
        "the first of a name"
    );

    let slash = raw(&[
        ("100644", b"b/c", &blob),
        ("100644", b"", &blob),
        ("100644", b"d", &blob),
    ]);
    let commit: CommitId = repo.git(&["commit-tree", "-m", "slash", &slash]).parse().unwrap();
    let store = repo.open();
    assert_eq!(names(&store.snapshot(commit).unwrap().entries("").unwrap()), ["d"]);
    let empty: CommitId = repo.git(&["commit-tree", "-m", "empty", &raw(&[])]).parse().unwrap();
    let changed = store.differences(empty, commit).unwrap();
    assert_eq!(
        changed.iter().map(|change| change.path.as_slice()).collect::<Vec<_>>(),
        [b"d"]
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

/// A record may name a commit of a repository with the other kind of names.
#[test]
fn names_of_the_other_length_name_nothing() {
    for format in ["sha1", "sha256"] {
        let repo = Repo::unborn(&[&format!("--object-format={format}")]);
        let (store, tip) = repo.init();
        let other = if format == "sha1" { 64 } else { 40 };
        let text = "a".repeat(other);
        let commit: CommitId = text.parse().unwrap();
        assert!(
            matches!(store.code_commit(commit), Err(Error::MissingObject { .. })),
            "{format}"
        );
        assert!(store.snapshot(commit).is_err() && store.walk_of(&[(commit, 0)]).is_err());
        assert!(store.code_commits(commit, tip, 1, |_| true).is_err() && store.unreached(commit, &[tip]).is_err());
        for (one, two) in [(commit, tip), (tip, commit)] {
            assert!(store.leads_to(one, two).is_err() && store.merge_bases(one, two).is_err());
            assert!(store.commits_between(Some(one), two).is_err() && store.walk_between(one, two).is_err());
        }
        assert!(store.tree_changes(Some(commit), tip).is_err());
        assert!(matches!(
            store.blob(text.parse().unwrap(), LIMIT),
            Err(Error::MissingObject { .. })
        ));
        assert!(matches!(store.resolve(&text), Err(Error::UnknownRevision { .. })));
        assert!(matches!(
            store.resolve_commit(tip, &text),
            Err(Error::UnknownRevision { .. })
        ));
    }
}

/// Comments that were committed are passed over; what else is no trailer makes text of those around it.
#[test]
fn trailers_are_those_that_git_finds() {
    let repo = Repo::new();
    let options = ["--only-trailers", "--only-input", "--unfold", "--no-divider"];
    for (message, count) in [
        ("Subject\n\nWork-Item: x\n# one\nCloses: y\n#two", 2),
        ("#12 is done\n\nText.\n\n#12: x\nWork-Item: x\n", 1),
        ("Subject\n#: a\n\nCloses: a,\n# one\n# two\n \n", 1),
        ("Subject\n\nCloses: a,\n# between\n  b\n", 0),
        ("Subject\n\nText # one\nWork-Item: x\n", 0),
        ("# Subject\nWork-Item: x\n", 0),
    ] {
        let printed = repo.git_with(&[&["interpret-trailers"][..], &options].concat(), message.as_bytes());
        let found = trailers_of(message.as_bytes());
        let said: Vec<_> = found.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(said, printed.lines().collect::<Vec<_>>(), "{message:?}");
        assert_eq!(said.len(), count, "{message:?}");
    }
}
