//! Which work items are wanted, as SQL.

use super::condition::{push_condition, push_free};
use super::numbers::FIRST_OTHER;
use super::statement::{Dialect, Statement};
use super::text;
use crate::filter::WorkItemFilter;
use crate::filter::query::Place;

/// That the record at hand is wanted.
pub(super) fn push_wanted(statement: &mut Statement, filter: &WorkItemFilter) {
    push_otherwise(statement, filter);
    if !filter.text.is_empty() {
        text::push(
            statement.push(" AND "),
            Place::Anywhere,
            &filter.text,
            filter.wants_left_out(),
        );
    }
}

/// All that is wanted but for what is looked for in texts.
pub(super) fn push_otherwise(statement: &mut Statement, filter: &WorkItemFilter) {
    statement.push(statement.dialect.here("record"));
    // What partial indexes are made for comes first, and says all there is to say: of conditions that follow from each
    // other, Postgres thinks that fewer records fit all.
    statement.push(match (&filter.ready, filter.include_deleted, filter.include_archived) {
        (Some(_), _, _) => "ready",
        (None, false, false) => "live",
        (None, true, false) => "kind = 'work-item' AND NOT archived",
        (None, false, true) => "kind = 'work-item' AND NOT gone",
        (None, true, true) => "kind = 'work-item'",
    });
    if let Some(ready) = &filter.ready {
        push_free(statement.push(" AND "), ready);
    }
    push_types_and_statuses(statement, filter);
    if filter.waiting {
        statement.push(" AND live AND NOT ready AND status IN ('pending', 'active')");
    }
    if let Some(now) = filter.claim_expired {
        statement.push(" AND claimed_until <= ").bind_time(now);
    }
    if let Some(parent) = filter.parent {
        statement.push(" AND parent = ").bind(parent.to_string());
    }
    statement.push(if filter.roots_only { " AND parent IS NULL" } else { "" });
    for label in &filter.labels {
        statement.push(" AND ").record_in("label", |statement| {
            statement.push("label.label = ").bind(label.as_str());
            // There may be many more, which are left out unseen.
            if !filter.wants_left_out() {
                statement.push(format!(" AND label.record < {FIRST_OTHER}"));
            }
        });
    }
    if let Some(assignee) = &filter.assignee {
        statement.push(" AND assignee = ").bind(assignee.as_str());
    }
    if let Some(condition) = &filter.condition {
        push_condition(statement.push(" AND "), condition, filter.wants_left_out());
    }
}

/// That a row of labels is one of a live item with all the labels, of these types and statuses.
pub(super) fn push_labelled(statement: &mut Statement, filter: &WorkItemFilter) {
    let dialect = statement.dialect;
    statement.push(format!("{}label.record < {FIRST_OTHER}", dialect.here("label")));
    for (at, label) in filter.labels.iter().enumerate() {
        if at == 0 {
            statement.push(" AND label.label = ").bind(label.as_str());
            continue;
        }
        let here = dialect.here("other");
        statement.push(format!(
            " AND label.record IN (SELECT other.record FROM label AS other WHERE {here}"
        ));
        statement.push("other.label = ").bind(label.as_str()).push(")");
    }
    push_types_and_statuses(statement, filter);
}

pub(super) fn push_types_and_statuses(statement: &mut Statement, filter: &WorkItemFilter) {
    // SQLite, which does not know how many there are of each, would rather read all of a status in order than the few
    // with a label, of an assignee or below a parent.
    let of_few = filter.assignee.is_some() || filter.parent.is_some() || !filter.labels.is_empty();
    let unindexed = if of_few && statement.dialect == Dialect::Sqlite {
        "+"
    } else {
        ""
    };
    if !filter.item_types.is_empty() {
        let types = filter.item_types.iter().map(|word| word.as_str());
        statement.push(" AND ").one_of(&format!("{unindexed}item_type"), types);
    }
    if !filter.statuses.is_empty() {
        let statuses = filter.statuses.iter().map(|word| word.as_str());
        statement.push(" AND ").one_of(&format!("{unindexed}status"), statuses);
    }
}
