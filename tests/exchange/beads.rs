//! Beads.

use git_docket::exchange::{Import, Kept, beads};
use git_docket::record::RecordId;
use git_docket::record::work_item::{ItemType, Priority, Status};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::look::{any_value, checked, fixtures, id, item, json_of, kept, links, lost, note, record_of, unreadable};

fn beads_fixture() -> Import {
    checked(beads::read(&std::fs::read(fixtures().join("beads.jsonl")).unwrap()))
}

/// Reads issues given as JSON, one a line.
fn issues(issues: &[Value]) -> Import {
    let lines: Vec<_> = issues.iter().map(Value::to_string).collect();
    checked(beads::read(lines.join("\n").as_bytes()))
}

fn issue(id: &str, more: Value) -> Value {
    let mut issue =
        json!({"id": id, "title": format!("Title of {id}"), "status": "open", "created_at": "2025-11-01T10:00:00Z"});
    let more = more.as_object().cloned().unwrap_or_default();
    issue.as_object_mut().unwrap().extend(more);
    issue
}

fn edge(from: &str, to: &str, kind: &str) -> Value {
    json!({"issue_id": from, "depends_on_id": to, "type": kind})
}

#[test]
fn beads_words_become_ours() {
    let import = beads_fixture();
    assert_eq!(unreadable(&import), []);
    for (original, item_type, status, priority) in [
        ("tea-1", ItemType::Project, Status::Pending, Priority::High),
        ("tea-1.1", ItemType::Task, Status::Completed, Priority::Low),
        ("tea-1.2", ItemType::Task, Status::Active, Priority::High),
        ("tea-2", ItemType::Project, Status::Active, Priority::Medium),
        ("tea-3", ItemType::Research, Status::Pending, Priority::Low),
        ("tea-4", ItemType::Task, Status::Cancelled, Priority::Medium),
        ("tea-6", ItemType::Task, Status::Blocked, Priority::Medium),
    ] {
        let item = item(&import, original);
        assert_eq!(
            (item.item_type, item.status, item.priority),
            (item_type, status, priority),
            "{original}"
        );
        assert_eq!(
            (item.id, item.aliases.iter().next().unwrap().as_str()),
            (id(&import, original), original)
        );
    }
    let origin = |original| json_of(&import, original)["origin"].clone();
    assert_eq!(
        origin("tea-1.1"),
        json!({"system": "beads", "id": "tea-1.1", "status": "closed", "priority": "3",
            "updated_at": "2025-11-02T10:00:00Z", "closed_at": "2025-11-02T21:00:00Z"})
    );
    assert_eq!(
        (&origin("tea-4")["type"], &origin("tea-3")["type"]),
        (&json!("bug"), &json!("spike"))
    );
    assert_eq!(origin("tea-6").get("status"), None, "the same word is not repeated");
}

#[test]
fn beads_fields_have_a_place() {
    let import = beads_fixture();
    let one = json_of(&import, "tea-1");
    assert_eq!(
        (&one["created_at"], &one["created_by"]),
        (&json!("2025-11-02T17:30:00.123Z"), &json!("ana"))
    );
    assert_eq!(
        one["metadata"],
        json!({"owner": "tea@example.com"}),
        "no description is made up"
    );
    assert_eq!(kept(&import, "tea-1", "owner"), [Kept::Metadata]);
    let two = json_of(&import, "tea-1.1");
    assert_eq!(
        (&two["labels"], &two["assignee"]),
        (&json!(["shop", "kitchen"]), &json!("ben"))
    );
    let drink = json_of(&import, "tea-2");
    assert_eq!(drink["external"], json!(["https://example.com/tea"]));
    assert_eq!(
        drink["metadata"],
        json!({"ephemeral": true, "timeout": 1_800_000_000_000_u64})
    );
    assert_eq!(json_of(&import, "tea-3")["metadata"]["external_ref"], "gh-17");
    let milk = json_of(&import, "tea-6");
    assert_eq!(
        milk["metadata"]["colour"],
        json!({"milk": ["white", 1, 2.5, true, null]})
    );
    assert_eq!(
        record_of(&import, "tea-1.2").body,
        "Water, hot.\n\n## Design\n\nUse the kettle.\n\n## Acceptance criteria\n\n- [ ] it boils\n- [x] nobody is hurt\n\n## Notes\n\nCareful."
    );
    assert_eq!(kept(&import, "tea-1.2", "design"), [Kept::Body]);
}

#[test]
fn beads_tombstones_are_deleted() {
    let import = beads_fixture();
    let cups = json_of(&import, "tea-4");
    assert_eq!(cups["deleted_at"], "2025-11-05T00:00:00Z");
    assert_eq!(
        cups["metadata"],
        json!({"issue_type": "task", "deleted_by": "ana", "delete_reason": "broken"})
    );
    assert_eq!(json_of(&import, "tea-5")["deleted_at"], "2025-11-02T10:00:00Z");
    assert_eq!(kept(&import, "tea-5", "deleted_at"), [Kept::Field]);
    let timeless = issues(&[json!({"id": "a", "title": "A", "status": "tombstone"})]);
    assert_eq!(
        (item(&timeless, "a").deleted_at, kept(&timeless, "a", "deleted_at")),
        (None, vec![Kept::Nowhere])
    );
    let alive = issues(&[issue(
        "a",
        json!({"status": "closed", "deleted_at": "2025-11-05T00:00:00Z"}),
    )]);
    assert_eq!(
        (item(&alive, "a").deleted_at, kept(&alive, "a", "deleted_at")),
        (None, vec![Kept::Metadata])
    );
}

#[test]
fn beads_dependencies_become_parents_dependencies_and_links() {
    let import = beads_fixture();
    let (kettle, boil) = (item(&import, "tea-1.1"), item(&import, "tea-1.2"));
    assert_eq!(
        (kettle.parent_id, boil.parent_id),
        (Some(id(&import, "tea-1")), Some(id(&import, "tea-1")))
    );
    assert_eq!(links(kettle, "child-of"), [id(&import, "tea-2")]);
    assert!(kept(&import, "tea-1.1", "dependencies").contains(&Kept::Link));
    assert_eq!(
        boil.depends_on.iter().copied().collect::<Vec<_>>(),
        [id(&import, "tea-1.1")]
    );
    assert_eq!(links(boil, "discovered-from"), [id(&import, "tea-3")]);
    assert_eq!(links(boil, "relates-to"), [id(&import, "tea-3")]);
    assert_eq!(links(boil, "caused-by"), [id(&import, "tea-2")]);
    assert_eq!(
        json_of(&import, "tea-1.2")["origin"]["unresolved"],
        json!({"depends-on": ["tea-9"]})
    );
    let dependencies = lost(&import, "tea-1.2", "dependencies");
    assert!(dependencies.contains(&(Kept::Unresolved, "names nothing that was imported")));
    assert!(dependencies.contains(&(Kept::Nowhere, "refers to itself")));
    assert_eq!(
        kept(&import, "tea-1.1", "dependencies.created_at"),
        [Kept::Nowhere],
        "one loss for two edges"
    );
}

#[test]
fn an_edge_belongs_to_the_issue_it_names() {
    let import = issues(&[
        issue(
            "a",
            json!({"dependencies": [edge("b", "a", "blocks"), edge("x", "a", "blocks"), 7]}),
        ),
        issue("b", json!({})),
    ]);
    assert!(item(&import, "a").depends_on.is_empty() && item(&import, "b").depends_on.contains(&id(&import, "a")));
    let reason = "begins at an issue that was not imported";
    assert!(lost(&import, "a", "dependencies").contains(&(Kept::Nowhere, reason)));
    assert_eq!(json_of(&import, "a")["metadata"]["dependencies"], json!([7]));
}

#[test]
fn comments_become_notes() {
    let import = beads_fixture();
    let first = note(&import, "tea-1.2#7");
    assert_eq!(first.on, id(&import, "tea-1.2"));
    let time = first.created_at.expect("a time");
    assert_eq!(first.id, RecordId::imported_comment(time, "beads", "tea-1.2", "7"));
    assert_eq!(first.origin.as_ref().unwrap().id.as_str(), "tea-1.2#7");
    assert_eq!(record_of(&import, "tea-1.2#7").body, "Is it hot?");

    let long = "A line of a long comment.\n".repeat(1000);
    let at = "2025-11-04T00:00:00Z";
    let import = issues(&[issue(
        "a",
        json!({"comments": [
            {"id": 7, "author": "x", "text": long, "created_at": at}, {"id": 7, "text": "again", "created_at": at},
            {"text": "no id, no time\u{0}"}, {"id": 9, "text": ""}, "odd",
        ]}),
    )]);
    let pieces: Vec<_> = ["a#7", "a#7.2", "a#7.3"]
        .iter()
        .map(|name| record_of(&import, name).body.as_str())
        .collect();
    assert_eq!(pieces.concat(), long);
    assert_eq!(record_of(&import, "a#7-2").body, "again");
    assert_eq!(record_of(&import, "a#n3").body, "no id, no time\u{fffd}");
    assert_eq!(note(&import, "a#n3").created_at, None, "no time is made up");
    assert_eq!(kept(&import, "a", "comments"), [Kept::Metadata]);
    assert_eq!(
        json_of(&import, "a")["metadata"]["comments"].as_array().map(Vec::len),
        Some(2)
    );
}

#[test]
fn bad_lines_stop_nothing() {
    let lines: Vec<&[u8]> = vec![
        b"\xef\xbb\xbf{\"id\":\"a\",\"title\":\"A\"}\r",
        b"not json",
        b"[1]",
        b"7",
        b"",
        b"{\"title\":\"no id\"}",
        b"{\"id\":\"no-title\",\"title\":\"  \"}",
        b"{\"id\":\"a\",\"title\":\"again\"}",
        b"{\"id\":\"b\",\"title\":\"\xff\"}",
        b"{\"id\":\"c\",\"title\":\"C\",\"title\":\"D\"}",
        b"{\"id\":\"line\\nbreak\",\"title\":\"E\"}",
        b"{\"id\":\"f\",\"title\":\"\\u0000\"}",
        b"{\"_type\":\"memory\",\"id\":\"g\",\"title\":\"G\"}",
        b"{\"id\":\"h\",\"title\":\"H\x00\"}",
        b"{\"id\":\"z\",\"title\":\"Z\"}",
    ];
    let import = checked(beads::read(&lines.join(&b'\n')));
    let names: Vec<_> = import.records.iter().map(|r| r.original.as_str()).collect();
    assert_eq!(names, ["a", "z"]);
    assert_eq!(
        unreadable(&import),
        [
            ("line 2", "is not JSON: expected ident at column 2"),
            ("line 3", "is a list, not an issue"),
            ("line 4", "is a single value, not an issue"),
            ("line 6", "has no id"),
            ("line 7", "has no title"),
            ("line 8", "its id stands in line 1 already"),
            ("line 9", "byte 20 is not UTF-8"),
            ("line 10", "the key `title` stands twice at column 34"),
            ("line 11", "its id has a line break"),
            ("line 12", "its title is blank"),
            ("line 13", "is a memory, not an issue"),
            (
                "line 14",
                "is not JSON: control character (\\u0000-\\u001F) found while parsing a string at column 21"
            ),
        ]
    );
    assert!(!import.is_all_unreadable());
    assert!(beads::read(b"").records.is_empty() && !beads::read(b"\n").is_all_unreadable());
    assert!(beads::read(b"\nnot json\n7").is_all_unreadable());
}

#[test]
fn odd_values_are_made_to_fit() {
    let long_title = "word ".repeat(80).trim_end().to_owned();
    let labels: Vec<_> = (0..25).map(|n| format!("label {n}")).chain(["l".repeat(60)]).collect();
    let deep = (0..60).fold(json!(1), |inner, _| json!([inner]));
    let import = issues(&[
        issue(
            "two words",
            json!({"title": "Two\nlines\u{7}", "description": "text\u{0}"}),
        ),
        issue("3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60", json!({"title": long_title})),
        issue(
            "c",
            json!({"labels": labels, "created_at": "yesterday", "assignee": "a\tb", "priority": "P1", "status": 7}),
        ),
        issue(
            "d",
            json!({"labels": ["e\u{301}", "\u{e9}", 5, "", "\n"], "deep": deep, "big": u64::MAX, "": 1, "a\nb": 2,
            "estimated_hours": -5, "references": ["x"], "gone": null, "dependencies": [edge("d", "c", "2 odd")]}),
        ),
        issue(
            "e",
            json!({"issue_type": "spike", "references": ["x", "x"], "description": "x".repeat(2_000_000)}),
        ),
        issue("f", json!({"dependencies": [edge("f", "e", "blocks")]})),
    ]);
    assert_eq!(item(&import, "two words").title.as_str(), "Two lines");
    assert_eq!(record_of(&import, "two words").body, "Two\nlines\u{7}\n\ntext\u{fffd}");
    assert!(item(&import, "two words").aliases.is_empty());
    assert_eq!(kept(&import, "two words", "id"), [Kept::Origin]);
    let long = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";
    let title = item(&import, long).title.as_str();
    assert!(title.ends_with("word…") && title.chars().count() <= 200);
    assert_eq!(
        (&record_of(&import, long).body, kept(&import, long, "title")),
        (&long_title, vec![Kept::Body])
    );

    let c = json_of(&import, "c");
    assert_eq!(c["labels"].as_array().map(Vec::len), Some(20));
    assert_eq!(c["metadata"]["more_labels"].as_array().map(Vec::len), Some(6));
    assert_eq!(
        (&c["metadata"]["created_at"], &c["assignee"]),
        (&json!("yesterday"), &json!("a b"))
    );
    assert_eq!(
        (&c["metadata"]["assignee"], &c["metadata"]["status"]),
        (&json!("a\tb"), &json!(7))
    );
    assert_eq!((c.get("created_at"), &c["origin"]["priority"]), (None, &json!("P1")));

    let d = json_of(&import, "d");
    assert_eq!(d["labels"], json!(["e\u{301}"]));
    let metadata = &d["metadata"];
    assert_eq!(metadata["big"], json!(u64::MAX));
    assert_eq!(metadata["beads_deep_1"].as_str().map(str::len), Some(121));
    assert_eq!(
        (&metadata["beads__1"], &metadata["beads_a_b_1"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        (&metadata["beads_estimated_hours_1"], &metadata["references"]),
        (&json!(-5), &json!(["x"]))
    );
    assert_eq!(
        (&metadata["other_labels"], &metadata["altered_labels"]),
        (&json!([5]), &json!(["\n"]))
    );
    assert_eq!(links(item(&import, "d"), "relates-to"), [id(&import, "c")]);

    let [(place, reason)] = unreadable(&import)[..] else {
        panic!("{:?}", import.unreadable)
    };
    assert!(place == "line 5" && reason.contains("1048576"), "{reason}");
    assert_eq!(
        json_of(&import, "f")["origin"]["unresolved"],
        json!({"depends-on": ["e"]})
    );
}

#[test]
fn circles_and_depths_become_links() {
    let child = |n: usize, of: usize| {
        let (own, parent) = (format!("c{n}"), format!("c{of}"));
        issue(
            &own,
            json!({"dependencies": [edge(&own, &parent, "parent-child"), edge(&own, &parent, "blocks")]}),
        )
    };
    let ring = issues(&[child(3, 1), child(1, 2), child(2, 3)]);
    assert_eq!(
        item(&ring, "c1").parent_id,
        Some(id(&ring, "c2")),
        "in the order of names"
    );
    assert_eq!(links(item(&ring, "c3"), "child-of"), [id(&ring, "c1")]);
    assert_eq!(links(item(&ring, "c3"), "depends-on"), [id(&ring, "c1")]);
    let reasons: Vec<_> = lost(&ring, "c3", "dependencies");
    assert_eq!(
        reasons,
        [
            (Kept::Link, "would make a work item its own ancestor"),
            (Kept::Link, "would make a work item wait for itself"),
        ]
    );
    // c0 ← c1 ← … ← c7: eight levels, of which six fit.
    let mut chain: Vec<_> = (1..8).map(|n| child(n, n - 1)).collect();
    chain.push(issue("c0", json!({})));
    let chain = issues(&chain);
    assert_eq!(links(item(&chain, "c6"), "child-of"), [id(&chain, "c5")]);
    assert_eq!(item(&chain, "c7").parent_id, Some(id(&chain, "c6")));
    assert_eq!(
        lost(&chain, "c6", "dependencies"),
        [(Kept::Link, "would be deeper than six levels")]
    );
}

#[test]
fn long_chains_and_rings_of_dependencies() {
    const LENGTH: usize = 2_000;
    let name = |n: usize| format!("c{n:04}");
    let waits = |n: usize, of: usize| issue(&name(n), json!({"dependencies": [edge(&name(n), &name(of), "blocks")]}));
    let mut all: Vec<_> = (1..LENGTH).map(|n| waits(n, n - 1)).collect();
    all.push(issue(&name(0), json!({})));
    let chain = issues(&all);
    assert_eq!(chain.losses, []);
    assert!((1..LENGTH).all(|n| item(&chain, &name(n)).depends_on.contains(&id(&chain, &name(n - 1)))));
    all.pop();
    all.push(waits(0, LENGTH - 1));
    let ring = issues(&all);
    let [loss] = ring.losses.as_slice() else {
        panic!("one edge is enough: {:?}", ring.losses)
    };
    assert_eq!(
        (loss.original.as_str(), loss.kept),
        ("c1999", Kept::Link),
        "the last in the order of ids"
    );
}

#[test]
fn people_read_groups_of_losses() {
    let import = issues(&[
        issue("a", json!({"x": 1})),
        issue("b", json!({"x": 1})),
        issue("c", json!({"y": 1})),
    ]);
    let groups = import.loss_groups();
    let shown: Vec<_> = groups
        .iter()
        .map(|g| (g.field.as_str(), g.count, g.examples.join(" ")))
        .collect();
    assert_eq!(shown, [("x", 2, "a b".to_owned()), ("y", 1, "c".to_owned())]);
    assert_eq!(serde_json::to_value(&import.losses[0]).unwrap()["kept"], "metadata");
}

/// What each of `i0` to `i11` waits for, in the order of the ids, without closing a circle.
fn waiting(edges: &[(usize, usize, usize)]) -> Vec<Vec<usize>> {
    fn leads(waits: &[Vec<usize>], from: usize, to: usize) -> bool {
        from == to || waits[from].iter().any(|next| leads(waits, *next, to))
    }
    let mut waits = vec![Vec::new(); 12];
    let mut order: Vec<_> = (0..12).collect();
    order.sort_by_key(|n| format!("i{n}"));
    for own in order {
        for (_, to, _) in edges.iter().filter(|(from, _, kind)| *from == own && *kind == 2) {
            if *to < 12 && !waits[own].contains(to) && !leads(&waits, *to, own) {
                waits[own].push(*to);
            }
        }
    }
    waits
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_becomes_a_sound_one(edges in prop::collection::vec((0_usize..12, 0_usize..14, 0_usize..4), 0..100)) {
        let kinds = ["parent-child", "parent-child", "blocks", "related"];
        let all: Vec<_> = (0..12).map(|n| {
            let own = format!("i{n}");
            let of_own = edges.iter().filter(|(from, ..)| *from == n);
            let of_own: Vec<_> = of_own.map(|(_, to, kind)| edge(&own, &format!("i{to}"), kinds[*kind])).collect();
            issue(&own, json!({"dependencies": of_own}))
        }).collect();
        let import = issues(&all);
        prop_assert_eq!(import.records.len(), 12);
        for (own, waits) in waiting(&edges).into_iter().enumerate() {
            let expected: Vec<_> = waits.iter().map(|to| id(&import, &format!("i{to}"))).collect();
            let found: Vec<_> = item(&import, &format!("i{own}")).depends_on.iter().copied().collect();
            prop_assert_eq!(found, expected);
        }
        let mut reversed = all.clone();
        reversed.reverse();
        for imported in &issues(&reversed).records {
            prop_assert_eq!(record_of(&import, &imported.original), &imported.record);
        }
    }

    #[test]
    fn any_values_become_a_valid_record(
        values in prop::collection::hash_map(prop_oneof![
            any::<String>(),
            prop::sample::select(vec![
                "status", "priority", "issue_type", "labels", "description", "created_at", "created_by", "comments",
                "dependencies", "blocked_reason", "target_quarter", "estimated_hours", "references", "notes",
            ]).prop_map(str::to_owned),
        ], any_value(), 0..6),
        item_type in prop::sample::select(vec!["epic", "spike", "task"]),
        title in any::<String>(),
    ) {
        let mut one = issue("a", json!({"issue_type": item_type}));
        one.as_object_mut().unwrap().extend(values);
        one["title"] = json!(format!("t{title}"));
        one["id"] = json!("a");
        one.as_object_mut().unwrap().remove("_type");
        let import = issues(&[one]);
        prop_assert_eq!(import.unreadable, []);
        prop_assert_eq!(import.records[0].original.as_str(), "a");
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        checked(beads::read(&bytes));
    }
}
