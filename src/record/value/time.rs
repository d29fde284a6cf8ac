//! Points in time.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::OutOfLimits;
use crate::record::field::{Field, text_of};
use crate::record::violation::Report;
use crate::record::yaml::{Node, Print, quoted};

/// A point in time, UTC, in whole seconds or milliseconds, of the years 1970 to 9998.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

    /// The same of seconds.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Self::from_milliseconds(seconds.checked_mul(1000)?)
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
            return Err(OutOfLimits::because("is not a time such as 2025-10-10T14:30:00Z"));
        }
        let beyond = || OutOfLimits::because("is not within the years 1970 to 9998");
        let timestamp: Timestamp = text.parse().map_err(|_| match text.get(..4) {
            // Its last days are beyond the date library.
            Some("9999") => beyond(),
            _ => OutOfLimits::because("is not a time that exists"),
        })?;
        if timestamp.subsec_nanosecond() % 1_000_000 != 0 {
            return Err(OutOfLimits::because("is finer than milliseconds"));
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

impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Field for Time {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let text = text_of(node, report)?;
        text.parse().map_or_else(
            |reason: OutOfLimits| {
                report.error(node.line, format!("{} {reason}", quoted(text)));
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
