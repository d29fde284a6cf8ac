//! git-bug.

use git_docket::exchange::git_bug::{BUGS, Commit, IDENTITIES, Reader};
use git_docket::exchange::{Import, Kept};
use git_docket::record::work_item::Status;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::look::{any_value, checked, id, item, json_of, kept, note, record_of, unreadable};

const TIME: i64 = 1_761_991_200;

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An operation of a type, at a second, with more fields.
fn op(kind: u64, second: i64, more: Value) -> String {
    let mut op = json!({"type": kind, "timestamp": TIME + second, "nonce": "bm9uY2Ugbm9uY2Ugbm9uY2Ugbm9u"});
    op.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    op.to_string()
}

fn create(title: &str, text: &str) -> String {
    op(1, 0, json!({"title": title, "message": text, "files": null}))
}

fn comment(second: i64, text: &str) -> String {
    op(3, second, json!({"message": text, "files": null}))
}

fn commit(name: &str, parents: &[&str], clock: u64, author: &str, operations: &[String]) -> Commit {
    Commit {
        id: name.to_owned(),
        parents: parents.iter().map(|parent| (*parent).to_owned()).collect(),
        names: vec![format!("edit-clock-{clock}"), "ops".to_owned(), "version-4".to_owned()],
        operations: Some(format!(r#"{{"author":{{"id":"{author}"}},"ops":[{}]}}"#, operations.join(",")).into_bytes()),
    }
}

/// A bug whose operations are all in one commit.
fn bug(operations: &[String]) -> Vec<Commit> {
    vec![commit("aaaaaaaaaa", &[], 1, "ana", operations)]
}

fn reader() -> Reader {
    let mut reader = Reader::default();
    let ana = br#"{"version":2,"name":"Ana","login":"ana1","email":"","avatar_url":"https://example.com/a.png"}"#;
    reader.add_person(&format!("{IDENTITIES}ana"), ana);
    reader.add_person(&format!("{IDENTITIES}ben"), br#"{"version":2,"login":"ben"}"#);
    reader
}

fn read(bugs: &[Vec<Commit>]) -> Import {
    let mut reader = reader();
    for (number, commits) in bugs.iter().enumerate() {
        reader.add_bug(&format!("{BUGS}{number}"), commits);
    }
    checked(reader.finish())
}

fn first(import: &Import) -> &str {
    &import.records[0].original
}

#[test]
fn a_bug_is_what_its_operations_made_of_it() {
    let created = op(
        1,
        0,
        json!({"metadata": {"github-url": "https://example.com/1", "github-id": "I_1", "url": "none"},
            "title": "Kettle", "message": "Leaks.", "files": ["e69de29b"]}),
    );
    let which = comment(3, "Which ketle?");
    let import = read(&[vec![
        commit(
            "c",
            &["b"],
            3,
            "ana",
            &[
                op(
                    6,
                    6,
                    json!({"target": hash(&which), "message": "Which kettle?", "files": ["f00"]}),
                ),
                op(
                    6,
                    6,
                    json!({"target": hash(&created), "message": "It leaks.", "files": null}),
                ),
                op(4, 7, json!({"status": 2})),
                op(7, 8, json!({})),
                op(
                    8,
                    9,
                    json!({"target": hash(&created), "new_metadata": {"github-id": "I_2", "more": "x"}}),
                ),
            ],
        ),
        commit(
            "b",
            &["a"],
            2,
            "ben",
            &[which.clone(), op(5, 4, json!({"added": null, "removed": ["urgent"]}))],
        ),
        commit(
            "a",
            &[],
            1,
            "ana",
            &[
                created.clone(),
                op(2, 1, json!({"title": "The kettle leaks", "was": "Kettle"})),
                op(5, 2, json!({"added": ["urgent", "kitchen", "home"], "removed": null})),
            ],
        ),
    ]]);
    let bug = hash(&created);
    assert_eq!(
        json_of(&import, &bug),
        json!({
            "id": id(&import, &bug).to_string(), "item_type": "task", "title": "The kettle leaks",
            "status": "completed", "labels": ["home", "kitchen"], "aliases": [&bug[..7], bug],
            "external": ["https://example.com/1"], "created_at": "2025-11-01T10:00:00Z", "created_by": "Ana",
            "origin": {"system": "git-bug", "id": bug, "status": "closed", "updated_at": "2025-11-01T10:00:07Z",
                "updated_by": "Ana", "closed_at": "2025-11-01T10:00:07Z"},
            "metadata": {"github-id": "I_1", "url": "none", "more": "x", "comment_files": {hash(&which): ["f00"]}},
        })
    );
    assert_eq!(record_of(&import, &bug).body, "It leaks.");
    let name = format!("{bug}#{}", hash(&which));
    assert_eq!(record_of(&import, &name).body, "Which kettle?");
    let note = note(&import, &name);
    assert_eq!(note.created_by.as_ref().unwrap().as_str(), "ben");
    assert_eq!(note.created_at.unwrap().to_string(), "2025-11-01T10:00:03Z");
    let short = &bug[..7];
    assert_eq!(kept(&import, short, "title"), [Kept::Nowhere]);
    assert_eq!(kept(&import, short, "labels"), [Kept::Nowhere]);
    assert_eq!(
        kept(&import, short, "comments.edits"),
        [Kept::Nowhere],
        "one loss for two"
    );
    assert_eq!(kept(&import, short, "comments.files"), [Kept::Metadata]);
    assert_eq!(kept(&import, "identity ana", "identity.login"), [Kept::Nowhere]);
}

#[test]
fn operations_are_ordered_by_clocks_and_hashes() {
    let created = create("T", "");
    let (one, other) = (comment(1, "one"), comment(2, "other"));
    let a = commit("a", &[], 5, "ana", std::slice::from_ref(&created));
    let b = commit("b", &["a"], 7, "ana", &[one, op(4, 3, json!({"status": 2}))]);
    let c = commit("c", &["a"], 7, "ben", &[other, op(4, 4, json!({"status": 1}))]);
    let mut merge = commit("d", &["b", "c"], 9, "ana", &[]);
    merge.operations = Some(br#"{"author":{"id":"ana"},"ops":null}"#.to_vec());
    let hash_of = |commit: &Commit| hash(std::str::from_utf8(commit.operations.as_deref().unwrap()).unwrap());
    let closed_last = hash_of(&b) > hash_of(&c);
    let import = read(&[vec![merge.clone(), b.clone(), c.clone(), a.clone()]]);
    let expected = if closed_last {
        Status::Completed
    } else {
        Status::Pending
    };
    assert_eq!(item(&import, &hash(&created)).status, expected);
    assert_eq!(read(&[vec![a, c, b, merge]]).records, import.records, "in any order");
    let later = commit("c", &["a"], 8, "ben", &[op(4, 4, json!({"status": 1}))]);
    let a = commit("a", &[], 5, "ana", &[created.clone(), op(4, 1, json!({"status": 2}))]);
    let import = read(&[vec![later, a]]);
    assert_eq!(
        (item(&import, &hash(&created)).status, import.losses.len()),
        (Status::Pending, 4)
    );
}

#[test]
fn what_is_open_again_was_not_closed() {
    let status = |second, status| op(4, second, json!({"status": status}));
    let import = read(&[bug(&[
        create("T", ""),
        status(1, 2),
        status(2, 1),
        status(3, 2),
        status(4, 2),
    ])]);
    let origin = &json_of(&import, first(&import))["origin"];
    assert_eq!(
        origin["closed_at"], "2025-11-01T10:00:03Z",
        "what is closed already is not closed again"
    );
    assert_eq!(kept(&import, &first(&import)[..7], "status"), [Kept::Nowhere]);
}

#[test]
fn a_bad_bug_stops_nothing() {
    let created = create("T", "x");
    let with = |change: &dyn Fn(&mut Commit)| {
        let mut commits = bug(std::slice::from_ref(&created));
        change(&mut commits[0]);
        commits
    };
    let ops = |text: &str| {
        let text = text.to_owned();
        with(&move |commit| commit.operations = Some(text.clone().into_bytes()))
    };
    let version = |name: &'static str| with(&move |commit| commit.names[2] = name.to_owned());
    let two = |commits: [Commit; 2]| commits.to_vec();
    let a = || commit("a", &[], 5, "ana", std::slice::from_ref(&created));
    let bugs = [
        Vec::new(),
        version("version-3"),
        version("version-5"),
        version("version-x"),
        with(&|commit| commit.names.truncate(1)),
        with(&|commit| commit.names.remove(0).clear()),
        with(&|commit| commit.operations = None),
        ops(r#"{"author":{"id":"ana"},"ops":[{"type":1,]}"#),
        ops(r#"{"author":{},"ops":[]}"#),
        ops(r#"{"author":{"id":"ana"},"ops":[]}"#),
        ops(r#"{"author":{"id":"ana"},"ops":[{"type":1,"timestamp":"x"}]}"#),
        ops(r#"{"author":{"id":"ana"},"ops":[{"type":1,"timestamp":1,"title":[]}]}"#),
        ops(r#"{"author":{"id":"ana"},"ops":[],"ops":[]}"#),
        ops("[]"),
        with(&|commit| commit.operations = Some(b"\xff".to_vec())),
        bug(&[comment(1, "x")]),
        bug(&[created.clone(), create("U", "")]),
        bug(&[created.clone(), op(4, 1, json!({"status": 3}))]),
        bug(&[create(" \u{0}", "")]),
        two([a(), commit("b", &[], 6, "ana", &[])]),
        two([a(), commit("b", &["a"], 5, "ana", &[])]),
        two([a(), commit("b", &["gone"], 6, "ana", &[])]),
        two([a(), commit("b", &["a", "a"], 6, "ana", &[comment(1, "x")])]),
        bug(std::slice::from_ref(&created)),
        bug(std::slice::from_ref(&created)),
    ];
    let import = read(&bugs);
    assert_eq!(import.records.len(), 1, "the last but one");
    let reasons: Vec<_> = unreadable(&import)
        .into_iter()
        .map(|(place, reason)| format!("{place}: {reason}"))
        .collect();
    insta::assert_snapshot!(reasons.join("\n"));
}

#[test]
fn odd_values_are_made_to_fit() {
    let long = "word ".repeat(80).trim_end().to_owned();
    let created = op(
        1,
        0,
        json!({"title": long, "message": "a\r\nb\u{0}", "metadata": {"estimated_hours": "two", "big-url": "https://x y"}}),
    );
    let labels: Vec<_> = (0..25)
        .map(|n| format!("label {n:02}"))
        .chain(["l".repeat(60)])
        .collect();
    let mut commits = bug(&[
        created.clone(),
        op(5, 1, json!({"added": labels, "removed": []})),
        comment(2, " "),
        op(3, i64::MAX - TIME, json!({"message": "late"})),
        op(6, 3, json!({"target": "nothing", "message": "lost"})),
        op(9, 4, json!({})),
        op(8, 5, json!({"target": "nothing", "new_metadata": {"a": "b"}})),
    ]);
    commits.push(commit(
        "b",
        &["aaaaaaaaaa"],
        2,
        "nobody",
        &[comment(6, &"A line.\n".repeat(2000))],
    ));
    let import = read(&[commits]);
    let bug = hash(&created);
    let fields = json_of(&import, &bug);
    assert_eq!(fields["labels"].as_array().map(Vec::len), Some(20));
    assert_eq!(fields["metadata"]["unknown_authors"], json!(["nobody"]));
    assert_eq!(fields["metadata"]["git_bug_estimated_hours_1"], "two");
    assert_eq!(fields["metadata"]["big-url"], "https://x y");
    assert_eq!(fields["origin"].get("updated_by"), None);
    assert!(record_of(&import, &bug).body.starts_with(&long));
    let short = &bug[..7];
    assert_eq!(kept(&import, short, "comments"), [Kept::Nowhere]);
    assert_eq!(kept(&import, short, "comments.created_at"), [Kept::Nowhere]);
    assert_eq!(kept(&import, short, "comments.edits"), [Kept::Nowhere]);
    assert_eq!(kept(&import, short, "comments.text"), [Kept::Body]);
    assert_eq!(kept(&import, short, "operations.type 9"), [Kept::Nowhere]);
    assert_eq!(kept(&import, short, "operations.metadata"), [Kept::Nowhere]);
    assert_eq!(kept(&import, short, "author"), [Kept::Metadata]);
}

#[test]
fn people_without_a_name_are_named() {
    let mut reader = reader();
    for version in [&b"{}"[..], b"[]", b"\xff", br#"{"name":"\u0000"}"#] {
        reader.add_person(&format!("{IDENTITIES}x"), version);
    }
    reader.add_bug(BUGS, &bug(&[create("T", "")]));
    let import = checked(reader.finish());
    let reasons: Vec<_> = unreadable(&import).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(
        reasons,
        [
            "has neither a name nor a login",
            "is not an identity",
            "is not JSON: expected value at column 1",
            "has neither a name nor a login"
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_operations_become_a_sound_record_or_a_reason(
        kinds in prop::collection::vec((0_u64..10, -5_i64..i64::MAX / 2, prop::collection::hash_map(
            prop::sample::select(vec!["title", "message", "files", "added", "removed", "status", "metadata", "target"]),
            any_value(), 0..3)), 0..6),
        title in any::<String>(),
        text in any::<String>(),
        labels in prop::collection::vec(any::<String>(), 0..4),
    ) {
        let sound = vec![create(&format!("t{title}"), &text), op(5, 1, json!({"added": labels})), comment(2, &text)];
        let import = read(&[bug(&sound)]);
        prop_assert_eq!(import.unreadable.len(), 0);
        let odd = kinds.into_iter().map(|(kind, second, more)| op(kind, second, serde_json::to_value(more).unwrap()));
        let import = read(&[bug(&sound.into_iter().chain(odd).collect::<Vec<_>>())]);
        prop_assert_eq!(import.unreadable.len() + usize::from(!import.records.is_empty()), 1);
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut commits = bug(&[]);
        commits[0].operations = Some(bytes.clone());
        let mut reader = reader();
        reader.add_person(IDENTITIES, &bytes);
        reader.add_bug(BUGS, &commits);
        checked(reader.finish());
    }
}
