//! What the full text index of SQLite is asked.

use super::numbers::{FIRST_LEFT_OUT, FIRST_OTHER, item};
use super::statement::{Dialect, Statement};
use crate::filter::words::Terms;

/// Words of one sort of items, and of notes on them: the table, the one of its terms, and where in it what is not a
/// note's has its numbers.
struct Words {
    table: &'static str,
    terms: &'static str,
    from: i64,
    to: i64,
}

const LIVE: Words = Words {
    table: "words",
    terms: "term",
    from: 0,
    to: FIRST_OTHER,
};

const LEFT_OUT: Words = Words {
    table: "left_out_words",
    terms: "left_out_term",
    from: FIRST_LEFT_OUT,
    to: i64::MAX,
};

/// The terms in the language of that index, as an expression of SQL. Words are letters and digits, so nothing needs
/// escaping.
fn matching(statement: &mut Statement, words: &Words, terms: &Terms) -> String {
    let terms = terms.terms().iter().map(|term| {
        let phrase = statement.parameter(format!("\"{}\"", term.join(" ")));
        let last = statement.parameter(term.last().map_or("", String::as_str));
        // Whatever begins with a word takes much longer to look up than the word, so it is asked whether there is more.
        format!(
            "{phrase} || iif(EXISTS (SELECT 1 FROM {} WHERE term >= {last} || char(1) AND term < {last} || char({})), ' *', '')",
            words.terms,
            u32::from(char::MAX)
        )
    });
    terms.collect::<Vec<_>>().join(" || ' AND ' || ")
}

/// Rows of live items and of notes on them that have the terms, as a query of their numbers.
pub(super) fn live(statement: &mut Statement, terms: &Terms) -> String {
    format!(
        "SELECT rowid FROM words WHERE words MATCH ({})",
        matching(statement, &LIVE, terms)
    )
}

/// The numbers of live items that have the terms in the title, as a query; of all items where those that are left out
/// are wanted, too.
pub(super) fn titled(statement: &mut Statement, terms: &Terms, left_out: bool) -> String {
    let of = |statement: &mut Statement, words: &Words| {
        let (table, matching) = (words.table, matching(statement, words, terms));
        format!("SELECT rowid FROM {table} WHERE {table} MATCH ('title : (' || {matching} || ')')")
    };
    let live = of(statement, &LIVE);
    match left_out {
        true => format!("{live} UNION ALL {}", of(statement, &LEFT_OUT)),
        false => live,
    }
}

/// The numbers of items that have the terms, or, where notes are looked at, a note with them, as a query; one may come
/// several times.
pub(super) fn hits(statement: &mut Statement, terms: &Terms, notes: bool, left_out: bool) -> String {
    let item = item(Dialect::Sqlite, "note", "owner");
    let of = |statement: &mut Statement, words: &Words| {
        let (Words { table, from, to, .. }, matching) = (words, matching(statement, words, terms));
        let own = format!(
            "SELECT rowid FROM {table} WHERE {table} MATCH ({matching}) AND rowid BETWEEN {from} AND {}",
            to - 1
        );
        let of_notes = format!(
            " UNION ALL SELECT {item} FROM {table} JOIN record AS note ON note.record = {table}.rowid
                WHERE {table} MATCH ({matching}) AND {table}.rowid BETWEEN {FIRST_OTHER} AND {}",
            FIRST_LEFT_OUT - 1
        );
        if notes { own + &of_notes } else { own }
    };
    let live = of(statement, &LIVE);
    match left_out {
        true => format!("{live} UNION ALL {}", of(statement, &LEFT_OUT)),
        false => live,
    }
}
