//! In SQLite: how many there are, the words themselves tell.

use super::{FEW, ORDER};
use crate::index::count::Counted;
use crate::index::numbers::{FIRST_OTHER, item};
use crate::index::page::{Page, Selection, order, push_page};
use crate::index::statement::{Dialect, Statement};
use crate::index::{Error, Index, lookup, matching};

impl Index {
    /// A page of a search, of the best so many; and how many there are in all.
    pub(super) fn search_sqlite(&mut self, selection: &Selection<'_>, best: usize) -> Result<Page, Error> {
        let terms = &selection.filter.text;
        let mut first = Statement::new(self.dialect(), "SELECT group_concat(rowid) FROM (");
        let live = matching::live(&mut first, terms);
        first.push(format!("{live} LIMIT {FEW})"));
        let first: Vec<i64> = self.ask(&first)?;
        let statement = match first.len() {
            0 => return Ok(Page::default()),
            FEW => self.many_sqlite(selection, best)?,
            _ => few(selection, &first),
        };
        let page = self.page(&statement)?;
        let total = match page.total {
            Some(total) => total,
            // It begins after the last.
            None => self.count(selection.filter, Counted::OnTheWay)?,
        };
        Ok(Page { rows: page.rows, total })
    }

    fn many_sqlite(&mut self, selection: &Selection<'_>, best: usize) -> Result<Statement, Error> {
        let terms = &selection.filter.text;
        let mut known = Statement::new(self.dialect(), "SELECT json_array((SELECT count(*) FROM (");
        let titled = matching::titled(&mut known, terms, false);
        known.push(format!(
            "{titled})), EXISTS (SELECT 1 FROM words_docsize WHERE id >= {FIRST_OTHER}))"
        ));
        let (in_titles, has_notes): (usize, u8) = self.ask_one(&known)?.unwrap_or_default();
        let of_titled = in_titles.min(best);

        // Each look at the words takes long, so it is done once where both the number and the others are asked for.
        let mut statement = Statement::new(Dialect::Sqlite, "WITH hit (record) AS (");
        let hits = matching::hits(&mut statement, terms, has_notes > 0, false);
        statement.push(hits);
        let count = match has_notes {
            0 => "count(*) FROM hit".to_owned(),
            _ => format!("count(DISTINCT record) FROM hit WHERE record > 0 AND record < {FIRST_OTHER}"),
        };
        statement.push(format!(
            "), page AS (SELECT record, in_title, (SELECT {count}) AS total FROM (SELECT * FROM ("
        ));
        let titled = format!("record IN ({})", matching::titled(&mut statement, terms, false));
        push_newest(&mut statement, "TRUE", &titled, of_titled);
        if of_titled < best {
            statement.push(") UNION ALL SELECT * FROM (");
            let others = match in_titles {
                0 => "record IN hit".to_owned(),
                _ => format!("record IN hit AND NOT {titled}"),
            };
            push_newest(&mut statement, "FALSE", &others, best - of_titled);
        }
        statement.push("))");
        push_page(&mut statement, &order(selection), selection.limit, selection.offset);
        Ok(statement)
    }
}

/// A page of a search where all hits are known, by the numbers of items and notes.
fn few(selection: &Selection<'_>, hits: &[i64]) -> Statement {
    let mut statement = Statement::new(
        Dialect::Sqlite,
        "WITH page AS (SELECT record, in_title, count(*) OVER () AS total FROM (SELECT record, record IN (",
    );
    let titled = matching::titled(&mut statement, &selection.filter.text, false);
    statement.push(titled);
    let hits: Vec<_> = hits.iter().map(ToString::to_string).collect();
    let hits = statement.parameter(format!("[{}]", hits.join(",")));
    let item = item(Dialect::Sqlite, "note", "owner");
    statement.push(format!(
        ") AS in_title, updated_at, id FROM record WHERE live AND record IN (
            SELECT value FROM json_each({hits}) WHERE value < {FIRST_OTHER}
            UNION ALL SELECT {item} FROM json_each({hits}) JOIN record AS note ON note.record = value
                WHERE value >= {FIRST_OTHER}))"
    ));
    push_page(&mut statement, &order(selection), selection.limit, selection.offset);
    statement
}

/// Live items of which that holds, so many of them, the newest first.
fn push_newest(statement: &mut Statement, in_title: &str, condition: &str, limit: usize) {
    // Looked up one by one, all of them would be put in order.
    statement.push(format!(
        "SELECT record, {in_title} AS in_title, updated_at, id FROM record INDEXED BY record_updated
            WHERE live AND {condition} ORDER BY {ORDER} LIMIT "
    ));
    statement.bind(lookup::count(limit));
}
