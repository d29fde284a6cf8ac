//! Questions about the history, and their answers from git itself.

use std::collections::HashMap;
use std::ops::Range;

use super::logged::{Located, logged, told};
use super::{LoggedCommit, Moment};
use crate::ops::{Context, Error};
use crate::record::RecordPath;
use crate::record::value::Time;
use crate::store::{Commit, CommitId, Walk};

/// Commits that are compared at a time.
const BATCH: usize = 4_096;

/// What is asked of the history.
#[derive(Clone, Debug, Default)]
pub(in crate::ops) struct LogQuery {
    /// Only what happened to this record, and to notes, commit links and conflicts on it; other
    /// records of the same commits are left out.
    pub(in crate::ops) record: Option<RecordPath>,
    /// Only what this commit does not reach, or what was committed then or later.
    pub(in crate::ops) since: Option<Moment>,
    /// Only what this commit reaches, or what was committed then or before.
    pub(in crate::ops) until: Option<Moment>,
    /// Only commits made by this one.
    pub(in crate::ops) actor: Option<String>,
    /// At most so many commits; all where nothing is said.
    pub(in crate::ops) limit: Option<usize>,
    /// After so many.
    pub(in crate::ops) offset: usize,
}

/// The commits that answer a question, the newest first: by order, then by name.
#[derive(Clone, Debug)]
pub(in crate::ops) struct LogAnswer {
    pub(in crate::ops) commits: Vec<LoggedCommit>,
    /// How many there are without limit and offset.
    pub(in crate::ops) total: usize,
    /// Whether this clone has the whole history.
    pub(in crate::ops) complete: bool,
}

/// Answers a question about what `tip` reaches. The one place where the history is asked.
///
/// # Errors
///
/// Those of reading commits and trees; a record that cannot be read is told as such.
pub(in crate::ops) fn answer(context: &Context, tip: CommitId, query: &LogQuery) -> Result<LogAnswer, Error> {
    from_git(context, tip, query)
}

/// The answer from a walk of all commits.
fn from_git(context: &Context, tip: CommitId, query: &LogQuery) -> Result<LogAnswer, Error> {
    let walk = walk(context, tip, query)?;
    let time = |moment: Option<Moment>| match moment {
        Some(Moment::Time(time)) => Some(time),
        _ => None,
    };
    let (since, until) = (time(query.since), time(query.until));
    let wanted = |commit: &Commit| {
        let at = |bound: Time, fits: fn(i64, i64) -> bool| fits(commit.time, bound.as_seconds());
        since.is_none_or(|since| at(since, |time, bound| time >= bound))
            && until.is_none_or(|until| at(until, |time, bound| time <= bound))
            && query.actor.as_deref().is_none_or(|actor| commit.who() == actor)
    };
    let commits = walk.commits();
    let mut found: Vec<usize> = (0..commits.len()).rev().filter(|at| wanted(&commits[*at])).collect();
    let mut touching = match &query.record {
        Some(record) => Some(self::touching(context, &walk, &found, record)?),
        None => None,
    };
    if let Some(touching) = &touching {
        found.retain(|at| touching.contains_key(at));
    }
    let total = found.len();
    let page: Vec<_> = found
        .into_iter()
        .skip(query.offset)
        .take(query.limit.unwrap_or(total))
        .collect();
    let mut answer = Vec::with_capacity(page.len());
    for run in runs(&page) {
        let told = match &mut touching {
            None => logged(context, &walk, run)?,
            Some(touching) => told(
                context,
                run.map(|at| (&commits[at], touching.remove(&at).unwrap_or_default()))
                    .collect(),
            )?,
        };
        answer.extend(told.into_iter().rev());
    }
    Ok(LogAnswer {
        commits: answer,
        total,
        complete: walk.complete,
    })
}

/// Places that fall, as ranges of neighbours, which share most of what is read.
fn runs(places: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let runs = places
        .chunk_by(|one, next| *one == next + 1)
        .flat_map(|run| run.chunks(BATCH));
    runs.filter_map(|run| Some(*run.last()?..run.first()? + 1))
}

/// The commits between the two moments, as far as they are commits.
fn walk(context: &Context, tip: CommitId, query: &LogQuery) -> Result<Walk, Error> {
    let mut known: HashMap<CommitId, i64> = HashMap::new();
    if let Some(Moment::Commit(since)) = query.since {
        let before = context.store.walk(since, |_| Ok::<_, Error>(None))?;
        known = before
            .commits()
            .iter()
            .map(|commit| (commit.id, commit.order))
            .collect();
    }
    let tip = match query.until {
        Some(Moment::Commit(until)) => until,
        _ => tip,
    };
    context.store.walk(tip, |id| Ok(known.get(&id).copied()))
}

/// Those of some commits that changed a record, or something on it, with what they changed there.
fn touching(
    context: &Context,
    walk: &Walk,
    places: &[usize],
    record: &RecordPath,
) -> Result<HashMap<usize, Vec<Located>>, Error> {
    let wanted = |located: &Located| located.path == *record || Some(located.path.owner()) == record.id();
    let mut found = HashMap::new();
    for run in runs(places) {
        let changes = context.store.compare(walk, run.clone())?;
        for (at, changes) in run.zip(changes) {
            let located: Vec<_> = changes.into_iter().filter_map(Located::of).filter(wanted).collect();
            if !located.is_empty() {
                found.insert(at, located);
            }
        }
    }
    Ok(found)
}
