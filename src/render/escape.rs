//! Text of records inside of Markdown, Mermaid and DOT: it shows as just this text, whatever is in it.
//!
//! In Markdown a backslash stands before whatever could mean something, and a character reference such as `&#32;` for
//! what a backslash cannot escape; undoing both gives the text again, on one line, with hidden characters made visible.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::record::shown::shown;

/// What means something anywhere in Markdown, or on the pages that show it.
const SPECIAL: &[char] = &['\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '$'];

/// The text as Markdown, on one line.
pub(super) fn markdown(text: &str) -> String {
    escaped(text, beginning, &[])
}

/// The same before a colon that ends it.
pub(super) fn label(text: &str) -> String {
    escaped(text, beginning, &[':'])
}

/// The same as one of several between commas, inside of parentheses or not; never the first on a line.
pub(super) fn entry(text: &str) -> String {
    escaped(text, |_| None, &[',', '(', ')', ':'])
}

/// The same as one of several between spaces.
pub(super) fn word(text: &str) -> String {
    entry(text).replace(' ', "&#32;")
}

/// A text on one line, with what hides in it made visible.
fn one_line(text: &str) -> Cow<'_, str> {
    match text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(shown(&text.replace("\r\n", " ").replace(['\n', '\r', '\t'], " "))),
    }
}

fn escaped(text: &str, beginning: fn(&str) -> Option<usize>, more: &[char]) -> String {
    let text = one_line(text);
    // Most of what is written are plain words.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || (byte == b' ' && text.len() > 1);
    let edges = [text.bytes().next(), text.bytes().next_back()];
    if text.bytes().all(plain) && edges.iter().flatten().all(u8::is_ascii_alphanumeric) {
        return text.into_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let begins = beginning(&text);
    let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let reference = c == '&' && is_reference(&text[at + 1..]);
        if (at == 0 || at == last) && c.is_whitespace() {
            let _infallible = write!(out, "&#{};", u32::from(c));
        } else {
            let special = SPECIAL.contains(&c) || more.contains(&c) || reference || begins == Some(at);
            if special || (c == '#' && before.is_whitespace()) {
                out.push('\\');
            }
            out.push(c);
        }
        before = c;
    }
    out
}

/// Where a text has what begins a list or underlines a heading, were it the first on a line.
fn beginning(text: &str) -> Option<usize> {
    match text.chars().next()? {
        '-' | '+' | '=' => Some(0),
        c if c.is_ascii_digit() => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            text[digits..].starts_with(['.', ')']).then_some(digits)
        }
        _ => None,
    }
}

/// Whether what comes after an ampersand makes it a character reference.
fn is_reference(after: &str) -> bool {
    let name = after.strip_prefix('#').unwrap_or(after);
    let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    length > 0 && name[length..].starts_with(';')
}

/// The text inside of a Mermaid label in double quotes.
pub(super) fn mermaid(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        match c.is_ascii_punctuation() && !matches!(c, '.' | ',' | '-' | '/' | ':' | '(' | ')' | '\'' | '!' | '?') {
            true => drop(write!(out, "#{};", u32::from(c))),
            false => out.push(c),
        }
    }
    out
}

/// The text inside of a DOT string in double quotes.
pub(super) fn dot(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_shows_as_it_is() {
        for (text, escaped) in [
            ("plain, with (all) of: it", "plain, with (all) of: it"),
            ("a_b <img> [x](y)\n# z", "a\\_b \\<img\\> \\[x\\](y) \\# z"),
            ("# no heading", "\\# no heading"),
            ("C# and F#", "C# and F#"),
            ("closed ##", "closed \\##"),
            ("- no list", "\\- no list"),
            ("1. no list", "1\\. no list"),
            ("2025 is no list", "2025 is no list"),
            ("=== no underline", "\\=== no underline"),
            ("R&D &amp; &#35; A&B;", "R&D \\&amp; \\&#35; A\\&B;"),
            (" edges ", "&#32;edges&#32;"),
            ("a\u{202e}b", "a\\\\u{202e}b"),
            ("", ""),
        ] {
            assert_eq!(markdown(text), escaped, "{text:?}");
        }
        assert_eq!(label("ADP: US"), "ADP\\: US");
        assert_eq!(entry("Ana, (the first)"), "Ana\\, \\(the first\\)");
        assert_eq!(word("2.3 beta"), "2.3&#32;beta");
    }

    #[test]
    fn graphs_keep_their_shape() {
        assert_eq!(mermaid("a\"] --> b; #x `y`"), "a#34;#93; --#62; b#59; #35;x #96;y#96;");
        assert_eq!(dot("a\"; b -> c \\"), "a\\\"; b -> c \\\\");
    }
}
