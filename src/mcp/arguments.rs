//! What a tool takes: said once, for the schema a client sees and for the check of what it sends.
//!
//! Here only names and types are checked; what a value may be, the operations know.

use rmcp::model::JsonObject;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::ops::Error;

/// Names are as much alike as this where one is offered for the other.
const ALIKE: f64 = 0.8;

/// An argument of a tool.
pub(super) struct Argument {
    pub(super) name: &'static str,
    shape: Shape,
    required: bool,
    about: &'static str,
}

/// What the value of an argument is. One type each: some clients take no other schemas.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Word(&'static [&'static str]),
    Whole(i64, i64),
    Flag,
    Texts,
    Map,
    Maps,
}

impl Argument {
    const fn new(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self {
            name,
            shape,
            required: false,
            about,
        }
    }

    pub(super) const fn text(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Shape::Text, about)
    }

    pub(super) const fn word(name: &'static str, words: &'static [&'static str], about: &'static str) -> Self {
        Self::new(name, Shape::Word(words), about)
    }

    /// A whole number, at least and at most so large.
    pub(super) const fn whole(name: &'static str, least: i64, most: i64, about: &'static str) -> Self {
        Self::new(name, Shape::Whole(least, most), about)
    }

    pub(super) const fn flag(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Shape::Flag, about)
    }

    pub(super) const fn texts(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Shape::Texts, about)
    }

    pub(super) const fn map(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Shape::Map, about)
    }

    pub(super) const fn maps(name: &'static str, about: &'static str) -> Self {
        Self::new(name, Shape::Maps, about)
    }

    /// The same, not to be left out.
    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    fn schema(&self) -> Value {
        let mut schema = match self.shape {
            Shape::Text => json!({ "type": "string" }),
            Shape::Word(words) => json!({ "type": "string", "enum": words }),
            Shape::Whole(least, i64::MAX) => json!({ "type": "integer", "minimum": least }),
            Shape::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Shape::Map => json!({ "type": "object" }),
            Shape::Maps => json!({ "type": "array", "items": { "type": "object" } }),
        };
        if !self.about.is_empty() {
            schema["description"] = self.about.into();
        }
        schema
    }

    /// What is wrong with a value; nothing where it fits.
    fn wrong(&self, value: &Value) -> Option<String> {
        let expected = match (self.shape, value) {
            (Shape::Text, Value::String(_)) | (Shape::Flag, Value::Bool(_)) | (Shape::Map, Value::Object(_)) => {
                return None;
            }
            (Shape::Word(words), Value::String(word)) if words.contains(&word.as_str()) => return None,
            (Shape::Whole(least, most), Value::Number(number)) => match number.as_i64() {
                Some(number) if (least..=most).contains(&number) => return None,
                _ if most == i64::MAX => format!("a whole number from {least} up"),
                _ => format!("a whole number from {least} to {most}"),
            },
            (Shape::Texts, Value::Array(values)) if values.iter().all(Value::is_string) => return None,
            (Shape::Maps, Value::Array(values)) if values.iter().all(Value::is_object) => return None,
            (Shape::Text, _) => "a text".to_owned(),
            (Shape::Word(words), _) => format!("one of {}", words.join(", ")),
            (Shape::Whole(..), _) => "a whole number".to_owned(),
            (Shape::Flag, _) => "true or false".to_owned(),
            (Shape::Texts, _) => "a list of texts".to_owned(),
            (Shape::Map, _) => "an object".to_owned(),
            (Shape::Maps, _) => "a list of objects".to_owned(),
        };
        Some(format!("expected {expected}, found {}", told(value)))
    }
}

/// A value in a few words.
fn told(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The schema of an object with these arguments and no others.
pub(super) fn schema(arguments: &[Argument]) -> JsonObject {
    let mut schema = JsonObject::new();
    let properties = arguments.iter().map(|a| (a.name.to_owned(), a.schema()));
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), Value::Object(properties.collect()));
    let required: Vec<_> = arguments.iter().filter(|a| a.required).map(|a| a.name).collect();
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.insert("additionalProperties".into(), false.into());
    schema
}

/// The arguments that were given, each of its type. Null is the same as nothing: many clients send it for what they
/// leave out.
///
/// # Errors
///
/// `invalid`, with everything that is wrong.
pub(super) fn check(tool: &str, arguments: &[Argument], given: Option<JsonObject>) -> Result<JsonObject, Error> {
    let mut given = given.unwrap_or_default();
    given.retain(|_, value| !value.is_null());
    let mut wrong = Vec::new();
    for (name, value) in &given {
        let message = match arguments.iter().find(|argument| argument.name == name) {
            Some(argument) => argument.wrong(value),
            None => Some(unknown(arguments, name)),
        };
        wrong.extend(message.map(|message| (name.clone(), message)));
    }
    for argument in arguments.iter().filter(|a| a.required && !given.contains_key(a.name)) {
        wrong.push((argument.name.to_owned(), "it is missing".to_owned()));
    }
    if wrong.is_empty() {
        return Ok(given);
    }
    let list: Vec<_> = wrong
        .iter()
        .map(|(field, message)| format!("{field}: {message}"))
        .collect();
    Err(Error::fields(
        format!("{tool} does not take this: {}", list.join("; ")),
        &wrong,
    ))
}

fn unknown(arguments: &[Argument], name: &str) -> String {
    let near = arguments.iter().map(|a| (strsim::jaro_winkler(a.name, name), a.name));
    match near.max_by(|one, other| one.0.total_cmp(&other.0)) {
        Some((alike, near)) if alike >= ALIKE => format!("there is no such argument; did you mean {near}?"),
        _ => {
            let names: Vec<_> = arguments.iter().map(|a| a.name).collect();
            format!("there is no such argument; there are {}", names.join(", "))
        }
    }
}

/// Checked arguments as the request of an operation.
pub(super) fn request<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Error> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| Error::request(error.to_string()))
}

/// A text out of checked arguments.
pub(super) fn text(arguments: &JsonObject, name: &str) -> Option<String> {
    arguments.get(name).and_then(Value::as_str).map(ToOwned::to_owned)
}

/// A flag out of checked arguments.
pub(super) fn flag(arguments: &JsonObject, name: &str) -> Option<bool> {
    arguments.get(name).and_then(Value::as_bool)
}

/// A number out of checked arguments, which is not negative.
pub(super) fn number(arguments: &JsonObject, name: &str) -> Option<usize> {
    let number = arguments.get(name).and_then(Value::as_u64)?;
    usize::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKES: &[Argument] = &[
        Argument::text("title", "").required(),
        Argument::whole("limit", 1, 100, ""),
        Argument::word("status", &["active", "pending"], ""),
        Argument::texts("labels", ""),
    ];

    fn checked(given: Value) -> Result<JsonObject, String> {
        let checked = check("a tool", TAKES, given.as_object().cloned());
        checked.map_err(|error| error.details()["violations"].to_string())
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong = checked(json!({ "limit": 101, "status": "done", "lables": [], "labels": [1], "wholly": 1 }));
        let wrong = wrong.expect_err("it is refused");
        for part in [
            "from 1 to 100, found 101",
            "one of active, pending",
            "did you mean labels?",
            "a list of texts",
            "there are title, limit",
            "it is missing",
        ] {
            assert!(wrong.contains(part), "{part}: {wrong}");
        }
    }

    #[test]
    fn null_is_nothing() {
        let given = checked(json!({ "title": "x", "limit": null })).expect("it is taken");
        assert_eq!(Value::Object(given), json!({ "title": "x" }));
        assert!(checked(json!({ "title": null })).is_err());
    }
}
