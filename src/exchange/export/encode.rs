//! Bytes as text, and text in which every character can be seen.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The picture of a control character that neither breaks a line nor is a tab; any other character as it is.
pub(super) fn visible(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' => c,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        c => c,
    }
}

/// A text on one line, every control of it made visible.
pub(super) fn one_line(text: &str) -> String {
    let line = |c| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        c => visible(c),
    };
    text.chars().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xff, 0xfe]), "//4=");
    }

    #[test]
    fn controls_are_seen() {
        assert_eq!(one_line("a\u{1b}[31m\nb\u{7f}"), "a␛[31m b␡");
    }
}
