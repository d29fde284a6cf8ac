//! Who gave each field of a record its value.

use serde::Serialize;
use serde_json::Value;

use super::log::warn_of_end;
use super::query::{LogQuery, answer};
use super::{FieldChange, LoggedCommit, LoggedRecord, What, find};
use crate::ops::read::Meta;
use crate::ops::{Context, Error, ErrorKind};
use crate::record::change::{Change, changes};
use crate::record::value::Time;
use crate::record::{RecordId, limits, parse};

/// The present fields of a record, and where each comes from.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct BlameResponse {
    /// The record.
    pub id: Option<RecordId>,
    /// Its kind.
    pub kind: &'static str,
    /// What a person calls it.
    pub title: String,
    /// Its fields, in canonical order, the body last.
    pub fields: Vec<BlamedField>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// A field and where its value comes from.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct BlamedField {
    /// The field, dotted for an entry of a map, or `body`.
    pub field: String,
    /// Its value; null for the body.
    pub value: Value,
    /// Who: the `Docket-Client` trailer of the commit, else its author. Null where this clone does
    /// not have the commit.
    pub by: Option<String>,
    /// When it was committed.
    pub at: Option<Time>,
    /// The commit.
    pub commit: Option<String>,
    /// The first line of its message.
    pub subject: Option<String>,
}

/// Tells of each field of a record who gave it its value, when and in which commit: the one that
/// first did, not the merge that brought it here.
pub fn blame(context: &Context, name: &str) -> Result<BlameResponse, Error> {
    let mut reading = context.read()?;
    let path = find(context, &reading, name)?;
    let file = path.to_string();
    let blob = reading.snapshot.read(&file, limits::RECORD_BYTES)?;
    let blob = blob.ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no file {file}")))?;
    let record = parse(&blob.bytes, Some(&path)).map_err(|violations| {
        let reasons: Vec<_> = violations.iter().map(ToString::to_string).collect();
        Error::invalid(format!("{file} cannot be read: {}", reasons.join("; ")), &violations)
            .hint(format!("git docket log {name}"))
    })?;
    let record = record.record;
    let query = LogQuery {
        record: Some(path.clone()),
        ..LogQuery::default()
    };
    let answer = answer(context, reading.commit(), &query)?;
    warn_of_end(&mut reading, answer.complete);
    let versions: Vec<_> = answer
        .commits
        .iter()
        .filter_map(|commit| Some((commit, commit.records.iter().find(|record| record.path == file)?)))
        .collect();
    let present = changes(None, Some(&record)).into_iter();
    Ok(BlameResponse {
        id: path.id(),
        kind: path.kind().as_str(),
        title: record.heading(),
        fields: present.map(|change| blamed(change, &versions)).collect(),
        meta: reading.meta(),
    })
}

/// The newest change of the field that made it what it is, else the newest change of it, else the
/// creation of the record. The newest version comes first.
fn blamed(present: Change, versions: &[(&LoggedCommit, &LoggedRecord)]) -> BlamedField {
    let of_field = |record: &LoggedRecord, fits: &dyn Fn(&FieldChange) -> bool| {
        record
            .fields
            .iter()
            .any(|change| change.field == present.field && fits(change))
    };
    let newest = |fits: &dyn Fn(&LoggedRecord) -> bool| versions.iter().find(|(_, record)| fits(record));
    let origin = newest(&|record| of_field(record, &|change| change.after == present.after))
        // Whoever mends a broken file by hand may have given any field any value.
        .or_else(|| newest(&|record| record.what == What::Mended || of_field(record, &|_| true)))
        .or_else(|| versions.iter().rev().find(|(_, record)| record.what == What::Created))
        .map(|(commit, _)| commit);
    let is_body = present.field == "body";
    BlamedField {
        value: present.after.filter(|_| !is_body).unwrap_or_default(),
        field: present.field,
        by: origin.map(|commit| commit.who().to_owned()),
        at: origin.map(|commit| commit.time),
        commit: origin.map(|commit| commit.commit.clone()),
        subject: origin.map(|commit| commit.subject.clone()),
    }
}
