//! Single differences of records, by the names of fields, as requests ask for them.

use serde_json::{Map, Value};

use super::Error;
use super::draft::refused;
use super::text::shown;
use crate::record::{Record, assemble, schema};

/// Names are as much alike as this where one is offered for the other.
const ALIKE: f64 = 0.85;

/// Where a value stands in a record: a field, then the key in the map that it is, and so on. A key may hold dots.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FieldPath(Vec<String>);

impl From<&str> for FieldPath {
    /// A field itself.
    fn from(field: &str) -> Self {
        Self(vec![field.to_owned()])
    }
}

impl FieldPath {
    /// A key of the map that a field is, as it is.
    pub(super) fn key(field: &str, key: &str) -> Self {
        Self(vec![field.to_owned(), key.to_owned()])
    }

    /// What a dotted name means in a record: at each step the longest key that is there, else all up to the next dot.
    pub(super) fn named(record: &Record, name: &str) -> Self {
        Self(keys_in(&record.to_json(), name))
    }

    /// What a change or a conflict calls it: keys with dots between them, those with dots of their own in quotes.
    pub(super) fn of_change(name: &str) -> Self {
        let (mut keys, mut key, mut quoted) = (Vec::new(), String::new(), false);
        for c in name.chars() {
            match c {
                '"' => quoted = !quoted,
                '.' if !quoted => keys.push(std::mem::take(&mut key)),
                c => key.push(c),
            }
        }
        keys.push(key);
        Self(keys)
    }

    /// The value that stands there.
    pub(super) fn value_in(&self, fields: &Map<String, Value>) -> Option<Value> {
        let (last, maps) = self.0.split_last()?;
        let map = maps.iter().try_fold(fields, |map, key| map.get(key)?.as_object())?;
        map.get(last).cloned()
    }

    /// Hands over the map the value stands in, and its key there. Maps on the way that are not there are made where
    /// `make` says so; else there is nothing to hand over.
    fn place(&self, fields: &mut Map<String, Value>, make: bool, change: impl FnOnce(&mut Map<String, Value>, &str)) {
        place(&self.0, fields, make, change);
    }
}

fn keys_in(map: &Map<String, Value>, name: &str) -> Vec<String> {
    if map.contains_key(name) {
        return vec![name.to_owned()];
    }
    for (at, _) in name.rmatch_indices('.') {
        let (key, rest) = (&name[..at], &name[at + 1..]);
        if let Some(Value::Object(inner)) = map.get(key) {
            return [vec![key.to_owned()], keys_in(inner, rest)].concat();
        }
    }
    name.split('.').map(ToOwned::to_owned).collect()
}

fn place(
    keys: &[String],
    map: &mut Map<String, Value>,
    make: bool,
    change: impl FnOnce(&mut Map<String, Value>, &str),
) {
    match keys {
        [] => {}
        [key] => change(map, key),
        [key, below @ ..] => {
            if !make && !map.get(key).is_some_and(Value::is_object) {
                return;
            }
            let value = map.entry(key).or_insert(Value::Null);
            let mut inner = match value.take() {
                Value::Object(inner) => inner,
                _ => Map::new(),
            };
            place(below, &mut inner, make, change);
            *value = Value::Object(inner);
        }
    }
}

/// One wanted difference of one record; applied anew on every attempt.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FieldEdit {
    /// It gets this value.
    Set(FieldPath, Value),
    /// It goes.
    Clear(FieldPath),
    /// The list gets these values, those it does not have.
    Add(FieldPath, Vec<Value>),
    /// The list loses these values.
    Remove(FieldPath, Vec<Value>),
}

impl FieldEdit {
    /// Adds values to a list; nothing where there are none, which would make an empty list of a missing one.
    pub(super) fn add(path: impl Into<FieldPath>, values: Vec<Value>) -> Option<Self> {
        (!values.is_empty()).then(|| Self::Add(path.into(), values))
    }

    /// Removes values from a list; nothing where there are none.
    pub(super) fn remove(path: impl Into<FieldPath>, values: Vec<Value>) -> Option<Self> {
        (!values.is_empty()).then(|| Self::Remove(path.into(), values))
    }
}

/// What no request clears.
const KEPT: &[&str] = &["schema", "id", "created_at", "created_by", "origin"];

/// Takes the fields with these names away; what has none of them is left as it is.
///
/// # Errors
///
/// `invalid` where a name is that of no field such a record can have, or of one that stays.
pub(super) fn clear(record: &Record, names: &[String]) -> Result<Vec<FieldEdit>, Error> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let schema = schema::of(record.kind());
    let known = |field: &str| {
        schema["properties"].get(field).is_some_and(Value::is_object) || record.to_json().contains_key(field)
    };
    let mut edits = Vec::with_capacity(names.len());
    for name in names {
        let path = FieldPath::named(record, name);
        let field = path.0.first().map(String::as_str).unwrap_or_default();
        if KEPT.contains(&field) {
            return Err(Error::request(format!("{field} stays")).in_field("clear"));
        }
        if !known(field) {
            let noun = record.kind().noun();
            let mut message = format!("{noun} has no field `{}`", shown(name));
            let fields = schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(field, _)| field);
            let alike = |field: &&String| strsim::jaro_winkler(field, name) > ALIKE;
            if let Some(meant) = fields.into_iter().find(alike) {
                message.push_str(&format!("; is it {meant}?"));
            }
            return Err(Error::request(message).in_field("clear"));
        }
        edits.push(FieldEdit::Clear(path));
    }
    Ok(edits)
}

/// Applies edits to a record and checks the result by the one validator. Beside it, the fields that were cleared.
pub(super) fn apply(record: &Record, body: &str, edits: &[FieldEdit]) -> Result<(Record, Vec<String>), Error> {
    let mut fields = record.to_json();
    let mut cleared = Vec::new();
    for edit in edits {
        match edit {
            FieldEdit::Set(path, value) => path.place(&mut fields, true, |map, key| {
                map.insert(key.to_owned(), value.clone());
            }),
            FieldEdit::Clear(path) => {
                path.place(&mut fields, false, |map, key| drop(map.shift_remove(key)));
                if let [field] = path.0.as_slice() {
                    cleared.push(field.clone());
                }
            }
            FieldEdit::Add(path, values) => path.place(&mut fields, true, |map, key| {
                if let Value::Array(list) = map.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
                    let new: Vec<_> = values.iter().filter(|value| !list.contains(value)).cloned().collect();
                    list.extend(new);
                }
            }),
            FieldEdit::Remove(path, values) => path.place(&mut fields, false, |map, key| {
                if let Some(Value::Array(list)) = map.get_mut(key) {
                    list.retain(|value| !values.contains(value));
                }
            }),
        }
    }
    let changed = assemble(record.kind(), &fields, body, None).map_err(refused)?;
    Ok((changed, cleared))
}
