//! A query with its names and times resolved, in the few terms that an index and the records answer alike.

use crate::filter::Ready;
use crate::filter::words::Terms;
use crate::record::RecordId;
use crate::record::value::Time;

/// What is to hold of an item. It holds or it does not: there is no third.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of these; true where there are none.
    All(Vec<Self>),
    /// One of these; false where there are none.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A fact about the item.
    Fact(Fact),
}

/// A fact about an item. Where what it is about is not there, it is false.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A text is one of these.
    Text(TextField, Vec<String>),
    /// It has one of these labels.
    Label(Vec<String>),
    /// It has one of these aliases, folded.
    Alias(Vec<String>),
    /// It is, or is related so, to one of these.
    Record(Relation, Vec<RecordId>),
    /// A number lies within.
    Number(NumberField, Span),
    /// A commit linked to it, and not rewritten since, begins with one of these digits.
    Commit(Vec<String>),
    /// A text or number that it carries along, by its name, see [`Attribute`](super::Attribute).
    Attribute(String, Sought),
    /// These words stand there.
    Words(Place, Terms),
    /// Something is there.
    There(Holds),
    /// Somebody could go on with it.
    Ready(Ready),
    /// It is open, and waits for something that is not finished.
    Waiting,
    /// It, or a note, link or conflict on it, was changed by this one at this time or later.
    Changed {
        /// By whom; anybody where nothing is said.
        by: Option<String>,
        /// Since when.
        since: Option<Time>,
    },
}

/// Where words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the title.
    Title,
    /// In title, body, labels and aliases, or in one note.
    Anywhere,
}

/// A text that an item has once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextField {
    /// Its type.
    Type,
    /// Its status.
    Status,
    /// Its title.
    Title,
    /// Who is to do it.
    Assignee,
    /// Who holds it at that time.
    Holder(Time),
    /// Who changed it last.
    UpdatedBy,
    /// The branch of the code.
    Branch,
}

/// How records are related to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They are it.
    Itself,
    /// It is directly below them.
    Parent,
    /// It is below them, at whatever distance.
    Ancestor,
    /// It waits for them.
    DependsOn,
    /// They wait for it.
    Blocks,
}

/// A number that an item has once. Times are in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberField {
    /// 0 high, 1 medium, 2 low.
    Priority,
    /// When it was created.
    Created,
    /// When it was last changed.
    Updated,
    /// When its claim runs out.
    ClaimUntil,
    /// How often it was changed.
    Version,
    /// How many it is below.
    Depth,
    /// How many percent of its task boxes are ticked.
    Progress,
    /// How many conflicts on it are not resolved.
    Conflicts,
}

/// Whole numbers: from the first, up to and without the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The smallest.
    pub from: Option<i64>,
    /// The first that is too great.
    pub to: Option<i64>,
}

/// What is sought among the values of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Sought {
    /// Any value.
    Anything,
    /// One of these texts.
    Texts(Vec<String>),
    /// A text on this side of that one, by code points.
    Text(Bound, String),
    /// This number.
    Equal(f64),
    /// A number on this side of that one.
    Number(Bound, f64),
}

/// On which side of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// What an item may have or lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A text.
    Text(TextField),
    /// A number.
    Number(NumberField),
    /// A body.
    Body,
    /// Labels.
    Label,
    /// Aliases.
    Alias,
    /// Related records.
    Record(Relation),
    /// Commits.
    Commit,
}

/// What beside an item has to be known to tell whether a condition holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Parents and dependencies.
    pub graph: bool,
    /// The notes on it.
    pub notes: bool,
    /// The commits linked to it.
    pub commits: bool,
    /// The conflicts on it.
    pub conflicts: bool,
}

impl Condition {
    /// All facts in it.
    pub fn facts(&self) -> Vec<&Fact> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::facts).collect(),
            Self::Not(part) => part.facts(),
            Self::Fact(fact) => vec![fact],
        }
    }

    /// What beside an item has to be known.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        for fact in self.facts() {
            match fact {
                Fact::Ready(_)
                | Fact::Waiting
                | Fact::Record(Relation::Ancestor | Relation::Blocks, _)
                | Fact::There(Holds::Record(Relation::Blocks) | Holds::Number(NumberField::Depth))
                | Fact::Number(NumberField::Depth, _) => needs.graph = true,
                Fact::Words(Place::Anywhere, _) => needs.notes = true,
                Fact::Commit(_) | Fact::There(Holds::Commit) => needs.commits = true,
                Fact::Number(NumberField::Conflicts, _) => needs.conflicts = true,
                _ => {}
            }
        }
        needs
    }
}

impl Span {
    /// Whether a number lies within.
    #[must_use]
    pub fn contains(self, number: i64) -> bool {
        self.from.is_none_or(|from| number >= from) && self.to.is_none_or(|to| number < to)
    }
}

impl Bound {
    /// How it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether a value is on this side of another.
    pub fn holds<V: PartialOrd + ?Sized>(self, value: &V, other: &V) -> bool {
        match self {
            Self::Less => value < other,
            Self::AtMost => value <= other,
            Self::Greater => value > other,
            Self::AtLeast => value >= other,
        }
    }
}
