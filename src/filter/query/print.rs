//! A query as text: what was read from a text prints as one that reads the same.

use std::fmt;

use super::{Amount, Expression, Moment, Query, Sort, Test, Value};

/// A text in quotes, as a query has it.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if crate::record::shown::is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(condition) = &self.condition {
            write!(f, "{condition}")?;
        }
        for (at, sort) in self.order.iter().enumerate() {
            match (at, &self.condition) {
                (0, None) => f.write_str("order by ")?,
                (0, Some(_)) => f.write_str(" order by ")?,
                _ => f.write_str(", ")?,
            }
            write!(f, "{sort}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key.named().described().name)?;
        f.write_str(match self.ascending {
            None => "",
            Some(true) => " asc",
            Some(false) => " desc",
        })
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(f, parts, " and ", |part| matches!(part, Self::And(_) | Self::Or(_))),
            Self::Or(parts) => joined(f, parts, " or ", |part| matches!(part, Self::Or(_))),
            Self::Not(part) => {
                f.write_str("not ")?;
                joined(f, std::slice::from_ref(part), "", |part| {
                    matches!(part, Self::And(_) | Self::Or(_))
                })
            }
            Self::Test(test) => write!(f, "{test}"),
        }
    }
}

/// The parts with a word between them, those in parentheses that would be read differently without.
fn joined<E: std::borrow::Borrow<Expression>>(
    f: &mut fmt::Formatter<'_>,
    parts: &[E],
    between: &str,
    looser: impl Fn(&Expression) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().map(std::borrow::Borrow::borrow).enumerate() {
        f.write_str(if at == 0 { "" } else { between })?;
        match looser(part) {
            true => write!(f, "({part})")?,
            false => write!(f, "{part}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("ready"),
            Self::Waiting => f.write_str("waiting"),
            Self::Changed { by, since } => {
                f.write_str("changed")?;
                if let Some(by) = by {
                    write!(f, " by {by}")?;
                }
                since.iter().try_for_each(|since| write!(f, " since {since}"))
            }
            Self::Compare(field, operator, value) => write!(f, "{field} {} {value}", operator.as_str()),
            Self::In(field, negated, values) => {
                let values: Vec<_> = values.iter().map(ToString::to_string).collect();
                let not = if *negated { "not " } else { "" };
                write!(f, "{field} {not}in ({})", values.join(", "))
            }
            Self::Words(field, text) => write!(f, "{field} ~ {}", quoted(text)),
            Self::Is(field, true) => write!(f, "{field} is set"),
            Self::Is(field, false) => write!(f, "{field} is empty"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Me => f.write_str("me"),
            Self::Word(word) => f.write_str(word),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Number(number) => f.write_str(number),
            Self::Moment(moment) => write!(f, "{moment}"),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("now"),
            Self::Today => f.write_str("today"),
            Self::Day(midnight) => f.write_str(midnight.to_string().get(..10).unwrap_or_default()),
            Self::Time(time) => write!(f, "{time}"),
            Self::Relative(Amount { later, count, unit }) => {
                write!(f, "{}{count}{unit}", if *later { '+' } else { '-' })
            }
        }
    }
}
