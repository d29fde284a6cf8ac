//! Splits a record file into frontmatter and body, and puts them together again.

use std::ops::Range;

use super::limits;
use super::violation::Violation;

const MIXED: &str = "line ends are mixed; use LF or CRLF throughout";

/// The two parts of a record file.
#[derive(Debug, PartialEq)]
pub(crate) struct Parts<'text> {
    /// The YAML between the two `---` lines.
    pub(crate) yaml: &'text str,
    /// Where the YAML stands in the file, in bytes.
    pub(crate) span: Range<usize>,
    /// Where what follows the closing line begins, in bytes.
    pub(crate) after: usize,
    /// How lines end.
    pub(crate) eol: &'static str,
    /// The line of the file the YAML begins in, counted from 1.
    pub(crate) first_line: u32,
    /// The line of the file the body begins in.
    pub(crate) body_line: u32,
    /// The text below, without the one blank line before it and the one line end after it.
    pub(crate) body: &'text str,
}

/// Splits the bytes of a record file.
///
/// A byte order mark and CRLF line ends are accepted; a frontmatter that mixes line ends, has a
/// lone carriage return or another control character is not.
pub(crate) fn split(bytes: &[u8]) -> Result<Parts<'_>, Violation> {
    let text = decode(bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Violation::file(None, "the file is empty"));
    }
    let eol = if text.starts_with("---\r\n") { "\r\n" } else { "\n" };
    let Some(rest) = text.strip_prefix("---").and_then(|rest| rest.strip_prefix(eol)) else {
        return Err(Violation::file(Some(1), "frontmatter does not begin with a line `---`"));
    };
    let Some((yaml, end, after)) = split_at_closing_line(rest) else {
        return Err(Violation::file(Some(1), "frontmatter is not closed by a line `---`"));
    };
    check_characters(yaml, eol)?;
    if !end.is_empty() && end != eol {
        return Err(Violation::file(Some(line_after(yaml) + 1), MIXED));
    }
    let body = after.strip_prefix(eol).unwrap_or(after);
    let before = &text[..text.len() - body.len()];
    let start = bytes.len() - rest.len();
    Ok(Parts {
        yaml,
        span: start..start + yaml.len(),
        after: bytes.len() - after.len(),
        eol,
        first_line: 2,
        body_line: line_after(before),
        body: body.strip_suffix(eol).unwrap_or(body),
    })
}

/// Puts canonical frontmatter and a body together.
pub(crate) fn join(yaml: &str, body: &str) -> String {
    if body.is_empty() {
        format!("---\n{yaml}---\n")
    } else {
        format!("---\n{yaml}---\n\n{body}\n")
    }
}

fn decode(bytes: &[u8]) -> Result<&str, Violation> {
    if bytes.len() as u64 > limits::RECORD_BYTES {
        let reason = format!("{} bytes; a record has at most {}", bytes.len(), limits::RECORD_BYTES);
        return Err(Violation::file(None, reason));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Violation::file(Some(1), "the file is UTF-16; records are UTF-8"));
    }
    let line_at = |position: usize| bytes[..position].iter().filter(|b| **b == b'\n').count() as u32 + 1;
    if let Some(position) = bytes.iter().position(|b| *b == 0) {
        return Err(Violation::file(Some(line_at(position)), "a NUL byte; records are text"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let position = error.valid_up_to();
        let reason = format!("byte {:#04x} is not UTF-8", bytes[position]);
        Violation::file(Some(line_at(position)), reason)
    })
}

/// The line of a file that comes after this beginning of it.
fn line_after(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).map_or(u32::MAX, |lines| lines + 1)
}

/// The line of a body, counted from 0, in which two sides begin that git could not merge.
///
/// All three markers have to be there: each alone is Markdown.
pub(crate) fn conflict_in(body: &str) -> Option<u32> {
    let (mut begin, mut divided) = (None, false);
    for (line, number) in body.lines().zip(0u32..) {
        if line.starts_with("<<<<<<< ") {
            (begin, divided) = (Some(number), false);
        } else if line == "=======" {
            divided = begin.is_some();
        } else if divided && line.starts_with(">>>>>>> ") {
            return begin;
        }
    }
    None
}

/// The text before the first line that is `---`, the end of that line, and the text after it.
fn split_at_closing_line(text: &str) -> Option<(&str, &str, &str)> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let after = start + line.len();
        let end = line.strip_prefix("---").unwrap_or(line);
        if end.len() < line.len() && end.bytes().all(|b| matches!(b, b'\r' | b'\n')) {
            return Some((&text[..start], end, &text[after..]));
        }
        start = after;
    }
    None
}

fn check_characters(yaml: &str, eol: &str) -> Result<(), Violation> {
    let lines = yaml.split_inclusive('\n').zip(2u32..);
    for (line, number) in lines {
        if ["<<<<<<< ", "=======", ">>>>>>> "]
            .iter()
            .any(|marker| line.trim_end().starts_with(marker.trim_end()))
        {
            return Err(Violation::file(
                Some(number),
                "git conflict markers; the two sides were never merged",
            ));
        }
        let content = line.strip_suffix('\n').unwrap_or(line);
        let content = match (eol, content.strip_suffix('\r')) {
            ("\r\n", Some(content)) => content,
            ("\n", None) => content,
            _ => {
                return Err(Violation::file(Some(number), MIXED));
            }
        };
        if content.contains('\r') {
            return Err(Violation::file(Some(number), "a carriage return inside of a line"));
        }
        if let Some(c) = content.chars().find(|c| c.is_control() && *c != '\t') {
            return Err(Violation::file(
                Some(number),
                format!("control character U+{:04X}", c as u32),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_line_and_last_newline_are_not_the_body() {
        for (file, body) in [
            ("---\na: b\n---\n", ""),
            ("---\na: b\n---", ""),
            ("---\na: b\n---\n\ntext\n", "text"),
            ("---\na: b\n---\n\n\n text \n\n", "\n text \n"),
            ("---\na: b\n---\ntext", "text"),
            ("---\na: b\n---\n\na\n---\nb\n", "a\n---\nb"),
            ("\u{feff}---\r\na: b\r\n---\r\n\r\nx\r\ny\r\n", "x\r\ny"),
        ] {
            assert_eq!(split(file.as_bytes()).expect(file).body, body, "{file:?}");
        }
    }

    #[test]
    fn any_body_survives_joining() {
        for body in ["", "x", "\n", "\nx\n", "x\n\n", "\r", "x\r\n", "---", "---\n---"] {
            let file = join("a: b\n", body);
            assert_eq!(split(file.as_bytes()).expect("splits").body, body, "{body:?}");
        }
    }
}
