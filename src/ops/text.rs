//! Stored text is written by others: what could hide or steer is made visible before it goes to a program that reads it
//! as it is.

use std::fmt::Write as _;

use serde_json::Value;

/// Characters that show nothing, turn the direction of what follows, or control a terminal. Line feeds and tabs are
/// text.
fn hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with hidden characters written as `\u{…}`.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match hidden(c) {
            true => drop(write!(out, "{}", c.escape_unicode())),
            false => out.push(c),
        }
    }
    out
}

/// The same for every text in a value, names of keys too.
pub fn show(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(hidden) => *text = shown(text),
        Value::Array(values) => values.iter_mut().for_each(show),
        Value::Object(map) => {
            if map.keys().any(|key| key.contains(hidden)) {
                let entries = std::mem::take(map);
                *map = entries.into_iter().map(|(key, value)| (shown(&key), value)).collect();
            }
            map.values_mut().for_each(show);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_hides_is_seen() {
        let mut value = json!({ "a\u{200b}": ["x\u{202e}y\n", "\u{1b}[31m", "Zoë 🙂"], "n": 1 });
        show(&mut value);
        let expected = json!({ "a\\u{200b}": ["x\\u{202e}y\n", "\\u{1b}[31m", "Zoë 🙂"], "n": 1 });
        assert_eq!(value, expected);
    }
}
