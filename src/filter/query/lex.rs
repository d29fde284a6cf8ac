//! The text of a query as tokens.

use std::ops::Range;

use winnow::ascii::multispace0;
use winnow::combinator::{alt, fail, opt, preceded, terminated};
use winnow::error::{ContextError, ErrMode};
use winnow::prelude::*;
use winnow::stream::LocatingSlice;
use winnow::token::{any, take_while};

use super::error::Wrong;

/// A word, a text or a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// What stands without quotes.
    Word(String),
    /// What stands in quotes, without them.
    Text(String),
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `~`, `(`, `)` or `,`.
    Sign(&'static str),
}

/// A token and the bytes it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) span: Range<usize>,
}

type Input<'q> = LocatingSlice<&'q str>;
type Lexed<T> = Result<T, ErrMode<ContextError>>;

/// The signs, longer ones before those they begin with.
const SIGNS: &[&str] = &["!=", "<=", ">=", "=", "<", ">", "~", "(", ")", ","];

/// Whether a character may stand in a word without quotes. Others that ASCII has are kept for what may come.
fn is_of_word(c: char) -> bool {
    match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || "_-.:/@#+%".contains(c),
        false => !c.is_whitespace() && !c.is_control(),
    }
}

/// Whether a text could stand without quotes.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_of_word)
}

/// The tokens of a query.
pub(super) fn tokens(query: &str) -> Result<Vec<Placed>, Wrong> {
    let mut input = LocatingSlice::new(query);
    let mut tokens = Vec::new();
    loop {
        let skipped: Lexed<&str> = multispace0.parse_next(&mut input);
        if skipped.is_err() || input.is_empty() {
            return Ok(tokens);
        }
        match token.with_span().parse_next(&mut input) {
            Ok((token, span)) => tokens.push(Placed { token, span }),
            Err(_) => return Err(unreadable(query, query.len() - input.len())),
        }
    }
}

fn token(input: &mut Input<'_>) -> Lexed<Token> {
    alt((text, sign.map(Token::Sign), word.map(Token::Word))).parse_next(input)
}

fn word(input: &mut Input<'_>) -> Lexed<String> {
    take_while(1.., is_of_word).map(str::to_owned).parse_next(input)
}

fn sign(input: &mut Input<'_>) -> Lexed<&'static str> {
    for sign in SIGNS {
        let found: Lexed<Option<&str>> = opt(*sign).parse_next(input);
        if found?.is_some() {
            return Ok(sign);
        }
    }
    fail.parse_next(input)
}

fn text(input: &mut Input<'_>) -> Lexed<Token> {
    let quote = alt(('"', '\'')).parse_next(input)?;
    let mut text = String::new();
    loop {
        match any.parse_next(input)? {
            c if c == quote => return Ok(Token::Text(text)),
            // No record holds it, and no database takes it.
            '\0' => return fail.parse_next(input),
            '\\' => text.push(escaped.parse_next(input)?),
            c => text.push(c),
        }
    }
}

/// What stands after a backslash.
fn escaped(input: &mut Input<'_>) -> Lexed<char> {
    let number = take_while(1..=6, |c: char| c.is_ascii_hexdigit())
        .verify_map(|digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32))
        .verify(|c| *c != '\0');
    alt((
        alt(('\\', '"', '\'')),
        'n'.value('\n'),
        't'.value('\t'),
        'r'.value('\r'),
        preceded("u{", terminated(number, '}')),
    ))
    .parse_next(input)
}

/// Why nothing can be read at a place.
fn unreadable(query: &str, at: usize) -> Wrong {
    let rest = &query[at..];
    let Some(first) = rest.chars().next() else {
        return Wrong::new(at, "a word");
    };
    if !matches!(first, '"' | '\'') {
        let hint = match rest {
            rest if rest.starts_with("&&") => "write `and`",
            rest if rest.starts_with("||") => "write `or`",
            rest if rest.starts_with('!') => "write `not`",
            _ => "put it in quotes where it is part of a text",
        };
        let found = format!("`{}`", first.escape_debug());
        return Wrong::new(at, "a word, a text or an operator")
            .found(found)
            .hint(Some(hint.to_owned()));
    }
    // The escape that is none, or the quote that does not come.
    let mut chars = rest.char_indices().skip(1);
    while let Some((offset, c)) = chars.next() {
        if c == first {
            break;
        }
        if c == '\0' {
            return Wrong::new(at + offset, "a character that a text may hold").found(r"`\0`");
        }
        if c == '\\' {
            let mut probe = LocatingSlice::new(&rest[offset + 1..]);
            if escaped.parse_next(&mut probe).is_err() {
                return Wrong::new(at + offset, r#"one of \\ \" \' \n \t \r \u{…}"#).found(r"`\`");
            }
            chars.next();
        }
    }
    Wrong::new(query.len(), format!("the {first} that ends a text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_words_texts_and_signs() {
        let read =
            |query| tokens(query).map(|tokens| tokens.into_iter().map(|placed| placed.token).collect::<Vec<_>>());
        let word = |word: &str| Token::Word(word.to_owned());
        let text = |text: &str| Token::Text(text.to_owned());
        assert_eq!(
            read("a!='x y'\n(-30d, \"\\u{2028}\\\"\") zürich feature/x"),
            Ok(vec![
                word("a"),
                Token::Sign("!="),
                text("x y"),
                Token::Sign("("),
                word("-30d"),
                Token::Sign(","),
                text("\u{2028}\""),
                Token::Sign(")"),
                word("zürich"),
                word("feature/x"),
            ])
        );
        assert_eq!(tokens("a & b").map_err(|wrong| wrong.at), Err(2));
        assert_eq!(tokens("a = 'b").map_err(|wrong| wrong.at), Err(6));
        assert_eq!(tokens(r"a = 'b\x'").map_err(|wrong| wrong.at), Err(6));
    }
}
