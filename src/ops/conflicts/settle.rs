//! The value that is to stand, put in its place: a field, a group, an edge, a whole file, a setting.

use serde_json::Value;

use super::Take;
use crate::ops::Error;
use crate::ops::draft::{Draft, refused};
use crate::ops::field_edit::{FieldEdit, FieldPath, apply};
use crate::ops::read::NAMED;
use crate::record::merge::{WHOLE, members};
use crate::record::note::Conflict;
use crate::record::{Kind, Record, RecordId, RecordPath, config, limits, parse};
use crate::store::{BlobId, CONFIG_PATH};

/// A list of edges. It is merged as a set, so a conflict of it is about one edge that was dropped, each about another.
pub(super) const EDGES: &str = "depends_on";

/// Gives what a conflict is on the value that is to stand.
pub(super) fn settle(draft: &mut Draft<'_>, conflict: &Conflict, take: &Take) -> Result<(), Error> {
    let value = match take {
        Take::Kept => return Ok(()),
        Take::Other => conflict.other.as_ref().map(|value| value.0.clone()),
        Take::Base => conflict.base.as_ref().map(|value| value.0.clone()),
        Take::Value(value) => Some(value.clone()),
    };
    let Some(path) = record_of(draft, conflict.on)? else {
        return of_file(draft, conflict, take, value);
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
    let edits = edits(&record, field, value.as_ref())?;
    let (record, cleared) = apply(&record, &record.body, &edits)?;
    draft.put(record, cleared).map(drop)
}

/// A dropped edge, a group, or a field.
fn edits(record: &Record, field: &str, value: Option<&Value>) -> Result<Vec<FieldEdit>, Error> {
    if field == EDGES {
        return match value {
            Some(target @ Value::String(_)) => Ok(vec![FieldEdit::Add(EDGES.into(), vec![target.clone()])]),
            // The edge was not there, and is not now.
            None => Ok(Vec::new()),
            Some(_) => Err(Error::request("a dropped edge is the identity of one record")),
        };
    }
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
        let edits = members.iter().map(|member| edit(member, plain(member).as_ref()));
        return Ok(edits.collect());
    }
    Ok(vec![edit(field, value)])
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

fn record_of(draft: &Draft<'_>, id: RecordId) -> Result<Option<RecordPath>, Error> {
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
    let record = parsed.map_err(refused)?.record;
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
    let record = parse(&bytes, Some(&path)).map_err(refused)?.record;
    draft.put_typed(path, bytes, record);
    Ok(())
}

/// What is no record: the configuration, or a file that is not ours.
fn of_file(draft: &mut Draft<'_>, conflict: &Conflict, take: &Take, value: Option<Value>) -> Result<(), Error> {
    if conflict.on != RecordId::of_path(CONFIG_PATH) || conflict.field.as_str() == WHOLE {
        let message = "the conflict is on a file that is no record: change it with git, then --take kept";
        return Err(Error::request(message));
    }
    // Another conflict may have been settled in it by the same write.
    let bytes = match draft.config.take() {
        Some(bytes) => Some(bytes),
        None => draft
            .reading
            .snapshot
            .read(CONFIG_PATH, limits::RECORD_BYTES)?
            .map(|blob| blob.bytes),
    };
    let bytes = bytes.unwrap_or_default();
    let field = conflict.field.as_str();
    let edited = match (take, value) {
        // A merge records a setting as TOML; what somebody gives is the value itself.
        (Take::Other | Take::Base, Some(Value::String(recorded))) => config::restored(&bytes, field, &recorded),
        (_, value) => config::edited(&bytes, field, value.as_ref()),
    };
    let edited = edited.map_err(refused)?;
    draft.config = Some(edited);
    Ok(())
}
