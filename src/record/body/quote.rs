//! A body inside of another document: its Markdown stays, but it cannot end the quotation or be HTML.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::record::shown::shown;

/// How often HTML is looked for: what was inside of some may be some itself.
const ROUNDS: usize = 8;

/// The least digits that make an id.
const DIGITS: usize = 8;

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// A body as a block quote. HTML in it becomes text, and hidden characters are made visible. An id in its text becomes
/// code, or a link where `anchor` names one for its first or last eight digits.
#[must_use]
pub fn quoted(body: &str, anchor: impl Fn(&str) -> Option<String>) -> String {
    let text = without_html(shown(&body.replace("\r\n", "\n")));
    let linked = mentions(&text).into_iter().rev().fold(text.clone(), |mut out, range| {
        let id = &text[range.clone()];
        let link = names(id).find_map(|name| anchor(&name));
        out.replace_range(
            range.clone(),
            &match link {
                Some(anchor) => format!("[`{id}`](#{anchor})"),
                None => format!("`{id}`"),
            },
        );
        out
    });
    let lines = linked
        .trim_end()
        .lines()
        .map(|line| format!("> {line}").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// What a report calls the record of an id.
fn names(id: &str) -> impl Iterator<Item = String> {
    let digits: String = id.chars().filter(|c| *c != '-').collect();
    let ends = [digits.get(..DIGITS), digits.get(digits.len() - DIGITS..)];
    ends.map(|end| end.unwrap_or_default().to_owned()).into_iter()
}

fn without_html(mut text: String) -> String {
    for _ in 0..ROUNDS {
        let html: Vec<Range<usize>> = Parser::new_ext(&text, OPTIONS)
            .into_offset_iter()
            .filter(|(event, _)| matches!(event, Event::Html(_) | Event::InlineHtml(_)))
            .map(|(_, range)| range)
            .collect();
        if html.is_empty() {
            return text;
        }
        for range in html.into_iter().rev() {
            let escaped = text[range.clone()].replace('<', "&lt;");
            text.replace_range(range, &escaped);
        }
    }
    text.replace('<', "&lt;")
}

/// Where ids stand in the text of a body: not in code, not in links.
fn mentions(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut inside = 0;
    for (event, range) in Parser::new_ext(text, OPTIONS).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. }) => inside += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image) => inside -= 1,
            Event::Text(_) if inside == 0 => found.extend(ids(text, range)),
            _ => {}
        }
    }
    found
}

fn ids(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut found = Vec::new();
    let mut at = within.start;
    for word in text[within].split_inclusive(|c| !is_part(c)) {
        let id = word.trim_end_matches(|c| !is_part(c));
        if is_id(id) {
            found.push(at..at + id.len());
        }
        at += word.len();
    }
    found
}

/// Whether a word is an identity or a part of one: hexadecimal digits, letters among them, with the hyphens of a whole one.
fn is_id(word: &str) -> bool {
    let hex = word
        .bytes()
        .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-');
    let has = |of: fn(&u8) -> bool| word.as_bytes().iter().any(of);
    let length = match word.contains('-') {
        true => word.len() == 36 && word.parse::<crate::record::RecordId>().is_ok(),
        false => (DIGITS..=40).contains(&word.len()),
    };
    hex && length && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(body: &str) -> String {
        quoted(body, |id| (id == "3f9a2c1b").then(|| "children".to_owned()))
    }

    #[test]
    fn a_body_stays_inside_of_its_quotation() {
        assert_eq!(linked("# One\n\n```\nopen\n"), "> # One\n>\n> ```\n> open");
        assert_eq!(
            linked("a <b>b</b>\n\n<script>\nx < y\n</script>\n\n`<i>`"),
            "> a &lt;b>b&lt;/b>\n>\n> &lt;script>\n> x &lt; y\n> &lt;/script>\n>\n> `<i>`"
        );
        assert_eq!(linked("a\u{202e}b"), "> a\\u{202e}b");
        assert_eq!(linked("<div\n\n<div>\n<!-- \n"), "> &lt;div\n>\n> &lt;div>\n> &lt;!--");
    }

    #[test]
    fn ids_become_links_or_code() {
        assert_eq!(
            linked("See 3f9a2c1b, 3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60 and deadbee0f."),
            "> See [`3f9a2c1b`](#children), [`3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60`](#children) and `deadbee0f`."
        );
        for plain in [
            "`3f9a2c1b`",
            "[3f9a2c1b](x)",
            "20251010",
            "deadbeef",
            "x3f9a2c1b",
            "3f9a-2c1b",
        ] {
            assert_eq!(linked(plain), format!("> {plain}"));
        }
    }
}
