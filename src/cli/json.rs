//! JSON that a person or a program gives to a command.

use serde::de::DeserializeOwned;

/// Reads it; what is wrong is told in words.
///
/// A whole number that does not fit 64 bits is refused, as in a file: it would be read as another one.
pub(super) fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    let value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    match too_large(json) {
        Some(number) => Err(format!("{number} does not fit 64 bits; put it in quotes")),
        None => Ok(value),
    }
}

/// The first whole number of valid JSON that does not fit.
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
    use serde_json::Value;

    use super::read;

    #[test]
    fn whole_numbers_are_what_was_written_or_refused() {
        for json in [
            "18446744073709551615",
            "[-9223372036854775808, 1.5, 1e30, 123456789012345678901234567890.5]",
            r#"{"99999999999999999999": "99999999999999999999 \" 99999999999999999999", "é": "\\"}"#,
        ] {
            assert!(read::<Value>(json).is_ok(), "{json}");
        }
        for json in [
            "18446744073709551616",
            "[1, -9223372036854775809]",
            r#"{"a\\": [{"b": 99999999999999999999}]}"#,
        ] {
            let refused = read::<Value>(json).expect_err("too large");
            assert!(refused.ends_with("does not fit 64 bits; put it in quotes"), "{refused}");
        }
        assert!(read::<Value>("{").is_err());
    }
}
