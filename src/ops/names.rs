//! What somebody who types a name may mean: for completion in a shell. Reads only, also where a clone has no docket yet.

use std::collections::BTreeSet;

use super::read::place_of;
use super::records::Answer;
use super::{Context, Error};
use crate::filter::{Order, RecordFilter, RecordOrder, WorkItemFilter};
use crate::index::{RecordSelection, Row, Selection, Summary};
use crate::record::path::{Place, ROOT};
use crate::record::value::folded;
use crate::record::work_item::Status;
use crate::record::{Kind, RecordId, WorkItem};

/// How many names are offered at most: nobody reads more.
const NAMES: usize = 100;

/// How many of the items that were updated last are looked at.
const ASKED: usize = 150;

/// A name of a work item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What can be typed: an id or an alias.
    pub name: String,
    /// What it means.
    pub title: String,
}

/// Names that begin so: ids of work items, then aliases of all records; those with something left to do first.
///
/// Two digits find any id, two letters any alias; where less was typed, what was updated last is enough. Names are of
/// deleted records or of the others, as is asked for.
pub fn names(context: &Context, beginning: &str, deleted: bool) -> Result<Vec<Name>, Error> {
    // Whoever only presses a key does not start the docket of a fresh clone.
    if context.store.tip()?.is_none() {
        return Ok(Vec::new());
    }
    let meant = match shard(beginning) {
        Some(shard) => of_shard(context, &shard, beginning)?,
        None => recent(context, deleted)?,
    };
    let ids = meant.iter().filter(|item| item.id.begins_with(beginning));
    let mut ids: Vec<_> = ids.filter(|item| item.deleted_at.is_some() == deleted).collect();
    ids.sort_by_key(|item| matches!(item.status, Status::Completed | Status::Cancelled));
    let ids = ids.into_iter().map(|item| Name {
        name: name_of(item.id, beginning, &meant),
        title: item.title.to_string(),
    });
    let named: Vec<Name> = match beginning.chars().count() {
        0 | 1 => {
            let aliases = |item: &WorkItem| {
                let title = item.title.to_string();
                let aliases = item.aliases.iter().map(|alias| alias.as_str().to_owned());
                let fitting = aliases.filter(|alias| alias.starts_with(beginning));
                fitting
                    .map(move |name| Name {
                        name,
                        title: title.clone(),
                    })
                    .collect::<Vec<_>>()
            };
            let kept = meant.iter().filter(|item| item.deleted_at.is_some() == deleted);
            kept.flat_map(aliases).collect()
        }
        _ => {
            let (aliases, _) = context.ask_within(None, &[], |records| records.aliases(beginning, deleted, NAMES))?;
            let name = |(name, of): (String, Summary)| Name { name, title: of.title };
            aliases.into_iter().map(name).collect()
        }
    };
    Ok(ids.chain(named).take(NAMES).collect())
}

/// Names of vendors, deployments or enhancements that begin so: what people call a vendor, the short ids of the others.
pub fn record_names(context: &Context, kind: Kind, beginning: &str) -> Result<Vec<Name>, Error> {
    if context.store.tip()?.is_none() {
        return Ok(Vec::new());
    }
    let (page, _) = context.ask_within(None, &[], |records| {
        records.select_records(&RecordSelection {
            filter: &RecordFilter::of(kind),
            order: RecordOrder::Updated,
            reverse: false,
            limit: Some(NAMES),
            offset: 0,
        })
    })?;
    let typed = folded(beginning);
    let names = page.rows.iter().filter_map(|row| {
        let title = row.record.heading();
        let name = match kind {
            Kind::Vendor => title.clone(),
            _ => row.record.id()?.short(),
        };
        folded(&name).starts_with(&typed).then_some(Name { name, title })
    });
    Ok(names.collect())
}

/// The labels of the work items updated last.
pub fn labels(context: &Context) -> Result<Vec<String>, Error> {
    let items = items(context, &WorkItemFilter::default())?;
    let labels: BTreeSet<_> = items
        .iter()
        .flat_map(|item| item.labels.iter().map(ToString::to_string))
        .collect();
    Ok(labels.into_iter().collect())
}

/// Who is to do the work items updated last.
pub fn assignees(context: &Context) -> Result<Vec<String>, Error> {
    let items = items(context, &WorkItemFilter::default())?;
    let names: BTreeSet<_> = items
        .iter()
        .filter_map(|item| item.assignee.as_ref().map(ToString::to_string))
        .collect();
    Ok(names.into_iter().collect())
}

/// The short id; the whole one where more was typed, or where others have the same.
fn name_of(id: RecordId, beginning: &str, items: &[WorkItem]) -> String {
    let short = id.short();
    let is_shared = items.iter().any(|other| other.id != id && other.id.short() == short);
    if short.starts_with(beginning) && !is_shared {
        short
    } else {
        id.to_string()
    }
}

/// The directory of the ids that begin so; none where they may lie in several.
fn shard(beginning: &str) -> Option<String> {
    let digits = beginning.get(..2)?.to_ascii_lowercase();
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(digits)
}

/// The work items in a directory whose ids begin so.
fn of_shard(context: &Context, shard: &str, beginning: &str) -> Result<Vec<WorkItem>, Error> {
    let Some(tip) = context.store.tip()? else {
        return Ok(Vec::new());
    };
    let directory = format!("{ROOT}/{}/{shard}", Kind::WorkItem.directory());
    let entries = context.store.snapshot(tip)?.entries(&directory)?;
    let paths = entries.iter().filter_map(|entry| match place_of(entry) {
        Place::Record(path) => path.id().filter(|id| id.begins_with(beginning)).map(|_| path),
        _ => None,
    });
    let paths: Vec<_> = paths.take(NAMES).collect();
    let (rows, _) = context.ask_within(None, &[], |records| {
        paths.iter().map(|path| records.row(path)).collect::<Answer<Vec<_>>>()
    })?;
    Ok(work_items(rows.into_iter().flatten()))
}

/// The work items updated last.
fn recent(context: &Context, deleted: bool) -> Result<Vec<WorkItem>, Error> {
    let filter = WorkItemFilter {
        include_deleted: deleted,
        ..WorkItemFilter::default()
    };
    items(context, &filter)
}

/// The work items a filter wants, those updated last first. None where there is no docket.
fn items(context: &Context, filter: &WorkItemFilter) -> Result<Vec<WorkItem>, Error> {
    if context.store.tip()?.is_none() {
        return Ok(Vec::new());
    }
    let selection = Selection {
        filter,
        order: Order::Updated,
        reverse: false,
        limit: Some(ASKED),
        offset: 0,
    };
    let (rows, _) = context.ask_within(None, &[], |records| -> Answer<Vec<Row>> {
        Ok(records.select(&selection)?.rows)
    })?;
    Ok(work_items(rows.into_iter()))
}

fn work_items(rows: impl Iterator<Item = Row>) -> Vec<WorkItem> {
    rows.filter_map(|row| row.record.as_work_item().cloned()).collect()
}
