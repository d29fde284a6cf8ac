//! What can go wrong between us and git.

use std::path::PathBuf;
use std::time::Duration;

use super::{CommitId, Fault, Mode};

/// The error underneath, of whichever library or program it came from.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the store did not do what it was asked.
///
/// Unless a variant says otherwise nothing has been acknowledged and the tracking ref stands where
/// it stood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No repository at the directory, nor in any directory above it.
    #[error("not a git repository: {}", dir.display())]
    NotARepository {
        /// Where the search began.
        dir: PathBuf,
    },
    /// The repository belongs to another user and `safe.directory` does not list it.
    #[error("the repository at {} is owned by {}", dir.display(), owner.map_or("another user".to_owned(), |uid| format!("user {uid}")))]
    Untrusted {
        /// The directory whose owner is not the current user, or where the search began.
        dir: PathBuf,
        /// The owner's user id, where the system has such a thing.
        owner: Option<u32>,
    },
    /// The repository keeps its refs in a format that cannot be read or written here.
    #[error("the repository keeps its refs in the {format} format")]
    UnsupportedRefFormat {
        /// The value of `extensions.refStorage`.
        format: String,
    },
    /// There is a repository, but it could not be opened.
    #[error("the repository at {} cannot be opened", dir.display())]
    Unreadable {
        /// Where the search began.
        dir: PathBuf,
        /// What went wrong.
        source: Cause,
    },
    /// The name cannot be that of a tracking ref.
    #[error("{name:?} cannot be the tracking ref: {reason}")]
    InvalidRef {
        /// The name as it was given.
        name: String,
        /// The rule it breaks.
        reason: String,
    },
    /// The file that directs this worktree to a proposal names none.
    #[error("{} does not name a proposal", path.display())]
    BrokenProposal {
        /// The file.
        path: PathBuf,
    },
    /// The ref exists and cannot be read.
    #[error("the ref {reference} cannot be read")]
    BrokenRef {
        /// Its full name.
        reference: String,
        /// What went wrong.
        source: Cause,
    },
    /// The tracking ref is symbolic; a write through it would move another branch.
    #[error("the ref {reference} is symbolic and names {target}")]
    SymbolicRef {
        /// Its full name.
        reference: String,
        /// What it names.
        target: String,
    },
    /// What should be a commit is something else.
    #[error("{what} is a {kind}, not a commit")]
    NotACommit {
        /// The ref, revision or object id.
        what: String,
        /// `tree`, `blob` or `tag`.
        kind: String,
    },
    /// The revision names no object, or more than one.
    #[error("unknown revision {revision:?}")]
    UnknownRevision {
        /// As it was given.
        revision: String,
        /// What went wrong.
        source: Cause,
    },
    /// Several commits have names that begin so.
    #[error("{text} is the beginning of {} commits", commits.len())]
    AmbiguousCommit {
        /// As it was given.
        text: String,
        /// Their names, in order.
        commits: Vec<CommitId>,
    },
    /// The text is not the full hexadecimal name of an object.
    #[error("{text:?} is not an object id")]
    InvalidId {
        /// As it was given.
        text: String,
    },
    /// Git knows no name or no e-mail address for the current user.
    #[error("git has no user.name or no user.email")]
    MissingIdentity,
    /// An object that is referred to is not in this repository.
    #[error("object {id} is missing{}", if *partial { " from this partial clone" } else { "" })]
    MissingObject {
        /// The object's full name.
        id: String,
        /// Whether this is a partial clone, where a promisor remote has it.
        partial: bool,
    },
    /// A directory of the repository may not be looked into, so nobody knows what is there.
    #[error("{} cannot be read", path.display())]
    NotReadable {
        /// The directory.
        path: PathBuf,
        /// What went wrong.
        source: Cause,
    },
    /// An object is there and cannot be decoded.
    #[error("object {id} cannot be read")]
    Corrupt {
        /// The object's full name.
        id: String,
        /// What went wrong.
        source: Cause,
    },
    /// A blob is larger than the caller takes. Known from its header: it was not read.
    #[error("blob {id} has {size} bytes, over the limit of {limit}")]
    TooLarge {
        /// The blob's full name.
        id: String,
        /// Its size in bytes.
        size: u64,
        /// The caller's limit in bytes.
        limit: u64,
    },
    /// A tree holds more entries than any honest one.
    #[error("tree {tree} has more than {limit} entries")]
    TooManyEntries {
        /// The tree that was looked through.
        tree: String,
        /// The limit.
        limit: usize,
    },
    /// A commit reaches more others than any honest one of its sort.
    #[error("commit {tip} reaches more than {limit} commits")]
    TooManyCommits {
        /// The commit.
        tip: CommitId,
        /// The limit.
        limit: usize,
    },
    /// Another process held the write lock all the time.
    #[error("{} was locked by another process for {} seconds", path.display(), waited.as_secs())]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// For how long it was tried.
        waited: Duration,
    },
    /// A file of the repository cannot be created, locked or replaced.
    #[error("{} is not writable", path.display())]
    NotWritable {
        /// The file or directory.
        path: PathBuf,
        /// What went wrong.
        source: Cause,
    },
    /// The write lock was taken in another repository.
    #[error("{} is not this repository's write lock", path.display())]
    ForeignLock {
        /// The lock that was shown.
        path: PathBuf,
    },
    /// The tracking branch is checked out: moving it would show there as a reverted change.
    #[error("{reference} is checked out at {}", worktree.display())]
    CheckedOut {
        /// The tracking ref.
        reference: String,
        /// The working tree.
        worktree: PathBuf,
    },
    /// A path that may not be written.
    #[error("{path:?} cannot be written: {reason}")]
    InvalidPath {
        /// As it was given.
        path: String,
        /// The rule it breaks.
        reason: &'static str,
    },
    /// A path that cannot be written without losing something else in the tree.
    #[error("{path:?} cannot be written: {other:?} is a {found}")]
    PathClash {
        /// The path to be written.
        path: String,
        /// The path in its way, possibly the same.
        other: String,
        /// What is there.
        found: Mode,
    },
    /// A commit message that git would not take.
    #[error("a commit message may not be empty or contain NUL")]
    InvalidMessage,
    /// The tracking ref is not where it was read. Nothing was acknowledged: read again, try again.
    #[error("the tracking ref moved from {} to {}", or_nothing(expected.as_ref()), or_nothing(actual.as_ref()))]
    TipMoved {
        /// Where it was expected, or nothing if it was to be created.
        expected: Option<CommitId>,
        /// Where it is, or nothing if it is gone.
        actual: Option<CommitId>,
    },
    /// Git's own lock file of a ref was held by somebody. Trying again may help.
    #[error("the ref {reference} is locked{}", by(lock.as_ref()))]
    RefLocked {
        /// The tracking ref.
        reference: String,
        /// The file, where it is still there, and how old it is.
        lock: Option<(PathBuf, Duration)>,
        /// What went wrong; names the file.
        source: Cause,
    },
    /// Another ref's name makes the tracking ref's impossible, as `a` and `a/b` exclude each other.
    #[error("{reference} cannot be created beside {other}")]
    RefClash {
        /// The tracking ref.
        reference: String,
        /// The ref that is in the way.
        other: String,
    },
    /// The ref exists and is not ours: its tree has no `.tracking/format`.
    #[error("{reference} is a branch of something else (commit {commit})")]
    UnrelatedBranch {
        /// The ref.
        reference: String,
        /// Its tip.
        commit: CommitId,
    },
    /// The signing program refused or could not be run.
    #[error("the commit could not be signed: {message}")]
    Signing {
        /// What the program said, or why it did not run.
        message: String,
        /// What went wrong.
        source: Cause,
    },
    /// A git command failed.
    #[error("git {command} failed: {message}")]
    Command {
        /// Its arguments.
        command: String,
        /// What it said, or why it did not run.
        message: String,
    },
    /// A remote could not be asked, or did not do what it was asked. What is here is as it was.
    #[error("{}", not_done(action, remote, *fault, message))]
    Remote {
        /// `fetch from` or `push to`.
        action: &'static str,
        /// The name of the remote.
        remote: String,
        /// What kind of reason it is.
        fault: Fault,
        /// What git said.
        message: String,
    },
    /// Git could not do something that should always work.
    #[error("could not {action}")]
    Git {
        /// What was tried.
        action: &'static str,
        /// What went wrong.
        source: Cause,
    },
}

fn by(lock: Option<&(PathBuf, Duration)>) -> String {
    let Some((path, age)) = lock else { return String::new() };
    let age = match age.as_secs() {
        0..60 => "less than a minute".to_owned(),
        60..120 => "a minute".to_owned(),
        seconds => format!("{} minutes", seconds / 60),
    };
    format!(": {} has been there for {age}", path.display())
}

/// What the remote itself says stands on lines of its own.
fn not_done(action: &str, remote: &str, fault: Fault, message: &str) -> String {
    match fault {
        Fault::Refused if message.starts_with('\n') => format!("git could not {action} {remote}, which says:{message}"),
        _ => format!("git could not {action} {remote}: {message}"),
    }
}

fn or_nothing(id: Option<&CommitId>) -> String {
    id.map_or("nothing".to_owned(), ToString::to_string)
}

impl Error {
    /// Makes an [`Error::Git`] of whatever went wrong while trying to `action`.
    pub(super) fn git<E: Into<Cause>>(action: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Git {
            action,
            source: source.into(),
        }
    }

    /// Makes an [`Error::NotWritable`] of what went wrong with `path`.
    pub(super) fn not_writable<E: Into<Cause>>(path: &std::path::Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |source| Self::NotWritable {
            path,
            source: source.into(),
        }
    }

    /// The same of what gix says went wrong. What the system said is kept where everybody looks for it: the chain of
    /// causes may lead past it.
    pub(super) fn not_written_by_gix(path: &std::path::Path, source: gix::Error) -> Self {
        let system = source.downcast_any_ref::<std::io::Error>().map(std::io::Error::kind);
        let source: Cause = match system {
            Some(kind) => Box::new(std::io::Error::new(kind, source)),
            None => source.into(),
        };
        Self::not_writable(path)(source)
    }
}
