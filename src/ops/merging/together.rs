//! What no single file shows: edges of both sides that together close a cycle or go too deep, and names that two
//! records have.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

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
    base: Option<Rc<Record>>,
    ours: Option<Rc<Record>>,
    theirs: Option<Rc<Record>>,
    merged: Option<Rc<Record>>,
}

impl Versions {
    fn of(name: &[u8], found: &Differing) -> Option<Self> {
        let path = record_path(name)?;
        if !matches!(
            path.kind(),
            Kind::WorkItem | Kind::Enhancement | Kind::Vendor | Kind::Deployment
        ) {
            return None;
        }
        let read = |bytes: Option<&[u8]>| Differing::record_in(&path, bytes).map(Rc::new);
        let version = |version: &Option<Version>| read(version.as_ref().and_then(|version| version.bytes.as_deref()));
        let (ours, theirs) = (version(&found.ours), version(&found.theirs));
        // Most files differ on one side only: what is there already is not parsed again.
        let base = match &found.base {
            base if *base == found.ours => ours.clone(),
            base if *base == found.theirs => theirs.clone(),
            base => version(base),
        };
        let merged = match &found.outcome {
            Outcome::Ours => ours.clone(),
            Outcome::Theirs => theirs.clone(),
            Outcome::Bytes { bytes, .. } => read(Some(bytes)),
        };
        Some(Self {
            path,
            base,
            ours,
            theirs,
            merged,
        })
    }
}

/// Drops edges that cannot stand together, and records those and the names that clash.
pub(super) fn check(
    context: &Context,
    sides: &Sides<'_>,
    files: &mut Files,
    conflicts: &mut Vec<(RecordPath, Record)>,
) -> Result<(), Error> {
    let versions: Vec<_> = files
        .iter()
        .filter_map(|(name, found)| Versions::of(name, found))
        .collect();
    conflicts.extend(clashes(sides, &versions));
    let edges = |side: fn(&Versions) -> Option<&Record>| Edges::of(versions.iter().filter_map(side));
    let base = edges(|v| v.base.as_deref());
    let is_new = |side: &Edges| !side.added_since(&base).is_empty();
    // What one side added alone was checked when it was written.
    if !is_new(&edges(|v| v.ours.as_deref())) || !is_new(&edges(|v| v.theirs.as_deref())) {
        return Ok(());
    }
    let added = edges(|v| v.merged.as_deref()).added_since(&base);
    let mut merged = all_edges(context, sides, &versions)?;
    let dropped = drop_closing_edges(&mut merged, &added);
    let by_id: HashMap<_, _> = versions.iter().filter_map(|of| Some((of.path.id()?, of))).collect();
    for edge in dropped {
        drop_edge(sides, files, &by_id, edge, conflicts)?;
    }
    Ok(())
}

/// The edges of all records of the merged tree.
fn all_edges(context: &Context, sides: &Sides<'_>, versions: &[Versions]) -> Result<Edges, Error> {
    let reading = context.read_at(sides.ours.snapshot.commit(), Vec::new())?;
    let mut loaded = reading.load(&[Kind::WorkItem, Kind::Enhancement])?.records;
    for version in versions {
        loaded.remove(&version.path);
    }
    let same = loaded.values().map(|parsed| &parsed.record);
    Ok(Edges::of(
        same.chain(versions.iter().filter_map(|v| v.merged.as_deref())),
    ))
}

/// Takes an edge out of the merged file of the record it stands in, and records that.
fn drop_edge(
    sides: &Sides<'_>,
    files: &mut Files,
    versions: &HashMap<RecordId, &Versions>,
    gone: Dropped,
    conflicts: &mut Vec<(RecordPath, Record)>,
) -> Result<(), Error> {
    let (from, field) = match gone.edge {
        Edge::Parent { child, .. } => (child, "parent_id"),
        Edge::DependsOn { from, .. } => (from, "depends_on"),
    };
    let Some(of) = versions.get(&from) else {
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
    let executable = found.is_executable();
    found.outcome = Outcome::Bytes { bytes, executable };
    let stamps = adders(sides, of, field);
    if let Some(stamp) = stamps.into_iter().max() {
        conflicts.push(dropped(&gone, &stamp));
    }
    Ok(())
}

/// The last commits that changed a field, on each side that did.
fn adders(sides: &Sides<'_>, of: &Versions, field: &str) -> Vec<Stamp> {
    let stamp =
        |side: &Side<'_>, version: &Option<Rc<Record>>| (*version != of.base).then(|| side.stamp(&of.path, field));
    let stamps = [stamp(&sides.ours, &of.ours), stamp(&sides.theirs, &of.theirs)];
    stamps.into_iter().flatten().collect()
}

/// Names that one side gave to one record and the other side to another.
fn clashes(sides: &Sides<'_>, versions: &[Versions]) -> Vec<(RecordPath, Record)> {
    let mut given: BTreeMap<String, BTreeMap<RecordId, (&'static str, &Versions)>> = BTreeMap::new();
    for of in versions {
        let (Some(merged), Some(id)) = (&of.merged, of.path.id()) else {
            continue;
        };
        let before = of.base.as_deref().map(names).unwrap_or_default();
        for (name, field) in names(merged).into_iter().filter(|name| !before.contains(name)) {
            given.entry(name).or_default().insert(id, (field, of));
        }
    }
    let mut recorded = Vec::new();
    // Who gave a name is asked only where two have it.
    for (name, holders) in given.into_iter().filter(|(_, holders)| holders.len() > 1) {
        let stamped = |(id, (field, of)): (RecordId, (&'static str, &Versions))| {
            let stamp = adders(sides, of, field).into_iter().min()?;
            Some((id, field, stamp))
        };
        let mut holders = holders.into_iter().filter_map(stamped);
        let Some((first, field, stamp)) = holders.next() else {
            continue;
        };
        recorded.extend(holders.map(|(id, _, other)| clash(field, &name, (first, stamp.clone()), (id, other))));
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
