//! The views of `changelog` and `standup`: what happened between two moments.

use std::collections::BTreeMap;

use super::lines::{Named, deployments, select};
use super::{RenderRequest, View, moment};
use crate::filter::{RecordFilter, RecordOrder};
use crate::ops::history::{ChangedRecord, LogQuery, LoggedCommit, Moment, What, answer, grouped, warn_of_end};
use crate::ops::read::{Meta, Reading};
use crate::ops::text::shown;
use crate::ops::{Context, Error};
use crate::record::value::Time;
use crate::record::{Kind, RecordId};
use crate::render::{Changelog, FinishedItem, Person, Standup, StandupLine};

/// How far back a changelog goes where nothing else is said.
const CHANGELOG: i64 = 30 * 24 * 3_600;

/// How far back a standup goes.
const STANDUP: i64 = 24 * 3_600;

/// The commits between two moments, the oldest first.
struct Between {
    since: Moment,
    until: Moment,
    commits: Vec<LoggedCommit>,
    meta: Meta,
}

impl Between {
    /// The moments are those of the request, else the time of the commit and so many seconds before: never the clock.
    fn read(context: &Context, reading: &Reading, request: &RenderRequest, seconds: i64) -> Result<Self, Error> {
        let commit = reading.commit();
        let made = time(reading.snapshot.time());
        let until = moment(context, commit, request.until.as_deref(), Moment::Time(made))?;
        let end = at(context, until)?;
        let begin = time(end.as_seconds() - seconds);
        let since = moment(context, commit, request.since.as_deref(), Moment::Time(begin))?;
        let query = LogQuery {
            since: Some(since),
            until: Some(match until {
                Moment::Commit(until) => Moment::Commit(until),
                Moment::Time(_) => Moment::Commit(commit),
            }),
            ..LogQuery::default()
        };
        let mut whole = context.read()?;
        let found = answer(context, whole.commit(), &query)?;
        warn_of_end(&mut whole, found.complete);
        let mut commits = found.commits;
        commits.reverse();
        commits.retain(|commit| matches!(until, Moment::Commit(_)) || commit.time <= end);
        Ok(Self {
            since,
            until,
            commits,
            meta: Meta::git(commit, whole.warnings),
        })
    }
}

/// When a moment was.
fn at(context: &Context, moment: Moment) -> Result<Time, Error> {
    match moment {
        Moment::Time(time) => Ok(time),
        Moment::Commit(commit) => Ok(time(context.store.snapshot(commit)?.time())),
    }
}

fn time(seconds: i64) -> Time {
    Time::from_seconds(seconds).unwrap_or(Time::EPOCH)
}

fn told(moment: Moment) -> String {
    match moment {
        Moment::Time(time) => time.to_string(),
        Moment::Commit(commit) => commit.to_string(),
    }
}

pub(super) fn changelog(context: &Context, reading: &Reading, request: &RenderRequest) -> Result<(View, Meta), Error> {
    let between = Between::read(context, reading, request, CHANGELOG)?;
    let end = at(context, between.until)?.as_milliseconds();
    let filter = RecordFilter {
        since: Some(at(context, between.since)?),
        until: Time::from_milliseconds(end + 1),
        ..RecordFilter::of(Kind::Deployment)
    };
    let (gone_out, mut meta) = context.ask(Some(reading.commit()), &[Kind::Deployment], |records| {
        let page = select(records, &filter, RecordOrder::Deployed, None)?;
        deployments(records, &page.rows)
    })?;
    meta.warnings.extend(between.meta.warnings);
    let changelog = Changelog {
        since: told(between.since),
        until: told(between.until),
        deployments: Named::split(gone_out).1,
        finished: finished(&between.commits),
    };
    Ok((View::Changelog(changelog), meta))
}

/// What was completed and still was at the end: the newest first, then by title.
fn finished(commits: &[LoggedCommit]) -> Vec<FinishedItem> {
    let mut finished: BTreeMap<RecordId, FinishedItem> = BTreeMap::new();
    for commit in commits {
        let own = commit.records.iter().filter(|record| record.on.is_none());
        for record in own.filter(|record| matches!(record.kind.as_str(), "work-item" | "enhancement")) {
            let Some(id) = record.id else { continue };
            let after = |field: &str| record.fields.iter().find(|change| change.field == field);
            let status = after("status").and_then(|change| change.after.as_ref()?.as_str());
            let gone = record.what == What::Removed || after("deleted_at").is_some_and(|change| change.after.is_some());
            match status {
                Some("completed") => drop(finished.insert(
                    id,
                    FinishedItem {
                        at: commit.time,
                        title: String::new(),
                        item_type: record.item_type.clone().unwrap_or_else(|| record.kind.clone()),
                        by: shown(commit.who()),
                    },
                )),
                Some(_) => drop(finished.remove(&id)),
                None => {}
            }
            if gone {
                finished.remove(&id);
            } else if let Some(item) = finished.get_mut(&id) {
                item.title = shown(&record.title);
            }
        }
    }
    let mut finished: Vec<_> = finished.into_values().collect();
    finished.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.cmp(b)));
    finished
}

pub(super) fn standup(context: &Context, reading: &Reading, request: &RenderRequest) -> Result<(View, Meta), Error> {
    let between = Between::read(context, reading, request, STANDUP)?;
    let mut by: BTreeMap<String, Vec<&LoggedCommit>> = BTreeMap::new();
    for commit in between.commits.iter().filter(|commit| !commit.records.is_empty()) {
        by.entry(shown(commit.who())).or_default().push(commit);
    }
    let people = by
        .into_iter()
        .map(|(name, commits)| person(name, grouped(reading, commits.into_iter())))
        .filter(|person| !(person.completed.is_empty() && person.created.is_empty() && person.changed.is_empty()));
    let standup = Standup {
        since: told(between.since),
        until: told(between.until),
        people: people.collect(),
    };
    Ok((View::Standup(standup), between.meta))
}

fn person(name: String, records: Vec<ChangedRecord>) -> Person {
    let mut person = Person {
        name,
        completed: Vec::new(),
        created: Vec::new(),
        changed: Vec::new(),
    };
    for record in records {
        let list = match &record {
            record if record.completed => &mut person.completed,
            record if record.created => &mut person.created,
            _ => &mut person.changed,
        };
        list.push(StandupLine {
            title: shown(&record.title),
            item_type: record.item_type.unwrap_or(record.kind),
            id: record.id.map(RecordId::short),
            changes: record.fields.iter().map(|change| shown(&change.summary())).collect(),
            notes: record.notes.iter().map(|note| shown(&note.text)).collect(),
        });
    }
    for list in [&mut person.completed, &mut person.created, &mut person.changed] {
        list.sort();
    }
    person
}
