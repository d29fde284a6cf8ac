//! A pack: what one person did at one time.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::spans;
use crate::exchange::source::Source;
use crate::record::json::{Strict, in_line};
use crate::record::value::Time;

/// A pack of operations.
#[derive(Debug)]
pub(super) struct Pack {
    /// The hash of its bytes.
    pub(super) id: String,
    /// The id of who did it.
    pub(super) author: String,
    pub(super) operations: Vec<Operation>,
}

/// Something somebody did to a bug.
#[derive(Debug)]
pub(super) struct Operation {
    /// The hash of its bytes.
    pub(super) id: String,
    pub(super) at: Option<Time>,
    /// What a program that brought it along noted beside it.
    pub(super) metadata: Map<String, Value>,
    pub(super) act: Act,
}

/// What was done.
#[derive(Debug)]
pub(super) enum Act {
    Create {
        title: String,
        text: String,
        files: Vec<Value>,
    },
    SetTitle(String),
    AddComment {
        text: String,
        files: Vec<Value>,
    },
    SetStatus {
        closed: bool,
    },
    ChangeLabels {
        added: Vec<String>,
        removed: Vec<String>,
    },
    EditComment {
        target: String,
        text: String,
        files: Vec<Value>,
    },
    Nothing,
    SetMetadata {
        target: String,
        metadata: Map<String, Value>,
    },
    /// Of a number that this version of the format does not have.
    Unknown(u64),
}

/// Reads a pack; the reason where it cannot be read.
pub(super) fn read(bytes: &[u8]) -> Result<Pack, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("byte {} is not UTF-8", error.valid_up_to() + 1))?;
    let mut source = match serde_json::from_str(text) {
        Ok(Strict(Value::Object(map))) => Source::of(map),
        Ok(_) => return Err("is no pack of operations".to_owned()),
        Err(error) => return Err(in_line(&error)),
    };
    let author = source.object("author").and_then(|mut author| author.text("id"));
    let author = author.ok_or("its author has no id")?;
    let values = source.list("ops");
    let spans = spans::elements(text, "ops").unwrap_or_default();
    if values.len() != spans.len() {
        return Err("its operations cannot be told apart".to_owned());
    }
    let operations = (1..)
        .zip(values)
        .zip(spans)
        .map(|((number, value), span)| operation(value, span).map_err(|reason| format!("operation {number} {reason}")));
    Ok(Pack {
        id: hash(bytes),
        author,
        operations: operations.collect::<Result<_, _>>()?,
    })
}

fn operation(value: Value, span: &str) -> Result<Operation, String> {
    let Value::Object(map) = value else {
        return Err("is not an object".to_owned());
    };
    let kind = map.get("type").and_then(Value::as_u64).ok_or("has no type")?;
    let at = map.get("timestamp").and_then(Value::as_i64).ok_or("has no timestamp")?;
    let mut fields = Fields(map);
    Ok(Operation {
        id: hash(span.as_bytes()),
        at: Time::from_seconds(at),
        act: fields.act(kind)?,
        metadata: fields.map("metadata")?,
    })
}

/// The fields of an operation. As in git-bug, one that is missing is empty, and one of another type is an error.
struct Fields(Map<String, Value>);

impl Fields {
    fn act(&mut self, kind: u64) -> Result<Act, String> {
        Ok(match kind {
            1 => Act::Create {
                title: self.text("title")?,
                text: self.text("message")?,
                files: self.list("files")?,
            },
            2 => Act::SetTitle(self.text("title")?),
            3 => Act::AddComment {
                text: self.text("message")?,
                files: self.list("files")?,
            },
            4 => match self.0.get("status").and_then(Value::as_u64) {
                Some(status @ (1 | 2)) => Act::SetStatus { closed: status == 2 },
                _ => return Err("sets a status that is neither open nor closed".to_owned()),
            },
            5 => Act::ChangeLabels {
                added: self.texts("added")?,
                removed: self.texts("removed")?,
            },
            6 => Act::EditComment {
                target: self.text("target")?,
                text: self.text("message")?,
                files: self.list("files")?,
            },
            7 => Act::Nothing,
            8 => Act::SetMetadata {
                target: self.text("target")?,
                metadata: self.map("new_metadata")?,
            },
            other => Act::Unknown(other),
        })
    }

    fn text(&mut self, key: &str) -> Result<String, String> {
        match self.0.shift_remove(key) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(format!("has a {key} that is not text")),
        }
    }

    fn list(&mut self, key: &str) -> Result<Vec<Value>, String> {
        match self.0.shift_remove(key) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(format!("has {key} that are not a list")),
        }
    }

    fn texts(&mut self, key: &str) -> Result<Vec<String>, String> {
        let text = |value| match value {
            Value::String(text) => Ok(text),
            _ => Err(format!("has {key} labels that are not text")),
        };
        self.list(key)?.into_iter().map(text).collect()
    }

    fn map(&mut self, key: &str) -> Result<Map<String, Value>, String> {
        match self.0.shift_remove(key) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(map)) => Ok(map),
            Some(_) => Err(format!("has {key} that is not a mapping")),
        }
    }
}

/// The SHA-256 of bytes, which is how git-bug names what they say.
fn hash(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}
