//! The views of single records.

use std::collections::BTreeMap;

use super::lines::{Named, deployments, link, linked, notes, select, vendor as line};
use crate::filter::{RecordFilter, RecordOrder};
use crate::index::Row;
use crate::ops::Error;
use crate::ops::deployment::AroundDeployment;
use crate::ops::records::{Answer, Records};
use crate::ops::text::shown;
use crate::ops::view::note;
use crate::ops::work_item::{Dependency, shown as around};
use crate::record::value::Ordinal;
use crate::record::{Fields, Kind, RecordId};
use crate::render::{Claim, Deployment, DeploymentReport, Linked, NoteLine, VendorReport, WorkItem, WorkItemReport};

/// How many deployments a report of another record has.
const DEPLOYMENTS: usize = 20;

/// The record of a kind that a name names.
fn find(records: &mut dyn Records, name: &str, kind: Kind) -> Answer<Row> {
    let path = records.find(name)?;
    let row = records
        .row(&path)?
        .ok_or_else(|| Error::bug(format!("{path} was found and is not there")))?;
    if path.kind() != kind {
        return Err(Error::of_another_kind(name, kind, &row.record).into());
    }
    Ok(row)
}

pub(super) fn work_item(records: &mut dyn Records, name: &str) -> Answer<Box<WorkItemReport>> {
    let row = find(records, name, Kind::WorkItem)?;
    let found = around(records, &row)?.ok_or_else(|| Error::bug("a work item is none"))?;
    let (view, beside) = (found.item, found.around);
    let item = &view.fields;
    let reason = item.metadata.0.get("blocked_reason").and_then(|reason| reason.as_str());
    let side = |side: &str| {
        let wanted = |edge: &&Dependency| edge.dependency_type == side;
        let targets = beside.dependencies.iter().filter(wanted);
        linked(targets.filter_map(|edge| edge.target.clone()).collect())
    };
    let (depends_on, blocks) = (side("depends_on"), side("blocks"));
    let (touching, _) = touching(records, item.id)?;
    let (ancestors, children) = (
        beside.ancestors.into_iter().map(link).collect::<Vec<_>>(),
        linked(beside.children),
    );
    let report = WorkItemReport {
        id: item.id.short(),
        item: WorkItem {
            depth: view.depth,
            title: shown(item.title.as_str()),
            item_type: item.item_type.to_string(),
            status: item.status.to_string(),
            priority: item.priority.to_string(),
            assignee: item.assignee.as_ref().map(|name| shown(name.as_str())),
            claim: item.claim.as_ref().map(|claim| Claim {
                by: shown(claim.by.as_str()),
                until: claim.until,
            }),
            progress: view.progress,
            blocked_reason: reason.map(shown),
        },
        labels: item.labels.iter().map(|label| shown(label.as_str())).collect(),
        branch_name: item.branch_name.as_ref().map(|name| shown(name.as_str())),
        pr_number: item.pr_number.map(Ordinal::get),
        anchors: anchors(&[
            ("part-of", &ancestors),
            ("children", &children),
            ("depends-on", &depends_on),
            ("blocks", &blocks),
        ]),
        body: view.body,
        ancestors,
        children,
        depends_on,
        blocks,
        commits: view.commits,
        deployments: touching,
        notes: notes(beside.notes),
    };
    Ok(Box::new(report))
}

/// Where the report names other records.
fn anchors(lists: &[(&str, &Vec<Linked>)]) -> BTreeMap<String, String> {
    let all = lists
        .iter()
        .flat_map(|(anchor, list)| list.iter().map(|other| (other.id.clone(), (*anchor).to_owned())));
    all.collect()
}

pub(super) fn vendor(records: &mut dyn Records, name: &str) -> Answer<Box<VendorReport>> {
    let row = find(records, name, Kind::Vendor)?;
    let Fields::Vendor(found) = &row.record.fields else {
        return Err(Error::bug("a vendor is none").into());
    };
    let (touching, deployment_count) = touching(records, found.id)?;
    Ok(Box::new(VendorReport {
        id: found.id.short(),
        vendor: line(found),
        body: row.record.body.clone(),
        deployments: touching,
        deployment_count,
        notes: said(records, found.id)?,
    }))
}

pub(super) fn deployment(records: &mut dyn Records, name: &str) -> Answer<Box<DeploymentReport>> {
    let row = find(records, name, Kind::Deployment)?;
    let Fields::Deployment(found) = &row.record.fields else {
        return Err(Error::bug("a deployment is none").into());
    };
    let AroundDeployment { vendors, work_items } = crate::ops::deployment::around(records, found)?;
    let block = deployments(records, std::slice::from_ref(&row))?.pop();
    let block = block.ok_or_else(|| Error::bug("a deployment is none"))?;
    let retracted = found.retracted.as_ref();
    Ok(Box::new(DeploymentReport {
        id: block.id,
        deployment: block.value,
        body: row.record.body.clone(),
        work_items: linked(work_items),
        vendors: linked(vendors),
        retracted: retracted.map(|retracted| {
            retracted
                .reason
                .as_ref()
                .map_or_else(String::new, |why| shown(why.as_str()))
        }),
        notes: said(records, found.id)?,
    }))
}

/// The newest deployments that touched or carried a record, and how many there are.
fn touching(records: &mut dyn Records, id: RecordId) -> Answer<(Vec<Deployment>, usize)> {
    let filter = RecordFilter {
        touches: vec![id],
        ..RecordFilter::of(Kind::Deployment)
    };
    let page = select(records, &filter, RecordOrder::Deployed, Some(DEPLOYMENTS))?;
    let (_, blocks) = Named::split(deployments(records, &page.rows)?);
    Ok((blocks, page.total))
}

fn said(records: &mut dyn Records, on: RecordId) -> Answer<Vec<NoteLine>> {
    let rows = records.on(&[on], &[Kind::Note])?;
    Ok(notes(rows.into_iter().filter_map(note).collect()))
}
