//! Making the tip here hold what another commit holds: forward, or by a merge, under the write lock.

use serde::Serialize;

use super::Plan;
use crate::ops::merging;
use crate::ops::write::Attempt;
use crate::ops::{Context, Error, ErrorKind};
use crate::record::value::Actor;
use crate::record::{Fields, Record, RecordId, RecordPath};
use crate::store::{CommitId, WriteLock};

/// What became of the tip.
pub(super) struct Joined {
    pub(super) tip: CommitId,
    /// How many commits came with it.
    pub(super) came: usize,
    pub(super) merge: Option<Merge>,
    pub(super) warnings: Vec<String>,
}

/// A merge that was made.
pub(super) struct Merge {
    pub(super) taken: usize,
    pub(super) merged: usize,
    pub(super) conflicts: Vec<ConflictBrief>,
}

/// A value that a merge could not keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConflictBrief {
    /// The record it is on.
    pub on: RecordId,
    /// The field, or `*` for the record as a whole.
    pub field: String,
    /// The file that holds both values.
    pub file: String,
}

impl ConflictBrief {
    pub(super) fn of((path, record): &(RecordPath, Record)) -> Option<Self> {
        let Fields::Conflict(conflict) = &record.fields else {
            return None;
        };
        Some(Self {
            on: conflict.on,
            field: conflict.field.to_string(),
            file: path.to_string(),
        })
    }
}

/// Joins `theirs`, which people know as `called`, to the tip of this clone.
pub(super) fn join(context: &Context, theirs: CommitId, called: &str, unrelated: bool) -> Result<Joined, Error> {
    let lock = context.lock()?;
    let before = context.store.tip()?;
    let mut made = Vec::new();
    context
        .repeated(|context| {
            for (at, joined) in made.iter().enumerate() {
                let Joined { tip, .. }: &Joined = joined;
                if context.store.arrived(*tip).map_err(Error::from)? {
                    return Ok(at);
                }
            }
            let ours = context.store.tip().map_err(Error::from)?;
            let plan = Plan::of(context, ours, theirs)?;
            let came =
                |context: &Context| -> Result<usize, Error> { Ok(context.store.commits_between(ours, theirs)?.len()) };
            let nothing = |tip| Joined {
                tip,
                came: 0,
                merge: None,
                warnings: Vec::new(),
            };
            let time = context.source.now().as_seconds();
            match (plan, ours) {
                (Plan::Nothing, Some(ours)) => made.push(nothing(ours)),
                (Plan::Start | Plan::FastForward, _) | (_, None) => {
                    let came = came(context)?;
                    let why = format!("sync: {called}");
                    made.push(Joined {
                        came,
                        ..nothing(theirs)
                    });
                    let moved = context.store.fast_forward(&lock, ours, theirs, time, &why);
                    moved.map_err(crate::ops::write::judged)?;
                }
                (Plan::Unrelated, Some(_)) if !unrelated => return Err(have_nothing_in_common(context, called).into()),
                (Plan::Merge | Plan::Unrelated, Some(ours)) => {
                    let actor = context.actor()?;
                    let (prepared, merge) = merged(context, &lock, (ours, theirs), called, &actor, time)?;
                    made.push(Joined {
                        tip: prepared.made.commit,
                        came: came(context)?,
                        merge: Some(merge),
                        warnings: Vec::new(),
                    });
                    let published = context.store.publish(&lock, &prepared);
                    published.map_err(crate::ops::write::judged)?;
                }
            }
            Ok(made.len() - 1)
        })
        .map(|at| {
            let joined = made.swap_remove(at);
            context.note_lost_claims(before, joined.tip);
            joined
        })
}

fn merged(
    context: &Context,
    lock: &WriteLock,
    (ours, theirs): (CommitId, CommitId),
    called: &str,
    actor: &Actor,
    time: i64,
) -> Result<(crate::store::Prepared, Merge), Attempt> {
    context.read_at(ours, Vec::new())?.require_writable()?;
    let plan = merging::plan(context, ours, theirs)?;
    let merge = Merge {
        taken: plan.taken,
        merged: plan.merged,
        conflicts: plan.conflicts.iter().filter_map(ConflictBrief::of).collect(),
    };
    let told = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    let mut subject = format!(
        "merge {called}: {}, {} merged",
        told(merge.taken, "record", "records"),
        merge.merged
    );
    if !merge.conflicts.is_empty() {
        subject.push_str(&format!(", {}", told(merge.conflicts.len(), "conflict", "conflicts")));
    }
    let message = format!("{subject}\n\nDocket-Op: sync\nDocket-Client: {actor}\n");
    let prepared = context
        .store
        .prepare_merge(lock, ours, theirs, &plan.replacements, &message, time)
        .map_err(crate::ops::write::judged)?;
    Ok((prepared, merge))
}

fn have_nothing_in_common(context: &Context, called: &str) -> Error {
    let branch = context.tracking_ref();
    let message = format!(
        "{branch} and {called} have no commit in common: they are two dockets, or one of them was rewritten as a whole"
    );
    Error::new(ErrorKind::Denied, message)
        .hint(format!("git log --oneline {branch} {called}"))
        .hint("git docket sync --allow-unrelated")
}
