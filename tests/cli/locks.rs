//! Lock files that writers left, and writers that are still at work.

use crate::environment::Environment;
use crate::writing::docket;

#[test]
fn a_lock_file_of_a_killed_writer_is_no_obstacle() {
    let (environment, id) = docket();
    let lock = environment.path().join(".git/refs/heads/tracking.lock");
    let note = environment.path().join(".git/docket/write.lock");
    let noted = || std::fs::read_to_string(&note).expect("the note is there");
    assert_eq!(noted().trim(), "", "the note goes with the move");
    // As a writer leaves them that is killed before git's rename: the lock file empty, or with the new value.
    for content in ["", "1111111111111111111111111111111111111111\n"] {
        std::fs::write(&lock, content).expect("the lock is written");
        std::fs::write(&note, "1111111111111111111111111111111111111111\n").expect("the note is written");
        environment.shell(&format!("git docket note {id} 'After a kill'"));
        assert!(!lock.exists() && noted().trim().is_empty());
    }
}

#[test]
fn a_lock_file_that_was_left_on_another_ref_goes_with_the_next_write() {
    let (environment, id) = docket();
    let new = "1111111111111111111111111111111111111111";
    let lock = ".git/refs/heads/tracking-proposals/plan.lock";
    environment.write(lock, format!("{new}\n"));
    environment.write(
        ".git/docket/write.lock",
        format!("{new} refs/heads/tracking-proposals/plan\n"),
    );
    environment.shell(&format!("git docket note {id} 'After a kill'"));
    assert!(!environment.path().join(lock).exists());
    // Of what somebody else holds there nobody here has to wait for.
    environment.write(lock, "");
    environment.write(
        ".git/docket/write.lock",
        format!("{new} refs/heads/tracking-proposals/plan\n"),
    );
    environment.shell(&format!(
        "DOCKET_SEED=other git docket note {id} 'Beside somebody at work'"
    ));
}

#[test]
fn a_lock_file_of_a_killed_init_is_no_obstacle() {
    let environment = Environment::new();
    let lock = environment.path().join(".git/refs/heads/tracking.lock");
    let new = "1111111111111111111111111111111111111111\n";
    environment.write(".git/docket/write.lock", new);
    environment.write(".git/refs/heads/tracking.lock", new);
    environment.shell("git docket init");
    assert!(!lock.exists());
    environment.shell("git docket add 'After a kill'");
}

#[test]
fn a_lock_file_of_somebody_at_work_stays() {
    let environment = Environment::new();
    environment.shell("touch -d '1 hour ago' .git/refs/heads/tracking.lock");
    let output = environment.run_shell("git docket init");
    assert_eq!(output.status.code(), Some(4));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("tracking.lock has been there for 60 minutes"), "{said}");
    assert!(environment.path().join(".git/refs/heads/tracking.lock").exists());
}

#[test]
fn a_writer_that_waits_says_so_once() {
    let environment = Environment::new();
    environment.shell("git docket init");
    for (seed, json, said) in [("one", "", "waiting for another writer…\n"), ("two", " --json", "")] {
        let lock = std::fs::File::open(environment.path().join(".git/docket/write.lock")).expect("the lock");
        lock.lock().expect("nobody writes");
        let output = std::thread::scope(|scope| {
            let writer =
                scope.spawn(|| environment.run_shell(&format!("DOCKET_SEED={seed} git docket add Later{json}")));
            std::thread::sleep(std::time::Duration::from_millis(1500));
            drop(lock);
            writer.join().expect("it ends")
        });
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), said);
    }
}
