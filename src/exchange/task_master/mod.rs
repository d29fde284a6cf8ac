//! Task Master: one JSON file (`tasks.json`), lists of tasks by tag, or a single list as it was before there were tags.

mod mapping;
mod references;
mod words;

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::assemble::assemble;
use super::draft::Draft;
use super::source::Source;
use super::{Import, Kept, Loss, Unreadable};
use crate::record::json::Strict;
use references::{Written, id_text};

/// The name in `origin.system`.
pub const SYSTEM: &str = "task-master";

/// The tag of a file without tags: Task Master itself takes it for this one.
const MASTER: &str = "master";

/// Reads a `tasks.json`.
#[must_use]
pub fn read(bytes: &[u8]) -> Import {
    let mut file = File::default();
    match parse(bytes) {
        Ok(map) => file.add(map),
        Err(unreadable) => file.unreadable.push(unreadable),
    }
    file.finish()
}

/// The object a file is, or what is wrong with it and where.
fn parse(bytes: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    let unreadable = |line: usize, reason: String| Unreadable {
        place: format!("line {line}"),
        reason,
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        unreadable(line, format!("byte {} is not UTF-8", before.len() + 1))
    })?;
    match serde_json::from_str(text) {
        Ok(Strict(Value::Object(map))) => Ok(map),
        Ok(Strict(Value::Array(_))) => Err(unreadable(1, "is a list, not a file of Task Master".to_owned())),
        Ok(_) => Err(unreadable(1, "is a single value, not a file of Task Master".to_owned())),
        Err(error) => {
            let place = format!(" at line {} column {}", error.line(), error.column());
            let reason = error.to_string();
            let reason = reason.strip_suffix(&place).unwrap_or(&reason);
            let reason = format!("is not JSON: {reason} at column {}", error.column());
            Err(unreadable(error.line(), reason))
        }
    }
}

/// Where a task stands.
struct Place<'p> {
    tag: &'p str,
    /// The id of the task it is a part of.
    parent: Option<&'p str>,
    /// The way to it, such as `master.tasks[0]`.
    path: String,
}

#[derive(Default)]
struct File {
    drafts: Vec<Draft>,
    written: Vec<Written>,
    /// Names to positions in `drafts`.
    by_name: HashMap<String, usize>,
    /// How many tasks one name was meant for.
    given_again: HashMap<String, usize>,
    losses: Vec<Loss>,
    unreadable: Vec<Unreadable>,
}

impl File {
    fn add(&mut self, mut map: Map<String, Value>) {
        let is_tag = |value: &Value| value.get("tasks").is_some_and(Value::is_array);
        let has_tags = map.values().any(is_tag);
        let has_tasks = map.get("tasks").is_some_and(Value::is_array);
        if !has_tags && !has_tasks {
            return self.refuse("line 1", "has no list `tasks`, and no tag that has one");
        }
        if has_tasks && !map.get(MASTER).is_some_and(is_tag) {
            self.add_tag(MASTER, "tasks", without_tags(&mut map, has_tags));
        }
        for (key, value) in map {
            match value {
                Value::Object(tag) if tag.get("tasks").is_some_and(Value::is_array) => {
                    let path = format!("{key}.tasks");
                    self.add_tag(&key, &path, tag);
                }
                Value::Null => {}
                Value::Array(_) if key == "tasks" => {
                    self.refuse("tasks", "stands beside the tag master, which is taken");
                }
                _ => self.losses.push(Loss {
                    original: "tasks.json".to_owned(),
                    field: key,
                    reason: "is no tag: it has no list of tasks".to_owned(),
                    kept: Kept::Nowhere,
                }),
            }
        }
    }

    fn add_tag(&mut self, tag: &str, path: &str, fields: Map<String, Value>) {
        let mut source = Source::of(fields);
        let tasks = source.list("tasks");
        match mapping::tag(tag, path, source) {
            Ok(draft) => self.push(draft, Written::default()),
            Err(reason) => self.refuse(path, &reason),
        }
        self.add_tasks(tag, None, path, tasks);
    }

    fn add_tasks(&mut self, tag: &str, parent: Option<&str>, list: &str, tasks: Vec<Value>) {
        for (position, value) in tasks.into_iter().enumerate() {
            let path = format!("{list}[{position}]");
            let place = Place { tag, parent, path };
            if let Err(reason) = self.add_task(&place, value) {
                self.refuse(&place.path, &reason);
            }
        }
    }

    /// Adds a task and what is below it; what is below comes along also where the task itself cannot.
    fn add_task(&mut self, place: &Place<'_>, value: Value) -> Result<(), String> {
        let Value::Object(map) = value else {
            return Err("is not a task".to_owned());
        };
        let mut source = Source::of(map);
        let parts = source.list("subtasks");
        let Some(id) = id(&mut source, place.parent) else {
            return Err(match parts.len() {
                0 => "has no id".to_owned(),
                count => format!("has no id; nor have what is below it, {count} in number"),
            });
        };
        let (id, added) = self.add_named(place, id, source);
        self.add_tasks(place.tag, Some(&id), &format!("{}.subtasks", place.path), parts);
        added
    }

    /// Adds a task, and says by which id: files that models write have one id for several tasks.
    fn add_named(&mut self, place: &Place<'_>, id: String, source: Source) -> (String, Result<(), String>) {
        let first = self.by_name.get(&references::name(place.tag, &id));
        let first = first.map(|first| &self.drafts[*first]);
        let free = match first {
            None => id.clone(),
            Some(first) if source.is_text("title", first.item.title.as_str()) => {
                let reason = format!("is the same task as {}", first.place);
                return (id, Err(reason));
            }
            Some(_) => self.free(place.tag, &id),
        };
        let added = mapping::task(place, references::name(place.tag, &free), source).map(|(mut draft, written)| {
            if free != id {
                let reason = "is the id of another task too; this one is known by it and a number";
                draft.lose("id", reason, Kept::Origin);
            }
            self.push(draft, written);
        });
        (free, added)
    }

    /// The first of `5-2`, `5-3`, … that no task has.
    fn free(&mut self, tag: &str, id: &str) -> String {
        let count = self.given_again.entry(references::name(tag, id)).or_insert(1);
        loop {
            *count += 1;
            let free = format!("{id}-{count}");
            if !self.by_name.contains_key(&references::name(tag, &free)) {
                return free;
            }
        }
    }

    fn push(&mut self, draft: Draft, written: Written) {
        if let Some(first) = self.by_name.get(&draft.original) {
            let reason = format!("its name is that of {}", self.drafts[*first].place);
            return self.refuse(&draft.place, &reason);
        }
        self.by_name.insert(draft.original.clone(), self.drafts.len());
        self.drafts.push(draft);
        self.written.push(written);
    }

    fn refuse(&mut self, place: &str, reason: &str) {
        self.unreadable.push(Unreadable {
            place: place.to_owned(),
            reason: reason.to_owned(),
        });
    }

    fn finish(mut self) -> Import {
        for (draft, written) in self.drafts.iter_mut().zip(self.written) {
            draft.references = written.resolve(|name| self.by_name.contains_key(name));
        }
        assemble(SYSTEM, self.drafts, self.losses, self.unreadable)
    }
}

/// Takes a list without a tag out of a file, with all that is said of it; where there are tags too, only the list and
/// its metadata.
fn without_tags(map: &mut Map<String, Value>, has_tags: bool) -> Map<String, Value> {
    let mut fields = match has_tags {
        true => ["tasks", "metadata"]
            .into_iter()
            .filter_map(|key| map.shift_remove_entry(key))
            .collect(),
        false => std::mem::take(map),
    };
    // An older name of the same.
    if !fields.contains_key("metadata")
        && let Some(meta) = fields.shift_remove("meta")
    {
        fields.insert("metadata".to_owned(), meta);
    }
    fields
}

/// The id of a task within its tag: that of a part begins with the id of the whole.
fn id(source: &mut Source, parent: Option<&str>) -> Option<String> {
    let own = id_text(&source.take("id")?)?;
    Some(match parent {
        Some(parent) if !own.starts_with(&format!("{parent}.")) => format!("{parent}.{own}"),
        _ => own,
    })
}
