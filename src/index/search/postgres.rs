//! In Postgres: how many there are, the sets of items that were gathered tell, or they are counted.

use roaring::{MultiOps as _, RoaringBitmap};

use super::{FEW, ORDER};
use crate::filter::query::Place;
use crate::filter::words::Terms;
use crate::index::numbers::FIRST_OTHER;
use crate::index::page::{Selection, order, push_page};
use crate::index::row::Row;
use crate::index::statement::{Dialect, Statement};
use crate::index::text::{self, ANYWHERE, Sort, TITLED, push_found, push_has};
use crate::index::{Error, Index, Page, lookup, postings};

/// So many of the newest items are looked at, one by one. Where the page is not among them, all that have the words are
/// put in order.
const NEWEST: usize = 10_000;

/// So many words that begin with one are not read one by one.
const MANY: usize = 4_000;

/// What has the words.
struct Hits {
    /// Items that have them, or a note with them.
    items: usize,
    /// Whether there are such notes on any.
    of_notes: bool,
    /// Items that have them in the title: all, or at least [`FEW`].
    titled: Vec<i64>,
}

/// What is known of the words without a look at rows: of live items with numbers up to one.
struct Gathered {
    until: i64,
    items: RoaringBitmap,
    titled: RoaringBitmap,
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
        let gathered = self.gathered(terms)?;
        let mut statement = asking("SELECT json_build_array(");
        match &gathered {
            Some(gathered) => push_since(&mut statement, gathered.until, terms),
            None => push_all(&mut statement, terms),
        }
        // Items that have the words themselves are not counted again.
        statement.push(", count(*), count(*) FILTER (WHERE NOT (");
        push_has(&mut statement, Place::Anywhere, terms);
        statement.push(")))::text FROM (SELECT DISTINCT words.item FROM words WHERE ");
        push_found(&mut statement, Sort::Notes, Place::Anywhere, terms);
        statement.push(
            ") AS noted JOIN record ON record.repository = $1::uuid AND record.id = noted.item AND record.live
                JOIN words USING (repository, record)",
        );
        let ((own, mut titled), noted, only_noted): ((usize, Vec<i64>), usize, usize) =
            self.ask_one(&statement)?.unwrap_or_default();
        let mut items = own.saturating_add(only_noted);
        if let Some(gathered) = gathered {
            items = items.saturating_add(usize::try_from(gathered.items.len()).unwrap_or(usize::MAX));
            titled.extend(gathered.titled.iter().map(i64::from).take(FEW));
        }
        Ok(Hits {
            items,
            of_notes: noted > 0,
            titled,
        })
    }

    /// None where nothing was gathered, it does not say enough, or very many words begin with one of them.
    fn gathered(&mut self, terms: &Terms) -> Result<Option<Gathered>, Error> {
        let Some(words) = text::words(terms) else {
            return Ok(None);
        };
        let mut statement = Statement::new(
            Dialect::Postgres,
            "SELECT json_build_array(gathered, (SELECT records FROM posting
                    WHERE posting.repository = $1::uuid AND lexeme = ''),
                (SELECT coalesce(json_agg(json_build_array(place, records)), '[]') FROM (",
        );
        let places = words
            .iter()
            .flat_map(|word| [(ANYWHERE, word), (TITLED, word)])
            .enumerate();
        for (place, (mark, word)) in places {
            let first = statement.parameter(format!("{mark}{word}"));
            let end = statement.parameter(format!("{mark}{word}{}", char::MAX));
            statement.push(if place > 0 { " UNION ALL " } else { "" });
            statement.push(format!(
                "(SELECT {place} AS place, records FROM posting
                    WHERE repository = $1::uuid AND lexeme >= {first} AND lexeme < {end} LIMIT {MANY})"
            ));
        }
        statement.push(") AS found))::text FROM repository WHERE repository.repository = $1::uuid");
        let gathered = self.ask_one::<(Option<i64>, Option<String>, Vec<(usize, String)>)>(&statement)?;
        let Some((Some(until), Some(forgotten), found)) = gathered else {
            return Ok(None);
        };
        let mut places = vec![(0, RoaringBitmap::new()); 2 * words.len()];
        for (place, records) in found {
            let Some((lexemes, set)) = places.get_mut(place) else {
                continue;
            };
            *lexemes += 1;
            *set |= postings::read(&records)?;
        }
        if places.iter().any(|(lexemes, _)| *lexemes >= MANY) {
            return Ok(None);
        }
        let forgotten = postings::read(&forgotten)?;
        let all_of = |first: usize| {
            let sets = places.iter().skip(first).step_by(2).map(|(_, set)| set);
            sets.intersection() - &forgotten
        };
        let (items, titled) = (all_of(0), all_of(1));
        Ok(Some(Gathered { until, items, titled }))
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

/// How many items have the words, and some of those that have them in the title, as an array.
fn push_all(statement: &mut Statement, terms: &Terms) {
    statement.push("json_build_array((SELECT count(*) FROM words WHERE ");
    push_found(statement, Sort::Items, Place::Anywhere, terms);
    statement.push("), (SELECT coalesce(json_agg(record), '[]') FROM (SELECT words.record FROM words WHERE ");
    push_found(statement, Sort::Items, Place::Title, terms);
    statement.push(format!(" LIMIT {FEW}) AS titled))"));
}

/// The same of those after a number: they are few, and looked at one by one.
fn push_since(statement: &mut Statement, number: i64, terms: &Terms) {
    statement.push("(SELECT json_build_array(count(*) FILTER (WHERE ");
    push_has(statement, Place::Anywhere, terms);
    statement.push("), coalesce(json_agg(record) FILTER (WHERE ");
    push_has(statement, Place::Title, terms);
    statement.push(format!(
        "), '[]')) FROM words WHERE words.repository = $1::uuid AND words.record > {number} AND words.record < {FIRST_OTHER})"
    ));
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
