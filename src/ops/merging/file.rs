//! One file of three trees, whatever it is: a record, the configuration, or something else.

use super::side::{Stamps, hash};
use crate::ops::{Context, Error};
use crate::record::config::merge_settings;
use crate::record::id::CommitHash;
use crate::record::merge::{
    Collision, Content, Held, Outcome as Merged, Side as RecordSide, Stamp, WHOLE, Which, merge, merge_lines,
};
use crate::record::path::Place;
use crate::record::{Record, RecordId, RecordPath, limits, parse};
use crate::store::{CONFIG_PATH, FORMAT_PATH, File, Mode, Snapshot};

/// What stands at a path of one tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Version {
    pub(super) mode: Mode,
    pub(super) blob: CommitHash,
    /// The content of a regular file that is not too large to be looked at.
    pub(super) bytes: Option<Vec<u8>>,
}

/// What is to stand there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// What ours has, or nothing.
    Ours,
    /// What theirs has, or nothing.
    Theirs,
    /// A file that neither has.
    Bytes { bytes: Vec<u8>, executable: bool },
}

/// The merge of one file.
pub(super) struct MergedFile {
    pub(super) outcome: Outcome,
    /// What could not be kept.
    pub(super) conflicts: Vec<(RecordPath, Record)>,
}

impl MergedFile {
    fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            conflicts: Vec::new(),
        }
    }
}

impl Version {
    pub(super) fn read(snapshot: &Snapshot, file: Option<File>) -> Result<Option<Self>, Error> {
        let Some(file) = file else { return Ok(None) };
        let bytes = match file.mode.is_file() {
            true => match snapshot.blob(file.blob, limits::RECORD_BYTES) {
                Ok(blob) => Some(blob.bytes),
                Err(crate::store::Error::TooLarge { .. }) => None,
                Err(error) => return Err(error.into()),
            },
            false => None,
        };
        Ok(Some(Self {
            mode: file.mode,
            blob: hash(&file.blob)?,
            bytes,
        }))
    }

    /// A file that is in no tree.
    pub(super) fn made(context: &Context, bytes: Vec<u8>, executable: bool) -> Result<Self, Error> {
        Ok(Self {
            mode: if executable { Mode::Executable } else { Mode::File },
            blob: hash(&context.store.blob_id(&bytes)?)?,
            bytes: Some(bytes),
        })
    }

    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes.as_deref()?).ok()
    }

    fn held(version: Option<&Self>) -> Held {
        match version {
            None => Held::Absent,
            Some(version) => match version.text().filter(|_| version.mode.is_file()) {
                Some(text) => Held::Value(text.into(), Some(version.blob.clone())),
                None => Held::Blob(version.blob.clone()),
            },
        }
    }
}

/// A file in three trees, and the sides it is of.
pub(super) struct ThreeFiles<'a> {
    pub(super) path: &'a [u8],
    pub(super) base: Option<&'a Version>,
    pub(super) ours: Option<&'a Version>,
    pub(super) theirs: Option<&'a Version>,
    pub(super) our_side: &'a dyn Stamps,
    pub(super) their_side: &'a dyn Stamps,
}

impl ThreeFiles<'_> {
    pub(super) fn merged(&self) -> Result<MergedFile, Error> {
        if let Some(path) = record_path(self.path) {
            return self.record(&path);
        }
        if self.path == CONFIG_PATH.as_bytes() || self.path == FORMAT_PATH.as_bytes() {
            return Ok(self.settings());
        }
        Ok(self.foreign())
    }

    /// A record file that one side removed stays, so that a change of one side alone is not always taken.
    fn record(&self, path: &RecordPath) -> Result<MergedFile, Error> {
        if self.ours.is_some() && self.theirs.is_some() {
            if self.base == self.ours {
                return Ok(MergedFile::of(Outcome::Theirs));
            }
            if self.base == self.theirs {
                return Ok(MergedFile::of(Outcome::Ours));
            }
        }
        let [base, ours, theirs] = [self.base, self.ours, self.theirs].map(|version| Read::of(path, version));
        let stamps = (
            |field: &str| self.our_side.stamp(path, field),
            |field: &str| self.their_side.stamp(path, field),
        );
        let merged = merge(
            path,
            base.content(),
            &side_of(&ours, &stamps.0),
            &side_of(&theirs, &stamps.1),
        );
        let outcome = match &merged.outcome {
            Merged::OursBytes => Outcome::Ours,
            Merged::TheirsBytes => Outcome::Theirs,
            Merged::Record(_) => {
                let [base, ours, theirs] = [self.base, self.ours, self.theirs]
                    .map(|version| version.and_then(|version| version.bytes.as_deref()));
                let file = merged.file(path, base, ours, theirs);
                let file = file.ok_or_else(|| Error::bug("a merged record has no file"))?;
                self.written(file.into_owned())
            }
        };
        Ok(MergedFile {
            outcome,
            conflicts: merged.conflicts,
        })
    }

    /// The format and the configuration never disappear; the latter is merged key by key.
    fn settings(&self) -> MergedFile {
        let (Some(ours), Some(theirs)) = (self.ours, self.theirs) else {
            return MergedFile::of(if self.ours.is_some() {
                Outcome::Ours
            } else {
                Outcome::Theirs
            });
        };
        if let Some(one) = self.one_changed() {
            return MergedFile::of(one);
        }
        let base = self.base.and_then(Version::text).unwrap_or_default();
        let winner = self.winner();
        let merged = match (self.path == CONFIG_PATH.as_bytes(), ours.text(), theirs.text()) {
            (true, Some(ours), Some(theirs)) => merge_settings(base, ours, theirs, winner),
            _ => None,
        };
        let Some(merged) = merged else { return self.foreign() };
        let (kept, other) = self.stamps(winner);
        let conflicts = merged.disputed.into_iter().map(|disputed| {
            let held = |value: Option<String>| value.map_or(Held::Absent, |value| Held::Value(value.into(), None));
            let collision = Collision {
                on: self.on(),
                field: disputed.key,
                base: held(disputed.base),
                kept: (held(disputed.kept), kept.clone()),
                other: (held(disputed.other), other.clone()),
            };
            collision.record()
        });
        MergedFile {
            conflicts: conflicts.collect(),
            outcome: self.written(merged.text.into_bytes()),
        }
    }

    /// What is not ours: line by line, else one side whole with the other recorded.
    fn foreign(&self) -> MergedFile {
        if let Some(one) = self.one_changed() {
            return MergedFile::of(one);
        }
        let plain = |version: Option<&Version>| version.is_none_or(|version| version.mode.is_file());
        if let (Some(ours), Some(theirs)) = (self.ours, self.theirs)
            && plain(self.base)
            && plain(self.ours)
            && plain(self.theirs)
            && let Some(base) = self.base.map_or(Some(""), Version::text)
            && let (Some(ours), Some(theirs)) = (ours.text(), theirs.text())
            && let Some(lines) = merge_lines(base, ours, theirs)
        {
            return MergedFile::of(self.written(lines.into_bytes()));
        }
        let winner = self.winner();
        MergedFile {
            outcome: match winner {
                Which::Ours => Outcome::Ours,
                Which::Theirs => Outcome::Theirs,
            },
            conflicts: vec![self.lost(winner)],
        }
    }

    /// The record of the side that did not win.
    pub(super) fn lost(&self, winner: Which) -> (RecordPath, Record) {
        let (kept, other) = self.stamps(winner);
        let held = Version::held;
        let (kept_file, other_file) = match winner {
            Which::Ours => (held(self.ours), held(self.theirs)),
            Which::Theirs => (held(self.theirs), held(self.ours)),
        };
        let collision = Collision {
            on: self.on(),
            field: WHOLE.to_owned(),
            base: held(self.base),
            kept: (kept_file, kept),
            other: (other_file, other),
        };
        collision.record()
    }

    fn on(&self) -> RecordId {
        RecordId::of_path(&String::from_utf8_lossy(self.path))
    }

    fn one_changed(&self) -> Option<Outcome> {
        if self.base == self.ours {
            return Some(Outcome::Theirs);
        }
        (self.base == self.theirs || self.ours == self.theirs).then_some(Outcome::Ours)
    }

    /// Content is stronger than its removal; else whoever was last.
    fn winner(&self) -> Which {
        let key = |side: &dyn Stamps, version: Option<&Version>| {
            let blob = version.map(|version| (version.blob.clone(), version.mode));
            (version.is_some(), side.stamp_of_file(self.path), blob)
        };
        match key(self.our_side, self.ours) >= key(self.their_side, self.theirs) {
            true => Which::Ours,
            false => Which::Theirs,
        }
    }

    fn stamps(&self, winner: Which) -> (Stamp, Stamp) {
        let (ours, theirs) = (
            self.our_side.stamp_of_file(self.path),
            self.their_side.stamp_of_file(self.path),
        );
        match winner {
            Which::Ours => (ours, theirs),
            Which::Theirs => (theirs, ours),
        }
    }

    /// A file with this content; what one side has already is taken from there.
    fn written(&self, bytes: Vec<u8>) -> Outcome {
        let is = |version: Option<&Version>, mode| {
            version.is_some_and(|version| version.mode == mode && version.bytes.as_ref() == Some(&bytes))
        };
        let either = |mode| {
            [self.ours, self.theirs]
                .iter()
                .flatten()
                .any(|version| version.mode == mode)
        };
        let mode = if either(Mode::Executable) {
            Mode::Executable
        } else {
            Mode::File
        };
        if is(self.ours, mode) {
            Outcome::Ours
        } else if is(self.theirs, mode) {
            Outcome::Theirs
        } else {
            Outcome::Bytes {
                bytes,
                executable: mode == Mode::Executable,
            }
        }
    }
}

/// The record that a path is of; none where it is of none.
pub(super) fn record_path(path: &[u8]) -> Option<RecordPath> {
    match RecordPath::locate(std::str::from_utf8(path).ok()?) {
        Place::Record(path) => Some(path),
        _ => None,
    }
}

/// A version of a record file, read.
enum Read<'v> {
    Missing,
    Valid(Box<Record>, &'v CommitHash),
    Newer(&'v CommitHash),
    Invalid(&'v CommitHash),
}

impl<'v> Read<'v> {
    fn of(path: &RecordPath, version: Option<&'v Version>) -> Self {
        let Some(version) = version else { return Self::Missing };
        let blob = &version.blob;
        match version.bytes.as_deref().map(|bytes| parse(bytes, Some(path))) {
            Some(Ok(parsed)) if parsed.newer_schema.is_some() => Self::Newer(blob),
            Some(Ok(parsed)) => Self::Valid(Box::new(parsed.record), blob),
            _ => Self::Invalid(blob),
        }
    }

    fn content(&self) -> Content<'_> {
        match self {
            Self::Missing => Content::Missing,
            Self::Valid(record, blob) => Content::Valid { record, blob },
            Self::Newer(blob) => Content::Newer { blob },
            Self::Invalid(blob) => Content::Invalid { blob },
        }
    }
}

fn side_of<'a>(read: &'a Read<'_>, stamp: &'a dyn Fn(&str) -> Stamp) -> RecordSide<'a> {
    RecordSide {
        content: read.content(),
        stamp,
    }
}
