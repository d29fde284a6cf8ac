//! Where a record lives in the tree: a function of its identity, and of nothing that can change.

use std::fmt;

use jiff::tz::TimeZone;

use super::Kind;
use super::id::{CommitHash, RecordId};

/// The directory of the tree that holds everything of ours.
pub const ROOT: &str = ".tracking";

/// The identity of a record within its kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identity {
    /// Work items, vendors, enhancements and deployments.
    Own(RecordId),
    /// A note, with the record it is on.
    Note {
        /// The record it is on.
        on: RecordId,
        /// Its own identity.
        id: RecordId,
    },
    /// The link from a work item to a commit of the code.
    CommitLink {
        /// The work item.
        work_item: RecordId,
        /// The commit.
        commit: CommitHash,
    },
    /// What a merge could not keep, named by the hash of what collided.
    Conflict {
        /// The record it happened in.
        on: RecordId,
        /// SHA-256 of record, field, base and both sides.
        hash: CommitHash,
    },
}

/// The path of a record file: its kind and identity, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordPath {
    kind: Kind,
    identity: Identity,
}

/// What stands at a path of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A record belongs here.
    Record(RecordPath),
    /// A file named like a record that is not where that record belongs, with the reason.
    Misplaced(&'static str),
    /// Another file in a directory of records: carried through, not read.
    Stray,
    /// Not ours: carried through, never interpreted.
    Other,
}

impl RecordPath {
    /// The path of a record that has an identity of its own; `None` for a kind or an identity that has no such path.
    #[must_use]
    pub fn own(kind: Kind, id: RecordId) -> Option<Self> {
        let fits = match kind {
            Kind::WorkItem | Kind::Vendor | Kind::Enhancement => matches!(id.version(), 4 | 5),
            Kind::Deployment => id.time().is_some(),
            Kind::Note | Kind::CommitLink | Kind::Conflict => false,
        };
        fits.then_some(Self {
            kind,
            identity: Identity::Own(id),
        })
    }

    /// The path of a note; `None` where `id` is not time-ordered.
    #[must_use]
    pub fn note(on: RecordId, id: RecordId) -> Option<Self> {
        id.time()?;
        Some(Self {
            kind: Kind::Note,
            identity: Identity::Note { on, id },
        })
    }

    /// The path of a commit link.
    #[must_use]
    pub fn commit_link(work_item: RecordId, commit: CommitHash) -> Self {
        Self {
            kind: Kind::CommitLink,
            identity: Identity::CommitLink { work_item, commit },
        }
    }

    /// The path of a recorded conflict.
    #[must_use]
    pub fn conflict(on: RecordId, hash: CommitHash) -> Self {
        Self {
            kind: Kind::Conflict,
            identity: Identity::Conflict { on, hash },
        }
    }

    /// The kind of record that lives here.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The identity of the record that lives here.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The identity of a record that has one of its own.
    #[must_use]
    pub fn id(&self) -> Option<RecordId> {
        match self.identity {
            Identity::Own(id) | Identity::Note { id, .. } => Some(id),
            Identity::CommitLink { .. } | Identity::Conflict { .. } => None,
        }
    }

    /// The record that what lives here is about: itself, or what it is on.
    #[must_use]
    pub fn owner(&self) -> RecordId {
        match &self.identity {
            Identity::Own(id) => *id,
            Identity::Note { on, .. } | Identity::Conflict { on, .. } => *on,
            Identity::CommitLink { work_item, .. } => *work_item,
        }
    }

    /// The record whose file has this path; none where no record can live there.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        match Self::locate(path) {
            Place::Record(path) => Some(path),
            Place::Misplaced(_) | Place::Stray | Place::Other => None,
        }
    }

    /// What stands at `path` of a tree.
    #[must_use]
    pub fn locate(path: &str) -> Place {
        let Some((kind, rest)) = split_kind(path) else {
            return Place::Other;
        };
        let Some(name) = rest.strip_suffix(".md") else {
            return Place::Stray;
        };
        match Self::from_name(kind, name) {
            // One identity, one path: any other spelling is somewhere else.
            Some(record) if record.to_string() == path => Place::Record(record),
            Some(_) => Place::Misplaced("the directory does not belong to the identity in the file name"),
            None if looks_like_identity(name) => Place::Misplaced("no such record has the identity in the file name"),
            None => Place::Stray,
        }
    }

    fn from_name(kind: Kind, rest: &str) -> Option<Self> {
        let mut parts = rest.rsplit('/');
        let name = parts.next()?;
        match kind {
            Kind::WorkItem | Kind::Vendor | Kind::Enhancement | Kind::Deployment => Self::own(kind, name.parse().ok()?),
            Kind::Note => Self::note(parts.next()?.parse().ok()?, name.parse().ok()?),
            Kind::CommitLink => Some(Self::commit_link(parts.next()?.parse().ok()?, name.parse().ok()?)),
            Kind::Conflict => {
                let hash: CommitHash = name.parse().ok()?;
                let on = parts.next()?.parse().ok()?;
                (hash.as_str().len() == 64).then(|| Self::conflict(on, hash))
            }
        }
    }
}

/// The kind of records that live in the directory a path is in, whether or not it is one's path.
#[must_use]
pub fn kind_below(path: &str) -> Option<Kind> {
    split_kind(path).map(|(kind, _)| kind)
}

fn split_kind(path: &str) -> Option<(Kind, &str)> {
    let below = path.strip_prefix(ROOT)?.strip_prefix('/')?;
    let (directory, rest) = below.split_once('/')?;
    let kind = Kind::ALL.iter().copied().find(|kind| kind.directory() == directory)?;
    Some((kind, rest))
}

/// Whether somebody who named the file so meant a record: as many hex digits as a UUID or a hash has.
fn looks_like_identity(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let digits = file.chars().filter(char::is_ascii_hexdigit).count();
    digits >= 32 && file.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

impl fmt::Display for RecordPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ROOT}/{}/", self.kind.directory())?;
        match &self.identity {
            Identity::Own(id) => match id.time().filter(|_| self.kind == Kind::Deployment) {
                Some(time) => {
                    let date = time.to_timestamp().to_zoned(TimeZone::UTC);
                    write!(f, "{:04}/{:02}/{id}.md", date.year(), date.month())
                }
                None => write!(f, "{}/{id}.md", id.shard()),
            },
            Identity::Note { on, id } => write!(f, "{}/{on}/{id}.md", on.shard()),
            Identity::CommitLink { work_item, commit } => {
                write!(f, "{}/{work_item}/{}.md", work_item.shard(), commit.as_str())
            }
            Identity::Conflict { on, hash } => {
                write!(f, "{}/{on}/{}.md", on.shard(), hash.as_str())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";

    #[test]
    fn paths_and_identities_determine_each_other() {
        let id: RecordId = ID.parse().expect("an id");
        let deployed = RecordId::timed("2025-10-10T18:00:00Z".parse().expect("a time"), [7; 10]);
        let commit: CommitHash = "a".repeat(40).parse().expect("a commit");
        let hash: CommitHash = "b".repeat(64).parse().expect("a hash");
        let paths = [
            (
                RecordPath::own(Kind::WorkItem, id),
                format!(".tracking/work-items/3f/{ID}.md"),
            ),
            (
                RecordPath::own(Kind::Vendor, id),
                format!(".tracking/vendors/3f/{ID}.md"),
            ),
            (
                RecordPath::own(Kind::Deployment, deployed),
                format!(".tracking/deployments/2025/10/{deployed}.md"),
            ),
            (
                RecordPath::note(id, deployed),
                format!(".tracking/notes/3f/{ID}/{deployed}.md"),
            ),
            (
                Some(RecordPath::commit_link(id, commit.clone())),
                format!(".tracking/commits/3f/{ID}/{}.md", commit.as_str()),
            ),
            (
                Some(RecordPath::conflict(id, hash.clone())),
                format!(".tracking/conflicts/3f/{ID}/{}.md", hash.as_str()),
            ),
        ];
        for (record, path) in paths {
            let record = record.expect("has a path");
            assert_eq!(record.to_string(), path);
            assert_eq!(RecordPath::locate(&path), Place::Record(record));
        }
    }

    #[test]
    fn other_files_are_not_records() {
        for path in [
            ".tracking/format",
            ".tracking/config.toml",
            "README.md",
            ".tracking/templates/a.j2",
            ".tracking/more/3f/a.md",
            ".tracking",
        ] {
            assert_eq!(RecordPath::locate(path), Place::Other, "{path}");
        }
        for path in [
            format!(".tracking/work-items/ab/{ID}.md"),
            format!(".tracking/work-items/3f/deep/{ID}.md"),
            format!(".tracking/work-items/3f/{}.md", ID.to_uppercase()),
            format!(".tracking/deployments/2025/10/{ID}.md"),
            format!(".tracking/notes/3f/{ID}.md"),
        ] {
            assert!(matches!(RecordPath::locate(&path), Place::Misplaced(_)), "{path}");
        }
        for path in [
            ".tracking/work-items/README.md",
            ".tracking/work-items/3f/notes.txt",
            ".tracking/notes/a.MD",
        ] {
            assert_eq!(RecordPath::locate(path), Place::Stray, "{path}");
        }
    }
}
