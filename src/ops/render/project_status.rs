//! The view of `project_status`.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::lines;
use super::lines::{Named, by_name, deployments, select, vendor};
use crate::filter::{RecordFilter, RecordOrder};
use crate::ops::read::NAMED;
use crate::ops::records::{Answer, Records};
use crate::ops::text::shown;
use crate::ops::work_item::{Branch, Forest};
use crate::record::work_item::Status;
use crate::record::{Fields, Kind, RecordId};
use crate::render::{Attention, Beside, Claim, Enhancement, ProjectStatus, ShortIds, Vendor, WorkItem};

/// How many deployments are shown.
const DEPLOYMENTS: usize = 20;

/// Looks at everything that is open; `now` is when the commit was made, in seconds since 1970, and `conflicts` whether
/// any were ever recorded.
pub(super) fn project_status(records: &mut dyn Records, now: i64, conflicts: bool) -> Answer<ProjectStatus> {
    let (vendor_ids, vendors) = Named::split(vendors(records)?);
    let items = items(records)?;
    let shown: Vec<RecordId> = items.iter().map(|item| item.id).collect();
    let work_items: Vec<WorkItem> = items.into_iter().map(|item| item.line).collect();
    let gone_out = RecordFilter::of(Kind::Deployment);
    let gone_out = select(records, &gone_out, RecordOrder::Deployed, Some(DEPLOYMENTS))?;
    let (deployment_ids, deployments) = Named::split(deployments(records, &gone_out.rows)?);
    let (enhancement_ids, enhancements) = Named::split(enhancements(records)?);
    let ran_out = |item: &&WorkItem| {
        let until = item.claim.as_ref().and_then(|claim| claim.until);
        is_open(&item.status) && until.is_some_and(|until| until.as_seconds() <= now)
    };
    let beside = Beside {
        expired_claims: work_items
            .iter()
            .filter(ran_out)
            .map(|item| item.title.clone())
            .collect(),
        conflicts: match conflicts {
            true => records.on(&shown, &[Kind::Conflict])?.len(),
            false => 0,
        },
        unreadable: records.unreadable(NAMED)?.into_iter().map(|file| file.file).collect(),
    };
    Ok(ProjectStatus {
        attention: attention(&vendors, &work_items),
        open_count: work_items.iter().filter(|item| is_open(&item.status)).count(),
        vendors,
        work_items,
        deployments,
        enhancements,
        beside,
        ids: ShortIds {
            vendors: vendor_ids,
            work_items: shown.into_iter().map(RecordId::short).collect(),
            deployments: deployment_ids,
            enhancements: enhancement_ids,
        },
    })
}

fn is_open(status: &str) -> bool {
    rank(status) < rank(Status::Completed.as_str())
}

/// In which order items stand beside each other.
fn rank(status: &str) -> usize {
    let order = [
        Status::Active,
        Status::Blocked,
        Status::Pending,
        Status::Completed,
        Status::Cancelled,
    ];
    let place = order.iter().position(|known| known.as_str() == status);
    place.unwrap_or(order.len())
}

fn vendors(records: &mut dyn Records) -> Answer<Vec<Named<Vendor>>> {
    let page = select(records, &RecordFilter::of(Kind::Vendor), RecordOrder::Name, None)?;
    let lines = page.rows.iter().filter_map(|row| match &row.record.fields {
        Fields::Vendor(found) => Some(Named {
            id: found.id.short(),
            value: vendor(found),
        }),
        _ => None,
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by(|a, b| by_name(&a.value, &b.value));
    Ok(lines)
}

fn enhancements(records: &mut dyn Records) -> Answer<Vec<Named<Enhancement>>> {
    let page = select(
        records,
        &RecordFilter::of(Kind::Enhancement),
        RecordOrder::Priority,
        None,
    )?;
    let lines = page.rows.iter().filter_map(|row| match &row.record.fields {
        Fields::Enhancement(found) => Some(Named {
            id: found.id.short(),
            value: Enhancement {
                title: shown(found.title.as_str()),
                priority: found.priority.get(),
                target_quarter: found.target_quarter.as_ref().map(|quarter| quarter.as_str().to_owned()),
                status: found.status.to_string(),
            },
        }),
        _ => None,
    });
    let mut lines: Vec<_> = lines.filter(|line| line.value.status != "completed").collect();
    lines.sort_by_cached_key(|line| {
        let Enhancement {
            title,
            priority,
            target_quarter,
            status,
        } = line.value.clone();
        (priority, target_quarter.is_none(), target_quarter, title, status)
    });
    Ok(lines)
}

/// A work item as it stands in the tree.
struct Item {
    id: RecordId,
    line: WorkItem,
}

/// Open items and what they are below, in the order in which they are shown.
fn items(records: &mut dyn Records) -> Answer<Vec<Item>> {
    let reasons = reasons(records)?;
    let mut forest = Forest::of(records.open_tree()?);
    let tops = forest.tops();
    let mut trees: Vec<Tree> = tops
        .into_iter()
        .filter_map(|id| forest.branch(id))
        .map(|branch| Tree::of(branch, 0, &reasons))
        .collect();
    trees.sort_by(Tree::order);
    let mut items = Vec::new();
    trees.into_iter().for_each(|tree| tree.flatten(&mut items));
    Ok(items)
}

/// Why items are blocked.
fn reasons(records: &mut dyn Records) -> Answer<HashMap<RecordId, String>> {
    let blocked = lines::items(records, &[Status::Blocked])?;
    let reason = |item: &crate::record::WorkItem| {
        let reason = item.metadata.0.get("blocked_reason")?.as_str()?;
        Some((item.id, shown(reason)))
    };
    let items = blocked.iter().filter_map(|row| row.record.as_work_item());
    Ok(items.filter_map(reason).collect())
}

/// An item with what is below it, in order.
struct Tree {
    item: Item,
    /// The places of status and priority.
    places: (usize, usize),
    /// The title without regard to letter case, by which items are sorted first.
    folded: String,
    children: Vec<Self>,
}

impl Tree {
    fn of(branch: Branch, depth: usize, reasons: &HashMap<RecordId, String>) -> Self {
        let claim = branch.claim.map(|(by, until)| Claim { by: shown(&by), until });
        let line = WorkItem {
            depth,
            title: shown(&branch.title),
            item_type: branch.item_type,
            status: branch.status,
            priority: branch.priority.to_string(),
            assignee: branch
                .assignee
                .as_deref()
                .map(shown)
                .or_else(|| claim.as_ref().map(|claim| claim.by.clone())),
            claim,
            progress: branch.progress,
            blocked_reason: reasons.get(&branch.id).cloned(),
        };
        let children = branch.children.into_iter();
        let mut children: Vec<_> = children.map(|child| Self::of(child, depth + 1, reasons)).collect();
        children.sort_by(Self::order);
        Self {
            places: (rank(&line.status), priority(&line.priority)),
            folded: line.title.to_lowercase(),
            item: Item { id: branch.id, line },
            children,
        }
    }

    /// By what stands in the report, and by nothing else: two that are equal in it look the same.
    fn order(&self, other: &Self) -> Ordering {
        fn key(tree: &Tree) -> impl Ord + '_ {
            let line = &tree.item.line;
            (
                (tree.places, &tree.folded, &line.title),
                (&line.item_type, &line.assignee),
                (line.progress.done, line.progress.total, &line.blocked_reason),
            )
        }
        let beside = || {
            let pairs = self.children.iter().zip(&other.children);
            pairs.map(|(a, b)| a.order(b)).find(|order| order.is_ne())
        };
        key(self)
            .cmp(&key(other))
            .then_with(|| beside().unwrap_or_else(|| self.children.len().cmp(&other.children.len())))
    }

    fn flatten(self, items: &mut Vec<Item>) {
        items.push(self.item);
        self.children.into_iter().for_each(|child| child.flatten(items));
    }
}

/// In which order priorities stand.
pub(super) fn priority(priority: &str) -> usize {
    let all = crate::record::work_item::Priority::ALL;
    all.iter()
        .position(|known| known.as_str() == priority)
        .unwrap_or(all.len())
}

/// Broken vendors, then blocked items, as they stand above.
fn attention(vendors: &[Vendor], items: &[WorkItem]) -> Vec<Attention> {
    let broken = vendors.iter().filter(|vendor| vendor.status == "broken");
    let broken = broken.map(|vendor| Attention {
        kind: "vendor".to_owned(),
        title: vendor.name.clone(),
        reason: None,
    });
    let blocked = items.iter().filter(|item| item.status == Status::Blocked.as_str());
    let blocked = blocked.map(|item| Attention {
        kind: "work_item".to_owned(),
        title: item.title.clone(),
        reason: item.blocked_reason.clone(),
    });
    broken.chain(blocked).collect()
}
