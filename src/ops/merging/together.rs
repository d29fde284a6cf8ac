//! What no single file shows: edges of both sides that together close a cycle or go too deep, and names that two
//! records have.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Outcome, record_path};
use super::side::{Side, Stamps as _};
use super::sides::Sides;
use super::{Differing, Version};
use crate::ops::{Context, Error};
use crate::record::merge::{Dropped, Edge, Edges, Stamp, clash, drop_closing_edges, dropped};
use crate::record::vendor::normalised_name;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath, edit, print};

type Files = BTreeMap<Vec<u8>, Differing>;

/// A record that differs, in the trees and merged.
struct Versions {
    path: RecordPath,
    base: Option<Record>,
    ours: Option<Record>,
    theirs: Option<Record>,
    merged: Option<Record>,
}

/// Drops edges that cannot stand together, and records those and the names that clash.
pub(super) fn check(
    context: &Context,
    sides: &Sides<'_>,
    files: &mut Files,
    conflicts: &mut Vec<(RecordPath, Record)>,
) -> Result<(), Error> {
    let versions = versions(files);
    conflicts.extend(clashes(sides, &versions));
    let added = |side: fn(&Versions) -> Option<&Record>| {
        let edges = Edges::of(versions.iter().filter_map(side));
        !edges
            .added_since(&Edges::of(versions.iter().filter_map(|v| v.base.as_ref())))
            .is_empty()
    };
    // What one side added alone was checked when it was written.
    if !added(|v| v.ours.as_ref()) || !added(|v| v.theirs.as_ref()) {
        return Ok(());
    }
    let base = Edges::of(versions.iter().filter_map(|v| v.base.as_ref()));
    let changed = Edges::of(versions.iter().filter_map(|v| v.merged.as_ref()));
    let mut merged = all_edges(context, sides, &versions)?;
    for edge in drop_closing_edges(&mut merged, &changed.added_since(&base)) {
        drop_edge(sides, files, &versions, edge, conflicts)?;
    }
    Ok(())
}

fn versions(files: &Files) -> Vec<Versions> {
    let of = |(name, found): (&Vec<u8>, &Differing)| {
        let path = record_path(name)?;
        if !matches!(
            path.kind(),
            Kind::WorkItem | Kind::Enhancement | Kind::Vendor | Kind::Deployment
        ) {
            return None;
        }
        let read = |version: &Option<Version>| {
            let bytes = version.as_ref().and_then(|version| version.bytes.as_deref());
            Differing::record_in(&path, bytes)
        };
        Some(Versions {
            base: read(&found.base),
            ours: read(&found.ours),
            theirs: read(&found.theirs),
            merged: Differing::record_in(&path, found.bytes()),
            path,
        })
    };
    files.iter().filter_map(of).collect()
}

/// The edges of all records of the merged tree.
fn all_edges(context: &Context, sides: &Sides<'_>, versions: &[Versions]) -> Result<Edges, Error> {
    let reading = context.read_at(sides.ours.snapshot.commit(), Vec::new())?;
    let mut loaded = reading.load(&[Kind::WorkItem, Kind::Enhancement])?.records;
    for version in versions {
        loaded.remove(&version.path);
    }
    let same = loaded.values().map(|parsed| &parsed.record);
    Ok(Edges::of(same.chain(versions.iter().filter_map(|v| v.merged.as_ref()))))
}

/// Takes an edge out of the merged file of the record it stands in, and records that.
fn drop_edge(
    sides: &Sides<'_>,
    files: &mut Files,
    versions: &[Versions],
    gone: Dropped,
    conflicts: &mut Vec<(RecordPath, Record)>,
) -> Result<(), Error> {
    let (from, field) = match gone.edge {
        Edge::Parent { child, .. } => (child, "parent_id"),
        Edge::DependsOn { from, .. } => (from, "depends_on"),
    };
    let Some(of) = versions.iter().find(|v| v.path.id() == Some(from)) else {
        return Ok(());
    };
    let Some(found) = files.get_mut(of.path.to_string().as_bytes()) else {
        return Ok(());
    };
    // The file may have lost an edge before.
    let bytes = found.bytes().unwrap_or_default().to_vec();
    let Some(mut record) = Differing::record_in(&of.path, Some(&bytes)) else {
        return Ok(());
    };
    match (&mut record.fields, gone.edge) {
        (Fields::WorkItem(item), Edge::Parent { before, .. }) => {
            item.parent_id = before.filter(|_| gone.restored);
        }
        (Fields::WorkItem(item), Edge::DependsOn { to, .. }) => drop(item.depends_on.remove(&to)),
        (Fields::Enhancement(item), Edge::DependsOn { to, .. }) => drop(item.depends_on.remove(&to)),
        _ => return Ok(()),
    }
    let bytes = edit(&bytes, &record, &[]).unwrap_or_else(|_| print(&record).into_bytes());
    found.outcome = Outcome::Bytes {
        bytes,
        executable: false,
    };
    let stamps = adders(sides, of, field);
    if let Some(stamp) = stamps.into_iter().max() {
        conflicts.push(dropped(&gone, &stamp));
    }
    Ok(())
}

/// The last commits that changed a field, on each side that did.
fn adders(sides: &Sides<'_>, of: &Versions, field: &str) -> Vec<Stamp> {
    let stamp = |side: &Side<'_>, version: &Option<Record>| (*version != of.base).then(|| side.stamp(&of.path, field));
    let stamps = [stamp(&sides.ours, &of.ours), stamp(&sides.theirs, &of.theirs)];
    stamps.into_iter().flatten().collect()
}

/// Names that one side gave to one record and the other side to another.
fn clashes(sides: &Sides<'_>, versions: &[Versions]) -> Vec<(RecordPath, Record)> {
    let mut given: BTreeMap<String, BTreeMap<RecordId, (&'static str, Stamp)>> = BTreeMap::new();
    for of in versions {
        let (Some(merged), Some(id)) = (&of.merged, of.path.id()) else {
            continue;
        };
        let before = of.base.as_ref().map(names).unwrap_or_default();
        for (name, field) in names(merged).into_iter().filter(|name| !before.contains(name)) {
            if let Some(stamp) = adders(sides, of, field).into_iter().min() {
                given.entry(name).or_default().insert(id, (field, stamp));
            }
        }
    }
    let mut recorded = Vec::new();
    for (name, holders) in given {
        let mut holders = holders.into_iter();
        let Some((first, (field, stamp))) = holders.next() else {
            continue;
        };
        recorded.extend(holders.map(|(id, (_, other))| clash(field, &name, (first, stamp.clone()), (id, other))));
    }
    recorded
}

/// The names of a record that nobody else may have, and the fields they stand in.
fn names(record: &Record) -> BTreeSet<(String, &'static str)> {
    let aliases = record.aliases().map(|alias| (alias.to_owned(), "aliases"));
    let mut names: BTreeSet<_> = aliases.collect();
    if let Fields::Vendor(vendor) = &record.fields
        && vendor.deleted_at.is_none()
    {
        names.insert((normalised_name(vendor.name.as_str()), "name"));
    }
    names
}
