//! What a merge could not keep, as a record.

use serde_json::{Value, json};

use super::{Content, Dropped, Edge, Stamp};
use crate::record::id::CommitHash;
use crate::record::note::Conflict;
use crate::record::value::{Anything, Text};
use crate::record::{Fields, Record, RecordId, RecordPath, parse, print};

/// Values that are longer, as JSON, are given as blob ids.
const VALUE_BYTES: usize = 64 * 1024;

/// A value of a conflict.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    /// There is none: the field, or the file, is absent.
    Absent,
    /// The value; and the file it stands in, for where it is too long.
    Value(Value, Option<CommitHash>),
    /// The file itself.
    Blob(CommitHash),
}

impl Held {
    /// All of a file: its canonical text, or its blob id where it is not a record of this version.
    pub(super) fn whole(content: Content<'_>) -> Self {
        match content {
            Content::Missing => Self::Absent,
            Content::Valid { record, blob } => Self::Value(print(record).into(), Some(blob.clone())),
            Content::Newer { blob } | Content::Invalid { blob } => Self::Blob(blob.clone()),
        }
    }

    /// Decides between sides that were changed by one and the same commit.
    pub(super) fn order(&self) -> String {
        self.told().map(|value| value.to_string()).unwrap_or_default()
    }

    fn told(&self) -> Option<Value> {
        match self {
            Self::Absent => None,
            Self::Blob(blob) => Some(json!({ "blob": blob.as_str() })),
            // A mapping that could be taken for a blob id is given as one too.
            Self::Value(value, Some(_)) if is_blob(value) || value.to_string().len() > VALUE_BYTES => self.as_blob(),
            Self::Value(value, _) => Some(value.clone()),
        }
    }

    fn as_blob(&self) -> Option<Value> {
        match self {
            Self::Value(_, Some(blob)) => Some(json!({ "blob": blob.as_str() })),
            Self::Value(value, None) => Some(value.clone()),
            Self::Absent | Self::Blob(_) => self.told(),
        }
    }
}

fn is_blob(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|map| map.len() == 1 && map.contains_key("blob"))
}

/// Two values of one field of which only one could be kept.
#[derive(Clone, Debug)]
pub struct Collision {
    /// The record.
    pub on: RecordId,
    /// The field or group, or [`WHOLE`](super::WHOLE).
    pub field: String,
    /// The value before both.
    pub base: Held,
    /// The value that stands, and what wrote it.
    pub kept: (Held, Stamp),
    /// The value that does not.
    pub other: (Held, Stamp),
}

impl Collision {
    /// The record of it, and its path: the same from the same values and commits, whoever merges.
    ///
    /// It is always a valid record. Values of more than 64 KiB, and all where the record would
    /// otherwise be too large or nest too deep, are mappings `{blob: <id>}`.
    #[must_use]
    pub fn record(&self) -> (RecordPath, Record) {
        let (path, record) = self.with(Held::told);
        if parse(print(&record).as_bytes(), Some(&path)).is_ok() {
            return (path, record);
        }
        self.with(Held::as_blob)
    }

    fn with(&self, told: fn(&Held) -> Option<Value>) -> (RecordPath, Record) {
        let (base, kept, other) = (told(&self.base), told(&self.kept.0), told(&self.other.0));
        let (kept_commit, other_commit) = (self.kept.1.commit.clone(), self.other.1.commit.clone());
        // An absent value is an empty list, so that it differs from null.
        let mut pairs = [(&kept, &kept_commit), (&other, &other_commit)]
            .map(|(value, commit)| json!([Vec::from_iter(value), commit.as_str()]).to_string());
        pairs.sort();
        let [first, second] = pairs;
        let on = self.on;
        let named = json!([on.to_string(), self.field, Vec::from_iter(&base), first, second]);
        let conflict = Conflict {
            on,
            field: Text::fitted(&self.field),
            base: base.map(Anything),
            kept: kept.map(Anything),
            other: other.map(Anything),
            kept_commit,
            other_commit,
            resolved_at: None,
            resolved_by: None,
            choice: None,
            unknown: Default::default(),
        };
        let path = RecordPath::conflict(on, CommitHash::sha256(named.to_string().as_bytes()));
        (path, Record::new(Fields::Conflict(Box::new(conflict)), ""))
    }
}

/// The record of an edge that was dropped, from what added it.
///
/// Nothing was put in its place by anybody, so that both commits are the one that added it.
#[must_use]
pub fn dropped(dropped: &Dropped, added: &Stamp) -> (RecordPath, Record) {
    let (field, from, to, before) = match dropped.edge {
        Edge::Parent { child, parent, before } => ("parent_id", child, parent, before),
        Edge::DependsOn { from, to } => ("depends_on", from, to, None),
    };
    let held = |id: Option<RecordId>| id.map_or(Held::Absent, |id| Held::Value(id.to_string().into(), None));
    let collision = Collision {
        on: from,
        field: field.to_owned(),
        base: held(before),
        kept: (held(before.filter(|_| dropped.restored)), added.clone()),
        other: (held(Some(to)), added.clone()),
    };
    collision.record()
}

/// The record of a name that two records have: on the one that got it later; nothing else is done about it.
#[must_use]
pub fn clash(field: &str, name: &str, one: (RecordId, Stamp), two: (RecordId, Stamp)) -> (RecordPath, Record) {
    let key = |(id, stamp): &(RecordId, Stamp)| (stamp.clone(), *id);
    let (first, second) = if key(&one) <= key(&two) { (one, two) } else { (two, one) };
    let held = |id: RecordId| Held::Value(json!({ "id": id.to_string(), field: name }), None);
    let collision = Collision {
        on: second.0,
        field: field.to_owned(),
        base: Held::Absent,
        kept: (held(first.0), first.1),
        other: (held(second.0), second.1),
    };
    collision.record()
}
