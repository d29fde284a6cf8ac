//! Text of records inside of the Markdown of a host: it shows as just this text, and reaches nobody.
//!
//! Hosts look for mentions, references and addresses after the Markdown is rendered, so no escape of Markdown keeps
//! them off; a space without width does, put where such a thing would begin. Everything that means something to Markdown
//! or HTML is a character reference, which holds in both: in a cell of a table as in a `<summary>`.

use std::fmt::Write as _;

use crate::record::shown::shown;

/// What means something to Markdown, HTML or a host's formulas.
const SPECIAL: &[char] = &['&', '<', '>', '`', '*', '_', '~', '[', ']', '\\', '|', '$'];

/// What begins a mention, or a reference to an issue, a merge request, a snippet, a milestone and so on.
const SIGILS: &[char] = &['@', '#', '!', '$', '%', '&', '^', '~', '*'];

/// Shown as nothing, it keeps apart what would mean something together.
const APART: &str = "&#8203;";

/// The text on one line, as Markdown and as HTML.
pub(super) fn text(text: &str) -> String {
    let text = shown(&text.replace("\r\n", " ").replace(['\n', '\r', '\t'], " "));
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        let (before, rest) = (&text[..at], &text[at + c.len_utf8()..]);
        // Within a word an underscore is a letter like others.
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let inside = c == '_' && word(before.chars().next_back()) && word(rest.chars().next());
        match SPECIAL.contains(&c) && !inside {
            true => drop(write!(out, "&#{};", u32::from(c))),
            false => out.push(c),
        }
        if begins(c, before, rest) {
            out.push_str(APART);
        }
    }
    // White space at an end would be dropped.
    out.trim().to_owned()
}

/// The same, of at most so many characters.
pub(super) fn cut(whole: &str, chars: usize) -> String {
    match whole.char_indices().nth(chars) {
        Some((at, _)) => format!("{}…", text(&whole[..at])),
        None => text(whole),
    }
}

/// Whether something begins at `c` that a host would turn into more than text.
fn begins(c: char, before: &str, rest: &str) -> bool {
    let next = rest.chars().next();
    let word = next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '"' | '_' | '{'));
    let ends_with = |text: &str| {
        let tail = before.len().checked_sub(text.len()).and_then(|at| before.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(text))
    };
    match c {
        _ if SIGILS.contains(&c) => word,
        // `GH-12`, and of other trackers.
        '-' => next.is_some_and(|next| next.is_ascii_digit()) && before.ends_with(|c: char| c.is_ascii_uppercase()),
        // An address, or an emoji by its name.
        ':' => {
            rest.starts_with("//") || next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '+' | '-'))
        }
        '.' => ends_with("www"),
        _ => false,
    }
}

/// Lines as a block of code that none of them ends.
pub(super) fn fenced(language: &str, lines: &str) -> String {
    let mut longest = 0;
    for line in lines.lines() {
        let run = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", shown(lines.trim_end_matches('\n')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// What a reader of the Markdown sees in the only cell of a table.
    fn seen(markdown: &str) -> String {
        let mut out = String::new();
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match event {
                Event::Text(text) => out.push_str(&text),
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell)
                | Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell) => {}
                other => panic!("more than text: {other:?} in {markdown:?}"),
            }
        }
        out
    }

    proptest! {
        #[test]
        fn any_text_is_only_text(any in "[a-c@#!&<>|`*_~$:/.\\\\\\[\\]()\"' \t\n\r0-9wW-]{0,40}|\\PC{0,30}") {
            let escaped = text(&any);
            prop_assert!(!escaped.contains('\n') && !escaped.contains('|') && !escaped.contains('<'));
            let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let wanted = shown(&any.replace("\r\n", " ").replace(['\n', '\r', '\t'], " "));
            let found = seen(&format!("|x|\n|---|\n|{escaped}|\n"));
            let found = found.strip_prefix('x').expect("the head of the table").replace('\u{200b}', "");
            prop_assert_eq!(plain(&found), plain(&wanted));
        }

        #[test]
        fn any_lines_stay_in_their_block(any in "([`~a-c \\n]|\\PC){0,60}") {
            let block = fenced("diff", &any);
            let mut code = String::new();
            for event in Parser::new(&block) {
                match event {
                    Event::Text(text) => code.push_str(&text),
                    Event::Start(Tag::CodeBlock(_)) | Event::End(TagEnd::CodeBlock) => {}
                    other => panic!("more than code: {other:?} in {block:?}"),
                }
            }
            let wanted = shown(&any);
            prop_assert_eq!(code.trim_end_matches('\n'), wanted.trim_end_matches('\n'));
        }
    }

    #[test]
    fn nobody_is_called_and_nothing_is_referred_to() {
        for (plain, escaped) in [
            ("ask @octocat", "ask @&#8203;octocat"),
            ("fixes #12, not # 12", "fixes #&#8203;12, not # 12"),
            ("GH-12 and ABC-7", "GH-&#8203;12 and ABC-&#8203;7"),
            ("see https://example.com", "see https:&#8203;//example.com"),
            ("www.example.com", "www.&#8203;example.com"),
            (":tada: at 15:30", ":&#8203;tada: at 15:30"),
            ("!7 and ~bug", "!&#8203;7 and &#126;&#8203;bug"),
            ("a | <b>\n`c`", "a &#124; &#60;b&#62; &#96;c&#96;"),
            ("\u{202e}x", "&#92;u{202e}x"),
            ("2025-10-10", "2025-10-10"),
        ] {
            assert_eq!(text(plain), escaped);
        }
        assert_eq!(cut("abcdef", 3), "abc…");
    }
}
