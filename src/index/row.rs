//! A record as columns, and back.

use serde_json::{Map, Value};
use sqlx::sqlite::SqliteRow;

use super::{Error, column};
use crate::filter::Facts;
use crate::record::body::Progress;
use crate::record::common::Origin;
use crate::record::enhancement::EnhancementStatus;
use crate::record::value::Time;
use crate::record::work_item::{Priority, Status};
use crate::record::{Fields, Kind, Record, RecordId, RecordPath, stored};

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
    /// Whether it is deleted.
    pub gone: bool,
    /// When it was last changed; none where that is not known.
    pub updated_at: Option<Time>,
}

/// What [`rows`] reads, of `record` joined to `content`. All rows come as one text: each that comes by itself wakes
/// the thread that waits for it, which takes longer than to read it.
pub(super) const ROW: &str = "json_array(record.path, json(content.fields), content.body, content.newer_schema, \
     record.version, record.updated_at, record.updated_by)";

/// The columns [`summary`] reads.
pub(super) const SUMMARY: &str = "record.id, record.item_type, record.title, record.status, record.settled";

/// What [`nodes`] reads, as one text like [`ROW`].
pub(super) const NODE: &str = "json_array(record.id, record.item_type, record.title, record.status, record.settled, \
     record.parent, record.assignee, record.created_at, record.boxes_done, record.boxes, record.priority, \
     record.claimed_by, record.claimed_until)";

/// What [`aged`] reads, as one text like [`ROW`].
pub(super) const AGED: &str = "json_array(record.id, record.item_type, record.title, record.status, record.settled, \
     record.parent, record.gone, record.updated_at)";

/// The columns of [`AGED`], in their order.
#[derive(serde::Deserialize)]
struct StoredAged(
    RecordId,
    String,
    String,
    Option<String>,
    u8,
    Option<String>,
    u8,
    Option<i64>,
);

/// The columns of [`NODE`], in their order.
#[derive(serde::Deserialize)]
struct StoredNode {
    id: RecordId,
    item_type: String,
    title: String,
    status: Option<String>,
    settled: u8,
    parent: Option<String>,
    assignee: Option<String>,
    created_at: Option<i64>,
    boxes_done: usize,
    boxes: usize,
    priority: Option<i64>,
    claimed_by: Option<String>,
    claimed_until: Option<i64>,
}

/// The columns of [`ROW`], in their order.
#[derive(serde::Deserialize)]
struct Stored {
    path: String,
    fields: Map<String, Value>,
    body: String,
    newer_schema: Option<String>,
    version: Option<u64>,
    updated_at: Option<i64>,
    updated_by: Option<String>,
}

/// The rows that `group_concat(ROW, ',')` gives.
pub(super) fn rows(row: &SqliteRow) -> Result<Vec<Row>, Error> {
    let unusable = || Error::Unusable("a row is no record".to_owned());
    let text = column::<Option<&str>>(row, 0)?.unwrap_or_default();
    let rows: Vec<Stored> = serde_json::from_str(&format!("[{text}]")).map_err(|_| unusable())?;
    let row = |row: Stored| {
        let path = RecordPath::of(&row.path)?;
        let record = stored(path.kind(), row.newer_schema.as_deref(), row.fields, &row.body)?;
        Some(Row {
            path,
            record,
            newer_schema: row.newer_schema,
            version: row.version,
            updated_at: row.updated_at.and_then(Time::from_milliseconds),
            updated_by: row.updated_by,
        })
    };
    rows.into_iter().map(row).collect::<Option<_>>().ok_or_else(unusable)
}

pub(super) fn summary(row: &SqliteRow) -> Result<Summary, Error> {
    let id: &str = column(row, 0)?;
    Ok(Summary {
        id: id
            .parse()
            .map_err(|_| Error::Unusable("a row has no identity".to_owned()))?,
        item_type: column(row, 1)?,
        title: column(row, 2)?,
        status: column(row, 3)?,
        settled: column(row, 4)?,
    })
}

/// The nodes that `group_concat(NODE, ',')` gives.
pub(super) fn nodes(row: &SqliteRow) -> Result<Vec<Node>, Error> {
    let text = column::<Option<&str>>(row, 0)?.unwrap_or_default();
    let stored: Vec<StoredNode> = serde_json::from_str(&format!("[{text}]"))
        .map_err(|error| Error::Unusable(format!("a row is no work item: {error}")))?;
    let node = |node: StoredNode| Node {
        summary: Summary {
            id: node.id,
            item_type: node.item_type,
            title: node.title,
            status: node.status,
            settled: node.settled != 0,
        },
        parent: node.parent.and_then(|parent| parent.parse().ok()),
        assignee: node.assignee,
        created_at: node.created_at.and_then(Time::from_milliseconds),
        progress: Progress {
            done: node.boxes_done,
            total: node.boxes,
        },
        priority: node.priority.map_or(Priority::Medium, ranked),
        claim: node
            .claimed_by
            .map(|by| (by, node.claimed_until.and_then(Time::from_milliseconds))),
    };
    Ok(stored.into_iter().map(node).collect())
}

/// The items that `group_concat(AGED, ',')` gives.
pub(super) fn aged(row: &SqliteRow) -> Result<Vec<Aged>, Error> {
    let text = column::<Option<&str>>(row, 0)?.unwrap_or_default();
    let stored: Vec<StoredAged> = serde_json::from_str(&format!("[{text}]"))
        .map_err(|error| Error::Unusable(format!("a row is no work item: {error}")))?;
    let aged = |StoredAged(id, item_type, title, status, settled, parent, gone, updated_at)| Aged {
        summary: Summary {
            id,
            item_type,
            title,
            status,
            settled: settled != 0,
        },
        parent: parent.and_then(|parent| parent.parse().ok()),
        gone: gone != 0,
        updated_at: updated_at.and_then(Time::from_milliseconds),
    };
    Ok(stored.into_iter().map(aged).collect())
}

/// What the columns of `record` say of a record.
pub(super) struct Columns {
    pub(super) id: Option<String>,
    pub(super) stigid: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) title: String,
    pub(super) item_type: &'static str,
    pub(super) status: Option<&'static str>,
    pub(super) priority: Option<i64>,
    pub(super) parent: Option<String>,
    pub(super) assignee: Option<String>,
    pub(super) claimed_by: Option<String>,
    pub(super) claimed_until: Option<i64>,
    pub(super) created_at: Option<i64>,
    pub(super) gone: bool,
    pub(super) archived: bool,
    pub(super) settled: bool,
    pub(super) boxes: i64,
    pub(super) boxes_done: i64,
    pub(super) origin: Option<(Option<i64>, Option<String>)>,
    pub(super) waits_for: Vec<String>,
    pub(super) labels: Vec<String>,
    pub(super) name: Option<String>,
    pub(super) quarter: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) branch: Option<String>,
    pub(super) touches: Vec<String>,
}

impl Columns {
    pub(super) fn of(path: &RecordPath, record: &Record) -> Self {
        let named = !matches!(path.kind(), Kind::Note | Kind::CommitLink | Kind::Conflict);
        let id = path.id().map(|id| id.to_string());
        let boxes = record.progress();
        let mut columns = Self {
            stigid: id.as_ref().filter(|_| named).map(|id| id.chars().rev().collect()),
            id,
            owner: None,
            title: record.heading(),
            item_type: path.kind().as_str(),
            status: None,
            priority: None,
            parent: None,
            assignee: None,
            claimed_by: None,
            claimed_until: None,
            created_at: None,
            gone: false,
            archived: false,
            settled: false,
            boxes: boxes.total.try_into().unwrap_or(i64::MAX),
            boxes_done: boxes.done.try_into().unwrap_or(i64::MAX),
            origin: None,
            waits_for: Vec::new(),
            labels: Vec::new(),
            name: None,
            quarter: None,
            environment: None,
            branch: None,
            touches: Vec::new(),
        };
        columns.gone = record.is_gone();
        columns.fill(record);
        columns.fill_facts(record);
        columns
    }

    fn fill(&mut self, record: &Record) {
        match &record.fields {
            Fields::WorkItem(item) => {
                self.item_type = item.item_type.as_str();
                self.status = Some(item.status.as_str());
                self.priority = Some(rank(item.priority));
                self.parent = item.parent_id.map(|parent| parent.to_string());
                self.assignee = item.assignee.as_ref().map(ToString::to_string);
                self.claimed_by = item.claim.as_ref().map(|claim| claim.by.to_string());
                let until = item.claim.as_ref().and_then(|claim| claim.until);
                self.claimed_until = until.map(Time::as_milliseconds);
                self.created_at = item.created_at.map(Time::as_milliseconds);
                self.archived = item.archived_at.is_some();
                self.settled = self.gone || matches!(item.status, Status::Completed | Status::Cancelled);
                self.waits_for = item.depends_on.iter().map(ToString::to_string).collect();
                self.branch = item.branch_name.as_ref().map(ToString::to_string);
                self.labels = item.labels.iter().map(ToString::to_string).collect();
                self.origin = item.origin.as_ref().map(brought_along);
            }
            Fields::Enhancement(enhancement) => {
                self.status = Some(enhancement.status.as_str());
                self.settled = self.gone || enhancement.status == EnhancementStatus::Completed;
                self.waits_for = enhancement.depends_on.iter().map(ToString::to_string).collect();
                self.origin = enhancement.origin.as_ref().map(brought_along);
            }
            Fields::Vendor(vendor) => {
                self.status = Some(vendor.status.as_str());
                self.origin = vendor.origin.as_ref().map(brought_along);
            }
            Fields::Deployment(deployment) => {
                self.origin = deployment.origin.as_ref().map(brought_along);
            }
            Fields::Note(note) => {
                self.owner = Some(note.on.to_string());
            }
            Fields::CommitLink(link) => {
                self.owner = Some(link.work_item.to_string());
            }
            Fields::Conflict(conflict) => {
                self.owner = Some(conflict.on.to_string());
            }
        }
    }

    fn fill_facts(&mut self, record: &Record) {
        let facts = Facts::of(record);
        self.priority = self.priority.or(facts.priority);
        self.name = facts.name;
        self.quarter = facts.quarter.map(ToOwned::to_owned);
        self.environment = facts.environment.map(ToOwned::to_owned);
        self.touches = facts.touches.iter().map(ToString::to_string).collect();
    }

    /// Whether lists show it where nothing else is asked for.
    pub(super) fn live(&self, kind: Kind) -> bool {
        kind == Kind::WorkItem && !self.gone && !self.archived
    }
}

/// Priorities in the order of urgency.
fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::High => 0,
        Priority::Medium => 1,
        Priority::Low => 2,
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

fn brought_along(origin: &Origin) -> (Option<i64>, Option<String>) {
    let at = origin.updated_at.map(Time::as_milliseconds);
    (at, origin.updated_by.as_ref().map(ToString::to_string))
}
