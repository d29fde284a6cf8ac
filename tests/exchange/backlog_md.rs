//! Backlog.md.

use std::path::Path;

use git_docket::exchange::{Import, Kept, backlog_md};
use git_docket::record::work_item::{ItemType, Status};
use proptest::prelude::*;
use serde_json::json;

use crate::look::{checked, fixtures, id, item, json_of, kept, links, lost, note, record_of, unreadable};

fn backlog_files() -> Vec<(String, Vec<u8>)> {
    fn walk(directory: &Path, below: &str, files: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{below}{}", entry.file_name().to_str().unwrap());
            match entry.file_type().unwrap().is_dir() {
                true => walk(&entry.path(), &format!("{name}/"), files),
                false => files.push((name, std::fs::read(entry.path()).unwrap())),
            }
        }
    }
    let mut files = Vec::new();
    walk(&fixtures().join("backlog"), "", &mut files);
    files
}

fn backlog_fixture() -> Import {
    checked(backlog_md::read(&backlog_files()))
}

#[test]
fn backlog_fields_have_a_place() {
    let import = backlog_fixture();
    assert_eq!(
        json_of(&import, "TEA-7"),
        json!({
            "id": id(&import, "TEA-7").to_string(), "item_type": "task", "title": "Boil water", "status": "active",
            "parent_id": id(&import, "m-1").to_string(), "depends_on": [id(&import, "tea-7.01").to_string()],
            "priority": "high", "labels": ["kitchen"], "assignee": "ana", "aliases": ["TEA-7"],
            "external": ["https://example.com/water"], "created_at": "2025-08-17T16:54:00Z", "created_by": "cyd",
            "origin": {"system": "backlog-md", "id": "TEA-7", "type": "bug", "status": "In Progress",
                "updated_at": "2025-08-18T00:00:00Z"},
            "metadata": {"other_assignees": ["ben"], "references": ["docs/water.md"], "ordinal": 1000,
                "documentation": ["doc-1"], "modified_files": ["kettle.rs"]},
        })
    );
    assert_eq!(
        record_of(&import, "TEA-7").body,
        "## Description\n\nHot water.\n\n## Acceptance Criteria\n- [ ] #1 It boils\n- [x] #2 It is water\n\n\
         ## Definition of Done\n- [ ] #1 Nobody is hurt"
    );
    let second = note(&import, "TEA-7#2");
    assert_eq!(second.created_by.as_ref().unwrap().as_str(), "ben");
    assert_eq!(record_of(&import, "TEA-7#2").body, "It is.");
}

#[test]
fn backlog_references_are_found() {
    let import = backlog_fixture();
    let kettle = item(&import, "tea-7.01");
    assert_eq!(kettle.parent_id, Some(id(&import, "TEA-7")));
    assert_eq!(links(kettle, "milestone"), [id(&import, "m-1")]);
    assert_eq!(
        (kettle.status, kettle.assignee.as_ref().unwrap().as_str()),
        (Status::Completed, "ana")
    );
    let json = json_of(&import, "tea-7.01");
    assert_eq!(
        (&json["origin"]["closed_at"], &json["created_by"]),
        (&json!("2025-08-09T00:00:00Z"), &json!("cyd"))
    );
    let compare = json_of(&import, "TEA-8");
    assert_eq!(
        compare["origin"]["unresolved"],
        json!({"child-of": ["task-98"], "depends-on": ["task-99"]})
    );
    assert_eq!(
        (&compare["item_type"], &compare["status"]),
        (&json!("research"), &json!("cancelled"))
    );
    assert!(lost(&import, "TEA-8", "dependencies").contains(&(Kept::Nowhere, "refers to itself")));
}

#[test]
fn backlog_directories_say_something() {
    let import = backlog_fixture();
    let draft = item(&import, "DRAFT-1");
    let labels: Vec<_> = draft.labels.iter().map(|label| label.as_str()).collect();
    assert_eq!((labels, draft.status), (vec!["draft", "food"], Status::Pending));
    assert!(draft.depends_on.contains(&id(&import, "TEA-7")));
    assert_eq!(json_of(&import, "TEA-6")["archived_at"], "2025-07-02T08:00:00Z");
    assert_eq!(json_of(&import, "archive/TEA-7")["archived_at"], "2025-07-01T00:00:00Z");
    assert_eq!(kept(&import, "archive/TEA-7", "id"), [Kept::Origin]);
    let milestone = item(&import, "m-0");
    assert_eq!((milestone.item_type, milestone.archived_at), (ItemType::Project, None));
    assert_eq!(kept(&import, "m-0", "directory"), [Kept::Label]);
    assert_eq!(record_of(&import, "m-1").body, "## Description\n\nBe ready at five.");
    for file in [
        "config.yml",
        "readme.md",
        "docs/doc-1 - Tea.md",
        "decisions/decision-1 - Milk-last.md",
    ] {
        assert_eq!(kept(&import, file, "file"), [Kept::Nowhere], "{file}");
    }
    assert_eq!(
        unreadable(&import),
        [
            ("tasks/tea-10 - No-title.md", "has no title"),
            (
                "archive/tasks/tea-8 - Compare-teas.md",
                "is the same task as tasks/tea-8 - Compare-teas.md, which is taken"
            ),
        ]
    );
}

#[test]
fn backlog_files_may_come_in_any_order() {
    let mut files = backlog_files();
    let import = backlog_md::read(&files);
    files.reverse();
    assert_eq!(backlog_md::read(&files), import);
}

#[test]
fn bad_files_stop_nothing() {
    let file = |path: &str, text: &[u8]| (path.to_owned(), text.to_vec());
    let import = checked(backlog_md::read(&[
        file(
            "tasks/1.md",
            b"\xef\xbb\xbf---\r\nid: T-1\r\ntitle: One\r\nodd: &a x\r\n---\r\n",
        ),
        file(
            "tasks/2.md",
            b"---\r\nid: T-2\r\ntitle: Two\r\nodd: 99999999999999999999\r\n---\r\nText\r\n\r\nMore\x00\r\n",
        ),
        file("tasks/3.md", b"---\nid: T-3\ntitle: [\n---\n"),
        file("tasks/4.md", b"---\nid: T-4\ntitle: \xff\n---\n"),
        file("tasks/5.md", b"---\nid: t-2\ntitle: Other\n---\n"),
        file("tasks/6.md", b"text"),
        file(
            "tasks/7.md",
            b"---\nid: 07\ntitle: 2025\nstatus: [x]\npriority: urgent\nreporter: \"@\"\n---\n",
        ),
        file("tasks/picture.png", b"\x89PNG"),
        file("elsewhere/8.md", b"---\nid: T-8\ntitle: Eight\n---\n"),
    ]));
    let places: Vec<_> = import.unreadable.iter().map(|u| u.place.as_str()).collect();
    assert_eq!(
        places,
        ["tasks/1.md", "tasks/3.md", "tasks/4.md", "tasks/5.md", "tasks/6.md"]
    );
    assert_eq!(import.unreadable[3].reason, "has the id of tasks/2.md");
    assert_eq!(record_of(&import, "T-2").body, "Text\n\nMore\u{fffd}");
    assert_eq!(json_of(&import, "T-2")["metadata"]["odd"], "99999999999999999999");
    let seven = json_of(&import, "07");
    assert_eq!(
        (&seven["title"], &seven["metadata"]["status"]),
        (&json!("2025"), &json!(["x"]))
    );
    assert_eq!(seven["origin"]["priority"], "urgent");
    assert_eq!(kept(&import, "elsewhere/8.md", "file"), [Kept::Nowhere]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[-a:@#\\[\\]'\" \n<!>]{0,80}") {
        let front = format!("---\nid: x\ntitle: y\n{text}\n---\n{text}");
        checked(backlog_md::read(&[("tasks/a.md".to_owned(), bytes), ("tasks/b.md".to_owned(), front.into_bytes())]));
    }
}
