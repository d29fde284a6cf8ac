//! The fields there are: their names, what they hold, and what may be asked of them.

use std::fmt;

use super::print::quoted;

/// A field of a work item, as a query names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which one.
    pub named: Named,
    /// The key of `metadata`, or the relation of `links` where one is named.
    pub key: Option<String>,
}

/// The fields of a work item that may be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table below says what each is")]
pub enum Named {
    Id,
    Alias,
    Type,
    Status,
    Priority,
    Title,
    Text,
    Body,
    Label,
    Assignee,
    ClaimedBy,
    ClaimAt,
    ClaimUntil,
    Parent,
    Ancestor,
    Depth,
    DependsOn,
    Blocks,
    Links,
    External,
    Branch,
    Pr,
    Commit,
    Progress,
    Conflicts,
    Version,
    Created,
    CreatedBy,
    Updated,
    UpdatedBy,
    Deleted,
    Archived,
    OriginSystem,
    OriginId,
    Metadata,
}

/// What a field holds, and with that how it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One of some words.
    Word,
    /// high > medium > low.
    Priority,
    /// A text that is compared as a whole.
    Text,
    /// The name of a person or program; `me` is who asks.
    Actor,
    /// A text with a name of its own that may also be searched for words.
    Title,
    /// Only searched for words.
    Words,
    /// Only there or not.
    There,
    /// A record, by any of its names.
    Record,
    /// A whole number.
    Number,
    /// A time.
    Time,
    /// A commit of the code, by its first digits.
    Commit,
    /// Whatever somebody put there: a text, a number, or a list of them.
    Any,
}

/// A row of the table of fields.
#[derive(Debug)]
pub struct Described {
    /// Which one.
    pub named: Named,
    /// Its name in the contract.
    pub name: &'static str,
    /// Other names, shorter ones first.
    pub also: &'static [&'static str],
    /// What it holds.
    pub shape: Shape,
    /// What it is, in one line.
    pub about: &'static str,
}

const fn row(
    named: Named,
    name: &'static str,
    also: &'static [&'static str],
    shape: Shape,
    about: &'static str,
) -> Described {
    Described {
        named,
        name,
        also,
        shape,
        about,
    }
}

/// All fields, in the order of the documentation.
pub const FIELDS: &[Described] = &[
    row(
        Named::Id,
        "id",
        &[],
        Shape::Record,
        "the item itself, by any of its names",
    ),
    row(
        Named::Alias,
        "aliases",
        &["alias"],
        Shape::Text,
        "its other names, in any letter case",
    ),
    row(
        Named::Type,
        "item_type",
        &["type"],
        Shape::Word,
        "project, session, task or research",
    ),
    row(
        Named::Status,
        "status",
        &[],
        Shape::Word,
        "pending, active, blocked, completed or cancelled",
    ),
    row(
        Named::Priority,
        "priority",
        &[],
        Shape::Priority,
        "high, medium or low; high is the greatest",
    ),
    row(Named::Title, "title", &[], Shape::Title, "the one line that names it"),
    row(
        Named::Text,
        "text",
        &[],
        Shape::Words,
        "title, body, labels and aliases, or one note on it",
    ),
    row(Named::Body, "body", &[], Shape::There, "the Markdown below the fields"),
    row(Named::Label, "labels", &["label"], Shape::Text, "each of its labels"),
    row(Named::Assignee, "assignee", &[], Shape::Actor, "who is to do it"),
    row(
        Named::ClaimedBy,
        "claimed_by",
        &["claim.by"],
        Shape::Actor,
        "who holds it; a claim that has run out counts as none",
    ),
    row(
        Named::ClaimAt,
        "claim.at",
        &["claimed_at"],
        Shape::Time,
        "when it was claimed",
    ),
    row(
        Named::ClaimUntil,
        "claim.until",
        &["claim_until", "claimed_until"],
        Shape::Time,
        "when its claim runs out, or ran out",
    ),
    row(
        Named::Parent,
        "parent_id",
        &["parent"],
        Shape::Record,
        "what it is directly below",
    ),
    row(
        Named::Ancestor,
        "ancestors",
        &["ancestor"],
        Shape::Record,
        "each of what it is below",
    ),
    row(
        Named::Depth,
        "depth",
        &[],
        Shape::Number,
        "how many it is below, 0 to 5",
    ),
    row(
        Named::DependsOn,
        "depends_on",
        &["dependency"],
        Shape::Record,
        "each of what it waits for, finished or not",
    ),
    row(Named::Blocks, "blocks", &[], Shape::Record, "each of what waits for it"),
    row(
        Named::Links,
        "links",
        &["link"],
        Shape::Record,
        "each of what it is linked to; links.duplicates: by that relation",
    ),
    row(
        Named::External,
        "external",
        &[],
        Shape::Text,
        "each of its addresses outside",
    ),
    row(
        Named::Branch,
        "branch_name",
        &["branch"],
        Shape::Text,
        "the branch of the code it is done on",
    ),
    row(
        Named::Pr,
        "pr_number",
        &["pr"],
        Shape::Number,
        "the pull request it is done in",
    ),
    row(
        Named::Commit,
        "commits",
        &["commit", "commit_hash"],
        Shape::Commit,
        "each of the commits of the code linked to it, by its first digits",
    ),
    row(
        Named::Progress,
        "progress",
        &[],
        Shape::Number,
        "how many percent of its task boxes are ticked, rounded down",
    ),
    row(
        Named::Conflicts,
        "conflicts",
        &[],
        Shape::Number,
        "how many conflicts on it are not resolved",
    ),
    row(
        Named::Version,
        "version",
        &[],
        Shape::Number,
        "how often it was changed",
    ),
    row(
        Named::Created,
        "created_at",
        &["created"],
        Shape::Time,
        "when it was created",
    ),
    row(Named::CreatedBy, "created_by", &[], Shape::Actor, "who created it"),
    row(
        Named::Updated,
        "updated_at",
        &["updated"],
        Shape::Time,
        "when it was last changed",
    ),
    row(Named::UpdatedBy, "updated_by", &[], Shape::Actor, "who changed it last"),
    row(
        Named::Deleted,
        "deleted_at",
        &["deleted"],
        Shape::Time,
        "when it was deleted; a query that names it is asked of deleted items too",
    ),
    row(
        Named::Archived,
        "archived_at",
        &["archived"],
        Shape::Time,
        "when it was put away; a query that names it is asked of archived items too",
    ),
    row(
        Named::OriginSystem,
        "origin.system",
        &["origin"],
        Shape::Text,
        "the tracker it was imported from",
    ),
    row(Named::OriginId, "origin.id", &[], Shape::Text, "its name there"),
    row(
        Named::Metadata,
        "metadata.KEY",
        &[],
        Shape::Any,
        "any key of its metadata: a text, a number, or each one of a list",
    ),
];

/// What of `metadata` has a name of its own.
const OF_METADATA: &[&str] = &["blocked_reason"];

/// How a key of the metadata begins.
const METADATA: &str = "metadata.";

impl Named {
    /// Its row of the table.
    #[must_use]
    pub fn described(self) -> &'static Described {
        // The table is in the order of the variants, which a test checks.
        &FIELDS[self as usize]
    }
}

impl Field {
    /// A field without a key.
    #[must_use]
    pub const fn of(named: Named) -> Self {
        Self { named, key: None }
    }

    /// The field a word names, in any letter case but for that of a key.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let beginning = |beginning: &str| {
            let (start, key) = word.split_at_checked(beginning.len())?;
            (start.eq_ignore_ascii_case(beginning) && !key.is_empty()).then(|| key.to_owned())
        };
        if OF_METADATA.iter().any(|key| word.eq_ignore_ascii_case(key)) {
            return Some(Self::metadata(word.to_ascii_lowercase()));
        }
        if let Some(key) = beginning(METADATA) {
            return Some(Self::metadata(key));
        }
        if let Some(relation) = beginning("links.").or_else(|| beginning("link.")) {
            return Some(Self {
                named: Named::Links,
                key: Some(relation),
            });
        }
        let is_called = |row: &&Described| {
            let mut names = std::iter::once(&row.name).chain(row.also);
            row.named != Named::Metadata && names.any(|name| word.eq_ignore_ascii_case(name))
        };
        FIELDS.iter().find(is_called).map(|row| Self::of(row.named))
    }

    /// A key of the metadata.
    #[must_use]
    pub fn metadata(key: String) -> Self {
        Self {
            named: Named::Metadata,
            key: Some(key),
        }
    }

    /// Whether a word is the beginning of a key of the metadata that is to come in quotes.
    pub(super) fn begins_metadata(word: &str) -> bool {
        word.eq_ignore_ascii_case(METADATA)
    }

    /// What it holds.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.named.described().shape
    }

    /// All names of fields, for who looks for the one that was meant.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let names = FIELDS.iter().flat_map(|row| std::iter::once(&row.name).chain(row.also));
        names.chain(OF_METADATA).copied()
    }
}

impl Shape {
    /// What may follow the name of a field of this shape.
    #[must_use]
    pub const fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Word => &["=", "!=", "in"],
            Self::Text | Self::Actor | Self::Record | Self::Commit => &["=", "!=", "in", "is"],
            Self::Title => &["=", "!=", "in", "is", "~"],
            Self::Words => &["~"],
            Self::There => &["is"],
            Self::Priority => &["=", "!=", "<", "<=", ">", ">=", "in"],
            Self::Number | Self::Time | Self::Any => &["=", "!=", "<", "<=", ">", ">=", "in", "is"],
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.named, &self.key) {
            (Named::Metadata, Some(key)) if !super::lex::is_word(key) => write!(f, "{METADATA}{}", quoted(key)),
            (Named::Metadata, Some(key)) => write!(f, "{METADATA}{key}"),
            (Named::Links, Some(relation)) => write!(f, "links.{relation}"),
            (named, _) => f.write_str(named.described().name),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_in_order_and_no_name_is_two() {
        for (at, row) in FIELDS.iter().enumerate() {
            assert_eq!(row.named as usize, at, "{}", row.name);
            assert!(!row.shape.operators().is_empty() && !row.about.is_empty());
        }
        let names: Vec<_> = Field::names().collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names.iter().filter(|name| !name.ends_with("KEY")) {
            let field = Field::named(&name.to_uppercase()).expect("a field");
            assert_eq!(Field::named(&field.to_string()), Some(field), "{name}");
        }
    }
}
