//! Listing and showing work items.

mod around;
mod view;

use std::cmp::Reverse;

use self::around::Around;
pub use self::view::{
    Brief, Dependency, ListResponse, NoteView, ShowResponse, ShownRecord, ShownWorkItem, WorkItemView,
};
use super::resolve::{resolve, title};
use super::{Context, Error};
use crate::filter::WorkItemFilter;
use crate::record::Kind;

/// How many items a list has where nothing else is asked for.
pub const DEFAULT_LIMIT: usize = 50;

/// Kinds whose records have names of their own.
const NAMED: &[Kind] = &[Kind::WorkItem, Kind::Vendor, Kind::Enhancement, Kind::Deployment];

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
    reading.warn_of_unreadable(&loaded.unreadable);
    let mut filter = request.filter.clone();
    if let Some(parent) = &request.parent {
        filter.parent = resolve(&loaded, parent)?.id();
    }
    let history = reading.history(context)?;
    let around = Around::new(&loaded, history.as_ref());
    let matching = loaded.records.iter().filter_map(|(path, parsed)| {
        let item = parsed.record.as_work_item()?;
        filter
            .matches(item, &parsed.record.body)
            .then(|| around.change(path, &parsed.record))
            .map(|change| (path, parsed, item, change))
    });
    let mut matching: Vec<_> = matching.collect();
    matching.sort_by_key(|(_, _, item, change)| (Reverse(change.updated_at), item.id));
    let total_count = matching.len();
    let limit = request.limit.unwrap_or(total_count);
    let page = matching.into_iter().skip(request.offset).take(limit);
    let items: Vec<_> = page
        .map(|(_, parsed, item, change)| around.view(item, &parsed.record.body, change))
        .collect();
    Ok(ListResponse {
        has_more: request.offset + items.len() < total_count,
        items,
        total_count,
        limit,
        offset: request.offset,
        next_cursor: None,
        meta: reading.meta(),
    })
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
            heading: title(&parsed.record),
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
