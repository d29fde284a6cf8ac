//! What holds of every merge.

use std::collections::HashSet;

use git_docket::record::change::changes;
use git_docket::record::merge::{Merged, Outcome};
use git_docket::record::{Kind, Record, RecordPath, parse, print};
use proptest::prelude::*;
use serde_json::Value;

use crate::world::{Version, bytes, conflict, merged, path, standing};
use crate::{edits, generate};

/// Same times for all fields, or, where negative, times of their own.
fn times() -> impl Strategy<Value = (i64, i64)> {
    let time = || prop_oneof![0..3i64, -9..-6i64];
    (time(), time())
}

fn record(merged: &Merged) -> &Record {
    match &merged.outcome {
        Outcome::Record(record) => record,
        other => panic!("{other:?}"),
    }
}

/// All scalars of a value, each as JSON; the lines of a text one by one.
fn leaves(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(map) => map.values().for_each(|item| leaves(item, found)),
        Value::String(text) => found.extend(text.split('\n').map(str::to_owned)),
        other => drop(found.insert(other.to_string())),
    }
}

fn leaves_of(record: &Record, found: &mut HashSet<String>) {
    leaves(&Value::Object(record.to_json()), found);
    leaves(&Value::from(record.body.as_str()), found);
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
    let crate::world::File::Valid(record) = &side.file else {
        panic!("a valid side")
    };
    leaves_of(base, &mut old);
    for change in changes(Some(base), Some(record)) {
        // Of two times one record was put away, the earlier is kept. A medium priority is said by saying nothing.
        if !matches!(change.field.as_str(), "deleted_at" | "archived_at" | "priority") {
            change.after.iter().for_each(|value| leaves(value, &mut new));
        }
    }
    let priority = |record: &Record| record.as_work_item().map(|item| item.priority);
    let said = |text: &str| merged.conflicts.iter().any(|(_, record)| print(record).contains(text));
    if priority(record) != priority(base) && priority(record) != standing.and_then(priority) && !said("priority") {
        return vec!["priority".to_owned()];
    }
    // Two spellings of one word are one element; whichever stays, it is the same word.
    let spelt = ["é", "e\u{301}"].map(str::to_owned);
    new.retain(|leaf| !old.contains(leaf) && !kept.contains(leaf) && !spelt.contains(leaf));
    new.into_iter().collect()
}

fn check(kind: Kind, three: (Record, Record, Record), times: (i64, i64)) -> Result<(), TestCaseError> {
    let path = path(&three.0);
    prop_assert_eq!(path.kind(), kind);
    let base = Version::new(&three.0, 0, 0);
    let (ours, theirs) = (
        Version::new(&three.1, times.0, 0xa),
        Version::new(&three.2, times.1, 0xb),
    );
    let result = merged(&path, &base, &ours, &theirs);
    let swapped = merged(&path, &base, &theirs, &ours);
    prop_assert_eq!(bytes(&result, &ours, &theirs), bytes(&swapped, &theirs, &ours));

    for (side, other) in [(&ours, &theirs), (&theirs, &ours)] {
        let lost = lost(&path, &three.0, side, other, &result);
        prop_assert!(lost.is_empty(), "{:?}\n{:#?}", lost, result);
    }
    // What both have is in the result; what one removed, and the other left alone, is not.
    let standing = standing(&result, &ours, &theirs).expect("a valid side stands").clone();
    if matches!(result.outcome, Outcome::Record(_)) && kind != Kind::Deployment {
        let list = |record: &Record, field| match record.to_json().get(field) {
            Some(Value::Array(items)) => items.clone(),
            _ => Vec::new(),
        };
        for field in ["labels", "aliases", "external", "depends_on"] {
            let [b, o, t, m] = [&three.0, &three.1, &three.2, &standing].map(|record| list(record, field));
            for element in b.iter().filter(|element| o.contains(element) != t.contains(element)) {
                let spelt = ["é", "e\u{301}"].iter().any(|text| element == text);
                prop_assert!(spelt || !m.contains(element), "{}: {}", field, element);
            }
        }
    }

    // Once merged, merging a side again changes nothing.
    let again = Version::new(&standing, 9, 0xc);
    for side in [&ours, &theirs] {
        let more = merged(&path, side, &again, side);
        prop_assert_eq!(more.conflicts.len(), 0);
        prop_assert_eq!(record(&more), &standing);
        // Nor from the older base, as long as nothing that was put away came back to life. Of bodies that is not
        // so where they repeat lines, as nobody can say which of them are which; git does not ask for it either.
        let put_away = |(_, record): &(_, Record)| conflict(record).field.as_str().ends_with("ed_at");
        let by_field = matches!(result.outcome, Outcome::Record(_)) && kind != Kind::Deployment;
        if by_field && !result.conflicts.iter().any(put_away) {
            let older = merged(&path, &base, &again, side);
            prop_assert_eq!(&record(&older).fields, &standing.fields);
        }
    }
    Ok(())
}

/// The file of a merge says what the record says, and is the same for both orders.
fn check_file(three: (Record, Record, Record)) -> Result<(), TestCaseError> {
    let path = path(&three.0);
    let (base, ours, theirs) = (
        Version::new(&three.0, 0, 0),
        Version::new(&three.1, 1, 0xa),
        Version::new(&three.2, 2, 0xb),
    );
    let commented =
        |record: &Record, comment: &str| print(record).replacen('\n', &format!("\n{comment}\n"), 1).into_bytes();
    let files = [
        commented(&three.0, "# base"),
        commented(&three.1, "# ours"),
        commented(&three.2, "# base"),
    ];
    let [b, o, t] = [0, 1, 2].map(|at: usize| Some(files[at].as_slice()));
    let result = merged(&path, &base, &ours, &theirs);
    let file = result.file(&path, b, o, t).expect("a file");
    let swapped = merged(&path, &base, &theirs, &ours)
        .file(&path, b, t, o)
        .expect("a file")
        .into_owned();
    prop_assert_eq!(&swapped, &file.clone().into_owned());
    let parsed = parse(&file, Some(&path)).map_err(|errors| TestCaseError::fail(format!("{errors:?}")))?;
    prop_assert_eq!(Some(&parsed.record), standing(&result, &ours, &theirs));
    Ok(())
}

macro_rules! kinds {
    ($($name:ident: $kind:ident,)+) => {
        proptest! {
            #![proptest_config(generate::config())]
            $(
                #[test]
                fn $name(three in edits::three(Kind::$kind), times in times()) {
                    check(Kind::$kind, three, times)?;
                }
            )+
        }

        #[test]
        fn every_kind_is_here() {
            assert_eq!([$(Kind::$kind),+].as_slice(), Kind::ALL);
        }
    };
}

kinds! {
    work_items: WorkItem,
    vendors: Vendor,
    enhancements: Enhancement,
    deployments: Deployment,
    notes: Note,
    commit_links: CommitLink,
    conflicts: Conflict,
}

fn any_three() -> impl Strategy<Value = (Record, Record, Record)> {
    proptest::sample::select(Kind::ALL).prop_flat_map(edits::three)
}

proptest! {
    #![proptest_config(generate::config())]

    #[test]
    fn equal_sides_are_the_result(three in any_three()) {
        let (base, side) = (Version::new(&three.0, 0, 0), Version::new(&three.1, 1, 0xa));
        let result = merged(&path(&three.0), &base, &side, &Version { digit: 0xb, ..side.clone() });
        prop_assert_eq!(print(record(&result)), print(&three.1));
        prop_assert!(result.conflicts.is_empty());
    }

    #[test]
    fn what_one_side_changed_is_taken(three in any_three(), swap: bool) {
        let (base, side) = (Version::new(&three.0, 0, 0), Version::new(&three.1, 1, 0xa));
        let untouched = Version::new(&three.0, 2, 0xb);
        let (ours, theirs) = if swap { (&untouched, &side) } else { (&side, &untouched) };
        let result = merged(&path(&three.0), &base, ours, theirs);
        prop_assert!(result.conflicts.is_empty());
        prop_assert_eq!(print(record(&result)), print(&three.1));
    }

    #[test]
    fn the_file_says_what_the_record_says(three in any_three()) {
        check_file(three)?;
    }

    #[test]
    fn records_made_twice_are_merged(three in any_three()) {
        let missing = Version::of(crate::world::File::Missing, 0, 0);
        let (ours, theirs) = (Version::new(&three.1, 1, 0xa), Version::new(&three.2, 1, 0xb));
        let path = path(&three.0);
        let (one, two) = (merged(&path, &missing, &ours, &theirs), merged(&path, &missing, &theirs, &ours));
        prop_assert_eq!(bytes(&one, &ours, &theirs), bytes(&two, &theirs, &ours));
    }
}
