//! Task Master.

use git_docket::exchange::{Import, Kept, task_master};
use git_docket::record::work_item::{ItemType, Priority, Status};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::look::{any_value, checked, fixtures, id, item, json_of, kept, links, lost, record_of, unreadable};

fn fixture() -> Import {
    checked(task_master::read(
        &std::fs::read(fixtures().join("tasks.json")).unwrap(),
    ))
}

/// Reads tasks of the tag `master`.
fn tasks(tasks: Value) -> Import {
    file(json!({ "master": { "tasks": tasks } }))
}

fn file(file: Value) -> Import {
    checked(task_master::read(file.to_string().as_bytes()))
}

fn names(import: &Import) -> Vec<&str> {
    import.records.iter().map(|r| r.original.as_str()).collect()
}

#[test]
fn words_become_ours() {
    let import = fixture();
    assert_eq!(unreadable(&import), []);
    for (original, item_type, status, priority) in [
        ("tag:master", ItemType::Project, Status::Pending, Priority::Medium),
        ("master/1", ItemType::Task, Status::Active, Priority::High),
        ("master/1.1", ItemType::Task, Status::Completed, Priority::Medium),
        ("master/1.2", ItemType::Task, Status::Active, Priority::Medium),
        ("master/1.2.1", ItemType::Task, Status::Pending, Priority::Medium),
        ("master/2", ItemType::Task, Status::Pending, Priority::High),
        ("master/3", ItemType::Task, Status::Pending, Priority::Low),
        ("iced/1", ItemType::Task, Status::Cancelled, Priority::Medium),
        ("iced/2", ItemType::Task, Status::Blocked, Priority::Medium),
    ] {
        let item = item(&import, original);
        let found = (item.item_type, item.status, item.priority);
        assert_eq!(found, (item_type, status, priority), "{original}");
        let alias = item.aliases.iter().next().unwrap().as_str();
        assert_eq!((item.id, alias), (id(&import, original), original));
    }
    assert_eq!(
        json_of(&import, "master/1.2")["origin"],
        json!({"system": "task-master", "id": "master/1.2", "status": "review"})
    );
    assert_eq!(json_of(&import, "master/2")["origin"]["priority"], "critical");
}

#[test]
fn fields_have_a_place() {
    let import = fixture();
    assert_eq!(
        json_of(&import, "tag:master"),
        json!({
            "id": id(&import, "tag:master").to_string(), "item_type": "project", "title": "master",
            "status": "pending", "aliases": ["tag:master"], "created_at": "2025-11-01T10:00:00Z",
            "origin": {"system": "task-master", "id": "tag:master", "updated_at": "2025-11-04T10:00:00Z"},
            "metadata": {"description": "Tasks for master context"},
        })
    );
    assert_eq!(
        record_of(&import, "master/1").body,
        "Water, hot.\n\n## Details\n\nUse the kettle.\n\n## Test strategy\n\nLook for bubbles."
    );
    assert_eq!(
        record_of(&import, "master/1.1").body,
        "With water.\n\n## Acceptance criteria\n\n- [ ] It is full\n- [x] Nobody is wet"
    );
    let one = json_of(&import, "master/1");
    assert_eq!(one["metadata"], json!({"complexity": 3, "recommendedSubtasks": 2}));
    assert_eq!(one["origin"]["updated_at"], "2025-11-03T08:00:00Z");
    let two = json_of(&import, "master/2");
    assert_eq!(two["metadata"], json!({"ticket": "TEA-7", "estimated_hours": 0.1}));
    assert_eq!((&two["assignee"], &two["labels"]), (&json!("ana"), &json!(["kitchen"])));
    assert_eq!(kept(&import, "master/2", "metadata.ticket"), [], "it is where it was");
    assert_eq!(
        json_of(&import, "master/1.2").get("metadata"),
        None,
        "what repeats the parent says nothing"
    );
    let iced = json_of(&import, "tag:iced");
    assert_eq!(
        iced["metadata"],
        json!({"version": "1.0.0", "taskCount": 2, "completedCount": 0, "tags": ["iced"]})
    );
    assert_eq!(kept(&import, "tag:iced", "metadata.taskCount"), [Kept::Metadata]);
}

#[test]
fn parts_and_dependencies_are_found() {
    let import = fixture();
    let parent = |original| item(&import, original).parent_id;
    assert_eq!(parent("master/1"), Some(id(&import, "tag:master")));
    assert_eq!(parent("master/1.2"), Some(id(&import, "master/1")));
    assert_eq!(parent("master/1.2.1"), Some(id(&import, "master/1.2")));
    let waits = |original| item(&import, original).depends_on.iter().copied().collect::<Vec<_>>();
    assert_eq!(waits("master/1.2"), [id(&import, "master/1.1")], "twice the same");
    assert_eq!(waits("master/2"), [id(&import, "master/1"), id(&import, "master/1.2")]);
    assert_eq!(waits("iced/1"), [id(&import, "iced/2")], "each tag counts on its own");
    assert_eq!(links(item(&import, "iced/2"), "depends-on"), [id(&import, "iced/1")]);
    assert_eq!(
        json_of(&import, "master/2")["origin"]["unresolved"],
        json!({"depends-on": ["9"]})
    );

    let import = tasks(json!([
        {"id": 1, "title": "A", "dependencies": [1, "1.1", {"id": 2}, null, ""], "subtasks": [
            {"id": 1, "title": "B", "dependencies": ["2", 3, 7]},
            {"id": "1.2", "title": "C", "dependencies": [1.0]},
        ]},
        {"id": 3.0, "title": "D"},
        {"id": "HAM-4", "title": "E", "dependencies": "1, 3"},
    ]));
    let waits = |original| item(&import, original).depends_on.iter().copied().collect::<Vec<_>>();
    assert_eq!(
        waits("master/1.1"),
        [id(&import, "master/1.2"), id(&import, "master/3")],
        "a part before a task"
    );
    assert_eq!(
        links(item(&import, "master/1.2"), "depends-on"),
        [id(&import, "master/1.1")]
    );
    assert_eq!(waits("master/1"), [id(&import, "master/1.1")]);
    assert_eq!(
        json_of(&import, "master/1")["metadata"]["dependencies"],
        json!([{"id": 2}])
    );
    assert_eq!(json_of(&import, "master/HAM-4")["metadata"]["dependencies"], "1, 3");
}

#[test]
fn a_file_without_tags_is_that_of_master() {
    let list = json!([{"id": 1, "title": "A", "subtasks": [{"id": 1, "title": "B"}]}]);
    let flat = file(json!({"meta": {"projectName": "Tea"}, "tasks": list, "version": 2}));
    let tagged = file(json!({"master": {"tasks": list}}));
    assert_eq!(names(&flat), names(&tagged));
    for name in ["master/1", "master/1.1"] {
        assert_eq!(record_of(&flat, name), record_of(&tagged, name));
    }
    assert_eq!(
        json_of(&flat, "tag:master")["metadata"],
        json!({"projectName": "Tea", "version": 2})
    );

    let both = file(json!({"tasks": list, "metadata": {"description": "x"}, "iced": {"tasks": list}, "odd": 7}));
    assert_eq!(
        names(&both),
        ["tag:master", "master/1", "master/1.1", "tag:iced", "iced/1", "iced/1.1"]
    );
    assert_eq!(kept(&both, "tasks.json", "odd"), [Kept::Nowhere]);
    let twice = file(json!({"tasks": list, "master": {"tasks": []}}));
    assert_eq!(
        unreadable(&twice),
        [("tasks", "stands beside the tag master, which is taken")]
    );
}

#[test]
fn bad_tasks_stop_nothing() {
    let import = tasks(json!([
        {"id": 1, "title": "One", "subtasks": [7, {"title": "no id"}, {"id": 2}]},
        {"title": "no id", "subtasks": [{"id": 1, "title": "x"}]},
        {"id": 3, "title": " ", "subtasks": [{"id": 1, "title": "Child"}]},
        {"id": 1, "title": "Another", "subtasks": [{"id": 5, "title": "Of another"}]},
        {"id": 1, "title": "One", "subtasks": [{"id": 6, "title": "Of the first"}]},
        {"id": [4], "title": "odd id"},
        {"id": "a\nb", "title": "line break"},
        {"id": "two words", "title": "Two"},
        {"id": u64::MAX, "title": "Big"},
        {"id": -1, "title": "Negative"},
        "text",
    ]));
    assert_eq!(
        unreadable(&import),
        [
            ("master.tasks[0].subtasks[0]", "is not a task"),
            ("master.tasks[0].subtasks[1]", "has no id"),
            ("master.tasks[0].subtasks[2]", "has no title"),
            ("master.tasks[1]", "has no id; nor have what is below it, 1 in number"),
            ("master.tasks[2]", "has no title"),
            ("master.tasks[4]", "is the same task as master.tasks[0]"),
            ("master.tasks[5]", "has no id"),
            ("master.tasks[6]", "its id has a line break"),
            ("master.tasks[10]", "is not a task"),
        ]
    );
    assert_eq!(
        json_of(&import, "master/3.1")["origin"]["unresolved"],
        json!({"child-of": ["3"]})
    );
    assert_eq!(item(&import, "master/1-2").title.as_str(), "Another");
    assert_eq!(kept(&import, "master/1-2", "id"), [Kept::Origin]);
    assert_eq!(item(&import, "master/1-2.5").parent_id, Some(id(&import, "master/1-2")));
    assert_eq!(item(&import, "master/1.6").parent_id, Some(id(&import, "master/1")));
    assert!(item(&import, "master/two words").aliases.is_empty());
    assert_eq!(item(&import, &format!("master/{}", u64::MAX)).title.as_str(), "Big");
}

#[test]
fn bad_files_are_named() {
    for (text, place, reason) in [
        (
            &b"{\n \"a\": }"[..],
            "line 2",
            "is not JSON: expected value at column 7",
        ),
        (b"[]", "line 1", "is a list, not a file of Task Master"),
        (b"7", "line 1", "is a single value, not a file of Task Master"),
        (b"", "line 1", "is not JSON: EOF while parsing a value at column 0"),
        (b"{}", "line 1", "has no list `tasks`, and no tag that has one"),
        (
            b"{\"tasks\": {}}",
            "line 1",
            "has no list `tasks`, and no tag that has one",
        ),
        (b"{\n\n\"tasks\": \"\xff\"}", "line 3", "byte 14 is not UTF-8"),
        (
            b"{\"a\": {\"tasks\": []},\n\"a\": {\"tasks\": []}}",
            "line 2",
            "is not JSON: the key `a` stands twice at column 19",
        ),
    ] {
        let import = task_master::read(text);
        assert_eq!(unreadable(&import), [(place, reason)]);
        assert!(import.is_all_unreadable());
    }
    let deep = format!("{{\"tasks\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(
        task_master::read(deep.as_bytes()).unreadable[0]
            .reason
            .contains("recursion limit exceeded")
    );
    assert_eq!(
        checked(task_master::read(b"\xef\xbb\xbf{\"tasks\":[]}")).records.len(),
        1
    );
}

#[test]
fn odd_values_are_made_to_fit() {
    let long = "word ".repeat(80).trim_end().to_owned();
    let import = file(json!({
        "t a\u{200b}g": {"tasks": [{"id": 1, "title": "x"}], "metadata": "none", "extra": [1]},
        "deadbeef": {"tasks": [
            {"id": 1, "title": long, "status": "In_Progress", "priority": "urgent", "createdAt": "soon",
             "acceptanceCriteria": ["one", "[x] two"], "metadata": {"status": {"a": [1]}, "estimated_hours": "two", "": 1}},
            {"id": 2, "title": "two\nlines\u{7}", "details": "nul\u{0}", "acceptanceCriteria": ["a\nb"], "status": 5,
             "subtasks": {"id": 1}, "isSubtask": true, "parentId": "1"},
        ], "metadata": {"description": "d".repeat(1001), "created": 5}},
    }));
    assert!(item(&import, "t a\u{200b}g/1").aliases.is_empty());
    assert_eq!(
        json_of(&import, "tag:t a\u{200b}g")["metadata"],
        json!({"metadata": "none", "extra": [1]})
    );
    let one = json_of(&import, "deadbeef/1");
    assert_eq!(
        (&one["aliases"], &one["status"]),
        (&json!(["deadbeef/1"]), &json!("active"))
    );
    assert_eq!(
        (&one["origin"]["status"], &one["origin"]["priority"]),
        (&json!("In_Progress"), &json!("urgent"))
    );
    assert_eq!(
        one["metadata"],
        json!({"status": {"a": [1]}, "createdAt": "soon", "task_master_estimated_hours_1": "two", "task_master__1": 1})
    );
    assert_eq!(
        record_of(&import, "deadbeef/1").body,
        format!("{long}\n\n## Acceptance criteria\n\n- [ ] one\n- [x] two")
    );
    let two = json_of(&import, "deadbeef/2");
    assert_eq!(
        (&two["title"], &two["status"]),
        (&json!("two lines"), &json!("pending"))
    );
    assert_eq!(two["metadata"]["subtasks"], json!({"id": 1}));
    assert_eq!(two["metadata"]["acceptanceCriteria"], json!(["a\nb"]));
    assert_eq!(
        (&two["metadata"]["isSubtask"], &two["metadata"]["parentId"]),
        (&json!(true), &json!("1"))
    );
    assert_eq!(record_of(&import, "tag:deadbeef").body, "d".repeat(1001));
    assert_eq!(kept(&import, "tag:deadbeef", "metadata.description"), [Kept::Body]);
}

#[test]
fn what_lies_too_deep_is_linked() {
    let nested = (1..12).rev().fold(
        json!([]),
        |below, n| json!([{"id": n, "title": format!("L{n}"), "subtasks": below}]),
    );
    let import = tasks(nested);
    assert_eq!(import.records.len(), 12);
    let deepest = "master/1.2.3.4.5.6";
    assert_eq!(
        links(item(&import, deepest), "child-of"),
        [id(&import, "master/1.2.3.4.5")]
    );
    assert!(lost(&import, deepest, "subtasks").contains(&(Kept::Link, "would be deeper than six levels")));
}

/// Not `checked`: it follows every chain to its end, from each of its links.
#[test]
fn ten_thousand_tasks_are_quick() {
    let read = |tasks: Vec<Value>| task_master::read(json!({ "tasks": tasks }).to_string().as_bytes());
    let chain = (1..=10_000).map(|n| json!({"id": n, "title": format!("T{n}"), "dependencies": [n - 1]}));
    let import = read(chain.collect());
    assert_eq!(
        (import.records.len(), import.losses.len()),
        (10_001, 1),
        "the first waits for none"
    );
    let same = (1..=10_000).map(|n| json!({"id": 1, "title": format!("T{n}")}));
    let import = read(same.collect());
    assert_eq!((import.records.len(), import.unreadable.len()), (10_001, 0));
}

fn any_task(depth: u32) -> BoxedStrategy<Value> {
    let key = prop::sample::select(vec![
        "status",
        "priority",
        "description",
        "details",
        "testStrategy",
        "dependencies",
        "createdAt",
        "tags",
        "metadata",
        "parentId",
        "acceptanceCriteria",
        "subtasks",
        "complexity",
        "odd key",
    ]);
    let fields = prop::collection::hash_map(key, any_value(), 0..4);
    let number = prop_oneof![
        (0_i64..4).prop_map(Value::from),
        (0_i64..4).prop_map(|n| json!(n.to_string())),
        any_value()
    ];
    let waits = prop::collection::vec(prop_oneof![Just(json!(1)), Just(json!("1.1")), Just(json!("2"))], 0..3);
    let below = match depth {
        0 => Just(Vec::new()).boxed(),
        _ => prop::collection::vec(any_task(depth - 1), 0..3).boxed(),
    };
    (number, "[a-c]{0,3}", fields, waits, below)
        .prop_map(|(id, title, fields, waits, below)| {
            let mut task = json!({"id": id, "title": title, "dependencies": waits, "subtasks": below});
            task.as_object_mut()
                .unwrap()
                .extend(fields.into_iter().map(|(key, value)| (key.to_owned(), value)));
            task
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tasks_become_sound_records(list in prop::collection::vec(any_task(2), 0..5), tag in any::<String>()) {
        file(json!({"master": {"tasks": list}, tag: {"tasks": list}, "metadata": list}));
        file(json!({"tasks": list}));
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\":,a1]{0,80}") {
        checked(task_master::read(&bytes));
        checked(task_master::read(text.as_bytes()));
        checked(task_master::read(format!("{{\"tasks\":[{text}]}}").as_bytes()));
    }
}
