//! The records: their types, their files and where these live, and the one validator.
//!
//! Pure: no I/O, no clock, no environment.

pub mod body;
pub mod change;
pub mod common;
pub mod config;
pub mod deployment;
mod edit;
pub mod enhancement;
mod field;
mod file;
mod frontmatter;
pub mod graph;
pub mod id;
pub(crate) mod json;
pub mod limits;
pub mod merge;
pub mod names;
pub mod note;
pub mod path;
pub mod schema;
mod secret;
pub mod shown;
pub mod transition;
pub mod value;
pub mod vendor;
mod violation;
pub mod work_item;
pub(crate) mod yaml;

pub use deployment::Deployment;
pub use edit::{EditError, edit};
pub use enhancement::Enhancement;
pub use file::{Parsed, assemble, has_newer_schema, inspect, line_of_field, parse, print, stored};
pub use id::{NotAnId, RecordId};
pub use note::{CommitLink, Conflict, Note};
pub use path::RecordPath;
pub use vendor::Vendor;
pub(crate) use violation::Report;
pub use violation::{Severity, Violation};
pub use work_item::WorkItem;

/// The kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// See [`WorkItem`].
    WorkItem,
    /// See [`Vendor`].
    Vendor,
    /// See [`Enhancement`].
    Enhancement,
    /// See [`Deployment`].
    Deployment,
    /// See [`Note`].
    Note,
    /// See [`CommitLink`].
    CommitLink,
    /// See [`Conflict`].
    Conflict,
}

impl Kind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::WorkItem,
        Self::Vendor,
        Self::Enhancement,
        Self::Deployment,
        Self::Note,
        Self::CommitLink,
        Self::Conflict,
    ];

    /// What stands above several of them.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::WorkItem => "Work items",
            Self::Vendor => "Vendors",
            Self::Enhancement => "Enhancements",
            Self::Deployment => "Deployments",
            Self::Note => "Notes",
            Self::CommitLink => "Commit links",
            Self::Conflict => "Conflicts",
        }
    }

    /// The name of the kind in `schema` and in derived identities.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WorkItem => "work-item",
            Self::Vendor => "vendor",
            Self::Enhancement => "enhancement",
            Self::Deployment => "deployment",
            Self::Note => "note",
            Self::CommitLink => "commit-link",
            Self::Conflict => "conflict",
        }
    }

    /// What people call one of them, with its article.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::WorkItem => "a work item",
            Self::Vendor => "a vendor",
            Self::Enhancement => "an enhancement",
            Self::Deployment => "a deployment",
            Self::Note => "a note",
            Self::CommitLink => "a commit link",
            Self::Conflict => "a conflict",
        }
    }

    /// The directory below `.tracking/` its files live in.
    #[must_use]
    pub const fn directory(self) -> &'static str {
        match self {
            Self::WorkItem => "work-items",
            Self::Vendor => "vendors",
            Self::Enhancement => "enhancements",
            Self::Deployment => "deployments",
            Self::Note => "notes",
            Self::CommitLink => "commits",
            Self::Conflict => "conflicts",
        }
    }

    /// The value of `schema` this version writes.
    #[must_use]
    pub fn schema(self) -> String {
        format!("{}/1", self.as_str())
    }
}

/// A record: the fields of its frontmatter, and the Markdown below.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The frontmatter.
    pub fields: Fields,
    /// The Markdown below it, without the blank line before and the newline after.
    pub body: String,
}

/// The frontmatter of a record, by kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Fields {
    /// A work item.
    WorkItem(Box<WorkItem>),
    /// A vendor.
    Vendor(Box<Vendor>),
    /// An enhancement.
    Enhancement(Box<Enhancement>),
    /// A deployment.
    Deployment(Box<Deployment>),
    /// A note.
    Note(Box<Note>),
    /// A commit link.
    CommitLink(Box<CommitLink>),
    /// A conflict.
    Conflict(Box<Conflict>),
}

impl Record {
    /// A record of these fields and this body.
    #[must_use]
    pub fn new(fields: Fields, body: impl Into<String>) -> Self {
        Self {
            fields,
            body: body.into(),
        }
    }

    /// The task boxes of its body; of an imported work item without any, what its source said: `metadata.progress`, as
    /// in `3/5`.
    #[must_use]
    pub fn progress(&self) -> body::Progress {
        let boxes = body::progress(&self.body);
        let imported = self
            .as_work_item()
            .filter(|item| boxes.total == 0 && item.origin.is_some());
        let said = imported.and_then(|item| item.metadata.0.get("progress")?.as_str()?.split_once('/'));
        let said = said.and_then(|(done, total)| {
            let (done, total) = (done.parse().ok()?, total.parse().ok()?);
            (done <= total).then_some(body::Progress { done, total })
        });
        said.unwrap_or(boxes)
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.fields {
            Fields::WorkItem(_) => Kind::WorkItem,
            Fields::Vendor(_) => Kind::Vendor,
            Fields::Enhancement(_) => Kind::Enhancement,
            Fields::Deployment(_) => Kind::Deployment,
            Fields::Note(_) => Kind::Note,
            Fields::CommitLink(_) => Kind::CommitLink,
            Fields::Conflict(_) => Kind::Conflict,
        }
    }

    /// Its identity, where it has one of its own.
    #[must_use]
    pub fn id(&self) -> Option<RecordId> {
        self.path()?.id()
    }

    /// Where it lives; `None` where its identity is not one its kind may have.
    #[must_use]
    pub fn path(&self) -> Option<RecordPath> {
        match &self.fields {
            Fields::WorkItem(r) => RecordPath::own(Kind::WorkItem, r.id),
            Fields::Vendor(r) => RecordPath::own(Kind::Vendor, r.id),
            Fields::Enhancement(r) => RecordPath::own(Kind::Enhancement, r.id),
            Fields::Deployment(r) => RecordPath::own(Kind::Deployment, r.id),
            Fields::Note(r) => RecordPath::note(r.on, r.id),
            Fields::CommitLink(r) => Some(RecordPath::commit_link(r.work_item, r.commit.clone())),
            // Named by what collided; its fields alone do not say.
            Fields::Conflict(_) => None,
        }
    }

    /// Its fields as JSON, in canonical order, without `schema` and body.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
        file::entries(&self.fields)
            .iter()
            .map(|(key, value)| (key.clone(), value.into()))
            .collect()
    }

    /// The keys of its frontmatter that this version does not know, in their order.
    #[must_use]
    pub fn unknown_keys(&self) -> Vec<String> {
        let known = file::canonical_keys(self.kind());
        let all = self.to_json().into_iter().map(|(key, _)| key);
        all.filter(|key| !known.iter().any(|(known, _)| known == key)).collect()
    }

    /// What a person calls it.
    #[must_use]
    pub fn heading(&self) -> String {
        match &self.fields {
            Fields::WorkItem(r) => r.title.to_string(),
            Fields::Vendor(r) => r.name.to_string(),
            Fields::Enhancement(r) => r.title.to_string(),
            Fields::Deployment(r) => match &r.pr_title {
                Some(title) => title.to_string(),
                None => format!("deployment of {}", r.deployed_at),
            },
            Fields::Note(r) => format!("note on {}", r.on.short()),
            Fields::CommitLink(r) => format!("commit {}", r.commit.as_str()),
            Fields::Conflict(r) => format!("conflict of {}", r.field),
        }
    }

    /// Its other names.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        let aliases = match &self.fields {
            Fields::WorkItem(r) => Some(&r.aliases),
            Fields::Vendor(r) => Some(&r.aliases),
            Fields::Enhancement(r) => Some(&r.aliases),
            Fields::Deployment(r) => Some(&r.aliases),
            Fields::Note(_) | Fields::CommitLink(_) | Fields::Conflict(_) => None,
        };
        aliases
            .into_iter()
            .flat_map(|aliases| aliases.iter().map(common::Alias::as_str))
    }

    /// Whether it counts no more: deleted, retracted or resolved.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        match &self.fields {
            Fields::WorkItem(r) => r.deleted_at.is_some(),
            Fields::Vendor(r) => r.deleted_at.is_some(),
            Fields::Enhancement(r) => r.deleted_at.is_some(),
            Fields::Deployment(r) => r.retracted.is_some(),
            Fields::Note(r) => r.retracted.is_some(),
            Fields::CommitLink(r) => r.retracted.is_some(),
            Fields::Conflict(r) => r.resolved_at.is_some(),
        }
    }

    /// Whether this is another name of it, in any letter case, or its name where it is a vendor that is not deleted.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let by_name = match &self.fields {
            Fields::Vendor(r) if r.deleted_at.is_none() => {
                vendor::normalised_name(r.name.as_str()) == vendor::normalised_name(name)
            }
            _ => false,
        };
        let name = value::folded(name);
        by_name || self.aliases().any(|alias| value::folded(alias) == name)
    }

    /// The work item, if it is one.
    #[must_use]
    pub fn as_work_item(&self) -> Option<&WorkItem> {
        match &self.fields {
            Fields::WorkItem(item) => Some(item),
            _ => None,
        }
    }
}
