//! What other trackers have, and our own export: valid records or a reason, for each thing that was there.

use std::collections::{HashMap, HashSet};

use git_docket::exchange::export::Exported;
use git_docket::exchange::export::json::{Layout, Writer};
use git_docket::exchange::export::read::{self, Restored, Wrong};
use git_docket::exchange::git_bug::{BUGS, Commit, IDENTITIES, Reader};
use git_docket::exchange::{Import, backlog_md, beads, task_master};
use git_docket::record::{Kind, RecordId, WorkItem, parse, print};
use serde_json::Value;

use super::parts::{lettered, titled};

/// The input is a letter for the tracker, and what it has.
pub(crate) fn check(data: &[u8]) {
    let (letter, rest) = lettered(data);
    match letter {
        b'b' => of_beads(rest),
        b'f' => of_backlog_md(rest),
        b't' => of_task_master(rest),
        b'g' => of_git_bug(rest),
        b'd' => restored(rest, Layout::Document),
        b'l' => restored(rest, Layout::Lines),
        _ => {}
    }
}

/// A line is a work item, or cannot be read.
fn of_beads(data: &[u8]) {
    let import = twice(|| beads::read(data));
    sound(&import, data.len());
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let lines = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    assert_eq!(items(&import) + import.unreadable.len(), lines.count(), "{import:#?}");
}

/// A file is a work item, cannot be read, or is none that is taken.
fn of_backlog_md(data: &[u8]) {
    let mut seen = HashSet::new();
    let mut files = titled(data);
    files.retain(|(path, _)| seen.insert(path.clone()));
    let import = twice(|| backlog_md::read(&files));
    sound(&import, data.len());
    let left_out = import.losses.iter().filter(|loss| loss.field == "file").count();
    let told = items(&import) + import.unreadable.len() + left_out;
    assert_eq!(told, files.len(), "{import:#?}");
}

/// A task, or a tag, is a work item or cannot be read.
fn of_task_master(data: &[u8]) {
    let import = twice(|| task_master::read(data));
    sound(&import, data.len());
    let text = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let Ok(Value::Object(file)) = serde_json::from_slice::<Value>(text) else {
        assert_eq!((items(&import), import.unreadable.len()), (0, 1), "{import:#?}");
        return;
    };
    if import.records.is_empty() {
        assert!(
            !import.unreadable.is_empty() || !import.losses.is_empty(),
            "{import:#?}"
        );
        return;
    }
    let lists = [file.get("tasks")]
        .into_iter()
        .chain(file.values().map(|tag| tag.get("tasks")));
    let lists: Vec<_> = lists.filter_map(|list| list?.as_array()).collect();
    let tasks: usize = lists.iter().map(|list| tasks(list)).sum();
    assert!(
        items(&import) + import.unreadable.len() <= lists.len() + tasks,
        "more than there are: {import:#?}"
    );
    let both = lists.len() > 1 && file.get("master").is_some_and(|tag| tag["tasks"].is_array());
    // Of two lists for one tag, one is refused as a whole.
    if !(both && file.get("tasks").is_some_and(Value::is_array)) {
        assert_eq!(
            items(&import) + import.unreadable.len(),
            lists.len() + tasks,
            "{import:#?}"
        );
    }
}

/// How many tasks a list has, with those below them; those below one without an id go with it.
fn tasks(list: &[Value]) -> usize {
    let below = |task: &Value| {
        let is_named = match &task["id"] {
            Value::Number(_) => true,
            Value::String(text) => !text.trim().is_empty(),
            _ => false,
        };
        let parts = task["subtasks"].as_array().filter(|_| is_named);
        parts.map_or(0, |list| tasks(list))
    };
    list.iter().map(|task| 1 + below(task)).sum()
}

/// A bug is a work item, or cannot be read. The input is, in parts, what is said of people, and below a line with the
/// names of a commit, its parents and the files of its tree, what was done; a line that begins with `bug` begins one.
fn of_git_bug(data: &[u8]) {
    let parts = titled(data);
    let import = twice(|| {
        let mut reader = Reader::default();
        for (number, (title, version)) in parts.iter().enumerate() {
            if let Some(name) = title.strip_prefix("person ") {
                reader.add_person(&format!("{IDENTITIES}{name}"), version);
            } else if title == "skip" {
                reader.skip(&format!("{BUGS}{number}"), "as the input wants".to_owned());
            }
        }
        for (name, commits) in bugs(&parts) {
            reader.add_bug(&format!("{BUGS}{name}"), &commits);
        }
        reader.finish()
    });
    sound(&import, data.len());
    let unread = import
        .unreadable
        .iter()
        .filter(|unread| !unread.place.starts_with(IDENTITIES))
        .count();
    let skipped = parts.iter().filter(|(title, _)| title == "skip").count();
    assert_eq!(items(&import) + unread, bugs(&parts).len() + skipped, "{import:#?}");
}

fn bugs(parts: &[(String, Vec<u8>)]) -> Vec<(usize, Vec<Commit>)> {
    let mut bugs: Vec<(usize, Vec<Commit>)> = Vec::new();
    for (number, (title, bytes)) in parts.iter().enumerate() {
        let mut words = title.split(' ');
        match words.next() {
            Some("bug") => bugs.push((number, Vec::new())),
            Some("commit") => {}
            _ => continue,
        }
        let mut lists = words.map(|word| word.split(',').filter(|word| !word.is_empty()).map(str::to_owned));
        let mut list = || lists.next().map(Iterator::collect::<Vec<_>>).unwrap_or_default();
        let (mut id, parents, names) = (list(), list(), list());
        let commit = Commit {
            id: id.pop().unwrap_or_default(),
            parents,
            operations: names.iter().any(|name| name == "ops").then(|| bytes.clone()),
            names,
        };
        if let Some((_, commits)) = bugs.last_mut() {
            commits.push(commit);
        }
    }
    bugs
}

/// An export is taken whole or refused; what was taken is exported again as it was.
fn restored(data: &[u8], layout: Layout) {
    let restored = match read::read(data, layout) {
        Ok(restored) => restored,
        Err(wrong) => return refused(&wrong),
    };
    let mut writer = Writer::new(layout);
    let mut text = writer.head(&Default::default(), restored.settings.as_deref());
    let mut bytes = 0;
    for one in &restored.records {
        let parsed = parse(&one.bytes, Some(&one.path)).unwrap_or_else(|errors| panic!("{errors:?}\n{one:?}"));
        assert_eq!(parsed.record, one.record);
        bytes += one.bytes.len();
        text.push_str(&writer.record(&Exported {
            path: one.path.clone(),
            record: one.record.clone(),
            newer_schema: None,
            text: String::from_utf8(one.bytes.clone()).expect("a record is text"),
            derived: None,
        }));
    }
    text.push_str(&writer.end(&[]));
    assert!(bytes <= 16 * data.len() + 1_000, "{bytes} bytes from {}", data.len());
    let again = read::read(text.as_bytes(), layout).unwrap_or_else(|wrong| panic!("{wrong:?}\n{text}"));
    let said = |restored: &Restored| -> Vec<_> {
        let records = restored.records.iter();
        records.map(|one| (one.path.clone(), one.bytes.clone())).collect()
    };
    assert_eq!(said(&again), said(&restored));
    assert_eq!(again.settings, restored.settings);
}

fn refused(wrong: &[Wrong]) {
    assert!((1..=20).contains(&wrong.len()), "{wrong:?}");
    for one in wrong {
        assert!(!one.violations.is_empty(), "{wrong:?}");
    }
}

/// The import, the same when it is made again.
fn twice(import: impl Fn() -> Import) -> Import {
    let (one, two) = (import(), import());
    assert_eq!(one, two);
    one
}

fn items(import: &Import) -> usize {
    let kinds = import.records.iter().map(|imported| imported.record.kind());
    kinds.filter(|kind| *kind == Kind::WorkItem).count()
}

/// What must hold of every import: valid records, each once, that fit together and are not many times what was read.
fn sound(import: &Import, length: usize) {
    let mut paths = HashSet::new();
    let mut bytes = 0;
    for imported in &import.records {
        let path = imported.record.path().expect("a path");
        let text = print(&imported.record);
        let parsed = parse(text.as_bytes(), Some(&path)).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        assert_eq!(parsed.record, imported.record);
        assert!(paths.insert(path), "twice: {text}");
        bytes += text.len();
    }
    let most = 64 * length + 2_000 * import.records.len();
    assert!(bytes <= most, "{bytes} bytes of records from {length}");
    let told = import
        .losses
        .iter()
        .map(|loss| loss.original.len() + loss.field.len() + loss.reason.len());
    let told = told.sum::<usize>()
        + import
            .unreadable
            .iter()
            .map(|u| u.place.len() + u.reason.len())
            .sum::<usize>();
    assert!(told <= 256 * (length + 256), "{told} bytes are told of {length}");
    let groups = import.loss_groups();
    assert_eq!(
        groups.iter().map(|group| group.count).sum::<usize>(),
        import.losses.len()
    );
    fits_together(import);
}

fn fits_together(import: &Import) {
    let items = import
        .records
        .iter()
        .filter_map(|imported| imported.record.as_work_item());
    let items: HashMap<RecordId, &WorkItem> = items.map(|item| (item.id, item)).collect();
    for item in items.values() {
        let above = std::iter::successors(item.parent_id, |id| items[id].parent_id);
        assert!(above.take(7).count() <= 5, "too deep: {:?}", item.aliases);
        let mut open: Vec<_> = item.depends_on.iter().copied().collect();
        let mut seen = HashSet::new();
        while let Some(id) = open.pop() {
            assert_ne!(id, item.id, "waits for itself");
            if seen.insert(id) {
                open.extend(items[&id].depends_on.iter().copied());
            }
        }
        for (_, target) in item.links.iter() {
            assert!(items.contains_key(&target) && target != item.id, "{:?}", item.links);
        }
    }
}
