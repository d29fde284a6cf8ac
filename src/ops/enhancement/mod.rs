//! Enhancements: what might be built one day.

mod promote;
mod write;

use serde::Serialize;

pub use self::promote::{PromoteRequest, PromoteResponse, promote};
pub use self::write::{CreateEnhancementRequest, UpdateEnhancementRequest, add, update};
pub(super) use self::write::{create, edit};
use super::listing::{self, RecordListRequest};
use super::records::{Answer, Records};
use super::view::{Brief, RecordPage, RecordView, briefs};
use super::work_item::{Dependency, dependencies};
use super::{Context, Error};
use crate::filter::RecordOrder;
use crate::record::{Enhancement, Fields, RecordId};

/// An enhancement as every surface shows it.
pub type EnhancementView = RecordView<Enhancement>;

/// The relation from an enhancement to the work items that build it.
const IMPLEMENTED_BY: &str = "implemented-by";

/// What is around an enhancement.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct AroundEnhancement {
    /// What it waits for, and what waits for it.
    pub dependencies: Vec<Dependency>,
    /// The work items that build it.
    pub implemented_by: Vec<Brief>,
}

/// Lists enhancements, newest update first.
pub fn list(context: &Context, request: &RecordListRequest) -> Result<RecordPage<Enhancement>, Error> {
    listing::page(context, request, RecordOrder::Updated, fields)
}

pub(super) fn around(records: &mut dyn Records, enhancement: &Enhancement) -> Answer<AroundEnhancement> {
    Ok(AroundEnhancement {
        dependencies: dependencies(records, enhancement.id)?,
        implemented_by: briefs(records, &implemented_by(enhancement))?,
    })
}

fn implemented_by(enhancement: &Enhancement) -> Vec<RecordId> {
    let links = enhancement.links.iter();
    let links = links.filter(|(relation, _)| relation.as_str() == IMPLEMENTED_BY);
    links.map(|(_, id)| id).collect()
}

fn fields(fields: Fields) -> Option<Enhancement> {
    match fields {
        Fields::Enhancement(enhancement) => Some(*enhancement),
        _ => None,
    }
}
