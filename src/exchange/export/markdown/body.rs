//! Bodies as quotes out of which nothing breaks.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

use super::longest_run;
use crate::exchange::export::encode::visible;

/// The level of a record's heading; those of its body are below.
const LEVEL: usize = 3;

/// The lowest level there is.
const LOWEST: usize = 6;

/// How often a body is gone over until its HTML is text; one that is still not tame is shown as it is typed.
const ROUNDS: usize = 4;

/// What bodies are read with.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH
}

/// A body as a quote.
pub(super) fn quoted(body: &str) -> String {
    let body: String = body
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .map(visible)
        .collect();
    let tame = tamed(body.clone()).unwrap_or_else(|| {
        let fence = "`".repeat(longest_run(&body, '`').max(2) + 1);
        format!("{fence}\n{body}\n{fence}")
    });
    let lines = tame.split('\n').map(|line| match line.is_empty() {
        true => ">".to_owned(),
        false => format!("> {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The body with its headings demoted and its HTML made text; nothing where that takes too long.
fn tamed(mut body: String) -> Option<String> {
    for _ in 0..ROUNDS {
        let edits = edits(&body);
        if edits.is_empty() {
            return Some(body);
        }
        let mut edited = String::with_capacity(body.len() + body.len() / 8);
        let mut done = 0;
        for (range, with) in edits {
            edited.push_str(&body[done..range.start]);
            edited.push_str(&with);
            done = range.end;
        }
        edited.push_str(&body[done..]);
        body = edited;
    }
    None
}

/// What of a body is to be replaced by what, in order and without overlaps.
fn edits(body: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut edits: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for (event, range) in Parser::new_ext(body, options()).into_offset_iter() {
        let free = edits.last().is_none_or(|(last, _)| last.end <= range.start);
        match event {
            Event::Html(_) | Event::InlineHtml(_) if free => {
                let tame = body[range.clone()].replace('<', "\\<");
                if tame != body[range.clone()] {
                    edits.push((range, tame));
                }
            }
            Event::Start(Tag::Heading { level, .. }) if free && (level as usize) <= LEVEL => {
                edits.push((range.clone(), demoted(&body[range], level)));
            }
            _ => {}
        }
    }
    edits
}

/// A heading, as many levels lower as the record's own is.
fn demoted(source: &str, level: HeadingLevel) -> String {
    let marks = "#".repeat((level as usize + LEVEL).min(LOWEST));
    let end = if source.ends_with('\n') { "\n" } else { "" };
    let text = source.trim();
    if let Some(rest) = text.strip_prefix('#') {
        return format!(
            "{marks}{}{end}",
            if rest.is_empty() {
                ""
            } else {
                rest.trim_start_matches('#')
            }
        );
    }
    // Text over a line of = or -; the text may have several lines, the first words of which begin no block here.
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.trim_start_matches(['>', ' ']).trim())
        .collect();
    let title = lines.split_last().map_or(String::new(), |(_, lines)| lines.join(" "));
    format!("{marks} {title}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a body becomes, and the events of a reader who gets it between two sections.
    fn between(body: &str) -> (String, Vec<String>) {
        let text = format!("### before\n\n{}\n\n### after\n", quoted(body));
        let events = Parser::new_ext(&text, options()).map(|event| format!("{event:?}"));
        let events = events.collect();
        (text, events)
    }

    #[test]
    fn nothing_breaks_out_of_a_body() {
        for body in [
            "# One\ntext\n\nTwo\n===\n\nThree\n---\n###### Six",
            "```\nnever closed",
            "~~~~ html\n<b>",
            "<!-- never closed\n# heading\n\nmore",
            "<script>alert(1)\n\n# x",
            "<div>\n# not a heading\n</div>\n\n# a heading",
            "<![CDATA[ x",
            "<?php",
            "a <b onclick=x> c <!-- d",
            "- item\n\n      # code\n  # heading\n  <pre>\n   x",
            "> # quoted\nlazy",
            "\r# lone\r\r<p>\r",
            "#\n##\n# #",
            "\u{0}\u{1b}[31m",
            "| a | b |\n|---|---|\n| <i> | # |",
            "two\nlines\n===",
            "### closes ###\n",
        ] {
            let (text, events) = between(body);
            let count = |what: &str| events.iter().filter(|event| event.contains(what)).count();
            assert_eq!(count("Html("), 0, "{body:?}\n{text}\n{events:#?}");
            let high = ["level: H1", "level: H2"].map(count);
            assert_eq!(
                (high, count("Start(Heading { level: H3")),
                ([0, 0], 2),
                "{body:?}\n{text}"
            );
            assert!(
                text.lines()
                    .filter(|line| !line.starts_with("### "))
                    .all(|line| line.is_empty() || line.starts_with('>'))
            );
            assert!(
                events.last().is_some_and(|event| event.contains("End(Heading(H3")),
                "{body:?}\n{text}"
            );
        }
    }
}
