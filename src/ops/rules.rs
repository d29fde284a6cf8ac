//! The rules across records, checked on what a write changes, reading as few records as that takes.

use std::collections::{BTreeSet, HashSet};

use super::Error;
use super::draft::{Changed, Draft};
use super::read::NAMED;
use crate::record::common::is_shaped_like_an_id;
use crate::record::graph::{self, Graph};
use crate::record::value::is_invisible;
use crate::record::vendor::normalised_name;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath, Violation, WorkItem, limits, transition};

/// Checks parents, depth, dependencies, references, names and what must not change of everything a write changes.
///
/// What was wrong before and is not touched does not stand in the way.
pub(super) fn check(draft: &mut Draft<'_>) -> Result<(), Error> {
    let changed = draft.changed();
    for changed in &changed {
        check_references(draft, changed)?;
        check_unchanged(changed)?;
        if parent(&changed.after) != changed.before.as_ref().and_then(parent) {
            check_parent(draft, changed)?;
        }
    }
    check_dependencies(draft, &changed)?;
    check_aliases(draft, &changed)?;
    check_names(draft, &changed)
}

fn refuse(field: &str, message: impl Into<String>) -> Error {
    let violation = Violation::field(field, message);
    Error::invalid(violation.to_string(), &[violation])
}

fn parent(record: &Record) -> Option<RecordId> {
    record.as_work_item().and_then(|item| item.parent_id)
}

fn waits_for(record: &Record) -> BTreeSet<RecordId> {
    graph::waits_for(record).collect()
}

/// What a change adds to a set that is taken from the record.
fn added<T: Ord>(changed: &Changed, of: impl Fn(&Record) -> BTreeSet<T>) -> impl Iterator<Item = T> {
    let before = changed.before.as_ref().map(&of).unwrap_or_default();
    of(&changed.after)
        .into_iter()
        .filter(move |value| !before.contains(value))
}

fn check_references(draft: &mut Draft<'_>, changed: &Changed) -> Result<(), Error> {
    for (field, id) in added(changed, graph::references) {
        if record(draft, id)?.is_none() {
            return Err(refuse(field, format!("there is no record {id}")));
        }
    }
    Ok(())
}

/// A record of any kind that has an identity of its own.
fn record<'d>(draft: &'d mut Draft<'_>, id: RecordId) -> Result<Option<&'d Record>, Error> {
    for path in NAMED.iter().filter_map(|kind| RecordPath::own(*kind, id)) {
        if draft.get(&path)?.is_some() {
            return draft.get(&path);
        }
    }
    Ok(None)
}

fn check_parent(draft: &mut Draft<'_>, changed: &Changed) -> Result<(), Error> {
    let (Some(own), Some(mut current)) = (changed.path.id(), parent(&changed.after)) else {
        return Ok(());
    };
    let mut chain = vec![own];
    loop {
        if current == own {
            let names: Vec<_> = chain.iter().chain([&own]).map(|id| id.short()).collect();
            return Err(refuse("parent_id", format!("closes a cycle: {}", names.join(" → "))));
        }
        let Some(path) = RecordPath::own(Kind::WorkItem, current) else {
            break;
        };
        let Some(item) = draft.get(&path)?.and_then(Record::as_work_item) else {
            return Err(refuse("parent_id", format!("{current} is not a work item")));
        };
        chain.push(current);
        match item.parent_id {
            // What was wrong further up before is not ours to refuse.
            Some(next) if !chain.contains(&next) || next == own => current = next,
            _ => break,
        }
    }
    let above = chain.len() - 1;
    let below = if changed.before.is_some() {
        height(draft, own)?
    } else {
        0
    };
    if above + below > limits::DEPTH {
        let reason = match below {
            0 => format!(
                "would lie {above} levels below the root, at most {} are allowed",
                limits::DEPTH
            ),
            _ => format!(
                "its lowest descendant would lie {} levels below the root, at most {} are allowed",
                above + below,
                limits::DEPTH
            ),
        };
        return Err(refuse("parent_id", reason));
    }
    Ok(())
}

/// How many levels of descendants a work item has.
fn height(draft: &mut Draft<'_>, id: RecordId) -> Result<usize, Error> {
    let mut seen = HashSet::from([id]);
    let (mut level, mut height) = (vec![id], 0);
    loop {
        let mut below = Vec::new();
        for id in &level {
            below.extend(draft.children(*id)?.iter().map(|child| child.id));
        }
        below.retain(|id| seen.insert(*id));
        if below.is_empty() {
            return Ok(height);
        }
        (level, height) = (below, height + 1);
    }
}

fn check_dependencies(draft: &mut Draft<'_>, changed: &[Changed]) -> Result<(), Error> {
    let waiting: Vec<_> = changed
        .iter()
        .filter(|changed| added(changed, waits_for).next().is_some())
        .collect();
    // Nobody who was there before can wait for a record whose identity was drawn just now, unless this write says so.
    if waiting.iter().all(|changed| is_drawn(changed)) {
        let graph = Graph::new(waiting.iter().map(|changed| &changed.after));
        return match graph.dependency_cycles().first() {
            Some(cycle) => Err(refuse_cycle(cycle.iter().chain(cycle.first()))),
            None => Ok(()),
        };
    }
    waiting.iter().try_for_each(|changed| check_way_back(draft, changed))
}

/// Whether a record is new and its identity is random.
fn is_drawn(changed: &Changed) -> bool {
    changed.before.is_none() && changed.path.id().is_some_and(RecordId::is_random)
}

fn refuse_cycle<'c>(cycle: impl Iterator<Item = &'c RecordId>) -> Error {
    let names: Vec<_> = cycle.map(|id| id.short()).collect();
    refuse("depends_on", format!("closes a cycle: {}", names.join(" → ")))
}

/// Refuses what a record now waits for where that leads back to it.
fn check_way_back(draft: &mut Draft<'_>, changed: &Changed) -> Result<(), Error> {
    let Some(own) = changed.path.id() else { return Ok(()) };
    // Only a path that leads back here through what was added can be a cycle of this write's making.
    let mut seen = HashSet::new();
    let mut chains: Vec<Vec<RecordId>> = added(changed, waits_for).map(|id| vec![own, id]).collect();
    while let Some(chain) = chains.pop() {
        let Some(last) = chain.last().copied() else { continue };
        if last == own {
            return Err(refuse_cycle(chain.iter()));
        }
        if seen.insert(last)
            && let Some(next) = record(draft, last)?.map(waits_for)
        {
            chains.extend(next.into_iter().map(|id| chain.iter().copied().chain([id]).collect()));
        }
    }
    Ok(())
}

fn check_aliases(draft: &mut Draft<'_>, changed: &[Changed]) -> Result<(), Error> {
    let names = |record: &Record| record.aliases().map(ToOwned::to_owned).collect::<BTreeSet<_>>();
    let new: BTreeSet<String> = changed.iter().flat_map(|changed| added(changed, names)).collect();
    for alias in new {
        if let [_, other, ..] = draft.with_alias(&alias)?.as_slice() {
            return Err(refuse("aliases", format!("`{alias}` is an alias of {other} too")));
        }
        if let Some(vendor) = draft.with_name(&alias, false)?.first() {
            let id = vendor.id().map(RecordId::short).unwrap_or_default();
            return Err(refuse("aliases", format!("`{alias}` is the name of the vendor {id}")));
        }
    }
    Ok(())
}

/// A vendor that gets a name, or comes back with one, must be the only one that is called so.
fn check_names(draft: &mut Draft<'_>, changed: &[Changed]) -> Result<(), Error> {
    let name = |record: &Record| match &record.fields {
        Fields::Vendor(vendor) if vendor.deleted_at.is_none() => {
            BTreeSet::from([normalised_name(vendor.name.as_str())])
        }
        _ => BTreeSet::new(),
    };
    for changed in changed {
        for name in added(changed, name) {
            let heading = changed.after.heading();
            check_form(&heading)?;
            let holders = draft.with_name(&name, false)?;
            if let Some(other) = holders.iter().find(|other| **other != changed.path) {
                let id = other.id().map(RecordId::short).unwrap_or_default();
                let message = format!("there is a vendor `{heading}` already: {id}");
                return Err(refuse("name", message).hint(format!("git docket vendor show {id}")));
            }
            if let Some(other) = draft.called(&name)?.iter().find_map(Record::id) {
                let id = other.short();
                let error = refuse("name", format!("`{heading}` is an alias of {id}"));
                return Err(error.hint(format!("git docket show {id}")));
            }
        }
    }
    Ok(())
}

/// The name of a vendor stands where others have ids, and has to be read: it must look like no id, and be seen.
fn check_form(name: &str) -> Result<(), Error> {
    if is_shaped_like_an_id(name.trim()) {
        return Err(refuse("name", "is shaped like the identity of a record"));
    }
    match name.chars().find(|c| is_invisible(*c)) {
        Some(c) => Err(refuse(
            "name",
            format!("has the invisible character U+{:04X}", c as u32),
        )),
        None => Ok(()),
    }
}

/// A deployment stays as it was recorded, but for being taken back.
fn check_unchanged(changed: &Changed) -> Result<(), Error> {
    let rewritten = |before| transition::is_rewritten(before, &changed.after);
    let is_deployment = changed.path.kind() == Kind::Deployment;
    if !is_deployment || !changed.before.as_ref().is_some_and(rewritten) {
        return Ok(());
    }
    let id = changed.path.id().map(RecordId::short).unwrap_or_default();
    let message =
        format!("{id} is a deployment: it does not change once it is recorded; retract it and record another");
    Err(Error::request(message).hint(format!("git docket deployment retract {id}")))
}

/// Why an item cannot be completed, unless somebody insists: it has open children.
pub(super) fn held_open(draft: &mut Draft<'_>, id: RecordId) -> Result<Option<Error>, Error> {
    let open = open_children(draft, id)?;
    if open.is_empty() {
        return Ok(None);
    }
    let named = |child: &WorkItem| format!("{} {}", child.id.short(), child.title);
    let open: Vec<_> = open.iter().map(named).collect();
    let message = format!("{} has open children: {}", id.short(), open.join(", "));
    let hint = format!("git docket done {} --force", id.short());
    Ok(Some(Error::request(message).with("open_children", open).hint(hint)))
}

/// What stands in the way of completing an item: the children that are neither over nor deleted.
pub(super) fn open_children(draft: &mut Draft<'_>, id: RecordId) -> Result<Vec<WorkItem>, Error> {
    let mut children = draft.children(id)?;
    children.retain(|child| !child.is_over());
    Ok(children)
}
