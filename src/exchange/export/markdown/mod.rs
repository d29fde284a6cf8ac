//! One document to read: every record a section, its fields a list, its body quoted below.
//!
//! A body is quoted line by line, so whatever it leaves open ends with the quote. Its headings are
//! below those of the document, and its raw HTML is text.

mod body;

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::Value;

use self::body::quoted;
use super::encode::one_line;
use super::{Derived, Docket, Exported};
use crate::record::{Kind, RecordId};

/// The format, as the first line names it.
pub const FORMAT: &str = "git-docket-markdown/1";

/// The sections of the document, in their order.
const SECTIONS: &[(Kind, &str)] = &[
    (Kind::WorkItem, "Work items"),
    (Kind::Vendor, "Vendors"),
    (Kind::Deployment, "Deployments"),
    (Kind::Enhancement, "Enhancements"),
];

/// The document of a docket.
#[must_use]
pub fn write(docket: &Docket) -> String {
    let head = &docket.head;
    let mut out = format!("<!-- {FORMAT} -->\n\n# Docket\n\n");
    let _infallible = writeln!(out, "- commit: {}", code(&head.revision));
    if let Some(time) = head.committed_at {
        let _infallible = writeln!(out, "- committed: {time}");
    }
    if let Some(repository) = &head.repository {
        let _infallible = writeln!(out, "- repository: {}", code(repository));
    }
    let writer = Writer {
        names: docket
            .by_id()
            .into_iter()
            .map(|(id, of)| (id, of.record.heading()))
            .collect(),
        notes: docket.notes(),
    };
    for (kind, title) in SECTIONS {
        let records: Vec<_> = docket.of(*kind).collect();
        if !records.is_empty() {
            let _infallible = writeln!(out, "- {}: {}", title.to_lowercase(), records.len());
        }
    }
    for (kind, title) in SECTIONS {
        for (at, exported) in docket.of(*kind).enumerate() {
            if at == 0 {
                let _infallible = write!(out, "\n## {title}\n");
            }
            writer.record(&mut out, exported);
        }
    }
    if !docket.unread.is_empty() {
        out.push_str("\n## Files that cannot be read\n\n");
    }
    for file in &docket.unread {
        let _infallible = writeln!(out, "- {}: {}", code(&file.file), escaped(&file.reasons.join("; ")));
    }
    out
}

struct Writer<'d> {
    names: HashMap<RecordId, String>,
    notes: HashMap<RecordId, Vec<&'d Exported>>,
}

impl Writer<'_> {
    fn record(&self, out: &mut String, exported: &Exported) {
        let _infallible = write!(out, "\n### {}\n\n", escaped(&exported.record.heading()));
        for (key, value) in exported.record.to_json() {
            match key.as_str() {
                "title" | "name" => {}
                "id" => {
                    let _infallible = writeln!(out, "- id: {}", code(value.as_str().unwrap_or_default()));
                }
                key => self.field(out, key, &value, 0),
            }
        }
        if let Some(derived) = &exported.derived {
            derived_fields(out, derived);
        }
        if !exported.record.body.is_empty() {
            let _infallible = write!(out, "\n{}\n", quoted(&exported.record.body));
        }
        let notes = exported.path.id().and_then(|id| self.notes.get(&id));
        for note in notes.into_iter().flatten() {
            let fields = note.record.to_json();
            let said = |key: &str| fields.get(key).and_then(Value::as_str).map(escaped).unwrap_or_default();
            let (by, at) = (said("created_by"), said("created_at"));
            let _infallible = write!(out, "\nNote of {by}, {at}:\n\n{}\n", quoted(&note.record.body));
        }
    }

    /// A field as an item of a list; what it holds is in lists below.
    fn field(&self, out: &mut String, key: &str, value: &Value, depth: usize) {
        let indent = "  ".repeat(depth);
        let key = escaped(key);
        match value {
            Value::Object(map) if !map.is_empty() => {
                let _infallible = writeln!(out, "{indent}- {key}:");
                for (key, value) in map {
                    self.field(out, key, value, depth + 1);
                }
            }
            Value::Array(values) if values.iter().any(|value| value.is_object() || value.is_array()) => {
                let _infallible = writeln!(out, "{indent}- {key}:");
                for (at, value) in values.iter().enumerate() {
                    self.field(out, &(at + 1).to_string(), value, depth + 1);
                }
            }
            Value::Array(values) => {
                let values: Vec<_> = values.iter().map(|value| self.word(value)).collect();
                let _infallible = writeln!(out, "{indent}- {key}: {}", values.join(", "));
            }
            value => {
                let _infallible = writeln!(out, "{indent}- {key}: {}", self.word(value));
            }
        }
    }

    /// A single value; an identity with what it is called.
    fn word(&self, value: &Value) -> String {
        let Value::String(text) = value else {
            return escaped(&value.to_string());
        };
        match text.parse::<RecordId>() {
            Ok(id) => match self.names.get(&id) {
                Some(name) => format!("{} ({})", code(text), escaped(name)),
                None => code(text),
            },
            Err(_) => escaped(text),
        }
    }
}

/// What no file says, but for what the sections themselves say.
fn derived_fields(out: &mut String, derived: &Derived) {
    if let Some(time) = derived.updated_at {
        let _infallible = writeln!(out, "- updated: {time}");
    }
    if derived.conflicts > 0 {
        let _infallible = writeln!(out, "- conflicts: {} unresolved", derived.conflicts);
    }
    let Some(place) = &derived.place else { return };
    if place.progress.total > 0 {
        let _infallible = writeln!(
            out,
            "- boxes ticked: {} of {}",
            place.progress.done, place.progress.total
        );
    }
    if !place.commits.is_empty() {
        let commits: Vec<_> = place.commits.iter().map(|commit| code(commit)).collect();
        let _infallible = writeln!(out, "- commits: {}", commits.join(", "));
    }
}

/// A text within a line, or behind the mark that begins one: nothing of it is markup.
fn escaped(text: &str) -> String {
    let text = one_line(text);
    let text = text.trim();
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // Within a word an underscore is a letter.
        let in_word = before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric());
        if matches!(
            c,
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '&' | '#' | '~' | '|' | '$'
        ) || (c == '_' && !in_word)
        {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    // What begins a text must not begin a list or a line below a heading.
    let number = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.as_bytes().get(number) {
        Some(b'.' | b')') if number > 0 => out.insert(number, '\\'),
        Some(b'-' | b'+' | b'=') if number == 0 => out.insert(0, '\\'),
        _ => {}
    }
    out
}

/// A text as code.
fn code(text: &str) -> String {
    let text = one_line(text);
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let space = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{space}{text}{space}{ticks}")
}

/// How many of a character stand in a row at most.
fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Parser, Tag};

    use super::body::options;
    use super::*;

    #[test]
    fn a_line_holds_no_markup() {
        for text in [
            "*a* _b_ `c` [d](e) <f> #g &amp; ![h](i) ~~j~~ |k|",
            "1. one",
            "- x",
            "# y",
            "a\nb\u{2028}c",
            "+",
            "> q",
            "2025-10-10T15:00:00Z",
            "a_b _c_ __d__ e_",
            "===",
            "---",
            "12) x",
            "[a]: http://x",
            "tail #",
        ] {
            let line = format!("- key: {}\n", escaped(text));
            let events: Vec<_> = Parser::new_ext(&line, options()).collect();
            let plain = |event: &Event<'_>| {
                matches!(
                    event,
                    Event::Text(_) | Event::Start(Tag::List(_) | Tag::Item) | Event::End(_)
                )
            };
            assert!(events.iter().all(plain), "{text:?} {events:?}");
            let own = format!("### {}\n", escaped(text));
            assert!(Parser::new(&own).all(|event| !matches!(event, Event::Start(Tag::List(_) | Tag::Link { .. }))));
        }
        assert_eq!(code("a`b"), "``a`b``");
    }
}
