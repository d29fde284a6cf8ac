//! What one side of a merge did since it left the other: who last changed what.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::ops::{Context, Error};
use crate::record::change::changes;
use crate::record::id::CommitHash;
use crate::record::merge::{Stamp, WHOLE, members};
use crate::record::{Record, RecordPath, limits, parse};
use crate::store::{BlobId, CommitId, File, Snapshot};

/// Who last changed what on one side of a merge.
pub(super) trait Stamps {
    /// The last commit of this side that changed a field of a record, or any field of its group.
    fn stamp(&self, path: &RecordPath, field: &str) -> Stamp;

    /// The last commit of this side that changed a file.
    fn stamp_of_file(&self, path: &[u8]) -> Stamp;
}

/// One side of a merge.
pub(super) struct Side<'c> {
    pub(super) snapshot: Snapshot,
    scope: Scope<'c>,
    other: CommitId,
    /// Who changed each path, the last one first; those of merges behind all others. Told when somebody asks: most
    /// merges never do, and the write lock is held.
    touched: OnceCell<HashMap<Vec<u8>, Vec<Touch>>>,
    /// Why that cannot be told.
    fault: RefCell<Option<Error>>,
    records: RefCell<HashMap<BlobId, Option<Rc<Record>>>>,
}

/// What is merged.
#[derive(Clone, Copy)]
pub(super) struct Scope<'c> {
    pub(super) context: &'c Context,
    /// The one path that is asked for; all where there is none.
    pub(super) only: Option<&'c [u8]>,
}

/// A commit that changed a file.
struct Touch {
    stamp: Stamp,
    before: Option<File>,
    after: Option<File>,
}

impl<'c> Side<'c> {
    /// What `tip` has done that `other` does not have.
    pub(super) fn new(scope: Scope<'c>, tip: CommitId, other: CommitId) -> Result<Self, Error> {
        Ok(Self {
            snapshot: scope.context.store.snapshot(tip)?,
            scope,
            other,
            touched: OnceCell::new(),
            fault: RefCell::default(),
            records: RefCell::default(),
        })
    }

    /// Refuses what was told of this side where its history could not be read.
    pub(super) fn require_told(&self) -> Result<(), Error> {
        self.fault.take().map_or(Ok(()), Err)
    }

    fn touches(&self, path: &[u8]) -> &[Touch] {
        let touched = self.touched.get_or_init(|| {
            self.history().unwrap_or_else(|fault| {
                self.fault.replace(Some(fault));
                HashMap::new()
            })
        });
        touched.get(path).map_or(&[], Vec::as_slice)
    }

    fn history(&self) -> Result<HashMap<Vec<u8>, Vec<Touch>>, Error> {
        let store = &self.scope.context.store;
        let walk = store.walk_between(self.other, self.snapshot.commit())?;
        let compared = match self.scope.only {
            Some(path) => store.compare_file(&walk, path)?,
            None => store.compare_everywhere(&walk)?,
        };
        let mut touched: HashMap<Vec<u8>, Vec<Touch>> = HashMap::new();
        let commits: Vec<_> = walk.commits().iter().zip(compared).collect();
        // "Never the time of a merge": what only a merge says counts where nobody else has said anything.
        let (merges, others): (Vec<_>, Vec<_>) = commits.into_iter().rev().partition(|(commit, _)| commit.is_merge());
        for (commit, changed) in others.into_iter().chain(merges) {
            let stamp = Stamp {
                time: commit.time,
                commit: hash(&commit.id)?,
            };
            for change in changed {
                touched.entry(change.path).or_default().push(Touch {
                    stamp: stamp.clone(),
                    before: change.before.first().copied().flatten(),
                    after: change.after,
                });
            }
        }
        Ok(touched)
    }

    /// The first of these; of a file nobody has touched the tip, which is what it is on every clone.
    fn last(&self, touched: &[Touch]) -> Stamp {
        let tip = || Stamp {
            time: self.snapshot.time(),
            commit: hash(&self.snapshot.commit()).unwrap_or_else(|_| CommitHash::sha256(&[])),
        };
        touched.first().map_or_else(tip, |touch| touch.stamp.clone())
    }

    fn record(&self, path: &RecordPath, file: Option<File>) -> Option<Rc<Record>> {
        let file = file.filter(|file| file.mode.is_file())?;
        if let Some(known) = self.records.borrow().get(&file.blob) {
            return known.clone();
        }
        let blob = self.snapshot.blob(file.blob, limits::RECORD_BYTES).ok();
        let parsed = blob.and_then(|blob| parse(&blob.bytes, Some(path)).ok());
        let record = parsed.map(|parsed| Rc::new(parsed.record));
        self.records.borrow_mut().insert(file.blob, record.clone());
        record
    }
}

impl Stamps for Side<'_> {
    fn stamp(&self, path: &RecordPath, field: &str) -> Stamp {
        let touched = self.touches(path.to_string().as_bytes());
        if field == WHOLE {
            return self.last(touched);
        }
        let members = members(path.kind(), field);
        let is_about = |changed: &str| {
            let inside = |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
            let same = |member: &&str| *member == changed || inside(member, changed) || inside(changed, member);
            members.iter().any(same)
        };
        let about = touched.iter().find(|touch| {
            let (before, after) = (self.record(path, touch.before), self.record(path, touch.after));
            let found = changes(before.as_deref(), after.as_deref());
            found.iter().any(|change| is_about(&change.field))
        });
        about.map_or_else(|| self.last(touched), |touch| touch.stamp.clone())
    }

    fn stamp_of_file(&self, path: &[u8]) -> Stamp {
        self.last(self.touches(path))
    }
}

/// The name of an object as records have it.
pub(super) fn hash(id: &impl ToString) -> Result<CommitHash, Error> {
    id.to_string().parse().map_err(Error::bug)
}
