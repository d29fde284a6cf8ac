//! What git's hooks call: `git docket hook run NAME`.
//!
//! A hook stands in the way of somebody's commit or push. So whatever happens here, an error, a panic or something that
//! takes too long, is one line on standard error, and it goes on. Two hooks refuse: a commit-msg hook that was told to be
//! strict, for what the message says, and a server's pre-receive hook, for what the records are. Nothing is asked, and
//! nothing goes over the network.

mod received;

use std::ffi::OsString;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use self::received::{after_push, before_push};
use crate::ops::{self, Context, Error, Hook, Rewrite, Settings};

/// How long a hook may take. What is not done by then is left.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long git waits for a server to look at a push, and then for its index. That is no hook of a person at work, and
/// ten thousand records take seconds.
const CHECKING: Duration = Duration::from_secs(300);
const INDEXING: Duration = Duration::from_secs(60);

/// How long whoever runs it by hand waits at most.
const LONG_PATIENCE: Duration = Duration::from_secs(3_600);

/// How much of standard input is read: a line for each of many thousand commits.
const INPUT_BYTES: u64 = 4 << 20;

/// What a hook has to say, each on one line, and whether there must be no such commit.
#[derive(Debug, Default)]
struct Said {
    told: Vec<String>,
    refused: bool,
}

/// Does what the hook of that name is for, in the repository whose hook git runs, and returns what the hook file is
/// to exit with: always success, but for [`Hook::REFUSED`]. With `wait` it is run by hand: it may take its time, and
/// brings the index forward, so that those after it take less.
#[must_use]
pub fn run(name: &str, arguments: &[OsString], wait: bool, settings: Result<Settings, Error>) -> ExitCode {
    // A panic is told in one line, like everything else.
    std::panic::set_hook(Box::new(|_| {}));
    let (hook, arguments) = (Hook::named(name), arguments.to_vec());
    let patience = match hook {
        _ if wait => LONG_PATIENCE,
        // The look at a push ends by itself, with what it has found until then.
        Some(Hook::PreReceive) => CHECKING + PATIENCE,
        Some(Hook::PostReceive) => INDEXING,
        _ => PATIENCE,
    };
    let said = within(patience, name, move || match hook {
        Some(hook) => done(hook, &arguments, wait, &quiet(settings?)),
        None => Err(Error::request("there is no such hook")),
    });
    let mut stderr = std::io::stderr().lock();
    for line in &said.told {
        tell(&mut stderr, line);
    }
    match said.refused {
        true => ExitCode::from(Hook::REFUSED),
        false => ExitCode::SUCCESS,
    }
}

/// Prints one line.
fn tell(stderr: &mut impl std::io::Write, line: &str) {
    // A title must not steer the terminal.
    let steers = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line = line.replace(steers, " ");
    // Nothing is left to tell it to when standard error is gone.
    let _gone = writeln!(stderr, "git docket: {line}");
}

/// Works in a thread that nobody waits for longer than this.
fn within(patience: Duration, name: &str, work: impl FnOnce() -> Result<Said, Error> + Send + 'static) -> Said {
    let (sender, receiver) = channel();
    let work = move || {
        // Nobody receives what comes too late.
        let _late = sender.send(work());
    };
    let begun = std::thread::Builder::new().name("hook".to_owned()).spawn(work);
    let told = match begun.map(|_| receiver.recv_timeout(patience)) {
        Ok(Ok(Ok(said))) => return said,
        Ok(Ok(Err(error))) => {
            let causes = error.causes();
            let message = std::iter::once(error.to_string())
                .chain(causes)
                .collect::<Vec<_>>()
                .join(": ");
            format!("{name}: {message}{}", unchecked(name))
        }
        Ok(Err(RecvTimeoutError::Timeout)) => {
            let again = match Hook::named(name) {
                Some(Hook::PostCommit) => "; `git docket hook run --wait post-commit` does it now",
                Some(Hook::PostReceive) => "; whoever reads next brings the index forward",
                _ => unchecked(name),
            };
            format!("{name}: not done within {} seconds{again}", patience.as_secs())
        }
        Ok(Err(RecvTimeoutError::Disconnected)) => format!("{name}: failed unexpectedly{}", unchecked(name)),
        Err(error) => format!("{name}: {error}{}", unchecked(name)),
    };
    Said {
        told: vec![told],
        refused: false,
    }
}

/// A guard that fails lets everything pass, but not silently.
fn unchecked(name: &str) -> &'static str {
    match Hook::named(name) {
        Some(Hook::PreReceive) => "; if records were pushed, they are NOT CHECKED",
        _ => "",
    }
}

/// The same settings, but that nobody is told of a wait: it is not long.
fn quiet(settings: Settings) -> Settings {
    Settings {
        on_wait: None,
        ..settings
    }
}

fn done(hook: Hook, arguments: &[OsString], wait: bool, settings: &Settings) -> Result<Said, Error> {
    match hook {
        Hook::PreReceive => return before_push(settings, if wait { LONG_PATIENCE } else { CHECKING }),
        Hook::PostReceive => return after_push(settings),
        _ => {}
    }
    let context = Context::open(settings)?;
    context.tidy();
    if wait {
        ops::prepare_index(&context)?;
    }
    let word = |at: usize| {
        arguments
            .get(at)
            .and_then(|argument| argument.to_str())
            .filter(|word| !word.is_empty())
    };
    let file = || {
        let file = arguments.first().map(PathBuf::from);
        file.ok_or_else(|| Error::request("git names the file of the message"))
    };
    let told = match hook {
        Hook::PrepareCommitMsg => {
            ops::prepare_message(&context, &file()?, word(1))?;
            return Ok(Said::default());
        }
        Hook::CommitMsg => {
            let checked = ops::check_message(&context, &file()?)?;
            return Ok(Said {
                told: checked.told,
                refused: checked.refused,
            });
        }
        Hook::PostCommit => ops::after_commit(&context)?,
        // After `merge --squash` nothing is committed yet.
        Hook::PostMerge if word(0) == Some("1") => return Ok(Said::default()),
        Hook::PostMerge => ops::after_merge(&context)?,
        Hook::PostRewrite => {
            let rewrite = if word(0) == Some("amend") {
                Rewrite::Amend
            } else {
                Rewrite::Rebase
            };
            let mut pairs = String::new();
            let read = std::io::stdin().lock().take(INPUT_BYTES).read_to_string(&mut pairs);
            read.map_err(|error| Error::request(format!("standard input cannot be read: {error}")))?;
            ops::after_rewrite(&context, rewrite, &pairs)?
        }
        Hook::PreReceive | Hook::PostReceive => Vec::new(),
    };
    Ok(Said { told, refused: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_fails_or_panics_is_one_line() {
        let late = within(Duration::ZERO, "post-commit", || {
            std::thread::sleep(Duration::from_millis(200));
            Ok(Said::default())
        });
        assert!(late.told[0].starts_with("post-commit: not done within 0 seconds;") && !late.refused);
        let panicked = within(PATIENCE, "post-merge", || panic!("as this test wants"));
        assert_eq!(panicked.told, ["post-merge: failed unexpectedly"]);
        let failed = within(PATIENCE, "commit-msg", || Err(Error::request("no")));
        assert_eq!(
            (failed.told, failed.refused),
            (vec!["commit-msg: no".to_owned()], false)
        );
    }
}
