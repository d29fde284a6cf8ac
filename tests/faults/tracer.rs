//! What a command does to files, call by call, and striking at one of the calls: `strace` does both to the real program.
//!
//! The calls of an undisturbed run are counted first. `strace` counts each sort of call in each thread by itself, so a
//! point is "the third `rename` of whichever thread comes to a third one": mostly the main thread, beside it the one of
//! SQLite, whose `pwrite64` nobody else uses.

use std::path::Path;

use crate::environment::Environment;
use crate::points::{CALLS, Point, points};

/// What is struck.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Program {
    /// The command itself, with its threads, and without what it starts.
    Itself,
    /// A program that is started somewhere below it with such a word among its arguments, with all that this one starts.
    Called {
        /// The name of the program.
        name: &'static str,
        /// One of its arguments.
        word: &'static str,
    },
}

/// What happens at a point.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault<'p> {
    /// Nothing: the calls are written down.
    None,
    /// The process is killed before the call.
    Kill(&'p Point),
    /// The call fails.
    Fail(&'p Point, &'static str),
    /// The call fails, and all others of its sort after it.
    FailOn(&'p Point, &'static str),
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Its exit code; none where it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// What `strace` wrote.
    log: String,
}

impl Ran {
    /// Whether the fault has happened.
    pub(crate) fn struck(&self) -> bool {
        self.log.contains("+++ killed by SIGKILL +++") || self.log.contains("(INJECTED)")
    }

    /// The calls that changed files.
    pub(crate) fn points(&self) -> Vec<Point> {
        points(&self.log)
    }
}

/// Runs a line of shell that is one command, and waits until it and all it has started have ended.
pub(crate) fn run(environment: &Environment, program: Program, fault: Fault<'_>, command: &str) -> Ran {
    let beside = environment.home().join("beside");
    std::fs::create_dir_all(&beside).expect("the directory is made");
    let (out, err, log) = (beside.join("out"), beside.join("err"), beside.join("log"));
    let strace = format!("strace {} -o '{}'", options(program, fault), log.display());
    let (path, line) = match program {
        Program::Itself => (String::new(), format!("exec {strace} {command}")),
        Program::Called { name, word } => {
            shim(&beside, name, word, &strace);
            let before = format!("export REAL=$(command -v {name}) PATH='{}':$PATH; ", beside.display());
            (before, command.to_owned())
        }
    };
    // What is started and goes on behind a killed command holds the ninth descriptor, so its end can be waited for.
    let script = format!("exec 9>&1 >'{}' 2>'{}'; {path}{line}", out.display(), err.display());
    let output = environment.command("sh").args(["-c", &script]).output();
    let status = output.expect("sh runs").status;
    let read = |path: &Path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Ran {
        // A shell tells a signal by a code over 128.
        code: status.code().filter(|code| *code != 128 + 9),
        out: read(&out),
        err: read(&err),
        log: read(&log),
    }
}

fn options(program: Program, fault: Fault<'_>) -> String {
    let followed = match program {
        Program::Itself => "-f -b execve",
        Program::Called { .. } => "-f",
    };
    let injected = |point: &Point, what: &str| {
        let call = &point.call;
        format!("-e trace={call} -e inject={call}:{what}:when={}", point.nth)
    };
    let done = match fault {
        Fault::None => format!("-y -e trace={CALLS}"),
        Fault::Kill(point) => injected(point, "signal=SIGKILL"),
        Fault::Fail(point, error) => injected(point, &format!("error={error}")),
        Fault::FailOn(point, error) => format!("{}+", injected(point, &format!("error={error}"))),
    };
    format!("{followed} -s 0 {done}")
}

/// Puts a program of that name before the real one, which traces that where an argument fits.
fn shim(dir: &Path, name: &str, word: &str, strace: &str) {
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *' {word} '*) exec {strace} \"$REAL\" \"$@\";; esac\nexec \"$REAL\" \"$@\"\n"
    );
    let file = dir.join(name);
    std::fs::write(&file, script).expect("the script is written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&file, mode).expect("the script may be run");
}

/// Fails where processes cannot be traced here: nothing else would be tested either.
pub(crate) fn assert_works() {
    let environment = Environment::without_repository();
    let whole = run(&environment, Program::Itself, Fault::None, "mkdir one two three");
    let made: Vec<_> = whole
        .points()
        .into_iter()
        .filter(|point| point.call.starts_with("mkdir"))
        .collect();
    assert_eq!(
        made.len(),
        3,
        "strace cannot trace processes here (it needs ptrace): {whole:?}"
    );
    environment.shell("rmdir one two three");
    let killed = run(
        &environment,
        Program::Itself,
        Fault::Kill(&made[2]),
        "mkdir one two three",
    );
    let there = environment.shell("ls");
    assert!(killed.struck() && killed.code.is_none(), "{killed:?}");
    assert_eq!(there, "one\ntwo\n", "killed before the call: {killed:?}");
    environment.shell("rmdir one two");
    let failed = run(
        &environment,
        Program::Itself,
        Fault::Fail(&made[1], "ENOSPC"),
        "mkdir one two three",
    );
    assert!(failed.struck() && failed.err.contains("No space left"), "{failed:?}");
    assert_eq!(environment.shell("ls"), "one\nthree\n");
    environment.shell("rmdir one three");
    let called = Program::Called {
        name: "mkdir",
        word: "two",
    };
    let beside = run(
        &environment,
        called,
        Fault::Kill(&made[0]),
        "mkdir one; mkdir two; mkdir three",
    );
    assert!(beside.struck() && beside.code == Some(0), "{beside:?}");
    assert_eq!(environment.shell("ls"), "one\nthree\n");
}
