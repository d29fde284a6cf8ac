//! Showing one record of any kind, whole.

use serde::Serialize;

use super::deployment::{self, AroundDeployment};
use super::enhancement::{self, AroundEnhancement};
use super::read::{Meta, NAMED};
use super::records::{Answer, Records};
use super::vendor::{self, AroundVendor};
use super::view::{NoteView, RecordView, Shown, note};
use super::work_item::{ShownWorkItem, WorkItemView, shown, views};
use super::{Context, Error};
use crate::index::Row;
use crate::record::{Deployment, Enhancement, Fields, Kind, Vendor};

/// One record, whole.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ShowResponse<R = ShownRecord> {
    /// Its kind.
    pub kind: &'static str,
    /// The record, with what is around it.
    #[serde(flatten)]
    pub record: R,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// A record of any kind, with what is around it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum ShownRecord {
    /// A work item.
    WorkItem(Box<ShownWorkItem>),
    /// A vendor.
    Vendor(Box<Shown<Vendor, AroundVendor>>),
    /// A deployment.
    Deployment(Box<Shown<Deployment, AroundDeployment>>),
    /// An enhancement.
    Enhancement(Box<Shown<Enhancement, AroundEnhancement>>),
}

/// A record of any kind, without what is around it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum AnyView {
    /// A work item.
    WorkItem(Box<WorkItemView>),
    /// A vendor.
    Vendor(Box<RecordView<Vendor>>),
    /// A deployment.
    Deployment(Box<RecordView<Deployment>>),
    /// An enhancement.
    Enhancement(Box<RecordView<Enhancement>>),
}

/// Shows the record that `name` names: an id, a unique prefix or suffix of one, an alias, or the
/// name of a vendor; as of a commit or a time where one is given.
///
/// With a `kind`, a record of another one is refused.
pub fn show(context: &Context, name: &str, kind: Option<Kind>, as_of: Option<&str>) -> Result<ShowResponse, Error> {
    let kinds = [NAMED, &[Kind::Note, Kind::CommitLink, Kind::Conflict]].concat();
    let at = context.as_of(as_of)?;
    let ((kind, record, newer), mut meta) = context.ask(at, &kinds, |records| {
        let path = records.find(name)?;
        let row = records.row(&path)?;
        let row = row.ok_or_else(|| Error::bug(format!("{path} is not there")))?;
        if let Some(kind) = kind.filter(|kind| *kind != path.kind()) {
            return Err(Error::of_another_kind(name, kind, &row.record).into());
        }
        let newer = row.newer_schema.as_ref().map(|schema| {
            let path = &row.path;
            format!("{path} has the newer schema {schema}; it cannot be changed here")
        });
        Ok((path.kind().as_str(), around(records, row)?, newer))
    })?;
    meta.warnings.extend(newer);
    Ok(ShowResponse { kind, record, meta })
}

fn around(records: &mut dyn Records, row: Row) -> Answer<ShownRecord> {
    if let Some(shown) = shown(records, &row)? {
        return Ok(ShownRecord::WorkItem(Box::new(shown)));
    }
    let (conflicts, notes) = on(records, &row)?;
    Ok(match row.record.fields.clone() {
        Fields::Vendor(vendor) => ShownRecord::Vendor(Box::new(Shown {
            around: vendor::around(records, &vendor)?,
            record: RecordView::of(&row, vendor::wire(*vendor), conflicts),
            notes,
        })),
        Fields::Deployment(deployment) => ShownRecord::Deployment(Box::new(Shown {
            around: deployment::around(records, &deployment)?,
            record: RecordView::of(&row, deployment::wire(*deployment), conflicts),
            notes,
        })),
        Fields::Enhancement(enhancement) => ShownRecord::Enhancement(Box::new(Shown {
            around: enhancement::around(records, &enhancement)?,
            record: RecordView::of(&row, *enhancement, conflicts),
            notes,
        })),
        _ => return Err(Error::bug(format!("{} is of a kind that is not shown", row.path)).into()),
    })
}

/// How many conflicts a record has, and the notes on it.
fn on(records: &mut dyn Records, row: &Row) -> Answer<(usize, Vec<NoteView>)> {
    let id: Vec<_> = row.path.id().into_iter().collect();
    let on = records.on(&id, &[Kind::Note, Kind::Conflict])?;
    let conflicts = on.iter().filter(|on| on.path.kind() == Kind::Conflict).count();
    Ok((conflicts, on.into_iter().filter_map(note).collect()))
}

/// A record of any kind, without what is around it.
pub(super) fn any(records: &mut dyn Records, row: Row) -> Answer<Option<AnyView>> {
    if row.record.as_work_item().is_some() {
        let view = views(records, vec![row])?.into_iter().next();
        return Ok(view.map(|view| AnyView::WorkItem(Box::new(view))));
    }
    let (conflicts, _) = on(records, &row)?;
    Ok(match row.record.fields.clone() {
        Fields::Vendor(vendor) => {
            let view = RecordView::of(&row, vendor::wire(*vendor), conflicts);
            Some(AnyView::Vendor(Box::new(view)))
        }
        Fields::Deployment(deployment) => {
            let view = RecordView::of(&row, deployment::wire(*deployment), conflicts);
            Some(AnyView::Deployment(Box::new(view)))
        }
        Fields::Enhancement(enhancement) => {
            let view = RecordView::of(&row, *enhancement, conflicts);
            Some(AnyView::Enhancement(Box::new(view)))
        }
        _ => None,
    })
}

/// A record of one kind as it is after a write, without what is around it.
pub(super) fn viewed<T>(
    records: &mut dyn Records,
    row: Row,
    fields: fn(Fields) -> Option<T>,
) -> Answer<Option<RecordView<T>>> {
    let (conflicts, _) = on(records, &row)?;
    Ok(fields(row.record.fields.clone()).map(|fields| RecordView::of(&row, fields, conflicts)))
}
