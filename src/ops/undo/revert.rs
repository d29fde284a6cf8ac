//! One record back to what it was before a commit, as far as nobody changed it since.

use serde_json::{Map, Value, json};

use crate::ops::draft::{Draft, refused};
use crate::ops::{Context, Error, ErrorKind};
use crate::record::change::{Change, changes};
use crate::record::merge::merge_lines;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath, assemble, limits, parse};
use crate::store::{File, TreeChange};

/// A field that does not have the value the commit gave it any more.
pub(super) struct Clash {
    path: RecordPath,
    field: String,
    /// What it was before the commit, to which it should go back.
    wanted: Option<Value>,
    /// What the commit made of it.
    expected: Option<Value>,
    current: Option<Value>,
}

impl Clash {
    /// The record, as commands take it.
    pub(super) fn name(&self) -> String {
        self.path.id().map_or_else(|| self.path.to_string(), RecordId::short)
    }

    pub(super) fn told(&self) -> String {
        let told = |value: &Option<Value>| match value {
            None => "nothing".to_owned(),
            Some(value) => cut(&value.to_string()),
        };
        match self.field.as_str() {
            "body" => format!("the same lines of the body of {}", self.name()),
            field if self.wanted.is_none() => format!(
                "{field} of {} was {} then and is {} now",
                self.name(),
                told(&self.expected),
                told(&self.current)
            ),
            field => format!(
                "{field} of {} should go back to {} and is {} now",
                self.name(),
                told(&self.wanted),
                told(&self.current)
            ),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "record": self.path.id(),
            "path": self.path.to_string(),
            "field": self.field,
            "wanted": self.wanted,
            "expected": self.expected,
            "current": self.current,
        })
    }
}

/// A text as a message shows it.
fn cut(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// What stood at a path on one side of the commit.
enum Side {
    Missing,
    /// No record that could be written here.
    Unusable,
    Valid(Vec<u8>, Box<Record>),
}

impl Side {
    fn read(draft: &Draft<'_>, path: &RecordPath, file: Option<File>) -> Result<Self, Error> {
        let Some(file) = file else { return Ok(Self::Missing) };
        if !file.mode.is_file() {
            return Ok(Self::Unusable);
        }
        let blob = draft.reading.snapshot.blob(file.blob, limits::RECORD_BYTES)?;
        Ok(match parse(&blob.bytes, Some(path)) {
            Ok(parsed) if parsed.newer_schema.is_none() => Self::Valid(blob.bytes, Box::new(parsed.record)),
            _ => Self::Unusable,
        })
    }
}

/// Reverts what a commit did to a record, in the draft; what was changed since goes to `clashes`.
pub(super) fn revert(
    context: &Context,
    draft: &mut Draft<'_>,
    path: &RecordPath,
    change: &TreeChange,
    clashes: &mut Vec<Clash>,
) -> Result<(), Error> {
    let before = Side::read(draft, path, change.before)?;
    let current = draft.reading.snapshot.entry(&path.to_string())?;
    let untouched = current.as_ref().map(|entry| entry.blob) == change.after.map(|file| file.blob);
    match before {
        Side::Unusable => {
            let message = format!("{path} was not valid before the commit, so it cannot be what it was");
            Err(Error::request(message).hint(format!("git docket edit {}", short(path))))
        }
        // The same file as before, with its comments and line ends.
        Side::Valid(bytes, record) if untouched => {
            draft.put_typed(path.clone(), bytes, *record);
            Ok(())
        }
        // Somebody brought the file back, or mended it, or removed it: nothing of the commit is left.
        Side::Valid(..) | Side::Missing if change.after.is_none() || current.is_none() => Ok(()),
        Side::Valid(_, before) => match Side::read(draft, path, change.after)? {
            Side::Valid(_, after) => fields(draft, path, &before, &after, clashes),
            _ => Ok(()),
        },
        Side::Missing => match Side::read(draft, path, change.after)? {
            Side::Valid(_, after) => creation(context, draft, path, &after, clashes),
            _ => {
                let message = format!("{path} was no valid record when the commit created it");
                Err(Error::request(message).hint(format!("git docket edit {}", short(path))))
            }
        },
    }
}

fn short(path: &RecordPath) -> String {
    path.id().map(RecordId::short).unwrap_or_default()
}

/// Deletes or retracts what the commit created, if it still is as it was created.
fn creation(
    context: &Context,
    draft: &mut Draft<'_>,
    path: &RecordPath,
    after: &Record,
    clashes: &mut Vec<Clash>,
) -> Result<(), Error> {
    let Some(current) = draft.get(path)?.cloned() else {
        return Ok(());
    };
    let now = context.source.second().to_string();
    let (field, value) = match path.kind() {
        Kind::WorkItem | Kind::Vendor | Kind::Enhancement => ("deleted_at", Value::from(now)),
        Kind::Note | Kind::Deployment | Kind::CommitLink => {
            ("retracted", json!({ "at": now, "by": context.actor()?.as_str() }))
        }
        // What a merge could not keep stays recorded.
        Kind::Conflict => return Ok(()),
    };
    let mut fields = current.to_json();
    if fields.contains_key(field) {
        return Ok(());
    }
    let later = changes(Some(after), Some(&current));
    if !later.is_empty() {
        clashes.extend(
            later
                .into_iter()
                .map(|later| clash(path, &later.field, None, later.before, later.after)),
        );
        return Ok(());
    }
    fields.insert(field.to_owned(), value);
    put(draft, &current, &fields, &current.body, Vec::new())
}

/// Gives each field that the commit changed the value it had before.
fn fields(
    draft: &mut Draft<'_>,
    path: &RecordPath,
    before: &Record,
    after: &Record,
    clashes: &mut Vec<Clash>,
) -> Result<(), Error> {
    let Some(current) = draft.get(path)?.cloned() else {
        return Ok(());
    };
    let (mut values, mut body) = (current.to_json(), current.body.clone());
    let mut cleared = Vec::new();
    for Change {
        field,
        before: wanted,
        after: expected,
    } in changes(Some(before), Some(after))
    {
        if field == "body" {
            match merge_lines(&after.body, &body, &before.body) {
                Some(merged) => body = merged,
                None => clashes.push(clash(path, &field, None, None, None)),
            }
            continue;
        }
        let now = get(&current, &values, &field);
        let new = if now == wanted {
            continue;
        } else if now == expected {
            wanted
        } else if is_set(&field) {
            without(now.as_ref(), wanted.as_ref(), expected.as_ref())
        } else {
            clashes.push(clash(path, &field, wanted, expected, now));
            continue;
        };
        match new {
            Some(value) => set(&mut values, &field, value),
            None => {
                clear(&mut values, &field);
                cleared.push(field);
            }
        }
    }
    put(draft, &current, &values, &body, cleared)
}

fn clash(
    path: &RecordPath,
    field: &str,
    wanted: Option<Value>,
    expected: Option<Value>,
    current: Option<Value>,
) -> Clash {
    // Bodies are long; whoever resolves this looks at them.
    let texts = field == "body";
    let kept = |value: Option<Value>| value.filter(|_| !texts);
    Clash {
        path: path.clone(),
        field: field.to_owned(),
        wanted: kept(wanted),
        expected: kept(expected),
        current: kept(current),
    }
}

fn put(
    draft: &mut Draft<'_>,
    current: &Record,
    values: &Map<String, Value>,
    body: &str,
    cleared: Vec<String>,
) -> Result<(), Error> {
    let record = assemble(current.kind(), values, body, None).map_err(refused)?;
    if record == *current {
        return Ok(());
    }
    if matches!(record.fields, Fields::Conflict(_)) {
        let message = "a recorded conflict was changed since; it is not undone";
        return Err(Error::new(ErrorKind::Conflict, message));
    }
    draft.put(record, cleared).map(drop)
}

/// Fields where what one adds and another removes has nothing to do with each other.
fn is_set(field: &str) -> bool {
    matches!(
        field,
        "labels" | "depends_on" | "aliases" | "external" | "requires_constitutional_principles"
    ) || field.starts_with("links.")
}

/// The present list without what the commit added, and with what it removed; none when it is empty.
fn without(now: Option<&Value>, wanted: Option<&Value>, expected: Option<&Value>) -> Option<Value> {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let (now, wanted, expected) = (list(now), list(wanted), list(expected));
    let added = |value: &Value| expected.contains(value) && !wanted.contains(value);
    let mut new: Vec<_> = now.iter().filter(|value| !added(value)).cloned().collect();
    let removed = wanted
        .iter()
        .filter(|value| !expected.contains(value) && !now.contains(value));
    new.extend(removed.cloned());
    (!new.is_empty()).then(|| new.into())
}

/// The keys of a field as a change names it: one, or that of a map and that of an entry.
fn keys(field: &str) -> (String, Option<String>) {
    let plain = |key: &str| {
        let quoted = key.strip_prefix('"').and_then(|key| key.strip_suffix('"'));
        quoted.unwrap_or(key).to_owned()
    };
    match field.split_once('.').filter(|_| !field.starts_with('"')) {
        Some((map, entry)) => (map.to_owned(), Some(plain(entry))),
        None => (plain(field), None),
    }
}

fn get(record: &Record, values: &Map<String, Value>, field: &str) -> Option<Value> {
    let (key, entry) = keys(field);
    let value = values.get(&key);
    let value = match entry {
        Some(entry) => value.and_then(|map| map.get(&entry)),
        None => value,
    };
    // A priority that is left out is medium, and a change says so.
    let default = (field == "priority").then(|| record.as_work_item()).flatten();
    value
        .cloned()
        .or_else(|| default.map(|item| item.priority.as_str().into()))
}

fn set(values: &mut Map<String, Value>, field: &str, value: Value) {
    match keys(field) {
        (key, None) => drop(values.insert(key, value)),
        (key, Some(entry)) => {
            let map = values.entry(key).or_insert_with(|| Map::new().into());
            if let Value::Object(map) = map {
                map.insert(entry, value);
            }
        }
    }
}

fn clear(values: &mut Map<String, Value>, field: &str) {
    match keys(field) {
        (key, None) => drop(values.shift_remove(&key)),
        (key, Some(entry)) => {
            if let Some(Value::Object(map)) = values.get_mut(&key) {
                map.shift_remove(&entry);
                if map.is_empty() {
                    values.shift_remove(&key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_are_read_as_changes_write_them() {
        let plain = |key: &str| (key.to_owned(), None);
        let entry = |key: &str, entry: &str| (key.to_owned(), Some(entry.to_owned()));
        assert_eq!(keys("status"), plain("status"));
        assert_eq!(keys("\"a.b\""), plain("a.b"));
        assert_eq!(keys("metadata.hours"), entry("metadata", "hours"));
        assert_eq!(keys("metadata.\"a.b\""), entry("metadata", "a.b"));
    }

    #[test]
    fn sets_keep_what_others_did() {
        let (now, wanted, expected) = (json!(["a", "new", "x"]), json!(["a", "gone"]), json!(["a", "new"]));
        assert_eq!(
            without(Some(&now), Some(&wanted), Some(&expected)),
            Some(json!(["a", "x", "gone"]))
        );
        assert_eq!(without(Some(&json!(["new"])), None, Some(&json!(["new", "y"]))), None);
    }
}
