//! What git's trouble is to whoever asked, and what to do about it.

use super::ErrorKind;
use crate::ops::shell::quoted;
use crate::store;

/// What kind of error git's trouble is, and what to do about it: the one place for these hints.
pub(super) fn remedy(error: &store::Error) -> (ErrorKind, Vec<String>) {
    use store::Error as E;
    let other_ref = || vec!["git docket init --ref docket".to_owned()];
    match error {
        E::NotARepository { .. } => (ErrorKind::NotFound, vec!["git init".into()]),
        E::Untrusted { dir, .. } => {
            let trust = format!("git config --global --add safe.directory {}", quoted(dir.display()));
            (ErrorKind::Denied, vec![trust])
        }
        E::UnsupportedRefFormat { .. } | E::SymbolicRef { .. } | E::ForeignLock { .. } => (ErrorKind::Denied, vec![]),
        E::InvalidRef { .. } => (ErrorKind::Invalid, other_ref()),
        E::BrokenProposal { .. } => (
            ErrorKind::Denied,
            vec!["git docket --ref tracking propose leave".into()],
        ),
        E::UnknownRevision { .. } => (ErrorKind::Invalid, vec!["git log --oneline tracking".into()]),
        E::AmbiguousCommit { commits, .. } => {
            let show = |commit: &store::CommitId| format!("git log -1 {}", &commit.to_string()[..16]);
            (ErrorKind::Ambiguous, commits.iter().take(5).map(show).collect())
        }
        E::InvalidId { .. } | E::NotACommit { .. } | E::InvalidPath { .. } | E::PathClash { .. } => {
            (ErrorKind::Invalid, vec![])
        }
        E::InvalidMessage | E::TooLarge { .. } | E::TooManyEntries { .. } | E::TooManyCommits { .. } => {
            (ErrorKind::Invalid, vec![])
        }
        E::MissingIdentity => {
            let name = "git config --global user.name 'Your Name'";
            let mail = "git config --global user.email you@example.com";
            (ErrorKind::Invalid, vec![name.into(), mail.into()])
        }
        E::MissingObject { partial: true, .. } => (
            ErrorKind::Unavailable,
            // The first brings what the tip lacks, the second what its past does.
            vec![
                "git docket fetch".into(),
                "git fetch --refetch --no-filter origin tracking".into(),
            ],
        ),
        // Nothing is known to be broken where the system did not let us look.
        E::NotReadable { .. } => (ErrorKind::Unavailable, vec![]),
        E::Corrupt { source, .. } | E::BrokenRef { source, .. } | E::Unreadable { source, .. }
            if rests_on(source, CLOSED) =>
        {
            (ErrorKind::Unavailable, vec![])
        }
        E::MissingObject { .. } | E::Corrupt { .. } | E::BrokenRef { .. } | E::Unreadable { .. } => {
            (ErrorKind::Corrupt, vec!["git fsck --full".into()])
        }
        E::RefLocked {
            lock: Some((path, _)), ..
        } => (
            ErrorKind::Unavailable,
            vec![format!("ls -l {}", quoted(path.display()))],
        ),
        E::Busy { .. } | E::RefLocked { .. } | E::TipMoved { .. } => (ErrorKind::Unavailable, vec![]),
        E::NotWritable { source, .. } if rests_on(source, FULL) => (ErrorKind::Unavailable, vec!["df -h .".to_owned()]),
        E::NotWritable { source, .. } if rests_on(source, REFUSED) => (ErrorKind::Denied, vec![]),
        E::NotWritable { .. } => (ErrorKind::Unavailable, vec![]),
        E::CheckedOut { worktree, .. } => (
            ErrorKind::Denied,
            vec![format!("git -C {} switch --detach", quoted(worktree.display()))],
        ),
        E::RefClash { .. } | E::UnrelatedBranch { .. } => (ErrorKind::Denied, other_ref()),
        E::Signing { .. } => (
            ErrorKind::Denied,
            vec!["git config --show-origin --get-regexp '^(commit.gpgsign|gpg|user.signingkey)'".into()],
        ),
        E::Remote { fault, message, .. } => match fault {
            store::Fault::Refused if message.contains(crate::record::path::ROOT) => {
                (ErrorKind::Denied, vec!["git docket validate".to_owned()])
            }
            store::Fault::Unreachable | store::Fault::Busy | store::Fault::Other => (ErrorKind::Unavailable, vec![]),
            store::Fault::Denied | store::Fault::Refused => (ErrorKind::Denied, vec![]),
            store::Fault::Hidden => (ErrorKind::Denied, other_ref()),
        },
        E::Command { .. } => (ErrorKind::Unavailable, vec![]),
        E::Git { .. } => (ErrorKind::Internal, vec![]),
    }
}

/// The system does not let us in.
const CLOSED: &[std::io::ErrorKind] = &[
    std::io::ErrorKind::PermissionDenied,
    std::io::ErrorKind::NotADirectory,
    std::io::ErrorKind::StaleNetworkFileHandle,
];

/// The disk, or the user's share of it, is full.
pub(super) const FULL: &[std::io::ErrorKind] = &[std::io::ErrorKind::StorageFull, std::io::ErrorKind::QuotaExceeded];

/// The system does not let us write there, and will not the next time.
const REFUSED: &[std::io::ErrorKind] = &[
    std::io::ErrorKind::PermissionDenied,
    std::io::ErrorKind::ReadOnlyFilesystem,
    std::io::ErrorKind::NotADirectory,
    std::io::ErrorKind::IsADirectory,
    std::io::ErrorKind::AlreadyExists,
    std::io::ErrorKind::NotFound,
];

/// Whether an error of the system of one of these kinds lies underneath.
pub(in crate::ops) fn rests_on(cause: &store::Cause, kinds: &[std::io::ErrorKind]) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(cause.as_ref());
    while let Some(error) = next {
        let system = error.downcast_ref::<std::io::Error>();
        if system.is_some_and(|error| kinds.contains(&error.kind())) {
            return true;
        }
        next = error.source();
    }
    false
}

/// Why git's trouble is trouble, where its name alone does not say.
pub(super) fn explanation(error: &store::Error) -> Option<&'static str> {
    use store::Error as E;
    match error {
        E::Untrusted { .. } => Some("git does not trust it, so neither do we"),
        E::UnsupportedRefFormat { .. } => Some("only files and reftables can be read and written safely"),
        E::CheckedOut { .. } => Some("a commit on it would show there as changes to be reverted"),
        E::UnrelatedBranch { .. } => Some("its tree has no .tracking/format; choose another name"),
        E::RefClash { .. } => Some("choose another name"),
        E::BrokenProposal { .. } => Some("it does not tell where this worktree's writes are to go"),
        E::SymbolicRef { .. } => Some("a write would move the other branch"),
        E::RefLocked { lock: Some(_), .. } => {
            Some("some git is at work there, or was killed; only if none is, the file can be removed by hand")
        }
        _ => None,
    }
}
