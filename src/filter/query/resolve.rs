//! What is meant by what was written: names become identities, times become moments.

use super::{
    Bound, Condition, Expression, Fact, Field, Holds, Moment, Named, NumberField, Operator, Place, Query, Relation,
    Sorting, Sought, Span, Test, TextField, Value,
};
use crate::filter::Ready;
use crate::filter::words::Terms;
use crate::record::RecordId;
use crate::record::value::{Time, folded};
use crate::record::work_item::Priority;

/// What the names in a query stand for.
pub trait Names {
    /// Why one does not stand for anything.
    type Error;

    /// The record that is called so.
    ///
    /// # Errors
    ///
    /// Where there is none, or several.
    fn record(&mut self, name: &str) -> Result<RecordId, Self::Error>;

    /// Who asks.
    ///
    /// # Errors
    ///
    /// Where nobody knows.
    fn me(&mut self) -> Result<String, Self::Error>;

    /// What time it is.
    fn now(&self) -> Time;
}

/// A query that can be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// Which items are wanted; all where nothing is said.
    pub condition: Option<Condition>,
    /// In what order, where one is said.
    pub order: Option<Sorting>,
    /// Whether it asks about deleted items.
    pub deleted: bool,
    /// Whether it asks about archived items.
    pub archived: bool,
}

impl Query {
    /// The same with what its names stand for.
    ///
    /// # Errors
    ///
    /// Those of the names.
    pub fn resolved<N: Names>(&self, names: &mut N) -> Result<Resolved, N::Error> {
        let condition = self.condition.as_ref().map(|condition| resolved(condition, names));
        Ok(Resolved {
            condition: condition.transpose()?,
            order: Sorting::of(&self.order),
            deleted: self.names(Named::Deleted),
            archived: self.names(Named::Archived),
        })
    }
}

fn resolved<N: Names>(expression: &Expression, names: &mut N) -> Result<Condition, N::Error> {
    let mut all = |parts: &[Expression]| {
        parts
            .iter()
            .map(|part| resolved(part, names))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(match expression {
        Expression::And(parts) => Condition::All(all(parts)?),
        Expression::Or(parts) => Condition::Any(all(parts)?),
        Expression::Not(part) => not(resolved(part, names)?),
        Expression::Test(test) => asked(test, names)?,
    })
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn fact(fact: Fact) -> Condition {
    Condition::Fact(fact)
}

fn asked<N: Names>(test: &Test, names: &mut N) -> Result<Condition, N::Error> {
    Ok(match test {
        Test::Ready => fact(Fact::Ready(Ready {
            actor: Some(names.me()?),
            now: names.now(),
        })),
        Test::Waiting => fact(Fact::Waiting),
        Test::Changed { by, since } => {
            let by = by.as_ref().map(|by| text(by, names)).transpose()?;
            let since = since.map(|since| since.span(names.now()).0);
            fact(Fact::Changed {
                by,
                // A commit without a readable date was made in 1970, and none before.
                since: since.and_then(|at| Time::from_milliseconds(at.max(0))),
            })
        }
        Test::Compare(field, operator, value) => match operator {
            Operator::Equal => one_of(field, std::slice::from_ref(value), names)?,
            Operator::NotEqual => not(one_of(field, std::slice::from_ref(value), names)?),
            Operator::Less => bounded(field, Bound::Less, value, names)?,
            Operator::AtMost => bounded(field, Bound::AtMost, value, names)?,
            Operator::Greater => bounded(field, Bound::Greater, value, names)?,
            Operator::AtLeast => bounded(field, Bound::AtLeast, value, names)?,
        },
        Test::In(field, false, values) => one_of(field, values, names)?,
        Test::In(field, true, values) => not(one_of(field, values, names)?),
        Test::Words(field, text) => {
            let place = match field.named {
                Named::Title => Place::Title,
                _ => Place::Anywhere,
            };
            fact(Fact::Words(place, Terms::of(text)))
        }
        Test::Is(field, true) => there(field, names.now()),
        Test::Is(field, false) => not(there(field, names.now())),
    })
}

/// A text that a value stands for.
fn text<N: Names>(value: &Value, names: &mut N) -> Result<String, N::Error> {
    Ok(match value {
        Value::Me => names.me()?,
        Value::Word(word) => (*word).to_owned(),
        Value::Text(text) | Value::Number(text) => text.clone(),
        Value::Moment(moment) => moment.day(names.now()).unwrap_or_else(|| moment.to_string()),
        Value::None => String::new(),
    })
}

/// How a field is answered.
enum Answered {
    Text(TextField),
    Label,
    Alias,
    Record(Relation),
    Number(NumberField),
    Commit,
    /// A text, a record or a time among the attributes.
    Attribute,
    Body,
}

fn answered(named: Named, now: Time) -> Answered {
    use Answered as A;
    match named {
        Named::Id => A::Record(Relation::Itself),
        Named::Alias => A::Alias,
        Named::Type => A::Text(TextField::Type),
        Named::Status => A::Text(TextField::Status),
        Named::Title => A::Text(TextField::Title),
        Named::Priority => A::Number(NumberField::Priority),
        Named::Text | Named::Body => A::Body,
        Named::Label => A::Label,
        Named::Assignee => A::Text(TextField::Assignee),
        Named::ClaimedBy => A::Text(TextField::Holder(now)),
        Named::ClaimUntil => A::Number(NumberField::ClaimUntil),
        Named::Parent => A::Record(Relation::Parent),
        Named::Ancestor => A::Record(Relation::Ancestor),
        Named::Depth => A::Number(NumberField::Depth),
        Named::DependsOn => A::Record(Relation::DependsOn),
        Named::Blocks => A::Record(Relation::Blocks),
        Named::Branch => A::Text(TextField::Branch),
        Named::Commit => A::Commit,
        Named::Progress => A::Number(NumberField::Progress),
        Named::Conflicts => A::Number(NumberField::Conflicts),
        Named::Version => A::Number(NumberField::Version),
        Named::Created => A::Number(NumberField::Created),
        Named::Updated => A::Number(NumberField::Updated),
        Named::UpdatedBy => A::Text(TextField::UpdatedBy),
        Named::Links
        | Named::External
        | Named::Pr
        | Named::ClaimAt
        | Named::CreatedBy
        | Named::Deleted
        | Named::Archived
        | Named::OriginSystem
        | Named::OriginId
        | Named::Metadata => A::Attribute,
    }
}

fn there(field: &Field, now: Time) -> Condition {
    fact(match answered(field.named, now) {
        Answered::Text(text) => Fact::There(Holds::Text(text)),
        Answered::Label => Fact::There(Holds::Label),
        Answered::Alias => Fact::There(Holds::Alias),
        Answered::Record(relation) => Fact::There(Holds::Record(relation)),
        Answered::Number(number) => Fact::There(Holds::Number(number)),
        Answered::Commit => Fact::There(Holds::Commit),
        Answered::Attribute => Fact::Attribute(attribute_name(field), Sought::Anything),
        Answered::Body => Fact::There(Holds::Body),
    })
}

fn attribute_name(field: &Field) -> String {
    match (field.named, &field.key) {
        (Named::Metadata, Some(key)) => format!("metadata.{key}"),
        (Named::Links, Some(relation)) => format!("links.{relation}"),
        (named, _) => named.described().name.to_owned(),
    }
}

/// That a field is one of some values.
fn one_of<N: Names>(field: &Field, values: &[Value], names: &mut N) -> Result<Condition, N::Error> {
    let now = names.now();
    let mut any = Vec::new();
    if values.contains(&Value::None) {
        any.push(not(there(field, now)));
    }
    let values: Vec<_> = values.iter().filter(|value| **value != Value::None).collect();
    if values.is_empty() {
        return Ok(one_or_any(any));
    }
    let how = answered(field.named, now);
    let is_record = matches!(how, Answered::Record(_)) || field.named == Named::Links;
    let mut texts = || {
        values
            .iter()
            .map(|value| text(value, names))
            .collect::<Result<Vec<_>, _>>()
    };
    match how {
        Answered::Record(relation) => {
            let ids = texts()?
                .iter()
                .map(|name| names.record(name))
                .collect::<Result<_, _>>()?;
            any.push(fact(Fact::Record(relation, ids)));
        }
        Answered::Text(text) => any.push(fact(Fact::Text(text, texts()?))),
        Answered::Label => any.push(fact(Fact::Label(texts()?))),
        Answered::Alias => any.push(fact(Fact::Alias(texts()?.iter().map(|text| folded(text)).collect()))),
        Answered::Commit => any.push(fact(Fact::Commit(texts()?))),
        Answered::Number(number) => {
            let spans = values.iter().filter_map(|value| span(Operator::Equal, value, now));
            any.extend(spans.map(|span| fact(Fact::Number(number, span))));
        }
        Answered::Attribute if is_record => {
            let ids = texts()?
                .iter()
                .map(|name| names.record(name))
                .collect::<Result<Vec<_>, _>>()?;
            let ids = ids.iter().map(ToString::to_string).collect();
            any.push(fact(Fact::Attribute(attribute_name(field), Sought::Texts(ids))));
        }
        Answered::Attribute => {
            let name = attribute_name(field);
            if field.named == Named::Metadata || !matches!(values[0], Value::Number(_) | Value::Moment(_)) {
                any.push(fact(Fact::Attribute(name.clone(), Sought::Texts(texts()?))));
            }
            let of_metadata = field.named == Named::Metadata;
            for value in values {
                any.extend(equal(value, of_metadata, now).into_iter().map(|parts| {
                    let parts = parts
                        .into_iter()
                        .map(|sought| fact(Fact::Attribute(name.clone(), sought)));
                    one_or_all(parts.collect())
                }));
            }
        }
        // Nothing is compared with these.
        Answered::Body => {}
    }
    Ok(one_or_any(any))
}

fn one_or_any(mut parts: Vec<Condition>) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => Condition::Any(parts),
    }
}

fn one_or_all(mut parts: Vec<Condition>) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => Condition::All(parts),
    }
}

/// What a number or a time among the attributes is to be so that it is equal to a value.
fn equal(value: &Value, of_metadata: bool, now: Time) -> Option<Vec<Sought>> {
    match value {
        Value::Number(number) => Some(vec![Sought::Equal(number.parse().ok()?)]),
        // An item has a time of a name once, so both hold of the same.
        Value::Moment(moment) if !of_metadata => {
            let (from, to) = moment.span(now);
            Some(vec![
                Sought::Number(Bound::AtLeast, from as f64),
                Sought::Number(Bound::Less, to as f64),
            ])
        }
        _ => None,
    }
}

/// That a field is on one side of a value.
fn bounded<N: Names>(field: &Field, bound: Bound, value: &Value, names: &mut N) -> Result<Condition, N::Error> {
    let now = names.now();
    let operator = match bound {
        Bound::Less => Operator::Less,
        Bound::AtMost => Operator::AtMost,
        Bound::Greater => Operator::Greater,
        Bound::AtLeast => Operator::AtLeast,
    };
    Ok(match answered(field.named, now) {
        Answered::Number(number) => match span(operator, value, now) {
            Some(span) => fact(Fact::Number(number, span)),
            None => Condition::Any(Vec::new()),
        },
        _ => {
            let sought = match value {
                Value::Number(number) => number.parse().ok().map(|number| Sought::Number(bound, number)),
                Value::Moment(moment) if field.named != Named::Metadata => Some(side_of(bound, *moment, now)),
                value => Some(Sought::Text(bound, text(value, names)?)),
            };
            match sought {
                Some(sought) => fact(Fact::Attribute(attribute_name(field), sought)),
                None => Condition::Any(Vec::new()),
            }
        }
    })
}

/// A time on one side of another: after a day is after all of it.
fn side_of(bound: Bound, moment: Moment, now: Time) -> Sought {
    let (from, to) = moment.span(now);
    match bound {
        Bound::Less => Sought::Number(Bound::Less, from as f64),
        Bound::AtMost => Sought::Number(Bound::Less, to as f64),
        Bound::Greater => Sought::Number(Bound::AtLeast, to as f64),
        Bound::AtLeast => Sought::Number(Bound::AtLeast, from as f64),
    }
}

/// The whole numbers for which a comparison with a value holds.
fn span(operator: Operator, value: &Value, now: Time) -> Option<Span> {
    let (from, to) = match value {
        Value::Moment(moment) => moment.span(now),
        Value::Number(number) => whole(number)?,
        // The highest is the greatest, and the first in the order of urgency: its side is the other one.
        Value::Word(word) => {
            let rank = Priority::ALL.iter().position(|priority| priority.as_str() == *word)?;
            let rank = i64::try_from(rank).ok()?;
            return Some(match operator {
                Operator::Equal | Operator::NotEqual => within(Some(rank), Some(rank + 1)),
                Operator::Less => within(Some(rank + 1), None),
                Operator::AtMost => within(Some(rank), None),
                Operator::Greater => within(None, Some(rank)),
                Operator::AtLeast => within(None, Some(rank + 1)),
            });
        }
        _ => return None,
    };
    Some(match operator {
        Operator::Equal | Operator::NotEqual => within(Some(from), Some(to)),
        Operator::Less => within(None, Some(from)),
        Operator::AtMost => within(None, Some(to)),
        Operator::Greater => within(Some(to), None),
        Operator::AtLeast => within(Some(from), None),
    })
}

fn within(from: Option<i64>, to: Option<i64>) -> Span {
    Span { from, to }
}

/// The first whole number that is not less than a number, and the first that is greater.
fn whole(number: &str) -> Option<(i64, i64)> {
    let number: f64 = number.parse().ok()?;
    // What is too great for a whole number becomes the greatest.
    let (ceiling, floor) = (number.ceil() as i64, number.floor() as i64);
    Some((ceiling, floor.saturating_add(1)))
}
