//! The rows of the table in which a record is merged as a whole, and the files of conflicts.

use git_docket::record::merge::{Collision, Held, Outcome, Stamp, clash, dropped};
use git_docket::record::merge::{Dropped, Edge};
use git_docket::record::{Kind, Record, RecordId, RecordPath, parse, print};
use serde_json::{Value, json};

use crate::table::{conflicts, read, task, three};
use crate::world::{File, Version, bytes, conflict, hash, merged, path};

const DEPLOYMENT: &str = "id: 0199cf47-9900-7c1d-9e0f-9a7b2468ace0\ndeployed_at: 2025-10-10T18:00:00Z\n\
    commit_hash: a1b2c3d4e5f60718293a4b5c6d7e8f9012345678\nenvironment: staging\n\
    created_at: 2025-10-10T18:01:30Z\ncreated_by: ada\n";

fn deployment(more: &str) -> Record {
    read(Kind::Deployment, DEPLOYMENT, more, "")
}

const RETRACTED: &str = "retracted: {at: 2025-10-10T19:00:00Z, by: ada}";

#[test]
fn deployments_do_not_change() {
    let base = deployment("");
    let (merged, lost) = three(&base, &deployment(RETRACTED), &deployment(""));
    assert_eq!((&merged["retracted"]["by"], lost.len()), (&json!("ada"), 0));
    // Theirs is whole, but that ours took it back stays.
    let ours = deployment(&format!("{RETRACTED}\nenvironment: production\npr_number: 1"));
    let (merged, lost) = three(&base, &ours, &deployment("environment: test"));
    assert_eq!(
        (&merged["environment"], merged.get("pr_number")),
        (&json!("test"), None)
    );
    assert_eq!(merged["retracted"]["by"], "ada");
    let told = lost[0].2.as_str().expect("a text");
    assert_eq!((lost.len(), lost[0].0.as_str()), (1, "*"));
    assert_eq!(parse(told.as_bytes(), None).expect("a record").record, ours);
    // What it is without the retraction is printed in its own order.
    let more = "zebra: 1\nant: 2\nbee: 3";
    let base = deployment(&format!("{RETRACTED}\n{more}"));
    let theirs = deployment(&format!("{RETRACTED}\n{more}\nenvironment: test"));
    let (merged, _) = three(&base, &deployment(&format!("{more}\nenvironment: production")), &theirs);
    assert_eq!(
        (&merged["environment"], merged.get("retracted")),
        (&json!("test"), None)
    );
    let keys: Vec<_> = merged.as_object().expect("fields").keys().collect();
    assert_eq!(keys[keys.len() - 4..], ["zebra", "ant", "bee", "body"]);
}

/// Merges, both ways round: what stands, as the name of the side, and the conflicts.
fn whole(base: File, ours: File, theirs: File) -> (Outcome, Vec<(String, Value, Value)>) {
    let path = path(&task("", ""));
    let (base, ours, theirs) = (
        Version::of(base, 0, 0),
        Version::of(ours, 1, 0xf),
        Version::of(theirs, 2, 0xb),
    );
    let merge = merged(&path, &base, &ours, &theirs);
    let swapped = merged(&path, &base, &theirs, &ours);
    assert_eq!(bytes(&merge, &ours, &theirs), bytes(&swapped, &theirs, &ours));
    let conflicts = conflicts(&merge);
    (merge.outcome, conflicts)
}

fn blob(digit: u8) -> Value {
    json!({ "blob": hash(digit).as_str() })
}

#[test]
fn a_missing_file_was_not_deleted() {
    let (base, changed) = (task("", ""), task("title: New", ""));
    for stays in [base.clone(), changed] {
        let (outcome, lost) = whole(File::Valid(base.clone()), File::Valid(stays.clone()), File::Missing);
        assert_eq!(outcome, Outcome::OursBytes);
        assert_eq!(lost, [("*".to_owned(), json!(print(&stays)), Value::Null)]);
    }
    let (outcome, lost) = whole(File::Valid(base.clone()), File::Missing, File::Invalid);
    assert_eq!(
        (outcome, lost),
        (Outcome::TheirsBytes, vec![("*".to_owned(), blob(0xb), Value::Null)])
    );
    let (outcome, lost) = whole(File::Missing, File::Valid(base.clone()), File::Missing);
    assert_eq!((outcome, lost), (Outcome::OursBytes, vec![]), "a new one");
    let (_, lost) = whole(File::Valid(base), File::Missing, File::Missing);
    assert_eq!(lost, [], "nothing stays of what both removed");
}

#[test]
fn what_is_not_valid_gives_way() {
    let (base, changed) = (task("", ""), task("title: New", ""));
    let valid = || File::Valid(changed.clone());
    let (outcome, lost) = whole(File::Valid(base), valid(), File::Invalid);
    assert_eq!(outcome, Outcome::OursBytes);
    assert_eq!(lost, [("*".to_owned(), json!(print(&changed)), blob(0xb))]);
    let (outcome, lost) = whole(File::Missing, File::Invalid, File::Invalid);
    assert_eq!(
        (outcome, lost),
        (Outcome::TheirsBytes, vec![("*".to_owned(), blob(0xb), blob(0xf))])
    );
    // A newer one is no worse than ours: the later stands.
    let (outcome, _) = whole(File::Missing, valid(), File::Newer);
    assert_eq!(outcome, Outcome::TheirsBytes);
    let (outcome, lost) = whole(File::Missing, File::Newer, valid());
    assert_eq!((outcome, &lost[0].2), (Outcome::TheirsBytes, &blob(0xf)));
    let (outcome, _) = whole(File::Missing, File::Newer, File::Invalid);
    assert_eq!(outcome, Outcome::OursBytes);
    // A base that is not valid is empty.
    let (outcome, lost) = whole(File::Invalid, File::Valid(task("pr_number: 1", "")), valid());
    let Outcome::Record(record) = outcome else { panic!() };
    assert_eq!(record.to_json()["pr_number"], 1);
    assert_eq!(lost, [("title".to_owned(), json!("New"), json!("Cache"))]);
}

#[test]
fn what_would_not_be_valid_is_not_written() {
    let labels = |from: u8| {
        let labels: Vec<_> = (from..from + 18).map(|n| format!("l{n}")).collect();
        task(&format!("labels: [{}]", labels.join(", ")), "")
    };
    let (ours, theirs) = (labels(10), labels(20));
    let (outcome, lost) = whole(
        File::Valid(task("", "")),
        File::Valid(ours.clone()),
        File::Valid(theirs),
    );
    assert_eq!(outcome, Outcome::TheirsBytes);
    assert_eq!((lost.len(), &lost[0].2), (1, &json!(print(&ours))));
}

#[test]
fn a_conflict_is_named_by_what_collided() {
    let stamp = |time, digit| Stamp {
        time,
        commit: hash(digit),
    };
    let on: RecordId = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60".parse().expect("an id");
    let held = |text: &str| Held::Value(json!(text), Some(hash(9)));
    let collision = |kept: (Held, Stamp), other: (Held, Stamp)| {
        let (field, base) = ("title".to_owned(), Held::Absent);
        Collision {
            on,
            field,
            base,
            kept,
            other,
        }
        .record()
    };
    let (path, record) = collision((held("a"), stamp(1, 1)), (held("b"), stamp(2, 2)));
    let (other_way, _) = collision((held("b"), stamp(2, 2)), (held("a"), stamp(1, 1)));
    assert_eq!(path, other_way);
    assert_eq!(
        path.to_string(),
        format!(".tracking/conflicts/3f/{on}/90e95ca4e220be6fe44ef5694654d3ec11b5582c4bc0b6d83dca8118a468b203.md"),
        "names are part of the format"
    );
    assert!(parse(print(&record).as_bytes(), Some(&path)).is_ok());
    // The page of the format has one too.
    let of = |text: &str, commit: &str| {
        let commit = commit.parse().expect("a commit");
        (held(text), Stamp { time: 1, commit })
    };
    let kept = of(
        "Cache the vendor status query",
        "b2c3d4e5f60718293a4b5c6d7e8f9012345678a1",
    );
    let other = of(
        "Make the vendor status query fast",
        "c3d4e5f60718293a4b5c6d7e8f9012345678a1b2",
    );
    let (field, base) = ("title".to_owned(), held("Cache the query"));
    let example = Collision {
        on,
        field,
        base,
        kept,
        other,
    };
    let page = include_str!("../../docs/format.md");
    assert!(page.contains(&format!("`{}`", example.record().0)));
    // Whatever is long, or could be taken for a blob id, is given as one.
    for value in [json!("x".repeat(65 * 1024)), json!({ "blob": "x" })] {
        let (_, record) = collision(
            (Held::Value(value, Some(hash(9))), stamp(1, 1)),
            (held("b"), stamp(2, 2)),
        );
        assert_eq!(conflict(&record).kept.as_ref().map(|kept| &kept.0), Some(&blob(9)));
    }
    // So is what would nest too deep, or make a file of over 1 MiB.
    let deep = (0..31).fold(json!(1), |value, _| json!([value]));
    let wide = (0..25).fold(json!(vec![1; 30_000]), |value, _| json!([value]));
    for value in [json!({ "deep": deep }), wide] {
        let (path, record) = collision(
            (Held::Value(value, Some(hash(9))), stamp(1, 1)),
            (held("b"), stamp(2, 2)),
        );
        assert!(parse(print(&record).as_bytes(), Some(&path)).is_ok());
        assert_eq!(conflict(&record).kept.as_ref().map(|kept| &kept.0), Some(&blob(9)));
    }
}

#[test]
fn a_record_without_an_id_is_named_by_its_path() {
    let link = |branch: &str| {
        let fields = "work_item: 3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\ncommit: a1b2c3d4e5f60718293a4b5c6d7e8f9012345678\n\
                      linked_at: 2025-10-10T16:20:00Z\nlinked_by: ada\n";
        read(Kind::CommitLink, fields, &format!("branch_name: {branch}"), "")
    };
    let (ours, theirs) = (Version::new(&link("a"), 1, 1), Version::new(&link("b"), 1, 2));
    let path = path(&link("a"));
    let merge = merged(&path, &Version::of(File::Missing, 0, 0), &ours, &theirs);
    assert_eq!(conflict(&merge.conflicts[0].1).on, RecordId::of_path(&path.to_string()));
}

#[test]
fn names_and_edges_are_recorded_alike_everywhere() {
    let stamp = |time| Stamp { time, commit: hash(1) };
    let id = |digit: u8| RecordId::random([digit; 16]);
    let check = |(path, record): &(RecordPath, Record)| {
        assert!(parse(print(record).as_bytes(), Some(path)).is_ok());
    };
    let one = clash("name", "ADP", (id(1), stamp(1)), (id(2), stamp(2)));
    assert_eq!(one, clash("name", "ADP", (id(2), stamp(2)), (id(1), stamp(1))));
    assert_eq!(conflict(&one.1).on, id(2));
    check(&one);
    let edge = Edge::Parent {
        child: id(1),
        parent: id(2),
        before: Some(id(3)),
    };
    for (restored, kept) in [(true, Some(json!(id(3).to_string()))), (false, None)] {
        let record = dropped(&Dropped { edge, restored }, &stamp(1));
        check(&record);
        let conflict = conflict(&record.1);
        assert_eq!((conflict.on, conflict.kept.clone().map(|kept| kept.0)), (id(1), kept));
    }
}
