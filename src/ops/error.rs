//! The one error of every operation: what kind it is, why, and what to do next.

use std::fmt;

use serde_json::{Map, Value, json};

use super::shell::quoted;
use crate::index;
use crate::record::{Kind, NotAnId, Record, Violation};
use crate::store;

/// Errors by what can be done about them; the same table for every surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A bad value.
    Invalid,
    /// No such record, or no docket.
    NotFound,
    /// A short name fits several records.
    Ambiguous,
    /// Not allowed here.
    Denied,
    /// Somebody changed it since it was read.
    Conflict,
    /// Nothing could answer now; later it may.
    Unavailable,
    /// An object of the repository is broken.
    Corrupt,
    /// A bug.
    Internal,
}

impl ErrorKind {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Ambiguous => "ambiguous",
            Self::Denied => "denied",
            Self::Conflict => "conflict",
            Self::Unavailable => "unavailable",
            Self::Corrupt => "corrupt",
            Self::Internal => "internal",
        }
    }

    /// The name of the error in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "ValidationError",
            Self::NotFound => "NotFoundError",
            Self::Ambiguous => "AmbiguousIdError",
            Self::Denied => "DeniedError",
            Self::Conflict => "VersionConflictError",
            Self::Unavailable => "DatabaseError",
            Self::Corrupt | Self::Internal => "InternalError",
        }
    }

    /// The exit code of a command that ends with it.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Invalid | Self::NotFound | Self::Ambiguous | Self::Denied => 1,
            Self::Conflict => 3,
            Self::Unavailable => 4,
            Self::Corrupt | Self::Internal => 255,
        }
    }

    /// Whether the request may succeed later: as it is, or after a conflict with what was read anew.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::Conflict | Self::Unavailable)
    }
}

/// Why an operation did not do what it was asked. Nothing was acknowledged.
///
/// Small, since every result carries room for it.
#[derive(Debug)]
pub struct Error(Box<Reason>);

#[derive(Debug)]
struct Reason {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    details: Map<String, Value>,
    hints: Vec<String>,
    retryable: bool,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Reason {
            kind,
            message: message.into(),
            source: None,
            details: Map::new(),
            hints: Vec::new(),
            retryable: kind.is_retryable(),
        }))
    }

    /// An error about the values of a request or a file.
    pub(super) fn invalid(message: impl Into<String>, violations: &[Violation]) -> Self {
        Self::new(ErrorKind::Invalid, message)
            .with("violations", violations.iter().map(violation_json).collect::<Vec<_>>())
    }

    /// An error about what a front end was given, before any operation was called.
    pub fn request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// An error about several fields of what a front end was given: each with what is wrong with it.
    pub fn fields(message: impl Into<String>, wrong: &[(String, String)]) -> Self {
        let wrong = wrong
            .iter()
            .map(|(field, message)| json!({ "field": field, "message": message }));
        Self::new(ErrorKind::Invalid, message).with("violations", wrong.collect::<Vec<_>>())
    }

    /// There is no such thing.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// Not possible now; later it may be.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// Something that is not allowed here.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Denied, message)
    }

    /// Something that cannot be, unless this program is wrong.
    pub fn bug(what: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Internal, what.to_string())
    }

    /// A file beside the docket could not be written, for this reason.
    pub fn unwritten(file: impl fmt::Display, kind: std::io::ErrorKind, reason: impl fmt::Display) -> Self {
        let message = format!("{file} cannot be written: {reason}");
        match FULL.contains(&kind) {
            true => Self::new(ErrorKind::Unavailable, message).hint("df -h ."),
            false => Self::request(message),
        }
    }

    /// The name names a record of another kind than the one that is wanted.
    pub(super) fn of_another_kind(name: &str, wanted: Kind, record: &Record) -> Self {
        let (wanted, is) = (wanted.noun(), record.kind().noun());
        let message = format!("`{name}` is not {wanted}: it is {is}, {}", record.heading());
        let error = Self::new(ErrorKind::Invalid, message);
        match record.id() {
            Some(id) => error.hint(format!("git docket show {}", id.short())),
            None => error,
        }
    }

    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.details.insert(key.to_owned(), value.into());
        self
    }

    /// Adds a command that can be pasted. Never one that destroys anything.
    #[must_use]
    pub fn hint(mut self, command: impl Into<String>) -> Self {
        self.0.hints.push(command.into());
        self
    }

    /// The same, naming the line of a batch, counted from 1.
    #[must_use]
    pub fn in_line(mut self, number: usize) -> Self {
        self.0.message = format!("line {number}: {}", self.0.message);
        self.with("line", number)
    }

    /// The same, naming the field of the request it is about.
    #[must_use]
    pub fn in_field(mut self, field: &str) -> Self {
        self.0.message = format!("{field}: {}", self.0.message);
        self.with("field", field)
    }

    /// The same with something more to know behind the message.
    #[must_use]
    pub fn explained(mut self, more: &str) -> Self {
        self.0.message = format!("{}; {more}", self.0.message);
        self
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Commands that may help.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }

    /// More about it, by name.
    #[must_use]
    pub fn details(&self) -> &Map<String, Value> {
        &self.0.details
    }

    /// The messages of what lies underneath, outermost first.
    #[must_use]
    pub fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        let mut next = self.0.source.as_deref().map(|e| e as &dyn std::error::Error);
        while let Some(error) = next {
            let text = error.to_string();
            if causes.last() != Some(&text) && !self.0.message.starts_with(&text) {
                causes.push(text);
            }
            next = error.source();
        }
        causes
    }

    /// The error as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "error": self.0.kind.name(),
            "kind": self.0.kind.as_str(),
            "message": std::iter::once(self.0.message.clone()).chain(self.causes()).collect::<Vec<_>>().join(": "),
            "details": self.0.details,
            "hints": self.0.hints,
            "retryable": self.0.retryable,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|e| e as &dyn std::error::Error)
    }
}

/// A violation as JSON: `field`, `line` where there is one, `message`.
#[must_use]
pub fn violation_json(violation: &Violation) -> Value {
    let mut json = Map::new();
    json.insert("field".into(), violation.field.clone().into());
    if let Some(line) = violation.line {
        json.insert("line".into(), line.into());
    }
    json.insert("message".into(), violation.message.clone().into());
    Value::Object(json)
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        let (kind, hints) = remedy(&error);
        let mut message = error.to_string();
        if let Some(explanation) = explanation(&error) {
            message.push_str("; ");
            message.push_str(explanation);
        }
        let mut converted = Self::new(kind, message);
        converted.0.hints = hints;
        // The message says what the outermost error says; what it wraps is the cause, where it says more.
        if !matches!(
            error,
            store::Error::UnknownRevision { .. } | store::Error::InvalidRef { .. }
        ) {
            converted.0.source = Some(Box::new(error));
        }
        converted
    }
}

impl From<index::Error> for Error {
    fn from(error: index::Error) -> Self {
        use index::Error as E;
        let kind = match error {
            E::NoUrl(_) => ErrorKind::Invalid,
            _ => ErrorKind::Unavailable,
        };
        let mut converted = Self::new(kind, error.to_string());
        // Somebody has to do something about these first.
        converted.0.retryable &= !matches!(error, E::Missing | E::Unusable(_) | E::Ahead);
        converted
    }
}

impl From<NotAnId> for Error {
    fn from(error: NotAnId) -> Self {
        Self::new(ErrorKind::Invalid, error.to_string())
    }
}

/// What kind of error git's trouble is, and what to do about it: the one place for these hints.
fn remedy(error: &store::Error) -> (ErrorKind, Vec<String>) {
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
const FULL: &[std::io::ErrorKind] = &[std::io::ErrorKind::StorageFull, std::io::ErrorKind::QuotaExceeded];

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
pub(super) fn rests_on(cause: &store::Cause, kinds: &[std::io::ErrorKind]) -> bool {
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
fn explanation(error: &store::Error) -> Option<&'static str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_contract() {
        use ErrorKind::*;
        let table = [
            (Invalid, "ValidationError", "invalid", 1, false),
            (NotFound, "NotFoundError", "not_found", 1, false),
            (Ambiguous, "AmbiguousIdError", "ambiguous", 1, false),
            (Denied, "DeniedError", "denied", 1, false),
            (Conflict, "VersionConflictError", "conflict", 3, true),
            (Unavailable, "DatabaseError", "unavailable", 4, true),
            (Corrupt, "InternalError", "corrupt", 255, false),
            (Internal, "InternalError", "internal", 255, false),
        ];
        for (kind, name, word, code, retryable) in table {
            assert_eq!(
                (kind.name(), kind.as_str(), kind.exit_code(), kind.is_retryable()),
                (name, word, code, retryable)
            );
        }
    }

    #[test]
    fn no_hint_destroys_anything() {
        let dir = std::path::PathBuf::from("/repo");
        let errors = [
            store::Error::NotARepository { dir: dir.clone() },
            store::Error::Untrusted {
                dir: dir.clone(),
                owner: None,
            },
            store::Error::MissingIdentity,
            store::Error::CheckedOut {
                reference: "refs/heads/tracking".into(),
                worktree: dir,
            },
            store::Error::RefClash {
                reference: "refs/heads/tracking".into(),
                other: "refs/heads/tracking/x".into(),
            },
            store::Error::MissingObject {
                id: "0".repeat(40),
                partial: true,
            },
        ];
        for error in errors {
            let error = Error::from(error);
            assert!(!error.hints().is_empty(), "{error}");
            for hint in error.hints() {
                let destructive = ["rm ", "--force", " -f", "-D", "--hard", "prune", "clean", "delete"];
                assert!(!destructive.iter().any(|word| hint.contains(word)), "{hint}");
            }
        }
    }
}
