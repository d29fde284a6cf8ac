//! What a scalar without quotes means: here by the YAML 1.2 core schema, and to other readers.

use serde_json::{Number, Value};
use unicode_normalization::UnicodeNormalization as _;

/// The text in composed form (NFC): two keys or words that look the same are the same.
pub(crate) fn composed(text: &str) -> String {
    text.nfc().collect()
}

pub(crate) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Resolves a plain scalar by the core schema.
pub(super) fn resolve(text: &str) -> Result<Value, &'static str> {
    if is_null(text) {
        return Ok(Value::Null);
    }
    match text {
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    if let Some(integer) = integer(text) {
        // JSON goes beyond the signed half: what it holds must come back.
        let unsigned = || text.parse::<u64>().ok().map(Number::from);
        return integer
            .map(Number::from)
            .or_else(unsigned)
            .map(Value::Number)
            .ok_or("does not fit 64 bits; put it in quotes");
    }
    if is_float(text) {
        let finite = text.parse::<f64>().ok().and_then(Number::from_f64);
        return finite
            .map(Value::Number)
            .ok_or("is not a finite number; put it in quotes");
    }
    Ok(Value::String(text.to_owned()))
}

/// An integer of the core schema; the inner `None` is one that does not fit.
pub(crate) fn integer(text: &str) -> Option<Option<i64>> {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let valid = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
            return valid.then(|| i64::from_str_radix(digits, radix).ok());
        }
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let valid = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    valid.then(|| text.parse().ok())
}

/// Whether the core schema reads `text` as a float: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` or a special.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_fits = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    exponent_fits && mantissa_fits
}

/// Whether `text` without quotes is this very string to every YAML 1.1 and 1.2 reader.
///
/// `flow` is the stricter rule inside of `[…]` and `{…}`, which also holds for keys.
pub(super) fn is_safe(text: &str, flow: bool) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    if !(first.is_alphanumeric() || matches!(first, '_' | '/' | '(')) || is_resolved_elsewhere(text) {
        return false;
    }
    let unsafe_at_end = text.ends_with([' ', ':']);
    let unsafe_inside = text.contains(": ") || text.contains(" #");
    let unsafe_in_flow = flow && text.contains([',', '[', ']', '{', '}', ':', '?']);
    !unsafe_at_end && !unsafe_inside && !unsafe_in_flow && text.chars().all(is_printable_inline)
}

/// Characters every reader takes as they are, within one line.
pub(super) fn is_printable_inline(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        // Line and paragraph separators break lines in YAML 1.1; a byte order mark is not content.
        && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether some reader takes the plain scalar for a null, boolean, number, time or merge key.
fn is_resolved_elsewhere(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if matches!(
        lower.as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
    ) {
        return true;
    }
    if !lower.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let radix_prefixed = ["0x", "0o", "0b"].iter().any(|prefix| lower.starts_with(prefix));
    // Decimal, octal and base-60 integers, floats, dates and times, in any reader's spelling.
    let numeric = lower
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '_' | '.' | ',' | ':' | '+' | '-' | 'e' | 't' | 'z' | ' '));
    radix_prefixed || numeric
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn untyped_scalars_follow_the_core_schema() {
        for (text, value) in [
            ("012", json!(12)),
            ("0o14", json!(12)),
            ("0xC", json!(12)),
            ("+12", json!(12)),
            ("1_000", json!("1_000")),
            ("12:30:00", json!("12:30:00")),
            ("1.10", json!(1.1)),
            (".5", json!(0.5)),
            ("1e3", json!(1000.0)),
            ("1.", json!(1.0)),
            (".", json!(".")),
            ("no", json!("no")),
            ("on", json!("on")),
            ("y", json!("y")),
            ("=", json!("=")),
            ("~", json!(null)),
            ("True", json!(true)),
            ("2026-01-01", json!("2026-01-01")),
            ("18446744073709551615", json!(u64::MAX)),
            ("-", json!("-")),
            ("0x", json!("0x")),
        ] {
            assert_eq!(resolve(text), Ok(value), "{text}");
        }
        for refused in ["12345678901234567890123456", ".nan", "-.inf", "1e999"] {
            assert!(resolve(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn words_other_readers_resolve_are_not_safe() {
        for text in [
            "no",
            "On",
            "y",
            "N",
            "12:30:00",
            "1.10",
            "012",
            "1_000",
            "2026-01-01",
            "~",
            "=",
            "<<",
            "",
            "a ",
            " a",
            "a: b",
            "a #b",
            "a:",
            "- a",
            "0x1f",
            "0b1",
            "1e3",
            "2.3.1",
            "null",
            "@a",
            "\u{2028}",
            "a\u{2028}b",
            "#1",
            "1,000",
        ] {
            assert!(!is_safe(text, false), "{text:?}");
        }
        for text in [
            "Cache the vendor status query",
            "987e6543-e21b-42d3-a456-426614174000",
            "3f9a2c1b",
            "don't",
            "bd-kwro",
            "2026-Q1",
            "go 🚀",
            "ünder",
            "a:b",
            "task 3",
        ] {
            assert!(is_safe(text, false), "{text:?}");
        }
        assert!(!is_safe("a:b", true) && !is_safe("a, b", true) && !is_safe("[a", true));
    }
}
