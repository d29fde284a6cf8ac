//! Questions across all repositories of a database.

use serde::Serialize;

use super::Context;
use crate::filter::Order;
use crate::index::{Database, Index, RepositoryRow, Row, Selection, Tables};
use crate::ops::read::{Listed, Meta};
use crate::ops::{Error, ListRequest};
use crate::record::body::Progress;
use crate::record::value::Time;
use crate::record::{Fields, WorkItem};

/// A repository in the database.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Repository {
    /// Its identity.
    pub repository: String,
    /// What people call it.
    pub name: String,
    /// The ref that is followed.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The commit its rows are of.
    pub revision: Option<String>,
    /// When it was brought there.
    pub synced_at: Option<Time>,
    /// How many records there are.
    pub records: u64,
    /// How many work items that are neither deleted nor archived.
    pub work_items: u64,
    /// How many of these are neither completed nor cancelled.
    pub open: u64,
}

/// The repositories in the database, by name.
pub type RepositoriesResponse = Listed<Repository>;

/// A work item of one of several repositories, with what it says itself: what follows from other records is asked in its
/// repository.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct EverywhereItem {
    /// The identity of its repository.
    pub repository: String,
    /// What people call that.
    pub repository_name: String,
    /// The commit this was read at.
    pub revision: Option<String>,
    /// The fields of its file.
    #[serde(flatten)]
    pub fields: WorkItem,
    /// The Markdown below them.
    pub body: String,
    /// How often it was changed, counted from 1; null where it cannot be known.
    pub version: Option<u64>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// The task boxes of its body.
    pub progress: Progress,
}

/// Work items of all repositories in the database.
pub type EverywhereResponse = Listed<EverywhereItem>;

/// The repositories in the database.
///
/// # Errors
///
/// `invalid` where none is configured, `unavailable` where it does not answer: nobody else knows of the others.
pub fn repositories(context: &Context) -> Result<RepositoriesResponse, Error> {
    let mut index = open(context)?;
    let rows = index.begin().and_then(|_| index.repositories());
    index.close();
    let items = rows?.into_iter().map(told).collect();
    Ok(Listed::all(items, meta()))
}

/// What an answer carries that is of no single commit.
fn meta() -> Meta {
    Meta {
        revision: String::new(),
        data_source: "postgres",
        partial: false,
        warnings: Vec::new(),
    }
}

/// Lists the work items of all repositories, in the order of a list.
///
/// # Errors
///
/// As [`repositories`]; `invalid` where the request is about one repository: below an item, as of a commit, or for a
/// page that a cursor names.
pub fn list_everywhere(context: &Context, request: &ListRequest) -> Result<EverywhereResponse, Error> {
    if request.parent.is_some() || request.as_of.is_some() || request.cursor.is_some() {
        let message = "a parent, a commit of the past or a cursor is of one repository, not of all";
        return Err(Error::request(message));
    }
    if request.query.is_some() {
        return Err(Error::request("a query is asked of one repository, not of all"));
    }
    let selection = Selection {
        filter: &request.filter,
        order: request.order.unwrap_or(Order::Updated),
        reverse: request.reverse,
        limit: request.limit,
        offset: request.offset,
    };
    let mut index = open(context)?;
    let answered = index.begin().and_then(|_| {
        let page = index.select_everywhere(&selection)?;
        Ok((page, index.repositories()?))
    });
    index.close();
    let ((rows, total), repositories) = answered?;
    let line = |(row, repository): (Row, String)| {
        let known = repositories.iter().find(|known| known.repository == repository)?;
        let progress = row.record.progress();
        let Fields::WorkItem(fields) = row.record.fields else {
            return None;
        };
        Some(EverywhereItem {
            repository_name: known.name.clone(),
            revision: known.tip.clone(),
            repository,
            fields: *fields,
            body: row.record.body,
            version: row.version,
            updated_at: row.updated_at,
            updated_by: row.updated_by,
            progress,
        })
    };
    let items = rows.into_iter().filter_map(line).collect();
    Ok(Listed::page(items, total, request.limit, request.offset, meta()))
}

fn open(context: &Context) -> Result<Index, Error> {
    let Some(named) = context.named_database() else {
        return Err(context.no_database());
    };
    Ok(Index::connect(&Database::parse(&named.url)?, Tables::AsTheyAre)?)
}

fn told(row: RepositoryRow) -> Repository {
    Repository {
        repository: row.repository,
        name: row.name,
        reference: row.reference,
        revision: row.tip,
        synced_at: row.synced_at,
        records: row.records,
        work_items: row.work_items,
        open: row.open,
    }
}
