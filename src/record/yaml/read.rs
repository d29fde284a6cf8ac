//! Reads frontmatter into nodes: no anchors, tags, merge keys, duplicate keys or second document.

use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle};

use super::node::{Content, Entry, Node};
use super::plain;
use crate::record::limits;
use crate::record::violation::Violation;

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

/// Where something stands: its line in the file, its bytes in the YAML.
struct Place {
    line: u32,
    span: Range<usize>,
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
            let Some((event, at)) = self.next()? else {
                return Ok(root);
            };
            match event {
                Event::StreamStart | Event::DocumentEnd | Event::StreamEnd => {}
                Event::DocumentStart(..) if root.is_some() => {
                    return Err(self.violation(at.line, "a second YAML document; frontmatter is one"));
                }
                Event::DocumentStart(..) => {}
                event => root = Some(self.node(event, at)?),
            }
        }
    }

    fn next(&mut self) -> Result<Option<(Event<'text>, Place)>, Violation> {
        match self.events.next() {
            None => Ok(None),
            Some(Ok((event, span))) => {
                let line = self.line(span.start.line());
                let span = span.byte_range().unwrap_or_default();
                Ok(Some((event, Place { line, span })))
            }
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

    fn node(&mut self, event: Event<'text>, at: Place) -> Result<Node, Violation> {
        let Place { line, mut span } = at;
        let (content, block) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(line, anchor, tag.is_some())?;
                let content = Content::Scalar {
                    text: text.into_owned(),
                    plain: style == ScalarStyle::Plain,
                };
                (content, matches!(style, ScalarStyle::Literal | ScalarStyle::Folded))
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.refuse_extras(line, anchor, tag.is_some())?;
                self.enter(line)?;
                let (items, end) = self.list()?;
                let block = style == StructureStyle::Block;
                // The parser ends a block where the next thing begins.
                span.end = match items.last() {
                    Some(last) if block => last.span.end,
                    _ => end,
                };
                (Content::List(items), block)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.refuse_extras(line, anchor, tag.is_some())?;
                self.enter(line)?;
                let (entries, end) = self.mapping()?;
                let block = style == StructureStyle::Block;
                span.end = match entries.last() {
                    Some(last) if block => last.value.span.end,
                    _ => end,
                };
                (Content::Map(entries), block)
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) | Event::Anchor(..) => {
                return Err(self.violation(line, "YAML anchors and aliases are not used in records"));
            }
            _ => return Err(self.violation(line, "not valid YAML")),
        };
        Ok(Node {
            line,
            span,
            block,
            content,
        })
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

    fn list(&mut self) -> Result<(Vec<Node>, usize), Violation> {
        let (mut items, mut end) = (Vec::new(), 0);
        while let Some((event, at)) = self.next()? {
            if matches!(event, Event::SequenceEnd) {
                self.depth -= 1;
                end = at.span.end;
                break;
            }
            items.push(self.node(event, at)?);
        }
        Ok((items, end))
    }

    fn mapping(&mut self) -> Result<(Vec<Entry>, usize), Violation> {
        let (mut entries, mut end) = (Vec::new(), 0);
        let mut seen = std::collections::HashMap::new();
        while let Some((event, Place { line, span })) = self.next()? {
            let key = match event {
                Event::MappingEnd => {
                    self.depth -= 1;
                    end = span.end;
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
            let Some((event, at)) = self.next()? else {
                break;
            };
            let value = self.node(event, at)?;
            self.fields.pop();
            entries.push(Entry {
                key: key.into_owned(),
                line,
                span,
                value,
            });
        }
        Ok((entries, end))
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
