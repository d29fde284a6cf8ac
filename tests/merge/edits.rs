//! Random edits of random records, few enough values that two people often touch the same.

use git_docket::record::{Kind, Record, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use crate::{generate, texts, world};

/// Fields that say which record it is, or what the others have to look like.
const FIXED: &[&str] = &["id", "on", "work_item", "commit", "deployed_at", "item_type", "schema"];

#[derive(Clone, Debug)]
enum Edit {
    /// A field, or a key of a mapping, as another record has it.
    Take(Index, bool),
    Remove(Index),
    RemoveKey(Index, Index),
    Set(&'static str, Value),
    /// A list of texts with some of a few words added and removed.
    List(&'static str, Vec<&'static str>, Vec<&'static str>),
    Key(&'static str, &'static str, Value),
    Line(Index, &'static str),
    Cut(Index),
    Append(&'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    let words = || vec(select(vec!["a", "b", "c", "d", "é", "e\u{301}"]), 0..3);
    let time = select(vec![
        "2025-01-01T00:00:00Z",
        "2025-01-02T00:00:00.5Z",
        "2025-01-02T00:00:01Z",
    ]);
    let deep = select(vec![
        json!(1),
        json!(null),
        json!({"x": {"y": 1}}),
        json!({"x": {"z": [2], "y": 2}}),
        json!({}),
    ]);
    let small = select(vec![json!("x"), json!("y"), json!(2), json!(null)]);
    prop_oneof![
        any::<(Index, bool)>().prop_map(|(at, donor)| Edit::Take(at, donor)),
        any::<Index>().prop_map(Edit::Remove),
        any::<(Index, Index)>().prop_map(|(map, key)| Edit::RemoveKey(map, key)),
        (
            select(vec!["title", "name", "assignee", "unknown", "body", "*"]),
            small.clone()
        )
            .prop_map(|(k, v)| Edit::Set(k, v)),
        select(vec!["pending", "active", "broken", "planned"]).prop_map(|v| Edit::Set("status", json!(v))),
        (select(vec!["deleted_at", "archived_at", "created_at"]), time).prop_map(|(k, v)| Edit::Set(k, json!(v))),
        (select(vec!["labels", "aliases", "external"]), words(), words()).prop_map(|(k, a, r)| Edit::List(k, a, r)),
        (
            select(vec!["metadata", "origin", "unknown"]),
            select(vec!["blocked_reason", "k", "a.b"]),
            prop_oneof![small, deep]
        )
            .prop_map(|(map, key, value)| Edit::Key(map, key, value)),
        (any::<Index>(), select(vec!["one", "two"])).prop_map(|(at, line)| Edit::Line(at, line)),
        any::<Index>().prop_map(Edit::Cut),
        select(vec!["\none", "two", "\n\nthree\n"]).prop_map(Edit::Append),
    ]
}

/// The JSON of the fields as frontmatter: every JSON document is YAML.
fn build(kind: Kind, fields: &Map<String, Value>, body: &str, base: &Record) -> Option<Record> {
    let line = |(key, value): (&String, &Value)| format!("{}: {value}\n", json!(key));
    let lines: String = fields.iter().map(line).collect();
    let escaped = |c: char| match c {
        '\u{7f}'..='\u{9f}' => format!("\\u{:04x}", c as u32),
        c => c.to_string(),
    };
    let lines: String = lines.chars().map(escaped).collect();
    let file = format!("---\nschema: {}\n{lines}---\n\n{body}\n", kind.schema());
    let record = parse(file.as_bytes(), Some(&world::path(base))).ok()?.record;
    // What JSON cannot say in YAML comes back as something else; such an edit is none.
    (record.body == body).then_some(record)
}

fn apply(edit: &Edit, record: &Record, donors: &[Record; 2]) -> Option<Record> {
    let (mut fields, mut body) = (record.to_json(), record.body.clone());
    let free = |key: &String| !FIXED.contains(&key.as_str());
    match edit {
        Edit::Take(at, donor) => {
            let donor = &donors[usize::from(*donor)];
            let other = donor.to_json();
            let keys: Vec<_> = other.keys().filter(|key| free(key)).collect();
            let key = *keys.get(at.index(keys.len() + 1))?;
            match (fields.get_mut(key), &other[key]) {
                (Some(Value::Object(map)), Value::Object(other)) => {
                    let entry = other.iter().nth(at.index(other.len().max(1)))?;
                    map.insert(entry.0.clone(), entry.1.clone());
                }
                (_, value) => drop(fields.insert(key.clone(), value.clone())),
            }
        }
        Edit::Remove(at) => {
            let keys: Vec<String> = fields.keys().filter(|key| free(key)).cloned().collect();
            fields.shift_remove(keys.get(at.index(keys.len() + 1))?);
        }
        Edit::RemoveKey(map, key) => {
            let mut maps: Vec<_> = fields.values_mut().filter_map(Value::as_object_mut).collect();
            let at = map.index(maps.len() + 1);
            let map = maps.get_mut(at)?;
            let key = map.keys().nth(key.index(map.len().max(1)))?.clone();
            map.shift_remove(&key);
        }
        Edit::Set(key, value) => drop(fields.insert((*key).to_owned(), value.clone())),
        Edit::List(key, add, remove) => {
            let list = fields.entry(*key).or_insert_with(|| json!([])).as_array_mut()?;
            list.retain(|text| !remove.iter().any(|word| text == word));
            let new = add.iter().filter(|word| !remove.contains(word));
            list.extend(new.map(|word| json!(word)));
        }
        Edit::Key(map, key, value) => {
            let map = fields.entry(*map).or_insert_with(|| json!({})).as_object_mut()?;
            map.insert((*key).to_owned(), value.clone());
        }
        Edit::Line(..) | Edit::Cut(_) | Edit::Append(_) => edit_body(edit, &mut body),
    }
    build(record.kind(), &fields, &body, record)
}

fn edit_body(edit: &Edit, body: &mut String) {
    let mut lines: Vec<&str> = body.split('\n').collect();
    match edit {
        Edit::Line(at, line) => {
            let at = at.index(lines.len());
            lines[at] = line;
        }
        Edit::Cut(at) => drop(lines.remove(at.index(lines.len()))),
        Edit::Append(text) => lines.push(text),
        _ => {}
    }
    *body = lines.join("\n");
}

/// A base and two versions made from it by a few edits each; edits that would not be valid are left out.
pub(crate) fn three(kind: Kind) -> BoxedStrategy<(Record, Record, Record)> {
    let base = generate::of_kind(kind);
    let few = || vec(edit(), 0..5);
    let lines = prop_oneof![
        Just(None),
        vec(select(vec!["a", "b", "c", "", "d"]), 0..9).prop_map(|l| Some(l.join("\n")))
    ];
    (
        base,
        generate::of_kind(kind),
        generate::of_kind(kind),
        few(),
        few(),
        lines,
        texts::body(),
    )
        .prop_map(|(mut base, one, two, ours, theirs, lines, body)| {
            // A text of plain lines is edited in the middle more often than one of anything.
            let body = lines.unwrap_or(body);
            if !body.trim().is_empty() {
                base.body = body;
            }
            let donors = [one, two];
            let edited = |edits: &[Edit]| {
                edits.iter().fold(base.clone(), |record, edit| {
                    apply(edit, &record, &donors).unwrap_or(record)
                })
            };
            let (ours, theirs) = (edited(&ours), edited(&theirs));
            (base, ours, theirs)
        })
        .boxed()
}
