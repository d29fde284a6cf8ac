//! What a push brings, while git has not taken it yet.
//!
//! For a pre-receive hook the new objects lie in a directory that only the environment names, and that gix does not
//! know. So it is git that reads them, with that environment; nothing is written.

mod batch;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{ChildStdout, Command, Stdio};

use self::batch::{Batch, Running, begun};

use super::child::{keeping_objects, run};
use super::{BlobId, CommitId, Error, File, Mode, Store, TreeChange};

/// Where the records are; nothing else is looked at.
const UNDER: &str = ".tracking";

/// No line that git prints of an object is longer, and no path of a tree that anybody means.
const LINE_BYTES: u64 = 64 << 10;

/// The objects of a repository, with those of a push that git has not taken yet.
pub struct Incoming<'s> {
    store: &'s Store,
    headers: Option<Batch>,
    contents: Option<Batch>,
}

impl Store {
    /// What the environment of a hook shows of this repository: with the objects of the push, where git is receiving one.
    /// No process is begun until something is asked.
    #[must_use]
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming {
            store: self,
            headers: None,
            contents: None,
        }
    }
}

impl Incoming<'_> {
    /// What sort of object a full name names, such as `commit`.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], or [`Error::Command`] where git could not be run.
    pub fn kind(&mut self, commit: CommitId) -> Result<String, Error> {
        Ok(self.headers()?.header(&commit.to_string())?.0)
    }

    /// Whether `to` is the commit or reaches it.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] where git could not be run, or objects are missing.
    pub fn leads_to(&self, commit: CommitId, to: CommitId) -> Result<bool, Error> {
        let (commit, to) = (commit.to_string(), to.to_string());
        let mut command = git(self.store, &["merge-base", "--is-ancestor", &commit, &to]);
        Ok(answered(&mut command)?.is_some())
    }

    /// The best common ancestor of two commits, one of them where there are several; none where they have nothing in
    /// common.
    ///
    /// # Errors
    ///
    /// As [`Incoming::leads_to`].
    pub fn merge_base(&self, one: CommitId, other: CommitId) -> Result<Option<CommitId>, Error> {
        let (one, other) = (one.to_string(), other.to_string());
        let printed = answered(&mut git(self.store, &["merge-base", &one, &other]))?;
        printed
            .map(|line| String::from_utf8_lossy(&line).trim().parse())
            .transpose()
    }

    /// What stands at a path of a commit's tree; nothing where that is a directory.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] where git could not be run, or objects are missing.
    pub fn file(&self, commit: CommitId, path: &str) -> Result<Option<File>, Error> {
        let commit = commit.to_string();
        let mut command = git(self.store, &["ls-tree", "-z", "--full-tree", &commit, "--", path]);
        let printed = run(&mut command)?.stdout;
        let line = String::from_utf8_lossy(&printed);
        let mut words = line.split(['\t', ' ']);
        let (Some(mode), Some(_), Some(blob)) = (words.next(), words.next(), words.next()) else {
            return Ok(None);
        };
        let mode = mode_of(mode).filter(|mode| *mode != Mode::Directory);
        mode.map(|mode| {
            Ok(File {
                blob: blob.parse()?,
                mode,
            })
        })
        .transpose()
    }

    /// The content of a blob of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] without reading it, [`Error::MissingObject`], or [`Error::Command`] where git could not be run.
    pub fn blob(&mut self, id: BlobId, limit: u64) -> Result<Vec<u8>, Error> {
        let (_, size) = self.headers()?.header(&id.to_string())?;
        if size > limit {
            return Err(Error::TooLarge {
                id: id.to_string(),
                size,
                limit,
            });
        }
        let batch = begun(&mut self.contents, || git(self.store, &["cat-file", "--batch"]))?;
        batch.content(&id.to_string())
    }

    /// Hands each path below `.tracking/` to `each` where two commits, whatever is between them, have something else, in
    /// the order of the tree and as git finds them; without the first, all that the second has. Ends with the first error.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] where git could not be run, or objects are missing; and those of `each`.
    pub fn changes<E: From<Error>>(
        &self,
        from: Option<CommitId>,
        to: CommitId,
        mut each: impl FnMut(TreeChange) -> Result<(), E>,
    ) -> Result<(), E> {
        let from = match from {
            Some(from) => from.to_string(),
            // Git knows the empty tree, whether it is there or not.
            None => gix::ObjectId::empty_tree(to.0.kind()).to_string(),
        };
        let to = to.to_string();
        let options = [
            "diff-tree",
            "-r",
            "-z",
            "--no-renames",
            "--ignore-submodules=none",
            "--no-ext-diff",
        ];
        let mut command = git(self.store, &options);
        command.args([&from, &to, "--", UNDER]).stdout(Stdio::piped());
        let mut child = Running(command.spawn().map_err(|error| failed(&command, error.to_string()))?);
        let mut printed = BufReader::new(child.0.stdout.take().ok_or_else(|| lost(&command))?);
        loop {
            let (header, path) = (field(&mut printed, &command)?, field(&mut printed, &command)?);
            match (header, path) {
                (Some(header), Some(path)) => each(change_of(&header, path).ok_or_else(|| lost(&command))?)?,
                _ => break,
            }
        }
        let status = child.0.wait().map_err(|error| failed(&command, error.to_string()))?;
        match status.success() {
            true => Ok(()),
            false => Err(failed(&command, status.to_string()).into()),
        }
    }

    fn headers(&mut self) -> Result<&mut Batch, Error> {
        begun(&mut self.headers, || git(self.store, &["cat-file", "--batch-check"]))
    }
}

/// Git in the repository, with the objects of the push.
fn git(store: &Store, arguments: &[&str]) -> Command {
    let mut command = keeping_objects();
    command.arg("--git-dir").arg(store.git_dir());
    // What somebody pushes to `refs/replace/` must not stand in for what is really there.
    command.env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_NO_LAZY_FETCH", "1");
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// What a command prints that says no by the exit code 1; none where it says no.
fn answered(command: &mut Command) -> Result<Option<Vec<u8>>, Error> {
    let output = command.output().map_err(|error| failed(command, error.to_string()))?;
    match output.status.code() {
        Some(0) => Ok(Some(output.stdout)),
        Some(1) => Ok(None),
        _ => Err(failed(command, output.status.to_string())),
    }
}

/// What git prints up to the next NUL; none at the end.
fn field(printed: &mut BufReader<ChildStdout>, command: &Command) -> Result<Option<Vec<u8>>, Error> {
    let mut field = Vec::new();
    let read = printed.take(LINE_BYTES).read_until(0, &mut field);
    read.map_err(|error| failed(command, error.to_string()))?;
    match field.pop() {
        None => Ok(None),
        Some(0) => Ok(Some(field)),
        Some(_) => Err(failed(command, "a path is longer than any should be".to_owned())),
    }
}

/// `:100644 100644 <blob> <blob> M`
fn change_of(header: &[u8], path: Vec<u8>) -> Option<TreeChange> {
    let header = std::str::from_utf8(header).ok()?.strip_prefix(':')?;
    let mut words = header.split(' ');
    let (before, after) = (words.next()?, words.next()?);
    let mut side = |mode: &str| -> Option<Option<File>> {
        let blob = words.next()?;
        let file = mode_of(mode).map(|mode| {
            Some(File {
                blob: blob.parse().ok()?,
                mode,
            })
        });
        Some(file.flatten())
    };
    Some(TreeChange {
        before: side(before)?,
        after: side(after)?,
        path,
    })
}

/// The mode as git prints it; none where nothing is there.
fn mode_of(octal: &str) -> Option<Mode> {
    match octal {
        "000000" => None,
        "040000" => Some(Mode::Directory),
        "120000" => Some(Mode::Symlink),
        "160000" => Some(Mode::Submodule),
        "100755" => Some(Mode::Executable),
        _ => Some(Mode::File),
    }
}

fn failed(command: &Command, message: String) -> Error {
    let arguments: Vec<_> = command.get_args().skip(2).map(|word| word.to_string_lossy()).collect();
    Error::Command {
        command: arguments.join(" "),
        message,
    }
}

fn lost(command: &Command) -> Error {
    failed(command, "what it prints cannot be read".to_owned())
}
