//! Locks: ours are taken over, others' are told and left alone, and whoever is at work is waited for.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Output, Stdio};

use crate::environment::Environment;
use crate::soundness::{an_hour_later, assert_agreed, assert_logged, assert_packs, mark};
use crate::tracer::{Fault, Program, run};
use crate::writing::{adding, docket};

/// Nothing here tests anything where processes cannot be traced.
#[test]
fn processes_can_be_traced() {
    crate::tracer::assert_works();
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A git that holds the tracking ref until it is told to let go, or killed.
struct Holder(Child);

impl Holder {
    fn of(environment: &Environment) -> Self {
        let tip = mark(environment, ".").tip;
        let mut git = environment.command("git");
        git.args(["update-ref", "--stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = git.spawn().expect("git starts");
        let input = child.stdin.as_mut().expect("a pipe");
        let lines = format!("start\nupdate refs/heads/tracking {tip}~1 {tip}\nprepare\n");
        input.write_all(lines.as_bytes()).expect("git reads");
        let mut answers = BufReader::new(child.stdout.as_mut().expect("a pipe")).lines();
        let mut answer = || answers.next().expect("an answer").expect("text");
        assert_eq!((answer(), answer()), ("start: ok".to_owned(), "prepare: ok".to_owned()));
        Self(child)
    }

    fn let_go(mut self) {
        drop(self.0.stdin.take());
        self.0.wait().expect("git ends");
    }

    fn killed(mut self) {
        self.0.kill().expect("it is at work");
        self.0.wait().expect("git ends");
    }
}

#[test]
fn a_git_at_work_is_waited_for() {
    let environment = docket();
    let holder = Holder::of(&environment);
    let log = environment.home().join("log");
    let mut writer = environment.command("strace");
    let writer = writer
        .args(["-f", "-b", "execve", "-e", "trace=openat", "-o"])
        .arg(&log);
    let writer = writer
        .args(["git-docket", "add", "Later"])
        .stdout(Stdio::null())
        .spawn();
    let mut writer = writer.expect("the command starts");
    let has_met = |text: String| {
        text.lines()
            .any(|line| line.contains("tracking.lock") && line.contains("EEXIST"))
    };
    while !std::fs::read_to_string(&log).is_ok_and(has_met) {
        assert!(writer.try_wait().expect("it runs").is_none(), "it did not wait");
        std::thread::yield_now();
    }
    holder.let_go();
    assert!(writer.wait().expect("it ends").success());
    assert_agreed(&environment, "after the wait");
}

/// What is told of a lock that is in the way of a write: soon, with the file, and nobody of ours touches it.
fn assert_told(environment: &Environment, lock: &Path, command: &str) {
    let before = mark(environment, ".");
    let output = environment.run_shell(command);
    let (told, name) = (said(&output), lock.display().to_string());
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(
        told.contains(&format!("{name} has been there for 60 minutes")),
        "{told}"
    );
    assert!(told.contains(&format!("ls -l {name}")), "{told}");
    assert!(lock.exists(), "{name} was somebody else's");
    assert_eq!(mark(environment, "."), before);
    assert_agreed(environment, &name);
    let doctor = environment.run_shell("git docket doctor --fix");
    let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(found.contains(&name) && lock.exists(), "{found}");
    std::fs::remove_file(lock).expect("it is there");
    environment.shell(command);
    assert_eq!(environment.shell("git docket doctor"), "All is well\n");
}

#[test]
fn what_a_killed_git_left_is_told_and_stays() {
    let environment = docket();
    Holder::of(&environment).killed();
    an_hour_later(&environment);
    let lock = environment.path().join(".git/refs/heads/tracking.lock");
    assert_told(&environment, &lock, "DOCKET_SEED=1 git docket add 'One more'");
    environment.shell("git pack-refs --all");
    environment.write(".git/packed-refs.lock", "");
    an_hour_later(&environment);
    let lock = environment.path().join(".git/packed-refs.lock");
    assert_told(&environment, &lock, "DOCKET_SEED=2 git docket add 'One more'");
}

#[test]
fn a_locked_config_keeps_nobody_from_working() {
    let environment = docket();
    environment.write(".git/config.lock", "");
    let output = environment.run_shell("git docket config set docket.durability fast");
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(
        said(&output).contains("could not lock config file"),
        "{}",
        said(&output)
    );
    environment.shell("DOCKET_SEED=1 git docket add 'One more'");
    an_hour_later(&environment);
    let found = environment.shell("git docket doctor --fix");
    assert!(found.contains("config.lock is 60 minutes old"), "{found}");
    assert!(environment.path().join(".git/config.lock").exists());
}

/// Git's own `gc` fails while there is a lock file of the ref. Of ours none is left when anybody has as much as looked.
#[test]
fn who_reads_takes_over_too() {
    let adding = adding();
    let undisturbed = run(&adding.before.twin(), Program::Itself, Fault::None, &adding.command);
    let points = undisturbed.points();
    let moved = |told: &str| told.contains("tracking.lock") && told.starts_with("rename");
    let last = points
        .iter()
        .find(|point| moved(&point.told))
        .expect("the ref is moved");
    let environment = adding.before.twin();
    let killed = run(&environment, Program::Itself, Fault::Kill(last), &adding.command);
    assert!(killed.struck(), "{killed:?}");
    let lock = environment.path().join(".git/refs/heads/tracking.lock");
    assert!(lock.exists(), "it was killed before the rename");
    let doctor = environment.shell("git docket doctor");
    assert!(
        lock.exists() && doctor.contains("was left less than a minute ago by a process that was killed"),
        "{doctor}"
    );
    assert!(doctor.contains("was killed before it had written commit"), "{doctor}");
    assert!(!doctor.contains("error:"), "nothing was lost: {doctor}");
    environment.shell("git docket list");
    assert!(!lock.exists());
    assert_logged(&environment, "after a look");
    assert_packs(&environment, "after a look");
    assert_eq!(environment.shell("git docket doctor"), "All is well\n");
}
