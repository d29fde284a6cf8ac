//! Records as the lines and blocks that reports share. Hidden characters are visible already, so that what is shown
//! is what is sorted by.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::filter::{Order, RecordFilter, RecordOrder, WorkItemFilter};
use crate::index::{Page, RecordSelection, Row, Selection, Summary};
use crate::ops::records::{Answer, Records};
use crate::ops::text::shown;
use crate::ops::view::{Brief, NoteView};
use crate::record::vendor::normalised_name;
use crate::record::work_item::Status;
use crate::record::{self, Fields, RecordId};
use crate::render::{Deployment, Linked, NoteLine, TestCount, TestResults, Vendor};

/// The formats that are told first, in this order.
const FORMATS: &[&str] = &["excel", "csv", "pdf", "ocr"];

/// A value with the short id of its record.
pub(super) struct Named<T> {
    pub(super) id: String,
    pub(super) value: T,
}

impl<T> Named<T> {
    pub(super) fn split(named: Vec<Self>) -> (Vec<String>, Vec<T>) {
        named.into_iter().map(|named| (named.id, named.value)).unzip()
    }
}

/// All live records of a kind that fit.
pub(super) fn select(
    records: &mut dyn Records,
    filter: &RecordFilter,
    order: RecordOrder,
    limit: Option<usize>,
) -> Answer<Page> {
    records.select_records(&RecordSelection {
        filter,
        order,
        reverse: false,
        limit,
        offset: 0,
    })
}

/// All live work items of these statuses.
pub(super) fn items(records: &mut dyn Records, statuses: &[Status]) -> Answer<Vec<Row>> {
    let filter = WorkItemFilter {
        statuses: statuses.to_vec(),
        ..WorkItemFilter::default()
    };
    let page = records.select(&Selection {
        filter: &filter,
        order: Order::Updated,
        reverse: false,
        limit: None,
        offset: 0,
    })?;
    Ok(page.rows)
}

pub(super) fn vendor(vendor: &record::Vendor) -> Vendor {
    let supported = vendor.format_support.0.iter().filter(|(_, supported)| **supported);
    let mut formats: Vec<String> = supported.map(|(format, _)| shown(format.as_str())).collect();
    formats.sort_by_key(|format| {
        let known = FORMATS.iter().position(|known| known == format);
        (known.unwrap_or(FORMATS.len()), format.clone())
    });
    Vendor {
        name: shown(vendor.name.as_str()),
        status: vendor.status.to_string(),
        tests: vendor.test_results.as_ref().map(|tests| TestResults {
            passing: tests.passing.get(),
            total: tests.total.get(),
            skipped: tests.skipped.map(record::value::Count::get),
        }),
        formats,
        extractor_version: vendor.extractor_version.as_ref().map(|version| shown(version.as_str())),
        manifest_compliant: vendor.manifest_compliant,
    }
}

/// By name, as names are told apart.
pub(super) fn by_name(a: &Vendor, b: &Vendor) -> Ordering {
    (normalised_name(&a.name), a).cmp(&(normalised_name(&b.name), b))
}

/// Deployments with the titles of what they carried and touched, newest first.
pub(super) fn deployments(records: &mut dyn Records, rows: &[Row]) -> Answer<Vec<Named<Deployment>>> {
    let found: Vec<_> = rows
        .iter()
        .filter_map(|row| match &row.record.fields {
            Fields::Deployment(deployment) => Some(deployment.as_ref()),
            _ => None,
        })
        .collect();
    let mut ids: Vec<RecordId> = found
        .iter()
        .flat_map(|deployment| {
            deployment
                .affected_vendors
                .iter()
                .chain(deployment.related_work_items.iter())
        })
        .copied()
        .collect();
    ids.sort();
    ids.dedup();
    let summaries = records.summaries(&ids)?;
    let mut blocks: Vec<_> = found
        .into_iter()
        .map(|found| Named {
            id: found.id.short(),
            value: deployment(found, &summaries),
        })
        .collect();
    blocks.sort_by(|a, b| {
        let (a, b) = (&a.value, &b.value);
        b.deployed_at.cmp(&a.deployed_at).then_with(|| a.cmp(b))
    });
    Ok(blocks)
}

fn deployment(deployment: &record::Deployment, summaries: &HashMap<RecordId, Summary>) -> Deployment {
    // What an import could not find is told as its source said it.
    let unresolved = |field: &str| {
        let origin = deployment.origin.as_ref();
        let names = origin.and_then(|origin| origin.unresolved.0.get(field));
        names
            .into_iter()
            .flat_map(|names| names.iter())
            .map(|name| shown(name.as_str()))
    };
    let titles = |ids: &record::common::Ids, field: &str| {
        let found = ids.iter().filter_map(|id| summaries.get(id));
        let found = found.map(|summary| shown(&summary.title));
        let mut titles: Vec<_> = found.chain(unresolved(field)).collect();
        titles.sort();
        titles
    };
    let commit = deployment.commit_hash.as_ref().map(|commit| commit.as_str().to_owned());
    let tests = deployment.test_summary.0.iter().map(|(name, count)| TestCount {
        name: shown(name.as_str()),
        count: count.get(),
    });
    Deployment {
        deployed_at: deployment.deployed_at,
        commit_hash: commit.or_else(|| unresolved("commit_hash").next()),
        pr_title: deployment.pr_title.as_ref().map(|title| shown(title.as_str())),
        pr_number: deployment.pr_number.map(record::value::Ordinal::get),
        environment: deployment.environment.as_ref().map(|text| shown(text.as_str())),
        work_items: titles(&deployment.related_work_items, "related_work_items"),
        vendors: titles(&deployment.affected_vendors, "affected_vendors"),
        tests: tests.collect(),
        constitutional_compliance: deployment.constitutional_compliance,
    }
}

/// Other records, by title.
pub(super) fn linked(briefs: Vec<Brief>) -> Vec<Linked> {
    let mut linked: Vec<_> = briefs.into_iter().map(link).collect();
    linked.sort();
    linked
}

pub(super) fn link(brief: Brief) -> Linked {
    Linked {
        title: shown(&brief.title),
        status: brief.status,
        item_type: brief.item_type,
        id: brief.id.short(),
    }
}

/// What was said, oldest first.
pub(super) fn notes(notes: Vec<NoteView>) -> Vec<NoteLine> {
    let line = |note: NoteView| NoteLine {
        at: note.created_at,
        by: note.created_by.map(|by| shown(by.as_str())),
        text: note.body,
    };
    notes.into_iter().map(line).collect()
}
