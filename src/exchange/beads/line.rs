//! A line of the export: one JSON object.

use serde_json::Value;

use crate::exchange::source::Source;
use crate::record::json::{self, Strict};

/// The object of a line, or what the line is instead.
pub(super) fn parse(line: &[u8]) -> Result<Source, String> {
    let text = std::str::from_utf8(line).map_err(|error| format!("byte {} is not UTF-8", error.valid_up_to() + 1))?;
    match serde_json::from_str(text) {
        Ok(Strict(Value::Object(map))) => Ok(Source::of(map)),
        Ok(Strict(Value::Array(_))) => Err("is a list, not an issue".to_owned()),
        Ok(_) => Err("is a single value, not an issue".to_owned()),
        Err(error) => Err(json::in_line(&error)),
    }
}
