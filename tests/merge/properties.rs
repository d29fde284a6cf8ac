//! What holds of every merge.

use git_docket::record::merge::{Merged, Outcome};
use git_docket::record::{Kind, Record, print};
use proptest::prelude::*;

use crate::world::{Version, bytes, merged, path};
use crate::{edits, generate, holds};

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

fn check(kind: Kind, three: (Record, Record, Record), times: (i64, i64)) {
    let path = path(&three.0);
    assert_eq!(path.kind(), kind);
    let base = Version::new(&three.0, 0, 0);
    let (ours, theirs) = (
        Version::new(&three.1, times.0, 0xa),
        Version::new(&three.2, times.1, 0xb),
    );
    holds::check(&path, &base, &ours, &theirs);
}

/// Files of which two have the same comment and the third another one.
fn check_file(three: (Record, Record, Record)) {
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
    let files = [0, 1, 2].map(|at: usize| Some(files[at].as_slice()));
    holds::check_file(&path, [&base, &ours, &theirs], files);
}

macro_rules! kinds {
    ($($name:ident: $kind:ident,)+) => {
        proptest! {
            #![proptest_config(generate::config())]
            $(
                #[test]
                fn $name(three in edits::three(Kind::$kind), times in times()) {
                    check(Kind::$kind, three, times);
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
        check_file(three);
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
