//! Searching by words: what each index makes of the terms somebody looks for.

use super::matching;
use super::numbers::{FIRST_OTHER, item};
use super::statement::{Dialect, Statement, Value};
use crate::filter::query::Place;
use crate::filter::words::Terms;

/// How many bytes of a word an index of Postgres keeps at most; it takes no word that is much longer.
const LEXEME: usize = 255;

/// What stands in [`Value::Lexemes`] for the number of the repository, which stands before each of its words: all
/// repositories share one index, and a word is looked up among its own. No word has it.
pub(super) const REPOSITORY: char = '@';

/// What stands between that and a word, wherever it is: no word has it.
pub(super) const ANYWHERE: &str = "-";

/// What stands between that and a word of a title.
pub(super) const TITLED: &str = "=";

/// A word as that index has it.
pub(super) fn lexeme(word: &str) -> &str {
    &word[..word.floor_char_boundary(LEXEME)]
}

/// Rows of `words` in Postgres that have an index of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Of live items.
    Items,
    /// Of notes on them.
    Notes,
    /// Of items that lists leave out, and of notes on them.
    LeftOut,
}

impl Sort {
    /// As the index has it; without that, the index is not used.
    fn condition(self) -> String {
        match self {
            Self::Items => format!("words.record < {FIRST_OTHER}"),
            Self::Notes => format!("words.live AND words.record >= {FIRST_OTHER}"),
            Self::LeftOut => "NOT words.live".to_owned(),
        }
    }

    /// The number of the item that a row has words of: its own, or that of what a note is on.
    fn number(self, dialect: Dialect) -> String {
        match self {
            Self::Items => "words.record".to_owned(),
            _ => format!(
                "CASE WHEN words.item IS NULL THEN words.record ELSE {} END",
                item(dialect, "words", "item")
            ),
        }
    }
}

/// That the record at hand has all of these terms there, or, where that is anywhere, a note on it that counts does; those
/// that lists leave out are looked at where they are wanted.
pub(super) fn push(statement: &mut Statement, place: Place, terms: &Terms, left_out: bool) {
    let dialect = statement.dialect;
    let (key, repository) = match dialect {
        Dialect::Sqlite => {
            let hits = match place {
                Place::Title => matching::titled(statement, terms, left_out),
                Place::Anywhere => matching::hits(statement, terms, true, left_out),
            };
            statement.push(format!("record.record IN ({hits})"));
            return;
        }
        Dialect::Everywhere => ("(record.repository, record.record)", "words.repository, "),
        Dialect::Postgres => ("record.record", ""),
    };
    statement.push(format!("{key} IN ("));
    push_hits(statement, place, terms, left_out, |statement, sort| {
        statement.push(format!("SELECT {repository}{}", sort.number(dialect)));
    });
    statement.push(")");
}

/// What records of Postgres with all of these terms are joined with, which says as `in_title` whether all stands in the
/// title: one look at the words, where a condition and a column would take two.
pub(super) fn push_join(statement: &mut Statement, terms: &Terms, left_out: bool) {
    let dialect = statement.dialect;
    statement.push(" JOIN (SELECT repository, record, bool_or(in_title) AS in_title FROM (");
    push_hits(statement, Place::Anywhere, terms, left_out, |statement, sort| {
        statement.push(format!("SELECT words.repository, {} AS record, ", sort.number(dialect)));
        push_has(statement, Place::Title, terms);
        statement.push(" AS in_title");
    });
    statement.push(") AS words GROUP BY 1, 2) AS hit USING (repository, record)");
}

/// Rows of `words` with all of the terms, as a query for each sort of them, which `select` begins.
fn push_hits(
    statement: &mut Statement,
    place: Place,
    terms: &Terms,
    left_out: bool,
    select: impl Fn(&mut Statement, Sort),
) {
    let mut before = "";
    for sort in [Sort::Items, Sort::Notes, Sort::LeftOut] {
        // Notes have no titles.
        if sort == Sort::LeftOut && !left_out || sort == Sort::Notes && place == Place::Title {
            continue;
        }
        select(statement.push(before), sort);
        push_found(statement.push(" FROM words WHERE "), sort, place, terms);
        before = " UNION ALL ";
    }
}

/// That a row of `words` in Postgres is of the repository and of that sort, and has all of the terms there.
pub(super) fn push_found(statement: &mut Statement, sort: Sort, place: Place, terms: &Terms) {
    // The words name their repository, and that is all that is asked of a row: it is not even looked into.
    statement.push(format!("{} AND ", sort.condition()));
    push_has(statement, place, terms);
}

/// That a row of `words` in Postgres has all of the terms there.
pub(super) fn push_has(statement: &mut Statement, place: Place, terms: &Terms) {
    let (mark, text) = match place {
        Place::Title => (TITLED, "split_part(content.words, chr(10), 1)"),
        Place::Anywhere => (ANYWHERE, "content.words"),
    };
    let lexemes = lexemes(mark, terms);
    if statement.dialect == Dialect::Everywhere {
        let lexemes = statement.parameter(lexemes);
        statement.push(format!(
            "words.lexemes @@ (SELECT string_agg('(' || replace({lexemes}, '{REPOSITORY}', number::text) || ')',
                ' | ')::tsquery FROM repository)"
        ));
    } else {
        let lexemes = statement.parameter(Value::Lexemes(lexemes));
        statement.push(format!("words.lexemes @@ {lexemes}::tsquery"));
    }
    // Which words stand next to each other, and how a long one ends, the index does not know.
    let same = statement.dialect.same("content", "words");
    for words in terms.terms().iter().filter(|words| !is_word(words)) {
        // Words are letters and digits, so no character means another.
        let pattern = statement.parameter(format!("% {}%", words.join(" ")));
        statement.push(format!(
            " AND (SELECT {text} LIKE {pattern} FROM content WHERE {same}content.record = words.record)"
        ));
    }
}

/// Whether an index of words knows all of a term.
fn is_word(term: &[String]) -> bool {
    term.len() == 1 && term[0].len() <= LEXEME
}

/// The terms as single words, where all of them are.
pub(super) fn words(terms: &Terms) -> Option<Vec<&str>> {
    let terms = terms.terms().iter();
    terms.map(|term| is_word(term).then(|| term[0].as_str())).collect()
}

/// The words of the terms in the language of Postgres, with that mark before each: all of them, the last of each may go
/// on.
fn lexemes(mark: &str, terms: &Terms) -> String {
    let mut wanted = Vec::new();
    for words in terms.terms() {
        let last = words.len().saturating_sub(1);
        for (at, word) in words.iter().enumerate() {
            let goes_on = if at == last || word.len() > LEXEME { ":*" } else { "" };
            wanted.push(format!("{REPOSITORY}{mark}{}{goes_on}", lexeme(word)));
        }
    }
    wanted.join(" & ")
}
