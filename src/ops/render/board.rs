//! The view of `board`.

use crate::filter::{Order, WorkItemFilter};
use crate::index::{Row, Selection};
use crate::ops::records::{Answer, Records};
use crate::ops::text::shown;
use crate::record::work_item::Status;
use crate::render::{Board, BoardItem, Column};

/// How many cards a column has at most.
const CARDS: usize = 30;

/// The columns, and in what order their cards were chosen.
const COLUMNS: &[(Status, Order, usize)] = &[
    (Status::Pending, Order::Urgency, CARDS),
    (Status::Active, Order::Urgency, CARDS),
    (Status::Blocked, Order::Urgency, CARDS),
    (Status::Completed, Order::Updated, 10),
];

pub(super) fn board(records: &mut dyn Records) -> Answer<Board> {
    let (mut columns, mut cards) = (Vec::new(), Vec::new());
    for (status, order, limit) in COLUMNS {
        let filter = WorkItemFilter {
            statuses: vec![*status],
            ..WorkItemFilter::default()
        };
        let page = records.select(&Selection {
            filter: &filter,
            order: *order,
            reverse: false,
            limit: Some(*limit),
            offset: 0,
        })?;
        let mut column: Vec<BoardItem> = page.rows.iter().filter_map(card).collect();
        column.sort_by_cached_key(|card| (priority(card), card.clone()));
        columns.push(Column {
            status: status.to_string(),
            count: page.total,
            shown: column.len(),
        });
        cards.push(column);
    }
    let height = cards.iter().map(Vec::len).max().unwrap_or(0);
    let row = |at: usize| cards.iter().map(|column| column.get(at).cloned()).collect();
    Ok(Board {
        columns,
        rows: (0..height).map(row).collect(),
    })
}

fn card(row: &Row) -> Option<BoardItem> {
    let item = row.record.as_work_item()?;
    let holder = item.claim.as_ref().map(|claim| &claim.by);
    Some(BoardItem {
        title: shown(item.title.as_str()),
        item_type: item.item_type.to_string(),
        priority: item.priority.to_string(),
        who: holder.or(item.assignee.as_ref()).map(|who| shown(who.as_str())),
        id: item.id.short(),
    })
}

fn priority(card: &BoardItem) -> usize {
    super::project_status::priority(&card.priority)
}
