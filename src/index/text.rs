//! Searching by words: what each index makes of the terms somebody looks for.

use super::statement::{Dialect, Statement};
use crate::filter::words::Terms;

/// How many bytes of a word an index of Postgres keeps at most; it takes no word that is much longer.
const LEXEME: usize = 255;

/// How much of the end of a repository's identity stands before each of its words: all repositories share one index, and
/// a word is looked up among its own. Of two that end alike, it takes longer.
const KEY: usize = 12;

/// What stands for it in [`lexemes`] until the statement knows it: no word has it.
const ANY: char = '@';

/// What stands before each word of a repository.
pub(super) fn key(repository: &str) -> &str {
    &repository[repository.len().saturating_sub(KEY)..]
}

/// A word as that index has it.
pub(super) fn lexeme(word: &str) -> &str {
    &word[..word.floor_char_boundary(LEXEME)]
}

/// That a record, or a note on it that counts, has all of these terms; archived ones are looked at where they are wanted.
pub(super) fn push(statement: &mut Statement, terms: &Terms, archived: bool) {
    let dialect = statement.dialect;
    match dialect {
        Dialect::Sqlite => {
            let item = item(dialect, "found", "owner");
            statement.push(format!(
                "record.record IN (SELECT CASE WHEN found.owner IS NULL THEN found.record ELSE {item} END FROM ("
            ));
            push_hits(statement, &matching(terms), archived);
            statement.push(") AS hit JOIN record found ON found.record = hit.rowid)");
        }
        dialect => {
            let number = number(dialect);
            statement.push(match dialect {
                Dialect::Everywhere => {
                    format!(
                        "(record.repository, record.record) IN (SELECT words.repository, {number} FROM words WHERE "
                    )
                }
                _ => format!("record.record IN (SELECT {number} FROM words WHERE "),
            });
            push_found(statement, terms, archived);
            statement.push(")");
        }
    }
}

/// The same as what the records of Postgres are joined with, which says as `in_title` whether all stands in the title:
/// one look at the words, where a condition and a column would take two.
pub(super) fn push_join(statement: &mut Statement, terms: &Terms, archived: bool) {
    let number = number(statement.dialect);
    statement.push(format!(
        " JOIN (SELECT words.repository, {number} AS record, bool_or(TRUE"
    ));
    push_titled(statement, terms);
    statement.push(") AS in_title FROM words WHERE ");
    push_found(statement, terms, archived);
    statement.push(" GROUP BY 1, 2) AS hit USING (repository, record)");
}

/// The number of the item that a row of Postgres has words of. A note has no title; an item without words in its own is
/// found as that of a note is.
fn number(dialect: Dialect) -> String {
    let item = item(dialect, "words", "item");
    format!("CASE WHEN words.title <> '' THEN words.record ELSE {item} END")
}

/// The number of the item of that identity, in a column of a table; zero, which is that of none, where it is not there:
/// a null among others would make of "not in" neither true nor false.
fn item(dialect: Dialect, table: &str, column: &str) -> String {
    let same = dialect.same("item", table);
    format!(
        "coalesce((SELECT item.record FROM record AS item
            WHERE {same}item.id = {table}.{column} AND item.stigid IS NOT NULL), 0)"
    )
}

/// Whether all that is looked for stands in the title.
pub(super) fn push_in_title(statement: &mut Statement, terms: &Terms, archived: bool) {
    if statement.dialect == Dialect::Sqlite {
        statement.push("record IN (");
        push_hits(statement, &format!("title : ({})", matching(terms)), archived);
        statement.push(")");
        return;
    }
    // All at once: to look at each title by itself takes half as long again as the whole search.
    statement.record_in("words", |statement| {
        push_lexemes(statement, terms, archived);
        push_titled(statement, terms);
    });
}

/// That the title in a row of Postgres has all of the terms, with an AND before each.
fn push_titled(statement: &mut Statement, terms: &Terms) {
    for words in terms.terms() {
        push_term(statement.push(" AND "), "words.title", words);
    }
}

/// That a row of Postgres is of the repository, and has all of the terms.
fn push_found(statement: &mut Statement, terms: &Terms, archived: bool) {
    statement.push(statement.dialect.here("words"));
    push_lexemes(statement, terms, archived);
    // Which words stand next to each other, and how a long one ends, the index does not know.
    let is_plain = |words: &Vec<String>| words.len() == 1 && words[0].len() <= LEXEME;
    for words in terms.terms().iter().filter(|words| !is_plain(words)) {
        push_term(statement.push(" AND "), "words.words", words);
    }
}

/// That a row of Postgres has all of the words. The words of archived items have an index of their own.
fn push_lexemes(statement: &mut Statement, terms: &Terms, archived: bool) {
    let lexemes = statement.parameter(lexemes(terms));
    let query = match statement.dialect {
        Dialect::Everywhere => format!(
            "(SELECT string_agg('(' || replace({lexemes}, '{ANY}', right(repository::text, {KEY})) || ')', ' | ')::tsquery
                FROM repository)"
        ),
        _ => format!("replace({lexemes}, '{ANY}', right($1, {KEY}))::tsquery"),
    };
    let live = format!("NOT words.archived AND words.lexemes @@ {query}");
    statement.push(match archived {
        true => format!("({live} OR words.archived AND words.lexemes @@ {query})"),
        false => live,
    });
}

/// The rows of SQLite whose words match.
fn push_hits(statement: &mut Statement, matching: &str, archived: bool) {
    let wanted = statement.parameter(matching);
    statement.push(format!("SELECT rowid FROM words WHERE words MATCH {wanted}"));
    if archived {
        statement.push(format!(
            " UNION ALL SELECT rowid FROM archived_words WHERE archived_words MATCH {wanted}"
        ));
    }
}

/// That a text of Postgres, in which each word has a space before it, has a term.
fn push_term(statement: &mut Statement, column: &str, words: &[String]) {
    // Words are letters and digits, so no character means another.
    let pattern = format!("% {}%", words.join(" "));
    statement.push(format!("{column} LIKE ")).bind(pattern);
}

/// The terms in the language of SQLite's full text index. Words are letters and digits, so nothing needs escaping.
fn matching(terms: &Terms) -> String {
    let terms = terms.terms().iter().map(|words| format!("\"{}\" *", words.join(" ")));
    terms.collect::<Vec<_>>().join(" AND ")
}

/// The words of the terms in the language of Postgres: all of them, the last of each may go on.
fn lexemes(terms: &Terms) -> String {
    let mut wanted = Vec::new();
    for words in terms.terms() {
        let last = words.len().saturating_sub(1);
        for (at, word) in words.iter().enumerate() {
            let goes_on = if at == last || word.len() > LEXEME { ":*" } else { "" };
            wanted.push(format!("{ANY}{}{goes_on}", lexeme(word)));
        }
    }
    wanted.join(" & ")
}
