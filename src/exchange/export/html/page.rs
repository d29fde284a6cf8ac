//! What every part of the page looks up.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::exchange::export::{Docket, Exported};
use crate::record::graph::waits_for;
use crate::record::{Deployment, Enhancement, Fields, Kind, RecordId, Vendor, WorkItem};

/// A docket, and how its records hang together.
pub(super) struct Page<'d> {
    pub(super) docket: &'d Docket,
    pub(super) by_id: HashMap<RecordId, &'d Exported>,
    /// The notes on a record, oldest first.
    pub(super) notes: HashMap<RecordId, Vec<&'d Exported>>,
    /// The work items below one.
    pub(super) children: HashMap<RecordId, Vec<RecordId>>,
    /// What waits for a record.
    pub(super) waited_for_by: HashMap<RecordId, Vec<RecordId>>,
    /// The deployments that touch or carry a record, newest first.
    pub(super) deployed: HashMap<RecordId, Vec<RecordId>>,
}

impl<'d> Page<'d> {
    pub(super) fn new(docket: &'d Docket) -> Self {
        let mut page = Self {
            docket,
            by_id: docket.by_id(),
            notes: docket.notes(),
            children: HashMap::new(),
            waited_for_by: HashMap::new(),
            deployed: HashMap::new(),
        };
        for exported in &docket.records {
            let Some(id) = exported.path.id() else { continue };
            for target in waits_for(&exported.record) {
                page.waited_for_by.entry(target).or_default().push(id);
            }
            if let Some(parent) = exported.record.as_work_item().and_then(|item| item.parent_id) {
                page.children.entry(parent).or_default().push(id);
            }
        }
        for deployment in page.deployments() {
            let touched = deployment
                .affected_vendors
                .iter()
                .chain(deployment.related_work_items.iter());
            for id in touched {
                page.deployed.entry(*id).or_default().push(deployment.id);
            }
        }
        page
    }

    pub(super) fn short_revision(&self) -> &'d str {
        let revision = self.docket.head.revision.as_str();
        revision.get(..8).unwrap_or(revision)
    }

    /// The work items, oldest first.
    pub(super) fn items(&self) -> Vec<(&'d Exported, &'d WorkItem)> {
        let items = self.docket.of(Kind::WorkItem);
        let mut items: Vec<_> = items.filter_map(|of| Some((of, of.record.as_work_item()?))).collect();
        items.sort_by_key(|(_, item)| (item.created_at, item.id));
        items
    }

    /// The vendors by name.
    pub(super) fn vendors(&self) -> Vec<(&'d Exported, &'d Vendor)> {
        let vendors = self.docket.of(Kind::Vendor).filter_map(|of| match &of.record.fields {
            Fields::Vendor(vendor) => Some((of, vendor.as_ref())),
            _ => None,
        });
        let mut vendors: Vec<_> = vendors.collect();
        vendors.sort_by_key(|(_, vendor)| (vendor.name.to_string(), vendor.id));
        vendors
    }

    /// The deployments, newest first.
    pub(super) fn deployments(&self) -> Vec<&'d Deployment> {
        let deployments = self
            .docket
            .of(Kind::Deployment)
            .filter_map(|of| match &of.record.fields {
                Fields::Deployment(deployment) => Some(deployment.as_ref()),
                _ => None,
            });
        let mut deployments: Vec<_> = deployments.collect();
        deployments.sort_by_key(|deployment| std::cmp::Reverse((deployment.deployed_at, deployment.id)));
        deployments
    }

    /// The enhancements by quarter; those without one are last, under nothing.
    pub(super) fn enhancements(&self) -> BTreeMap<(bool, String), Vec<&'d Enhancement>> {
        let mut by_quarter: BTreeMap<(bool, String), Vec<&Enhancement>> = BTreeMap::new();
        for of in self.docket.of(Kind::Enhancement) {
            if let Fields::Enhancement(enhancement) = &of.record.fields {
                let quarter = enhancement
                    .target_quarter
                    .as_ref()
                    .map(|quarter| quarter.as_str().to_owned());
                let key = (quarter.is_none(), quarter.unwrap_or_default());
                by_quarter.entry(key).or_default().push(enhancement);
            }
        }
        for enhancements in by_quarter.values_mut() {
            enhancements.sort_by_key(|enhancement| (enhancement.priority.get(), enhancement.id));
        }
        by_quarter
    }

    /// Every work item once, each with its depth, those below another right behind it. A circle of parents begins
    /// somewhere.
    pub(super) fn in_tree_order(&self) -> Vec<(&'d Exported, &'d WorkItem, usize)> {
        let items = self.items();
        let is_root = |item: &WorkItem| item.parent_id.is_none_or(|parent| !self.by_id.contains_key(&parent));
        let mut ordered = Vec::with_capacity(items.len());
        let mut seen = HashSet::new();
        let roots = items.iter().filter(|(_, item)| is_root(item)).chain(&items);
        for (_, root) in roots {
            let mut next = vec![(root.id, 0)];
            while let Some((id, depth)) = next.pop() {
                let Some(of) = self.by_id.get(&id).filter(|_| seen.insert(id)) else {
                    continue;
                };
                let Some(item) = of.record.as_work_item() else { continue };
                ordered.push((*of, item, depth));
                let mut below = self.children.get(&id).cloned().unwrap_or_default();
                below.sort_by_key(|id| self.by_id.get(id).and_then(|of| Some((of.created_at(), of.path.id()?))));
                next.extend(below.into_iter().rev().map(|id| (id, depth + 1)));
            }
        }
        ordered
    }
}
