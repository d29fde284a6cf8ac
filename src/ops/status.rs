//! The docket on one screen: how much there is, what stands still and why, what is broken, what went out.

use serde::Serialize;
use serde_json::{Map, Value};

use super::archive::autoarchive_failure;
use super::config::{active_context_type, current_session};
use super::index::{IndexStanding, own_standing};
use super::proposal::{OfWorktree, of_worktree};
use super::read::{Meta, Unreadable};
use super::records::{Answer, Records};
use super::view::{Brief, DeploymentBrief, brief, briefs, item_brief};
use super::{Context, Error, view};
use crate::filter::{Order, Ready, RecordFilter, RecordOrder, WorkItemFilter};
use crate::index::{Page, RecordSelection, Selection, Tally};
use crate::record::value::{Actor, Time};
use crate::record::work_item::Status;
use crate::record::{Fields, Kind, RecordId, WorkItem};

/// How many records a section names.
const NAMED: usize = 10;

/// How many deployments are told.
const DEPLOYMENTS: usize = 5;

/// Some records of many.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Section<T> {
    /// The first of them.
    pub items: Vec<T>,
    /// How many there are.
    pub total_count: usize,
}

/// A work item that stands still.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct StandsStill {
    /// The item.
    #[serde(flatten)]
    pub item: Brief,
    /// Why, where somebody said so.
    pub blocked_reason: Option<String>,
    /// What it waits for that is not finished.
    pub waits_for: Vec<Brief>,
}

/// A work item that somebody holds, or held.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Held {
    /// The item.
    #[serde(flatten)]
    pub item: Brief,
    /// Who claimed it, else to whom it is assigned.
    pub by: Option<Actor>,
    /// Until when it is claimed.
    pub until: Option<Time>,
}

/// The docket on one screen.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct StatusResponse {
    /// The branch that holds the records.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The proposal that this branch is, where this worktree is directed to one.
    pub proposal: Option<OfWorktree>,
    /// What the team is at; null where only a report can be read.
    pub active_context_type: Option<String>,
    /// The session that is worked in here.
    pub current_session: Option<Brief>,
    /// How many work items there are, by type and status.
    pub counts: Vec<Tally>,
    /// How many values a merge could not keep wait for somebody to look at them.
    pub conflicts: usize,
    /// How many could be gone on with now by who asks.
    pub ready_count: usize,
    /// Active items, newest update first.
    pub active: Section<Held>,
    /// Items of the status blocked.
    pub blocked: Section<StandsStill>,
    /// Items that wait for others.
    pub waiting: Section<StandsStill>,
    /// Items whose claim has run out.
    pub expired_claims: Section<Held>,
    /// Vendors whose documents cannot be read.
    pub broken_vendors: Section<Brief>,
    /// The newest deployments.
    pub deployments: Section<DeploymentBrief>,
    /// Files that cannot be read, and why.
    #[schemars(with = "Vec<Map<String, Value>>")]
    pub unreadable: Vec<Unreadable>,
    /// What the index stands at; null where only a report can be read.
    pub index: Option<IndexStanding>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// What is read from the records.
struct Looked {
    ready_count: usize,
    current_session: Option<Brief>,
    counts: Vec<Tally>,
    active: Section<Held>,
    blocked: Section<StandsStill>,
    waiting: Section<StandsStill>,
    expired_claims: Section<Held>,
    broken_vendors: Section<Brief>,
    deployments: Section<DeploymentBrief>,
    unreadable: Vec<Unreadable>,
}

/// Looks at everything once.
pub fn status(context: &Context) -> Result<StatusResponse, Error> {
    let session = current_session(context);
    let now = context.source.now();
    let ready = Ready {
        actor: context.asker()?.map(|actor| actor.to_string()),
        now,
    };
    let (looked, meta) = context.ask(None, Kind::ALL, |records| look(records, session, &ready))?;
    let (active_context_type, conflicts, index) = match meta.partial {
        true => (None, 0, None),
        false => {
            let reading = context.read_at(context.store.resolve(&meta.revision)?, Vec::new())?;
            let conflicts = super::conflicts::count(&reading)?;
            (
                Some(active_context_type(&reading)?),
                conflicts,
                Some(own_standing(context, reading.commit())?),
            )
        }
    };
    let mut meta = meta;
    meta.warnings.extend(context.autosync_failure());
    meta.warnings.extend(autoarchive_failure(context));
    Ok(StatusResponse {
        proposal: of_worktree(context)?,
        reference: context.store.tracking_ref().to_owned(),
        active_context_type,
        conflicts,
        current_session: looked.current_session,
        ready_count: looked.ready_count,
        counts: looked.counts,
        active: looked.active,
        blocked: looked.blocked,
        waiting: looked.waiting,
        expired_claims: looked.expired_claims,
        broken_vendors: looked.broken_vendors,
        deployments: looked.deployments,
        unreadable: looked.unreadable,
        index,
        meta,
    })
}

fn look(records: &mut dyn Records, session: Option<RecordId>, ready: &Ready) -> Answer<Looked> {
    let with_status = |status| WorkItemFilter {
        statuses: vec![status],
        ..WorkItemFilter::default()
    };
    let session: Vec<_> = session.into_iter().collect();
    let broken = RecordFilter {
        statuses: vec!["broken".to_owned()],
        ..RecordFilter::of(Kind::Vendor)
    };
    let broken = select_records(records, &broken, RecordOrder::Name, NAMED)?;
    let vendors: Vec<_> = broken.rows.iter().filter_map(|row| row.path.id()).collect();
    let gone_out = RecordFilter::of(Kind::Deployment);
    let gone_out = select_records(records, &gone_out, RecordOrder::Deployed, DEPLOYMENTS)?;
    let (active, expired) = (
        select(records, &with_status(Status::Active))?,
        select(
            records,
            &WorkItemFilter {
                claim_expired: Some(ready.now),
                ..WorkItemFilter::default()
            },
        )?,
    );
    let could = WorkItemFilter {
        ready: Some(ready.clone()),
        ..WorkItemFilter::default()
    };
    Ok(Looked {
        ready_count: select(records, &could)?.total,
        current_session: records
            .summaries(&session)?
            .into_values()
            .find(|session| !session.settled)
            .map(brief),
        counts: records.tallies()?,
        active: section(active, held),
        expired_claims: section(expired, held),
        blocked: stands_still(records, &with_status(Status::Blocked))?,
        waiting: stands_still(
            records,
            &WorkItemFilter {
                waiting: true,
                ..WorkItemFilter::default()
            },
        )?,
        broken_vendors: Section {
            items: briefs(records, &vendors)?,
            total_count: broken.total,
        },
        deployments: Section {
            total_count: gone_out.total,
            items: gone_out.rows.into_iter().filter_map(view::deployment).collect(),
        },
        unreadable: records.unreadable(Kind::ALL)?,
    })
}

fn select(records: &mut dyn Records, filter: &WorkItemFilter) -> Answer<Page> {
    records.select(&Selection {
        filter,
        order: Order::Updated,
        reverse: false,
        limit: Some(NAMED),
        offset: 0,
    })
}

fn select_records(records: &mut dyn Records, filter: &RecordFilter, order: RecordOrder, limit: usize) -> Answer<Page> {
    records.select_records(&RecordSelection {
        filter,
        order,
        reverse: false,
        limit: Some(limit),
        offset: 0,
    })
}

fn section<T>(page: Page, of: fn(&WorkItem) -> T) -> Section<T> {
    let items = page.rows.iter().filter_map(|row| row.record.as_work_item());
    Section {
        items: items.map(of).collect(),
        total_count: page.total,
    }
}

fn held(item: &WorkItem) -> Held {
    let claim = item.claim.as_ref();
    Held {
        item: item_brief(item),
        by: claim.map(|claim| claim.by.clone()).or(item.assignee.clone()),
        until: claim.and_then(|claim| claim.until),
    }
}

fn stands_still(records: &mut dyn Records, filter: &WorkItemFilter) -> Answer<Section<StandsStill>> {
    let page = select(records, filter)?;
    let mut items = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let Fields::WorkItem(item) = &row.record.fields else {
            continue;
        };
        let waits_for: Vec<_> = item.depends_on.iter().copied().collect();
        let mut summaries = records.summaries(&waits_for)?;
        summaries.retain(|_, summary| !summary.settled);
        let reason = item.metadata.0.get("blocked_reason");
        items.push(StandsStill {
            item: item_brief(item),
            blocked_reason: reason.and_then(|reason| reason.as_str()).map(ToOwned::to_owned),
            waits_for: waits_for
                .iter()
                .filter_map(|id| summaries.remove(id))
                .map(brief)
                .collect(),
        });
    }
    Ok(Section {
        items,
        total_count: page.total,
    })
}
