//! What holds of every merge, whoever made the three versions: those drawn here, and those the fuzzer found.

use std::collections::HashSet;

use git_docket::record::change::changes;
use git_docket::record::merge::{Merged, Outcome};
use git_docket::record::{Kind, Record, RecordPath, parse, print};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use crate::world::{File, Version, bytes, conflict, merged, standing};

fn record(merged: &Merged) -> &Record {
    match &merged.outcome {
        Outcome::Record(record) => record,
        other => panic!("{other:?}"),
    }
}

/// All scalars of a value, each as JSON; the lines of a text one by one. Two spellings of one word are one.
fn leaves(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(map) => map.values().for_each(|item| leaves(item, found)),
        Value::String(text) => found.extend(text.split('\n').map(|line| line.nfc().collect())),
        other => drop(found.insert(other.to_string())),
    }
}

fn leaves_of(record: &Record, found: &mut HashSet<String>) {
    leaves(&Value::Object(record.to_json()), found);
    leaves(&Value::from(record.body.as_str()), found);
}

/// Fields of which only one value is kept and the other is told nowhere. Of two times one record was put away, it is
/// the earlier. A medium priority is said by saying nothing; it is looked at by itself. Two who resolved the same
/// conflict have nothing new in dispute.
fn says_nothing(kind: Kind, field: &str) -> bool {
    matches!(field, "deleted_at" | "archived_at" | "priority")
        || kind == Kind::Conflict && matches!(field, "choice" | "resolved_at" | "resolved_by")
}

/// Every value a side has and the base has not, that is neither in the result nor in a conflict.
fn lost(path: &RecordPath, base: &Record, side: &Version, other: &Version, merged: &Merged) -> Vec<String> {
    let standing = standing(merged, side, other);
    let (mut kept, mut old, mut new) = (HashSet::new(), HashSet::new(), HashSet::new());
    leaves_of(standing.expect("a valid side stands"), &mut kept);
    for (_, record) in &merged.conflicts {
        let conflict = conflict(record);
        for value in [&conflict.kept, &conflict.other].into_iter().flatten() {
            if value.0 == serde_json::json!({ "blob": side.blob().as_str() }) {
                return Vec::new();
            }
            leaves(&value.0, &mut kept);
            let file = value.0.as_str().map(|text| parse(text.as_bytes(), Some(path)));
            if let Some(Ok(whole)) = file.filter(|_| conflict.field.as_str() == "*") {
                leaves_of(&whole.record, &mut kept);
            }
        }
    }
    let File::Valid(record) = &side.file else {
        panic!("a valid side")
    };
    leaves_of(base, &mut old);
    for change in changes(Some(base), Some(record)) {
        if !says_nothing(record.kind(), &change.field) {
            change.after.iter().for_each(|value| leaves(value, &mut new));
        }
    }
    let priority = |record: &Record| record.as_work_item().map(|item| item.priority);
    let said = |text: &str| merged.conflicts.iter().any(|(_, record)| print(record).contains(text));
    if priority(record) != priority(base) && priority(record) != standing.and_then(priority) && !said("priority") {
        return vec!["priority".to_owned()];
    }
    new.retain(|leaf| !old.contains(leaf) && !kept.contains(leaf));
    new.into_iter().collect()
}

/// Merges three versions of which both sides are valid, and checks all that must hold then.
pub(crate) fn check(path: &RecordPath, base: &Version, ours: &Version, theirs: &Version) {
    let result = merged(path, base, ours, theirs);
    let swapped = merged(path, base, theirs, ours);
    assert_eq!(bytes(&result, ours, theirs), bytes(&swapped, theirs, ours));

    if let File::Valid(before) = &base.file {
        for (side, other) in [(ours, theirs), (theirs, ours)] {
            let lost = lost(path, before, side, other, &result);
            assert!(lost.is_empty(), "{lost:?}\n{result:#?}");
        }
        check_sets([before, of(ours), of(theirs)], &result);
    }
    check_again(path, base, ours, theirs, &result);
}

fn of(version: &Version) -> &Record {
    match &version.file {
        File::Valid(record) => record,
        other => panic!("not a valid side: {other:?}"),
    }
}

/// What one side removed, and the other left alone, is not in the result.
fn check_sets([base, ours, theirs]: [&Record; 3], merged: &Merged) {
    let Outcome::Record(standing) = &merged.outcome else {
        return;
    };
    if standing.kind() == Kind::Deployment {
        return;
    }
    for field in ["labels", "aliases", "external", "depends_on"] {
        let list = |record: &Record| -> HashSet<String> {
            let value = record.to_json().remove(field);
            let items = value.as_ref().and_then(Value::as_array).into_iter().flatten();
            // Two spellings of a word are one element.
            items
                .filter_map(Value::as_str)
                .map(|text| text.nfc().collect())
                .collect()
        };
        let [b, o, t, m] = [base, ours, theirs, standing].map(list);
        // Where it is a set at all: an unknown field of that name may be anything.
        let known = !standing.unknown_keys().iter().any(|key| key == field);
        for element in b
            .iter()
            .filter(|element| known && o.contains(*element) != t.contains(*element))
        {
            assert!(!m.contains(element), "{field}: {element}");
        }
    }
}

/// Once merged, merging a side again changes nothing.
fn check_again(path: &RecordPath, base: &Version, ours: &Version, theirs: &Version, merge: &Merged) {
    let standing = standing(merge, ours, theirs).expect("a valid side stands").clone();
    let again = Version::new(&standing, 9, 0xc);
    for side in [ours, theirs] {
        let more = merged(path, side, &again, side);
        assert_eq!(more.conflicts.len(), 0);
        assert_eq!(record(&more), &standing);
        // Nor from the older base, as long as nothing that was put away came back to life. Of bodies that is not
        // so where they repeat lines, as nobody can say which of them are which; git does not ask for it either.
        let put_away = |(_, record): &(_, Record)| conflict(record).field.as_str().ends_with("ed_at");
        let by_field = matches!(merge.outcome, Outcome::Record(_)) && standing.kind() != Kind::Deployment;
        if by_field && !merge.conflicts.iter().any(put_away) {
            let older = merged(path, base, &again, side);
            assert_eq!(&record(&older).fields, &standing.fields);
        }
    }
}

/// The file of a merge says what the record says, and is the same for both orders.
pub(crate) fn check_file(
    path: &RecordPath,
    [base, ours, theirs]: [&Version; 3],
    [base_file, our_file, their_file]: [Option<&[u8]>; 3],
) {
    let result = merged(path, base, ours, theirs);
    let file = result.file(path, base_file, our_file, their_file);
    let swapped = merged(path, base, theirs, ours).file(path, base_file, their_file, our_file);
    assert_eq!(swapped, file);
    let Some(standing) = standing(&result, ours, theirs) else {
        return;
    };
    let file = file.expect("a file");
    let parsed = parse(&file, Some(path)).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!(&parsed.record, standing);
}
