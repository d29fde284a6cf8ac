//! What differs between two versions of a record, field by field.

use serde_json::{Map, Value};

use super::value::is_invisible;
use super::{Fields, Record, RecordId, file};

/// Fields that are maps of independent entries; their changes are told entry by entry.
const MAPS: &[&str] = &["format_support", "test_summary", "links", "metadata"];

/// How long a value may be to stand in a summary.
const SHOWN_CHARS: usize = 40;

/// How many elements of a list stand in a summary.
const SHOWN_ELEMENTS: usize = 3;

/// A field that differs; a value that is not there is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The field, dotted for an entry of a map (`metadata.estimated_hours`), or `body`.
    ///
    /// A key that has dots of its own, or is called as something else is, stands in double quotes.
    pub field: String,
    /// The value before.
    pub before: Option<Value>,
    /// The value after.
    pub after: Option<Value>,
}

/// The fields that differ, in canonical order, unknown ones after, the body last.
///
/// No change means that both say the same; their files may still differ in how they are written.
/// Entries of `metadata` and of other maps are changes of their own, as are the relations of
/// `links`; lists and everything else are whole.
#[must_use]
pub fn changes(before: Option<&Record>, after: Option<&Record>) -> Vec<Change> {
    let mut found = Vec::new();
    let (mut old, mut new) = (fields_of(before), fields_of(after));
    if let (Some(before), Some(after)) = (before, after) {
        say_the_default(before, &mut old);
        say_the_default(after, &mut new);
    }
    let known = after.or(before).map(|record| file::canonical_keys(record.kind()));
    let known = known.into_iter().flatten().map(|(key, _)| key);
    for key in in_order(known.collect(), &old, &new) {
        let (before, after) = (old.get(&key), new.get(&key));
        let maps = MAPS.contains(&key.as_str()) && [before, after].into_iter().flatten().all(Value::is_object);
        if maps {
            let empty = Map::new();
            let entries = |value: Option<&Value>| value.and_then(Value::as_object).unwrap_or(&empty).clone();
            let (old, new) = (entries(before), entries(after));
            for entry in in_order(Vec::new(), &old, &new) {
                push(&mut found, dotted(&key, &entry), old.get(&entry), new.get(&entry));
            }
        } else {
            push(&mut found, dotted("", &key), before, after);
        }
    }
    let body = |record: Option<&Record>| record.map(|r| Value::from(r.body.as_str())).filter(|body| *body != "");
    push(
        &mut found,
        "body".to_owned(),
        body(before).as_ref(),
        body(after).as_ref(),
    );
    found
}

/// The name of an entry of a field, or of a field where `prefix` is empty.
pub(super) fn dotted(prefix: &str, key: &str) -> String {
    let taken = prefix.is_empty() && matches!(key, "body" | "*");
    let quotes = if taken || key.contains('.') || key.starts_with('"') || key.trim().is_empty() {
        "\""
    } else {
        ""
    };
    let dot = if prefix.is_empty() { "" } else { "." };
    format!("{prefix}{dot}{quotes}{key}{quotes}")
}

fn fields_of(record: Option<&Record>) -> Map<String, Value> {
    record.map(Record::to_json).unwrap_or_default()
}

/// A priority that is left out is medium, which is a better word for the change than nothing.
fn say_the_default(record: &Record, fields: &mut Map<String, Value>) {
    if let Fields::WorkItem(item) = &record.fields {
        fields.insert("priority".to_owned(), item.priority.as_str().into());
    }
}

/// The known keys, then those of the new version, then those only the old one has.
fn in_order(known: Vec<&str>, old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let mut keys: Vec<String> = known.into_iter().map(str::to_owned).collect();
    let mut seen: std::collections::HashSet<String> = keys.iter().cloned().collect();
    keys.extend(
        new.keys()
            .chain(old.keys())
            .filter(|key| seen.insert((*key).clone()))
            .cloned(),
    );
    keys
}

fn push(found: &mut Vec<Change>, field: String, before: Option<&Value>, after: Option<&Value>) {
    if before != after {
        found.push(Change {
            field,
            before: before.cloned(),
            after: after.cloned(),
        });
    }
}

impl Change {
    /// The change in a few words, for the subject of a commit: `status pending -> active`,
    /// `labels +bug -ui`, `title`.
    ///
    /// One line, without control characters and invisible ones, whatever the values hold.
    #[must_use]
    pub fn summary(&self) -> String {
        let field = clean(&self.field);
        let lists = [&self.before, &self.after].into_iter().flatten().all(Value::is_array);
        let details = match self.field.as_str() {
            "title" | "body" => None,
            // Whoever looks for a vendor by its old name finds out here what it is called now.
            "name" => self.after.as_ref().and_then(short).map(|name| format!("-> {name}")),
            _ if lists => self.elements(),
            _ => self.step(),
        };
        match details {
            Some(details) => format!("{field} {details}"),
            None => field,
        }
    }

    /// `pending -> active`; `None` where a value is not short.
    fn step(&self) -> Option<String> {
        let told = |value: &Option<Value>| match value {
            None => Some(String::new()),
            Some(value) => short(value).filter(|text| !text.contains(char::is_whitespace)),
        };
        let step = format!("{} -> {}", told(&self.before)?, told(&self.after)?);
        Some(step.trim().to_owned())
    }

    /// `+bug -ui`; `None` where only the order differs or an element is not short.
    fn elements(&self) -> Option<String> {
        let elements = |value: &Option<Value>| value.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        let (before, after) = (elements(&self.before), elements(&self.after));
        let mut told = Vec::new();
        for (sign, these, those) in [('+', &after, &before), ('-', &before, &after)] {
            for element in these.iter().filter(|element| !those.contains(element)) {
                told.push(format!("{sign}{}", short(element)?));
            }
        }
        if told.len() > SHOWN_ELEMENTS {
            let more = told.len() - SHOWN_ELEMENTS;
            told.truncate(SHOWN_ELEMENTS);
            told.push(format!("and {more} more"));
        }
        (!told.is_empty()).then(|| told.join(" "))
    }
}

/// A value as a summary shows it: identities by their short names, nothing long or nested.
fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => match text.parse::<RecordId>() {
            Ok(id) => id.short(),
            Err(_) => clean(text),
        },
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.trim().is_empty() && text.chars().count() <= SHOWN_CHARS).then_some(text)
}

/// The text on one line: what cannot be seen, or breaks lines somewhere, becomes a visible mark.
fn clean(text: &str) -> String {
    let hidden = |c: char| c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn summary(field: &str, before: Value, after: Value) -> String {
        let there = |value: Value| (!value.is_null()).then_some(value);
        let (field, before, after) = (field.to_owned(), there(before), there(after));
        Change { field, before, after }.summary()
    }

    #[test]
    fn summaries_are_short() {
        let id = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";
        for (change, told) in [
            (
                ("status", json!("pending"), json!("active")),
                "status pending -> active",
            ),
            (("labels", json!(["ui"]), json!(["bug"])), "labels +bug -ui"),
            (
                ("labels", json!(null), json!(["a b", "c", "d", "e"])),
                "labels +a b +c +d and 1 more",
            ),
            (("labels", json!(["a", "b"]), json!(["b", "a"])), "labels"),
            (("depends_on", json!(null), json!([id])), "depends_on +3f9a2c1b"),
            (("parent_id", json!(id), json!(null)), "parent_id 3f9a2c1b ->"),
            (("assignee", json!(null), json!("ada")), "assignee -> ada"),
            (("title", json!("a"), json!("b")), "title"),
            (("body", json!("a"), json!("b")), "body"),
            (
                ("metadata.estimated_hours", json!(1), json!(2.5)),
                "metadata.estimated_hours 1 -> 2.5",
            ),
            (("metadata.note", json!("a"), json!("two words")), "metadata.note"),
            (("claim", json!(null), json!({"by": "ada"})), "claim"),
            (
                ("labels", json!(null), json!(["a\u{1b}[31m\n\u{202e}"])),
                "labels +a\u{fffd}[31m\u{fffd}\u{fffd}",
            ),
        ] {
            assert_eq!(summary(change.0, change.1, change.2), told);
        }
    }

    #[test]
    fn names_with_dots_cannot_be_taken_for_others() {
        assert_eq!(dotted("metadata", "estimated_hours"), "metadata.estimated_hours");
        assert_eq!(dotted("metadata", "a.b"), "metadata.\"a.b\"");
        assert_eq!(
            (dotted("", "body"), dotted("", " ")),
            ("\"body\"".to_owned(), "\" \"".to_owned())
        );
    }
}
