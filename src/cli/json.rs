//! JSON that a person or a program gives to a command.

/// That all whole numbers of valid JSON fit 64 bits, as those of a file must: others would be read as other numbers.
pub(super) fn require_fitting(json: &str) -> Result<(), String> {
    match too_large(json) {
        Some(number) => Err(format!("{number} does not fit 64 bits; put it in quotes")),
        None => Ok(()),
    }
}

/// The first one that does not.
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
    use super::require_fitting;

    #[test]
    fn whole_numbers_are_what_was_written_or_refused() {
        for json in [
            "18446744073709551615",
            "[-9223372036854775808, 1.5, 1e30, 123456789012345678901234567890.5]",
            r#"{"99999999999999999999": "99999999999999999999 \" 99999999999999999999", "é": "\\"}"#,
        ] {
            assert_eq!(require_fitting(json), Ok(()), "{json}");
        }
        for json in [
            "18446744073709551616",
            "[1, -9223372036854775809]",
            r#"{"a\\": [{"b": 99999999999999999999}]}"#,
        ] {
            let refused = require_fitting(json).expect_err("too large");
            assert!(refused.ends_with("does not fit 64 bits; put it in quotes"), "{refused}");
        }
    }
}
