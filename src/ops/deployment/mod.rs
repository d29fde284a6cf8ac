//! Deployments: what went out, when, and what it touched.

mod write;

use serde::Serialize;

pub use self::write::{RecordDeploymentRequest, RetractRequest, record, retract};
pub(super) use self::write::{create, take_back};
use super::listing::{self, RecordListRequest};
use super::records::{Answer, Records};
use super::view::{Brief, RecordPage, RecordView, briefs};
use super::wire::repeated;
use super::{Context, Error};
use crate::filter::RecordOrder;
use crate::record::{Deployment, Fields, Record};

/// A deployment as every surface shows it.
pub type DeploymentView = RecordView<Deployment>;

/// Fields that stand inside of `metadata` too when they go over the wire.
pub const REPEATED: &[&str] = &[
    "commit_hash",
    "pr_number",
    "pr_title",
    "test_summary",
    "constitutional_compliance",
];

/// What is around a deployment.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct AroundDeployment {
    /// The vendors it touches.
    pub vendors: Vec<Brief>,
    /// The work items it carries.
    pub work_items: Vec<Brief>,
}

/// Lists deployments, the newest first.
pub fn list(context: &Context, request: &RecordListRequest) -> Result<RecordPage<Deployment>, Error> {
    listing::page(context, request, RecordOrder::Deployed, fields)
}

pub(super) fn around(records: &mut dyn Records, deployment: &Deployment) -> Answer<AroundDeployment> {
    let ids = |ids: &crate::record::common::Ids| ids.iter().copied().collect::<Vec<_>>();
    Ok(AroundDeployment {
        vendors: briefs(records, &ids(&deployment.affected_vendors))?,
        work_items: briefs(records, &ids(&deployment.related_work_items))?,
    })
}

fn fields(fields: Fields) -> Option<Deployment> {
    match fields {
        Fields::Deployment(deployment) => Some(wire(*deployment)),
        _ => None,
    }
}

/// A deployment as it goes over the wire.
pub(super) fn wire(mut deployment: Deployment) -> Deployment {
    let all = Record::new(Fields::Deployment(Box::new(deployment.clone())), "").to_json();
    repeated(&mut deployment.metadata.0, REPEATED, &all);
    deployment
}
