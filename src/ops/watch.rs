//! What other processes did meanwhile, cheaply told: for whoever was asked to tell of every change.

use super::{Context, Error};
use crate::record::path::Place;
use crate::record::{Kind, RecordId, RecordPath};
use crate::store::CommitId;

/// Where the tracking ref stands, without a look at what it names; none where there is no docket.
///
/// One small file is read.
pub fn tip(context: &Context) -> Result<Option<String>, Error> {
    Ok(context.store.unchecked_tip()?.map(|commit| commit.to_string()))
}

/// The records that are not the same at two commits: those whose files differ, and those that notes, commit links and
/// conflicts which differ are on. Each once, in order.
///
/// Only directories that differ are read.
pub fn changed_between(context: &Context, from: Option<&str>, to: &str) -> Result<Vec<RecordId>, Error> {
    let commit = |name: &str| {
        name.parse::<CommitId>()
            .map_err(|_| Error::bug(format!("`{name}` is no commit")))
    };
    let changes = context.store.tree_changes(from.map(commit).transpose()?, commit(to)?)?;
    let paths = changes
        .iter()
        .filter_map(|change| std::str::from_utf8(&change.path).ok());
    let records = paths.filter_map(|path| match RecordPath::locate(path) {
        Place::Record(record) => Some(record.owner()),
        _ => None,
    });
    let mut records: Vec<_> = records.collect();
    records.sort_unstable();
    records.dedup();
    Ok(records)
}

/// The record that a name names, and its kind; nothing of it is read.
pub fn identify(context: &Context, name: &str) -> Result<(Kind, RecordId), Error> {
    let (path, _) = context.ask_within(None, &[], |records| records.find(name))?;
    Ok((path.kind(), path.owner()))
}
