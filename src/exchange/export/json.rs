//! JSON and NDJSON: every record whole, so that [`read`](super::read) gives its file back byte for byte.
//!
//! A record is its fields and its body. Where these do not make the file again, because it has
//! comments, another order of keys or other line ends, its whole text stands beside them. What no
//! file says stands apart, under `derived`.

use serde_json::{Map, Value, json};

use super::encode::base64;
use super::{Exported, Head, Unread};
use crate::record::shown::tame_json;
use crate::record::{Kind, Record, config, print};

/// The format of both, as their first lines name it.
pub const FORMAT: &str = "git-docket-export/1";

/// The two ways to write the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One document.
    Document,
    /// A line for the head, one for every record, and one for the end.
    Lines,
}

/// Writes an export piece by piece.
#[derive(Debug)]
pub struct Writer {
    layout: Layout,
    records: usize,
}

impl Writer {
    /// A writer that has written nothing.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        Self { layout, records: 0 }
    }

    /// What comes before the records: of what this is an export, and the settings file.
    #[must_use]
    pub fn head(&self, head: &Head, settings: Option<&str>) -> String {
        let mut map = object(json!({ "format": FORMAT, "repository": head.repository, "revision": head.revision }));
        let settings = settings.map(|text| {
            let values = config::values(text.as_bytes());
            json!({ "kind": "settings", "file": ".tracking/config.toml", "values": values, "text": text })
        });
        match self.layout {
            Layout::Lines => {
                let settings = settings.map_or_else(String::new, |settings| format!("{settings}\n"));
                tame_json(format!("{}\n{settings}", Value::Object(map)))
            }
            Layout::Document => {
                map.insert("settings".to_owned(), settings.unwrap_or(Value::Null));
                let text = pretty(&Value::Object(map));
                format!("{},\n  \"records\": [", text.trim_end_matches("\n}"))
            }
        }
    }

    /// A record.
    #[must_use]
    pub fn record(&mut self, exported: &Exported) -> String {
        let first = self.records == 0;
        self.records += 1;
        let value = entry(exported);
        match self.layout {
            Layout::Lines => tame_json(format!("{value}\n")),
            Layout::Document => format!("{}{}", if first { "\n" } else { ",\n" }, indented(&value)),
        }
    }

    /// What comes after the records: the files that are none, and the end, without which the rest is cut short.
    #[must_use]
    pub fn end(self, unread: &[Unread]) -> String {
        let files: Vec<Value> = unread.iter().map(unreadable).collect();
        match self.layout {
            Layout::Lines => {
                let files = files
                    .iter()
                    .map(|file| tame_json(format!("{file}\n")))
                    .collect::<String>();
                let end = json!({ "kind": "end", "records": self.records });
                format!("{files}{end}\n")
            }
            Layout::Document => {
                let close = if self.records == 0 { "]" } else { "\n  ]" };
                let files = files.iter().map(indented).collect::<Vec<_>>().join(",\n");
                let files = if unread.is_empty() {
                    "[]".to_owned()
                } else {
                    format!("[\n{files}\n  ]")
                };
                format!("{close},\n  \"unreadable\": {files}\n}}\n")
            }
        }
    }
}

/// The fields of a record as an export has them: `schema` first, then as in the file.
fn fields(record: &Record, newer_schema: Option<&str>) -> Map<String, Value> {
    let schema = newer_schema.map_or_else(|| record.kind().schema(), ToOwned::to_owned);
    let mut fields = Map::from_iter([("schema".to_owned(), Value::String(schema))]);
    fields.extend(record.to_json());
    fields
}

fn entry(exported: &Exported) -> Value {
    let fields = fields(&exported.record, exported.newer_schema.as_deref());
    let whole =
        exported.newer_schema.is_none() && !fields.values().any(is_inexact) && print(&exported.record) == exported.text;
    let mut entry = object(json!({ "kind": exported.path.kind().as_str(), "file": exported.path.to_string() }));
    entry.insert("fields".to_owned(), Value::Object(fields));
    entry.insert("body".to_owned(), exported.record.body.as_str().into());
    if !whole {
        entry.insert("text".to_owned(), exported.text.as_str().into());
    }
    if let Some(derived) = exported
        .derived
        .as_ref()
        .and_then(|derived| serde_json::to_value(derived).ok())
    {
        entry.insert("derived".to_owned(), derived);
    }
    Value::Object(entry)
}

/// Whether a number may come back from JSON as another one.
fn is_inexact(value: &Value) -> bool {
    match value {
        Value::Number(number) if number.is_f64() => {
            let back = serde_json::from_str::<Value>(&number.to_string()).ok();
            is_vast(value) || back.as_ref() != Some(value)
        }
        Value::Array(values) => values.iter().any(is_inexact),
        Value::Object(map) => map.values().any(is_inexact),
        _ => false,
    }
}

/// Whether a number is beyond what JSON readers keep exactly; a whole one that large was rounded on its way in.
pub(super) fn is_vast(value: &Value) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => number.is_f64() && number.as_f64().is_none_or(|number| number.abs() >= EXACT),
        Value::Array(values) => values.iter().any(is_vast),
        Value::Object(map) => map.values().any(is_vast),
        _ => false,
    }
}

fn unreadable(unread: &Unread) -> Value {
    let mut entry = object(json!({ "kind": "unreadable", "file": unread.file, "reasons": unread.reasons }));
    let content = unread.bytes.as_ref().map(|bytes| match std::str::from_utf8(bytes) {
        Ok(text) => ("text", text.to_owned()),
        Err(_) => ("base64", base64(bytes)),
    });
    entry.extend(content.map(|(key, content)| (key.to_owned(), content.into())));
    Value::Object(entry)
}

/// The kind an entry names.
pub(super) fn kind(name: &str) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.as_str() == name)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn pretty(value: &Value) -> String {
    tame_json(format!("{value:#}"))
}

/// A value as an element of a list of the document. Its texts hold no line feeds, so every line is one of the layout.
fn indented(value: &Value) -> String {
    let lines = pretty(value);
    lines
        .lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
