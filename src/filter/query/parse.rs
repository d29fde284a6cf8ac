//! The grammar.
//!
//! ```text
//! query       = [ condition ] [ "order" "by" key { "," key } ]
//! condition   = conjunction { "or" conjunction }
//! conjunction = negation { "and" negation }
//! negation    = "not" negation | "(" condition ")" | test
//! test        = "ready" | "waiting" | "changed" [ "by" NAME ] [ "since" TIME ]
//!             | FIELD ( operator VALUE | [ "not" ] "in" "(" VALUE { "," VALUE } ")" | "~" TEXT
//!             | "is" [ "not" ] ( "set" | "empty" ) )
//! key         = FIELD [ "asc" | "desc" ]
//! ```
//!
//! One token tells what comes next, so nothing is tried and taken back: where something else stands, that is the error.

use std::str::FromStr;

use winnow::combinator::{opt, separated};
use winnow::error::{ErrMode, ParserError};
use winnow::prelude::*;
use winnow::stream::{Stateful, TokenSlice};
use winnow::token::any;

use super::error::{Wrong, listed, meant};
use super::lex::{Placed, Token, tokens};
use super::value::is_number;
use super::{Expression, Field, Moment, Named, Operator, Query, QueryError, Shape, Sort, SortKey, Test, Value};
use crate::filter::words::{MOST, Terms};
use crate::record::work_item::{ItemType, Priority, Status};

/// How long a query may be, in bytes.
const MAX_BYTES: usize = 64 << 10;

/// How deep `not` and parentheses may be.
const MAX_DEPTH: usize = 100;

/// How many tests there may be in all.
const MAX_TESTS: usize = 1_000;

/// How many values there may be in all.
const MAX_VALUES: usize = 4_000;

/// Words that mean something between tests, so that as values they stand in quotes.
const RESERVED: &[&str] = &["and", "or", "not", "in", "is", "order"];

/// What is still allowed, and where the text ends.
#[derive(Clone, Debug)]
struct Budget {
    end: usize,
    depth: usize,
    tests: usize,
    values: usize,
}

type Input<'t> = Stateful<TokenSlice<'t, Placed>, Budget>;
type Parsed<T> = Result<T, ErrMode<Wrong>>;

impl<'t> ParserError<Input<'t>> for Wrong {
    type Inner = Self;

    fn from_input(input: &Input<'t>) -> Self {
        Self::new(place(input), "something else")
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        parse(text).map_err(|wrong| {
            let word = tokens(text).ok().and_then(|tokens| {
                let placed = tokens.into_iter().find(|placed| placed.span.start == wrong.at)?;
                Some(&text[placed.span])
            });
            wrong.within(text, word)
        })
    }
}

fn parse(text: &str) -> Result<Query, Wrong> {
    if text.len() > MAX_BYTES {
        return Err(Wrong::new(MAX_BYTES, format!("the end: a query has at most {MAX_BYTES} bytes")).found("more"));
    }
    let tokens = tokens(text)?;
    let state = Budget {
        end: text.len(),
        depth: MAX_DEPTH,
        tests: MAX_TESTS,
        values: MAX_VALUES,
    };
    let mut input = Stateful {
        input: TokenSlice::new(&tokens),
        state,
    };
    query.parse_next(&mut input).map_err(|error| match error {
        ErrMode::Backtrack(wrong) | ErrMode::Cut(wrong) => wrong,
        ErrMode::Incomplete(_) => Wrong::new(text.len(), "more"),
    })
}

/// Where the next token is.
fn place(input: &Input<'_>) -> usize {
    input.input.first().map_or(input.state.end, |placed| placed.span.start)
}

fn cut<T>(wrong: Wrong) -> Parsed<T> {
    Err(ErrMode::Cut(wrong))
}

fn expected<T>(input: &Input<'_>, what: impl Into<String>) -> Parsed<T> {
    cut(Wrong::new(place(input), what))
}

/// The word that comes next, in any letter case.
fn keyword<'t>(word: &'static str) -> impl Parser<Input<'t>, (), ErrMode<Wrong>> {
    any.verify(move |placed: &Placed| matches!(&placed.token, Token::Word(found) if found.eq_ignore_ascii_case(word)))
        .void()
}

fn sign<'t>(sign: &'static str) -> impl Parser<Input<'t>, (), ErrMode<Wrong>> {
    any.verify(move |placed: &Placed| placed.token == Token::Sign(sign))
        .void()
}

/// Whether this comes next, which is taken then.
fn has<'t>(input: &mut Input<'t>, parser: impl Parser<Input<'t>, (), ErrMode<Wrong>>) -> Parsed<bool> {
    Ok(opt(parser).parse_next(input)?.is_some())
}

fn require<'t>(
    input: &mut Input<'t>,
    parser: impl Parser<Input<'t>, (), ErrMode<Wrong>>,
    what: &'static str,
) -> Parsed<()> {
    match has(input, parser)? {
        true => Ok(()),
        false => expected(input, what),
    }
}

fn query(input: &mut Input<'_>) -> Parsed<Query> {
    let is_order = |input: &Input<'_>| {
        let first = input.input.first().map(|placed| &placed.token);
        first.is_none_or(|token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("order")))
    };
    let condition = match is_order(input) {
        true => None,
        false => Some(condition(input)?),
    };
    let mut order = Vec::new();
    if has(input, keyword("order"))? {
        require(input, keyword("by"), "`by`")?;
        order = separated(1.., key, sign(",")).parse_next(input)?;
    }
    match (input.input.first(), order.is_empty()) {
        (None, _) => Ok(Query { condition, order }),
        (Some(_), true) => expected(input, "`and`, `or`, `order by` or the end"),
        (Some(_), false) => expected(input, "`asc`, `desc`, a comma or the end"),
    }
}

fn key(input: &mut Input<'_>) -> Parsed<Sort> {
    let names = SortKey::ALL.map_names();
    let what = || format!("what to order by: {}", listed(&names));
    let at = place(input);
    let Some(Token::Word(word)) = opt(any).parse_next(input)?.map(|placed: &Placed| &placed.token) else {
        return cut(Wrong::new(at, what()));
    };
    let field = Field::named(word).filter(|field| field.key.is_none());
    let key = field.and_then(|field| SortKey::ALL.iter().copied().find(|key| key.named() == field.named));
    let Some(key) = key else {
        return cut(Wrong::new(at, what()).hint(meant(word, names)));
    };
    let ascending = match (has(input, keyword("asc"))?, has(input, keyword("desc"))?) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        _ => None,
    };
    Ok(Sort { key, ascending })
}

fn condition(input: &mut Input<'_>) -> Parsed<Expression> {
    let parts: Vec<_> = separated(1.., conjunction, keyword("or")).parse_next(input)?;
    Ok(one_or(parts, Expression::Or))
}

fn conjunction(input: &mut Input<'_>) -> Parsed<Expression> {
    let parts: Vec<_> = separated(1.., negation, keyword("and")).parse_next(input)?;
    Ok(one_or(parts, Expression::And))
}

fn one_or(mut parts: Vec<Expression>, several: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.len() {
        1 => parts.remove(0),
        _ => several(parts),
    }
}

fn negation(input: &mut Input<'_>) -> Parsed<Expression> {
    let at = place(input);
    let (negated, opened) = (has(input, keyword("not"))?, has(input, sign("("))?);
    if !negated && !opened {
        return test(input).map(Expression::Test);
    }
    if input.state.depth == 0 {
        let what = format!("less: `not` and parentheses go at most {MAX_DEPTH} deep");
        return cut(Wrong::new(at, what));
    }
    input.state.depth -= 1;
    let inner = match opened {
        true => {
            let inner = condition(input)?;
            require(input, sign(")"), "`and`, `or` or `)`")?;
            inner
        }
        false => negation(input)?,
    };
    input.state.depth += 1;
    Ok(match negated {
        true => Expression::Not(Box::new(inner)),
        false => inner,
    })
}

fn test(input: &mut Input<'_>) -> Parsed<Test> {
    const WHAT: &str = "a field, `ready`, `waiting`, `changed`, `not` or `(`";
    if input.state.tests == 0 {
        return expected(input, format!("less: a query has at most {MAX_TESTS} comparisons"));
    }
    input.state.tests -= 1;
    let at = place(input);
    let Some(Token::Word(word)) = opt(any).parse_next(input)?.map(|placed: &Placed| &placed.token) else {
        return cut(Wrong::new(at, WHAT));
    };
    match word.to_ascii_lowercase().as_str() {
        "ready" => return Ok(Test::Ready),
        "waiting" => return Ok(Test::Waiting),
        "changed" => return changed(input),
        _ => {}
    }
    let field = match Field::begins_metadata(word) {
        true => match opt(any)
            .parse_next(input)?
            .map(|placed: &Placed| (&placed.token, placed.span.start))
        {
            Some((Token::Text(key), start)) if start == at + word.len() => Field::metadata(key.clone()),
            Some((_, start)) => return cut(Wrong::new(start, "a key of the metadata, without a space before it")),
            None => return expected(input, "a key of the metadata"),
        },
        false => match Field::named(word) {
            Some(field) => field,
            None => {
                let words = Field::names().chain(["ready", "waiting", "changed", "not"]);
                return cut(Wrong::new(at, WHAT).hint(meant(word, words)));
            }
        },
    };
    asked(input, field)
}

fn changed(input: &mut Input<'_>) -> Parsed<Test> {
    let by = match has(input, keyword("by"))? {
        true => {
            let at = place(input);
            match value(input, Shape::Actor, &Field::of(Named::UpdatedBy))? {
                Value::None => return cut(Wrong::new(at, "somebody, not `none`")),
                somebody => Some(somebody),
            }
        }
        false => None,
    };
    let since = match has(input, keyword("since"))? {
        true => Some(value(input, Shape::Time, &Field::of(Named::Updated))?),
        false => None,
    };
    let since = match since {
        Some(Value::Moment(moment)) => Some(moment),
        None if by.is_some() => None,
        _ => return expected(input, "`by` and who, or `since` and when"),
    };
    Ok(Test::Changed { by, since })
}

/// What is asked of a field.
fn asked(input: &mut Input<'_>, field: Field) -> Parsed<Test> {
    let shape = field.shape();
    let operators = shape.operators();
    let what = || {
        let operators: Vec<_> = operators.iter().map(|operator| format!("`{operator}`")).collect();
        let operators: Vec<_> = operators.iter().map(String::as_str).collect();
        format!("{} after {field}", listed(&operators))
    };
    let at = place(input);
    let refused = |found: &str| match operators.contains(&found) {
        true => Ok(()),
        false => cut(Wrong::new(at, what())),
    };
    let (negated, listed) = (has(input, keyword("not"))?, has(input, keyword("in"))?);
    if negated && !listed {
        return expected(input, "`in` after `not`");
    }
    if listed {
        refused("in")?;
        require(input, sign("("), "`(` and a list of values")?;
        let values =
            separated(1.., |input: &mut Input<'_>| value(input, shape, &field), sign(",")).parse_next(input)?;
        require(input, sign(")"), "a comma or `)`")?;
        return Ok(Test::In(field, negated, values));
    }
    if has(input, keyword("is"))? {
        refused("is")?;
        let negated = has(input, keyword("not"))?;
        let set = has(input, keyword("set"))?;
        let empty = !set && (has(input, keyword("empty"))? || has(input, keyword("none"))?);
        return match set || empty {
            true => Ok(Test::Is(field, set != negated)),
            false => expected(input, "`set` or `empty`"),
        };
    }
    match opt(any).parse_next(input)?.map(|placed: &Placed| &placed.token) {
        Some(Token::Sign("~")) => {
            refused("~")?;
            words(input, field)
        }
        Some(Token::Sign(sign)) => {
            refused(sign)?;
            let operator = match *sign {
                "=" => Operator::Equal,
                "!=" => Operator::NotEqual,
                "<" => Operator::Less,
                "<=" => Operator::AtMost,
                ">" => Operator::Greater,
                _ => Operator::AtLeast,
            };
            if matches!(sign, &"=" | &"!=") && has(input, sign_again())? {
                return cut(Wrong::new(at, what()).found("`==`"));
            }
            let value_at = place(input);
            let value = value(input, shape, &field)?;
            if value == Value::None && !matches!(operator, Operator::Equal | Operator::NotEqual) {
                let what = "a value: nothing is greater or smaller than `none`";
                return cut(Wrong::new(value_at, what));
            }
            Ok(Test::Compare(field, operator, value))
        }
        _ => cut(Wrong::new(at, what())),
    }
}

/// `=` where one has come already.
fn sign_again<'t>() -> impl Parser<Input<'t>, (), ErrMode<Wrong>> {
    sign("=")
}

fn words(input: &mut Input<'_>, field: Field) -> Parsed<Test> {
    let at = place(input);
    let text = bare_or_text(input, "the words to look for")?;
    let text = match text {
        Token::Text(text) | Token::Word(text) => text,
        Token::Sign(_) => return cut(Wrong::new(at, "the words to look for")),
    };
    match Terms::of(&text).terms().len() {
        0 => cut(Wrong::new(at, "at least one letter or digit to look for")),
        1..=MOST => Ok(Test::Words(field, text)),
        _ => cut(Wrong::new(at, "fewer words to look for")),
    }
}

/// The word or text that comes next; `what` is what it should be.
fn bare_or_text(input: &mut Input<'_>, what: &str) -> Parsed<Token> {
    let at = place(input);
    match opt(any).parse_next(input)?.map(|placed: &Placed| &placed.token) {
        Some(Token::Word(word)) if RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved)) => {
            let hint = format!("as a text it stands in quotes: \"{word}\"");
            cut(Wrong::new(at, what).hint(Some(hint)))
        }
        Some(token @ (Token::Word(_) | Token::Text(_))) => Ok(token.clone()),
        Some(Token::Sign(_)) | None => cut(Wrong::new(at, what)),
    }
}

/// A value as a field of this shape takes it.
fn value(input: &mut Input<'_>, shape: Shape, field: &Field) -> Parsed<Value> {
    if input.state.values == 0 {
        return expected(input, format!("less: a query has at most {MAX_VALUES} values"));
    }
    input.state.values -= 1;
    let at = place(input);
    let what = what_is(shape, field);
    let token = bare_or_text(input, &what)?;
    let wrong = |word: &str, hint: Option<String>| {
        let hint = hint.or_else(|| meant(word, words_of(shape, field)));
        cut(Wrong::new(at, what.as_str()).hint(hint))
    };
    let can_be_absent = shape.operators().contains(&"is");
    let (word, is_bare) = match token {
        Token::Word(word) => (word, true),
        Token::Text(text) => (text, false),
        Token::Sign(_) => return expected(input, what),
    };
    if is_bare && can_be_absent && word.eq_ignore_ascii_case("none") {
        return Ok(Value::None);
    }
    match shape {
        Shape::Word | Shape::Priority => {
            let words = words_of(shape, field);
            match words.into_iter().find(|known| word.eq_ignore_ascii_case(known)) {
                Some(known) => Ok(Value::Word(known)),
                None => wrong(&word, None),
            }
        }
        Shape::Time => match Moment::read(&word) {
            Some(moment) => Ok(Value::Moment(moment)),
            None => {
                let ago = Moment::read(&format!("-{word}")).map(|_| format!("`-{word}` is so long ago"));
                wrong(&word, ago)
            }
        },
        Shape::Number => match word.strip_prefix('#').unwrap_or(&word) {
            number if is_number(number) => Ok(Value::Number(number.to_owned())),
            _ => wrong(&word, None),
        },
        Shape::Commit => match is_commit(&word) {
            true => Ok(Value::Text(word.to_ascii_lowercase())),
            false => wrong(&word, None),
        },
        Shape::Actor if is_bare && word.eq_ignore_ascii_case("me") => Ok(Value::Me),
        Shape::Any if is_bare && is_number(&word) => Ok(Value::Number(word)),
        Shape::Any if is_bare => Ok(match Moment::read(&word) {
            Some(moment @ (Moment::Now | Moment::Today | Moment::Relative(_))) => Value::Moment(moment),
            _ => Value::Text(word),
        }),
        _ => Ok(Value::Text(word)),
    }
}

/// The first digits of a commit, enough to be meant.
fn is_commit(word: &str) -> bool {
    (4..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a value of a field may be, in words.
fn what_is(shape: Shape, field: &Field) -> String {
    match shape {
        Shape::Word | Shape::Priority => listed(&words_of(shape, field)),
        Shape::Time => "a time: 2026-01-31, 2026-01-31T12:00:00Z, -30d, +2h, today or now".to_owned(),
        Shape::Number => "a number".to_owned(),
        Shape::Actor => "a name, or `me`".to_owned(),
        Shape::Record => "the name of a record: its id, the first digits of it, or an alias".to_owned(),
        Shape::Commit => "the first digits of a commit, at least 4".to_owned(),
        Shape::Any => "a text or a number".to_owned(),
        Shape::Text | Shape::Title | Shape::Words | Shape::There => "a text".to_owned(),
    }
}

/// The words a field may hold.
fn words_of(shape: Shape, field: &Field) -> Vec<&'static str> {
    match (shape, field.named) {
        (Shape::Priority, _) => Priority::ALL.iter().map(|word| word.as_str()).collect(),
        (Shape::Word, Named::Type) => ItemType::ALL.iter().map(|word| word.as_str()).collect(),
        (Shape::Word, _) => Status::ALL.iter().map(|word| word.as_str()).collect(),
        (Shape::Time, _) => vec!["today", "now"],
        _ => Vec::new(),
    }
}

/// The names of what lists are ordered by.
trait MapNames {
    fn map_names(&self) -> Vec<&'static str>;
}

impl MapNames for [SortKey] {
    fn map_names(&self) -> Vec<&'static str> {
        let short = |key: &SortKey| {
            let row = key.named().described();
            row.also.first().copied().unwrap_or(row.name)
        };
        self.iter().map(short).collect()
    }
}
