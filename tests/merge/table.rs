//! The table of merging by field, row by row.

use git_docket::record::merge::{Merged, Outcome};
use git_docket::record::{Kind, Record, parse};
use serde_json::{Value, json};

use crate::world::{Version, bytes, conflict, merged, path};

const TASK: &str = "id: 3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\nitem_type: task\ntitle: Cache\nstatus: pending\n\
                    labels: [a, b]\ncreated_at: 2025-10-10T14:30:00Z\ncreated_by: ada\n";
const VENDOR: &str = "id: 80a1f635-e1a4-5caa-ad24-70ccc2ac03aa\nname: ADP\nstatus: operational\n\
                      created_at: 2025-10-10T14:30:00Z\ncreated_by: ada\n";

/// A record of these fields, of which later ones replace earlier ones.
pub(crate) fn read(kind: Kind, fields: &str, more: &str, body: &str) -> Record {
    let key = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let replaced: Vec<String> = more.lines().map(key).collect();
    let kept = fields.lines().filter(|line| !replaced.contains(&key(line)));
    let lines: String = kept.chain(more.lines()).map(|line| format!("{line}\n")).collect();
    let file = format!("---\nschema: {}\n{lines}---\n\n{body}\n", kind.schema());
    let parsed = parse(file.as_bytes(), None).unwrap_or_else(|errors| panic!("{errors:?}\n{file}"));
    parsed.record
}

pub(crate) fn task(more: &str, body: &str) -> Record {
    read(Kind::WorkItem, TASK, more, body)
}

fn vendor(more: &str) -> Record {
    read(Kind::Vendor, VENDOR, more, "")
}

/// Merges; theirs is later and so wins. Both orders give the same.
pub(crate) fn three(base: &Record, ours: &Record, theirs: &Record) -> (Value, Vec<(String, Value, Value)>) {
    let (base, ours, theirs) = (
        Version::new(base, 0, 0),
        Version::new(ours, 1, 0xf),
        Version::new(theirs, 2, 0xb),
    );
    let path = match &theirs.file {
        crate::world::File::Valid(record) => path(record),
        _ => unreachable!("a valid side"),
    };
    let merge = merged(&path, &base, &ours, &theirs);
    let swapped = merged(&path, &base, &theirs, &ours);
    assert_eq!(bytes(&merge, &ours, &theirs), bytes(&swapped, &theirs, &ours));
    (result(&merge), conflicts(&merge))
}

fn result(merge: &Merged) -> Value {
    let Outcome::Record(record) = &merge.outcome else {
        panic!("{merge:?}")
    };
    let mut fields = record.to_json();
    fields.insert("body".to_owned(), record.body.as_str().into());
    Value::Object(fields)
}

/// Field, kept, other; null where there is none.
pub(crate) fn conflicts(merge: &Merged) -> Vec<(String, Value, Value)> {
    let told = |(_, record): &(_, Record)| {
        let conflict = conflict(record);
        let value = |value: &Option<git_docket::record::value::Anything>| value.clone().map_or(Value::Null, |v| v.0);
        (
            conflict.field.to_string(),
            value(&conflict.kept),
            value(&conflict.other),
        )
    };
    let mut told: Vec<_> = merge.conflicts.iter().map(told).collect();
    told.sort_by_key(|(field, ..)| field.clone());
    told
}

fn no_conflicts() -> Vec<(String, Value, Value)> {
    Vec::new()
}

#[test]
fn scalars() {
    let base = task("", "");
    let (merged, lost) = three(&base, &task("title: Ours", ""), &task("priority: high", ""));
    assert_eq!(
        (&merged["title"], &merged["priority"]),
        (&json!("Ours"), &json!("high"))
    );
    assert_eq!(lost, no_conflicts());
    let (merged, lost) = three(&base, &task("title: Same", ""), &task("title: Same", ""));
    assert_eq!((&merged["title"], lost), (&json!("Same"), no_conflicts()));
    let (merged, lost) = three(&base, &task("title: Ours", ""), &task("title: Theirs", ""));
    assert_eq!(merged["title"], "Theirs");
    assert_eq!(lost, [("title".to_owned(), json!("Theirs"), json!("Ours"))]);
    // Gone from one side and changed on the other.
    let base = task("assignee: ada\npr_number: 1", "");
    let (merged, lost) = three(
        &base,
        &task("assignee: ada\npr_number: 2", ""),
        &task("assignee: ada", ""),
    );
    assert_eq!(merged.get("pr_number"), None);
    assert_eq!(lost, [("pr_number".to_owned(), Value::Null, json!(2))]);
}

#[test]
fn the_winner_is_the_later_one_then_the_larger_commit() {
    let (base, one, two) = (task("", ""), task("title: One", ""), task("title: Two", ""));
    for (times, digits, title) in [
        ((5, 4), (1, 2), "One"),
        ((4, 5), (2, 1), "Two"),
        ((5, 5), (1, 2), "Two"),
        ((5, 5), (2, 1), "One"),
    ] {
        let (one, two) = (
            Version::new(&one, times.0, digits.0),
            Version::new(&two, times.1, digits.1),
        );
        let merge = merged(&path(&base), &Version::new(&base, 0, 0), &one, &two);
        assert_eq!(result(&merge)["title"], title);
        let recorded = conflict(&merge.conflicts[0].1);
        let kept = if title == "One" { one.blob() } else { two.blob() };
        assert_eq!(recorded.kept_commit, kept);
        assert_eq!(recorded.base.as_ref().map(|value| &value.0), Some(&json!("Cache")));
    }
}

#[test]
fn groups_move_as_one() {
    let base = task("", "");
    let blocked = "status: blocked\nmetadata: {blocked_reason: no key, estimated_hours: 3}";
    let (merged, lost) = three(&base, &task(blocked, ""), &task("status: active", ""));
    assert_eq!(merged["status"], "active");
    assert_eq!(merged["metadata"], json!({"estimated_hours": 3}));
    let ours = json!({"status": "blocked", "metadata.blocked_reason": "no key"});
    assert_eq!(lost, [("status".to_owned(), json!({"status": "active"}), ours)]);

    let claim = |who: &str| format!("assignee: {who}\nclaim: {{by: {who}, at: 2025-10-10T15:00:00Z}}");
    let (merged, lost) = three(&base, &task(&claim("ada"), ""), &task(&claim("grace"), ""));
    assert_eq!(
        (&merged["assignee"], &merged["claim"]["by"]),
        (&json!("grace"), &json!("grace"))
    );
    assert_eq!(lost.len(), 1);
    assert_eq!(
        (lost[0].0.as_str(), &lost[0].2["claim"]["by"]),
        ("assignee", &json!("ada"))
    );

    let results = |passing| format!("test_results: {{passing: {passing}, total: 45}}");
    let (merged, lost) = three(&vendor(""), &vendor(&results(1)), &vendor(&results(2)));
    assert_eq!(
        (&merged["test_results"]["passing"], lost[0].0.as_str()),
        (&json!(2), "test_results")
    );

    let session = |inner: &str| {
        let metadata =
            format!("{{token_budget: 5000, prompts_count: 0, yaml_frontmatter: {{schema_version: 1{inner}}}}}");
        task(&format!("item_type: session\nmetadata: {metadata}"), "")
    };
    let (merged, lost) = three(&session(""), &session(", a: 1"), &session(", b: 2"));
    assert_eq!(
        merged["metadata"]["yaml_frontmatter"],
        json!({"schema_version": 1, "b": 2})
    );
    assert_eq!(lost[0].0, "metadata.yaml_frontmatter");
}

#[test]
fn sets() {
    let id = |digit: &str| format!("{0}{0}{0}{0}-0000-4000-8000-000000000000", digit.repeat(2));
    let base = task(&format!("links: {{relates-to: [{}]}}", id("a")), "");
    let ours = task(
        &format!("labels: [a, z, c]\nlinks: {{relates-to: [{}, {}]}}", id("a"), id("b")),
        "",
    );
    let theirs = task("labels: [x, b, a, c]\naliases: [bd-1]", "");
    let (merged, lost) = three(&base, &ours, &theirs);
    assert_eq!(merged["labels"], json!(["a", "c", "x", "z"]));
    assert_eq!(merged["links"], json!({"relates-to": [id("b")]}));
    assert_eq!(merged["aliases"], json!(["bd-1"]));
    assert_eq!(lost, no_conflicts());
    let (merged, _) = three(&task("", ""), &task("labels: [a]", ""), &task("labels: [b]", ""));
    assert_eq!(merged.get("labels"), None);
}

#[test]
fn maps() {
    let base = task("metadata: {a: {x: 1, y: 1}, k: 1}\nodd: {p: 1}", "");
    let ours = task("metadata: {a: {x: 2, y: 1}, k: 1, ours: 1}\nodd: {p: 1, q: 2}", "");
    let theirs = task("metadata: {a: {x: 3, y: 2}, theirs: 1}\nodd: {p: 3}", "");
    let (merged, lost) = three(&base, &ours, &theirs);
    assert_eq!(
        merged["metadata"],
        json!({"a": {"x": 3, "y": 2}, "ours": 1, "theirs": 1})
    );
    assert_eq!(merged["odd"], json!({"p": 3, "q": 2}));
    assert_eq!(lost, [("metadata.a.x".to_owned(), json!(3), json!(2))]);

    let formats = |text: &str| vendor(&format!("format_support: {{{text}}}"));
    let (merged, lost) = three(
        &formats("csv: true"),
        &formats("csv: false"),
        &formats("csv: true, pdf: true"),
    );
    assert_eq!(
        (&merged["format_support"], lost),
        (&json!({"csv": false, "pdf": true}), no_conflicts())
    );
}

#[test]
fn what_was_put_away_while_somebody_worked_on_it_is_live() {
    let base = task("", "text");
    let gone = |field: &str, day: u8| task(&format!("{field}: 2025-11-{day:02}T00:00:00Z"), "text");
    for field in ["deleted_at", "archived_at"] {
        for live in [
            task("title: New", "text"),
            task("status: active", "text"),
            task("parent_id: 987e6543-e21b-42d3-a456-426614174000", "text"),
            task("", "more"),
        ] {
            let (merged, lost) = three(&base, &gone(field, 1), &live);
            assert_eq!(merged.get(field), None);
            assert_eq!(lost, [(field.to_owned(), Value::Null, json!("2025-11-01T00:00:00Z"))]);
        }
        for other in [
            task("labels: [z]", "text"),
            task("aliases: [x]", "text"),
            task("pr_number: 3", "text"),
        ] {
            let (merged, lost) = three(&base, &gone(field, 1), &other);
            assert_eq!((&merged[field], lost), (&json!("2025-11-01T00:00:00Z"), no_conflicts()));
        }
        let (merged, lost) = three(&base, &gone(field, 2), &gone(field, 1));
        assert_eq!((&merged[field], lost), (&json!("2025-11-01T00:00:00Z"), no_conflicts()));
        let (merged, lost) = three(&gone(field, 1), &base, &gone(field, 1));
        assert_eq!((merged.get(field), lost), (None, no_conflicts()), "taken back");
    }
}

#[test]
fn bodies_are_merged_by_line() {
    let base = task("", "one\ntwo\nthree");
    let (merged, lost) = three(&base, &task("", "ONE\ntwo\nthree"), &task("", "one\ntwo\nthree\nfour"));
    assert_eq!(
        (&merged["body"], lost),
        (&json!("ONE\ntwo\nthree\nfour"), no_conflicts())
    );
    let (merged, lost) = three(&base, &task("", "1\ntwo\nTHREE"), &task("", "uno\ntwo\nthree"));
    assert_eq!(merged["body"], "uno\ntwo\nthree");
    assert_eq!(
        lost,
        [("body".to_owned(), json!("uno\ntwo\nthree"), json!("1\ntwo\nTHREE"))]
    );
}
