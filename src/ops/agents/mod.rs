//! The guide where coding agents read it: as a block in `AGENTS.md` and `CLAUDE.md` at the root of the work tree.

mod block;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::replace_file::replace_file;
use super::{Context, Error, ErrorKind, GUIDE};
use block::Rest;

/// The file that is made where there is none.
const AGENTS: &str = "AGENTS.md";

/// The files that agents read.
const FILES: &[&str] = &[AGENTS, "CLAUDE.md"];

/// How a file says that the other one is to be read too.
const REFERENCES: &[&str] = &["@AGENTS.md", "@./AGENTS.md"];

/// No file of instructions is longer.
const MAX_BYTES: u64 = 4 << 20;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentFile {
    /// Its name, at the root of the work tree.
    pub file: &'static str,
    /// What was done, or why nothing.
    pub action: AgentAction,
}

/// What was done to a file, or why nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentAction {
    /// The file was made.
    Created,
    /// The block was put into a file that had none.
    Added,
    /// The block was replaced by the one of this version.
    Updated,
    /// The block was as it should be.
    Current,
    /// The file only refers to the other one, or is a link to it.
    Refers,
    /// The block was taken out.
    Removed,
    /// The file was nothing but the block, and is gone.
    Deleted,
    /// There was no block.
    Absent,
}

/// What is to be done to the files of agents; nothing is written before [`AgentFiles::write`].
#[derive(Debug)]
pub struct AgentFiles(Vec<Planned>);

#[derive(Debug)]
struct Planned {
    done: AgentFile,
    path: PathBuf,
    change: Change,
}

#[derive(Debug)]
enum Change {
    Nothing,
    Write(Vec<u8>),
    Delete,
}

/// A file as it is: where it really lies, and what is in it.
struct Found {
    file: &'static str,
    path: PathBuf,
    content: Vec<u8>,
}

impl AgentFiles {
    /// Plans to put the guide as a block into the files there are, or to refresh it there. Where there is none,
    /// `AGENTS.md` is to be made.
    ///
    /// Text outside of the block stays as it is; what somebody changed inside is replaced.
    pub fn put(context: &Context) -> Result<Self, Error> {
        let (root, files) = files(context)?;
        let mut planned = Vec::new();
        for found in &files {
            let twin = planned.iter().any(|other: &Planned| other.path == found.path);
            if twin || (found.refers() && block::without(&found.content).is_ok_and(|rest| rest == Rest::Unchanged)) {
                planned.push(found.plan(AgentAction::Refers, Change::Nothing));
                continue;
            }
            let damaged = |reason: String| refused(found.file, &reason);
            let new = block::with(Some(&found.content), GUIDE).map_err(damaged)?;
            planned.push(match block::without(&found.content).map_err(damaged)? {
                Rest::Unchanged => found.plan(AgentAction::Added, Change::Write(new)),
                _ if new == found.content => found.plan(AgentAction::Current, Change::Nothing),
                _ => found.plan(AgentAction::Updated, Change::Write(new)),
            });
        }
        if planned.iter().all(|file| file.done.action == AgentAction::Refers) {
            let done = AgentFile {
                file: AGENTS,
                action: AgentAction::Created,
            };
            let new = block::with(None, GUIDE).map_err(Error::bug)?;
            planned.insert(
                0,
                Planned {
                    done,
                    path: root.join(AGENTS),
                    change: Change::Write(new),
                },
            );
        }
        Ok(Self(planned))
    }

    /// Plans to take the block out of the files again, byte for byte. A file that was nothing else goes.
    pub fn remove(context: &Context) -> Result<Self, Error> {
        let (_, files) = files(context)?;
        let mut planned: Vec<Planned> = Vec::new();
        for found in &files {
            if planned.iter().any(|other| other.path == found.path) {
                continue;
            }
            let rest = block::without(&found.content).map_err(|reason| refused(found.file, &reason))?;
            planned.push(match rest {
                Rest::Unchanged => found.plan(AgentAction::Absent, Change::Nothing),
                Rest::File(content) => found.plan(AgentAction::Removed, Change::Write(content)),
                Rest::Nothing => found.plan(AgentAction::Deleted, Change::Delete),
            });
        }
        Ok(Self(planned))
    }

    /// The files whose block is another one than is planned.
    pub(super) fn outdated(&self) -> Vec<&'static str> {
        let updated = self
            .0
            .iter()
            .filter(|planned| planned.done.action == AgentAction::Updated);
        updated.map(|planned| planned.done.file).collect()
    }

    /// Does it: each file is replaced in one step and keeps its mode. Nothing is staged or committed.
    pub fn write(self) -> Result<Vec<AgentFile>, Error> {
        let mut done = Vec::new();
        for planned in self.0 {
            let written = match &planned.change {
                Change::Nothing => Ok(()),
                Change::Write(content) => replace_file(&planned.path, content),
                Change::Delete => fs::remove_file(&planned.path),
            };
            written.map_err(|error| {
                let message = format!("{} cannot be written: {error}", planned.done.file);
                Error::new(ErrorKind::Denied, message)
            })?;
            done.push(planned.done);
        }
        Ok(done)
    }
}

impl Found {
    fn plan(&self, action: AgentAction, change: Change) -> Planned {
        Planned {
            done: AgentFile {
                file: self.file,
                action,
            },
            path: self.path.clone(),
            change,
        }
    }

    /// Whether it has the other file read too, so that the guide would be read twice.
    fn refers(&self) -> bool {
        self.file != AGENTS
            && String::from_utf8_lossy(&self.content)
                .lines()
                .any(|line| REFERENCES.contains(&line.trim()))
    }
}

/// The root of the work tree, and those of the files that are there.
fn files(context: &Context) -> Result<(PathBuf, Vec<Found>), Error> {
    let root = context.store.work_dir().ok_or_else(|| {
        Error::new(
            ErrorKind::Invalid,
            "this repository is bare: it has no work tree with files for agents",
        )
    })?;
    let root = root
        .canonicalize()
        .map_err(|error| Error::request(format!("{} cannot be read: {error}", root.display())))?;
    let mut found = Vec::new();
    for file in FILES {
        found.extend(read(&root, file)?);
    }
    Ok((root, found))
}

/// A file at the root, if it is there. A link is followed, but never out of the work tree or into git's own files.
fn read(root: &Path, file: &'static str) -> Result<Option<Found>, Error> {
    let name = root.join(file);
    if name
        .symlink_metadata()
        .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    {
        return Ok(None);
    }
    let unreadable = |error: std::io::Error| refused(file, &error.to_string());
    let path = match name.canonicalize() {
        // A link to AGENTS.md, which is still to be made.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && file != AGENTS => return Ok(None),
        path => path.map_err(unreadable)?,
    };
    let inside = path.strip_prefix(root).ok();
    let ours = inside.is_some_and(|path| !path.iter().any(|part| part.eq_ignore_ascii_case(".git")));
    if !ours {
        return Err(refused(
            file,
            &format!("it is a link to {}, out of the work tree", path.display()),
        ));
    }
    let meta = path.metadata().map_err(unreadable)?;
    if !meta.is_file() {
        return Err(refused(file, "it is not a regular file"));
    }
    if meta.len() > MAX_BYTES {
        return Err(refused(file, &format!("it has more than {MAX_BYTES} bytes")));
    }
    let content = fs::read(&path).map_err(unreadable)?;
    // UTF-16 has them in every line, and our block would be none there.
    if content.contains(&0) {
        return Err(refused(file, "it is no text in UTF-8"));
    }
    Ok(Some(Found { file, path, content }))
}

fn refused(file: &str, reason: &str) -> Error {
    Error::request(format!("{file} is left as it is: {reason}"))
}

/// The top of the work tree; none in a bare repository.
#[must_use]
pub fn work_tree(context: &Context) -> Option<PathBuf> {
    context.store.work_dir()?.canonicalize().ok()
}
