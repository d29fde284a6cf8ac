//! What a caller expects a record to be, checked on the tip of each attempt.

use serde::Serialize;
use serde_json::{Value, json};

use super::draft::Draft;
use super::shell::quoted;
use super::{Context, Error, ErrorKind};
use crate::index::Touched;
use crate::record::limits::RECORD_BYTES;
use crate::record::{Record, RecordPath, change, parse};
use crate::store::{Blob, Snapshot};

/// A request that may expect something of the record it changes.
pub(super) trait Expects: Serialize {
    /// What the record is called in the request.
    fn name(&self) -> &str;

    /// The version the caller read.
    fn version(&self) -> Option<u64>;

    /// The commit the caller read at.
    fn revision(&self) -> Option<&str>;

    /// The command that shows the record.
    fn show_hint(&self) -> String {
        format!("git docket show {}", quoted(self.name()))
    }

    /// Whether anything is expected.
    fn expects(&self) -> bool {
        self.version().is_some() || self.revision().is_some()
    }
}

/// Checks each expectation of the request: that the record is as it was at the revision, and that it has the version.
///
/// The history is asked only where a version is expected, or something has to be said about who was faster.
pub(super) fn expect(
    context: &Context,
    draft: &mut Draft<'_>,
    path: &RecordPath,
    request: &impl Expects,
) -> Result<(), Error> {
    let mut before = None;
    if let Some(revision) = request.revision() {
        let file = path.to_string();
        let read = context.store.snapshot(context.store.resolve(revision)?)?;
        before = read.read(&file, RECORD_BYTES)?;
        let now = draft.reading.snapshot.entry(&file)?.map(|entry| entry.blob);
        if before.as_ref().map(|blob| blob.id) != now {
            let current = draft.touched(path)?;
            return Err(conflict(draft, path, request, before, current)?);
        }
    }
    if let Some(expected) = request.version() {
        match draft.touched(path)? {
            Some((current, true)) if current.version == expected => {}
            Some(current @ (_, true)) => return Err(conflict(draft, path, request, before, Some(current))?),
            _ => {
                let message = "the version cannot be known in this clone, which does not have the whole history";
                return Err(Error::request(message).hint("git fetch --unshallow"));
            }
        }
    }
    Ok(())
}

/// Checks that a file that is no record is as it was at the revision the caller read; else `sides` says what the caller
/// wants and what there is.
pub(super) fn expect_file(
    context: &Context,
    draft: &Draft<'_>,
    file: &str,
    request: &impl Expects,
    sides: impl FnOnce(&Snapshot) -> Result<Vec<Value>, Error>,
) -> Result<(), Error> {
    let Some(revision) = request.revision() else {
        return Ok(());
    };
    let blob = |snapshot: &Snapshot| Ok::<_, Error>(snapshot.entry(file)?.map(|entry| entry.blob));
    let read = context.store.snapshot(context.store.resolve(revision)?)?;
    if blob(&read)? == blob(&draft.reading.snapshot)? {
        return Ok(());
    }
    let fields: Vec<_> = sides(&draft.reading.snapshot)?;
    let error = Error::new(ErrorKind::Conflict, format!("{file} was changed since it was read"))
        .with("fields", fields)
        .with("expected_revision", revision)
        .with("current_revision", draft.reading.commit().to_string());
    Err(error.hint("git docket config list"))
}

/// Somebody was faster: who, when, and what both sides have to say.
fn conflict(
    draft: &Draft<'_>,
    path: &RecordPath,
    request: &impl Expects,
    before: Option<Blob>,
    current: Option<(Touched, bool)>,
) -> Result<Error, Error> {
    let parsed = |blob: Option<Blob>| blob.and_then(|b| parse(&b.bytes, None).ok()).map(|p| p.record);
    let now = parsed(draft.reading.snapshot.read(&path.to_string(), RECORD_BYTES)?);
    let known = current.as_ref().filter(|(_, complete)| *complete);
    let current_version = known.map(|(current, _)| current.version);
    let mut message = match (request.version(), current_version) {
        (Some(expected), Some(current)) if expected != current => {
            format!("{} has version {current}, not {expected}", request.name())
        }
        _ => format!("{} was changed since it was read", request.name()),
    };
    let (at, by) = current.map_or((None, None), |(current, _)| (current.at, current.by));
    if let Some(by) = &by {
        message.push_str(&format!("; {by} changed it last"));
    }
    let error = Error::new(ErrorKind::Conflict, message)
        .with("expected_version", request.version())
        .with("current_version", current_version)
        .with("expected_revision", request.revision().map(ToOwned::to_owned))
        .with("current_revision", draft.reading.commit().to_string())
        .with("changed_by", by)
        .with("changed_at", at.map(|time| time.to_string()))
        .with("fields", both_sides(request, parsed(before).as_ref(), now.as_ref()));
    Ok(error.hint(request.show_hint()))
}

/// Fields of requests that are about a field of another name.
const ASKED: &[(&str, &str)] = &[
    ("new_name", "name"),
    ("add_labels", "labels"),
    ("remove_labels", "labels"),
    ("add_depends_on", "depends_on"),
    ("remove_depends_on", "depends_on"),
    ("add_aliases", "aliases"),
    ("remove_aliases", "aliases"),
];

/// What the caller wants and what there is: the fields of the request, and those changed since it was read.
fn both_sides(request: &impl Expects, before: Option<&Record>, now: Option<&Record>) -> Value {
    let mut current = now.map(Record::to_json).unwrap_or_default();
    // What a request calls otherwise than the record does.
    for (asked, field) in ASKED {
        if let Some(value) = current.get(*field).cloned() {
            current.insert((*asked).to_owned(), value);
        }
    }
    if let Some(now) = now {
        for asked in ["body", "append_body"] {
            current.insert(asked.to_owned(), now.body.clone().into());
        }
    }
    let wanted = serde_json::to_value(request).unwrap_or_default();
    let given = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    };
    let expectation = ["id", "name", "version", "revision", "updated_by", "reformat", "force"];
    let mut fields: Vec<Value> = Vec::new();
    for (field, value) in wanted.as_object().into_iter().flatten() {
        if given(value) && !expectation.contains(&field.as_str()) {
            fields.push(json!({ "field": field, "wanted": value, "current": current.get(field) }));
        }
    }
    if before.is_some() {
        for change in change::changes(before, now) {
            fields.push(json!({ "field": change.field, "expected": change.before, "current": change.after }));
        }
    }
    fields.into()
}
