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
pub(in crate::ops) struct Joined {
    pub(in crate::ops) tip: CommitId,
    /// How many commits came with it.
    pub(in crate::ops) came: usize,
    pub(in crate::ops) merge: Option<Merge>,
    pub(in crate::ops) warnings: Vec<String>,
}

/// What is to be joined.
#[derive(Clone, Copy)]
pub(in crate::ops) struct Joining<'n> {
    /// The commit.
    pub(in crate::ops) theirs: CommitId,
    /// What people know it as.
    pub(in crate::ops) called: &'n str,
    /// What is done, in the words of the trailer `Docket-Op`.
    pub(in crate::ops) operation: &'n str,
    /// Whether it may have nothing in common with the tip.
    pub(in crate::ops) unrelated: bool,
}

/// A merge that was made.
pub(in crate::ops) struct Merge {
    pub(in crate::ops) taken: usize,
    pub(in crate::ops) merged: usize,
    pub(in crate::ops) conflicts: Vec<ConflictBrief>,
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
    pub(in crate::ops) fn of((path, record): &(RecordPath, Record)) -> Option<Self> {
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

/// Joins a commit to the tip of this clone.
pub(in crate::ops) fn join(context: &Context, joining: Joining<'_>) -> Result<Joined, Error> {
    let Joining {
        theirs,
        called,
        operation,
        unrelated,
    } = joining;
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
                    let why = format!("{operation}: {called}");
                    made.push(Joined {
                        came,
                        ..nothing(theirs)
                    });
                    let moved = context.store.fast_forward(&lock, ours, theirs, time, &why);
                    moved.map_err(crate::ops::write::judged)?;
                    if ours.is_none()
                        && let Some(begun) = made.last_mut()
                    {
                        begun.warnings = context.told_of_deleted(theirs);
                    }
                }
                (Plan::Unrelated, Some(_)) if !unrelated => return Err(have_nothing_in_common(context, joining).into()),
                (Plan::Merge | Plan::Unrelated, Some(ours)) => {
                    let actor = context.actor()?;
                    let (prepared, merge) = merged(context, &lock, ours, joining, &actor, time)?;
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
            // What a new clone finds was lost before it was there.
            if let Some(before) = before {
                context.note_lost_claims(before, joined.tip);
            }
            joined
        })
}

fn merged(
    context: &Context,
    lock: &WriteLock,
    ours: CommitId,
    joining: Joining<'_>,
    actor: &Actor,
    time: i64,
) -> Result<(crate::store::Prepared, Merge), Attempt> {
    let Joining {
        theirs,
        called,
        operation,
        ..
    } = joining;
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
    let message = format!("{subject}\n\nDocket-Op: {operation}\nDocket-Client: {actor}\n");
    let prepared = context
        .store
        .prepare_merge(lock, ours, theirs, &plan.replacements, &message, time)
        .map_err(crate::ops::write::judged)?;
    Ok((prepared, merge))
}

fn have_nothing_in_common(context: &Context, joining: Joining<'_>) -> Error {
    let (branch, called) = (context.tracking_ref(), joining.called);
    let message = format!(
        "{branch} and {called} have no commit in common: they are two dockets, or one of them was rewritten as a whole"
    );
    let error = Error::new(ErrorKind::Denied, message).hint(format!("git log --oneline {branch} {called}"));
    match joining.operation {
        "sync" => error.hint("git docket sync --allow-unrelated"),
        _ => error,
    }
}
