//! What somebody who types a name may mean: for completion in a shell. Reads only, also where a clone has no docket yet.

use std::collections::{BTreeSet, HashMap};

use super::records::Answer;
use super::{Context, Error};
use crate::filter::words::Terms;
use crate::filter::{Order, WorkItemFilter};
use crate::index::{Row, Selection};
use crate::record::work_item::Status;
use crate::record::{RecordId, WorkItem};

/// How many names are offered at most: nobody reads more.
const NAMES: usize = 100;

/// How many of the items that were updated last are asked for their labels and assignees.
const ASKED: usize = 500;

/// A name of a work item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What can be typed: a short id, a whole one where it is not unique, or an alias.
    pub name: String,
    /// What it means.
    pub title: String,
}

/// Names of work items that begin so: of ids, then aliases; those with something left to do first.
///
/// Without a beginning they are of the items updated last. Of deleted ones or of the others, as is asked for.
pub fn names(context: &Context, beginning: &str, deleted: bool) -> Result<Vec<Name>, Error> {
    // Any id may be meant by its first digits; of all the others, those updated last are enough.
    let by_digits = !deleted && !beginning.is_empty() && beginning.bytes().all(is_digit);
    let mut names = if by_digits {
        ids(context, beginning)?
    } else {
        Vec::new()
    };
    let filter = WorkItemFilter {
        text: if deleted {
            Terms::default()
        } else {
            Terms::of(beginning)
        },
        include_deleted: deleted,
        ..WorkItemFilter::default()
    };
    let mut items = items(context, &filter, if beginning.is_empty() { NAMES } else { ASKED })?;
    items.retain(|item| item.deleted_at.is_some() == deleted);
    items.sort_by_key(|item| is_closed(item.status));
    let named = |name: &str, item: &WorkItem| Name {
        name: name.to_owned(),
        title: item.title.to_string(),
    };
    if !by_digits {
        let meant = items.iter().filter(|item| item.id.begins_with(beginning));
        names.extend(meant.map(|item| named(&item.id.short(), item)));
    }
    for item in &items {
        let aliases = item.aliases.iter().map(|alias| alias.as_str());
        names.extend(
            aliases
                .filter(|alias| alias.starts_with(beginning))
                .map(|alias| named(alias, item)),
        );
    }
    names.truncate(NAMES);
    Ok(names)
}

/// The labels of the work items updated last.
pub fn labels(context: &Context) -> Result<Vec<String>, Error> {
    let items = items(context, &WorkItemFilter::default(), ASKED)?;
    let labels: BTreeSet<_> = items
        .iter()
        .flat_map(|item| item.labels.iter().map(ToString::to_string))
        .collect();
    Ok(labels.into_iter().collect())
}

/// Who is to do the work items updated last.
pub fn assignees(context: &Context) -> Result<Vec<String>, Error> {
    let items = items(context, &WorkItemFilter::default(), ASKED)?;
    let names: BTreeSet<_> = items
        .iter()
        .filter_map(|item| item.assignee.as_ref().map(ToString::to_string))
        .collect();
    Ok(names.into_iter().collect())
}

/// The ids that begin so.
fn ids(context: &Context, beginning: &str) -> Result<Vec<Name>, Error> {
    if context.store.tip()?.is_none() {
        return Ok(Vec::new());
    }
    let (nodes, _) = context.ask(None, &[], |records| records.tree(None, false, false))?;
    let mut found: Vec<_> = nodes
        .into_iter()
        .map(|node| node.summary)
        .filter(|item| item.id.begins_with(beginning))
        .collect();
    let mut shared: HashMap<String, usize> = HashMap::new();
    for item in &found {
        *shared.entry(item.id.short()).or_default() += 1;
    }
    found.sort_by_key(|item| {
        (
            item.status
                .as_deref()
                .and_then(|word| word.parse().ok())
                .is_some_and(is_closed),
            item.id,
        )
    });
    let name = |id: RecordId| {
        let short = id.short();
        let fits = short.starts_with(beginning) && shared.get(&short) == Some(&1);
        if fits { short } else { id.to_string() }
    };
    let names = found.into_iter().take(NAMES).map(|item| Name {
        name: name(item.id),
        title: item.title,
    });
    Ok(names.collect())
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b'-'
}

fn is_closed(status: Status) -> bool {
    matches!(status, Status::Completed | Status::Cancelled)
}

/// The work items a filter wants, those updated last first. None where there is no docket.
fn items(context: &Context, filter: &WorkItemFilter, limit: usize) -> Result<Vec<WorkItem>, Error> {
    // Whoever only presses a key does not start the docket of a fresh clone.
    if context.store.tip()?.is_none() {
        return Ok(Vec::new());
    }
    let selection = Selection {
        filter,
        order: Order::Updated,
        reverse: false,
        limit: Some(limit),
        offset: 0,
    };
    let (rows, _) = context.ask(None, &[], |records| -> Answer<Vec<Row>> {
        Ok(records.select(&selection)?.rows)
    })?;
    Ok(rows
        .iter()
        .filter_map(|row| row.record.as_work_item())
        .cloned()
        .collect())
}
