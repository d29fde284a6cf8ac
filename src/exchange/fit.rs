//! Foreign values within our limits.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::record::value::{Relation, Text, Time};
use crate::record::yaml::composed;

/// A text that was made to fit.
#[derive(Debug, PartialEq)]
pub(super) struct Fitted<T> {
    /// What fits.
    pub(super) value: T,
    /// Why it is not what it was, if it is not.
    pub(super) altered: Option<&'static str>,
}

pub(super) const CONTROL: &str = "has line breaks or control characters";
pub(super) const LONG: &str = "is longer than it may be here";

/// The text on one line and within `MAX` characters; `None` where nothing is left of it.
pub(super) fn text<const MAX: usize>(text: &str) -> Option<Fitted<Text<1, MAX>>> {
    let mut altered = None;
    let mut fitting = text.to_owned();
    if text.contains(char::is_control) {
        altered = Some(CONTROL);
        fitting = one_line(text);
    }
    if fitting.chars().count() > MAX {
        altered = Some(LONG);
        fitting = cut(&fitting, MAX);
    }
    let value = Text::new(fitting).ok()?;
    Some(Fitted { value, altered })
}

/// The text with every run of white space and control characters as one space.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first words of the text, `max` characters at most with the ellipsis.
fn cut(text: &str, max: usize) -> String {
    let room = text.char_indices().nth(max - 1).map_or(text.len(), |(at, _)| at);
    let head = &text[..room];
    let at_boundary = text[room..].starts_with(char::is_whitespace);
    // A word that fills more than half of the room is cut through.
    let end = match head.rfind(char::is_whitespace) {
        Some(space) if !at_boundary && space > room / 2 => space,
        _ => room,
    };
    format!("{}…", head[..end].trim_end())
}

/// The time a text names, UTC and cut to milliseconds; without a zone it is taken as UTC.
pub(super) fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    let timestamp = text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    Time::from_timestamp(timestamp)
}

/// The relation a foreign word names, in kebab-case.
pub(super) fn relation(word: &str) -> Option<Relation> {
    let kebab: String = word
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let parts: Vec<_> = kebab.split('-').filter(|part| !part.is_empty()).collect();
    Relation::new(&parts.join("-")).ok()
}

/// Whether the text is the address of something on the web.
pub(super) fn is_url(text: &str) -> bool {
    let text = text.trim();
    ["http://", "https://"]
        .iter()
        .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
        && !text.contains(char::is_whitespace)
}

/// A body without NUL, which no record file may have; whether there was one.
pub(super) fn body(text: String) -> (String, bool) {
    match text.contains('\0') {
        true => (text.replace('\0', "\u{fffd}"), true),
        false => (text, false),
    }
}

/// The values in their order, each once; two that look the same are the same.
pub(super) fn distinct<T>(values: impl IntoIterator<Item = T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    let mut seen = std::collections::HashSet::new();
    values
        .into_iter()
        .filter(|value| seen.insert(composed(name(value))))
        .collect()
}

/// The text in pieces of at most `max` characters, which together are the text; cut at lines or words where it can be.
pub(super) fn pieces(text: &str, max: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((limit, _)) = rest.char_indices().nth(max) {
        let head = &rest[..limit];
        let after = |at: usize| at + head[at..].chars().next().map_or(0, char::len_utf8);
        let line = head.rfind('\n').map(after).filter(|at| *at > limit / 2);
        let word = || head.rfind(char::is_whitespace).map(after).filter(|at| *at > limit / 2);
        let (piece, tail) = rest.split_at(line.or_else(word).unwrap_or(limit));
        pieces.push(piece);
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_a_word() {
        assert_eq!(cut("one two three", 10), "one two…");
        assert_eq!(cut("one two three", 8), "one two…");
        assert_eq!(cut("onetwothree", 5), "onet…");
        assert_eq!(cut("ééééé ééééé", 9), "ééééé…");
        let fitted = text::<200>(&"word ".repeat(60)).expect("fits");
        assert!(fitted.value.as_str().ends_with("word…") && fitted.altered == Some(LONG));
    }

    #[test]
    fn texts_stand_on_one_line() {
        let fitted = text::<200>("a\r\n b\u{0}\u{85}c").expect("fits");
        assert_eq!((fitted.value.as_str(), fitted.altered), ("a b c", Some(CONTROL)));
        assert_eq!(text::<200>("\u{0}\n"), None);
        assert_eq!(text::<200>(" a ").expect("fits").altered, None);
    }

    #[test]
    fn times_become_utc_and_lose_what_is_finer_than_milliseconds() {
        for (text, expected) in [
            ("2025-12-19T22:55:42.487701-08:00", "2025-12-20T06:55:42.487Z"),
            ("2026-01-12T02:16:51Z", "2026-01-12T02:16:51Z"),
            ("2025-08-17 16:54", "2025-08-17T16:54:00Z"),
            ("2025-08-17", "2025-08-17T00:00:00Z"),
            ("2025-08-17 16:54:03", "2025-08-17T16:54:03Z"),
        ] {
            assert_eq!(time(text).expect(text).to_string(), expected);
        }
        for text in ["", "0001-01-01T00:00:00Z", "17/08/2025", "2025-02-30", "yesterday"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn relations_are_kebab_case() {
        for (word, expected) in [("replies_to", "replies-to"), ("Caused By", "caused-by"), ("-x-", "x")] {
            assert_eq!(relation(word).expect(word).as_str(), expected);
        }
        for word in ["", "2nd", "--", "ü"] {
            assert_eq!(relation(word), None, "{word}");
        }
    }

    #[test]
    fn pieces_are_the_text() {
        let text = "word and ".repeat(40) + "\n" + &"é".repeat(50);
        let pieces = pieces(&text, 30);
        assert_eq!(pieces.concat(), text);
        assert!(pieces.iter().all(|piece| (1..=30).contains(&piece.chars().count())));
        assert!(super::pieces("", 30).is_empty());
    }
}
