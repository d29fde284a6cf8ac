//! A line of the export: one JSON object.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::exchange::source::Source;

/// The object of a line, or what the line is instead.
pub(super) fn parse(line: &[u8]) -> Result<Source, String> {
    let text = std::str::from_utf8(line).map_err(|error| format!("byte {} is not UTF-8", error.valid_up_to() + 1))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => match serde_json::from_str::<Keys>(text) {
            Ok(Keys(count)) if count == map.len() => Ok(Source::of(map)),
            _ => Err("has a key twice".to_owned()),
        },
        Ok(Value::Array(_)) => Err("is a list, not an issue".to_owned()),
        Ok(_) => Err("is a single value, not an issue".to_owned()),
        // The line is named already; serde_json counts within it.
        Err(error) => Err(format!("is not JSON: {error}").replace(" at line 1 column ", " at column ")),
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
