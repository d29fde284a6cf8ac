//! What is wrong with a record, in the words of the file: field, line, reason.

use std::fmt;

use super::limits;

/// How much a [`Violation`] matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The record cannot be used until this is mended.
    Error,
    /// The record is used; somebody may want to look.
    Warning,
}

impl Severity {
    /// The word for it in messages and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Violation {
    /// Whether the record can be used all the same.
    pub severity: Severity,
    /// The field it is about, dotted (`metadata.token_budget`, `depends_on[2]`); none for the file as a whole.
    pub field: Option<String>,
    /// The line of the file, counted from 1; none where there is no file.
    pub line: Option<u32>,
    /// The reason, lower case, without a full stop.
    pub message: String,
}

impl Violation {
    /// An error about the file as a whole.
    pub fn file(line: Option<u32>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            field: None,
            line,
            message: message.into(),
        }
    }

    /// An error about one field, without a line.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            field: Some(field.into()),
            line: None,
            message: message.into(),
        }
    }

    /// The same, as a warning.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// Collects violations while a record is read, and knows which field is being read.
#[derive(Debug, Default)]
pub(crate) struct Report {
    violations: Vec<Violation>,
    field: String,
    errors: usize,
}

impl Report {
    /// Reads something inside of `key`; violations meanwhile name it.
    pub(crate) fn within<T>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.field.len();
        if outer > 0 {
            self.field.push('.');
        }
        self.field.push_str(key);
        let result = read(self);
        self.field.truncate(outer);
        result
    }

    /// Reads the element of a list at `position`, counted from 0.
    pub(crate) fn element<T>(&mut self, position: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.field.len();
        self.field.push_str(&format!("[{position}]"));
        let result = read(self);
        self.field.truncate(outer);
        result
    }

    pub(crate) fn error(&mut self, line: u32, message: impl Into<String>) {
        self.errors += 1;
        self.push(Severity::Error, line, message.into());
    }

    pub(crate) fn warn(&mut self, line: u32, message: impl Into<String>) {
        self.push(Severity::Warning, line, message.into());
    }

    fn push(&mut self, severity: Severity, line: u32, message: String) {
        // A hostile file must not make a report larger than itself.
        if self.violations.len() < limits::VIOLATIONS || (severity == Severity::Error && self.errors == 1) {
            self.violations.push(Violation {
                severity,
                field: (!self.field.is_empty()).then(|| self.field.clone()),
                line: (line > 0).then_some(line),
                message,
            });
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// All that was found, in the order of the file.
    pub(crate) fn finish(mut self) -> Vec<Violation> {
        self.violations.sort_by_key(|v| v.line.unwrap_or(0));
        self.violations
    }
}
