//! The query language: what work items are wanted, in the words of the contract.
//!
//! A text is parsed into a [`Query`], which says what somebody wrote and prints as it; [`Query::resolved`] turns the
//! names in it into identities and the times into moments: a [`Condition`], which an index and the records themselves
//! answer the same way.
//!
//! There are two truths and no third: a comparison with something that is not there does not hold, so its negation
//! does. `!=` is the negation of `=`, and `not in` that of `in`. Of a field that may have several values, such as
//! `label`, a comparison holds where it does for one of them.

mod attribute;
mod condition;
mod error;
mod field;
mod lex;
mod matches;
mod parse;
mod print;
mod resolve;
#[cfg(test)]
mod tests;
mod value;

use std::cmp::Ordering;

use crate::record::RecordId;
use crate::record::work_item::Priority;
pub use attribute::{Attribute, attributes};
pub use condition::{Bound, Condition, Fact, Holds, Needs, NumberField, Place, Relation, Sought, Span, TextField};
pub use error::QueryError;
pub use field::{Described, FIELDS, Field, Named, Shape};
pub use matches::Subject;
pub use resolve::{Names, Resolved};
pub use value::{Amount, Moment, Value};

/// A query, as it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Which items are wanted; all where nothing is said.
    pub condition: Option<Expression>,
    /// In what order, by the first of these in which two differ; that of the list where nothing is said.
    pub order: Vec<Sort>,
}

/// What is to hold of an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// All of these, at least two.
    And(Vec<Self>),
    /// One of these, at least two.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// What is asked of one field.
    Test(Test),
}

/// What is asked of one field.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Who asks could go on with it now.
    Ready,
    /// It is open, and waits for something that is not finished.
    Waiting,
    /// It, or a note, commit link or conflict on it, was changed by this one, then or later; one of both is there.
    Changed {
        /// By whom.
        by: Option<Value>,
        /// Since when.
        since: Option<Moment>,
    },
    /// A comparison with a value.
    Compare(Field, Operator, Value),
    /// It is one of these, or with `true` none of these.
    In(Field, bool, Vec<Value>),
    /// It has these words.
    Words(Field, String),
    /// It is there, or with `false` it is not.
    Is(Field, bool),
}

/// How a field is compared with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Operator {
    /// How it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A part of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// The smallest first (`asc`), or the greatest; where nothing is said, what lists begin with: the highest priority,
    /// the newest time, the first text.
    pub ascending: Option<bool>,
}

/// By what items are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// Low, medium, high.
    Priority,
    /// When it was created.
    Created,
    /// When it was last changed.
    Updated,
    /// By code points.
    Title,
    /// In the order of the contract: pending, active, blocked, completed, cancelled.
    Status,
    /// In the order of the contract: project, session, task, research.
    Type,
    /// By code points.
    Assignee,
    /// When its claim runs out.
    ClaimUntil,
    /// How often it was changed.
    Version,
    /// By identity.
    Id,
}

impl SortKey {
    /// All keys, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::Priority,
        Self::Created,
        Self::Updated,
        Self::Title,
        Self::Status,
        Self::Type,
        Self::Assignee,
        Self::ClaimUntil,
        Self::Version,
        Self::Id,
    ];

    /// The field it is.
    #[must_use]
    pub const fn named(self) -> Named {
        match self {
            Self::Priority => Named::Priority,
            Self::Created => Named::Created,
            Self::Updated => Named::Updated,
            Self::Title => Named::Title,
            Self::Status => Named::Status,
            Self::Type => Named::Type,
            Self::Assignee => Named::Assignee,
            Self::ClaimUntil => Named::ClaimUntil,
            Self::Version => Named::Version,
            Self::Id => Named::Id,
        }
    }

    /// Whether the smallest comes first where nothing is said.
    #[must_use]
    pub const fn begins_small(self) -> bool {
        !matches!(self, Self::Priority | Self::Created | Self::Updated | Self::Version)
    }
}

impl Sort {
    /// Whether the smallest comes first.
    #[must_use]
    pub fn is_ascending(self) -> bool {
        self.ascending.unwrap_or(self.key.begins_small())
    }
}

/// The parts of an order, at most as many as there are keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorting([Option<Sort>; SortKey::ALL.len()]);

impl Sorting {
    /// These parts; of a key that comes twice, the first. None where there are none.
    #[must_use]
    pub fn of(order: &[Sort]) -> Option<Self> {
        let mut parts = [None; SortKey::ALL.len()];
        let mut free = parts.iter_mut();
        for (at, sort) in order.iter().enumerate() {
            if !order[..at].iter().any(|before| before.key == sort.key)
                && let Some(part) = free.next()
            {
                *part = Some(*sort);
            }
        }
        parts[0].map(|_| Self(parts))
    }

    /// The parts, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Sort> + '_ {
        self.0.iter().copied().flatten()
    }
}

/// What two items are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortValue<'v> {
    /// A number, or a time in milliseconds.
    Number(i64),
    /// A priority, the lowest first.
    Urgency(std::cmp::Reverse<Priority>),
    /// A text, by code points.
    Text(&'v str),
    /// An identity.
    Id(RecordId),
}

impl Sorting {
    /// Which of two items comes first, by the values that each has; what has none comes last.
    pub fn compare<'a, 'b>(
        &self,
        a: impl Fn(SortKey) -> Option<SortValue<'a>>,
        b: impl Fn(SortKey) -> Option<SortValue<'b>>,
    ) -> Ordering {
        let compare = |sort: Sort| match (a(sort.key), b(sort.key)) {
            (Some(a), Some(b)) if sort.is_ascending() => a.cmp(&b),
            (Some(a), Some(b)) => b.cmp(&a),
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        self.iter()
            .map(compare)
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl Query {
    /// Whether it names a field anywhere.
    #[must_use]
    pub fn names(&self, named: Named) -> bool {
        self.condition.as_ref().is_some_and(|condition| condition.names(named))
    }
}

impl Expression {
    fn names(&self, named: Named) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.names(named)),
            Self::Not(part) => part.names(named),
            Self::Test(test) => match test {
                Test::Compare(field, ..) | Test::In(field, ..) | Test::Words(field, _) | Test::Is(field, _) => {
                    field.named == named
                }
                Test::Ready | Test::Waiting | Test::Changed { .. } => false,
            },
        }
    }
}
