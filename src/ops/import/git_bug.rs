//! The bugs of git-bug out of a repository: refs, commits and files from the store, their meaning from the reader.

use std::path::Path;

use crate::exchange::Import;
use crate::exchange::git_bug::{BUGS, Commit, IDENTITIES, OPERATIONS, Reader, VERSION};
use crate::ops::{Error, ErrorKind, Progress};
use crate::store::{self, CommitId, Link, NamedCommit, Store};

/// How many commits a bug may have.
const COMMITS: usize = 100_000;

/// How large what a commit does may be.
const FILE_BYTES: u64 = 16 << 20;

/// How many commits may be read altogether, and bytes: refs that name the same few commits again and again would make
/// any number of them.
const ALL_COMMITS: usize = 5_000_000;
const ALL_BYTES: usize = 1 << 30;

/// Reads all bugs of the repository that `dir` is in. What is wrong with one of them concerns no other.
pub(super) fn read(dir: &Path, progress: &dyn Progress) -> Result<Import, Error> {
    let store = open(dir)?;
    let bugs = store.refs_below(BUGS)?;
    if bugs.is_empty() {
        let message = format!(
            "{} holds no bugs of git-bug: it has no refs below {BUGS}",
            dir.display()
        );
        let from_elsewhere = format!(
            "git -C '{}' fetch origin '{BUGS}*:{BUGS}*' '{IDENTITIES}*:{IDENTITIES}*'",
            dir.display()
        );
        return Err(Error::new(ErrorKind::NotFound, message).hint(from_elsewhere));
    }
    let mut reader = Reader::default();
    for NamedCommit { reference, commit } in store.refs_below(IDENTITIES)? {
        match named(commit).and_then(|commit| person(&store, commit)) {
            Ok(version) => reader.add_person(&reference, &version),
            Err(error) => reader.skip(&reference, whole(&error)),
        }
    }
    progress.step("reading", Some(bugs.len()));
    let mut room = Room {
        commits: ALL_COMMITS,
        bytes: ALL_BYTES,
    };
    for NamedCommit { reference, commit } in bugs {
        match named(commit).and_then(|commit| bug(&store, commit, &mut room)) {
            Ok(commits) => reader.add_bug(&reference, &commits),
            Err(error) => reader.skip(&reference, whole(&error)),
        }
        progress.advance(1);
    }
    Ok(reader.finish())
}

/// Opens the repository. That it is none is no reason to make one there.
fn open(dir: &Path) -> Result<Store, Error> {
    Store::open_other(dir).map_err(|error| match error {
        store::Error::NotARepository { .. } => Error::not_found(format!("not a git repository: {}", dir.display())),
        error => error.into(),
    })
}

/// The commit a ref names. One that names another ref names none: no bug of git-bug does.
fn named(commit: Result<CommitId, store::Error>) -> Result<CommitId, Error> {
    commit.map_err(|error| Error::request(error.to_string()))
}

/// What may still be read.
struct Room {
    commits: usize,
    bytes: usize,
}

/// The last that is said of a person.
fn person(store: &Store, commit: CommitId) -> Result<Vec<u8>, Error> {
    let version = file(store, &store.link(commit)?, VERSION)?;
    version.ok_or_else(|| Error::request("says nothing of anybody"))
}

fn bug(store: &Store, tip: CommitId, room: &mut Room) -> Result<Vec<Commit>, Error> {
    let links = store.chain(tip, COMMITS.min(room.commits))?;
    room.commits -= links.len();
    let mut commits = Vec::with_capacity(links.len());
    for link in links {
        let operations = file(store, &link, OPERATIONS)?;
        let length = operations.as_ref().map_or(0, Vec::len);
        room.bytes = room
            .bytes
            .checked_sub(length)
            .ok_or_else(|| Error::request(format!("all bugs together have more than {ALL_BYTES} bytes")))?;
        commits.push(Commit {
            id: link.id.to_string(),
            parents: link.parents.iter().map(ToString::to_string).collect(),
            names: link
                .entries
                .iter()
                .map(|entry| String::from_utf8_lossy(&entry.path).into_owned())
                .collect(),
            operations,
        });
    }
    Ok(commits)
}

/// A file at the root of a commit's tree.
fn file(store: &Store, link: &Link, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let found = link
        .entries
        .iter()
        .find(|entry| entry.path == name.as_bytes() && entry.mode.is_file());
    Ok(found.map(|entry| store.blob(entry.blob, FILE_BYTES)).transpose()?)
}

/// An error with what lies underneath, on one line.
fn whole(error: &Error) -> String {
    std::iter::once(error.to_string())
        .chain(error.causes())
        .collect::<Vec<_>>()
        .join(": ")
}
