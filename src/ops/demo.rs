//! A small believable repository to look around in.

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;

use super::context::Settings;
use super::{Context, Error, ErrorKind, init};
use crate::record::value::Time;
use crate::record::vendor::normalised_name;
use crate::record::{Kind, Record, RecordId, parse};
use crate::store::Store;

/// The record of the story that is worth showing.
const EXAMPLE: &str = "cache";

/// What [`demo`] made.
#[derive(Clone, Debug, Serialize)]
pub struct DemoResponse {
    /// The repository.
    pub directory: String,
    /// How many records it holds.
    pub records: usize,
    /// A work item worth showing, by its short name.
    pub example: String,
    /// The tip.
    pub revision: String,
    /// Where the answer comes from.
    pub data_source: &'static str,
    /// Always empty.
    pub warnings: Vec<String>,
}

/// Makes a repository with a docket at `dir`, which must not exist or be empty.
///
/// Where git knows no user, the new repository gets one of its own.
pub fn demo(dir: &Path, settings: &Settings) -> Result<(DemoResponse, Context), Error> {
    let occupied = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if occupied || dir.is_file() {
        return Err(Error::request(format!("{} is not empty", dir.display())).hint("git docket demo"));
    }
    let store = Store::create_repository(dir, settings.reference.as_deref())?;
    if store.identity().is_err() {
        store.set_config("user.name", "Ana Demo")?;
        store.set_config("user.email", "ana@example.com")?;
    }
    // The config is read when a repository is opened.
    let context = Context::with_store(Store::open_at(dir, settings.reference.as_deref())?, settings);
    init::init(&context, settings.reference.is_some())?;
    let written = context.write("demo", None, |context, draft| {
        let (records, example) = story(context)?;
        draft.subject = Some(format!("demo: {} records", records.len()));
        for record in records {
            draft.put(record, Vec::new())?;
        }
        Ok(example)
    })?;
    let records = context.read()?.load(Kind::ALL)?.records.len();
    let response = DemoResponse {
        directory: dir
            .canonicalize()
            .unwrap_or_else(|_| dir.to_owned())
            .display()
            .to_string(),
        records,
        example: written.value.short(),
        revision: written.commit.to_string(),
        data_source: "git",
        warnings: Vec::new(),
    };
    Ok((response, context))
}

/// One team's autumn: record files, set apart by lines of `=`. In them `@{name}` is an identity,
/// `@{vendor NAME}` that of a vendor, `@{-5h}` the time so many hours ago, `@{note -5h}` an identity of that time.
const STORY: &str = include_str!("demo.txt");

/// The records of the story, told now.
fn story(context: &Context) -> Result<(Vec<Record>, RecordId), Error> {
    let now = context.source.now().as_seconds();
    let mut ids: HashMap<String, RecordId> = HashMap::new();
    let mut records = Vec::new();
    for file in STORY.split("\n=====\n") {
        let text = fill(file, &mut |token| meaning(token, now, context, &mut ids));
        let parsed =
            parse(text.as_bytes(), None).map_err(|violations| Error::invalid("the demo is not valid", &violations))?;
        records.push(parsed.record);
    }
    let example = ids.get(EXAMPLE).copied();
    let example = example.ok_or_else(|| Error::new(ErrorKind::Internal, "the demo has no example"))?;
    Ok((records, example))
}

/// Replaces every `@{token}`.
fn fill(text: &str, meaning: &mut impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        let (token, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&meaning(token));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn meaning(token: &str, now: i64, context: &Context, ids: &mut HashMap<String, RecordId>) -> String {
    let at = |text: &str| {
        let hours: i64 = text
            .starts_with(['-', '+'])
            .then_some(text)?
            .strip_suffix('h')?
            .parse()
            .ok()?;
        Time::from_seconds((now + hours * 3600).max(0))
    };
    if let Some(time) = at(token) {
        return time.to_string();
    }
    if let Some(name) = token.strip_prefix("vendor ") {
        return RecordId::vendor(&normalised_name(name), 1).to_string();
    }
    if let Some(time) = token.strip_prefix("note ").and_then(at) {
        return context.source.timed_id(time).to_string();
    }
    ids.entry(token.to_owned())
        .or_insert_with(|| context.source.id())
        .to_string()
}
