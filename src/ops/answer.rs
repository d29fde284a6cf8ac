//! What a write answers: the record as it is now.

use serde::Serialize;

use super::read::{INCOMPLETE, Meta};
use super::records::{Answer, Records};
use super::write::Written;
use super::{Context, Error};
use crate::index::Row;
use crate::record::RecordPath;

/// What a write made of a record.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct WriteResponse<T> {
    /// The record as it is now.
    #[serde(flatten)]
    pub item: T,
    /// What changed, in one line; nothing where nothing did.
    #[serde(skip)]
    pub summary: Option<String>,
    /// What somebody at a terminal may want to know.
    #[serde(skip)]
    pub told: Vec<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// The record as it is after a write, seen by `view`.
pub(super) fn answer<T>(
    context: &Context,
    written: Written<RecordPath>,
    view: impl FnOnce(&mut dyn Records, Row) -> Answer<Option<T>>,
) -> Result<WriteResponse<T>, Error> {
    let touched = match context.brief {
        true => None,
        false => written.touched(context, &written.value)?,
    };
    let unknown = touched.is_none() && !context.brief;
    let mut warnings = written.warnings.clone();
    if unknown {
        let why = match context.store.is_complete()? {
            true => "version is not known without the index; revision can be expected instead",
            false => INCOMPLETE,
        };
        warnings.push(why.to_owned());
    }
    let changed = written.changed.iter().any(|changed| changed.path == written.value);
    let last_change = match unknown && changed {
        true => Some((written.at(context)?, Some(written.actor.to_string()))),
        false => None,
    };
    let question = |records: &mut dyn Records| {
        let row = records.row(&written.value)?;
        let mut row = row.ok_or_else(|| Error::bug("the record was not written"))?;
        if let Some((at, by)) = last_change {
            (row.updated_at, row.updated_by) = (at, by);
        }
        Ok(view(records, row)?.ok_or_else(|| Error::bug("the record is of another kind"))?)
    };
    let (item, meta) = context.ask_after_write(written.commit, &written.value, touched, question)?;
    warnings.extend(meta.warnings.iter().cloned());
    Ok(WriteResponse {
        item,
        summary: (!written.changed.is_empty()).then_some(written.subject),
        told: written.warnings,
        meta: Meta { warnings, ..meta },
    })
}
