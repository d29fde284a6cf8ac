//! Reads frontmatter into nodes: no anchors, tags, merge keys, duplicate keys or second document.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError};
use serde_json::{Map, Value};

use super::plain;
use crate::record::limits;
use crate::record::violation::{Report, Violation};

/// A value as it stands in the file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The line it starts in, counted from 1; 0 for a value that does not come from a file.
    pub(crate) line: u32,
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
    pub(crate) value: Node,
}

impl Node {
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

/// Reads one YAML document whose root must be a mapping.
///
/// `first_line` is the line of the file its first line stands in.
pub(crate) fn read(text: &str, first_line: u32) -> Result<Node, Violation> {
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: limits::NESTING,
        block_nesting_limit: limits::NESTING,
    };
    let mut reader = Reader {
        events: Parser::new_from_str_with_options(text, options),
        first_line,
        fields: Vec::new(),
        depth: 0,
    };
    let root = reader.document()?;
    match root {
        Some(node) if matches!(node.content, Content::Map(_)) => Ok(node),
        Some(node) => Err(Violation::file(
            Some(node.line),
            format!("frontmatter must be a mapping of fields, not {}", node.describe()),
        )),
        None => Err(Violation::file(Some(first_line), "frontmatter is empty")),
    }
}

struct Reader<'text, E> {
    events: E,
    first_line: u32,
    fields: Vec<std::borrow::Cow<'text, str>>,
    /// How many lists and mappings are open. The parser counts those in flow and in block style apart, so that a
    /// file could nest deeper than its canonical form may.
    depth: usize,
}

type Next<'text> = Result<(Event<'text>, granit_parser::Span), ScanError>;

impl<'text, E: Iterator<Item = Next<'text>>> Reader<'text, E> {
    fn document(&mut self) -> Result<Option<Node>, Violation> {
        let mut root = None;
        loop {
            let Some((event, line)) = self.next()? else {
                return Ok(root);
            };
            match event {
                Event::StreamStart | Event::DocumentEnd | Event::StreamEnd => {}
                Event::DocumentStart(..) if root.is_some() => {
                    return Err(self.violation(line, "a second YAML document; frontmatter is one"));
                }
                Event::DocumentStart(..) => {}
                event => root = Some(self.node(event, line)?),
            }
        }
    }

    fn next(&mut self) -> Result<Option<(Event<'text>, u32)>, Violation> {
        match self.events.next() {
            None => Ok(None),
            Some(Ok((event, span))) => Ok(Some((event, self.line(span.start.line())))),
            Some(Err(error)) => {
                let line = self.line(error.marker().line());
                Err(match error.kind() {
                    ErrorKind::RecursionLimitExceeded => self.too_deep(line),
                    _ => self.violation(line, format!("not valid YAML: {}", lower_first(&error.info()))),
                })
            }
        }
    }

    fn line(&self, line: usize) -> u32 {
        u32::try_from(line)
            .unwrap_or(u32::MAX)
            .saturating_add(self.first_line)
            .saturating_sub(1)
    }

    fn violation(&self, line: u32, message: impl Into<String>) -> Violation {
        Violation {
            field: (!self.fields.is_empty()).then(|| self.fields.join(".")),
            ..Violation::file(Some(line), message)
        }
    }

    fn node(&mut self, event: Event<'text>, line: u32) -> Result<Node, Violation> {
        let content = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(line, anchor, tag.is_some())?;
                Content::Scalar {
                    text: text.into_owned(),
                    plain: style == ScalarStyle::Plain,
                }
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_extras(line, anchor, tag.is_some())?;
                self.enter(line)?;
                Content::List(self.list()?)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_extras(line, anchor, tag.is_some())?;
                self.enter(line)?;
                Content::Map(self.mapping()?)
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) | Event::Anchor(..) => {
                return Err(self.violation(line, "YAML anchors and aliases are not used in records"));
            }
            _ => return Err(self.violation(line, "not valid YAML")),
        };
        Ok(Node { line, content })
    }

    fn enter(&mut self, line: u32) -> Result<(), Violation> {
        self.depth += 1;
        if self.depth > limits::NESTING {
            Err(self.too_deep(line))
        } else {
            Ok(())
        }
    }

    fn too_deep(&self, line: u32) -> Violation {
        self.violation(
            line,
            format!("lists and mappings nest more than {} deep", limits::NESTING),
        )
    }

    fn refuse_extras(&self, line: u32, anchor: usize, tagged: bool) -> Result<(), Violation> {
        if anchor != 0 {
            return Err(self.violation(line, "YAML anchors and aliases are not used in records"));
        }
        if tagged {
            return Err(self.violation(line, "YAML tags (`!…`) are not used in records"));
        }
        Ok(())
    }

    fn list(&mut self) -> Result<Vec<Node>, Violation> {
        let mut items = Vec::new();
        while let Some((event, line)) = self.next()? {
            if matches!(event, Event::SequenceEnd) {
                self.depth -= 1;
                break;
            }
            items.push(self.node(event, line)?);
        }
        Ok(items)
    }

    fn mapping(&mut self) -> Result<Vec<Entry>, Violation> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        while let Some((event, line)) = self.next()? {
            let key = match event {
                Event::MappingEnd => {
                    self.depth -= 1;
                    break;
                }
                Event::Scalar(key, style, anchor, tag) => {
                    self.refuse_extras(line, anchor, tag.is_some())?;
                    if style == ScalarStyle::Plain && key == "<<" {
                        return Err(self.violation(line, "YAML merge keys (`<<`) are not used in records"));
                    }
                    key
                }
                _ => {
                    return Err(self.violation(line, "a key must be a word, not a list or a mapping"));
                }
            };
            if key.is_empty() || key.chars().count() > limits::KEY_CHARS || key.chars().any(char::is_control) {
                let reason = format!(
                    "a key has 1 to {} characters and no control characters",
                    limits::KEY_CHARS
                );
                return Err(self.violation(line, reason));
            }
            if let Some(first) = seen.insert(plain::composed(&key), line) {
                self.fields.push(key);
                return Err(self.violation(line, format!("stands twice, first in line {first}")));
            }
            self.fields.push(key.clone());
            let Some((event, value_line)) = self.next()? else {
                break;
            };
            let value = self.node(event, value_line)?;
            self.fields.pop();
            entries.push(Entry {
                key: key.into_owned(),
                line,
                value,
            });
        }
        Ok(entries)
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
