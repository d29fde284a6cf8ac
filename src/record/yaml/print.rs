//! Prints mappings so that every YAML 1.1 and 1.2 reader takes them for the same values.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

use super::plain;

/// Flow style is given up for block style where the line would be longer than this.
pub(crate) const FLOW_WIDTH: usize = 100;

/// A value ready to be printed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Print {
    Null,
    Bool(bool),
    Number(Number),
    /// Printed as it is, without quotes: times, the one exception to "a string stays a string".
    Plain(String),
    Text(String),
    /// On one line where it fits.
    FlowList(Vec<Self>),
    BlockList(Vec<Self>),
    /// On one line where it fits.
    FlowMap(Vec<(String, Self)>),
    BlockMap(Vec<(String, Self)>),
}

impl Print {
    /// Whether both say the same; the order of keys says nothing.
    pub(crate) fn says(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::FlowList(a) | Self::BlockList(a), Self::FlowList(b) | Self::BlockList(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says(b))
            }
            (Self::FlowMap(a) | Self::BlockMap(a), Self::FlowMap(b) | Self::BlockMap(b)) => {
                let b: HashMap<&str, &Self> = b.iter().map(|(key, value)| (key.as_str(), value)).collect();
                let same = |(key, a): &(String, Self)| b.get(key.as_str()).is_some_and(|b| a.says(b));
                a.len() == b.len() && a.iter().all(same)
            }
            _ => self == other,
        }
    }
}

impl From<&Value> for Print {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(b) => Self::Bool(*b),
            Value::Number(n) => Self::Number(n.clone()),
            Value::String(s) => Self::Text(s.clone()),
            Value::Array(items) => Self::FlowList(items.iter().map(Self::from).collect()),
            Value::Object(map) => Self::BlockMap(map.iter().map(|(k, v)| (k.clone(), Self::from(v))).collect()),
        }
    }
}

impl From<&Print> for Value {
    fn from(print: &Print) -> Self {
        match print {
            Print::Null => Self::Null,
            Print::Bool(b) => Self::Bool(*b),
            Print::Number(n) => Self::Number(n.clone()),
            Print::Plain(s) | Print::Text(s) => Self::String(s.clone()),
            Print::FlowList(items) | Print::BlockList(items) => Self::Array(items.iter().map(Self::from).collect()),
            Print::FlowMap(entries) | Print::BlockMap(entries) => Self::Object(
                entries
                    .iter()
                    .map(|(k, v)| (k.clone(), Self::from(v)))
                    .collect::<Map<_, _>>(),
            ),
        }
    }
}

/// Prints the entries as a block mapping, a line or more each, ending in a newline.
pub(crate) fn print_mapping(entries: &[(String, Print)]) -> String {
    let mut out = String::new();
    block_map(entries, 0, &mut out);
    out
}

/// Prints what follows `key:` or `-`, including the line's end; `used` is how long the key is.
pub(crate) fn print_under(value: &Print, indent: usize, used: usize) -> String {
    let mut out = String::new();
    after_indicator(value, indent, used, &mut out);
    out
}

/// Prints the value on one line, in flow style; `flow` where it stands inside of brackets.
pub(crate) fn on_one_line(value: &Print, flow: bool) -> String {
    let mut out = String::new();
    inline(value, flow, &mut out);
    out
}

/// Prints the key of a mapping.
pub(crate) fn print_key(key: &str) -> String {
    let mut out = String::new();
    push_key(key, &mut out);
    out
}

fn block_map(entries: &[(String, Print)], indent: usize, out: &mut String) {
    for (key, value) in entries {
        push_indent(indent, out);
        push_key(key, out);
        out.push(':');
        after_indicator(value, indent, key.len(), out);
    }
}

/// Prints what follows `key:` or `-`, including the line's end.
fn after_indicator(value: &Print, indent: usize, used: usize, out: &mut String) {
    match value {
        Print::BlockMap(entries) if !entries.is_empty() => {
            out.push('\n');
            block_map(entries, indent + 2, out);
        }
        Print::FlowMap(entries) if !entries.is_empty() => match one_line(value, indent + used) {
            Some(line) => push_line(&line, out),
            None => after_indicator(&Print::BlockMap(entries.clone()), indent, used, out),
        },
        Print::FlowList(items) if !items.is_empty() => match one_line(value, indent + used) {
            Some(line) => push_line(&line, out),
            None => after_indicator(&Print::BlockList(items.clone()), indent, used, out),
        },
        Print::BlockList(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                push_indent(indent + 2, out);
                out.push('-');
                after_indicator(item, indent + 2, 0, out);
            }
        }
        Print::Text(text) if reads_as_literal(text) => literal(text, indent + 2, out),
        scalar => {
            let mut line = String::new();
            inline(scalar, false, &mut line);
            push_line(&line, out);
        }
    }
}

fn push_line(line: &str, out: &mut String) {
    out.push(' ');
    out.push_str(line);
    out.push('\n');
}

fn push_indent(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn push_key(key: &str, out: &mut String) {
    push_text(key, true, out);
}

/// The value in flow style, if it is a list of scalars or a map and fits a line.
fn one_line(value: &Print, used: usize) -> Option<String> {
    let simple = |p: &Print| !matches!(p, Print::Text(t) if t.contains('\n'));
    let fits = match value {
        Print::FlowList(items) => items.iter().all(|p| is_scalar(p) && simple(p)),
        Print::FlowMap(entries) => entries.iter().all(|(_, p)| is_scalar(p) && simple(p)),
        _ => false,
    };
    let mut line = String::new();
    inline(value, true, &mut line);
    (fits && used + 2 + line.chars().count() <= FLOW_WIDTH).then_some(line)
}

fn is_scalar(value: &Print) -> bool {
    matches!(
        value,
        Print::Null | Print::Bool(_) | Print::Number(_) | Print::Plain(_) | Print::Text(_)
    )
}

fn inline(value: &Print, flow: bool, out: &mut String) {
    match value {
        Print::Null => out.push_str("null"),
        Print::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Print::Number(n) => out.push_str(&number(n)),
        Print::Plain(text) => out.push_str(text),
        Print::Text(text) => push_text(text, flow, out),
        Print::FlowList(items) | Print::BlockList(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { ", " });
                inline(item, true, out);
            }
            out.push(']');
        }
        Print::FlowMap(entries) | Print::BlockMap(entries) => {
            out.push('{');
            for (position, (key, item)) in entries.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { ", " });
                push_key(key, out);
                out.push_str(": ");
                inline(item, true, out);
            }
            out.push('}');
        }
    }
}

/// A float needs its point and a signed exponent, or YAML 1.1 readers take it for a string.
fn number(number: &Number) -> String {
    if !number.is_f64() {
        return number.to_string();
    }
    let text = number.to_string();
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text.as_str(), None),
    };
    let mut out = mantissa.to_owned();
    if !mantissa.contains('.') {
        out.push_str(".0");
    }
    if let Some(exponent) = exponent {
        out.push('e');
        if !exponent.starts_with(['+', '-']) {
            out.push('+');
        }
        out.push_str(exponent);
    }
    out
}

fn push_text(text: &str, flow: bool, out: &mut String) {
    if plain::is_safe(text, flow) {
        out.push_str(text);
    } else {
        push_quoted(text, out);
    }
}

fn push_quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if plain::is_printable_inline(c) => out.push(c),
            c if (c as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if (c as u32) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out.push('"');
}

/// Whether a text of several lines may stand as a literal block, which people can read and diff line by line.
fn reads_as_literal(text: &str) -> bool {
    let lines_plain = text
        .split('\n')
        .all(|line| !line.ends_with(' ') && line.chars().all(plain::is_printable_inline));
    text.trim_end_matches('\n').contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && lines_plain
}

fn literal(text: &str, indent: usize, out: &mut String) {
    let (body, chomping) = match text.strip_suffix('\n') {
        Some(body) => (body, "|"),
        None => (text, "|-"),
    };
    push_line(chomping, out);
    for line in body.split('\n') {
        if !line.is_empty() {
            push_indent(indent, out);
            out.push_str(line);
        }
        out.push('\n');
    }
}
