//! Listing and showing work items.

mod around;
mod view;
mod write;

use std::cmp::Reverse;

use self::around::Around;
pub use self::view::{
    Brief, Dependency, ListResponse, NoteView, ShowResponse, ShownRecord, ShownWorkItem, WorkItemView,
};
pub use self::write::{
    BatchLine, BatchResponse, NoteResponse, WriteResponse, add, batch, claim, delete, note, release, restore, update,
};
use super::draft::NAMED;
use super::read::{Loaded, Meta};
use super::resolve::resolve;
use super::{Context, Error};
use crate::filter::WorkItemFilter;
use crate::record::{Kind, Parsed, RecordPath, WorkItem};

/// How many items a list has where nothing else is asked for.
pub const DEFAULT_LIMIT: usize = 50;

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// Which ones.
    pub filter: WorkItemFilter,
    /// Directly below this one, by any of its names.
    pub parent: Option<String>,
    /// At most so many; all where nothing is said.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
}

/// Lists work items, newest update first, then by id.
pub fn list(context: &Context, request: &ListRequest) -> Result<ListResponse, Error> {
    let mut reading = context.read()?;
    let loaded = reading.load(&[Kind::WorkItem, Kind::CommitLink, Kind::Conflict])?;
    let request = request.resolved(&loaded)?;
    let history = reading.history(context)?;
    let around = Around::new(&loaded, history.as_ref());
    let mut found = matching(&loaded, &request);
    found.sort_by_cached_key(|(path, parsed, item)| (Reverse(around.change(path, &parsed.record).updated_at), item.id));
    reading.warn_of_unreadable(&loaded.unreadable);
    Ok(page(found, &request, &around, reading.meta()))
}

/// Lists the work items somebody could go on with now: by priority, then age, then id.
///
/// That is for the actor of the context: an item that somebody else holds is not among them.
pub fn ready(context: &Context, request: &ListRequest) -> Result<ListResponse, Error> {
    let mut reading = context.read()?;
    let loaded = reading.load(&[Kind::WorkItem, Kind::Enhancement, Kind::CommitLink, Kind::Conflict])?;
    let request = request.resolved(&loaded)?;
    let (actor, now) = (context.actor()?, context.source.now());
    let history = reading.history(context)?;
    let around = Around::new(&loaded, history.as_ref());
    let mut found = matching(&loaded, &request);
    found.retain(|(_, _, item)| around.graph.is_ready(item, actor.as_str(), now));
    found.sort_by_key(|(_, _, item)| item.urgency());
    reading.warn_of_unreadable(&loaded.unreadable);
    Ok(page(found, &request, &around, reading.meta()))
}

type Found<'l> = (&'l RecordPath, &'l Parsed, &'l WorkItem);

impl ListRequest {
    /// The same with the identity of the parent in the filter.
    fn resolved(&self, loaded: &Loaded) -> Result<Self, Error> {
        let mut request = self.clone();
        if let Some(parent) = &self.parent {
            request.filter.parent = resolve(loaded, parent)?.id();
        }
        Ok(request)
    }
}

fn matching<'l>(loaded: &'l Loaded, request: &ListRequest) -> Vec<Found<'l>> {
    let items = loaded
        .records
        .iter()
        .filter_map(|(path, parsed)| Some((path, parsed, parsed.record.as_work_item()?)));
    items
        .filter(|(_, parsed, item)| request.filter.matches(item, &parsed.record.body))
        .collect()
}

fn page(found: Vec<Found<'_>>, request: &ListRequest, around: &Around<'_>, meta: Meta) -> ListResponse {
    let total_count = found.len();
    let limit = request.limit.unwrap_or(total_count);
    let wanted = found.into_iter().skip(request.offset).take(limit);
    let view =
        |(path, parsed, item): Found<'_>| around.view(item, &parsed.record.body, around.change(path, &parsed.record));
    let items: Vec<_> = wanted.map(view).collect();
    ListResponse {
        has_more: request.offset + items.len() < total_count,
        items,
        total_count,
        limit,
        offset: request.offset,
        next_cursor: None,
        meta,
    }
}

/// Shows the record that `name` names: an id, a unique prefix or suffix of one, or an alias.
pub fn show(context: &Context, name: &str) -> Result<ShowResponse, Error> {
    let mut reading = context.read()?;
    let mut loaded = reading.load(NAMED)?;
    let path = resolve(&loaded, name)?.clone();
    let beside = reading.load(&[Kind::Note, Kind::CommitLink, Kind::Conflict])?;
    loaded.records.extend(beside.records);
    loaded.unreadable.extend(beside.unreadable);
    reading.warn_of_unreadable(&loaded.unreadable);
    let history = reading.history(context)?;
    let around = Around::new(&loaded, history.as_ref());
    let parsed = &loaded.records[&path];
    if let Some(schema) = &parsed.newer_schema {
        reading.warnings.push(format!(
            "{path} has the newer schema {schema}; it cannot be changed here"
        ));
    }
    let change = around.change(&path, &parsed.record);
    let Some(item) = parsed.record.as_work_item() else {
        return Ok(ShowResponse::Other(Box::new(ShownRecord {
            kind: path.kind().as_str(),
            heading: parsed.record.heading(),
            fields: parsed.record.to_json(),
            body: parsed.record.body.clone(),
            version: change.version,
            updated_at: change.updated_at,
            updated_by: change.updated_by,
            meta: reading.meta(),
        })));
    };
    let view = around.view(item, &parsed.record.body, change);
    Ok(ShowResponse::WorkItem(Box::new(ShownWorkItem {
        ancestors: around.briefs(&around.graph.ancestors(item.id)),
        children: around.briefs(around.graph.children(item.id)),
        dependencies: around.dependencies(item.id),
        notes: around.notes(item.id),
        item: view,
        meta: reading.meta(),
    })))
}
