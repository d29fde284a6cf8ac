//! Two commits to be merged, and their common past.

use super::base::Base;
use super::file::{MergedFile, ThreeFiles, Version};
use super::side::Side;
use crate::ops::{Context, Error};
use crate::record::RecordPath;
use crate::store::CommitId;

/// Two commits and what was before both.
pub(super) struct Sides {
    pub(super) ours: Side,
    pub(super) theirs: Side,
    pub(super) base: Base,
}

impl Sides {
    pub(super) fn new(context: &Context, ours: CommitId, theirs: CommitId, depth: usize) -> Result<Self, Error> {
        let bases = context.store.merge_bases(ours, theirs)?;
        Ok(Self {
            ours: Side::new(context, ours, theirs)?,
            theirs: Side::new(context, theirs, ours)?,
            base: Base::new(context, &bases, depth)?,
        })
    }

    /// Merges what stands at a path.
    pub(super) fn merge_file(
        &self,
        context: &Context,
        path: &[u8],
        ours: Option<&Version>,
        theirs: Option<&Version>,
    ) -> Result<MergedFile, Error> {
        let base = self.base.at(context, path)?;
        self.three(path, base.as_ref(), ours, theirs).merged()
    }

    /// Whether one of the two has recorded this conflict before, and perhaps resolved it; it stays as it is.
    pub(super) fn is_recorded(&self, conflict: &RecordPath) -> Result<bool, Error> {
        let name = conflict.to_string();
        let has = |side: &Side| side.snapshot.file(name.as_bytes()).map(|file| file.is_some());
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
