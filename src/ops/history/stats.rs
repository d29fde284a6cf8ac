//! Numbers: what there is, how much gets done, how long it takes.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::log::warn_of_end;
use super::query::{LogQuery, answer};
use super::{LoggedCommit, Moment, What};
use crate::ops::read::{Meta, Reading, warn_of_unreadable};
use crate::ops::view::item_brief;
use crate::ops::{Brief, Context, Error};
use crate::record::graph::Graph;
use crate::record::value::Time;
use crate::record::work_item::{ItemType, Priority, Status};
use crate::record::{Kind, RecordId, WorkItem};

/// How many weeks of throughput are told.
const WEEKS: i64 = 8;

const WEEK: i64 = 7 * DAY;
const DAY: i64 = 24 * HOUR;
const HOUR: i64 = 60 * MINUTE;
const MINUTE: i64 = 60;

/// Numbers about the work items that are neither deleted nor archived.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct StatsResponse {
    /// How many there are.
    pub total: usize,
    /// How many of each type, status and priority.
    pub counts: Counts,
    /// How many somebody could go on with now.
    pub ready: usize,
    /// How many are open and wait for something else, or say that they cannot go on.
    pub blocked: usize,
    /// The one that has been open for the longest time.
    pub oldest_open: Option<OldestOpen>,
    /// What was created and completed in each of the last eight weeks, the oldest first.
    pub throughput: Vec<Week>,
    /// How long work took, from when it first became active to its completion.
    pub cycle_time: CycleTime,
    /// The time from which on completions count for the cycle time; null for all.
    pub since: Option<Time>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// How many there are of each.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// By type.
    pub item_type: BTreeMap<String, usize>,
    /// By status.
    pub status: BTreeMap<String, usize>,
    /// By priority.
    pub priority: BTreeMap<String, usize>,
}

/// The open item that was created first.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct OldestOpen {
    /// The item.
    #[serde(flatten)]
    pub item: Brief,
    /// When it was created.
    pub created_at: Time,
}

/// A week of work. Weeks end now, not on Sundays.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Week {
    /// When it began.
    pub from: Time,
    /// How many items were created.
    pub created: usize,
    /// How many were completed, and still are.
    pub completed: usize,
}

/// How long work took.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct CycleTime {
    /// How many items that says something about.
    pub items: usize,
    /// 50, 85 and 95 of a hundred items took at most so long; none where there are no items.
    pub percentiles: Vec<Percentile>,
}

/// So many of a hundred took at most so long, within what can honestly be said.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Percentile {
    /// Of a hundred.
    pub percent: usize,
    /// At least so many seconds.
    pub from_seconds: i64,
    /// At most so many seconds.
    pub to_seconds: i64,
    /// The same in words, such as `3 d – 4 d`.
    pub range: String,
}

/// Counts. With `since`, cycle times are those of items completed after this commit or time.
pub fn stats(context: &Context, since: Option<&str>) -> Result<StatsResponse, Error> {
    let mut reading = context.read()?;
    let since = since_time(context, &reading, since)?;
    let loaded = reading.load(&[Kind::WorkItem, Kind::Enhancement])?;
    let items = loaded.records().filter_map(|record| record.as_work_item());
    let items: Vec<_> = items
        .filter(|item| item.deleted_at.is_none() && item.archived_at.is_none())
        .collect();
    let answer = answer(context, reading.commit(), &LogQuery::default())?;
    warn_of_end(&mut reading, answer.complete);
    let lives = lives(&answer.commits);
    let asker = context.asker()?.map(|actor| actor.to_string());
    let (asker, now) = (asker.as_deref(), context.source.second());
    let graph = Graph::new(loaded.records());
    let open = |item: &&&WorkItem| !matches!(item.status, Status::Completed | Status::Cancelled);
    let stuck = |item: &&&WorkItem| item.status == Status::Blocked || graph.held_up_by(item.id).next().is_some();
    let cycle_time = cycle_time(&items, &lives, since);
    warn_of_unreadable(&mut reading.warnings, &loaded.unreadable);
    Ok(StatsResponse {
        total: items.len(),
        counts: Counts {
            item_type: count(ItemType::ALL, ItemType::as_str, items.iter().map(|item| item.item_type)),
            status: count(Status::ALL, Status::as_str, items.iter().map(|item| item.status)),
            priority: count(Priority::ALL, Priority::as_str, items.iter().map(|item| item.priority)),
        },
        ready: items.iter().filter(|item| graph.is_ready(item, asker, now)).count(),
        blocked: items.iter().filter(open).filter(stuck).count(),
        oldest_open: oldest(items.iter().filter(open).copied()),
        throughput: throughput(&items, &lives, now),
        cycle_time,
        since,
        meta: reading.meta(),
    })
}

fn since_time(context: &Context, reading: &Reading, since: Option<&str>) -> Result<Option<Time>, Error> {
    let moment = since
        .map(|text| Moment::read(context, reading.commit(), text))
        .transpose()?;
    Ok(match moment {
        None => None,
        Some(Moment::Time(time)) => Some(time),
        Some(Moment::Commit(commit)) => Some(super::time(context.store.snapshot(commit)?.time())),
    })
}

/// How many of each word; those of which there are none too.
fn count<T: Copy>(all: &[T], word: fn(T) -> &'static str, found: impl Iterator<Item = T>) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<_, _> = all.iter().map(|value| (word(*value).to_owned(), 0)).collect();
    for value in found {
        *counts.entry(word(value).to_owned()).or_default() += 1;
    }
    counts
}

fn oldest<'i>(open: impl Iterator<Item = &'i WorkItem>) -> Option<OldestOpen> {
    let dated = open.filter_map(|item| Some((item.created_at?, item)));
    let (created_at, item) = dated.min_by_key(|(created_at, item)| (*created_at, item.id))?;
    Some(OldestOpen {
        item: item_brief(item),
        created_at,
    })
}

/// When an item was begun and completed, as far as the history tells.
#[derive(Default)]
struct Life {
    created: Option<Time>,
    seen: bool,
    begun: Option<Time>,
    completed: Option<Time>,
}

/// The lives of all items; the newest commit comes first.
fn lives(commits: &[LoggedCommit]) -> HashMap<RecordId, Life> {
    let mut lives: HashMap<RecordId, Life> = HashMap::new();
    for commit in commits.iter().rev() {
        for record in commit
            .records
            .iter()
            .filter(|record| record.kind == Kind::WorkItem.as_str())
        {
            let Some(id) = record.id else { continue };
            let life = lives.entry(id).or_default();
            if record.what == What::Created {
                life.created = life.created.or(Some(commit.time));
            }
            let Some(change) = record.fields.iter().find(|change| change.field == "status") else {
                continue;
            };
            let word =
                |value: &Option<serde_json::Value>, word: &str| value.as_ref().is_some_and(|value| *value == word);
            if !life.seen && word(&change.before, "active") {
                // It was active when it was created: that is not told of a record that is new.
                life.begun = life.created;
            }
            life.seen = true;
            if word(&change.after, "active") && life.begun.is_none() {
                life.begun = Some(commit.time);
            }
            life.completed = word(&change.after, "completed").then_some(commit.time);
        }
    }
    lives
}

fn throughput(items: &[&WorkItem], lives: &HashMap<RecordId, Life>, now: Time) -> Vec<Week> {
    let begin = |week: i64| Time::from_seconds(now.as_seconds() - week * WEEK);
    let weeks = (1..=WEEKS)
        .rev()
        .filter_map(|week| Some((begin(week)?, begin(week - 1)?)));
    let weeks = weeks.map(|(from, to)| {
        let within = |time: Option<Time>| time.is_some_and(|time| from < time && time <= to);
        Week {
            from,
            created: items.iter().filter(|item| within(item.created_at)).count(),
            completed: completed(items, lives)
                .filter(|(_, life)| within(life.completed))
                .count(),
        }
    });
    weeks.collect()
}

/// The items that were completed, and still are.
fn completed<'l>(
    items: &'l [&WorkItem],
    lives: &'l HashMap<RecordId, Life>,
) -> impl Iterator<Item = (&'l WorkItem, &'l Life)> {
    let completed = items.iter().filter(|item| item.status == Status::Completed);
    completed.filter_map(|item| Some((*item, lives.get(&item.id)?)))
}

fn cycle_time(items: &[&WorkItem], lives: &HashMap<RecordId, Life>, since: Option<Time>) -> CycleTime {
    let took = completed(items, lives).filter_map(|(_, life)| {
        let completed = life.completed.filter(|time| since.is_none_or(|since| *time >= since))?;
        Some((completed.as_seconds() - life.begun?.as_seconds()).max(0))
    });
    let mut took: Vec<_> = took.collect();
    took.sort_unstable();
    let percentile = |percent: usize| {
        // The nearest rank: the shortest time that so many of a hundred did not exceed.
        let rank = (took.len() * percent).div_ceil(100).max(1);
        took.get(rank - 1).map(|seconds| Percentile::of(percent, *seconds))
    };
    CycleTime {
        items: took.len(),
        percentiles: [50, 85, 95].into_iter().filter_map(percentile).collect(),
    }
}

impl Percentile {
    /// The range of whole minutes, hours, days or weeks that the time is in.
    fn of(percent: usize, seconds: i64) -> Self {
        let (unit, word) = match seconds {
            ..HOUR => (MINUTE, "min"),
            HOUR..172_800 => (HOUR, "h"),
            172_800..4_838_400 => (DAY, "d"),
            _ => (WEEK, "w"),
        };
        let count = seconds / unit;
        Self {
            percent,
            from_seconds: count * unit,
            to_seconds: (count + 1) * unit,
            range: format!("{count} {word} – {} {word}", count + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_ranges() {
        let range = |seconds| Percentile::of(50, seconds).range;
        assert_eq!(range(0), "0 min – 1 min");
        assert_eq!(range(HOUR), "1 h – 2 h");
        assert_eq!(range(3 * DAY + HOUR), "3 d – 4 d");
        assert_eq!(range(9 * WEEK), "9 w – 10 w");
    }
}
