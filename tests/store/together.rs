//! Several writers, in threads and processes.

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

#[test]
fn a_store_that_stays_open_sees_every_new_pack() {
    let repo = Repo::new();
    let (store, _) = repo.init();
    for pack in 0..40 {
        let edits: Vec<_> = (0..80)
            .map(|n| edit(&format!(".tracking/{pack:02}/{n}"), &format!("{pack} {n}")))
            .collect();
        assert!(write(&repo.open(), &edits).unwrap().packed);
    }
    assert_eq!(read(&store, ".tracking/39/79").as_deref(), Some("39 79"));
}
