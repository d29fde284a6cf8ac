//! Conflicts: values that a merge could not keep, shown and resolved.
//!
//! A record with a conflict is valid and goes on; nobody waits for anybody. The conflict is a record of its own beside
//! it, which stays when it is resolved and says how.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::draft::Draft;
use super::field_edit::{FieldEdit, FieldPath, apply};
use super::read::{Meta, NAMED, Reading};
use super::view::Brief;
use super::{Context, Error, ErrorKind};
use crate::record::merge::{WHOLE, members};
use crate::record::note::{Choice, Conflict};
use crate::record::value::Time;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath, config, limits, parse};
use crate::store::{BlobId, CONFIG_PATH};

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

/// Conflicts.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ConflictsResponse {
    /// Each, in the order of the records and fields.
    pub items: Vec<ConflictView>,
    /// How many.
    pub total_count: usize,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// How to resolve a conflict.
#[derive(Clone, Debug)]
pub enum Take {
    /// What the merge kept.
    Kept,
    /// The other value.
    Other,
    /// The value before both.
    Base,
    /// This one.
    Value(Value),
}

impl Take {
    fn choice(&self) -> Choice {
        match self {
            Self::Kept => Choice::Kept,
            Self::Other => Choice::Other,
            Self::Base => Choice::Base,
            Self::Value(_) => Choice::Value,
        }
    }
}

/// What resolving did.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ResolveResponse {
    /// The conflicts that were resolved.
    pub resolved: Vec<String>,
    /// The first line of the commit.
    pub summary: String,
    /// How many conflicts there still are.
    pub left: usize,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Lists conflicts.
///
/// # Errors
///
/// `not_found` where what is named is neither a conflict nor a record.
pub fn conflicts(context: &Context, request: &ConflictsRequest) -> Result<ConflictsResponse, Error> {
    let reading = context.read()?;
    let mut found = all(&reading)?;
    found.retain(|(_, conflict)| request.resolved || conflict.resolved_at.is_none());
    if let Some(name) = &request.of {
        found = meant(context, name, &found)?;
    }
    let mut items = Vec::with_capacity(found.len());
    let on: Vec<_> = found.iter().map(|(_, conflict)| conflict.on).collect();
    let (briefs, meta) = context.ask(Some(reading.commit()), &[], |records| records.summaries(&on))?;
    for (path, conflict) in found {
        let record = briefs.get(&conflict.on).cloned();
        items.push(view(context, &path, conflict, record));
    }
    Ok(ConflictsResponse {
        total_count: items.len(),
        items,
        meta,
    })
}

/// How many conflicts are not resolved.
pub(super) fn count(reading: &Reading) -> Result<usize, Error> {
    let open = all(reading)?;
    Ok(open
        .iter()
        .filter(|(_, conflict)| conflict.resolved_at.is_none())
        .count())
}

/// Resolves conflicts: gives the field the value that is to stand, and writes down how. In one commit.
///
/// # Errors
///
/// `not_found` and `ambiguous` for the name; `invalid` where the value does not fit, or what the conflict is on is no
/// record and somebody has to change its file.
pub fn resolve(
    context: &Context,
    name: &str,
    field: Option<&str>,
    take: &Take,
    by: Option<&str>,
) -> Result<ResolveResponse, Error> {
    let actor = context.named_or_actor(by)?;
    let written = context.write("resolve", by, |context, draft| {
        let mut open = all(draft.reading)?;
        open.retain(|(_, conflict)| conflict.resolved_at.is_none());
        let total = open.len();
        let mut meant = meant(context, name, &open)?;
        meant.retain(|(_, conflict)| field.is_none_or(|field| conflict.field.as_str() == field));
        if meant.is_empty() {
            return Err(Error::not_found(format!(
                "there is no open conflict of that field on {name}"
            )));
        }
        if meant.len() > 1 && !matches!(take, Take::Kept | Take::Other | Take::Base) {
            let fields: Vec<_> = meant.iter().map(|(_, conflict)| conflict.field.to_string()).collect();
            let message = format!("{name} has conflicts of {}; name one with --field", fields.join(", "));
            return Err(Error::request(message));
        }
        for (path, conflict) in &meant {
            settle(draft, conflict, take)?;
            let mut resolved = conflict.clone();
            resolved.resolved_at = Some(context.source.second());
            resolved.resolved_by = Some(actor.clone());
            resolved.choice = Some(take.choice());
            let resolved = Record::new(Fields::Conflict(Box::new(resolved)), "");
            draft.put_at(path, resolved, Vec::new())?;
        }
        let fields: Vec<_> = meant.iter().map(|(_, conflict)| conflict.field.as_str()).collect();
        let (on, choice) = (meant[0].1.on.short(), take.choice());
        draft.subject = Some(format!("resolve {} of {on}: {}", fields.join(", "), choice.as_str()));
        let names: Vec<_> = meant.iter().map(|(path, _)| digits(path)).collect();
        Ok((names, total - meant.len()))
    })?;
    let (resolved, left) = written.value;
    Ok(ResolveResponse {
        resolved,
        left,
        summary: written.subject,
        meta: Meta::git(written.commit, written.warnings),
    })
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

/// Those of `open` that a name means: a conflict by the beginning of its own, or all on a record.
fn meant(context: &Context, name: &str, open: &[(RecordPath, Conflict)]) -> Result<Vec<(RecordPath, Conflict)>, Error> {
    let is_hex = name.len() >= NAMED_BY && name.bytes().all(|b| b.is_ascii_hexdigit());
    let named: Vec<_> = open
        .iter()
        .filter(|(path, _)| is_hex && digits(path).starts_with(name))
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
        Err(_) => {
            let (path, _) = context.ask(None, &[], |records| records.find(name))?;
            path.id().ok_or_else(|| Error::bug("a record without an identity"))?
        }
    };
    let on: Vec<_> = open.iter().filter(|(_, conflict)| conflict.on == id).cloned().collect();
    match on.is_empty() {
        true => Err(Error::not_found(format!("there is no open conflict on {name}")).hint("git docket conflicts")),
        false => Ok(on),
    }
}

/// The digits a conflict's file is named after.
fn digits(path: &RecordPath) -> String {
    let path = path.to_string();
    let file = path.rsplit('/').next().unwrap_or_default();
    file.trim_end_matches(".md").to_owned()
}

fn view(
    context: &Context,
    path: &RecordPath,
    conflict: Conflict,
    record: Option<crate::index::Summary>,
) -> ConflictView {
    let writer = |commit: &str| {
        let commit = commit.parse().ok()?;
        let walk = context.store.walk_of(&[(commit, 0)]).ok()?;
        let commit = walk.commits().first()?;
        Some(Writer {
            by: commit.who().to_owned(),
            at: Time::from_seconds(commit.time),
        })
    };
    let value = |value: &Option<crate::record::value::Anything>| value.as_ref().map(|value| value.0.clone());
    ConflictView {
        id: digits(path)[..SHORT].to_owned(),
        on: conflict.on,
        record: record.map(super::view::brief),
        field: conflict.field.to_string(),
        base: value(&conflict.base),
        kept: value(&conflict.kept),
        other: value(&conflict.other),
        kept_by: writer(conflict.kept_commit.as_str()),
        other_by: writer(conflict.other_commit.as_str()),
        kept_commit: conflict.kept_commit.as_str().to_owned(),
        other_commit: conflict.other_commit.as_str().to_owned(),
        resolved_at: conflict.resolved_at,
        resolved_by: conflict.resolved_by.as_ref().map(ToString::to_string),
        choice: conflict.choice.map(|choice| choice.as_str().to_owned()),
        file: path.to_string(),
    }
}

/// Gives what a conflict is on the value that is to stand.
fn settle(draft: &mut Draft<'_>, conflict: &Conflict, take: &Take) -> Result<(), Error> {
    let value = match take {
        Take::Kept => return Ok(()),
        Take::Other => conflict.other.as_ref().map(|value| value.0.clone()),
        Take::Base => conflict.base.as_ref().map(|value| value.0.clone()),
        Take::Value(value) => Some(value.clone()),
    };
    let Some(path) = record_of(draft, conflict.on)? else {
        return of_file(draft, conflict, value);
    };
    if conflict.field.as_str() == WHOLE {
        return whole(draft, path, value);
    }
    let Some(record) = draft.get(&path)?.cloned() else {
        return Err(Error::bug(format!("{path} is not there")));
    };
    let value = value.map(|value| unpacked(draft, conflict, value)).transpose()?;
    let field = conflict.field.as_str();
    if is_clash(&record, conflict) {
        let message = format!("two records have the same {field}; rename one of them, then --take kept");
        return Err(Error::request(message));
    }
    if field == "body" {
        let body = value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        let (record, cleared) = apply(&record, &body, &[])?;
        return draft.put(record, cleared).map(drop);
    }
    let edits: Vec<_> = edits(&record, field, value.as_ref());
    let (record, cleared) = apply(&record, &record.body, &edits)?;
    draft.put(record, cleared).map(drop)
}

/// A dropped edge, a group, or a field.
fn edits(record: &Record, field: &str, value: Option<&Value>) -> Vec<FieldEdit> {
    let edit = |name: &str, value: Option<&Value>| match value {
        Some(value) => FieldEdit::Set(FieldPath::of_change(name), value.clone()),
        None => FieldEdit::Clear(FieldPath::of_change(name)),
    };
    let members = members(record.kind(), field);
    if members.len() > 1 {
        let map = value.and_then(Value::as_object);
        let plain = |member: &&str| match map {
            Some(map) => map.get(*member).cloned(),
            // Somebody gives the one that the group is named after.
            None => value.filter(|_| *member == field).cloned(),
        };
        return members
            .iter()
            .map(|member| edit(member, plain(member).as_ref()))
            .collect();
    }
    match value {
        // An edge that was dropped is one of a list.
        Some(Value::String(_)) if field == "depends_on" => {
            vec![FieldEdit::Add(field.into(), value.cloned().into_iter().collect())]
        }
        value => vec![edit(field, value)],
    }
}

/// The name of one record that another has, too.
fn is_clash(record: &Record, conflict: &Conflict) -> bool {
    let names = ["aliases", "name"].contains(&conflict.field.as_str());
    let other = conflict.other.as_ref().map(|value| &value.0);
    names
        && other.is_some_and(|other| {
            other.get("id").and_then(Value::as_str) == record.id().map(|id| id.to_string()).as_deref()
        })
}

fn record_of(draft: &mut Draft<'_>, id: RecordId) -> Result<Option<RecordPath>, Error> {
    for path in NAMED.iter().filter_map(|kind| RecordPath::own(*kind, id)) {
        if draft.reading.snapshot.entry(&path.to_string())?.is_some() {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// The value itself, where the conflict names the blob it stands in.
fn unpacked(draft: &Draft<'_>, conflict: &Conflict, value: Value) -> Result<Value, Error> {
    let Some(bytes) = blob(draft, &value)? else {
        return Ok(value);
    };
    let path = RecordPath::own(Kind::WorkItem, conflict.on);
    let parsed = parse(&bytes, path.as_ref()).or_else(|_| parse(&bytes, None));
    let record = parsed.map_err(super::draft::refused)?.record;
    match conflict.field.as_str() {
        "body" => Ok(record.body.into()),
        field => {
            let fields = record.to_json();
            let found = fields.get(field).cloned();
            found.ok_or_else(|| Error::request(format!("the value of {field} stands in no file that can be read")))
        }
    }
}

fn blob(draft: &Draft<'_>, value: &Value) -> Result<Option<Vec<u8>>, Error> {
    let id = value
        .as_object()
        .filter(|map| map.len() == 1)
        .and_then(|map| map.get("blob")?.as_str());
    let Some(id) = id.and_then(|id| id.parse::<BlobId>().ok()) else {
        return Ok(None);
    };
    Ok(Some(draft.reading.snapshot.blob(id, limits::RECORD_BYTES)?.bytes))
}

/// A whole record: its file as it was.
fn whole(draft: &mut Draft<'_>, path: RecordPath, value: Option<Value>) -> Result<(), Error> {
    let Some(value) = value else {
        let message = "that is no file at all: a record does not disappear; git docket delete marks it deleted";
        return Err(Error::request(message));
    };
    let bytes = match (blob(draft, &value)?, value) {
        (Some(bytes), _) => bytes,
        (None, Value::String(text)) => text.into_bytes(),
        (None, _) => return Err(Error::request("a whole record is a text")),
    };
    let record = parse(&bytes, Some(&path)).map_err(super::draft::refused)?.record;
    draft.put_typed(path, bytes, record);
    Ok(())
}

/// What is no record: the configuration, or a file that is not ours.
fn of_file(draft: &mut Draft<'_>, conflict: &Conflict, value: Option<Value>) -> Result<(), Error> {
    if conflict.on != RecordId::of_path(CONFIG_PATH) || conflict.field.as_str() == WHOLE {
        let message = "the conflict is on a file that is no record: change it with git, then --take kept";
        return Err(Error::request(message));
    }
    let bytes = draft.reading.snapshot.read(CONFIG_PATH, limits::RECORD_BYTES)?;
    let bytes = bytes.map(|blob| blob.bytes).unwrap_or_default();
    // The values of the configuration are recorded as TOML.
    let value = value.map(|value| match value.as_str().map(str::trim) {
        Some(text) => match (
            text.parse::<i64>(),
            text.strip_prefix('"').and_then(|text| text.strip_suffix('"')),
        ) {
            (Ok(number), _) => number.into(),
            (_, Some(text)) => text.into(),
            _ => text.into(),
        },
        None => value,
    });
    let edited = config::edited(&bytes, conflict.field.as_str(), value.as_ref()).map_err(super::draft::refused)?;
    draft.config = Some(edited);
    Ok(())
}
