//! What stood at a path before both sides, also where they were merged crosswise before.

use std::cell::OnceCell;

use super::file::{Outcome, Version};
use super::sides::Sides;
use crate::ops::{Context, Error};
use crate::store::{CommitId, Snapshot};

/// How often the bases of bases are merged: of histories that are crossed deeper, one base counts, which may record a
/// conflict too many, but loses nothing.
const DEPTH: usize = 8;

/// The common past of two sides.
pub(super) struct Base {
    snapshots: Vec<Snapshot>,
    depth: usize,
    /// The two that count of several, as sides of a merge of their own.
    crossed: OnceCell<Box<Sides>>,
}

impl Base {
    /// That of these merge bases; none makes an empty one.
    pub(super) fn new(context: &Context, bases: &[CommitId], depth: usize) -> Result<Self, Error> {
        let count = if depth < DEPTH { 2 } else { 1 };
        let snapshots = bases.iter().take(count).map(|base| context.store.snapshot(*base));
        Ok(Self {
            snapshots: snapshots.collect::<Result<_, _>>()?,
            depth,
            crossed: OnceCell::new(),
        })
    }

    /// What stood at a path. Where several bases have different things there, what merging those would have made.
    pub(super) fn at(&self, context: &Context, path: &[u8]) -> Result<Option<Version>, Error> {
        let mut found = Vec::with_capacity(2);
        for snapshot in &self.snapshots {
            found.push(Version::read(snapshot, snapshot.file(path)?)?);
        }
        let mut found = found.into_iter();
        let (Some(one), other) = (found.next(), found.next()) else {
            return Ok(None);
        };
        let Some(other) = other else { return Ok(one) };
        if one == other {
            return Ok(one);
        }
        let sides = self.crossed(context)?;
        let outcome = sides.merge_file(context, path, one.as_ref(), other.as_ref())?.outcome;
        match outcome {
            Outcome::Ours => Ok(one),
            Outcome::Theirs => Ok(other),
            Outcome::Bytes { bytes, executable } => Version::made(context, bytes, executable).map(Some),
        }
    }

    fn crossed(&self, context: &Context) -> Result<&Sides, Error> {
        if let (None, [one, other]) = (self.crossed.get(), self.snapshots.as_slice()) {
            let sides = Sides::new(context, one.commit(), other.commit(), self.depth + 1)?;
            drop(self.crossed.set(Box::new(sides)));
        }
        self.crossed
            .get()
            .map(AsRef::as_ref)
            .ok_or_else(|| Error::bug("one base is not crossed"))
    }
}
