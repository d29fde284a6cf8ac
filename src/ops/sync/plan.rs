//! What is to be done with two tips, as plain data.

use crate::ops::{Context, Error};
use crate::store::CommitId;

/// How two clones come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// There is nothing here yet: begin where theirs stands.
    Start,
    /// Theirs has nothing that is not here.
    Nothing,
    /// Theirs goes on from ours.
    FastForward,
    /// Both went on.
    Merge,
    /// They never had anything in common.
    Unrelated,
}

impl Plan {
    pub(super) fn of(context: &Context, ours: Option<CommitId>, theirs: CommitId) -> Result<Self, Error> {
        let Some(ours) = ours else { return Ok(Self::Start) };
        let bases = context.store.merge_bases(ours, theirs)?;
        Ok(match bases.as_slice() {
            [] => Self::Unrelated,
            [base] if *base == theirs => Self::Nothing,
            [base] if *base == ours => Self::FastForward,
            _ => Self::Merge,
        })
    }
}
