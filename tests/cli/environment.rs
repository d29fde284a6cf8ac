//! A home, a clock and ids of their own for every test.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The directory of the binary under test.
fn binary_directory() -> PathBuf {
    let binary = Path::new(env!("CARGO_BIN_EXE_git-docket"));
    binary.parent().expect("the binary lies in a directory").to_owned()
}

/// A temporary directory with a repository, and commands that run in it.
pub(crate) struct Environment {
    home: TempDir,
    directory: PathBuf,
}

impl Environment {
    /// A new repository of a user who is known to git.
    pub(crate) fn new() -> Self {
        let environment = Self::without_repository();
        environment.shell("git init -q -b main .");
        environment
    }

    /// An empty directory of a user who is known to git.
    pub(crate) fn without_repository() -> Self {
        Self::without_repository_in(&std::env::temp_dir())
    }

    /// The same in a directory below that one.
    pub(crate) fn without_repository_in(place: &Path) -> Self {
        let home = TempDir::new_in(place).expect("a temporary directory");
        let identity = "[user]\n\tname = Ana\n\temail = ana@example.com\n[init]\n\tdefaultBranch = main\n";
        fs::write(home.path().join(".gitconfig"), identity).expect("the config is written");
        let directory = home.path().join("project");
        fs::create_dir(&directory).expect("the directory is made");
        Self { home, directory }
    }

    /// Another one that is the same up to now.
    #[allow(dead_code, reason = "for tests/faults, which strike the same again and again")]
    pub(crate) fn twin(&self) -> Self {
        let place = self.home.path().parent().expect("it lies in a directory");
        let home = TempDir::new_in(place).expect("a temporary directory");
        copy(self.home.path(), home.path());
        let directory = home.path().join("project");
        Self { home, directory }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file below the repository.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.directory.join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a directory")).expect("the directory is made");
        fs::write(path, content).expect("the file is written");
    }

    /// Copies a fixture below the repository.
    pub(crate) fn fixture(&self, name: &str, to: &str) {
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name),
            &self.directory.join(to),
        );
    }

    /// A command in the repository, with nothing of the surroundings but the PATH.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut path = OsString::from(binary_directory());
        path.push(":");
        path.push(std::env::var_os("PATH").expect("a PATH"));
        let mut command = Command::new(program);
        command
            .current_dir(&self.directory)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("DOCKET_NOW", "2025-10-10T15:00:00Z")
            .env("DOCKET_SEED", "test")
            // Where it is measured what the tests pass through.
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
            .stdin(Stdio::null());
        command
    }

    /// Runs a line of shell, which must succeed, and returns what it prints.
    pub(crate) fn shell(&self, line: &str) -> String {
        let output = self.run_shell(line);
        assert!(
            output.status.success(),
            "{line}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    pub(crate) fn run_shell(&self, line: &str) -> Output {
        self.command("sh").args(["-c", line]).output().expect("sh runs")
    }

    /// Runs lines of shell and returns a transcript: each line, what it prints, its exit code.
    pub(crate) fn transcript(&self, lines: &[&str]) -> String {
        let mut transcript = String::new();
        for line in lines {
            let output = self.run_shell(line);
            transcript.push_str(&format!("$ {line}\n"));
            transcript.push_str(&self.scrubbed(&output.stdout));
            for error in self.scrubbed(&output.stderr).lines() {
                transcript.push_str(&format!("[stderr] {error}\n"));
            }
            match output.status.code() {
                Some(0) => {}
                Some(code) => transcript.push_str(&format!("[exit status: {code}]\n")),
                None => transcript.push_str("[killed]\n"),
            }
            transcript.push('\n');
        }
        transcript
    }

    /// What was printed, without the names of temporary directories.
    pub(crate) fn scrubbed(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let canonical = self.home.path().canonicalize().expect("the directory is there");
        [canonical.as_path(), self.home.path()]
            .iter()
            .fold(text, |text, dir| text.replace(&*dir.to_string_lossy(), "[HOME]"))
    }

    /// Runs `git docket` with `--json` and returns what it prints.
    pub(crate) fn json(&self, arguments: &str) -> serde_json::Value {
        serde_json::from_str(&self.shell(&format!("git docket {arguments} --json"))).expect("JSON")
    }

    /// Puts a file on the tracking branch as somebody would who knows git and not us.
    pub(crate) fn commit_foreign(&self, path: &str, content: impl AsRef<[u8]>) {
        self.write("../foreign", content);
        self.shell(&format!(
            "export GIT_AUTHOR_DATE=2025-10-10T16:00:00Z GIT_COMMITTER_DATE=2025-10-10T16:00:00Z GIT_INDEX_FILE=\"$HOME/foreign-index\" &&
             git read-tree tracking &&
             git update-index --add --cacheinfo 100644,$(git hash-object -w ../foreign),'{path}' &&
             commit=$(git commit-tree -m foreign -p tracking $(git write-tree)) &&
             git update-ref refs/heads/tracking $commit"
        ));
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("the directory is made");
        for entry in fs::read_dir(from).expect("the fixture is readable") {
            let entry = entry.expect("the fixture is readable");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().expect("a file lies in a directory")).expect("the directory is made");
        fs::copy(from, to).expect("the fixture is copied");
    }
}
