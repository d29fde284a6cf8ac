//! What happened since somebody last looked, record by record.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::log::warn_of_end;
use super::query::{LogQuery, answer};
use super::{FieldChange, LoggedCommit, LoggedRecord, Moment, What, find_title};
use crate::ops::read::{Listed, Reading};
use crate::ops::{Context, Error};
use crate::record::RecordId;
use crate::record::value::Time;

/// How far back to look where nothing else is said.
const SINCE: &str = "24h";

/// What to tell.
#[derive(Clone, Debug, Default)]
pub struct ChangesRequest {
    /// Since this commit or time; the last 24 hours where nothing is said.
    pub since: Option<String>,
    /// Only what this one did.
    pub actor: Option<String>,
}

/// What happened, by record.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ChangesResponse {
    /// The time or the commit it begins at.
    pub since: String,
    /// How many commits that were.
    pub commits: usize,
    /// The records, the one that changed last first.
    #[serde(flatten)]
    pub listed: Listed<ChangedRecord>,
}

/// What happened to a record, all in all.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct ChangedRecord {
    /// The record.
    pub id: Option<RecordId>,
    /// Its kind.
    pub kind: String,
    /// The type of a work item.
    pub item_type: Option<String>,
    /// What a person calls it.
    pub title: String,
    /// Whether it was created in this time.
    pub created: bool,
    /// Whether a work item was completed in this time, and still is.
    pub completed: bool,
    /// Whether it was deleted in this time, and still is.
    pub deleted: bool,
    /// Whether its file is no valid record now.
    pub unreadable: bool,
    /// Whether somebody mended its file, and it still is a valid record.
    pub mended: bool,
    /// The fields that are not what they were, from the first change to the last; none of a record
    /// that was created.
    pub fields: Vec<FieldChange>,
    /// What was said about it, oldest first.
    pub notes: Vec<NoteAdded>,
    /// How many commits of the code were linked to it.
    pub links: usize,
    /// How many conflicts merges recorded.
    pub conflicts: usize,
    /// Who did that, in order of appearance.
    pub by: Vec<String>,
    /// When it was changed last.
    pub at: Option<Time>,
    /// The commits, oldest first.
    pub commits: Vec<String>,
}

/// A note that was written.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct NoteAdded {
    /// Its identity.
    pub id: Option<RecordId>,
    /// Who wrote it.
    pub by: String,
    /// Its first line.
    pub text: String,
}

/// Tells what happened to each record.
pub fn changes(context: &Context, request: &ChangesRequest) -> Result<ChangesResponse, Error> {
    let mut reading = context.read()?;
    let tip = reading.commit();
    let since = Moment::read(context, tip, request.since.as_deref().unwrap_or(SINCE))?;
    let query = LogQuery {
        since: Some(since),
        actor: request.actor.clone(),
        ..LogQuery::default()
    };
    let answer = answer(context, tip, &query)?;
    warn_of_end(&mut reading, answer.complete);
    let mut items = grouped(&reading, answer.commits.iter().rev());
    items.reverse();
    items.sort_by_key(|item| std::cmp::Reverse(item.at));
    Ok(ChangesResponse {
        since: match since {
            Moment::Time(time) => time.to_string(),
            Moment::Commit(commit) => commit.to_string(),
        },
        commits: answer.commits.len(),
        listed: Listed::all(items, reading.meta()),
    })
}

/// What some commits did, the oldest first, to each record, in the order of their first changes.
pub(in crate::ops) fn grouped<'c>(
    reading: &Reading,
    commits: impl Iterator<Item = &'c LoggedCommit>,
) -> Vec<ChangedRecord> {
    let mut groups = Groups::default();
    for commit in commits {
        for record in &commit.records {
            groups.add(commit, record);
        }
    }
    let mut items = groups.groups;
    // What is only written differently is no news.
    items.retain(|item| item.matters());
    for item in items.iter_mut().filter(|item| item.title.is_empty()) {
        if let Some((kind, item_type, title)) = item.id.and_then(|id| find_title(reading, id)) {
            (item.kind, item.item_type, item.title) = (kind, item_type, title);
        }
    }
    items
}

/// Records in order of their first change.
#[derive(Default)]
struct Groups {
    groups: Vec<ChangedRecord>,
    places: HashMap<String, usize>,
}

impl Groups {
    /// Adds what a commit did to a record; older commits come first.
    fn add(&mut self, commit: &LoggedCommit, record: &LoggedRecord) {
        let key = record
            .subject()
            .map_or_else(|| record.path.clone(), |id| id.to_string());
        let place = *self.places.entry(key).or_insert_with(|| {
            self.groups.push(ChangedRecord {
                id: record.subject(),
                ..ChangedRecord::default()
            });
            self.groups.len() - 1
        });
        let group = &mut self.groups[place];
        match (record.on, record.kind.as_str(), record.what) {
            (None, ..) => group.change(record),
            (_, "note", What::Created) => group.notes.push(NoteAdded {
                id: record.id,
                by: commit.who().to_owned(),
                text: record.title.clone(),
            }),
            (_, "note", _) => {
                let retracted = record
                    .fields
                    .iter()
                    .any(|c| c.field == "retracted" && c.after.is_some());
                group.notes.retain(|note| !retracted || note.id != record.id);
            }
            (_, "commit-link", What::Created) => group.links += 1,
            (_, "conflict", What::Created) => group.conflicts += 1,
            _ => {}
        }
        let who = commit.who();
        if !group.by.iter().any(|by| by == who) {
            group.by.push(who.to_owned());
        }
        if group.commits.last() != Some(&commit.commit) {
            group.commits.push(commit.commit.clone());
        }
        group.at = group.at.max(Some(commit.time));
    }
}

impl ChangedRecord {
    fn matters(&self) -> bool {
        let flags = [self.created, self.completed, self.deleted, self.unreadable, self.mended];
        let beside = self.notes.len() + self.links + self.conflicts;
        flags.contains(&true) || !self.fields.is_empty() || beside > 0
    }

    fn change(&mut self, record: &LoggedRecord) {
        self.kind.clone_from(&record.kind);
        if !record.title.is_empty() {
            self.title.clone_from(&record.title);
            self.item_type.clone_from(&record.item_type);
        }
        self.created |= record.what == What::Created;
        self.unreadable = record.what == What::Unreadable;
        self.mended = !self.unreadable && (self.mended || record.what == What::Mended);
        self.deleted = match record.what {
            What::Removed => true,
            What::Created => false,
            _ => self.deleted,
        };
        for change in &record.fields {
            let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(ToOwned::to_owned);
            match change.field.as_str() {
                "status" => self.completed = text(&change.after).as_deref() == Some("completed"),
                "deleted_at" => self.deleted = change.after.is_some(),
                _ => {}
            }
            if !self.created {
                self.net(change);
            }
        }
    }

    /// The change after those before it: from the first value to the last.
    fn net(&mut self, change: &FieldChange) {
        let Some(at) = self.fields.iter().position(|known| known.field == change.field) else {
            self.fields.push(change.clone());
            return;
        };
        let known = &mut self.fields[at];
        known.after.clone_from(&change.after);
        for (sum, more) in [
            (&mut known.lines_added, change.lines_added),
            (&mut known.lines_removed, change.lines_removed),
        ] {
            *sum = sum.map(|sum| sum + more.unwrap_or(0));
        }
        if known.lines_added.is_none() && known.before == known.after {
            self.fields.remove(at);
        }
    }
}
