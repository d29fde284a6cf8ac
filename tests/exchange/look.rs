//! What is done with every import: read a fixture, hold it against what must hold, look into it.

use std::collections::HashMap;
use std::path::Path;

use git_docket::exchange::{Import, Kept};
use git_docket::record::{self, Fields, Kind, Note, Record, RecordId, WorkItem};
use proptest::prelude::*;
use serde_json::Value;

pub(crate) fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))
}

/// The import, after what must hold for every import was found to hold.
pub(crate) fn checked(import: Import) -> Import {
    let mut paths = std::collections::HashSet::new();
    let mut notes_begun = false;
    for imported in &import.records {
        let path = imported.record.path().expect("a path");
        assert!(paths.insert(path.to_string()), "{} twice", imported.original);
        let text = record::print(&imported.record);
        let parsed = record::parse(text.as_bytes(), Some(&path)).unwrap_or_else(|v| panic!("{v:?}\n{text}"));
        assert_eq!(parsed.record, imported.record);
        let is_note = imported.record.kind() == Kind::Note;
        assert!(is_note || !notes_begun, "work items come first");
        notes_begun = is_note;
    }
    check_graph(&import);
    import
}

pub(crate) fn check_graph(import: &Import) {
    let items = import.records.iter().filter_map(|r| r.record.as_work_item());
    let items: HashMap<RecordId, &WorkItem> = items.map(|item| (item.id, item)).collect();
    for item in items.values() {
        let ancestors = std::iter::successors(item.parent_id, |id| items[id].parent_id)
            .take(7)
            .count();
        assert!(ancestors <= 5, "{ancestors} ancestors of {:?}", item.aliases);
        let mut open: Vec<_> = item.depends_on.iter().copied().collect();
        let mut seen = std::collections::HashSet::new();
        while let Some(id) = open.pop() {
            assert_ne!(id, item.id, "waits for itself");
            if seen.insert(id) {
                open.extend(items[&id].depends_on.iter().copied());
            }
        }
        for (_, target) in item.links.iter() {
            assert!(items.contains_key(&target) && target != item.id);
        }
    }
}

pub(crate) fn record_of<'i>(import: &'i Import, original: &str) -> &'i Record {
    let found = import.records.iter().find(|r| r.original == original);
    &found.unwrap_or_else(|| panic!("{original} is not there")).record
}

pub(crate) fn item<'i>(import: &'i Import, original: &str) -> &'i WorkItem {
    record_of(import, original).as_work_item().expect("a work item")
}

pub(crate) fn note<'i>(import: &'i Import, original: &str) -> &'i Note {
    match &record_of(import, original).fields {
        Fields::Note(note) => note,
        _ => panic!("{original} is no note"),
    }
}

/// The id an issue or task gets.
pub(crate) fn id(import: &Import, original: &str) -> RecordId {
    RecordId::imported(Kind::WorkItem, import.system, original)
}

/// What became of a field: where it is kept, and the reason.
pub(crate) fn lost<'i>(import: &'i Import, original: &str, field: &str) -> Vec<(Kept, &'i str)> {
    let of = |loss: &&'i git_docket::exchange::Loss| loss.original == original && loss.field == field;
    import
        .losses
        .iter()
        .filter(of)
        .map(|loss| (loss.kept, loss.reason.as_str()))
        .collect()
}

pub(crate) fn kept(import: &Import, original: &str, field: &str) -> Vec<Kept> {
    lost(import, original, field)
        .into_iter()
        .map(|(kept, _)| kept)
        .collect()
}

pub(crate) fn links(item: &WorkItem, relation: &str) -> Vec<RecordId> {
    let of_relation = item.links.iter().filter(|(name, _)| name.as_str() == relation);
    of_relation.map(|(_, id)| id).collect()
}

pub(crate) fn unreadable(import: &Import) -> Vec<(&str, &str)> {
    import
        .unreadable
        .iter()
        .map(|u| (u.place.as_str(), u.reason.as_str()))
        .collect()
}

pub(crate) fn json_of(import: &Import, original: &str) -> Value {
    Value::Object(record_of(import, original).to_json())
}

pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
