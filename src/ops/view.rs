//! What records of every kind look like from outside.

use std::ops::Not;

use serde::Serialize;

use super::read::Listed;
use super::records::{Answer, Records};
use crate::filter::{RecordFilter, RecordOrder};
use crate::index::{RecordSelection, Row, Summary};
use crate::record::id::CommitHash;
use crate::record::value::{Actor, Time};
use crate::record::{Fields, Kind, RecordId, WorkItem};

/// How many deployments are told beside what they touch or carry.
const DEPLOYMENTS: usize = 20;

/// Another record in a few words.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Brief {
    /// Its identity.
    pub id: RecordId,
    /// What it is: a type of work item, or another kind.
    pub item_type: String,
    /// Its title or name.
    pub title: String,
    /// Its status, where it has one.
    pub status: Option<String>,
    /// Whether it is deleted, or a deployment that was retracted; said only where it is.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub deleted: bool,
    /// Whether it is archived; said only where it is.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub archived: bool,
}

/// A comment.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct NoteView {
    /// Its identity.
    pub id: RecordId,
    /// When it was written.
    pub created_at: Option<Time>,
    /// Who wrote it.
    pub created_by: Option<Actor>,
    /// Its text.
    pub body: String,
}

/// A deployment in a few words.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct DeploymentBrief {
    /// Its identity.
    pub id: RecordId,
    /// When it went out.
    pub deployed_at: Time,
    /// The commit of the code that went out; null where an import did not know it.
    pub commit_hash: Option<CommitHash>,
    /// Where it went.
    pub environment: Option<String>,
    /// The title of its pull request.
    pub pr_title: Option<String>,
}

/// A record as every surface shows it: its fields, and what follows from its history.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct RecordView<T> {
    /// The fields of its file, as they go over the wire.
    #[serde(flatten)]
    pub fields: T,
    /// The Markdown below them.
    pub body: String,
    /// How often it was changed, counted from 1; null where it cannot be known.
    pub version: Option<u64>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// How many unresolved conflicts it has.
    pub conflicts: usize,
}

/// A record with what is around it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Shown<T, A> {
    /// The record.
    #[serde(flatten)]
    pub record: RecordView<T>,
    /// What is around it.
    #[serde(flatten)]
    pub around: A,
    /// What was said about it, oldest first.
    pub notes: Vec<NoteView>,
}

/// A page of records.
pub type RecordPage<T> = Listed<RecordView<T>>;

impl<T> RecordView<T> {
    pub(super) fn of(row: &Row, fields: T, conflicts: usize) -> Self {
        Self {
            fields,
            body: row.record.body.clone(),
            version: row.version,
            updated_at: row.updated_at,
            updated_by: row.updated_by.clone(),
            conflicts,
        }
    }
}

/// A work item in a few words.
pub(super) fn item_brief(item: &WorkItem) -> Brief {
    Brief {
        id: item.id,
        item_type: item.item_type.to_string(),
        title: item.title.to_string(),
        status: Some(item.status.to_string()),
        deleted: item.deleted_at.is_some(),
        archived: item.archived_at.is_some(),
    }
}

pub(super) fn brief(summary: Summary) -> Brief {
    Brief {
        id: summary.id,
        item_type: summary.item_type,
        title: summary.title,
        status: summary.status,
        deleted: summary.gone,
        archived: summary.archived,
    }
}

/// Records in a few words, in this order; those that cannot be read are left out.
pub(super) fn briefs(records: &mut dyn Records, of: &[RecordId]) -> Answer<Vec<Brief>> {
    let mut summaries = records.summaries(of)?;
    Ok(of.iter().filter_map(|id| summaries.remove(id)).map(brief).collect())
}

/// A note as it is shown; nothing where the record is none.
pub(super) fn note(row: Row) -> Option<NoteView> {
    let Fields::Note(note) = row.record.fields else {
        return None;
    };
    Some(NoteView {
        id: note.id,
        created_at: note.created_at,
        created_by: note.created_by,
        body: row.record.body,
    })
}

/// The newest deployments that touch or carry a record, and how many there are.
pub(super) fn deployments(records: &mut dyn Records, of: RecordId) -> Answer<(Vec<DeploymentBrief>, usize)> {
    let page = records.select_records(&RecordSelection {
        filter: &RecordFilter {
            touches: vec![of],
            ..RecordFilter::of(Kind::Deployment)
        },
        order: RecordOrder::Deployed,
        reverse: false,
        limit: Some(DEPLOYMENTS),
        offset: 0,
    })?;
    Ok((page.rows.into_iter().filter_map(deployment).collect(), page.total))
}

/// A deployment in a few words; nothing where the record is none.
pub(super) fn deployment(row: Row) -> Option<DeploymentBrief> {
    let Fields::Deployment(deployment) = row.record.fields else {
        return None;
    };
    Some(DeploymentBrief {
        id: deployment.id,
        deployed_at: deployment.deployed_at,
        commit_hash: deployment.commit_hash,
        environment: deployment.environment.map(|text| text.to_string()),
        pr_title: deployment.pr_title.map(|text| text.to_string()),
    })
}
