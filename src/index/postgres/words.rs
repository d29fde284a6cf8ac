//! The words of texts, as the columns of words have them.

use std::collections::BTreeSet;

use crate::index::text::{TITLED, key, lexeme};

/// So many bytes of different words at most: Postgres takes no more than a million in one value. Only a record of the
/// greatest size that repeats hardly any word has more, and those are not found.
const LEXEMES: usize = 1_000_000;

/// Words with a space before each, those of the title on a line of their own.
pub(super) fn spaced(title: &str, other: &str) -> String {
    let spaced = |words: &str| match words {
        "" => String::new(),
        words => format!(" {words}"),
    };
    format!("{}\n{}", spaced(title), spaced(other))
}

/// The different words of such a text, as Postgres reads them, with those of the title once more; of a long one its
/// beginning.
pub(super) fn lexemes(repository: &str, words: &str) -> String {
    let title = words.lines().next().unwrap_or_default();
    let titled = different(title).into_iter().map(|word| (TITLED, word));
    let all = different(words).into_iter().map(|word| ("", word));
    let key = key(repository);
    let mut text = String::new();
    for (mark, word) in titled.chain(all) {
        if text.len() + key.len() + mark.len() + word.len() >= LEXEMES {
            break;
        }
        text.extend([key, mark, word, " "]);
    }
    text
}

fn different(words: &str) -> BTreeSet<&str> {
    words.split_whitespace().map(lexeme).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_title_are_there_twice() {
        let words = spaced("b a", "c b");
        assert_eq!(words, " b a\n c b");
        let repository = "0b0e8f3a-1111-4111-8111-0123456789ab";
        assert_eq!(lexemes(repository, &words), "789ab=a 789ab=b 789aba 789abb 789abc ");
        assert_eq!(lexemes(repository, &spaced("", "c")), "789abc ");
    }
}
