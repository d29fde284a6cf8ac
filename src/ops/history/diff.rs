//! How the records differ between two commits, whatever happened between them.

use std::collections::HashMap;

use serde::Serialize;

use super::logged::body;
use super::{FieldChange, Moment, What};
use crate::ops::read::Listed;
use crate::ops::{Context, Error};
use crate::record::merge::unified;
use crate::record::path::Place;
use crate::record::{Record, RecordId, RecordPath, change, limits, parse};
use crate::store::{BlobId, CommitId, Entry, File};

/// The difference between two commits.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct DiffResponse {
    /// The first commit; null where there was none yet.
    pub from: Option<String>,
    /// The second.
    pub to: String,
    /// The records that differ, by path.
    #[serde(flatten)]
    pub listed: Listed<DiffRecord>,
}

/// A record that differs.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct DiffRecord {
    /// The path of its file.
    pub path: String,
    /// Its kind.
    pub kind: String,
    /// Its identity, where it has one of its own.
    pub id: Option<RecordId>,
    /// The type of a work item.
    pub item_type: Option<String>,
    /// What a person calls it.
    pub title: String,
    /// How it differs.
    pub what: What,
    /// The fields that differ; all that a created record has, all that a removed one had.
    pub fields: Vec<FieldChange>,
    /// The difference of the body, line by line.
    pub body: Option<String>,
}

/// Tells how the records differ between the two ends of `A..B`, or from `A` to the tip. Each end
/// is a commit or a time; a time is the newest commit by then.
pub fn diff(context: &Context, range: &str) -> Result<DiffResponse, Error> {
    let reading = context.read()?;
    let tip = reading.commit();
    let (from, to) = range.split_once("..").unwrap_or((range, ""));
    let end = |text: &str| -> Result<Option<CommitId>, Error> {
        match text {
            "" => Ok(Some(tip)),
            text => Moment::read(context, tip, text)?.commit(context, tip),
        }
    };
    let from = end(from)?;
    let to = end(to)?.ok_or_else(|| Error::request(format!("there was no docket yet at {to}")))?;
    let items = differing(context, from, to)?;
    Ok(DiffResponse {
        from: from.map(|from| from.to_string()),
        to: to.to_string(),
        listed: Listed::all(items, reading.meta()),
    })
}

fn differing(context: &Context, from: Option<CommitId>, to: CommitId) -> Result<Vec<DiffRecord>, Error> {
    let mut records = Vec::new();
    let (mut entries, mut paths) = (Vec::new(), Vec::new());
    for change in context.store.tree_changes(from, to)? {
        let place = std::str::from_utf8(&change.path).ok().map(RecordPath::locate);
        let Some(Place::Record(path)) = place else { continue };
        for file in [change.before, change.after]
            .into_iter()
            .flatten()
            .filter(|file| file.mode.is_file())
        {
            entries.push(Entry {
                path: change.path.clone(),
                mode: file.mode,
                blob: file.blob,
            });
            paths.push(path.clone());
        }
        records.push((path, change));
    }
    let snapshot = context.store.snapshot(to)?;
    let read = snapshot.read_all(&entries, limits::RECORD_BYTES, |at, bytes| {
        Some(parse(&bytes.ok()?, Some(&paths[at])).ok()?.record)
    });
    let versions: HashMap<(Vec<u8>, BlobId), Option<Record>> = entries
        .into_iter()
        .map(|entry| (entry.path, entry.blob))
        .zip(read)
        .collect();
    let version = |path: &[u8], file: Option<File>| {
        let file = file.filter(|file| file.mode.is_file())?;
        versions.get(&(path.to_vec(), file.blob))?.as_ref()
    };
    let differing = records.iter().map(|(path, change)| {
        let (before, after) = (
            version(&change.path, change.before),
            version(&change.path, change.after),
        );
        let what = match (change.before, change.after, after) {
            (_, None, _) => What::Removed,
            (_, Some(_), None) => What::Unreadable,
            (None, ..) => What::Created,
            _ => What::Changed,
        };
        record(path, what, before, after)
    });
    Ok(differing.collect())
}

fn record(path: &RecordPath, what: What, before: Option<&Record>, after: Option<&Record>) -> DiffRecord {
    let shown = after.or(before);
    let text = |record: Option<&Record>| record.map_or("", |record| record.body.as_str()).to_owned();
    let (old, new) = (text(before), text(after));
    let fields = match what {
        What::Unreadable => Vec::new(),
        _ => field_changes(before, after),
    };
    DiffRecord {
        path: path.to_string(),
        kind: path.kind().as_str().to_owned(),
        id: path.id(),
        item_type: shown
            .and_then(Record::as_work_item)
            .map(|item| item.item_type.to_string()),
        title: shown.map(Record::heading).unwrap_or_default(),
        fields,
        body: Some(unified(&old, &new)).filter(|text| what != What::Unreadable && !text.is_empty()),
        what,
    }
}

/// The fields that differ, the body told by how many lines it gained and lost.
pub(in crate::ops) fn field_changes(before: Option<&Record>, after: Option<&Record>) -> Vec<FieldChange> {
    let text = |record: Option<&Record>| record.map_or("", |record| record.body.as_str()).to_owned();
    let changes = change::changes(before, after).into_iter();
    let told = changes.map(|change| match change.field.as_str() {
        "body" => body(&text(before), &text(after)),
        _ => change.into(),
    });
    told.collect()
}
