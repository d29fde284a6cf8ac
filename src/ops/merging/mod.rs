//! The merge of two commits of the tracking ref: what the tree that joins them is to hold.
//!
//! By path, so by identity; by field, so without conflict markers; and the same tree whoever merges, so that clones that
//! have seen the same commits agree. What cannot be kept is recorded under `conflicts/`. Nothing is written here.
//!
//! | module | holds |
//! |---|---|
//! | `side` | what one side did: who last changed what |
//! | `base` | what stood at a path before both |
//! | `sides` | two commits and their past |
//! | `file` | one file in three trees |
//! | `driver` | one file for git, where somebody merges with plain git |
//! | `together` | what no single file shows: cycles, depths, names |

mod base;
mod driver;
mod file;
mod side;
mod sides;
mod together;

use std::collections::{BTreeMap, BTreeSet};

pub use self::driver::{MergeFileRequest, MergeFileResponse, merge_file};
use self::file::{MergedFile, Outcome, Version, record_path};
use self::side::Scope;
use self::sides::Sides;
use super::{Context, Error};
use crate::record::merge::Which;
use crate::record::{Record, RecordPath, parse, print};
use crate::store::{CommitId, Content, Mode, Replacement, TreeChange};

/// What makes the tree of ours the merged one.
#[derive(Debug, Default)]
pub(super) struct MergePlan {
    /// The files that change.
    pub(super) replacements: Vec<Replacement>,
    /// How many records theirs changed or added.
    pub(super) taken: usize,
    /// How many records both had changed.
    pub(super) merged: usize,
    /// What could not be kept, and was recorded by this merge.
    pub(super) conflicts: Vec<(RecordPath, Record)>,
}

/// A path that differs between the two, and what is to stand there.
struct Differing {
    ours: Option<Version>,
    theirs: Option<Version>,
    base: Option<Version>,
    change: TreeChange,
    outcome: Outcome,
}

impl Differing {
    fn version(&self) -> Option<&Version> {
        match &self.outcome {
            Outcome::Ours => self.ours.as_ref(),
            Outcome::Theirs => self.theirs.as_ref(),
            Outcome::Bytes { .. } => None,
        }
    }

    /// The content that is to stand there, where it is a regular file.
    fn bytes(&self) -> Option<&[u8]> {
        match &self.outcome {
            Outcome::Bytes { bytes, .. } => Some(bytes),
            _ => self.version()?.bytes.as_deref(),
        }
    }

    fn is_executable(&self) -> bool {
        match &self.outcome {
            Outcome::Bytes { executable, .. } => *executable,
            _ => self.version().is_some_and(|version| version.mode == Mode::Executable),
        }
    }

    fn is_there(&self) -> bool {
        matches!(self.outcome, Outcome::Bytes { .. }) || self.version().is_some()
    }

    fn record_in(path: &RecordPath, bytes: Option<&[u8]>) -> Option<Record> {
        let parsed = parse(bytes?, Some(path)).ok()?;
        Some(parsed.record).filter(|_| parsed.newer_schema.is_none())
    }
}

/// Plans the merge of `theirs` into `ours`.
///
/// # Errors
///
/// Those of reading both; an object that is not there or cannot be read is no reason to merge without it.
pub(super) fn plan(context: &Context, ours: CommitId, theirs: CommitId) -> Result<MergePlan, Error> {
    let changes = context.store.differences(ours, theirs)?;
    let sides = Sides::new(Scope { context, only: None }, ours, theirs, 0)?;
    let mut plan = MergePlan::default();
    let mut differing = BTreeMap::new();
    for change in changes {
        let ours = Version::read(&sides.ours.snapshot, change.before)?;
        let theirs = Version::read(&sides.theirs.snapshot, change.after)?;
        let base = sides.base.at(&change.path)?;
        let three = sides.three(&change.path, base.as_ref(), ours.as_ref(), theirs.as_ref());
        let MergedFile { outcome, conflicts } = three.merged()?;
        plan.conflicts.extend(conflicts);
        let path = change.path.clone();
        let found = Differing {
            ours,
            theirs,
            base,
            change,
            outcome,
        };
        differing.insert(path, found);
    }
    together::check(context, &sides, &mut differing, &mut plan.conflicts)?;
    let made_way = give_way(&sides, &mut differing);
    plan.conflicts.extend(made_way);
    plan.finish(&sides, differing)?;
    sides.require_told()?;
    Ok(plan)
}

/// A file where the other side has a directory gives way to it, and is recorded.
fn give_way(sides: &Sides<'_>, differing: &mut BTreeMap<Vec<u8>, Differing>) -> Vec<(RecordPath, Record)> {
    let there: BTreeSet<Vec<u8>> = differing
        .iter()
        .filter(|(_, found)| found.is_there())
        .map(|(path, _)| path.clone())
        .collect();
    let slashes = |path: &'_ [u8]| -> Vec<usize> { (0..path.len()).filter(|at| path[*at] == b'/').collect() };
    let mut in_the_way = BTreeSet::new();
    for path in &there {
        in_the_way.extend(slashes(path).into_iter().filter_map(|at| there.get(&path[..at])));
    }
    let mut recorded = Vec::new();
    for path in in_the_way {
        let Some(found) = differing.get_mut(path) else { continue };
        let has_it = if found.ours.is_some() {
            Which::Ours
        } else {
            Which::Theirs
        };
        let three = sides.three(path, found.base.as_ref(), found.ours.as_ref(), found.theirs.as_ref());
        let (gone, kept) = match has_it {
            Which::Ours => (Outcome::Theirs, Which::Theirs),
            Which::Theirs => (Outcome::Ours, Which::Ours),
        };
        recorded.push(three.lost(kept));
        found.outcome = gone;
    }
    recorded
}

impl MergePlan {
    fn finish(&mut self, sides: &Sides<'_>, differing: BTreeMap<Vec<u8>, Differing>) -> Result<(), Error> {
        let base_is = |found: &Differing| found.base == found.ours;
        for (path, found) in &differing {
            let counted = record_path(path).is_some();
            match found.outcome {
                Outcome::Theirs if counted && base_is(found) => self.taken += 1,
                _ if counted && found.ours.is_some() && found.theirs.is_some() && found.base != found.theirs => {
                    self.merged += 1;
                }
                _ => {}
            }
        }
        for (path, found) in differing {
            let with = match found.outcome {
                Outcome::Ours => continue,
                Outcome::Theirs => found.change.after.map_or(Content::Nothing, Content::File),
                Outcome::Bytes { bytes, executable } => Content::Bytes { bytes, executable },
            };
            self.replacements.push(Replacement { path, with });
        }
        self.conflicts.sort_by(|(one, _), (two, _)| one.cmp(two));
        self.conflicts.dedup_by(|(one, _), (two, _)| one == two);
        let mut new = Vec::new();
        for (path, record) in std::mem::take(&mut self.conflicts) {
            if !sides.is_recorded(&path)? {
                self.replacements.push(Replacement {
                    path: path.to_string().into_bytes(),
                    with: Content::Bytes {
                        bytes: print(&record).into_bytes(),
                        executable: false,
                    },
                });
                new.push((path, record));
            }
        }
        self.conflicts = new;
        Ok(())
    }
}
