//! What is wrong with the text of a query, and where.

use std::fmt;

/// Why a text is no query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in it, in characters, counted from 1.
    pub column: usize,
    /// What stands in that line.
    pub text: String,
    /// What could stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// What may have been meant.
    pub hint: Option<String>,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            1 => write!(f, "column {}", self.column)?,
            line => write!(f, "line {line}, column {}", self.column)?,
        }
        write!(f, ": expected {}, found {}", self.expected, self.found)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for QueryError {}

/// The same before it is known where in the text it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The bytes before it.
    pub(super) at: usize,
    pub(super) expected: String,
    /// What stands there, where it is more than a word of the query.
    pub(super) found: Option<String>,
    pub(super) hint: Option<String>,
}

impl Wrong {
    pub(super) fn new(at: usize, expected: impl Into<String>) -> Self {
        Self {
            at,
            expected: expected.into(),
            found: None,
            hint: None,
        }
    }

    pub(super) fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    pub(super) fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// The error in a text, of which `word` is what stands there.
    pub(super) fn within(self, query: &str, word: Option<&str>) -> QueryError {
        let at = query.floor_char_boundary(self.at.min(query.len()));
        let before = &query[..at];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let text = query[start..].lines().next().unwrap_or_default();
        let found = self.found.unwrap_or_else(|| match word {
            Some(word) => format!("`{}`", shortened(word)),
            None => "the end".to_owned(),
        });
        QueryError {
            line: before.matches('\n').count() + 1,
            column: query[start..at].chars().count() + 1,
            text: text.to_owned(),
            expected: self.expected,
            found,
            hint: self.hint,
        }
    }
}

/// A word as it fits into a message.
fn shortened(word: &str) -> String {
    const MOST: usize = 40;
    match word.chars().count() > MOST {
        true => word.chars().take(MOST - 1).chain(['…']).collect(),
        false => word.to_owned(),
    }
}

/// The one of some words that was probably meant.
pub(super) fn meant<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Option<String> {
    let word = word.to_lowercase();
    let close = words
        .into_iter()
        .map(|other| (strsim::damerau_levenshtein(&word, other), other));
    let (distance, other) = close.min_by_key(|(distance, _)| *distance)?;
    let most = if word.chars().count() < 4 { 1 } else { 2 };
    (distance <= most).then(|| format!("did you mean `{other}`?"))
}

/// Words as a list: `a, b or c`.
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}
