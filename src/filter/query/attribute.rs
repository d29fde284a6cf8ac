//! What an item or a commit link carries along that is asked for too seldom to have a place of its own in an index.

use serde_json::Value;

use crate::record::value::Time;
use crate::record::{Fields, Record, WorkItem};

/// A value, by the name of its field. One of a list is a value of its own; a mapping has none, but what is in it has,
/// with its key behind a dot.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The name of the field in the contract, such as `created_by`, `links.duplicates` or `metadata.estimated_hours`.
    pub name: String,
    /// Its value where that is a text, a truth or the identity of a record.
    pub text: Option<String>,
    /// Its value where that is a number, or a time in milliseconds since 1970.
    pub number: Option<f64>,
}

/// How deep a mapping is looked into.
const DEPTH: usize = 8;

/// The attributes of a record, in the order of its fields. Of kinds that no query is about there are none.
#[must_use]
pub fn attributes(record: &Record) -> Vec<Attribute> {
    let mut found = Vec::new();
    match &record.fields {
        Fields::WorkItem(item) => of_item(item, &mut found),
        Fields::CommitLink(link) => {
            push_text(&mut found, "commit", link.commit.as_str());
            if let Some(replaced) = &link.replaces {
                push_text(&mut found, "replaces", replaced.as_str());
            }
        }
        _ => {}
    }
    found
}

fn of_item(item: &WorkItem, found: &mut Vec<Attribute>) {
    if let Some(number) = &item.pr_number {
        push_number(found, "pr_number", number.get() as f64);
    }
    for (relation, target) in item.links.iter() {
        push_text(found, "links", &target.to_string());
        push_text(found, &format!("links.{}", relation.as_str()), &target.to_string());
    }
    for address in item.external.iter() {
        push_text(found, "external", address.as_str());
    }
    if let Some(name) = &item.created_by {
        push_text(found, "created_by", name.as_str());
    }
    let claimed_at = item.claim.as_ref().map(|claim| claim.at);
    for (name, time) in [
        ("claim.at", claimed_at),
        ("deleted_at", item.deleted_at),
        ("archived_at", item.archived_at),
    ] {
        if let Some(time) = time {
            push_number(found, name, milliseconds(time));
        }
    }
    if let Some(origin) = &item.origin {
        push_text(found, "origin.system", origin.system.as_str());
        push_text(found, "origin.id", origin.id.as_str());
    }
    for (key, value) in &item.metadata.0 {
        push_value(found, &format!("metadata.{key}"), value, DEPTH);
    }
}

/// Times are few enough milliseconds to be numbers of this kind exactly.
fn milliseconds(time: Time) -> f64 {
    time.as_milliseconds() as f64
}

fn push_text(found: &mut Vec<Attribute>, name: &str, text: &str) {
    found.push(Attribute {
        name: name.to_owned(),
        text: Some(text.to_owned()),
        number: None,
    });
}

fn push_number(found: &mut Vec<Attribute>, name: &str, number: f64) {
    found.push(Attribute {
        name: name.to_owned(),
        text: None,
        number: Some(number),
    });
}

fn push_value(found: &mut Vec<Attribute>, name: &str, value: &Value, depth: usize) {
    match value {
        Value::Null => {}
        Value::Bool(truth) => push_text(found, name, if *truth { "true" } else { "false" }),
        // What is beyond the numbers that compare is a text as it was written.
        Value::Number(number) => match number.as_f64().filter(|number| number.is_finite()) {
            Some(value) => push_number(found, name, value),
            None => push_text(found, name, &number.to_string()),
        },
        Value::String(text) => push_text(found, name, text),
        Value::Array(values) if depth > 0 => {
            for value in values {
                push_value(found, name, value, depth - 1);
            }
        }
        Value::Object(map) => {
            found.push(Attribute {
                name: name.to_owned(),
                text: None,
                number: None,
            });
            if depth > 0 {
                for (key, value) in map {
                    push_value(found, &format!("{name}.{key}"), value, depth - 1);
                }
            }
        }
        Value::Array(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_its_values_and_a_list_each_of_them() {
        let value = serde_json::json!({ "a": [1, "x", true, null], "b": { "c.d": 0.5 }, "e": [] });
        let mut found = Vec::new();
        push_value(&mut found, "metadata.k", &value, DEPTH);
        let found: Vec<_> = found
            .iter()
            .map(|found| (found.name.as_str(), found.text.as_deref(), found.number))
            .collect();
        assert_eq!(
            found,
            [
                ("metadata.k", None, None),
                ("metadata.k.a", None, Some(1.0)),
                ("metadata.k.a", Some("x"), None),
                ("metadata.k.a", Some("true"), None),
                ("metadata.k.b", None, None),
                ("metadata.k.b.c.d", None, Some(0.5)),
            ]
        );
    }
}
