//! Records as the indexes give them back.

use serde_json::{Map, Value};

use super::Error;
use super::statement::Dialect;
use crate::record::body::Progress;
use crate::record::graph::is_settled;
use crate::record::value::Time;
use crate::record::work_item::Priority;
use crate::record::{Fields, Record, RecordId, RecordPath, stored};

/// A record, with what the history says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it lives.
    pub path: RecordPath,
    /// The record.
    pub record: Record,
    /// Its `schema` where a newer version wrote it.
    pub newer_schema: Option<String>,
    /// How often it was changed; none where the history is not complete.
    pub version: Option<u64>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
    /// By whom.
    pub updated_by: Option<String>,
}

/// A record in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its identity.
    pub id: RecordId,
    /// A type of work item, or the kind.
    pub item_type: String,
    /// What a person calls it.
    pub title: String,
    /// Its status, where it has one.
    pub status: Option<String>,
    /// Whether it holds nobody up any more.
    pub settled: bool,
    /// Whether it counts no more: deleted, or retracted.
    pub gone: bool,
    /// Whether it is put away.
    pub archived: bool,
}

impl Summary {
    /// A record that has an identity of its own, in a few words.
    #[must_use]
    pub fn of(record: &Record) -> Option<Self> {
        let kind = record.kind().as_str();
        let (item_type, status) = match &record.fields {
            Fields::WorkItem(item) => (item.item_type.as_str(), Some(item.status.as_str())),
            Fields::Enhancement(enhancement) => (kind, Some(enhancement.status.as_str())),
            Fields::Vendor(vendor) => (kind, Some(vendor.status.as_str())),
            _ => (kind, None),
        };
        Some(Self {
            id: record.id()?,
            item_type: item_type.to_owned(),
            title: record.heading(),
            status: status.map(ToOwned::to_owned),
            settled: is_settled(record),
            gone: record.is_gone(),
            archived: record.as_work_item().is_some_and(|item| item.archived_at.is_some()),
        })
    }
}

/// A work item as a node of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The item in a few words.
    pub summary: Summary,
    /// What it is below, whether or not that can be read.
    pub parent: Option<RecordId>,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// When it was created.
    pub created_at: Option<Time>,
    /// The task boxes of its body.
    pub progress: Progress,
    /// How much it matters.
    pub priority: Priority,
    /// Who has claimed it, and until when.
    pub claim: Option<(String, Option<Time>)>,
}

/// A work item that is not archived, as far as it matters for how long that stays so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aged {
    /// The item in a few words.
    pub summary: Summary,
    /// What it is below, whether or not that can be read.
    pub parent: Option<RecordId>,
    /// When it was last changed; none where that is not known.
    pub updated_at: Option<Time>,
}

impl Dialect {
    /// What [`StoredRow`] reads, of `record` joined to `content`.
    pub(super) fn row(self) -> String {
        self.array(&format!(
            "record.path, {}, content.body, content.newer_schema, record.version, {}, record.updated_by{}",
            self.json("content.fields"),
            self.milliseconds("record.updated_at"),
            if self == Self::Everywhere {
                ", record.repository"
            } else {
                ""
            }
        ))
    }

    /// All rows, as [`StoredRow`] reads them.
    pub(super) fn whole(self, order: &str) -> String {
        self.aggregate(&self.row(), order)
    }

    /// What [`StoredSummary`] reads, of `record`.
    pub(super) fn summary(self) -> &'static str {
        "record.id, record.item_type, record.title, record.status, record.settled, record.gone, record.archived"
    }

    /// What [`StoredAged`] reads, of `record`.
    pub(super) fn aged(self) -> String {
        let summary = self.array(self.summary());
        let updated = self.milliseconds("record.updated_at");
        format!("{summary}, record.parent, {updated}")
    }

    /// What [`StoredNode`] reads, of `record`.
    pub(super) fn node(self) -> String {
        format!(
            "{}, record.parent, record.assignee, {}, record.boxes_done, record.boxes, record.priority, \
             record.claimed_by, {}",
            self.array(self.summary()),
            self.milliseconds("record.created_at"),
            self.milliseconds("record.claimed_until")
        )
    }
}

/// The columns of [`Dialect::summary`], in their order.
#[derive(serde::Deserialize)]
pub(super) struct StoredSummary {
    id: RecordId,
    item_type: String,
    title: String,
    status: Option<String>,
    settled: Flag,
    gone: Flag,
    archived: Flag,
}

/// The columns of [`Dialect::aged`], in their order.
#[derive(serde::Deserialize)]
pub(super) struct StoredAged {
    summary: StoredSummary,
    parent: Option<String>,
    updated_at: Option<i64>,
}

/// The columns of [`Dialect::node`], in their order.
#[derive(serde::Deserialize)]
pub(super) struct StoredNode {
    summary: StoredSummary,
    parent: Option<String>,
    assignee: Option<String>,
    created_at: Option<i64>,
    boxes_done: usize,
    boxes: usize,
    priority: Option<i64>,
    claimed_by: Option<String>,
    claimed_until: Option<i64>,
}

/// The columns of [`Dialect::row`], in their order.
#[derive(serde::Deserialize)]
pub(super) struct StoredRow {
    path: String,
    fields: Map<String, Value>,
    body: String,
    newer_schema: Option<String>,
    version: Option<u64>,
    updated_at: Option<i64>,
    updated_by: Option<String>,
    #[serde(default)]
    repository: Option<String>,
}

/// A truth value, which SQLite has as a number.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Flag {
    Number(u8),
    Truth(bool),
}

impl Flag {
    fn is_set(&self) -> bool {
        match self {
            Self::Number(number) => *number != 0,
            Self::Truth(truth) => *truth,
        }
    }
}

impl StoredRow {
    /// The record of the row, and the repository it is in where several were asked about.
    pub(super) fn row(self) -> Result<(Row, Option<String>), Error> {
        let unusable = || Error::Unusable("a row is no record".to_owned());
        let path = RecordPath::of(&self.path).ok_or_else(unusable)?;
        let record = stored(path.kind(), self.newer_schema.as_deref(), self.fields, &self.body);
        let row = Row {
            path,
            record: record.ok_or_else(unusable)?,
            newer_schema: self.newer_schema,
            version: self.version,
            updated_at: self.updated_at.and_then(Time::from_milliseconds),
            updated_by: self.updated_by,
        };
        Ok((row, self.repository))
    }
}

impl From<StoredSummary> for Summary {
    fn from(stored: StoredSummary) -> Self {
        Self {
            id: stored.id,
            item_type: stored.item_type,
            title: stored.title,
            status: stored.status,
            settled: stored.settled.is_set(),
            gone: stored.gone.is_set(),
            archived: stored.archived.is_set(),
        }
    }
}

impl From<StoredAged> for Aged {
    fn from(stored: StoredAged) -> Self {
        Self {
            summary: stored.summary.into(),
            parent: stored.parent.and_then(|parent| parent.parse().ok()),
            updated_at: stored.updated_at.and_then(Time::from_milliseconds),
        }
    }
}

impl From<StoredNode> for Node {
    fn from(stored: StoredNode) -> Self {
        Self {
            summary: stored.summary.into(),
            parent: stored.parent.and_then(|parent| parent.parse().ok()),
            assignee: stored.assignee,
            created_at: stored.created_at.and_then(Time::from_milliseconds),
            progress: Progress {
                done: stored.boxes_done,
                total: stored.boxes,
            },
            priority: stored.priority.map_or(Priority::Medium, ranked),
            claim: stored
                .claimed_by
                .map(|by| (by, stored.claimed_until.and_then(Time::from_milliseconds))),
        }
    }
}

/// The priority of a rank.
fn ranked(rank: i64) -> Priority {
    match rank {
        0 => Priority::High,
        2 => Priority::Low,
        _ => Priority::Medium,
    }
}
