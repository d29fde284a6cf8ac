//! What happened: every commit of the docket with what it changed, field by field, and what
//! follows from that.

mod blame;
mod changes;
mod diff;
mod log;
mod logged;
mod query;
mod stats;
mod when;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use blame::{BlameResponse, BlamedField, blame};
pub use changes::{ChangedRecord, ChangesRequest, ChangesResponse, NoteAdded, changes};
pub use diff::{DiffRecord, DiffResponse, diff};
pub use log::{DEFAULT_LOG_LIMIT, LogRequest, LogResponse, log};
pub use stats::{Counts, CycleTime, OldestOpen, Percentile, StatsResponse, Week, stats};

use super::draft::Draft;
use super::read::{NAMED, Reading};
use super::{Context, Error};
use crate::record::change::Change;
use crate::record::path::Place;
use crate::record::value::Time;
use crate::record::{RecordId, RecordPath};

pub(super) use changes::grouped;
pub(super) use diff::field_changes;
pub(super) use log::warn_of_end;
pub(super) use query::{LogQuery, answer, changed_records};
pub(super) use when::Moment;

/// A commit of the docket and what it changed. Follows from the commit alone, so it may be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LoggedCommit {
    /// Its full name.
    pub commit: String,
    /// When it was committed; 1970 where it has no readable date.
    pub time: Time,
    /// Where it stands among others, as in [`Commit::order`](crate::store::Commit::order); then by name.
    pub order: i64,
    /// The author's name.
    pub author: String,
    /// Who made it, where a trailer says so.
    pub client: Option<String>,
    /// The operation, where a trailer says so.
    pub op: Option<String>,
    /// The first line of its message.
    pub subject: String,
    /// The commit it takes back.
    pub undoes: Option<String>,
    /// Whether it joins several lines of commits.
    pub merge: bool,
    /// The records whose files it made different from those of every parent, by path.
    pub records: Vec<LoggedRecord>,
}

/// What a commit did to a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LoggedRecord {
    /// The path of its file.
    pub path: String,
    /// Its kind, such as `work-item`.
    pub kind: String,
    /// Its identity, where it has one of its own.
    pub id: Option<RecordId>,
    /// The record it is on: of notes, commit links and conflicts.
    pub on: Option<RecordId>,
    /// The type of a work item.
    pub item_type: Option<String>,
    /// What a person calls it, after the commit; of a note its first line.
    pub title: String,
    /// What happened to it.
    pub what: What,
    /// The fields that differ from those of every parent; none of a record that was created.
    pub fields: Vec<FieldChange>,
}

/// What can happen to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// There was no such file.
    Created,
    /// Its file differs.
    Changed,
    /// Its file is a valid record again; what it was before cannot be told.
    Mended,
    /// Its file is gone.
    Removed,
    /// Its file is no valid record any more.
    Unreadable,
}

/// A field that differs. What is not there is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FieldChange {
    /// The field, dotted for an entry of a map, or `body`.
    pub field: String,
    /// The value before, of the first parent; never of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The value after; never of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// How many lines the body gained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines_added: Option<usize>,
    /// How many lines the body lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines_removed: Option<usize>,
}

impl From<Change> for FieldChange {
    fn from(change: Change) -> Self {
        Self {
            field: change.field,
            before: change.before,
            after: change.after,
            lines_added: None,
            lines_removed: None,
        }
    }
}

impl LoggedCommit {
    /// Who made it: the trailer, else the author.
    #[must_use]
    pub fn who(&self) -> &str {
        self.client.as_deref().unwrap_or(&self.author)
    }

    /// The first digits of its name.
    #[must_use]
    pub fn short(&self) -> &str {
        self.commit.get(..8).unwrap_or(&self.commit)
    }
}

impl LoggedRecord {
    /// The record it is about: the one it is on, or itself.
    #[must_use]
    pub fn subject(&self) -> Option<RecordId> {
        self.on.or(self.id)
    }
}

impl FieldChange {
    /// The change in a few words, on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        match (self.lines_added, self.lines_removed) {
            (None, None) => crate::record::change::Change {
                field: self.field.clone(),
                before: self.before.clone(),
                after: self.after.clone(),
            }
            .summary(),
            (added, removed) => {
                let count = |sign, number: Option<usize>| number.filter(|n| *n > 0).map(|n| format!(" {sign}{n}"));
                let [added, removed] = [count('+', added), count('-', removed)].map(Option::unwrap_or_default);
                format!("{}{added}{removed}", self.field)
            }
        }
    }
}

impl FieldChange {
    /// What a list gained and lost in a few words, `+bug -ui`; none where that does not say it.
    #[must_use]
    pub fn elements(&self) -> Option<String> {
        let mut sides = [&self.before, &self.after].into_iter().flatten();
        let summary = sides.all(Value::is_array).then(|| self.summary())?;
        let elements = summary.strip_prefix(&self.field)?.trim();
        (!elements.is_empty()).then(|| elements.to_owned())
    }
}

/// The path of the record a name names, also of one that cannot be read now.
fn find(context: &Context, reading: &Reading, name: &str) -> Result<RecordPath, Error> {
    let error = match Draft::new(context, reading).find(name) {
        Ok(path) => return Ok(path),
        Err(error) => error,
    };
    let unreadable = reading.load(NAMED)?.unreadable;
    let mut fitting = unreadable.iter().filter(|file| file.is_named(name));
    match (
        fitting.next().map(|file| RecordPath::locate(&file.file)),
        fitting.next(),
    ) {
        (Some(Place::Record(path)), None) => Ok(path),
        _ => Err(error),
    }
}

/// Kind, type and title of a record, where there is such a one that can be read.
fn find_title(reading: &Reading, id: RecordId) -> Option<(String, Option<String>, String)> {
    let paths = NAMED.iter().filter_map(|kind| RecordPath::own(*kind, id));
    paths.into_iter().find_map(|path| {
        let record = reading.record(&path).ok()??.record;
        let item_type = record.as_work_item().map(|item| item.item_type.to_string());
        Some((path.kind().as_str().to_owned(), item_type, record.heading()))
    })
}

/// Seconds since 1970 as a time; 1970 for what no record may name.
fn time(seconds: i64) -> Time {
    Time::from_seconds(seconds).unwrap_or(Time::EPOCH)
}
