//! Our own JSON and NDJSON back into record files.
//!
//! All or nothing: every entry must be a record that could be written by hand, or the whole is
//! refused, and what is wrong is named by line or position, file and field.

mod entry;

use std::collections::HashMap;

use serde_json::{Map, Value};

use self::entry::{allow, record, text};
use super::json::{FORMAT, Layout, kind};
use crate::record::json::{Strict, in_line};
use crate::record::{Kind, Record, RecordPath, Severity, Violation, config};

/// How many wrong entries are named.
const NAMED: usize = 20;

/// What an export held.
#[derive(Debug, Default)]
pub struct Restored {
    /// The text of the settings file.
    pub settings: Option<String>,
    /// The records.
    pub records: Vec<RestoredRecord>,
    /// Files that could not be read where this was exported, with the reasons.
    pub unread: Vec<(String, Vec<String>)>,
}

/// A record, and the file it is.
#[derive(Debug)]
pub struct RestoredRecord {
    /// Where it stands in the export: `line 3`, `record 2`.
    pub place: String,
    /// Where it lives.
    pub path: RecordPath,
    /// The record.
    pub record: Record,
    /// The bytes of its file.
    pub bytes: Vec<u8>,
}

/// An entry that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where it stands: `line 3`, `record 2`; empty of the export as a whole.
    pub place: String,
    /// The file it would become, where it says so.
    pub file: Option<String>,
    /// What is wrong with it.
    pub violations: Vec<Violation>,
}

impl Wrong {
    fn new(place: &str, reason: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            file: None,
            violations: vec![Violation::file(None, reason)],
        }
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reasons: Vec<_> = self.violations.iter().map(ToString::to_string).collect();
        let file = self.file.as_deref();
        let parts = [Some(self.place.as_str()), file].into_iter().flatten();
        let parts = parts.filter(|part| !part.is_empty());
        f.write_str(
            &parts
                .chain([reasons.join("; ").as_str()])
                .collect::<Vec<_>>()
                .join(": "),
        )
    }
}

/// Reads an export.
///
/// # Errors
///
/// What is wrong with it, entry by entry, the first 20 of them; at least one.
pub fn read(bytes: &[u8], layout: Layout) -> Result<Restored, Vec<Wrong>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reading = Reading::default();
    let read = match layout {
        Layout::Document => reading.document(bytes),
        Layout::Lines => reading.lines(bytes),
    };
    match read {
        Err(wrong) => Err(vec![wrong]),
        Ok(()) if reading.wrong.is_empty() => Ok(reading.restored),
        Ok(()) => Err(reading.wrong),
    }
}

#[derive(Default)]
struct Reading {
    restored: Restored,
    /// Where each path was first met.
    places: HashMap<RecordPath, String>,
    wrong: Vec<Wrong>,
}

impl Reading {
    fn document(&mut self, bytes: &[u8]) -> Result<(), Wrong> {
        let whole = serde_json::from_slice::<Strict>(bytes);
        let Strict(whole) = whole.map_err(|error| Wrong::new("", format!("is not JSON: {error}")))?;
        let mut map = head(whole, "")?;
        allow(&map, &["settings", "records", "unreadable"]).map_err(|reason| Wrong::new("", reason))?;
        if let Some(settings) = map.shift_remove("settings").filter(|value| !value.is_null()) {
            self.take(settings, "settings".to_owned());
        }
        for (key, noun) in [("records", "record"), ("unreadable", "unreadable")] {
            let entries = match map.shift_remove(key) {
                Some(Value::Array(entries)) => entries,
                None if key == "unreadable" => Vec::new(),
                _ => return Err(Wrong::new("", format!("`{key}` is not a list"))),
            };
            for (at, entry) in entries.into_iter().enumerate() {
                self.take(entry, format!("{noun} {}", at + 1));
            }
        }
        Ok(())
    }

    fn lines(&mut self, bytes: &[u8]) -> Result<(), Wrong> {
        let (mut begun, mut ended) = (false, false);
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let place = format!("line {}", at + 1);
            if ended {
                return Err(Wrong::new(&place, "stands behind the end"));
            }
            let value = serde_json::from_slice::<Strict>(line).map_err(|error| Wrong::new(&place, in_line(&error)))?;
            match value.0 {
                value if !begun => {
                    let map = head(value, &place)?;
                    allow(&map, &[]).map_err(|reason| Wrong::new(&place, reason))?;
                    begun = true;
                }
                Value::Object(map) if map.get("kind").is_some_and(|kind| kind == "end") => {
                    self.end(&map, &place)?;
                    ended = true;
                }
                value => self.take(value, place),
            }
        }
        match (begun, ended) {
            (false, _) => Err(Wrong::new("", "is empty")),
            (true, false) => Err(Wrong::new(
                "",
                "is cut short: it does not end with a line {\"kind\":\"end\"}",
            )),
            (true, true) => Ok(()),
        }
    }

    /// The last line counts the records, so that none is missing unseen.
    fn end(&self, map: &Map<String, Value>, place: &str) -> Result<(), Wrong> {
        allow(map, &["kind", "records"]).map_err(|reason| Wrong::new(place, reason))?;
        let found = self.restored.records.len() + self.wrong.len();
        match map.get("records") {
            Some(count) if self.wrong.is_empty() && count.as_u64() != Some(found as u64) => Err(Wrong::new(
                place,
                format!("says {count} records, but there are {found}"),
            )),
            _ => Ok(()),
        }
    }

    fn take(&mut self, value: Value, place: String) {
        if self.wrong.len() >= NAMED {
            return;
        }
        if let Err(mut wrong) = self.entry(value, &place) {
            wrong.place = place;
            self.wrong.push(wrong);
        }
    }

    fn entry(&mut self, value: Value, place: &str) -> Result<(), Wrong> {
        let refuse = |reason: String| Wrong::new("", reason);
        let Value::Object(mut map) = value else {
            return Err(refuse("is not an object".to_owned()));
        };
        let name = text(&mut map, "kind").map_err(refuse)?;
        let name = name.ok_or_else(|| refuse("has no `kind`".to_owned()))?;
        match (name.as_str(), kind(&name)) {
            ("settings", _) => {
                allow(&map, &["file", "values", "text"]).map_err(refuse)?;
                let settings = text(&mut map, "text").map_err(refuse)?;
                let settings = settings.ok_or_else(|| refuse("has no `text`".to_owned()))?;
                let violations = config::check(settings.as_bytes());
                let twice = self.restored.settings.replace(settings).is_some();
                match violations.is_empty() {
                    _ if twice => Err(refuse("stands twice".to_owned())),
                    true => Ok(()),
                    false => Err(Wrong {
                        violations,
                        ..refuse(String::new())
                    }),
                }
            }
            ("unreadable", _) => {
                allow(&map, &["file", "reasons", "text", "base64"]).map_err(refuse)?;
                let file = text(&mut map, "file").map_err(refuse)?;
                let reasons = map.get("reasons").and_then(Value::as_array);
                let reasons = reasons.into_iter().flatten().filter_map(Value::as_str);
                let reasons = reasons.map(ToOwned::to_owned).collect();
                self.restored.unread.push((file.unwrap_or_default(), reasons));
                Ok(())
            }
            (_, Some(kind)) => self.record(kind, map, place),
            (name, None) => Err(refuse(format!("the kind `{}` is not known", name.escape_debug()))),
        }
    }

    fn record(&mut self, kind: Kind, mut map: Map<String, Value>, place: &str) -> Result<(), Wrong> {
        let file = text(&mut map, "file").map_err(|reason| Wrong::new("", reason))?;
        let read = record(kind, map, file.as_deref()).map_err(|mut violations| {
            violations.retain(|violation| violation.severity == Severity::Error);
            Wrong {
                file,
                violations,
                ..Wrong::new("", "")
            }
        });
        let (path, record, bytes) = read?;
        if let Some(first) = self.places.insert(path.clone(), place.to_owned()) {
            let mut wrong = Wrong::new("", format!("is the same record as {first}"));
            wrong.file = Some(path.to_string());
            return Err(wrong);
        }
        self.restored.records.push(RestoredRecord {
            place: place.to_owned(),
            path,
            record,
            bytes,
        });
        Ok(())
    }
}

/// Takes the first lines of an export off: what must be there, and of this version.
fn head(value: Value, place: &str) -> Result<Map<String, Value>, Wrong> {
    let Value::Object(mut map) = value else {
        return Err(Wrong::new(place, "is not an export: not an object"));
    };
    let reason = match map.shift_remove("format").as_ref().and_then(Value::as_str) {
        Some(FORMAT) => {
            map.shift_remove("repository");
            map.shift_remove("revision");
            return Ok(map);
        }
        Some(other) => format!(
            "the format `{}` is not {FORMAT}, which this version reads",
            other.escape_debug()
        ),
        None => "is not an export: it has no `format`".to_owned(),
    };
    Err(Wrong::new(place, reason))
}
