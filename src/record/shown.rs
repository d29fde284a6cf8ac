//! Stored text is written by others: what could hide or steer is made visible before it goes to a program or a person.

use std::fmt::Write as _;

/// Whether a terminal does something about a character instead of showing it: controls, and what turns the direction of
/// text. Line feeds and tabs are text.
#[must_use]
pub fn steers(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// JSON with each character escaped that a terminal would do something about. They can stand in its texts only, so it
/// means the same.
#[must_use]
pub fn tame_json(json: String) -> String {
    if !json.contains(steers) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match steers(c) {
            // None of them takes more than four digits.
            true => drop(write!(out, "\\u{:04x}", u32::from(c))),
            false => out.push(c),
        }
    }
    out
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_what_it_means() {
        let value = serde_json::json!({ "a\u{9b}": ["\u{1b}[2J\u{7f}\u{202e}\u{85}", "Zoë 🙂\n\t"], "n": 1 });
        let told = tame_json(format!("{value:#}"));
        assert!(!told.contains(steers), "{told:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&told).expect("JSON"), value);
        assert_eq!(tame_json("{\"a\":\t\"ü\"}\n".to_owned()), "{\"a\":\t\"ü\"}\n");
    }
}
