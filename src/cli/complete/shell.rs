//! What each shell sends and takes: a line for each candidate, whatever the records hold.
//!
//! Values come from records other people wrote. One that could not be typed in one line is not
//! offered; in bash, which inserts them as they are, each is quoted.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};

use clap::ValueEnum;
use clap_complete::engine::CompletionCandidate;

use crate::cli::text::one_line;

/// How much of a description is shown.
const DESCRIPTION_CHARS: usize = 60;

/// A shell that can complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    /// Bash
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
}

impl Shell {
    /// What the shell is to source.
    pub(super) fn script(self) -> &'static str {
        match self {
            Self::Bash => include_str!("git-docket.bash"),
            Self::Zsh => include_str!("git-docket.zsh"),
            Self::Fish => include_str!("git-docket.fish"),
        }
    }

    /// The word the shell would pass on for what was typed. Zsh and fish know themselves.
    pub(super) fn meant(self, word: &OsStr) -> OsString {
        match (self, word.to_str()) {
            (Self::Bash, Some(word)) => unquoted(word).into(),
            _ => word.to_owned(),
        }
    }

    /// The same for what is not typed to its end, which fish leaves as it stands.
    pub(super) fn meant_at_cursor(self, word: &str) -> OsString {
        match self {
            Self::Zsh => word.into(),
            Self::Bash | Self::Fish => unquoted(word).into(),
        }
    }

    /// The candidates as the script of the shell takes them. `typed` is the word at the cursor as it stands there.
    pub(super) fn lines(self, candidates: &[CompletionCandidate], typed: &str, plain: bool) -> String {
        // Bash would take what two lines of one value have in common for the value.
        let mut seen = HashSet::new();
        let told = candidates.iter().filter_map(told);
        let told: Vec<_> = told.filter(|(value, _)| seen.insert(*value)).collect();
        match self {
            Self::Zsh | Self::Fish => told
                .iter()
                .map(|(value, about)| format!("{value}\t{about}\n"))
                .collect(),
            Self::Bash => bash_lines(&told, typed, plain),
        }
    }
}

/// A value and what it is about; none where the value cannot be typed.
fn told(candidate: &CompletionCandidate) -> Option<(&str, String)> {
    let value = candidate
        .get_value()
        .to_str()
        .filter(|value| one_line(value) == *value)?;
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    let first = one_line(help.lines().next().unwrap_or_default());
    Some((
        value,
        console::truncate_str(&first, DESCRIPTION_CHARS, "…").into_owned(),
    ))
}

/// A single candidate is what is inserted, with the space behind it. Of several, bash inserts only what they have in
/// common and shows them all, so there is room for what they are about.
fn bash_lines(told: &[(&str, String)], typed: &str, plain: bool) -> String {
    // Within quotes, only what means the same with and without.
    let in_quotes = typed.contains(['"', '\'']);
    let fitting = told
        .iter()
        .filter(|(value, _)| !in_quotes || value.chars().all(is_harmless));
    let values: Vec<_> = fitting.map(|(value, about)| (quoted(value), about)).collect();
    let width = values
        .iter()
        .map(|(value, _)| console::measure_text_width(value))
        .max()
        .unwrap_or(0);
    let line = |(value, about): &(String, &String)| {
        let padding = width - console::measure_text_width(value);
        if plain || values.len() == 1 || about.is_empty() {
            // A path or an assignment goes on.
            let space = if value.ends_with(['/', '=']) { "" } else { " " };
            format!("{value}{space}\n")
        } else {
            format!("{value}{:padding$}  ({about})\n", "")
        }
    };
    values.iter().map(line).collect()
}

/// Whether a character is nothing but itself in every shell.
fn is_harmless(c: char) -> bool {
    c.is_alphanumeric() || "_@%+=:,./-".contains(c)
}

/// The word with a backslash before everything that might mean something.
fn quoted(value: &str) -> String {
    // What completes a path below the home directory begins as it was typed.
    let (home, rest) = value.split_at(if value.starts_with("~/") { 2 } else { 0 });
    let escape = |c: char| [(!is_harmless(c)).then_some('\\'), Some(c)];
    home.chars().chain(rest.chars().flat_map(escape).flatten()).collect()
}

/// The word without its quotes; one that is not closed yet ends with the word. Nothing is expanded.
fn unquoted(word: &str) -> String {
    let (mut out, mut quote) = (String::new(), None);
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\\') => out.extend(chars.next()),
            (None, '"' | '\'') => quote = Some(c),
            (Some('"'), '\\') => match chars.next() {
                Some(c @ ('"' | '\\' | '$' | '`')) => out.push(c),
                next => out.extend([Some('\\'), next].into_iter().flatten()),
            },
            (Some(open), c) if c == open => quote = None,
            (_, c) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(value: &str, about: &str) -> CompletionCandidate {
        CompletionCandidate::new(value).help(Some(about.to_owned().into()))
    }

    #[test]
    fn a_record_cannot_break_a_line() {
        let hostile = [
            candidate("one\ntwo", "x"),
            candidate("a\tb", "x"),
            candidate("\u{1b}[31mred", "x"),
            candidate("\u{202e}back", "x"),
            candidate("good", "first\tline\u{1b}[2J\u{7}\nsecond"),
        ];
        for shell in [Shell::Zsh, Shell::Fish] {
            let lines = shell.lines(&hostile, "", false);
            assert_eq!(lines.lines().count(), 1, "{lines:?}");
            assert!(
                lines.starts_with("good\tfirst line") && !lines.contains(['\u{1b}', '\u{7}']),
                "{lines:?}"
            );
        }
        assert_eq!(Shell::Bash.lines(&hostile, "", false), "good \n");
    }

    #[test]
    fn bash_gets_words_that_are_only_words() {
        let labels = [
            candidate("$(touch x)", ""),
            candidate("a b", ""),
            candidate("area:ui", ""),
            candidate("src/", ""),
        ];
        assert_eq!(
            Shell::Bash.lines(&labels, "", false),
            "\\$\\(touch\\ x\\) \na\\ b \narea:ui \nsrc/\n"
        );
        assert_eq!(Shell::Bash.lines(&labels, "\"", false), "area:ui \nsrc/\n");
    }

    #[test]
    fn several_candidates_say_what_they_are() {
        let ids = [candidate("3f9a2c1b", "Warm the pot"), candidate("3f", "Pour")];
        assert_eq!(
            Shell::Bash.lines(&ids, "3", false),
            "3f9a2c1b  (Warm the pot)\n3f        (Pour)\n"
        );
        assert_eq!(Shell::Bash.lines(&ids, "3", true), "3f9a2c1b \n3f \n");
        let twice = [candidate("3f9a2c1b", "Warm the pot"), candidate("3f9a2c1b", "Warm")];
        assert_eq!(Shell::Bash.lines(&twice, "3", false), "3f9a2c1b \n");
        assert_eq!(Shell::Bash.lines(&ids[..1], "3", false), "3f9a2c1b \n");
    }

    #[test]
    fn quotes_are_read_as_the_shell_does() {
        for (typed, meant) in [
            ("a\\ b", "a b"),
            ("'a b'c", "a bc"),
            ("\"a \\\"b", "a \"b"),
            ("\"\\a", "\\a"),
            ("a\\", "a"),
        ] {
            assert_eq!(unquoted(typed), meant, "{typed}");
        }
    }
}
