//! Two commits to be merged, and their common past.

use super::base::Base;
use super::file::{MergedFile, ThreeFiles, Version};
use super::side::{Scope, Side};
use crate::ops::Error;
use crate::record::RecordPath;
use crate::store::CommitId;

/// Two commits and what was before both.
pub(super) struct Sides<'c> {
    pub(super) ours: Side<'c>,
    pub(super) theirs: Side<'c>,
    pub(super) base: Base<'c>,
}

impl<'c> Sides<'c> {
    pub(super) fn new(scope: Scope<'c>, ours: CommitId, theirs: CommitId, depth: usize) -> Result<Self, Error> {
        let bases = scope.context.store.merge_bases(ours, theirs)?;
        Ok(Self {
            ours: Side::new(scope, ours, theirs)?,
            theirs: Side::new(scope, theirs, ours)?,
            base: Base::new(scope, &bases, depth)?,
        })
    }

    /// Merges what stands at a path.
    pub(super) fn merge_file(
        &self,
        path: &[u8],
        ours: Option<&Version>,
        theirs: Option<&Version>,
    ) -> Result<MergedFile, Error> {
        let base = self.base.at(path)?;
        let merged = self.three(path, base.as_ref(), ours, theirs).merged()?;
        self.require_told()?;
        Ok(merged)
    }

    /// Refuses what was merged where it was not known who was last.
    pub(super) fn require_told(&self) -> Result<(), Error> {
        self.ours.require_told()?;
        self.theirs.require_told()
    }

    /// Whether one of the two has recorded this conflict before, and perhaps resolved it; it stays as it is.
    pub(super) fn is_recorded(&self, conflict: &RecordPath) -> Result<bool, Error> {
        let name = conflict.to_string();
        let has = |side: &Side<'_>| side.snapshot.file(name.as_bytes()).map(|file| file.is_some());
        Ok(has(&self.ours)? || has(&self.theirs)?)
    }

    /// A path of these two.
    pub(super) fn three<'a>(
        &'a self,
        path: &'a [u8],
        base: Option<&'a Version>,
        ours: Option<&'a Version>,
        theirs: Option<&'a Version>,
    ) -> ThreeFiles<'a> {
        ThreeFiles {
            path,
            base,
            ours,
            theirs,
            our_side: &self.ours,
            their_side: &self.theirs,
        }
    }
}
