//! Remotes that are not there, do not let us, or are not what they were.

use git_docket::ops::{self, ErrorKind, SyncRequest};
use serde_json::json;

use crate::clones::Clones;

fn refused(clones: &Clones, at: usize) -> (ErrorKind, String) {
    let error = clones.sync(at).expect_err("a refusal");
    (error.kind(), error.to_string())
}

#[test]
fn without_a_remote_or_a_docket_it_says_so() {
    let clones = Clones::without_docket(1);
    let (kind, message) = refused(&clones, 0);
    assert_eq!(kind, ErrorKind::NotFound, "{message}");
    assert!(message.contains("no docket"), "{message}");
    ops::init(&clones.open(0), false).expect("a docket");
    clones.git(0, "remote remove origin");
    assert!(refused(&clones, 0).1.contains("no remote"));
    clones.git(0, "remote add a x && git remote add b y");
    let (kind, message) = refused(&clones, 0);
    assert!(
        kind == ErrorKind::NotFound && message.contains("several remotes"),
        "{message}"
    );
    let request = SyncRequest {
        remote: Some("c".to_owned()),
        ..SyncRequest::default()
    };
    let error = ops::sync(&clones.open(0), &request).expect_err("there is no such remote");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn where_the_remote_cannot_be_reached_everything_stays_here() {
    let clones = Clones::new(1);
    let id = clones.add(0, "Kept");
    clones.shell("mv hub.git away.git");
    let (kind, message) = refused(&clones, 0);
    assert!(
        kind == ErrorKind::Unavailable && message.contains("does not appear to be a git repository"),
        "{message}"
    );
    clones.git(0, "remote set-url origin git://127.0.0.1:1/none");
    assert_eq!(refused(&clones, 0).0, ErrorKind::Unavailable);
    assert_eq!(clones.show(0, &id)["title"], "Kept");
    clones.git(0, "remote set-url origin ../away.git");
    assert_eq!(clones.sync(0).expect("a sync").pushed, 1);
}

#[test]
fn a_remote_that_refuses_is_told_with_its_own_words() {
    let clones = Clones::new(1);
    clones.add(0, "Refused");
    clones.shell("printf '#!/bin/sh\\necho not on a Friday >&2\\nexit 1\\n' > hub.git/hooks/pre-receive && chmod +x hub.git/hooks/pre-receive");
    let (kind, message) = refused(&clones, 0);
    assert!(
        kind == ErrorKind::Denied && message.contains("not on a Friday"),
        "{message}"
    );
    clones.shell("rm hub.git/hooks/pre-receive && git -C hub.git config transfer.hideRefs refs/heads/tracking");
    let (kind, message) = refused(&clones, 0);
    assert!(kind == ErrorKind::Denied && message.contains("hidden ref"), "{message}");
    clones.shell("git -C hub.git config --unset transfer.hideRefs");
    assert_eq!(clones.sync(0).expect("a sync").pushed, 1);
}

#[test]
fn a_rewritten_remote_takes_nothing_away() {
    let clones = Clones::new(2);
    let id = clones.add(0, "Pushed");
    clones.settle(2);
    clones.shell("git -C hub.git update-ref refs/heads/tracking tracking~1");
    clones.add(1, "Another");
    let synced = clones.sync(1).expect("a sync");
    assert!(
        synced.meta.warnings[0].contains("was rewritten"),
        "{:?}",
        synced.meta.warnings
    );
    clones.settle(2);
    assert_eq!(clones.show(0, &id)["title"], "Pushed");
    // The branch was deleted there: what is here goes there again.
    clones.shell("git -C hub.git update-ref -d refs/heads/tracking");
    clones.settle(2);
    assert_eq!(clones.show(1, &id)["title"], "Pushed");
}

#[test]
fn a_branch_of_something_else_is_left_alone() {
    let clones = Clones::without_docket(2);
    clones.shell(
        "cd 1 && git checkout -q -b tracking && git commit -q --allow-empty -m code && git push -q origin tracking",
    );
    ops::init(&clones.open(0), false).expect("a docket");
    let (kind, message) = refused(&clones, 0);
    assert!(
        kind == ErrorKind::Denied && message.contains("something else"),
        "{message}"
    );
    assert_eq!(clones.shell("git -C hub.git log -1 --format=%s tracking"), "code");
}

#[test]
fn dockets_without_a_common_commit_are_joined_only_when_asked() {
    let clones = Clones::new(2);
    let (one, two) = (clones.add(0, "One"), clones.add(1, "Two"));
    // The same files with another past, as a rewritten history has them.
    clones.shell("cd 1 && git update-ref refs/heads/tracking $(git commit-tree -m rewritten tracking^{tree})");
    clones.sync(0).expect("a sync");
    let (kind, message) = refused(&clones, 1);
    assert!(
        kind == ErrorKind::Denied && message.contains("no commit in common"),
        "{message}"
    );
    let request = SyncRequest {
        remote: None,
        unrelated: true,
    };
    ops::sync(&clones.open(1), &request).expect("asked for");
    clones.settle(2);
    for id in [one, two] {
        clones.show(0, &id);
    }
    clones.validate(0);
}

#[test]
fn a_newer_format_is_not_merged() {
    let clones = Clones::new(2);
    clones.add(1, "Mine");
    clones.shell(
        "cd 0 && export GIT_INDEX_FILE=$PWD/.git/x && git read-tree tracking && \
         git update-index --add --cacheinfo 100644,$(echo 2 | git hash-object -w --stdin),.tracking/format && \
         git update-ref refs/heads/tracking $(git commit-tree -p tracking -m newer $(git write-tree)) && git push -q origin tracking",
    );
    assert_eq!(refused(&clones, 1).0, ErrorKind::Denied);
}

#[test]
fn shallow_and_single_branch_clones_fetch_what_they_lack() {
    let clones = Clones::new(1);
    let id = clones.add(0, "Old");
    for number in 0..5 {
        clones.update(0, &id, json!({ "title": format!("Title {number}") }));
        clones.sync(0).expect("a sync");
    }
    clones.shell("cd 0 && git commit -q --allow-empty -m code && git push -q origin HEAD:main");
    clones.shell("git clone -q --depth 1 --branch main file://$PWD/hub.git 1 && git -C 1 config user.name 1 && git -C 1 config user.email 1@x");
    clones.sync(1).expect("a clone of one branch");
    clones.git(1, "fetch -q --depth 1 origin tracking");
    clones.update(1, &id, json!({ "status": "active" }));
    clones.update(0, &id, json!({ "priority": "high" }));
    clones.settle(2);
    let shown = clones.show(1, &id);
    assert_eq!(
        (&shown["status"], &shown["priority"]),
        (&"active".into(), &"high".into())
    );
    assert_eq!(
        clones.git(1, "config --get-all remote.origin.fetch"),
        "+refs/heads/main:refs/remotes/origin/main"
    );
}

#[test]
fn a_ref_that_is_no_branch_is_shared_too() {
    let clones = Clones::without_docket(2);
    for at in 0..2 {
        clones.git(at, "config docket.ref refs/tracking/main");
    }
    ops::init(&clones.open(0), false).expect("a docket");
    let id = clones.add(0, "Hidden");
    clones.sync(0).expect("a push");
    clones.sync(1).expect("a fetch");
    clones.update(0, &id, json!({ "title": "First" }));
    clones.update(1, &id, json!({ "status": "active" }));
    for at in [0, 1, 0] {
        clones.sync(at).expect("a sync");
    }
    let shown = clones.show(0, &id);
    assert_eq!((&shown["title"], &shown["status"]), (&"First".into(), &"active".into()));
    assert_eq!(clones.git(0, "for-each-ref refs/heads/tracking"), "");
}

#[test]
fn many_that_sync_at_once_all_get_through() {
    let clones = Clones::new(4);
    let settings: Vec<_> = (0..4).map(|at| (at, clones.settings(at))).collect();
    std::thread::scope(|scope| {
        for (at, settings) in settings {
            scope.spawn(move || {
                for number in 0..4 {
                    let context = ops::Context::open(&settings).expect("a repository");
                    let line = json!({ "op": "create_work_item", "item_type": "task", "title": format!("{at} {number}"), "idempotency_key": format!("{at} {number}") });
                    crate::clones::change(&context, line).expect("an item");
                    ops::sync(&context, &SyncRequest::default()).expect("a sync");
                }
            });
        }
    });
    clones.settle(4);
    let listed = ops::list_rows(&clones.open(2), &ops::ListRequest::default()).expect("a list");
    assert_eq!(listed.total_count, 16);
    clones.validate(2);
}

#[test]
fn what_the_config_says_to_fetch_does_not_move_the_branch_of_this_clone() {
    let clones = Clones::new(1);
    clones.git(
        0,
        "config --add remote.origin.fetch +refs/heads/tracking:refs/heads/tracking",
    );
    clones.shell("git -C 0 config remote.origin.mirror true");
    let id = clones.add(0, "Only here");
    ops::fetch(&clones.open(0), &SyncRequest::default()).expect("a fetch");
    assert_eq!(clones.show(0, &id)["title"], "Only here");
    assert_eq!(clones.sync(0).expect("a sync").pushed, 1);
}

#[test]
fn a_tip_that_is_no_docket_is_not_published() {
    let clones = Clones::new(1);
    clones.git(
        0,
        "update-ref refs/heads/tracking $(git commit-tree -p tracking -m oops $(git mktree < /dev/null))",
    );
    let (kind, message) = refused(&clones, 0);
    assert!(
        kind == ErrorKind::Denied && message.contains("holds no docket any more"),
        "{message}"
    );
    assert_ne!(clones.shell("git -C hub.git log -1 --format=%s tracking"), "oops");
}

#[test]
fn a_hook_of_this_clone_that_refuses_is_no_trouble_with_the_remote() {
    let clones = Clones::new(1);
    clones.add(0, "Refused");
    let hook = "0/.git/hooks/pre-push";
    clones.shell(&format!(
        "printf '#!/bin/sh\\necho no connection today >&2\\nexit 1\\n' > {hook} && chmod +x {hook}"
    ));
    let (kind, message) = refused(&clones, 0);
    assert!(
        kind == ErrorKind::Denied && message.contains("no connection today"),
        "{message}"
    );
    // What a hook leaves running does not hold anybody up.
    clones.shell(&format!("printf '#!/bin/sh\\nsleep 600 &\\necho $! > pid\\n' > {hook}"));
    assert_eq!(clones.sync(0).expect("a sync").pushed, 1);
    clones.shell("kill $(cat 0/pid)");
}

#[cfg(target_os = "linux")]
#[test]
fn a_remote_that_never_answers_is_left_with_all_that_git_started() {
    use std::time::{Duration, Instant};

    use git_docket::store::{DEFAULT_REF, Depth, Error, Fault, Remote, Store, Talk};

    let clones = Clones::new(1);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!(
        "http://127.0.0.1:{}/x",
        silent.local_addr().expect("its address").port()
    );
    clones.git(0, &format!("remote set-url origin {url}"));
    let store = Store::open(&clones.path(0), None).expect("a repository");
    let remote = Remote {
        name: "origin".to_owned(),
    };
    let mut talk = Talk {
        may_ask: false,
        told: None,
        until: Some(Instant::now() + Duration::from_millis(300)),
    };
    let error = store
        .fetch(&remote, DEFAULT_REF, None, Depth::Known, &mut talk)
        .expect_err("no answer");
    assert!(
        matches!(
            error,
            Error::Remote {
                fault: Fault::Unreachable,
                ..
            }
        ),
        "{error}"
    );
    let named = |process: &std::fs::DirEntry| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(&url)
    };
    let left = || {
        let processes = std::fs::read_dir("/proc").expect("processes").flatten();
        processes.filter(named).count()
    };
    // What was told to end is there for a moment still.
    let told = Instant::now();
    while left() > 0 && told.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(left(), 0);
}

#[test]
fn who_was_last_is_asked_only_where_two_say_different_things() {
    for collides in [false, true] {
        let clones = Clones::new(2);
        let id = clones.add(0, "Before");
        clones.settle(2);
        clones.update(1, &id, json!({ "title": "First" }));
        clones.update(1, &id, json!({ "title": "Second" }));
        clones.sync(1).expect("a push");
        let ours = if collides { "title" } else { "branch_name" };
        clones.update(0, &id, json!({ ours: "ours" }));
        ops::fetch(&clones.open(0), &SyncRequest::default()).expect("what the other has");
        // What came between is broken here, which nobody needs who takes one title or the other.
        clones.shell(
            "cd 0 && tree=$(git rev-parse origin/tracking~1^{tree}) && rm -f .git/objects/$(echo $tree | cut -c1-2)/$(echo $tree | cut -c3-)",
        );
        let before = clones.git(0, "rev-parse tracking");
        match clones.sync(0) {
            Ok(_) => assert!(!collides, "the later title cannot be told"),
            Err(error) => {
                assert!(collides, "{error}");
                assert_eq!(clones.git(0, "rev-parse tracking"), before);
            }
        }
    }
}
