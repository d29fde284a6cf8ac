//! What stood at a path before both sides, also where they were merged crosswise before.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::file::{MergedFile, Outcome, Version};
use super::side::Scope;
use super::sides::Sides;
use crate::ops::Error;
use crate::store::{CommitId, Snapshot};

/// How many merges of bases may lie in each other. Where more would, nobody says what stood before both: both sides
/// count as new, which may record a conflict too many and may bring back what one removed from a list, and loses no
/// value of either.
const DEPTH: usize = 8;

/// The common past of two sides.
pub(super) struct Base<'c> {
    scope: Scope<'c>,
    snapshots: Vec<Snapshot>,
    depth: usize,
    /// Two of them by their places, as sides of a merge of their own.
    crossed: RefCell<BTreeMap<(usize, usize), Rc<Sides<'c>>>>,
}

impl<'c> Base<'c> {
    /// That of these merge bases; none makes an empty one.
    pub(super) fn new(scope: Scope<'c>, bases: &[CommitId], depth: usize) -> Result<Self, Error> {
        let snapshots = bases.iter().map(|base| scope.context.store.snapshot(*base));
        Ok(Self {
            scope,
            snapshots: snapshots.collect::<Result<_, _>>()?,
            depth,
            crossed: RefCell::default(),
        })
    }

    /// What stood at a path. Where the bases have different things there, what merging those would have made; where
    /// that cannot be told, nothing, so that no side is taken for unchanged that is not.
    pub(super) fn at(&self, path: &[u8]) -> Result<Option<Version>, Error> {
        Ok(self.told(path)?.flatten())
    }

    /// The same, but nothing at all where it cannot be told.
    fn told(&self, path: &[u8]) -> Result<Option<Option<Version>>, Error> {
        let read = |snapshot: &Snapshot| Version::read(snapshot, snapshot.file(path)?);
        let found = self.snapshots.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let Some(first) = found.first() else {
            return Ok(Some(None));
        };
        if found.iter().all(|version| version == first) {
            return Ok(Some(first.clone()));
        }
        let pairs = found.len() * (found.len() - 1) / 2;
        if self.depth + pairs > DEPTH {
            return Ok(None);
        }
        let mut merged = first.clone();
        for (place, version) in found.iter().enumerate().skip(1) {
            if *version == merged {
                continue;
            }
            let Some(base) = self.before(path, place, pairs)? else {
                return Ok(None);
            };
            let sides = self.crossed((0, place), pairs)?;
            let three = sides.three(path, base.as_ref(), merged.as_ref(), version.as_ref());
            let MergedFile { outcome, conflicts } = three.merged()?;
            sides.require_told()?;
            // Of two it was decided then as it is now; of more the order in which they met did.
            if found.len() > 2 && !conflicts.is_empty() {
                return Ok(None);
            }
            merged = match outcome {
                Outcome::Ours => merged,
                Outcome::Theirs => version.clone(),
                Outcome::Bytes { bytes, executable } => Some(Version::made(self.scope.context, bytes, executable)?),
            };
        }
        Ok(Some(merged))
    }

    /// What stood at a path before one of the bases and each of those in front of it, where that is one and the same.
    fn before(&self, path: &[u8], place: usize, pairs: usize) -> Result<Option<Option<Version>>, Error> {
        let mut told = None;
        for other in 0..place {
            let before = self.crossed((other, place), pairs)?.base.told(path)?;
            if before.is_none() || told.as_ref().is_some_and(|told| *told != before) {
                return Ok(None);
            }
            told = Some(before);
        }
        Ok(told.flatten())
    }

    fn crossed(&self, pair: (usize, usize), pairs: usize) -> Result<Rc<Sides<'c>>, Error> {
        if let Some(sides) = self.crossed.borrow().get(&pair) {
            return Ok(Rc::clone(sides));
        }
        let (one, other) = (self.snapshots[pair.0].commit(), self.snapshots[pair.1].commit());
        let sides = Rc::new(Sides::new(self.scope, one, other, self.depth + pairs)?);
        self.crossed.borrow_mut().insert(pair, Rc::clone(&sides));
        Ok(sides)
    }
}
