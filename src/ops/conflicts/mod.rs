//! Conflicts: values that a merge could not keep, shown and resolved.
//!
//! A record with a conflict is valid and goes on; nobody waits for anybody. The conflict is a record of its own beside
//! it, which stays when it is resolved and says how.
//!
//! | module | holds |
//! |---|---|
//! | `resolve` | which conflicts are resolved, and that they are |
//! | `settle` | the value that is to stand, put in its place |

mod resolve;
mod settle;

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::resolve::{ResolveResponse, Take, resolve};
use super::read::{Listed, Reading};
use super::view::Brief;
use super::{Context, Error, ErrorKind};
use crate::record::id::CommitHash;
use crate::record::note::Conflict;
use crate::record::value::Time;
use crate::record::{Fields, Kind, RecordId, RecordPath};
use crate::store::{Commit, CommitId, Walk};

/// How many digits of the name of a conflict are shown.
const SHORT: usize = 8;

/// How many digits must be given to name one.
const NAMED_BY: usize = 4;

/// A conflict as it is shown.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ConflictView {
    /// Its name: the digits its file is named after.
    pub id: String,
    /// The record it is on; of a file that is no record, an identity made of its path.
    pub on: RecordId,
    /// That record in a few words, where it is one.
    pub record: Option<Brief>,
    /// The file it is on, where that is no record and is still there.
    pub path: Option<String>,
    /// The field, the group of fields, or `*` for the record as a whole.
    pub field: String,
    /// The value before both; null where there was none.
    pub base: Option<Value>,
    /// The value that was kept.
    pub kept: Option<Value>,
    /// The value that was not.
    pub other: Option<Value>,
    /// Who wrote the kept value, and when, where the commit is here.
    pub kept_by: Option<Writer>,
    /// Who wrote the other.
    pub other_by: Option<Writer>,
    /// The commit that wrote the kept value.
    pub kept_commit: String,
    /// The commit that wrote the other.
    pub other_commit: String,
    /// When it was resolved.
    pub resolved_at: Option<Time>,
    /// Who resolved it.
    pub resolved_by: Option<String>,
    /// With which value.
    pub choice: Option<String>,
    /// Its file.
    pub file: String,
}

/// Who wrote a value.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Writer {
    /// The client, else the author of the commit.
    pub by: String,
    /// When it was committed.
    pub at: Option<Time>,
}

/// Which conflicts to list.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
pub struct ConflictsRequest {
    /// Only those on this record, by any of its names, or this conflict, by the beginning of its name.
    pub of: Option<String>,
    /// Those that are resolved, too.
    #[serde(default)]
    pub resolved: bool,
}

/// Conflicts, in the order of the records and fields.
pub type ConflictsResponse = Listed<ConflictView>;

/// Lists conflicts.
///
/// # Errors
///
/// `not_found` where what is named is neither a conflict nor a record.
pub fn conflicts(context: &Context, request: &ConflictsRequest) -> Result<ConflictsResponse, Error> {
    let reading = context.read()?;
    let mut found = all(&reading)?;
    match &request.of {
        Some(name) => {
            let find = |name: &str| context.ask_within(Some(reading.commit()), &[], |records| records.find(name));
            found = meant(name, request.resolved, &found, |name| find(name).map(|(path, _)| path))?;
        }
        None => found.retain(|(_, conflict)| request.resolved || conflict.resolved_at.is_none()),
    }
    let mut items = Vec::with_capacity(found.len());
    let on: Vec<_> = found.iter().map(|(_, conflict)| conflict.on).collect();
    let (briefs, meta) = context.ask(Some(reading.commit()), &[], |records| records.summaries(&on))?;
    let writers = writers(context, &found);
    let files = match on.iter().all(|on| briefs.contains_key(on)) {
        true => HashMap::new(),
        false => other_files(&reading)?,
    };
    for (path, conflict) in found {
        let (record, file) = (briefs.get(&conflict.on).cloned(), files.get(&conflict.on).cloned());
        items.push(view(&writers, &path, conflict, record, file));
    }
    Ok(Listed::all(items, meta))
}

/// The files that are no records, such as settings and saved queries, by what conflicts call them.
fn other_files(reading: &Reading) -> Result<HashMap<RecordId, String>, Error> {
    let entries = reading.snapshot.entries("")?.into_iter();
    let paths = entries.map(|entry| String::from_utf8_lossy(&entry.path).into_owned());
    let others = paths.filter(|path| RecordPath::of(path).is_none());
    Ok(others.map(|path| (RecordId::of_path(&path), path)).collect())
}

/// How many conflicts are not resolved.
pub(super) fn count(reading: &Reading) -> Result<usize, Error> {
    let open = all(reading)?;
    Ok(open
        .iter()
        .filter(|(_, conflict)| conflict.resolved_at.is_none())
        .count())
}

fn all(reading: &Reading) -> Result<Vec<(RecordPath, Conflict)>, Error> {
    let loaded = reading.load(&[Kind::Conflict])?;
    let found = loaded
        .records
        .into_iter()
        .filter_map(|(path, parsed)| match parsed.record.fields {
            Fields::Conflict(conflict) => Some((path, *conflict)),
            _ => None,
        });
    let mut found: Vec<_> = found.collect();
    found.sort_by(|(one_path, one), (two_path, two)| {
        (one.on, one.field.as_str(), one_path).cmp(&(two.on, two.field.as_str(), two_path))
    });
    Ok(found)
}

/// Those of `known` that a name means: one by the beginning of its own, whatever became of it, or all on a record, of
/// which those that are resolved count where they are wanted.
fn meant(
    name: &str,
    resolved: bool,
    known: &[(RecordPath, Conflict)],
    find: impl FnOnce(&str) -> Result<RecordPath, Error>,
) -> Result<Vec<(RecordPath, Conflict)>, Error> {
    let begin = name.to_ascii_lowercase();
    let is_hex = name.len() >= NAMED_BY && name.bytes().all(|b| b.is_ascii_hexdigit());
    let named: Vec<_> = known
        .iter()
        .filter(|(path, _)| is_hex && digits(path).starts_with(&begin))
        .cloned()
        .collect();
    if let [_, _, ..] = named.as_slice() {
        let names: Vec<_> = named.iter().map(|(path, _)| digits(path)).collect();
        let message = format!("{name} is the beginning of {} conflicts", names.len());
        return Err(Error::new(ErrorKind::Ambiguous, message).with("conflicts", names));
    }
    if !named.is_empty() {
        return Ok(named);
    }
    let id = match name.parse::<RecordId>() {
        Ok(id) => id,
        // A file that is no record is called by its path.
        Err(_) if known.iter().any(|(_, conflict)| conflict.on == RecordId::of_path(name)) => RecordId::of_path(name),
        Err(_) => find(name)?
            .id()
            .ok_or_else(|| Error::bug("a record without an identity"))?,
    };
    let on: Vec<_> = known
        .iter()
        .filter(|(_, conflict)| conflict.on == id && (resolved || conflict.resolved_at.is_none()))
        .cloned()
        .collect();
    match on.is_empty() {
        true => {
            let word = if resolved { "conflict" } else { "open conflict" };
            Err(Error::not_found(format!("there is no {word} on {name}")).hint("git docket conflicts"))
        }
        false => Ok(on),
    }
}

/// The digits a conflict's file is named after.
fn digits(path: &RecordPath) -> String {
    let path = path.to_string();
    let file = path.rsplit('/').next().unwrap_or_default();
    file.trim_end_matches(".md").to_owned()
}

/// Who made the commits that these conflicts name, of those that are here.
fn writers(context: &Context, conflicts: &[(RecordPath, Conflict)]) -> HashMap<CommitId, Writer> {
    let named = conflicts
        .iter()
        .flat_map(|(_, conflict)| [&conflict.kept_commit, &conflict.other_commit]);
    let named: BTreeSet<CommitId> = named.filter_map(|commit| commit.as_str().parse().ok()).collect();
    let named: Vec<_> = named.into_iter().map(|commit| (commit, 0)).collect();
    let walks = match context.store.walk_of(&named) {
        Ok(walk) => vec![walk],
        // One that is not here says nothing of the others.
        Err(_) => named
            .chunks(1)
            .filter_map(|one| context.store.walk_of(one).ok())
            .collect(),
    };
    let writer = |commit: &Commit| Writer {
        by: commit.who().to_owned(),
        at: Time::from_seconds(commit.time),
    };
    let commits = walks.iter().flat_map(Walk::commits);
    commits.map(|commit| (commit.id, writer(commit))).collect()
}

fn view(
    writers: &HashMap<CommitId, Writer>,
    path: &RecordPath,
    conflict: Conflict,
    record: Option<crate::index::Summary>,
    file: Option<String>,
) -> ConflictView {
    let writer = |commit: &CommitHash| writers.get(&commit.as_str().parse().ok()?).cloned();
    let value = |value: &Option<crate::record::value::Anything>| value.as_ref().map(|value| value.0.clone());
    ConflictView {
        id: digits(path)[..SHORT].to_owned(),
        on: conflict.on,
        record: record.map(super::view::brief),
        path: file,
        field: conflict.field.to_string(),
        base: value(&conflict.base),
        kept: value(&conflict.kept),
        other: value(&conflict.other),
        kept_by: writer(&conflict.kept_commit),
        other_by: writer(&conflict.other_commit),
        kept_commit: conflict.kept_commit.as_str().to_owned(),
        other_commit: conflict.other_commit.as_str().to_owned(),
        resolved_at: conflict.resolved_at,
        resolved_by: conflict.resolved_by.as_ref().map(ToString::to_string),
        choice: conflict.choice.map(|choice| choice.as_str().to_owned()),
        file: path.to_string(),
    }
}
