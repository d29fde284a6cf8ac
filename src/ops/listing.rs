//! Pages of vendors, enhancements and deployments.

use serde::Serialize;

use super::cursor::Start;
use super::read::{Listed, cut};
use super::records::{Answer, Records};
use super::rows::RecordRow;
use super::view::{RecordPage, RecordView};
use super::{Context, Error};
use crate::filter::{RecordFilter, RecordOrder};
use crate::index::{RecordSelection, Row};
use crate::record::{Fields, Kind};

/// What to list of one kind of records.
#[derive(Clone, Debug)]
pub struct RecordListRequest {
    /// Which ones.
    pub filter: RecordFilter,
    /// Deployments that touch all of these vendors and carry all of these work items, by any of their names.
    pub touches: Vec<String>,
    /// In what order; where nothing is said, in the order of the kind.
    pub order: Option<RecordOrder>,
    /// The other way round.
    pub reverse: bool,
    /// At most so many; all where nothing is said.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
    /// At most so many bytes of JSON, but for a single record that is larger.
    pub max_bytes: Option<usize>,
    /// After the page that gave this `next_cursor`, as of the same commit.
    pub cursor: Option<String>,
    /// As of this commit, or the newest one not after this time.
    pub as_of: Option<String>,
}

impl RecordListRequest {
    /// All of a kind that are neither deleted nor retracted.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self {
            filter: RecordFilter::of(kind),
            touches: Vec::new(),
            order: None,
            reverse: false,
            limit: None,
            offset: 0,
            max_bytes: None,
            cursor: None,
            as_of: None,
        }
    }
}

/// A page of records, each as `fields` takes it.
pub(super) fn page<T: Serialize>(
    context: &Context,
    request: &RecordListRequest,
    order: RecordOrder,
    fields: fn(Fields) -> Option<T>,
) -> Result<RecordPage<T>, Error> {
    paged(context, request, order, |records, rows| {
        let ids: Vec<_> = rows.iter().filter_map(|row| row.path.id()).collect();
        let conflicts = records.on(&ids, &[Kind::Conflict])?;
        let view = |row: Row| {
            let on = conflicts.iter().filter(|on| Some(on.path.owner()) == row.path.id());
            Some(RecordView::of(&row, fields(row.record.fields.clone())?, on.count()))
        };
        Ok(rows.into_iter().filter_map(view).collect())
    })
}

/// A page of vendors, enhancements or deployments in one short line each, in the order of a list of the kind.
pub fn list_record_rows(context: &Context, request: &RecordListRequest) -> Result<Listed<RecordRow>, Error> {
    let order = match request.filter.kind {
        Kind::Deployment => RecordOrder::Deployed,
        _ => RecordOrder::Updated,
    };
    paged(context, request, order, |_, rows| {
        Ok(rows.iter().filter_map(RecordRow::of).collect())
    })
}

/// A page of records, seen by `make`.
fn paged<T: Serialize>(
    context: &Context,
    request: &RecordListRequest,
    order: RecordOrder,
    make: impl Fn(&mut dyn Records, Vec<Row>) -> Answer<Vec<T>>,
) -> Result<Listed<T>, Error> {
    let order = request.order.unwrap_or(order);
    let question = (
        &request.filter,
        &request.touches,
        order,
        request.reverse,
        &request.as_of,
    );
    let (cursor, as_of) = (request.cursor.as_deref(), request.as_of.as_deref());
    let start = Start::of(context, cursor, as_of, request.offset, &question)?;
    let kind = request.filter.kind;
    let ((mut items, total), mut meta) = context.ask(start.at, &[kind, Kind::Conflict], |records| {
        let mut filter = request.filter.clone();
        for name in &request.touches {
            filter.touches.extend(records.find(name)?.id());
        }
        let page = records.select_records(&RecordSelection {
            filter: &filter,
            order,
            reverse: request.reverse,
            limit: request.limit,
            offset: start.offset,
        })?;
        Ok((make(records, page.rows)?, page.total))
    })?;
    cut(&mut items, request.max_bytes, &mut meta);
    Ok(start.page(items, total, request.limit, meta))
}
