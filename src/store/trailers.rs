//! The trailers of commit messages, as git reads them.

use std::borrow::Cow;

use gix::bstr::ByteSlice;

/// What git puts above the part of a message that it cuts off, behind what begins a comment and a space.
pub const SCISSORS: &str = "------------------------ >8 ------------------------";

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
    let mut message = without_comments(without_end(message));
    // Git knows no title above a blank line; gix takes the next line for one.
    if message.lines().next().is_some_and(|first| first.trim().is_empty()) {
        message = [b"-\n\n", &*message].concat().into();
    }
    let message = gix::objs::commit::MessageRef::from_bytes(&message);
    for trailer in message.body().iter().flat_map(|body| body.trailers()) {
        each(trailer.token, trailer.value.to_str_lossy().into_owned());
    }
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
        match is_title || line.starts_with_str("#") || line.starts_with_str("\n") {
            true if end == 0 => end = at,
            true => {}
            false if is_list && line.starts_with_str("\t") => {}
            false => (end, is_list) = (0, false),
        }
        at += line.len();
    }
    if end == 0 { message } else { &message[..end] }
}

/// A message without the lines that git passes over when it looks for trailers, as comments that were committed; gix
/// takes them for text, beside which there are none. The first line is the title, whatever it begins with, and nothing
/// goes on below a comment.
fn without_comments(message: &[u8]) -> Cow<'_, [u8]> {
    if message.find("\n#").is_none() {
        return message.into();
    }
    let lines: Vec<_> = message.lines_with_terminator().collect();
    let goes_on = |line: &&[u8]| line.starts_with_str(" ") || line.starts_with_str("\t");
    let is_passed_over = |at: usize| {
        let below = lines.get(at + 1).filter(|line| !line.trim().is_empty());
        at > 0 && lines[at].starts_with_str("#") && !below.is_some_and(goes_on)
    };
    let kept = (0..lines.len()).filter(|at| !is_passed_over(*at));
    kept.flat_map(|at| lines[at]).copied().collect::<Vec<_>>().into()
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
