//! A record as the columns of an index.

use serde_json::Value;

use super::Content;
use crate::filter::query::{Attribute, attributes};
use crate::filter::{Facts, words};
use crate::record::common::Origin;
use crate::record::graph::is_settled;
use crate::record::value::Time;
use crate::record::work_item::Priority;
use crate::record::{Fields, Kind, Record, RecordPath};

/// A row to be inserted.
pub(super) struct NewRow<'f> {
    pub(super) number: i64,
    pub(super) file: &'f Content,
    pub(super) record: &'f Record,
    pub(super) columns: Columns,
    pub(super) fields: String,
    /// Whether lists show it where nothing else is asked for.
    pub(super) live: bool,
}

impl<'f> NewRow<'f> {
    /// The row of a file, without a number.
    pub(super) fn of(file: &'f Content) -> Self {
        let record = &file.parsed.record;
        let columns = Columns::of(&file.path, record);
        Self {
            number: 0,
            live: file.path.kind() == Kind::WorkItem && !columns.gone && !columns.archived,
            file,
            record,
            columns,
            fields: Value::Object(record.to_json()).to_string(),
        }
    }

    /// Whether its words are among those of live items; those of a note are at first.
    pub(super) fn has_live_words(&self) -> bool {
        self.live || self.file.path.kind() != Kind::WorkItem
    }
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
    pub(super) attributes: Vec<Attribute>,
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
            settled: is_settled(record),
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
            attributes: attributes(record),
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
                self.waits_for = item.depends_on.iter().map(ToString::to_string).collect();
                self.branch = item.branch_name.as_ref().map(ToString::to_string);
                self.labels = item.labels.iter().map(ToString::to_string).collect();
                self.origin = item.origin.as_ref().map(brought_along);
            }
            Fields::Enhancement(enhancement) => {
                self.status = Some(enhancement.status.as_str());
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
}

/// Priorities in the order of urgency.
fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::High => 0,
        Priority::Medium => 1,
        Priority::Low => 2,
    }
}

fn brought_along(origin: &Origin) -> (Option<i64>, Option<String>) {
    let at = origin.updated_at.map(Time::as_milliseconds);
    (at, origin.updated_by.as_ref().map(ToString::to_string))
}

/// The words somebody may look for, of the title and of the rest.
pub(super) fn text_of(record: &Record) -> Option<(String, String)> {
    match &record.fields {
        Fields::WorkItem(item) => {
            let (title, other) = words::of_item(item, &record.body);
            Some((title.join(" "), other.join(" ")))
        }
        Fields::Note(note) if note.retracted.is_none() => Some((String::new(), words::split(&record.body).join(" "))),
        _ => None,
    }
}
