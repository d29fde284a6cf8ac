//! In Postgres: how many there are is counted, which takes longer than all the rest.

use super::{FEW, ORDER};
use crate::filter::query::Place;
use crate::filter::words::Terms;
use crate::index::page::{Selection, order, push_page};
use crate::index::row::Row;
use crate::index::statement::{Dialect, Statement};
use crate::index::text::{Sort, push_found, push_has};
use crate::index::{Error, Index, Page, lookup};

/// So many of the newest items are looked at, one by one. Where the page is not among them, all that have the words are
/// put in order.
const NEWEST: usize = 10_000;

/// What has the words.
struct Hits {
    /// Items that have them, or a note with them.
    items: usize,
    /// Whether there are such notes on any.
    of_notes: bool,
    /// Items that have them in the title, [`FEW`] at most.
    titled: Vec<i64>,
}

impl Index {
    /// A page of a search, of the best so many; and how many there are in all.
    pub(super) fn search_postgres(&mut self, selection: &Selection<'_>, best: usize) -> Result<Page, Error> {
        let hits = self.hits(&selection.filter.text)?;
        let total = hits.items;
        if (FEW..).contains(&total) && best < FEW {
            let rows = self.newest(selection, &hits, best)?;
            if rows.len() == best.min(total).saturating_sub(selection.offset) {
                return Ok(Page { rows, total });
            }
        }
        let rows = match total {
            0 => Vec::new(),
            _ => self.page(&self.selecting(selection, false))?.rows,
        };
        Ok(Page { rows, total })
    }

    fn hits(&mut self, terms: &Terms) -> Result<Hits, Error> {
        let mut statement = asking("SELECT json_build_array((SELECT count(*) FROM words WHERE ");
        push_found(&mut statement, Sort::Items, Place::Anywhere, terms);
        // Items that have the words themselves are not counted again.
        statement.push("), count(*), count(*) FILTER (WHERE NOT (");
        push_has(&mut statement, Place::Anywhere, terms);
        statement.push(")), (SELECT coalesce(json_agg(record), '[]') FROM (SELECT words.record FROM words WHERE ");
        push_found(&mut statement, Sort::Items, Place::Title, terms);
        statement.push(format!(
            " LIMIT {FEW}) AS titled))::text FROM (SELECT DISTINCT words.item FROM words WHERE "
        ));
        push_found(&mut statement, Sort::Notes, Place::Anywhere, terms);
        statement.push(
            ") AS noted JOIN record ON record.repository = $1::uuid AND record.id = noted.item AND record.live
                JOIN words USING (repository, record)",
        );
        let (own, noted, only_noted, titled): (usize, usize, usize, Vec<i64>) =
            self.ask_one(&statement)?.unwrap_or_default();
        Ok(Hits {
            items: own.saturating_add(only_noted),
            of_notes: noted > 0,
            titled,
        })
    }

    /// The page, or a part of it, as far as it is among the newest.
    fn newest(&mut self, selection: &Selection<'_>, hits: &Hits, best: usize) -> Result<Vec<Row>, Error> {
        let terms = &selection.filter.text;
        let titled = &hits.titled;
        let mut page = asking("WITH page AS (SELECT repository, record, in_title, NULL AS total FROM ((");
        if titled.len() < FEW {
            let titled: Vec<_> = titled.iter().map(ToString::to_string).collect();
            page.push(format!(
                "SELECT repository, record, TRUE AS in_title, updated_at, id FROM record
                    WHERE repository = $1::uuid AND record = ANY ('{{{}}}'::bigint[])",
                titled.join(",")
            ));
        } else {
            push_newest(&mut page, "TRUE");
            push_probe(&mut page, |page| push_has(page, Place::Title, terms));
            push_first(&mut page, best);
        }
        if titled.len() < best {
            push_newest(page.push(") UNION ALL ("), "FALSE");
            push_others(&mut page, hits, terms);
            push_first(&mut page, best - titled.len());
        }
        page.push(")) AS best");
        push_page(&mut page, &order(selection), selection.limit, selection.offset);
        Ok(self.page(&page)?.rows)
    }
}

fn asking(sql: &str) -> Statement {
    let mut statement = Statement::new(Dialect::Postgres, sql);
    statement.varies = true;
    statement
}

/// Begins a query of those of the newest items of which holds what follows.
fn push_newest(statement: &mut Statement, in_title: &str) {
    statement.push(format!(
        "SELECT repository, record, {in_title} AS in_title, updated_at, id FROM (
            SELECT repository, record, updated_at, id FROM record WHERE repository = $1::uuid AND live
            ORDER BY {ORDER} LIMIT {NEWEST}) AS newest WHERE "
    ));
}

/// Ends it: so many of them.
fn push_first(statement: &mut Statement, limit: usize) {
    statement.push(format!(" ORDER BY {ORDER} LIMIT "));
    statement.bind(lookup::count(limit));
}

/// What the words of an item at hand say, looked up one by one: joined to them, all of them would be read.
fn push_probe(statement: &mut Statement, what: impl FnOnce(&mut Statement)) {
    what(statement.push("(SELECT "));
    statement.push(" FROM words WHERE words.repository = newest.repository AND words.record = newest.record)");
}

/// That an item has the words, or a note on it does, and not all of them stand in its title.
fn push_others(statement: &mut Statement, hits: &Hits, terms: &Terms) {
    push_probe(statement.push("("), |statement| {
        push_has(statement, Place::Anywhere, terms);
    });
    if hits.of_notes {
        push_found(
            statement.push(" OR newest.id IN (SELECT words.item FROM words WHERE "),
            Sort::Notes,
            Place::Anywhere,
            terms,
        );
        statement.push(")");
    }
    push_probe(statement.push(") AND NOT "), |statement| {
        push_has(statement, Place::Title, terms);
    });
}
