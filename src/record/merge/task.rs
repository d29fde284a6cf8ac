//! One merge: by field, or one side as a whole.

use super::fields::{Collided, Merging, View};
use super::{Collision, Content, Held, Merged, Outcome, Side, WHOLE, Which};
use crate::record::{Kind, Record, RecordId, RecordPath, file};

/// One merge.
pub(super) struct Task<'a> {
    pub(super) path: &'a RecordPath,
    pub(super) base: Content<'a>,
    pub(super) ours: &'a Side<'a>,
    pub(super) theirs: &'a Side<'a>,
}

impl<'a> Task<'a> {
    pub(super) fn bytes(which: Which) -> Merged {
        let outcome = match which {
            Which::Ours => Outcome::OursBytes,
            Which::Theirs => Outcome::TheirsBytes,
        };
        Merged {
            outcome,
            conflicts: Vec::new(),
        }
    }

    fn side(&self, which: Which) -> &'a Side<'a> {
        match which {
            Which::Ours => self.ours,
            Which::Theirs => self.theirs,
        }
    }

    /// The side that changed the file last.
    pub(super) fn winner(&self) -> Which {
        let key = |side: &Side<'_>| ((side.stamp)(WHOLE), Held::whole(side.content).order());
        if key(self.ours) >= key(self.theirs) {
            Which::Ours
        } else {
            Which::Theirs
        }
    }

    /// One side as it is; the other is recorded.
    pub(super) fn whole(&self, kept: Which) -> Merged {
        Merged {
            conflicts: vec![self.other_recorded(kept)],
            ..Self::bytes(kept)
        }
    }

    fn other_recorded(&self, kept: Which) -> (RecordPath, Record) {
        let held = |side: &Side<'_>| (Held::whole(side.content), (side.stamp)(WHOLE));
        let collision = Collision {
            on: on(self.path),
            field: WHOLE.to_owned(),
            base: Held::whole(self.base),
            kept: held(self.side(kept)),
            other: held(self.side(kept.other())),
        };
        collision.record()
    }

    pub(super) fn by_field(&self, ours: &'a Record, theirs: &'a Record) -> Merged {
        let kind = self.path.kind();
        let base = match self.base {
            Content::Valid { record, .. } => View::of(record),
            // One that cannot be read counts as empty.
            _ => View::default(),
        };
        let (ours, theirs) = (View::of(ours), View::of(theirs));
        let mut merging = Merging::new(kind, &base, &ours, &theirs, [self.ours.stamp, self.theirs.stamp]);
        if kind == Kind::Deployment && corrupt(&base, &ours, &theirs) {
            return self.immutable(merging);
        }
        let (fields, body) = merging.all();
        match file::assemble(kind, &fields, &body, Some(self.path)) {
            Ok(record) => Merged {
                outcome: Outcome::Record(Box::new(record)),
                conflicts: self.records(merging.collisions),
            },
            // Each field is right, but together they are not: a side that was valid stands as a whole.
            Err(_) => self.whole(self.winner()),
        }
    }

    /// A deployment of which the sides tell different things: one stands, but for its retraction.
    fn immutable(&self, mut merging: Merging<'_>) -> Merged {
        let kept = self.winner();
        let retracted = merging.field(RETRACTED);
        let view = merging.view(kept);
        let mut fields = view.fields.clone();
        let same = fields.get(RETRACTED) == retracted.as_ref();
        fields.shift_remove(RETRACTED);
        fields.extend(retracted.map(|value| (RETRACTED.to_owned(), value)));
        let record = file::assemble(Kind::Deployment, &fields, view.body, Some(self.path));
        match record.ok().filter(|_| !same) {
            None => self.whole(kept),
            Some(record) => {
                let mut conflicts = self.records(std::mem::take(&mut merging.collisions));
                conflicts.push(self.other_recorded(kept));
                Merged {
                    outcome: Outcome::Record(Box::new(record)),
                    conflicts,
                }
            }
        }
    }

    fn records(&self, collisions: Vec<Collided>) -> Vec<(RecordPath, Record)> {
        let blob = |content: Content<'_>| match content {
            Content::Missing => None,
            Content::Valid { blob, .. } | Content::Newer { blob } | Content::Invalid { blob } => Some(blob.clone()),
        };
        let held = |value, content| match value {
            None => Held::Absent,
            Some(value) => Held::Value(value, blob(content)),
        };
        let record = |collided: Collided| {
            let collision = Collision {
                on: on(self.path),
                field: collided.field,
                base: held(collided.base, self.base),
                kept: (held(collided.kept.0, self.side(collided.side).content), collided.kept.1),
                other: (
                    held(collided.other.0, self.side(collided.side.other()).content),
                    collided.other.1,
                ),
            };
            collision.record()
        };
        let mut records: Vec<_> = collisions.into_iter().map(record).collect();
        records.sort_by(|(one, _), (two, _)| one.cmp(two));
        records
    }
}

/// The one field of a deployment that may change.
const RETRACTED: &str = "retracted";

/// Whether the sides differ in what never changes, and not only because one of them has changed at all.
fn corrupt(base: &View<'_>, ours: &View<'_>, theirs: &View<'_>) -> bool {
    let facts = |view: &View<'_>| {
        let mut fields = view.fields.clone();
        fields.remove(RETRACTED);
        (fields, view.body.to_owned())
    };
    facts(ours) != facts(theirs) && ours != base && theirs != base
}

/// What a conflict of the record at this path is on.
fn on(path: &RecordPath) -> RecordId {
    path.id().unwrap_or_else(|| RecordId::of_path(&path.to_string()))
}
