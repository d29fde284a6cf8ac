//! Questions about the history.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::logged::{Located, logged, told};
use super::{LoggedCommit, Moment, time};
use crate::index::CommitSelection;
use crate::ops::freshen::Stale;
use crate::ops::{Context, Error};
use crate::record::value::Time;
use crate::record::{RecordId, RecordPath};
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

/// Answers a question about what `tip` reaches. The one place where the history is asked: the index says
/// which commits are wanted, or a walk of all; what they did is read from git.
///
/// # Errors
///
/// Those of reading commits and trees; a record that cannot be read is told as such.
pub(in crate::ops) fn answer(context: &Context, tip: CommitId, query: &LogQuery) -> Result<LogAnswer, Error> {
    let Found { walk, places, total } = match from_index(context, tip, query)? {
        Some(found) => found,
        None => from_git(context, tip, query)?,
    };
    let mut commits = Vec::with_capacity(places.len());
    for run in runs(&places) {
        let told = match &query.record {
            None => logged(context, &walk, run)?,
            Some(record) => {
                let mut touching = touching(context, &walk, run.clone(), record)?;
                let changes = run.map(|at| (&walk.commits()[at], touching.remove(&at).unwrap_or_default()));
                told(context, changes.collect())?
            }
        };
        commits.extend(told.into_iter().rev());
    }
    Ok(LogAnswer {
        commits,
        total,
        complete: walk.complete,
    })
}

/// The records that this one changed at this time or later, or that have a note, commit link or conflict which it
/// changed, from a walk of all that `tip` reaches.
///
/// # Errors
///
/// Those of reading commits and trees.
pub(in crate::ops) fn changed_records(
    context: &Context,
    tip: CommitId,
    by: Option<&str>,
    since: Option<Time>,
) -> Result<HashSet<RecordId>, Error> {
    let query = LogQuery {
        actor: by.map(str::to_owned),
        since: since.map(Moment::Time),
        ..LogQuery::default()
    };
    let Found { walk, places, .. } = from_git(context, tip, &query)?;
    let mut changed = HashSet::new();
    for run in runs(&places) {
        let changes = context.store.compare(&walk, run)?.into_iter().flatten();
        let paths = changes.filter_map(|change| RecordPath::of(std::str::from_utf8(&change.path).ok()?));
        changed.extend(paths.map(|path| path.owner()));
    }
    Ok(changed)
}

/// The commits that are wanted.
struct Found {
    walk: Walk,
    /// Their places in the walk, the newest first.
    places: Vec<usize>,
    /// How many there are without limit and offset.
    total: usize,
}

/// The commits that are wanted, where the index can tell.
fn from_index(context: &Context, tip: CommitId, query: &LogQuery) -> Result<Option<Found>, Error> {
    let (mut index, state) = match context.fresh_index(tip) {
        Ok(fresh) => fresh,
        Err(Stale::Index(_)) => return Ok(None),
        Err(Stale::Error(error)) => return Err(error),
    };
    let (after, since) = Moment::split(query.since);
    let (up_to, until) = Moment::split(query.until);
    let selection = CommitSelection {
        record: query.record.clone(),
        after: after.map(|commit| commit.to_string()),
        up_to: up_to.map(|commit| commit.to_string()),
        since,
        until,
        by: query.actor.clone(),
        limit: query.limit,
        offset: query.offset,
    };
    let selected = state.complete.then(|| index.commits(&selection));
    context.keep_index(index);
    let Some(Ok(Some(page))) = selected else {
        return Ok(None);
    };
    let commits = page
        .commits
        .iter()
        .map(|(oid, order)| Some((oid.parse().ok()?, *order)));
    let Some(commits) = commits.collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let walk = context.store.walk_of(&commits)?;
    Ok(Some(Found {
        places: (0..walk.commits().len()).rev().collect(),
        total: page.total,
        walk,
    }))
}

/// The same from a walk of all commits.
fn from_git(context: &Context, tip: CommitId, query: &LogQuery) -> Result<Found, Error> {
    let walk = walk(context, tip, query)?;
    let ((_, since), (_, until)) = (Moment::split(query.since), Moment::split(query.until));
    let wanted = |commit: &Commit| {
        let at = time(commit.time);
        since.is_none_or(|since| at >= since)
            && until.is_none_or(|until| at <= until)
            && query.actor.as_deref().is_none_or(|actor| commit.who() == actor)
    };
    let commits = walk.commits();
    let mut found: Vec<usize> = (0..commits.len()).rev().filter(|at| wanted(&commits[*at])).collect();
    if let Some(record) = &query.record {
        let mut touched = HashSet::new();
        for run in runs(&found) {
            touched.extend(touching(context, &walk, run, record)?.into_keys());
        }
        found.retain(|at| touched.contains(at));
    }
    let total = found.len();
    let places = found.into_iter().skip(query.offset).take(query.limit.unwrap_or(total));
    let places = places.collect();
    Ok(Found { walk, places, total })
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

/// Those of some neighbours that changed a record, or something on it, with what they changed there.
fn touching(
    context: &Context,
    walk: &Walk,
    range: Range<usize>,
    record: &RecordPath,
) -> Result<HashMap<usize, Vec<Located>>, Error> {
    let wanted = |located: &Located| located.path == *record || Some(located.path.owner()) == record.id();
    let changes = context.store.compare(walk, range.clone())?;
    let located = range.zip(changes).map(|(at, changes)| {
        let located: Vec<_> = changes.into_iter().filter_map(Located::of).filter(wanted).collect();
        (at, located)
    });
    Ok(located.filter(|(_, located)| !located.is_empty()).collect())
}
