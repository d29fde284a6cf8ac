//! Running the user's git.

use std::ffi::OsStr;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{Error, Store};

/// Runs git and waits for it. What the environment says about *which* repository is taken out:
/// in a hook it names another one than the caller means.
pub(super) fn git(arguments: &[&OsStr]) -> Result<(), Error> {
    run(cleaned().args(arguments)).map(drop)
}

impl Store {
    /// Runs git in this repository, and at the top of its working tree where it has one; returns what it prints.
    /// It is given nothing to read.
    pub(super) fn git(&self, arguments: &[&OsStr]) -> Result<Vec<u8>, Error> {
        let mut command = cleaned();
        command.arg("--git-dir").arg(self.git_dir()).stdin(Stdio::null());
        if let Some(dir) = self.work_dir() {
            command.current_dir(dir).arg("--work-tree").arg(dir);
        }
        Ok(run(command.args(arguments))?.stdout)
    }

    /// Puts a trailer below a commit message in a file, as git does it: above comments and what is cut off, in the
    /// block of trailers where there is one, and not where it stands there already.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when git is missing or refuses; the file is then unchanged.
    pub fn add_trailer(&self, message: &Path, trailer: &str) -> Result<(), Error> {
        let message = std::path::absolute(message).unwrap_or_else(|_| message.to_owned());
        let arguments: [&OsStr; 8] = [
            "interpret-trailers".as_ref(),
            "--in-place".as_ref(),
            // A line of three hyphens ends the message of a mailed patch, not that of a commit.
            "--no-divider".as_ref(),
            "--if-exists".as_ref(),
            "addIfDifferent".as_ref(),
            "--trailer".as_ref(),
            trailer.as_ref(),
            message.as_os_str(),
        ];
        self.git(&arguments).map(drop)
    }
}

impl Store {
    /// Starts a program that goes on by itself, at the top of the working tree: nobody waits for it or reads what it
    /// says, and an interrupt of this process is not one of it.
    ///
    /// # Errors
    ///
    /// Where it cannot be started.
    pub fn start_apart(&self, program: &Path, arguments: &[&str]) -> std::io::Result<()> {
        let mut command = Command::new(program);
        forget(&mut command, |_| true);
        command
            .args(arguments)
            .current_dir(self.work_dir().unwrap_or_else(|| self.git_dir()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        // In a process that stays somebody has to take note of its end.
        std::thread::spawn(move || child.wait());
        Ok(())
    }

    /// Makes the history of the code that a stream of `git fast-import` describes, in a repository that has none, and
    /// checks `branch` out.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when git is missing or refuses; what it made until then stays.
    pub fn import_history(&self, stream: &[u8], branch: &str) -> Result<(), Error> {
        let mut file = tempfile::tempfile_in(self.common_dir()).map_err(Error::not_writable(self.common_dir()))?;
        let written = file.write_all(stream).and_then(|()| file.rewind());
        written.map_err(Error::not_writable(self.common_dir()))?;
        let mut import = cleaned();
        import.arg("--git-dir").arg(self.git_dir()).stdin(file);
        run(import.args(["fast-import", "--quiet"]))?;
        let head = format!("refs/heads/{branch}");
        self.git(&["symbolic-ref".as_ref(), "HEAD".as_ref(), head.as_ref()])?;
        self.git(&["reset".as_ref(), "-q".as_ref(), "--hard".as_ref()])
            .map(drop)
    }
}
/// What says which repository is meant, as `git rev-parse --local-env-vars` lists it, but for the settings that
/// somebody gave a command: git hands those on even to other repositories. To ask git each time would cost every commit
/// a process more.
const LOCAL: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_INTERNAL_SUPER_PREFIX",
];

/// What says where objects are, beside those of the repository: for a hook, those of the push that git is receiving.
const OBJECTS: &[&str] = &["GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_OBJECT_DIRECTORY"];

/// Git without what the environment says about which repository is meant.
pub(super) fn cleaned() -> Command {
    let mut command = Command::new("git");
    forget(&mut command, |_| true);
    command
}

/// The same, but for where the environment says that objects are: of the repository whose hook this is.
pub(super) fn keeping_objects() -> Command {
    let mut command = Command::new("git");
    forget(&mut command, |name| !OBJECTS.contains(&name));
    command
}

/// Takes out what the environment says about which repository is meant.
fn forget(command: &mut Command, which: impl Fn(&str) -> bool) {
    for name in LOCAL.iter().filter(|name| which(name)) {
        command.env_remove(name);
    }
}

pub(super) fn run(command: &mut Command) -> Result<Output, Error> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_lists_nothing_that_is_not_taken_out() {
        let listed = run(cleaned().args(["rev-parse", "--local-env-vars"])).expect("git runs");
        let settings = ["GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT"];
        for name in String::from_utf8_lossy(&listed.stdout).lines() {
            assert_ne!(LOCAL.contains(&name), settings.contains(&name), "{name}");
        }
    }
}
