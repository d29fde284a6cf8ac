//! A JSON object of which fields are taken one by one; what nobody took is left.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

/// What is left of an object.
pub(super) struct Source(Map<String, Value>);

impl Source {
    /// The object of a line, or what the line is instead.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let text =
            std::str::from_utf8(line).map_err(|error| format!("byte {} is not UTF-8", error.valid_up_to() + 1))?;
        match serde_json::from_str(text) {
            Ok(Value::Object(map)) => match serde_json::from_str::<Keys>(text) {
                Ok(Keys(count)) if count == map.len() => Ok(Self(map)),
                _ => Err("has a key twice".to_owned()),
            },
            Ok(Value::Array(_)) => Err("is a list, not an issue".to_owned()),
            Ok(_) => Err("is a single value, not an issue".to_owned()),
            // The line is named already; serde_json counts within it.
            Err(error) => Err(format!("is not JSON: {error}").replace(" at line 1 column ", " at column ")),
        }
    }

    pub(super) fn of(map: Map<String, Value>) -> Self {
        Self(map)
    }

    /// A text that is not blank. Anything else but null stays.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Value::String(text) if !text.trim().is_empty() => match self.0.shift_remove(key) {
                Some(Value::String(text)) => Some(text),
                _ => None,
            },
            Value::String(_) | Value::Null => {
                self.0.shift_remove(key);
                None
            }
            _ => None,
        }
    }

    /// A text or a number, as text.
    pub(super) fn word(&mut self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Value::Number(number) => {
                let text = number.to_string();
                self.0.shift_remove(key);
                Some(text)
            }
            _ => self.text(key),
        }
    }

    /// A list. Anything else stays.
    pub(super) fn list(&mut self, key: &str) -> Vec<Value> {
        match self.0.get(key) {
            Some(Value::Array(_)) => match self.0.shift_remove(key) {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// What nobody took and says something.
    pub(super) fn rest(self) -> impl Iterator<Item = (String, Value)> {
        self.0.into_iter().filter(|(_, value)| !value.is_null())
    }
}

/// How many keys an object has; a map would keep only the last of two that are the same.
struct Keys(usize);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Count;

        impl<'de> Visitor<'de> for Count {
            type Value = Keys;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut count = 0;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Keys(count))
            }
        }

        deserializer.deserialize_map(Count)
    }
}
