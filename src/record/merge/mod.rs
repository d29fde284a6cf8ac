//! The three-way merge of one record: by field, never by line but for texts.
//!
//! Nothing here knows who merges. Two clones that have seen the same commits make the same
//! record and the same conflict files, byte for byte, whichever side is "ours". Nothing is lost:
//! a value of either side is in the merged record or in a conflict that is recorded. The merged
//! record is always valid. No conflict markers anywhere.

mod conflict;
mod difference;
mod edges;
mod fields;
mod rule;
mod task;
mod text;
mod values;

use std::borrow::Cow;

pub use conflict::{Collision, Held, clash, dropped};
pub use difference::{LineCount, count_lines, unified};
pub use edges::{Dropped, Edge, Edges, drop_closing_edges};
pub use rule::{WHOLE, members};
use task::Task;
pub use text::merge_lines;

use super::id::CommitHash;
use super::{Record, RecordPath, parse, print};

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
/// Made for paths that differ on all three sides, and for those that are missing on one, which stay
/// even if the other side did not change them. All others are the caller's to take as they are.
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
