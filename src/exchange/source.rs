//! A JSON object of which fields are taken one by one; what nobody took is left.

use serde_json::{Map, Value};

/// What is left of an object.
pub(super) struct Source(Map<String, Value>);

impl Source {
    /// All of an object.
    pub(super) fn of(map: Map<String, Value>) -> Self {
        Self(map)
    }

    /// A value, whatever it is.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.0.shift_remove(key)
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

    /// Whether there is this text; it stays.
    pub(super) fn is_text(&self, key: &str, text: &str) -> bool {
        self.0.get(key).and_then(Value::as_str) == Some(text)
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

    /// An object. Anything else stays.
    pub(super) fn object(&mut self, key: &str) -> Option<Self> {
        self.0.get(key)?.as_object()?;
        match self.0.shift_remove(key) {
            Some(Value::Object(map)) => Some(Self(map)),
            _ => None,
        }
    }

    /// Puts a value back that turned out not to be what it was taken for.
    pub(super) fn put_back(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    /// Drops a value that says nothing new.
    pub(super) fn drop_if(&mut self, key: &str, says_nothing: impl FnOnce(&Value) -> bool) {
        if self.0.get(key).is_some_and(says_nothing) {
            self.0.shift_remove(key);
        }
    }

    /// What nobody took and says something.
    pub(super) fn rest(self) -> impl Iterator<Item = (String, Value)> {
        self.0.into_iter().filter(|(_, value)| !value.is_null())
    }
}
