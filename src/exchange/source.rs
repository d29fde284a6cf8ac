//! A JSON object of which fields are taken one by one; what nobody took is left.

use serde_json::{Map, Value};

/// What is left of an object.
pub(super) struct Source(Map<String, Value>);

impl Source {
    /// All of an object.
    pub(super) fn of(map: Map<String, Value>) -> Self {
        Self(map)
    }

    /// A text that is not blank. Anything else but null stays.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Value::String(text) if !text.trim().is_empty() => match self.0.shift_remove(key) {
                Some(Value::String(text)) => Some(text),
                _ => None,
            },
            Value::String(_) | Value::Null => {
                self.0.shift_remove(key);
                None
            }
            _ => None,
        }
    }

    /// A text or a number, as text.
    pub(super) fn word(&mut self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Value::Number(number) => {
                let text = number.to_string();
                self.0.shift_remove(key);
                Some(text)
            }
            _ => self.text(key),
        }
    }

    /// A list. Anything else stays.
    pub(super) fn list(&mut self, key: &str) -> Vec<Value> {
        match self.0.get(key) {
            Some(Value::Array(_)) => match self.0.shift_remove(key) {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// What nobody took and says something.
    pub(super) fn rest(self) -> impl Iterator<Item = (String, Value)> {
        self.0.into_iter().filter(|(_, value)| !value.is_null())
    }
}
