//! The values fields are made of. A value of one of these types is within its limits; the same
//! constants make the JSON Schemas.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use caseless::Caseless as _;
use indexmap::IndexMap;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use unicode_normalization::UnicodeNormalization as _;

use super::field::{Field, plain_text, refuse, text_of};
use super::violation::Report;
use super::yaml::{Content, Node, Print, integer};

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
    pub(super) fn because(reason: &'static str) -> Self {
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
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        // Joins emoji and several scripts.
        && c != '\u{200d}'
}

fn warn_of_invisible(text: &str, line: u32, report: &mut Report) {
    if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
        report.warn(line, format!("has the invisible character U+{:04X}", c as u32));
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
                let refused = || OutOfLimits(format!("{} is not of the form {}", super::yaml::quoted(text), $example).into());
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

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Whole<const MIN: i64, const MAX: i64>(i64);

/// A count: zero or more.
pub type Count = Whole<0, { i64::MAX }>;

/// The number of something that is counted from one, such as a pull request.
pub type Ordinal = Whole<1, { i64::MAX }>;

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    /// Takes the number if it is within the limits.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        (MIN..=MAX).contains(&number).then_some(Self(number))
    }

    /// The number itself.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }

    fn expected() -> String {
        if MAX == i64::MAX {
            format!("a whole number from {MIN} up")
        } else {
            format!("a whole number from {MIN} to {MAX}")
        }
    }
}

impl<const MIN: i64, const MAX: i64> Field for Whole<MIN, MAX> {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let number = plain_text(node).and_then(integer).flatten().and_then(Self::new);
        number.or_else(|| refuse(node, report, &Self::expected()))
    }

    fn print(&self) -> Option<Print> {
        Some(Print::Number(self.0.into()))
    }
}

impl<const MIN: i64, const MAX: i64> JsonSchema for Whole<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Whole{MIN}To{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

/// A number of hours from 0 to 1,000, fractions allowed.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Hours(serde_json::Number);

impl Field for Hours {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let value = match &node.content {
            Content::Scalar { plain: true, .. } => node.to_value(report)?,
            _ => serde_json::Value::Null,
        };
        match value {
            serde_json::Value::Number(n) if n.as_f64().is_some_and(|h| (0.0..=1000.0).contains(&h)) => Some(Self(n)),
            _ => refuse(node, report, "a number from 0 to 1000"),
        }
    }

    fn print(&self) -> Option<Print> {
        Some(Print::Number(self.0.clone()))
    }
}

impl JsonSchema for Hours {
    fn schema_name() -> Cow<'static, str> {
        "Hours".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": 1000 })
    }
}

/// A point in time, UTC, in whole seconds or milliseconds, of the years 1970 to 9998.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Time(Timestamp);

impl Time {
    /// 9999-01-01T00:00:00Z: other systems write the year 9999 for "never", which is not a time.
    const END_MS: i64 = 253_370_764_800_000;

    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(Timestamp::UNIX_EPOCH);

    /// The time so many milliseconds after 1970; `None` outside of the years records may name.
    #[must_use]
    pub fn from_milliseconds(milliseconds: i64) -> Option<Self> {
        let within = (0..Self::END_MS).contains(&milliseconds);
        within
            .then(|| Timestamp::from_millisecond(milliseconds).ok().map(Self))
            .flatten()
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn as_milliseconds(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Seconds since 1970, rounded down.
    #[must_use]
    pub fn as_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// The time as the date library has it.
    #[must_use]
    pub fn to_timestamp(self) -> Timestamp {
        self.0
    }

    /// The time of a timestamp; finer than milliseconds is cut off.
    #[must_use]
    pub fn from_timestamp(timestamp: Timestamp) -> Option<Self> {
        Self::from_milliseconds(timestamp.as_millisecond())
    }
}

impl FromStr for Time {
    type Err = OutOfLimits;

    /// Reads RFC 3339: date, time and zone; a zone other than `Z` is converted.
    fn from_str(text: &str) -> Result<Self, OutOfLimits> {
        // The parser takes a leap second for the second before; a record should not say one thing and mean another.
        let leap = text.get(17..19) == Some("60");
        if !is_rfc_3339(text) || leap {
            return Err(OutOfLimits("is not a time such as 2025-10-10T14:30:00Z".into()));
        }
        let beyond = || OutOfLimits::because("is not within the years 1970 to 9998");
        let timestamp: Timestamp = text.parse().map_err(|_| match text.get(..4) {
            // Its last days are beyond the date library.
            Some("9999") => beyond(),
            _ => OutOfLimits::because("is not a time that exists"),
        })?;
        if timestamp.subsec_nanosecond() % 1_000_000 != 0 {
            return Err(OutOfLimits("is finer than milliseconds".into()));
        }
        Self::from_timestamp(timestamp).ok_or_else(beyond)
    }
}

/// Whether `text` has the shape of RFC 3339 with `T` and `Z` in capitals; the parser takes much more.
fn is_rfc_3339(text: &str) -> bool {
    let fits = |text: &str, shape: &str| {
        let fits = |(c, shape)| {
            if shape == b'0' {
                u8::is_ascii_digit(&c)
            } else {
                c == shape
            }
        };
        text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
    };
    let Some((date_time, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else {
        return false;
    };
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let fraction = &rest[..rest.len() - zone.len()];
    fits(date_time, "0000-00-00T00:00:00")
        && fraction != "."
        && (zone == "Z" || fits(zone, "+00:00") || fits(zone, "-00:00"))
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.subsec_millisecond() == 0 {
            write!(f, "{:.0}", self.0)
        } else {
            write!(f, "{:.3}", self.0)
        }
    }
}

impl Field for Time {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let text = text_of(node, report)?;
        text.parse().map_or_else(
            |reason: OutOfLimits| {
                report.error(node.line, format!("{} {reason}", super::yaml::quoted(text)));
                None
            },
            Some,
        )
    }

    fn print(&self) -> Option<Print> {
        Some(Print::Plain(self.to_string()))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "pattern": r"^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,3}0*)?(Z|[+-][0-9]{2}:[0-9]{2})$",
            "description": "RFC 3339, UTC, whole seconds or milliseconds, of the years 1970 to 9998"
        })
    }
}

/// A list without repetition of at most `MAX` values; empty where the key is absent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Set<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for Set<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Same, const MAX: usize> Set<T, MAX> {
    /// Takes the values, in their order, each once; `None` when there are more than `MAX`.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = T>) -> Option<Self> {
        let mut seen = std::collections::HashSet::new();
        let unique: Vec<T> = values.into_iter().filter(|v| seen.insert(v.same_as())).collect();
        (unique.len() <= MAX).then_some(Self(unique))
    }
}

impl<T: PartialEq, const MAX: usize> Set<T, MAX> {
    /// The values in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `value` is among them.
    #[must_use]
    pub fn contains(&self, value: &T) -> bool {
        self.0.contains(value)
    }
}

/// When two values of a list are the same.
pub trait Same {
    /// The form in which they are compared; texts that look alike are the same.
    fn same_as(&self) -> String;
}

impl<const MIN: usize, const MAX: usize> Same for Text<MIN, MAX> {
    fn same_as(&self) -> String {
        super::yaml::composed(&self.0)
    }
}

impl<const MAX: usize> Same for Prose<MAX> {
    fn same_as(&self) -> String {
        super::yaml::composed(&self.0)
    }
}

/// How a list is printed.
pub(crate) trait Element: Field + Same {
    const BLOCK: bool = false;
}

impl<const MIN: usize, const MAX: usize> Element for Text<MIN, MAX> {}

impl<const MAX: usize> Element for Prose<MAX> {}

impl<T: Element, const MAX: usize> Field for Set<T, MAX> {
    fn absent() -> Option<Self> {
        Some(Self(Vec::new()))
    }

    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let Content::List(items) = &node.content else {
            return refuse(node, report, "a list");
        };
        if items.len() > MAX {
            report.error(
                node.line,
                format!("has {} entries, at most {MAX} are allowed", items.len()),
            );
            return None;
        }
        let mut seen = std::collections::HashSet::new();
        let mut values = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            values.push(report.element(position, |report| {
                let value = T::read(item, report)?;
                if seen.insert(value.same_as()) {
                    return Some(value);
                }
                report.error(item.line, "is listed twice");
                None
            }));
        }
        values.into_iter().collect::<Option<_>>().map(Self)
    }

    fn print(&self) -> Option<Print> {
        let items: Vec<_> = self.0.iter().filter_map(Field::print).collect();
        match items.is_empty() {
            true => None,
            false if T::BLOCK => Some(Print::BlockList(items)),
            false => Some(Print::FlowList(items)),
        }
    }
}

impl<T: JsonSchema, const MAX: usize> JsonSchema for Set<T, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("SetOf{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<T>(), "maxItems": MAX, "uniqueItems": true, "default": [] })
    }
}

/// The key of a small map, such as a file format or a kind of tests.
pub type Word = Text<1, 50>;

/// A small map from words to values, in its author's order; empty where the key is absent.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct WordMap<T>(pub IndexMap<String, T>);

impl<T> Default for WordMap<T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<T: Field> Field for WordMap<T> {
    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            return refuse(node, report, "a mapping");
        };
        let mut values = IndexMap::new();
        for entry in entries {
            values.insert(
                entry.key.clone(),
                report.within(&entry.key, |report| {
                    if let Err(reason) = Word::new(entry.key.as_str()) {
                        report.error(entry.line, format!("the key {reason}"));
                        return None;
                    }
                    T::read(&entry.value, report)
                }),
            );
        }
        let whole: Option<IndexMap<_, _>> = values.into_iter().map(|(k, v)| v.map(|v| (k, v))).collect();
        let mut whole = whole?;
        // What prints as nothing is nothing.
        whole.retain(|_, value| value.print().is_some());
        Some(Self(whole))
    }

    fn print(&self) -> Option<Print> {
        let entries: Vec<_> = self
            .0
            .iter()
            .filter_map(|(k, v)| v.print().map(|v| (k.clone(), v)))
            .collect();
        (!entries.is_empty()).then_some(Print::FlowMap(entries))
    }
}

impl<T: JsonSchema> JsonSchema for WordMap<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>(), "propertyNames": generator.subschema_for::<Word>(), "default": {} })
    }
}

/// Any mapping of values; empty where the key is absent.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Free(pub serde_json::Map<String, serde_json::Value>);

impl Field for Free {
    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        match node.content {
            Content::Map(_) => match node.to_value(report)? {
                serde_json::Value::Object(map) => Some(Self(map)),
                _ => None,
            },
            _ => refuse(node, report, "a mapping"),
        }
    }

    fn print(&self) -> Option<Print> {
        (!self.0.is_empty()).then(|| Print::from(&serde_json::Value::Object(self.0.clone())))
    }
}

impl JsonSchema for Free {
    fn schema_name() -> Cow<'static, str> {
        "Free".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "default": {} })
    }
}

/// Any value at all.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Anything(pub serde_json::Value);

impl Field for Anything {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        node.to_value(report).map(Self)
    }

    fn print(&self) -> Option<Print> {
        Some(Print::from(&self.0))
    }
}

impl JsonSchema for Anything {
    fn schema_name() -> Cow<'static, str> {
        "Anything".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!(true)
    }
}

/// Declares an enumeration whose values are words in lower case.
///
/// The value it `omits` is what an absent key means, and is not printed.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident $(omits $omitted:ident)? { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, schemars::JsonSchema, serde::Serialize)]
        pub enum $name {
            $( $(#[$variant_meta])* #[serde(rename = $word)] $variant, )+
        }

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in files and on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::record::value::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.as_str() == text);
                found.ok_or_else(|| $crate::record::value::UnknownWord::new(text, &[$($word),+]))
            }
        }

        impl $crate::record::field::Field for $name {
            $(fn absent() -> Option<Self> {
                Some(Self::$omitted)
            })?

            fn read(
                node: &$crate::record::yaml::Node,
                report: &mut $crate::record::violation::Report,
            ) -> Option<Self> {
                let text = $crate::record::field::text_of(node, report)?;
                match text.parse() {
                    Ok(value) => Some(value),
                    Err(error) => {
                        report.error(node.line, format!("{error}"));
                        None
                    }
                }
            }

            fn print(&self) -> Option<$crate::record::yaml::Print> {
                $(if *self == Self::$omitted {
                    return None;
                })?
                Some($crate::record::yaml::Print::Text(self.as_str().to_owned()))
            }
        }
    };
}
pub(crate) use words;

/// A word that is not one of the allowed ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found} is not one of {allowed}")]
pub struct UnknownWord {
    found: String,
    allowed: String,
}

impl UnknownWord {
    pub(crate) fn new(found: &str, allowed: &[&str]) -> Self {
        Self {
            found: super::yaml::quoted(found),
            allowed: allowed.join(", "),
        }
    }
}
