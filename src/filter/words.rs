//! Searching by words: what a word is, and which texts have the words somebody looks for.
//!
//! A word is a run of letters and digits, folded, so that upper and lower case, ligatures and
//! widths are one; a letter of a script that is written without spaces is a word of its own.
//! What is looked for is split at spaces into terms; the words of a term must stand next to each
//! other, the last of them may go on. So `vendor cach` finds "cache of the vendors", and
//! `bd-kwro` finds that alias.

use std::collections::HashSet;

use crate::record::WorkItem;
use crate::record::value::folded;

/// The words of a text, in their order.
#[must_use]
pub fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in folded(text).chars() {
        let alone = stands_alone(c);
        if (alone || !is_of_word(c)) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if alone {
            words.push(c.to_string());
        } else if is_of_word(c) {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Letters, digits, and the marks that belong to the letter before them.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

/// Han, kana, Thai, Lao, Khmer and Burmese are written without spaces.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// The words of a work item: of its title; of its labels, aliases and body.
#[must_use]
pub fn of_item(item: &WorkItem, body: &str) -> (Vec<String>, Vec<String>) {
    let names = item
        .labels
        .iter()
        .map(|label| label.as_str())
        .chain(item.aliases.iter().map(|alias| alias.as_str()));
    let mut other: Vec<_> = names.flat_map(split).collect();
    other.extend(split(body));
    (split(item.title.as_str()), other)
}

/// So many terms at most are looked for.
pub const MOST: usize = 100;

/// What somebody looks for: terms, each of words that stand next to each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms(Vec<Vec<String>>);

impl Terms {
    /// The terms of a text, each once; none where it has no letter or digit.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut seen = HashSet::new();
        let terms = text.split_whitespace().map(split);
        Self(
            terms
                .filter(|words| !words.is_empty() && seen.insert(words.clone()))
                .collect(),
        )
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The terms, each of at least one word.
    #[must_use]
    pub fn terms(&self) -> &[Vec<String>] {
        &self.0
    }

    /// Whether each term stands in one of these texts.
    #[must_use]
    pub fn match_words(&self, texts: &[&[String]]) -> bool {
        self.0.iter().all(|term| texts.iter().any(|text| has(text, term)))
    }
}

/// Whether the words stand next to each other in `text`; the last one may be the beginning of a longer one.
fn has(text: &[String], term: &[String]) -> bool {
    let Some((last, before)) = term.split_last() else {
        return true;
    };
    text.windows(term.len()).any(|window| {
        let (end, start) = (&window[before.len()], &window[..before.len()]);
        start == before && end.starts_with(last.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_runs() {
        assert_eq!(split("Straße, ﬁne: BD-kwro_2"), ["strasse", "fine", "bd", "kwro", "2"]);
        assert_eq!(split("東京 tower"), ["東", "京", "tower"]);
        assert_eq!(split("…"), Vec::<String>::new());
    }

    #[test]
    fn terms_are_sequences_whose_last_word_may_go_on() {
        let text = split("Cache the vendor's status-query");
        let finds = |terms: &str| Terms::of(terms).match_words(&[&text]);
        for found in ["cach", "VENDOR cache", "status-qu", "vendor's", ""] {
            assert!(finds(found), "{found}");
        }
        for missing in ["ache", "status-cache", "query-status", "vendors"] {
            assert!(!finds(missing), "{missing}");
        }
    }

    #[test]
    fn what_is_asked_for_twice_is_looked_up_once() {
        assert_eq!(Terms::of("Cache ab-c cache AB-C ab"), Terms::of("cache ab-c ab"));
        assert_eq!(Terms::of("cache ab-c ab").terms().len(), 3);
    }
}
