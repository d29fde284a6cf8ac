//! Numbers within limits.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::record::field::{Field, plain_text, refuse};
use crate::record::violation::Report;
use crate::record::yaml::{Content, Node, Print, integer};

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
