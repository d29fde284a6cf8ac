//! A small believable repository to look around in.

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;

use super::batch::BatchLine;
use super::context::Settings;
use super::draft::Draft;
use super::{Context, Error, init};
use crate::record::value::Time;
use crate::record::vendor::normalised_name;
use crate::record::{Kind, RecordId, parse};
use crate::store::{CommitId, Store};

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

/// Makes a repository with some code and a docket at `dir`, which must not exist or be empty.
///
/// Where git knows no user, the new repository gets one of its own.
pub fn demo(dir: &Path, settings: &Settings) -> Result<(DemoResponse, Context), Error> {
    let occupied = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if occupied || dir.is_file() {
        return Err(Error::request(format!("{} is not empty", dir.display())).hint("git docket demo"));
    }
    let store = Store::create_repository(dir, settings.reference.as_deref())?;
    // Whoever signs has a key for commits that matter.
    store.set_config("commit.gpgSign", "false")?;
    if store.identity().is_err() {
        store.set_config("user.name", "Ana Demo")?;
        store.set_config("user.email", "ana@example.com")?;
    }
    // The config is read when a repository is opened.
    let context = Context::with_store(Store::open_at(dir, settings.reference.as_deref())?, settings);
    let mut names = Names::new(&context);
    let code = fill(CODE, &mut |token| names.meaning(&context, token))?;
    context.store.import_history(code.as_bytes(), BRANCH)?;
    let begun = at(&context, settings, names.ago(BEGIN), "Ana Demo", 0)?;
    init::init(&begun, settings.reference.is_some())?;
    let mut commit = None;
    for (number, step) in STORY.split("=== ").skip(1).enumerate() {
        commit = Some(take(&context, settings, &mut names, number + 1, step)?);
    }
    let commit = commit.ok_or_else(|| Error::bug("the demo is empty"))?;
    let records = context.read()?.load(Kind::ALL)?.records.len();
    let response = DemoResponse {
        directory: dir
            .canonicalize()
            .unwrap_or_else(|_| dir.to_owned())
            .display()
            .to_string(),
        records,
        example: names.id(&context, EXAMPLE).short(),
        revision: commit.to_string(),
        data_source: "git",
        warnings: Vec::new(),
    };
    Ok((response, context))
}

/// The code the team writes, as a stream for `git fast-import`.
const CODE: &str = include_str!("code.txt");

/// The branch that is checked out in the end.
const BRANCH: &str = "003-vendor-cache";

/// When the team began.
const BEGIN: &str = "-701h";

/// One team's autumn, step by step: `=== who when`, then a record file or the lines of a batch. In it `@{name}` is an
/// identity, `@{short name}` its short form, `@{vendor NAME}` that of a vendor, `@{-5h}` the time so many hours ago,
/// `@{seconds -5h}` the same in seconds since 1970, `@{note -5h}` an identity of that time, and `@{commit REVISION}` a
/// commit of the code.
const STORY: &str = include_str!("story.txt");

/// The repository as somebody works in it at a time.
fn at(context: &Context, settings: &Settings, now: Time, who: &str, step: usize) -> Result<Context, Error> {
    let settings = Settings {
        now: Some(now),
        actor: Some(who.to_owned()),
        seed: settings.seed.as_ref().map(|seed| format!("{seed}, step {step}")),
        ..settings.clone()
    };
    Ok(Context::with_store(context.store.reopen()?, &settings))
}

/// Takes a step of the story, in a commit of its own.
fn take(
    context: &Context,
    settings: &Settings,
    names: &mut Names,
    number: usize,
    step: &str,
) -> Result<CommitId, Error> {
    let bug = || Error::bug(format!("step {number} of the demo cannot be taken"));
    let (header, text) = step.split_once('\n').ok_or_else(bug)?;
    let (who, when) = header.rsplit_once(' ').ok_or_else(bug)?;
    let text = fill(text, &mut |token| names.meaning(context, token))?;
    let there = at(context, settings, names.ago(when), who, number)?;
    if text.starts_with('{') {
        let line = |line: &str| BatchLine::read(serde_json::from_str(line).ok()?).ok();
        let lines = text.lines().map(line).collect::<Option<Vec<_>>>().ok_or_else(bug)?;
        let operation = match lines.as_slice() {
            [BatchLine::ClaimWorkItem(_)] => "claim",
            [BatchLine::RecordDeployment(_)] => "create",
            _ => "update",
        };
        let plan = |context: &Context, draft: &mut Draft<'_>| {
            lines.iter().try_for_each(|line| line.plan(context, draft).map(drop))
        };
        return Ok(there.write(operation, None, plan)?.commit);
    }
    let parsed = parse(text.as_bytes(), None);
    let record = parsed
        .map_err(|violations| Error::invalid("the demo is not valid", &violations))?
        .record;
    let plan = |_: &Context, draft: &mut Draft<'_>| draft.put_drawn(record.clone());
    Ok(there.write("create", None, plan)?.commit)
}

/// What the names of the story stand for.
struct Names {
    now: i64,
    ids: HashMap<String, RecordId>,
}

impl Names {
    fn new(context: &Context) -> Self {
        Self {
            now: context.source.now().as_seconds(),
            ids: HashMap::new(),
        }
    }

    /// `-5h`: so many hours before now.
    fn ago(&self, text: &str) -> Time {
        let hours: i64 = text.trim_end_matches('h').parse().unwrap_or(0);
        Time::from_seconds((self.now + hours * 3600).max(0)).unwrap_or(Time::EPOCH)
    }

    fn id(&mut self, context: &Context, name: &str) -> RecordId {
        *self.ids.entry(name.to_owned()).or_insert_with(|| context.source.id())
    }

    fn meaning(&mut self, context: &Context, token: &str) -> Result<String, Error> {
        let (word, rest) = token.split_once(' ').unwrap_or((token, ""));
        Ok(match word {
            "vendor" => RecordId::vendor(&normalised_name(rest), 1).to_string(),
            "short" => self.id(context, rest).short(),
            "note" => context.source.timed_id(self.ago(rest)).to_string(),
            "commit" => context.store.resolve(rest)?.to_string(),
            "seconds" => self.ago(rest).as_seconds().to_string(),
            time if time.starts_with(['-', '+']) => self.ago(time).to_string(),
            name => self.id(context, name).to_string(),
        })
    }
}

/// Replaces every `@{token}`.
fn fill(text: &str, meaning: &mut impl FnMut(&str) -> Result<String, Error>) -> Result<String, Error> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        let (token, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&meaning(token)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}
