//! The words of texts, as the columns of words have them.

use std::collections::BTreeSet;

use crate::index::text::{ANYWHERE, TITLED, lexeme};

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
/// beginning. Each begins with the number of the repository.
pub(super) fn lexemes(number: i64, words: &str) -> String {
    let title = words.lines().next().unwrap_or_default();
    let titled = different(title).into_iter().map(|word| (TITLED, word));
    let all = different(words).into_iter().map(|word| (ANYWHERE, word));
    let number = number.to_string();
    let mut text = String::new();
    for (mark, word) in titled.chain(all) {
        if text.len() + number.len() + mark.len() + word.len() >= LEXEMES {
            break;
        }
        text.extend([&number, mark, word, " "]);
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
        assert_eq!(lexemes(7, &words), "7=a 7=b 7-a 7-b 7-c ");
        assert_eq!(lexemes(7, &spaced("", "c")), "7-c ");
    }
}
