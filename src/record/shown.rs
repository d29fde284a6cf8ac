//! Stored text is written by others: what could hide or steer is made visible before it goes to a program or a person.

use std::fmt::Write as _;

/// Characters that show nothing, turn the direction of what follows, or control a terminal. Line feeds and tabs are
/// text.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with hidden characters written as `\u{…}`.
#[must_use]
pub fn shown(text: &str) -> String {
    // Most texts have nothing that hides, and finding that out is cheaper than looking at each character.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match is_hidden(c) {
            true => drop(write!(out, "{}", c.escape_unicode())),
            false => out.push(c),
        }
    }
    out
}
