//! What frontmatter is read into: values that know where they stand.

use std::ops::Range;

use serde_json::{Map, Value};

use super::plain;
use crate::record::violation::Report;

/// A value as it stands in the file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The line it starts in, counted from 1; 0 for a value that does not come from a file.
    pub(crate) line: u32,
    /// Its bytes in the YAML text: quotes and brackets included, the line of a block text's indicator not. Empty
    /// where nothing stands.
    pub(crate) span: Range<usize>,
    /// Whether its lines are its extent: a block list, a block mapping, a literal or a folded text.
    pub(crate) block: bool,
    pub(crate) content: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// The text after unescaping; `plain` when it stood without quotes.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) line: u32,
    /// The bytes of the key, quotes included.
    pub(crate) span: Range<usize>,
    pub(crate) value: Node,
}

impl From<&Value> for Node {
    /// A value that does not come from a file.
    fn from(value: &Value) -> Self {
        let plain = |text: String| Content::Scalar { text, plain: true };
        let entry = |(key, value): (&String, &Value)| Entry {
            key: key.clone(),
            line: 0,
            span: 0..0,
            value: value.into(),
        };
        let content = match value {
            Value::Null => plain("null".to_owned()),
            Value::Bool(b) => plain(b.to_string()),
            Value::Number(n) => plain(n.to_string()),
            Value::String(text) => Content::Scalar {
                text: text.clone(),
                plain: false,
            },
            Value::Array(items) => Content::List(items.iter().map(Self::from).collect()),
            Value::Object(map) => Content::Map(map.iter().map(entry).collect()),
        };
        Self {
            content,
            ..Self::empty_mapping(0)
        }
    }
}

impl Node {
    /// A mapping without keys that stands nowhere.
    pub(crate) fn empty_mapping(line: u32) -> Self {
        Self {
            line,
            span: 0..0,
            block: false,
            content: Content::Map(Vec::new()),
        }
    }

    /// What a message calls it.
    pub(crate) fn describe(&self) -> String {
        match &self.content {
            Content::Scalar { text, plain } if *plain && plain::is_null(text) => "nothing".to_owned(),
            Content::Scalar { text, .. } => quoted(text),
            Content::List(_) => "a list".to_owned(),
            Content::Map(_) => "a mapping".to_owned(),
        }
    }

    /// The value by the YAML 1.2 core schema, for keys no type describes.
    ///
    /// Numbers that do not fit 64 bits, infinities and NaN are violations: JSON could not carry them. So is
    /// U+0000: databases and many programs could not.
    pub(crate) fn to_value(&self, report: &mut Report) -> Option<Value> {
        match &self.content {
            Content::Scalar { text, .. } if text.contains('\0') => {
                report.error(self.line, "has control character U+0000");
                None
            }
            Content::Scalar { text, plain: false } => Some(Value::String(text.clone())),
            Content::Scalar { text, plain: true } => match plain::resolve(text) {
                Ok(value) => Some(value),
                Err(reason) => {
                    report.error(self.line, format!("{} {reason}", quoted(text)));
                    None
                }
            },
            Content::List(items) => {
                let values: Vec<_> = items
                    .iter()
                    .enumerate()
                    .map(|(position, item)| report.element(position, |report| item.to_value(report)))
                    .collect();
                values.into_iter().collect::<Option<Vec<_>>>().map(Value::Array)
            }
            Content::Map(entries) => {
                let mut map = Map::new();
                for entry in entries {
                    let value = report.within(&entry.key, |report| entry.value.to_value(report))?;
                    map.insert(entry.key.clone(), value);
                }
                Some(Value::Object(map))
            }
        }
    }
}

/// A value from outside as a message shows it: in backquotes, invisible characters escaped, not too long.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .flat_map(|c| {
            if c == '"' || c == '\'' {
                vec![c]
            } else {
                c.escape_debug().collect()
            }
        })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
