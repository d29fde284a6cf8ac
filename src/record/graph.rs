//! What holds between records: parents, dependencies, names; and the rules that span them.
//!
//! Reading survives whatever a merge or a person left behind: cycles, missing records, chains
//! that are too deep. [`check`] names them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::common::Ids;
use super::enhancement::EnhancementStatus;
use super::names::clashes;
use super::value::Time;
use super::{Fields, Kind, Record, RecordId, RecordPath, Violation, WorkItem, limits};

/// The hierarchy and the dependencies of a set of records.
#[derive(Debug, Default)]
pub struct Graph {
    parents: HashMap<RecordId, RecordId>,
    children: HashMap<RecordId, Vec<RecordId>>,
    waits_for: BTreeMap<RecordId, Vec<RecordId>>,
    waited_for_by: HashMap<RecordId, Vec<RecordId>>,
    /// What holds nobody up any more.
    settled: HashSet<RecordId>,
}

/// What a record waits for: work items and enhancements do.
pub fn waits_for(record: &Record) -> impl Iterator<Item = RecordId> {
    let ids = match &record.fields {
        Fields::WorkItem(item) => Some(&item.depends_on),
        Fields::Enhancement(enhancement) => Some(&enhancement.depends_on),
        _ => None,
    };
    ids.into_iter().flat_map(|ids| ids.iter().copied())
}

/// The identities a record names, each with the field that names it.
#[must_use]
pub fn references(record: &Record) -> BTreeSet<(&'static str, RecordId)> {
    let mut found: BTreeSet<_> = waits_for(record).map(|id| ("depends_on", id)).collect();
    let links = match &record.fields {
        Fields::WorkItem(r) => {
            found.extend(r.parent_id.map(|id| ("parent_id", id)));
            &r.links
        }
        Fields::Vendor(r) => &r.links,
        Fields::Enhancement(r) => &r.links,
        Fields::Deployment(r) => {
            found.extend(r.affected_vendors.iter().map(|id| ("affected_vendors", *id)));
            found.extend(r.related_work_items.iter().map(|id| ("related_work_items", *id)));
            &r.links
        }
        Fields::Note(r) => return BTreeSet::from([("on", r.on)]),
        Fields::CommitLink(r) => return BTreeSet::from([("work_item", r.work_item)]),
        Fields::Conflict(_) => return BTreeSet::new(),
    };
    found.extend(links.iter().map(|(_, id)| ("links", id)));
    found
}

/// Whether a record holds up nobody who waits for it.
#[must_use]
pub fn is_settled(record: &Record) -> bool {
    let is_done = match &record.fields {
        Fields::WorkItem(item) => item.is_over(),
        Fields::Enhancement(enhancement) => enhancement.status == EnhancementStatus::Completed,
        _ => false,
    };
    is_done || record.is_gone()
}

impl Graph {
    /// The graph of these records; children and dependents are in the order of the records.
    pub fn new<'record>(records: impl IntoIterator<Item = &'record Record>) -> Self {
        let mut graph = Self::default();
        for record in records {
            let id = match &record.fields {
                Fields::WorkItem(item) => {
                    if let Some(parent) = item.parent_id {
                        graph.parents.insert(item.id, parent);
                        graph.children.entry(parent).or_default().push(item.id);
                    }
                    item.id
                }
                Fields::Enhancement(enhancement) => enhancement.id,
                _ => {
                    graph.settled.extend(record.id().filter(|_| is_settled(record)));
                    continue;
                }
            };
            if is_settled(record) {
                graph.settled.insert(id);
            }
            graph.waits_for.insert(id, waits_for(record).collect());
            for target in waits_for(record) {
                graph.waited_for_by.entry(target).or_default().push(id);
            }
        }
        graph
    }

    /// The chain of parents, root first; it ends where it would come round again.
    #[must_use]
    pub fn ancestors(&self, id: RecordId) -> Vec<RecordId> {
        let mut chain = Vec::new();
        let mut seen = HashSet::from([id]);
        let mut current = id;
        while let Some(parent) = self.parents.get(&current).filter(|parent| seen.insert(**parent)) {
            chain.push(*parent);
            current = *parent;
        }
        chain.reverse();
        chain
    }

    /// The records whose parent this is.
    #[must_use]
    pub fn children(&self, id: RecordId) -> &[RecordId] {
        self.children.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The records this one waits for.
    #[must_use]
    pub fn waits_for(&self, id: RecordId) -> &[RecordId] {
        self.waits_for.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The records that wait for this one.
    #[must_use]
    pub fn waited_for_by(&self, id: RecordId) -> &[RecordId] {
        self.waited_for_by.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The records this one still waits for: those that are neither finished nor given up nor deleted.
    pub fn held_up_by(&self, id: RecordId) -> impl Iterator<Item = RecordId> {
        self.waits_for(id)
            .iter()
            .copied()
            .filter(|target| !self.settled.contains(target))
    }

    /// Whether `actor`, or anybody, could go on with an item at `now`: it is pending or active, neither
    /// deleted nor archived, waits for nothing, and nobody else holds it.
    #[must_use]
    pub fn is_ready(&self, item: &WorkItem, actor: Option<&str>, now: Time) -> bool {
        let free = item.holder(now).is_none_or(|holder| Some(holder) == actor);
        item.is_open() && free && self.held_up_by(item.id).next().is_none()
    }

    /// The chain of parents from `id` back to itself, if there is one.
    fn parent_cycle(&self, id: RecordId) -> Option<Vec<RecordId>> {
        let mut cycle = vec![id];
        let mut current = id;
        while let Some(parent) = self.parents.get(&current) {
            if *parent == id {
                return Some(cycle);
            }
            if cycle.contains(parent) {
                return None;
            }
            cycle.push(*parent);
            current = *parent;
        }
        None
    }

    /// Cycles of dependencies, each once, found in the order of the ids.
    #[must_use]
    pub fn dependency_cycles(&self) -> Vec<Vec<RecordId>> {
        let mut done = HashSet::new();
        let mut cycles = Vec::new();
        for start in self.waits_for.keys() {
            // Depth first without recursion: a chain may be as long as the docket.
            let mut chain: Vec<(RecordId, usize)> = vec![(*start, 0)];
            let mut on_chain = HashSet::from([*start]);
            while let Some((id, next)) = chain.last_mut() {
                let target = self.waits_for(*id).get(*next).copied();
                *next += 1;
                match target {
                    Some(target) if on_chain.contains(&target) => {
                        let cycle = chain.iter().map(|(id, _)| *id).skip_while(|id| *id != target);
                        cycles.push(cycle.collect());
                    }
                    Some(target) if !done.contains(&target) => {
                        on_chain.insert(target);
                        chain.push((target, 0));
                    }
                    Some(_) => {}
                    None => {
                        on_chain.remove(id);
                        done.insert(*id);
                        chain.pop();
                    }
                }
            }
        }
        cycles
    }
}

/// A violation of a rule across records, with the record it is reported on.
pub type Found = (RecordPath, Violation);

/// Checks the rules that span records.
///
/// `unreadable` are identities of records that exist but could not be read: references to them
/// are not dangling.
#[must_use]
pub fn check(records: &BTreeMap<RecordPath, Record>, unreadable: &HashSet<RecordId>) -> Vec<Found> {
    let known: HashSet<RecordId> = records
        .keys()
        .filter_map(RecordPath::id)
        .chain(unreadable.iter().copied())
        .collect();
    let mut found = Vec::new();
    let kinds: HashMap<RecordId, Kind> = records
        .keys()
        .filter_map(|path| Some((path.id()?, path.kind())))
        .collect();
    for (path, record) in records {
        check_references(path, record, &known, &mut found);
        check_kinds(path, record, &kinds, &mut found);
    }
    check_hierarchy(records, &mut found);
    check_names(records, &mut found);
    found
}

fn check_references(path: &RecordPath, record: &Record, known: &HashSet<RecordId>, found: &mut Vec<Found>) {
    let mut reference = |field: &str, target: RecordId| {
        if !known.contains(&target) {
            found.push((
                path.clone(),
                Violation::field(field, format!("there is no record {target}")),
            ));
        }
    };
    let mut list = |field: &str, ids: &Ids| {
        for (position, id) in ids.iter().enumerate() {
            reference(&format!("{field}[{position}]"), *id);
        }
    };
    let links = match &record.fields {
        Fields::WorkItem(r) => {
            list("depends_on", &r.depends_on);
            r.parent_id.iter().for_each(|parent| reference("parent_id", *parent));
            &r.links
        }
        Fields::Enhancement(r) => {
            list("depends_on", &r.depends_on);
            &r.links
        }
        Fields::Deployment(r) => {
            list("affected_vendors", &r.affected_vendors);
            list("related_work_items", &r.related_work_items);
            &r.links
        }
        Fields::Vendor(r) => &r.links,
        Fields::Note(r) => return reference("on", r.on),
        Fields::CommitLink(r) => return reference("work_item", r.work_item),
        Fields::Conflict(r) => {
            if r.resolved_at.is_none() {
                let reason = format!("an unresolved conflict of {} on {}", r.field, r.on);
                found.push((path.clone(), Violation::field("field", reason).as_warning()));
            }
            return;
        }
    };
    for (relation, target) in links.iter() {
        reference(&format!("links.{}", relation.as_str()), target);
    }
}

/// What a deployment touches are vendors, and what it carries are work items.
fn check_kinds(path: &RecordPath, record: &Record, kinds: &HashMap<RecordId, Kind>, found: &mut Vec<Found>) {
    let Fields::Deployment(deployment) = &record.fields else {
        return;
    };
    for (field, ids, wanted) in [
        ("affected_vendors", &deployment.affected_vendors, Kind::Vendor),
        ("related_work_items", &deployment.related_work_items, Kind::WorkItem),
    ] {
        for (position, id) in ids.iter().enumerate() {
            if let Some(kind) = kinds.get(id).filter(|kind| **kind != wanted) {
                let reason = format!("{} is {}, not {}", id.short(), kind.noun(), wanted.noun());
                found.push((path.clone(), Violation::field(format!("{field}[{position}]"), reason)));
            }
        }
    }
}

fn check_hierarchy(records: &BTreeMap<RecordPath, Record>, found: &mut Vec<Found>) {
    let graph = Graph::new(records.values());
    let paths: HashMap<RecordId, &RecordPath> = records.keys().filter_map(|path| Some((path.id()?, path))).collect();
    let chain = |ids: &[RecordId]| {
        ids.iter()
            .chain(ids.first())
            .map(|id| id.short())
            .collect::<Vec<_>>()
            .join(" → ")
    };
    for (path, record) in records {
        let Some(item) = record.as_work_item() else { continue };
        if let Some(cycle) = graph.parent_cycle(item.id) {
            // Named once, on its smallest member.
            if cycle.iter().min() == Some(&item.id) {
                found.push((
                    path.clone(),
                    Violation::field("parent_id", format!("is part of a cycle: {}", chain(&cycle))),
                ));
            }
            continue;
        }
        let depth = graph.ancestors(item.id).len();
        if depth > limits::DEPTH {
            let reason = format!(
                "lies {depth} levels below the root, at most {} are allowed",
                limits::DEPTH
            );
            found.push((path.clone(), Violation::field("parent_id", reason)));
        }
        let Some(parent) = item.parent_id.and_then(|parent| paths.get(&parent)) else {
            continue;
        };
        let reason = match records[*parent].as_work_item() {
            None => Violation::field("parent_id", "is not a work item"),
            // Whoever writes it is told; two that are merged may come to it unseen.
            Some(above) if above.archived_at.is_some() && item.archived_at.is_none() && !is_settled(record) => {
                let reason = format!("{} is archived, and this is not over", above.id.short());
                Violation::field("parent_id", reason).as_warning()
            }
            Some(_) => continue,
        };
        found.push((path.clone(), reason));
    }
    for cycle in graph.dependency_cycles() {
        if let Some(path) = cycle.last().and_then(|id| paths.get(id)) {
            found.push((
                (*path).clone(),
                Violation::field("depends_on", format!("closes a cycle: {}", chain(&cycle))),
            ));
        }
    }
}

fn check_names(records: &BTreeMap<RecordPath, Record>, found: &mut Vec<Found>) {
    for clash in clashes(records) {
        let reason = match clash.field {
            "name" => format!("is the name of {} too", clash.holder),
            _ => format!("`{}` is an alias of {} too", clash.name, clash.holder),
        };
        found.push((clash.path, Violation::field(clash.field, reason)));
    }
}
