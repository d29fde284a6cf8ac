//! Lists and mappings, and values no type describes.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Prose, Text};
use crate::record::field::{Field, refuse};
use crate::record::violation::Report;
use crate::record::yaml::{Content, Node, Print, composed};

/// A list without repetition of at most `MAX` values; empty where the key is absent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Set<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for Set<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Same, const MAX: usize> Set<T, MAX> {
    /// Takes the values, in their order, each once; `None` when there are more than `MAX`.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = T>) -> Option<Self> {
        let mut seen = std::collections::HashSet::new();
        let unique: Vec<T> = values.into_iter().filter(|v| seen.insert(v.same_as())).collect();
        (unique.len() <= MAX).then_some(Self(unique))
    }
}

impl<T: PartialEq, const MAX: usize> Set<T, MAX> {
    /// Takes a value out; says whether it was there.
    pub fn remove(&mut self, value: &T) -> bool {
        let before = self.0.len();
        self.0.retain(|held| held != value);
        self.0.len() < before
    }

    /// The values in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `value` is among them.
    #[must_use]
    pub fn contains(&self, value: &T) -> bool {
        self.0.contains(value)
    }
}

/// When two values of a list are the same.
pub trait Same {
    /// The form in which they are compared; texts that look alike are the same.
    fn same_as(&self) -> String;
}

impl<const MIN: usize, const MAX: usize> Same for Text<MIN, MAX> {
    fn same_as(&self) -> String {
        composed(self.as_str())
    }
}

impl<const MAX: usize> Same for Prose<MAX> {
    fn same_as(&self) -> String {
        composed(self.as_str())
    }
}

/// How a list is printed.
pub(crate) trait Element: Field + Same {
    const BLOCK: bool = false;
}

impl<const MIN: usize, const MAX: usize> Element for Text<MIN, MAX> {}

impl<const MAX: usize> Element for Prose<MAX> {}

impl<T: Element, const MAX: usize> Field for Set<T, MAX> {
    fn absent() -> Option<Self> {
        Some(Self(Vec::new()))
    }

    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let Content::List(items) = &node.content else {
            return refuse(node, report, "a list");
        };
        if items.len() > MAX {
            report.error(
                node.line,
                format!("has {} entries, at most {MAX} are allowed", items.len()),
            );
            return None;
        }
        let mut seen = std::collections::HashSet::new();
        let mut values = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            values.push(report.element(position, |report| {
                let value = T::read(item, report)?;
                if seen.insert(value.same_as()) {
                    return Some(value);
                }
                report.error(item.line, "is listed twice");
                None
            }));
        }
        values.into_iter().collect::<Option<_>>().map(Self)
    }

    fn print(&self) -> Option<Print> {
        let items: Vec<_> = self.0.iter().filter_map(Field::print).collect();
        match items.is_empty() {
            true => None,
            false if T::BLOCK => Some(Print::BlockList(items)),
            false => Some(Print::FlowList(items)),
        }
    }
}

impl<T: JsonSchema, const MAX: usize> JsonSchema for Set<T, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("SetOf{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<T>(), "maxItems": MAX, "uniqueItems": true, "default": [] })
    }
}

/// The key of a small map, such as a file format or a kind of tests.
pub type Word = Text<1, 50>;

/// A small map from words to values, in its author's order; empty where the key is absent.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct WordMap<T>(pub IndexMap<String, T>);

impl<T> Default for WordMap<T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<T: Field> Field for WordMap<T> {
    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            return refuse(node, report, "a mapping");
        };
        let mut values = IndexMap::new();
        for entry in entries {
            values.insert(
                entry.key.clone(),
                report.within(&entry.key, |report| {
                    if let Err(reason) = Word::new(entry.key.as_str()) {
                        report.error(entry.line, format!("the key {reason}"));
                        return None;
                    }
                    T::read(&entry.value, report)
                }),
            );
        }
        let whole: Option<IndexMap<_, _>> = values.into_iter().map(|(k, v)| v.map(|v| (k, v))).collect();
        let mut whole = whole?;
        // What prints as nothing is nothing.
        whole.retain(|_, value| value.print().is_some());
        Some(Self(whole))
    }

    fn print(&self) -> Option<Print> {
        let entries: Vec<_> = self
            .0
            .iter()
            .filter_map(|(k, v)| v.print().map(|v| (k.clone(), v)))
            .collect();
        (!entries.is_empty()).then_some(Print::FlowMap(entries))
    }
}

impl<T: JsonSchema> JsonSchema for WordMap<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>(), "propertyNames": generator.subschema_for::<Word>(), "default": {} })
    }
}

/// Any mapping of values; empty where the key is absent.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Free(pub serde_json::Map<String, serde_json::Value>);

impl Field for Free {
    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        match node.content {
            Content::Map(_) => match node.to_value(report)? {
                serde_json::Value::Object(map) => Some(Self(map)),
                _ => None,
            },
            _ => refuse(node, report, "a mapping"),
        }
    }

    fn print(&self) -> Option<Print> {
        (!self.0.is_empty()).then(|| Print::from(&serde_json::Value::Object(self.0.clone())))
    }
}

impl JsonSchema for Free {
    fn schema_name() -> Cow<'static, str> {
        "Free".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "default": {} })
    }
}

/// Any value at all.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Anything(pub serde_json::Value);

impl Field for Anything {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        node.to_value(report).map(Self)
    }

    fn print(&self) -> Option<Print> {
        Some(Print::from(&self.0))
    }
}

impl JsonSchema for Anything {
    fn schema_name() -> Cow<'static, str> {
        "Anything".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!(true)
    }
}
