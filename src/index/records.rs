//! Lists of vendors, enhancements and deployments; and how many work items there are.

use sqlx::{QueryBuilder, Sqlite};

use super::row::{ROW, rows};
use super::select::{counted, integer};
use super::{Error, Index, Page, Selection, column};
use crate::filter::{RecordFilter, RecordOrder};
use crate::record::{Kind, RecordId};

/// A question for vendors, enhancements or deployments.
pub type RecordSelection<'q> = Selection<'q, RecordFilter, RecordOrder>;

/// How many live work items there are of a type and a status.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
pub struct Tally {
    /// The type.
    pub item_type: String,
    /// The status.
    pub status: String,
    /// How many.
    pub items: usize,
}

impl Index {
    /// The records a question is for.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`] or [`Error::Busy`].
    pub fn select_records(&mut self, selection: &RecordSelection<'_>) -> Result<Page, Error> {
        let mut query = QueryBuilder::new("WITH page AS (SELECT record, count(*) OVER () AS total FROM record");
        push_where(&mut query, selection.filter);
        push_order(&mut query, selection);
        query
            .push(" LIMIT ")
            .push_bind(integer(selection.limit.unwrap_or(usize::MAX)));
        query.push(" OFFSET ").push_bind(integer(selection.offset));
        query.push(format!(") SELECT group_concat({ROW}, ','"));
        push_order(&mut query, selection);
        query.push("), max(total) FROM page JOIN record USING (record) JOIN content USING (record)");
        let page = self.runtime.block_on(query.build().fetch_one(&mut self.connection))?;
        let rows = rows(&page)?;
        let total = match column::<Option<i64>>(&page, 1)? {
            Some(total) => total.try_into().unwrap_or(0),
            None if selection.offset == 0 => 0,
            None => self.count_records(selection.filter)?,
        };
        Ok(Page { rows, total })
    }

    fn count_records(&mut self, filter: &RecordFilter) -> Result<usize, Error> {
        let mut query = QueryBuilder::new("SELECT count(*) FROM record");
        push_where(&mut query, filter);
        let row = self.runtime.block_on(query.build().fetch_one(&mut self.connection))?;
        counted(&row)
    }

    /// How many live work items there are, by type and status, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`] or [`Error::Busy`].
    pub fn tallies(&mut self) -> Result<Vec<Tally>, Error> {
        let sql = "SELECT item_type, status, sum(items) FROM tally
            GROUP BY item_type, status HAVING sum(items) > 0 ORDER BY item_type, status";
        let rows = self
            .runtime
            .block_on(sqlx::query(sql).fetch_all(&mut self.connection))?;
        let tally = |row| {
            Ok(Tally {
                item_type: column(row, 0)?,
                status: column(row, 1)?,
                items: column::<i64>(row, 2)?.try_into().unwrap_or(0),
            })
        };
        rows.iter().map(tally).collect()
    }
}

fn push_where(query: &mut QueryBuilder<Sqlite>, filter: &RecordFilter) {
    // The first two conditions are those of the index on kinds.
    query
        .push(" WHERE kind <> 'work-item' AND stigid IS NOT NULL AND kind = ")
        .push_bind(filter.kind.as_str());
    query.push(if filter.include_gone { "" } else { " AND NOT gone" });
    push_one_of(query, "status", &filter.statuses);
    push_one_of(query, "priority", &filter.priorities);
    for (name, wanted) in [("quarter", &filter.quarter), ("environment", &filter.environment)] {
        if let Some(wanted) = wanted {
            query.push(format!(" AND {name} = ")).push_bind(wanted.clone());
        }
    }
    for id in &filter.touches {
        query
            .push(" AND record IN (SELECT touches.record FROM touches WHERE target = ")
            .push_bind(id.to_string())
            .push(")");
    }
    // Only deployments have a time to compare with, and their identities begin with it.
    for (operator, time) in [(">=", filter.since), ("<", filter.until)] {
        if let Some(time) = time {
            query.push(match filter.kind {
                Kind::Deployment => format!(" AND id {operator} "),
                _ => " AND id IS NULL AND id = ".to_owned(),
            });
            query.push_bind(RecordId::earliest(time).to_string());
        }
    }
}

fn push_one_of<T>(query: &mut QueryBuilder<Sqlite>, name: &str, wanted: &[T])
where
    T: Clone + for<'q> sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite> + 'static,
{
    if wanted.is_empty() {
        return;
    }
    query.push(format!(" AND {name} IN ("));
    let mut list = query.separated(", ");
    for value in wanted {
        list.push_bind(value.clone());
    }
    query.push(")");
}

fn push_order(query: &mut QueryBuilder<Sqlite>, selection: &RecordSelection<'_>) {
    let (down, up) = match selection.reverse {
        true => ("ASC", "DESC"),
        false => ("DESC", "ASC"),
    };
    query.push(" ORDER BY ");
    match selection.order {
        RecordOrder::Updated => query.push(format!("updated_at {down}, id")),
        RecordOrder::Deployed => query.push(format!("id {down}")),
        RecordOrder::Name => query.push(format!("name {up}, id")),
        RecordOrder::Priority => query.push(format!("priority {up}, quarter IS NULL {up}, quarter {up}, id")),
    };
}
