//! The trailers of commit messages, as git reads them.

use gix::bstr::ByteSlice;

/// What git puts above the part of a message that it cuts off, behind what begins a comment and a space.
pub const SCISSORS: &str = "------------------------ >8 ------------------------";

/// How lines begin that git itself puts among trailers.
const BY_GIT: [&[u8]; 2] = [b"Signed-off-by: ", b"(cherry picked from commit "];

/// The trailers of a commit message, name and value, in their order.
#[must_use]
pub fn trailers_of(message: &[u8]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    trailers(message, |name, value| {
        found.push((String::from_utf8_lossy(name).into_owned(), value));
    });
    found
}

/// Each trailer of a message, name and value, in their order.
pub(super) fn trailers(message: &[u8], mut each: impl FnMut(&[u8], String)) {
    let lines: Vec<&[u8]> = without_end(message).lines_with_terminator().collect();
    let mut last: Option<(&[u8], Vec<u8>)> = None;
    for line in &lines[first_of(&lines)..] {
        if let Some((_, value)) = last.as_mut()
            && goes_on(line)
        {
            value.truncate(value.trim_end_with(|c| c == '\n').len());
            value.push(b' ');
            value.extend_from_slice(line.trim_start_with(is_space));
            continue;
        }
        let next = separator(line).map(|at| (&line[..at], line[at + 1..].to_vec()));
        if let Some((name, value)) = std::mem::replace(&mut last, next) {
            each(name.trim_with(is_space), text(&value));
        }
    }
    if let Some((name, value)) = last {
        each(name.trim_with(is_space), text(&value));
    }
}

fn text(value: &[u8]) -> String {
    value.trim_with(is_space).to_str_lossy().into_owned()
}

/// Where the trailers begin among the lines of a message: they are its last paragraph, if that is not the title and has
/// nothing else in it, or little beside what git itself writes there.
fn first_of(lines: &[&[u8]]) -> usize {
    let title = lines
        .iter()
        .position(|line| !is_comment(line) && is_blank(line))
        .unwrap_or(lines.len());
    let (mut trailers, mut others, mut may_go_on) = (0, 0, 0);
    let (mut are_blank, mut has_gits) = (true, false);
    for (at, line) in lines.iter().enumerate().skip(title).rev() {
        if is_comment(line) {
            others += std::mem::take(&mut may_go_on);
        } else if is_blank(line) {
            if are_blank {
                continue;
            }
            others += may_go_on;
            let are_trailers = has_gits && trailers * 3 >= others || trailers > 0 && others == 0;
            return if are_trailers { at + 1 } else { lines.len() };
        } else {
            are_blank = false;
            let is_gits = BY_GIT.iter().any(|begin| line.starts_with(begin));
            has_gits |= is_gits;
            if is_gits || separator(line).is_some() {
                trailers += 1;
                may_go_on = 0;
            } else if goes_on(line) {
                may_go_on += 1;
            } else {
                others += 1 + std::mem::take(&mut may_go_on);
            }
        }
    }
    lines.len()
}

/// Where the colon of a trailer is: behind letters, digits and dashes, and perhaps blanks.
fn separator(line: &[u8]) -> Option<usize> {
    let at = line.find_byte(b':')?;
    let name = line[..at].trim_end_with(|c| c == ' ' || c == '\t');
    let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    is_name.then_some(at)
}

fn is_comment(line: &[u8]) -> bool {
    line.starts_with(b"#")
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_start_with(is_space).is_empty()
}

/// Whether a line goes on with the trailer above it.
fn goes_on(line: &[u8]) -> bool {
    line.chars().next().is_some_and(is_space)
}

/// White space, as git knows it.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// A message without what git does not look at in the end of one: what is below the scissors, comments, and the list of
/// files that once was there after conflicts.
fn without_end(message: &[u8]) -> &[u8] {
    let scissors = format!("\n# {SCISSORS}\n");
    let message = match message.strip_prefix(&scissors.as_bytes()[1..]) {
        Some(_) => &[],
        None => &message[..message.find(&scissors).map_or(message.len(), |at| at + 1)],
    };
    // What git does not look at cannot begin a message.
    let (mut end, mut at, mut is_list) = (0, 0, false);
    for line in message.lines_with_terminator() {
        let is_title = line.starts_with_str("Conflicts:\n");
        is_list |= is_title;
        match is_title || is_comment(line) || line.starts_with_str("\n") {
            true if end == 0 => end = at,
            true => {}
            false if is_list && line.starts_with_str("\t") => {}
            false => (end, is_list) = (0, false),
        }
        at += line.len();
    }
    if end == 0 { message } else { &message[..end] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_a_message_is_none_of_it() {
        let cut = format!("Why\n\nFixes: a\n# {SCISSORS}\nFixes: b\n");
        assert_eq!(trailers_of(cut.as_bytes()), [("Fixes".to_owned(), "a".to_owned())]);
        let list = b"Why\n\nFixes: a\n\nConflicts:\n\tsrc/main.rs\n\n# On main\n";
        assert_eq!(trailers_of(list), [("Fixes".to_owned(), "a".to_owned())]);
        let text = b"Why\n\nFixes: a\n\nConflicts:\n\tsrc/main.rs\nand more\n";
        assert_eq!(trailers_of(text), []);
        assert_eq!(trailers_of(b"\nFixes: a\n"), [("Fixes".to_owned(), "a".to_owned())]);
    }
}
