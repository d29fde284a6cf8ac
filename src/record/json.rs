//! JSON that somebody outside has written: read as it stands there, or not at all.
//!
//! A map would keep only the last of two keys that are the same, and a whole number that does not fit 64 bits would be
//! read as another one.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A value in which no key stands twice, at any depth.
pub(crate) struct Strict(pub(crate) Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Whole).map(Self)
    }
}

/// Reads one line of JSON for a record, whose whole numbers have 64 bits.
///
/// # Errors
///
/// What is wrong with it, and in which column.
pub(crate) fn read(line: &str) -> Result<Value, String> {
    let Strict(value) = serde_json::from_str(line).map_err(|error| in_line(&error))?;
    match too_large(line) {
        Some(number) => Err(format!("{number} does not fit 64 bits; put it in quotes")),
        None => Ok(value),
    }
}

/// What is wrong with a line of JSON, for whoever names that line: serde_json counts within it.
pub(crate) fn in_line(error: &serde_json::Error) -> String {
    let reason = error.to_string().replace(" at line 1 column ", " at column ");
    match error.is_data() {
        true => reason,
        false => format!("is not JSON: {reason}"),
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some((key, Strict(value))) = map.next_entry::<String, Strict>()? {
            if values.contains_key(&key) {
                return Err(A::Error::custom(format!(
                    "the key `{}` stands twice",
                    key.escape_debug()
                )));
            }
            values.insert(key, value);
        }
        Ok(Value::Object(values))
    }
}

/// The first whole number of valid JSON that does not fit 64 bits.
fn too_large(json: &str) -> Option<&str> {
    let mut rest = json;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        rest = &rest[at..];
        let end = match rest.starts_with('"') {
            true => end_of_string(rest),
            false => rest
                .find(|c: char| !matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+' | '-'))
                .unwrap_or(rest.len()),
        };
        let token = &rest[..end];
        let is_whole = !token.contains(['"', '.', 'e', 'E']);
        if is_whole && token.parse::<i64>().is_err() && token.parse::<u64>().is_err() {
            return Some(token);
        }
        rest = &rest[end..];
    }
    None
}

/// Where a string ends that stands at the beginning.
fn end_of_string(json: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::{Strict, read};

    #[test]
    fn a_key_that_stands_twice_is_refused_at_any_depth() {
        let strict = |text: &str| serde_json::from_str::<Strict>(text).map(|strict| strict.0.to_string());
        let whole = r#"{"a":[{"b":null,"c":-1},1.5,"x"],"d":true}"#;
        assert_eq!(strict(whole).expect("a value"), whole);
        for twice in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"\u0061":2}}]"#] {
            assert!(strict(twice).is_err_and(|error| error.to_string().contains("stands twice")));
        }
        assert!(strict("1e999").is_err() && strict(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn whole_numbers_are_what_was_written_or_refused() {
        for json in [
            "18446744073709551615",
            "[-9223372036854775808, 1.5, 1e30, 123456789012345678901234567890.5]",
            r#"{"99999999999999999999": "99999999999999999999 \" 99999999999999999999", "é": "\\"}"#,
        ] {
            assert_eq!(read(json).err(), None, "{json}");
        }
        for json in [
            "18446744073709551616",
            "[1, -9223372036854775809]",
            r#"{"a\\": [{"b": 99999999999999999999}]}"#,
        ] {
            let refused = read(json).expect_err("too large");
            assert!(refused.ends_with("does not fit 64 bits; put it in quotes"), "{refused}");
        }
    }
}
