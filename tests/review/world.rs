//! A small docket that anything may happen to, written as somebody would who knows git and not us.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use git_docket::ops::{self, Context, Settings};
use proptest::prelude::*;
use tempfile::TempDir;

/// How many work items there are, and how many vendors.
const ITEMS: usize = 6;
const VENDORS: usize = 2;

/// Something that happens to one of the records.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Parent(usize, Option<usize>),
    DependsOn(usize, Vec<usize>),
    Alias(usize, Option<usize>),
    Link(usize, Option<usize>),
    Status(usize, &'static str),
    Remove(usize),
    Name(usize, usize),
    RemoveVendor(usize),
    Touches(Vec<usize>, Vec<usize>),
    Note(usize),
}

/// An item beyond the last one does not exist.
pub(crate) fn actions() -> impl Strategy<Value = Action> {
    let (item, any) = (0..ITEMS, 0..=ITEMS);
    prop_oneof![
        (item.clone(), proptest::option::of(any.clone())).prop_map(|(of, to)| Action::Parent(of, to)),
        (item.clone(), proptest::collection::vec(any.clone(), 0..3)).prop_map(|(of, to)| Action::DependsOn(of, to)),
        (item.clone(), proptest::option::of(0..3_usize)).prop_map(|(of, name)| Action::Alias(of, name)),
        (item.clone(), proptest::option::of(any.clone())).prop_map(|(of, to)| Action::Link(of, to)),
        (
            item.clone(),
            prop_oneof![Just("active"), Just("completed"), Just("no such status")]
        )
            .prop_map(|(of, status)| Action::Status(of, status)),
        item.prop_map(Action::Remove),
        (0..VENDORS, 0..2_usize).prop_map(|(of, name)| Action::Name(of, name)),
        (0..VENDORS).prop_map(Action::RemoveVendor),
        (
            proptest::collection::vec(0..=VENDORS, 0..2),
            proptest::collection::vec(any.clone(), 0..2)
        )
            .prop_map(|(vendors, items)| Action::Touches(vendors, items)),
        any.prop_map(Action::Note),
    ]
}

#[derive(Clone, Default)]
struct Item {
    parent: Option<usize>,
    depends_on: Vec<usize>,
    alias: Option<usize>,
    link: Option<usize>,
    status: &'static str,
}

/// A repository, and what the next commit is to hold.
pub(crate) struct World {
    dir: TempDir,
    items: Vec<Option<Item>>,
    vendors: Vec<Option<usize>>,
    touches: (Vec<usize>, Vec<usize>),
    notes: Vec<usize>,
}

fn item_id(number: usize) -> String {
    format!("{number:02x}aaaaaa-0000-4000-8000-000000000000")
}

fn vendor_id(number: usize) -> String {
    format!("{number:02x}bbbbbb-0000-5000-8000-000000000000")
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let world = Self {
            dir,
            items: vec![
                Some(Item {
                    status: "pending",
                    ..Item::default()
                });
                ITEMS
            ],
            vendors: (0..VENDORS).map(Some).collect(),
            touches: (vec![0], vec![0]),
            notes: Vec::new(),
        };
        world.git(&["init", "-q", "."], "");
        for (key, value) in [("user.name", "Ana"), ("user.email", "ana@example.com")] {
            world.git(&["config", key, value], "");
        }
        ops::init(&world.open(true), false).expect("a docket");
        // So that there is an index, too.
        ops::list(&world.open(true), &ops::ListRequest::default()).expect("a list");
        world
    }

    pub(crate) fn open(&self, with_index: bool) -> Context {
        let settings = Settings {
            dir: self.dir.path().to_owned(),
            without_index: !with_index,
            ..Settings::default()
        };
        Context::open(&settings).expect("a repository")
    }

    fn git(&self, arguments: &[&str], input: &str) {
        let mut git = Command::new("git")
            .args(arguments)
            .current_dir(self.dir.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::piped())
            .spawn()
            .expect("git runs");
        let mut stdin = git.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("git reads");
        drop(stdin);
        assert!(git.wait().expect("git ends").success(), "git {arguments:?}");
    }

    pub(crate) fn apply(&mut self, actions: &[Action]) {
        for action in actions.iter().cloned() {
            let item = |items: &mut Vec<Option<Item>>, of: usize, change: &dyn Fn(&mut Item)| {
                items[of].iter_mut().for_each(change);
            };
            let items = &mut self.items;
            match action {
                Action::Parent(of, to) => item(items, of, &|item| item.parent = to.filter(|to| *to != of)),
                Action::DependsOn(of, to) => item(items, of, &|item| {
                    let mut to: Vec<_> = to.iter().copied().filter(|to| *to != of).collect();
                    to.dedup();
                    item.depends_on = to;
                    item.depends_on.sort_unstable();
                    item.depends_on.dedup();
                }),
                Action::Alias(of, name) => item(items, of, &|item| item.alias = name),
                Action::Link(of, to) => item(items, of, &|item| item.link = to.filter(|to| *to != of)),
                Action::Status(of, status) => item(items, of, &|item| item.status = status),
                Action::Remove(of) => items[of] = None,
                Action::Name(of, name) => self.vendors[of] = self.vendors[of].map(|_| name),
                Action::RemoveVendor(of) => self.vendors[of] = None,
                Action::Touches(vendors, items) => self.touches = (vendors, items),
                Action::Note(on) => self.notes.push(on),
            }
        }
    }

    /// Puts all of it into a commit on the tracking branch, and a branch of this name at it.
    pub(crate) fn commit(&mut self, name: &str) {
        let mut stream = String::from("commit refs/heads/tracking\n");
        stream.push_str("committer Ana <ana@example.com> 1760000100 +0000\ndata 2\nm\n\nfrom refs/heads/tracking^0\n");
        for directory in ["work-items", "vendors", "deployments", "notes"] {
            let _infallible = writeln!(stream, "D .tracking/{directory}");
        }
        for (path, text) in self.files() {
            let _infallible = writeln!(stream, "M 100644 inline {path}\ndata {}\n{text}", text.len());
        }
        self.git(&["fast-import", "--quiet"], &stream);
        self.git(&["branch", "-f", name, "tracking"], "");
    }

    fn files(&self) -> Vec<(String, String)> {
        const CREATED: &str = "created_at: 2025-10-10T12:00:00Z\ncreated_by: ana\n";
        let list = |key: &str, ids: &[usize], id: fn(usize) -> String| match ids.is_empty() {
            true => String::new(),
            false => format!(
                "{key}:\n{}",
                ids.iter().map(|to| format!("  - {}\n", id(*to))).collect::<String>()
            ),
        };
        let mut files = Vec::new();
        for (number, item) in self.items.iter().enumerate() {
            let Some(item) = item else { continue };
            let id = item_id(number);
            let mut text = format!("---\nschema: work-item/1\nid: {id}\nitem_type: task\ntitle: Item {number}\n");
            let _infallible = writeln!(text, "status: {}", item.status);
            if let Some(parent) = item.parent {
                let _infallible = writeln!(text, "parent_id: {}", item_id(parent));
            }
            text.push_str(&list("depends_on", &item.depends_on, item_id));
            if let Some(link) = item.link {
                let _infallible = writeln!(text, "links:\n  relates-to:\n    - {}", item_id(link));
            }
            if let Some(alias) = item.alias {
                let _infallible = writeln!(text, "aliases: [name-{alias}]");
            }
            text.push_str(CREATED);
            text.push_str("---\n");
            files.push((format!(".tracking/work-items/{}/{id}.md", &id[..2]), text));
        }
        for (number, name) in self.vendors.iter().enumerate() {
            let Some(name) = name else { continue };
            let id = vendor_id(number);
            let text =
                format!("---\nschema: vendor/1\nid: {id}\nname: Vendor {name}\nstatus: operational\n{CREATED}---\n");
            files.push((format!(".tracking/vendors/{}/{id}.md", &id[..2]), text));
        }
        let (vendors, items) = &self.touches;
        let text = format!(
            "---\nschema: deployment/1\nid: 0199cf47-9900-7c1d-9e0f-9a7b2468ace0\ndeployed_at: 2025-10-10T18:00:00Z\n\
             commit_hash: {}\n{}{}{CREATED}---\n",
            "a".repeat(40),
            list("affected_vendors", vendors, vendor_id),
            list("related_work_items", items, item_id),
        );
        let path = ".tracking/deployments/2025/10/0199cf47-9900-7c1d-9e0f-9a7b2468ace0.md";
        files.push((path.to_owned(), text));
        for (number, on) in self.notes.iter().enumerate() {
            let (id, on) = (format!("0199cead-ca00-7d71-9642-{number:012x}"), item_id(*on));
            let text = format!("---\nschema: note/1\nid: {id}\n\"on\": {on}\n{CREATED}---\n\nSo it is.\n");
            files.push((format!(".tracking/notes/{}/{on}/{id}.md", &on[..2]), text));
        }
        files
    }
}
