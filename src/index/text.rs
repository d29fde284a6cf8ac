//! Searching by words: what each index makes of the terms somebody looks for.

use super::matching;
use super::numbers::{FIRST_LEFT_OUT, FIRST_OTHER, item};
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

/// That a record, or a note on it that counts, has all of these terms; those that lists leave out are looked at where
/// they are wanted.
pub(super) fn push(statement: &mut Statement, terms: &Terms, left_out: bool) {
    let dialect = statement.dialect;
    match dialect {
        Dialect::Sqlite => {
            let hits = matching::hits(statement, terms, true, left_out);
            statement.push(format!("record.record IN ({hits})"));
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
            push_found(statement, terms, left_out);
            statement.push(")");
        }
    }
}

/// The same as what the records of Postgres are joined with, which says as `in_title` whether all stands in the title:
/// one look at the words, where a condition and a column would take two.
pub(super) fn push_join(statement: &mut Statement, terms: &Terms, left_out: bool) {
    let number = number(statement.dialect);
    statement.push(format!(
        " JOIN (SELECT words.repository, {number} AS record, bool_or(TRUE"
    ));
    push_titled(statement, terms);
    statement.push(") AS in_title FROM words WHERE ");
    push_found(statement, terms, left_out);
    statement.push(" GROUP BY 1, 2) AS hit USING (repository, record)");
}

/// The number of the item that a row of Postgres has words of: its own, or that of what a note is on.
fn number(dialect: Dialect) -> String {
    let item = item(dialect, "words", "item");
    format!(
        "CASE WHEN words.record >= {FIRST_OTHER} AND words.record < {FIRST_LEFT_OUT} THEN {item} ELSE words.record END"
    )
}

/// Whether all that is looked for stands in the title.
pub(super) fn push_in_title(statement: &mut Statement, terms: &Terms, left_out: bool) {
    if statement.dialect == Dialect::Sqlite {
        let titled = matching::titled(statement, terms, left_out);
        statement.push(format!("record IN ({titled})"));
        return;
    }
    // All at once: to look at each title by itself takes half as long again as the whole search.
    statement.record_in("words", |statement| {
        push_lexemes(statement, terms, left_out);
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
fn push_found(statement: &mut Statement, terms: &Terms, left_out: bool) {
    statement.push(statement.dialect.here("words"));
    push_lexemes(statement, terms, left_out);
    // Which words stand next to each other, and how a long one ends, the index does not know.
    let is_plain = |words: &Vec<String>| words.len() == 1 && words[0].len() <= LEXEME;
    for words in terms.terms().iter().filter(|words| !is_plain(words)) {
        push_term(statement.push(" AND "), "words.words", words);
    }
}

/// That a row of Postgres has all of the words. The words of live items have an index of their own.
fn push_lexemes(statement: &mut Statement, terms: &Terms, left_out: bool) {
    let lexemes = statement.parameter(lexemes(terms));
    let query = match statement.dialect {
        Dialect::Everywhere => format!(
            "(SELECT string_agg('(' || replace({lexemes}, '{ANY}', right(repository::text, {KEY})) || ')', ' | ')::tsquery
                FROM repository)"
        ),
        _ => format!("replace({lexemes}, '{ANY}', right($1, {KEY}))::tsquery"),
    };
    let live = format!("words.live AND words.lexemes @@ {query}");
    statement.push(match left_out {
        true => format!("({live} OR NOT words.live AND words.lexemes @@ {query})"),
        false => live,
    });
}

/// That a text of Postgres, in which each word has a space before it, has a term.
fn push_term(statement: &mut Statement, column: &str, words: &[String]) {
    // Words are letters and digits, so no character means another.
    let pattern = format!("% {}%", words.join(" "));
    statement.push(format!("{column} LIKE ")).bind(pattern);
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
