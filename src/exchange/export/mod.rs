//! A docket for other programs and for readers: records in, text out; and our own JSON back in.
//!
//! Pure like the rest of [`exchange`](super): the same records give the same bytes everywhere. What
//! the records say goes into every format escaped for it, so that no text of theirs is taken for
//! structure.
//!
//! | module | holds |
//! |---|---|
//! | [`json`] | JSON and NDJSON: every record whole; what is derived stands apart |
//! | [`read`] | the same back into record files |
//! | [`csv`] | one kind as a table |
//! | [`markdown`] | one document to read |
//! | [`html`] | one page to look around in, without a network |
//! | [`ics`] | what has a date, for calendars |
//! | `encode` | bytes as base64, controls made visible |

pub mod csv;
mod encode;
pub mod html;
pub mod ics;
pub mod json;
pub mod markdown;
pub mod read;

use std::collections::HashMap;

use serde::Serialize;

use crate::record::body::Progress;
use crate::record::value::Time;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath};

/// What is exported, before any record.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// The identity of the docket, from its settings.
    pub repository: Option<String>,
    /// The commit it was read at.
    pub revision: String,
    /// The time of that commit.
    pub committed_at: Option<Time>,
}

/// A record on its way out.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Where it lives.
    pub path: RecordPath,
    /// The record.
    pub record: Record,
    /// Its `schema` where a newer version wrote it.
    pub newer_schema: Option<String>,
    /// Its file, as it is.
    pub text: String,
    /// What follows from history and from other records; nothing for notes, links and conflicts.
    pub derived: Option<Derived>,
}

/// What no file says.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Derived {
    /// How often the record was changed, counted from 1; null where it cannot be known.
    pub version: Option<u64>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
    /// Who changed it last.
    pub updated_by: Option<String>,
    /// How many unresolved conflicts it has.
    pub conflicts: usize,
    /// What only work items have.
    #[serde(flatten)]
    pub place: Option<Place>,
}

/// Where a work item stands among others, and how far it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Place {
    /// `/<root id>/…/<own id>`.
    pub path: String,
    /// How far below its root it is.
    pub depth: usize,
    /// The work items directly below it, in the order of their ids.
    pub children: Vec<RecordId>,
    /// The task boxes of its body.
    pub progress: Progress,
    /// Commits of the code that belong to it, oldest link first.
    pub commits: Vec<String>,
    /// The latest of them.
    pub commit_hash: Option<String>,
}

/// A file that is not a record anybody can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its path; bytes that are no text are replaced.
    pub file: String,
    /// What is wrong with it.
    pub reasons: Vec<String>,
    /// Its bytes; none where they are too many, or cannot be read themselves.
    pub bytes: Option<Vec<u8>>,
}

/// All that the formats for readers show.
#[derive(Clone, Debug, Default)]
pub struct Docket {
    /// What comes before any record.
    pub head: Head,
    /// The records, by kind and then by path.
    pub records: Vec<Exported>,
    /// What cannot be read.
    pub unread: Vec<Unread>,
}

impl Docket {
    /// The records of a kind, in their order.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Exported> {
        self.records.iter().filter(move |exported| exported.path.kind() == kind)
    }

    /// The records with identities of their own, by these.
    fn by_id(&self) -> HashMap<RecordId, &Exported> {
        let named = self.records.iter().filter(|exported| exported.is_named());
        named
            .filter_map(|exported| Some((exported.path.id()?, exported)))
            .collect()
    }

    /// The notes that count, by what they are on, oldest first.
    fn notes(&self) -> HashMap<RecordId, Vec<&Exported>> {
        let mut notes: HashMap<RecordId, Vec<&Exported>> = HashMap::new();
        for note in self.of(Kind::Note).filter(|note| !note.record.is_gone()) {
            notes.entry(note.path.owner()).or_default().push(note);
        }
        notes
    }
}

impl Exported {
    /// Whether people call it by a name of its own, unlike what is only ever on another record.
    fn is_named(&self) -> bool {
        !matches!(self.path.kind(), Kind::Note | Kind::CommitLink | Kind::Conflict)
    }

    /// When it was written, as far as the record itself says.
    fn created_at(&self) -> Option<Time> {
        match &self.record.fields {
            Fields::WorkItem(r) => r.created_at,
            Fields::Vendor(r) => r.created_at,
            Fields::Enhancement(r) => r.created_at,
            Fields::Deployment(r) => r.created_at.or(Some(r.deployed_at)),
            Fields::Note(r) => r.created_at,
            Fields::CommitLink(r) => Some(r.linked_at),
            Fields::Conflict(_) => None,
        }
    }
}
