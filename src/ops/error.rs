//! The one error of every operation: what kind it is, why, and what to do next.

mod remedy;

use std::fmt;

use serde_json::{Map, Value, json};

pub(super) use self::remedy::rests_on;
use self::remedy::{FULL, explanation, remedy};
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
