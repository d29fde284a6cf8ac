//! A work item on its way: fields that are settled, references that are not yet.

use serde_json::Value;

use super::fit;
use super::link::Reference;
use super::{Kept, Loss};
use crate::record::common::{Alias, Aliases, External, Origin};
use crate::record::value::{Actor, Set, Text, Time};
use crate::record::work_item::ItemType;
use crate::record::yaml::composed;
use crate::record::{self, Fields, Kind, Record, RecordId, WorkItem};

/// Said of every field that has no counterpart.
pub(super) const NO_FIELD: &str = "there is no such field here";

/// A work item before its references are known to lead somewhere.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// Its name there.
    pub(super) original: String,
    /// Where it was read.
    pub(super) place: String,
    /// What is settled; `origin` is beside it until the end.
    pub(super) item: WorkItem,
    pub(super) origin: Origin,
    /// The parts of the body, with a blank line between them.
    pub(super) body: Vec<String>,
    pub(super) references: Vec<Reference>,
    pub(super) comments: Vec<Comment>,
    pub(super) losses: Vec<Loss>,
}

/// A comment; it becomes a note, or several where it is long.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) id: String,
    pub(super) at: Option<Time>,
    pub(super) author: Option<Actor>,
    pub(super) text: String,
}

impl Draft {
    /// A draft of which only this is known; the reason where not even this can be used.
    pub(super) fn new(
        system: &'static str,
        original: String,
        place: String,
        item_type: ItemType,
        title: &str,
    ) -> Result<Self, String> {
        let system_name = Text::new(system).map_err(|reason| reason.to_string())?;
        let origin_id = Text::new(original.as_str()).map_err(|reason| format!("its id {reason}"))?;
        let Some(fitted) = fit::text::<200>(title) else {
            return Err("its title is blank".to_owned());
        };
        let id = RecordId::imported(Kind::WorkItem, system, &original);
        let mut draft = Self {
            item: WorkItem::new(id, item_type, fitted.value),
            origin: Origin {
                system: system_name,
                id: origin_id,
                r#type: None,
                status: None,
                priority: None,
                updated_at: None,
                updated_by: None,
                closed_at: None,
                unresolved: Default::default(),
                unknown: Default::default(),
            },
            original,
            place,
            body: Vec::new(),
            references: Vec::new(),
            comments: Vec::new(),
            losses: Vec::new(),
        };
        if let Some(reason) = fitted.altered {
            draft.body.push(title.to_owned());
            draft.lose("title", reason, Kept::Body);
        }
        match Alias::new(&draft.original).ok().and_then(|alias| Aliases::new([alias])) {
            Some(aliases) => draft.item.aliases = aliases,
            None => draft.lose("id", "cannot be another name of a record", Kept::Origin),
        }
        Ok(draft)
    }

    /// Adds another name, before those that are there, if it can be one.
    pub(super) fn add_alias(&mut self, name: &str) {
        let more = Alias::new(name).ok().and_then(|alias| {
            let others = self.item.aliases.iter().cloned();
            Aliases::new([alias].into_iter().chain(others))
        });
        self.item.aliases = more.unwrap_or_else(|| self.item.aliases.clone());
    }

    /// Records that a value is not where one would look for it.
    pub(super) fn lose(&mut self, field: &str, reason: &str, kept: Kept) {
        self.losses.push(Loss {
            original: self.original.clone(),
            field: field.to_owned(),
            reason: reason.to_owned(),
            kept,
        });
    }

    /// Puts a value that has no field into `metadata` and records that. An empty one is no value.
    pub(super) fn keep(&mut self, field: &str, value: Value, reason: &str) {
        self.keep_as(field, field, value, reason);
    }

    /// The same, under another key.
    pub(super) fn keep_as(&mut self, key: &str, field: &str, value: Value, reason: &str) {
        if is_empty(&value) {
            return;
        }
        let plain: String = key
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || matches!(c, '-' | '.') {
                    c
                } else {
                    '_'
                }
            })
            .take(60)
            .collect();
        let other_key = |n: usize| format!("{}_{plain}_{n}", self.origin.system.as_str().replace('-', "_"));
        let free_key = (1..).map(other_key).find(|key| !self.has_metadata(key));
        let free_key = free_key.unwrap_or_default();
        let text = Value::String(value.to_string());
        for (key, value) in [(key, &value), (&free_key, &value), (&free_key, &text)] {
            if !self.has_metadata(key) && self.survives(key, value) {
                self.item.metadata.0.insert(key.to_owned(), value.clone());
                return self.lose(field, reason, Kept::Metadata);
            }
        }
        self.lose(field, "is too large for a record", Kept::Nowhere);
    }

    /// Puts a value into `metadata` under the key it had there; whether it is there now.
    pub(super) fn set_metadata(&mut self, key: &str, value: Value) -> bool {
        let fits = !self.has_metadata(key) && self.survives(key, &value);
        if fits {
            self.item.metadata.0.insert(key.to_owned(), value);
        }
        fits
    }

    fn has_metadata(&self, key: &str) -> bool {
        let name = composed(key);
        self.item.metadata.0.keys().any(|key| composed(key) == name)
    }

    /// Whether the value is the same after printing and reading: typed keys, odd keys, deep or large values are not.
    fn survives(&self, key: &str, value: &Value) -> bool {
        let mut item = WorkItem::new(self.item.id, self.item.item_type, self.item.title.clone());
        item.origin = Some(self.origin.clone());
        item.metadata.0.insert(key.to_owned(), value.clone());
        let record = Record::new(Fields::WorkItem(Box::new(item)), "");
        record::parse(record::print(&record).as_bytes(), None).is_ok_and(|parsed| parsed.record == record)
    }

    /// The text within the limits of its field; the whole of it in `metadata` where it had to be cut.
    pub(super) fn fitted<const MAX: usize>(&mut self, field: &str, text: Option<String>) -> Option<Text<1, MAX>> {
        let text = text?;
        let Some(fitted) = fit::text(&text) else {
            self.keep(field, Value::String(text), fit::CONTROL);
            return None;
        };
        if let Some(reason) = fitted.altered {
            self.keep(field, Value::String(text), reason);
        }
        Some(fitted.value)
    }

    /// The time a text names; the text in `metadata` where it names none.
    pub(super) fn time(&mut self, field: &str, text: Option<String>) -> Option<Time> {
        let text = text?;
        let time = fit::time(&text);
        if time.is_none() {
            self.keep(field, Value::String(text), "is not a time of the years 1970 to 9998");
        }
        time
    }

    /// Sets the labels; what is too long or too much is in `metadata` as it was.
    pub(super) fn set_labels(&mut self, labels: Vec<String>) {
        const MOST: usize = 20;
        let mut fitting: Vec<Text<1, 50>> = Vec::new();
        let (mut altered, mut surplus) = (Vec::new(), Vec::new());
        let filled = labels.into_iter().filter(|label| !label.trim_matches(' ').is_empty());
        for label in fit::distinct(filled, |label| label) {
            let Some(fitted) = fit::text(&label) else {
                altered.push(Value::String(label));
                continue;
            };
            let listed = fitting
                .iter()
                .any(|other| composed(other.as_str()) == composed(fitted.value.as_str()));
            if fitting.len() == MOST && !listed {
                surplus.push(Value::String(label));
                continue;
            }
            if fitted.altered.is_some() {
                altered.push(Value::String(label));
            }
            if !listed {
                fitting.push(fitted.value);
            }
        }
        self.item.labels = Set::new(fitting).unwrap_or_default();
        self.keep_as(
            "altered_labels",
            "labels",
            Value::Array(altered),
            "is no label of 50 characters here",
        );
        self.keep_as(
            "more_labels",
            "labels",
            Value::Array(surplus),
            "a work item has at most 20 labels here",
        );
    }

    /// Adds an address; whether it is one and there is room for it.
    pub(super) fn add_external(&mut self, url: &str) -> bool {
        let Ok(address) = Text::new(url.trim()) else {
            return false;
        };
        let name = composed(url.trim());
        if !fit::is_url(url) || self.item.external.iter().any(|other| composed(other.as_str()) == name) {
            return fit::is_url(url);
        }
        let more = External::new(self.item.external.iter().cloned().chain([address]));
        more.map(|more| self.item.external = more).is_some()
    }

    /// The whole body.
    pub(super) fn body(&self) -> String {
        self.body.join("\n\n")
    }
}

/// Whether there is nothing in the value that could get lost.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
