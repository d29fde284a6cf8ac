//! What one side of a merge did since it left the other: who last changed what.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::ops::{Context, Error};
use crate::record::change::changes;
use crate::record::id::CommitHash;
use crate::record::merge::{Stamp, WHOLE, members};
use crate::record::{Record, RecordPath, limits, parse};
use crate::store::{BlobId, CommitId, File, Snapshot};

/// One side of a merge.
pub(super) struct Side {
    pub(super) snapshot: Snapshot,
    /// Who changed each path, the last one first; those of merges behind all others.
    touched: HashMap<Vec<u8>, Vec<Touch>>,
    records: RefCell<HashMap<BlobId, Option<Rc<Record>>>>,
}

/// A commit that changed a file.
struct Touch {
    stamp: Stamp,
    before: Option<File>,
    after: Option<File>,
}

impl Side {
    /// What `tip` has done that `other` does not have.
    pub(super) fn new(context: &Context, tip: CommitId, other: CommitId) -> Result<Self, Error> {
        let walk = context.store.walk_between(other, tip)?;
        let compared = context.store.compare_everywhere(&walk)?;
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
        Ok(Self {
            snapshot: context.store.snapshot(tip)?,
            touched,
            records: RefCell::default(),
        })
    }

    /// The last commit of this side that changed a field of a record, or any field of its group.
    pub(super) fn stamp(&self, path: &RecordPath, field: &str) -> Stamp {
        let touched = self
            .touched
            .get(path.to_string().as_bytes())
            .map_or(&[][..], Vec::as_slice);
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

    /// The last commit of this side that changed a file.
    pub(super) fn stamp_of_file(&self, path: &[u8]) -> Stamp {
        self.last(self.touched.get(path).map_or(&[][..], Vec::as_slice))
    }

    /// The same, of a file nobody has touched: the tip, which is what it is on every clone.
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

/// The name of an object as records have it.
pub(super) fn hash(id: &impl ToString) -> Result<CommitHash, Error> {
    id.to_string().parse().map_err(Error::bug)
}
