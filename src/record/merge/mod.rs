//! The three-way merge of one record: by field, never by line but for texts.
//!
//! Nothing here knows who merges. Two clones that have seen the same commits make the same
//! record and the same conflict files, byte for byte, whichever side is "ours". Nothing is lost:
//! a value of either side is in the merged record or in a conflict that is recorded. The merged
//! record is always valid. No conflict markers anywhere.

mod conflict;
mod edges;
mod fields;
mod rule;
mod text;

use std::borrow::Cow;

pub use conflict::{Collision, Held, clash, dropped};
pub use edges::{Dropped, Edge, Edges, drop_closing_edges};
use fields::{Collided, Merging, View};
pub use rule::{WHOLE, members};
pub use text::merge_lines;

use super::id::CommitHash;
use super::{Kind, Record, RecordId, RecordPath, file, parse, print};

/// When a side last changed a field: committer time, then id, of the last commit that is no merge.
///
/// The larger one wins. Clocks lie, but they lie alike to both clones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Committer time, in seconds since 1970.
    pub time: i64,
    /// The commit.
    pub commit: CommitHash,
}

/// What stands at the path in one of the three trees.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// No file.
    Missing,
    /// A record this version may write.
    Valid {
        /// The record.
        record: &'a Record,
        /// The file, by its blob id.
        blob: &'a CommitHash,
    },
    /// A record of a newer schema: good as it is, but read-only, so never merged by field.
    Newer {
        /// The file, by its blob id.
        blob: &'a CommitHash,
    },
    /// A file that is not a valid record.
    Invalid {
        /// The file, by its blob id.
        blob: &'a CommitHash,
    },
}

/// One of the two sides of a merge.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// What it has at the path.
    pub content: Content<'a>,
    /// Who last changed a field, or any of the [`members`] of a group, on this side, after the base.
    ///
    /// Asked only for what this side changed: `body`, [`WHOLE`] for the file as a whole, or a field
    /// named as in [`Change`](super::change::Change), but of any depth.
    pub stamp: &'a dyn Fn(&str) -> Stamp,
}

/// Which of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first one.
    Ours,
    /// The second one.
    Theirs,
}

impl Which {
    fn other(self) -> Self {
        match self {
            Self::Ours => Self::Theirs,
            Self::Theirs => Self::Ours,
        }
    }
}

/// What is to stand at the path.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// This record; [`Merged::file`] writes it with as much of the people's own spelling as can be kept.
    Record(Box<Record>),
    /// The file of ours as it is; none where ours has none.
    OursBytes,
    /// The file of theirs as it is.
    TheirsBytes,
}

/// The result of a merge.
#[derive(Clone, Debug)]
pub struct Merged {
    /// What is to stand at the path.
    pub outcome: Outcome,
    /// What could not be kept, to be written where the tree has no such file yet.
    pub conflicts: Vec<(RecordPath, Record)>,
}

/// Merges the record at `path`.
///
/// Made for paths that differ on all three sides; for others it gives what taking the changed
/// side gives, but that a file which is missing on one side stays and its removal is recorded.
#[must_use]
pub fn merge(path: &RecordPath, base: Content<'_>, ours: &Side<'_>, theirs: &Side<'_>) -> Merged {
    let task = Task {
        path,
        base,
        ours,
        theirs,
    };
    let rank = |content: Content<'_>| match content {
        Content::Missing => 0,
        Content::Invalid { .. } => 1,
        Content::Valid { .. } | Content::Newer { .. } => 2,
    };
    let removed = matches!(base, Content::Missing);
    match (ours.content, theirs.content) {
        (Content::Missing, Content::Missing) => Task::bytes(Which::Ours),
        (_, Content::Missing) if removed => Task::bytes(Which::Ours),
        (Content::Missing, _) if removed => Task::bytes(Which::Theirs),
        (Content::Valid { record: ours, .. }, Content::Valid { record: theirs, .. }) => task.by_field(ours, theirs),
        (ours, theirs) if Held::whole(ours) == Held::whole(theirs) => Task::bytes(Which::Ours),
        (ours, theirs) if rank(ours) > rank(theirs) => task.whole(Which::Ours),
        (ours, theirs) if rank(ours) < rank(theirs) => task.whole(Which::Theirs),
        _ => task.whole(task.winner()),
    }
}

struct Task<'a> {
    path: &'a RecordPath,
    base: Content<'a>,
    ours: &'a Side<'a>,
    theirs: &'a Side<'a>,
}

impl<'a> Task<'a> {
    fn bytes(which: Which) -> Merged {
        let outcome = match which {
            Which::Ours => Outcome::OursBytes,
            Which::Theirs => Outcome::TheirsBytes,
        };
        Merged {
            outcome,
            conflicts: Vec::new(),
        }
    }

    fn side(&self, which: Which) -> &'a Side<'a> {
        match which {
            Which::Ours => self.ours,
            Which::Theirs => self.theirs,
        }
    }

    /// The side that changed the file last.
    fn winner(&self) -> Which {
        let key = |side: &Side<'_>| ((side.stamp)(WHOLE), Held::whole(side.content).order());
        if key(self.ours) >= key(self.theirs) {
            Which::Ours
        } else {
            Which::Theirs
        }
    }

    /// One side as it is; the other is recorded.
    fn whole(&self, kept: Which) -> Merged {
        Merged {
            conflicts: vec![self.other_recorded(kept)],
            ..Self::bytes(kept)
        }
    }

    fn other_recorded(&self, kept: Which) -> (RecordPath, Record) {
        let held = |side: &Side<'_>| (Held::whole(side.content), (side.stamp)(WHOLE));
        let collision = Collision {
            on: on(self.path),
            field: WHOLE.to_owned(),
            base: Held::whole(self.base),
            kept: held(self.side(kept)),
            other: held(self.side(kept.other())),
        };
        collision.record()
    }

    fn by_field(&self, ours: &'a Record, theirs: &'a Record) -> Merged {
        let kind = self.path.kind();
        let base = match self.base {
            Content::Valid { record, .. } => View::of(record),
            // One that cannot be read counts as empty.
            _ => View::default(),
        };
        let (ours, theirs) = (View::of(ours), View::of(theirs));
        let mut merging = Merging::new(kind, &base, &ours, &theirs, [self.ours.stamp, self.theirs.stamp]);
        if kind == Kind::Deployment && corrupt(&base, &ours, &theirs) {
            return self.immutable(merging);
        }
        let (fields, body) = merging.all();
        match file::assemble(kind, &fields, &body, Some(self.path)) {
            Ok(record) => Merged {
                outcome: Outcome::Record(Box::new(record)),
                conflicts: self.records(merging.collisions),
            },
            // Each field is right, but together they are not: a side that was valid stands as a whole.
            Err(_) => self.whole(self.winner()),
        }
    }

    /// A deployment of which the sides tell different things: one stands, but for its retraction.
    fn immutable(&self, mut merging: Merging<'_>) -> Merged {
        let kept = self.winner();
        let retracted = merging.field(RETRACTED);
        let view = merging.view(kept);
        let mut fields = view.fields.clone();
        let same = fields.get(RETRACTED) == retracted.as_ref();
        fields.remove(RETRACTED);
        fields.extend(retracted.map(|value| (RETRACTED.to_owned(), value)));
        let record = file::assemble(Kind::Deployment, &fields, view.body, Some(self.path));
        match record.ok().filter(|_| !same) {
            None => self.whole(kept),
            Some(record) => {
                let mut conflicts = self.records(std::mem::take(&mut merging.collisions));
                conflicts.push(self.other_recorded(kept));
                Merged {
                    outcome: Outcome::Record(Box::new(record)),
                    conflicts,
                }
            }
        }
    }

    fn records(&self, collisions: Vec<Collided>) -> Vec<(RecordPath, Record)> {
        let blob = |content: Content<'_>| match content {
            Content::Missing => None,
            Content::Valid { blob, .. } | Content::Newer { blob } | Content::Invalid { blob } => Some(blob.clone()),
        };
        let held = |value, content| match value {
            None => Held::Absent,
            Some(value) => Held::Value(value, blob(content)),
        };
        let record = |collided: Collided| {
            let collision = Collision {
                on: on(self.path),
                field: collided.field,
                base: held(collided.base, self.base),
                kept: (held(collided.kept.0, self.side(collided.side).content), collided.kept.1),
                other: (
                    held(collided.other.0, self.side(collided.side.other()).content),
                    collided.other.1,
                ),
            };
            collision.record()
        };
        let mut records: Vec<_> = collisions.into_iter().map(record).collect();
        records.sort_by(|(one, _), (two, _)| one.cmp(two));
        records
    }
}

/// The one field of a deployment that may change.
const RETRACTED: &str = "retracted";

/// Whether the sides differ in what never changes, and not only because one of them has changed at all.
fn corrupt(base: &View<'_>, ours: &View<'_>, theirs: &View<'_>) -> bool {
    let facts = |view: &View<'_>| {
        let mut fields = view.fields.clone();
        fields.remove(RETRACTED);
        (fields, view.body.to_owned())
    };
    facts(ours) != facts(theirs) && ours != base && theirs != base
}

/// What a conflict of the record at this path is on.
fn on(path: &RecordPath) -> RecordId {
    path.id().unwrap_or_else(|| RecordId::of_path(&path.to_string()))
}

impl Merged {
    /// The file to write, from those it was merged from; none where there is to be none.
    ///
    /// Comments, key order and line ends of both sides are kept where merging the files by line
    /// gives exactly the merged record; else those of a side that says just that; else the record
    /// is printed anew. The same bytes whichever side is ours.
    #[must_use]
    pub fn file<'a>(
        &self,
        path: &RecordPath,
        base: Option<&'a [u8]>,
        ours: Option<&'a [u8]>,
        theirs: Option<&'a [u8]>,
    ) -> Option<Cow<'a, [u8]>> {
        let record = match &self.outcome {
            Outcome::OursBytes => return ours.map(Cow::Borrowed),
            Outcome::TheirsBytes => return theirs.map(Cow::Borrowed),
            Outcome::Record(record) => record,
        };
        let says_it = |bytes: &[u8]| {
            parse(bytes, Some(path)).is_ok_and(|parsed| parsed.newer_schema.is_none() && parsed.record == **record)
        };
        let text = |bytes: Option<&'a [u8]>| std::str::from_utf8(bytes.unwrap_or_default()).ok();
        if let (Some(base), Some(ours), Some(theirs)) = (text(base), text(ours), text(theirs))
            && let Some(lines) = merge_lines(base, ours, theirs)
            && says_it(lines.as_bytes())
        {
            return Some(Cow::Owned(lines.into_bytes()));
        }
        let sides = [ours, theirs].into_iter().flatten().filter(|bytes| says_it(bytes));
        let side = sides.max().map(Cow::Borrowed);
        Some(side.unwrap_or_else(|| Cow::Owned(print(record).into_bytes())))
    }
}
