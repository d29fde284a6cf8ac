//! Running the user's git.

use std::ffi::OsStr;
use std::process::{Command, Output};

use super::Error;

/// Runs git and waits for it. What the environment says about *which* repository is taken out:
/// in a hook it names another one than the caller means.
pub(super) fn git(arguments: &[&OsStr]) -> Result<(), Error> {
    let mut command = Command::new("git");
    command.args(arguments);
    let local = run(Command::new("git").args(["rev-parse", "--local-env-vars"]))?;
    for name in String::from_utf8_lossy(&local.stdout).lines() {
        command.env_remove(name);
    }
    run(&mut command).map(drop)
}

fn run(command: &mut Command) -> Result<Output, Error> {
    let failed = |command: &Command, message: String| {
        let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        Error::Command {
            command: arguments.join(" "),
            message,
        }
    };
    match command.output() {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(failed(
                command,
                if said.is_empty() {
                    output.status.to_string()
                } else {
                    said
                },
            ))
        }
        Err(error) => Err(failed(command, error.to_string())),
    }
}
