//! Text: on one line, on several, and of a given form.

use std::borrow::Cow;
use std::fmt;

use caseless::Caseless as _;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use unicode_normalization::UnicodeNormalization as _;

use crate::record::field::{Field, text_of};
use crate::record::violation::Report;
use crate::record::yaml::{Node, Print, quoted};

/// The form in which texts are compared without regard to case: NFKC and full case folding.
#[must_use]
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().default_case_fold().nfkc().collect()
}

/// Text on one line, of `MIN` to `MAX` characters, without C0 and C1 control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

/// Text of at most `MAX` characters that may have several lines; tabs and line feeds are its only control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Prose<const MAX: usize>(String);

/// A name in `created_by`, `assignee`, `claim.by`: a claim of identity, not a permission.
pub type Actor = Text<1, 200>;

/// Why a text is not within the limits of its type; lower case, without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OutOfLimits(Cow<'static, str>);

impl OutOfLimits {
    pub(crate) fn because(reason: &'static str) -> Self {
        Self(reason.into())
    }
}

fn check_text(text: &str, min: usize, max: usize, lines: bool) -> Result<(), OutOfLimits> {
    if let Some(c) = text
        .chars()
        .find(|c| c.is_control() && !(lines && matches!(c, '\n' | '\t')))
    {
        let name = match c {
            '\n' => "a line break".to_owned(),
            '\r' => "a carriage return".to_owned(),
            c => format!("control character U+{:04X}", c as u32),
        };
        return Err(OutOfLimits(format!("has {name}").into()));
    }
    let length = text.chars().count();
    if length > max {
        return Err(OutOfLimits(
            format!("has {length} characters, at most {max} are allowed").into(),
        ));
    }
    if min > 0 && text.trim().is_empty() {
        return Err(OutOfLimits("is blank".into()));
    }
    Ok(())
}

/// Characters that change how a text looks without being seen.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        // Joins emoji and several scripts.
        && c != '\u{200d}'
}

fn warn_of_invisible(text: &str, line: u32, report: &mut Report) {
    if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
        report.warn(line, format!("has the invisible character U+{:04X}", c as u32));
    }
}

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// The text made to fit: without control characters, cut at the end, `-` where nothing is left.
    pub(crate) fn fitted(text: &str) -> Self {
        let fitted: String = text.chars().filter(|c| !c.is_control()).take(MAX).collect();
        Self::new(fitted).unwrap_or_else(|_| Self("-".repeat(MIN)))
    }
}

macro_rules! pattern_type {
    ($(#[$meta:meta])* $name:ident, $pattern:literal, $example:literal, $fits:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        pub struct $name(String);

        impl $name {
            /// Takes the text if it has the right form.
            pub fn new(text: &str) -> Result<Self, OutOfLimits> {
                let fits: fn(&str) -> bool = $fits;
                let refused = || OutOfLimits(format!("{} is not of the form {}", quoted(text), $example).into());
                fits(text).then(|| Self(text.to_owned())).ok_or_else(refused)
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Field for $name {
            fn read(node: &Node, report: &mut Report) -> Option<Self> {
                let text = text_of(node, report)?;
                Self::new(text).map_err(|reason| report.error(node.line, reason.to_string())).ok()
            }

            fn print(&self) -> Option<Print> {
                Some(Print::Text(self.0.clone()))
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "examples": [$example] })
            }
        }
    };
}

pattern_type!(
    /// A quarter of a year.
    Quarter, r"^[0-9]{4}-Q[1-4]$", "2026-Q1",
    |text| matches!(text.as_bytes(), [a, b, c, d, b'-', b'Q', b'1'..=b'4'] if [a, b, c, d].iter().all(|x| x.is_ascii_digit()))
);

pattern_type!(
    /// How one record relates to another: kebab-case, at most 50 characters.
    Relation, r"^(?=.{1,50}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$", "relates-to",
    |text| {
        let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        text.len() <= 50 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('-').all(part)
    }
);

macro_rules! text_type {
    ($name:ident, [$($param:ident),+], $min:expr, $max:expr, $lines:literal) => {
        impl<$(const $param: usize),+> $name<$($param),+> {
            /// Takes the text if it is within the limits.
            pub fn new(text: impl Into<String>) -> Result<Self, OutOfLimits> {
                let text = text.into();
                check_text(&text, $min, $max, $lines).map(|()| Self(text))
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<$(const $param: usize),+> fmt::Display for $name<$($param),+> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<$(const $param: usize),+> Field for $name<$($param),+> {
            fn read(node: &Node, report: &mut Report) -> Option<Self> {
                let text = text_of(node, report)?;
                warn_of_invisible(text, node.line, report);
                match Self::new(text) {
                    Ok(text) => Some(text),
                    Err(reason) => {
                        report.error(node.line, reason.to_string());
                        None
                    }
                }
            }

            fn print(&self) -> Option<Print> {
                Some(Print::Text(self.0.clone()))
            }
        }
    };
}

text_type!(Text, [MIN, MAX], MIN, MAX, false);
text_type!(Prose, [MAX], 1, MAX, true);

/// At least one character that is not white space, in any line; a byte order mark is none.
const NOT_BLANK: &str = r"(?=[\s\S]*[\S\ufeff])";

impl<const MIN: usize, const MAX: usize> JsonSchema for Text<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Text{MIN}To{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let blank = if MIN > 0 { NOT_BLANK } else { "" };
        json_schema!({ "type": "string", "minLength": MIN, "maxLength": MAX,
            "pattern": format!(r"^{blank}[^\u0000-\u001f\u007f-\u009f]*$") })
    }
}

impl<const MAX: usize> JsonSchema for Prose<MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("ProseTo{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX,
            "pattern": format!(r"^{NOT_BLANK}[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$") })
    }
}
