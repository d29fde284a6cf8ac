//! Stored text is written by others: what could hide or steer is made visible before it goes to a program that reads it
//! as it is.

use serde_json::Value;

use crate::record::RecordId;
use crate::record::shown::is_hidden as hidden;
pub use crate::record::shown::shown;

/// The same as [`shown`] for every text in a value, names of keys too.
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

/// A value without the signs a machine needs: `by ana, at 2025-10-10T15:00:00Z`; identities by their short names.
#[must_use]
pub fn plain(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::String(text) => text.parse::<RecordId>().map_or_else(|_| text.clone(), RecordId::short),
        Value::Array(values) => joined(values.iter().map(plain).collect()),
        Value::Object(map) => joined(
            map.iter()
                .map(|(key, value)| format!("{key} {}", plain(value)))
                .collect(),
        ),
        other => other.to_string(),
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
