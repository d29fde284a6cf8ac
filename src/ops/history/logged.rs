//! From what git says a commit changed to what that means: records and fields.

use std::collections::HashMap;
use std::ops::Range;

use super::{FieldChange, LoggedCommit, LoggedRecord, What, time};
use crate::ops::{Context, Error};
use crate::record::change::changes;
use crate::record::merge::count_lines;
use crate::record::path::{Identity, Place};
use crate::record::{Fields, Record, RecordPath, limits, parse};
use crate::store::{BlobId, Commit, CommitId, Entry, File, PathChange, Walk};

/// How long the first line of a note may be to stand for it.
const NOTE_CHARS: usize = 120;

/// What some commits of a walk changed, by their places in it.
///
/// Each version of a record is read and parsed once, on all cores. One that cannot be read is told
/// as such and stands in nobody's way.
///
/// # Errors
///
/// Those of reading commits and trees.
pub(in crate::ops) fn logged(context: &Context, walk: &Walk, range: Range<usize>) -> Result<Vec<LoggedCommit>, Error> {
    let changes = context.store.compare(walk, range.clone())?;
    let commits = walk.commits().get(range).unwrap_or_default().iter();
    let of_records = |changes: Vec<PathChange>| changes.into_iter().filter_map(Located::of).collect();
    told(context, commits.zip(changes.into_iter().map(of_records)).collect())
}

/// A changed file that is where a record belongs.
pub(super) struct Located {
    pub(super) path: RecordPath,
    pub(super) change: PathChange,
}

impl Located {
    pub(super) fn of(change: PathChange) -> Option<Self> {
        match RecordPath::locate(std::str::from_utf8(&change.path).ok()?) {
            Place::Record(path) => Some(Self { path, change }),
            _ => None,
        }
    }
}

/// The same from what is known to have changed.
pub(super) fn told(context: &Context, commits: Vec<(&Commit, Vec<Located>)>) -> Result<Vec<LoggedCommit>, Error> {
    let Some((first, _)) = commits.first() else {
        return Ok(Vec::new());
    };
    let versions = Versions::read(context, first.id, commits.iter().flat_map(|(_, changes)| changes))?;
    let told = commits.iter().map(|(commit, changes)| LoggedCommit {
        commit: commit.id.to_string(),
        time: time(commit.time),
        order: commit.order,
        author: commit.author.clone(),
        client: commit.client.clone(),
        op: commit.operation.clone(),
        subject: commit.subject.clone(),
        undoes: commit.undoes.map(|undone| undone.to_string()),
        merge: commit.is_merge(),
        records: changes.iter().map(|change| versions.record(change)).collect(),
    });
    Ok(told.collect())
}

/// A version of a record that was read.
enum Version {
    /// All of it.
    Whole(Box<Record>),
    /// What is told of a record that was created; there may be many in one commit.
    Named(Named),
    Unreadable,
}

/// What a record is called.
#[derive(Clone, Default)]
struct Named {
    title: String,
    item_type: Option<String>,
}

impl Named {
    fn of(record: &Record) -> Self {
        let title = match &record.fields {
            Fields::Note(_) => record
                .body
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .take(NOTE_CHARS)
                .collect(),
            _ => record.heading(),
        };
        let item_type = record.as_work_item().map(|item| item.item_type.to_string());
        Self { title, item_type }
    }
}

/// The versions that some changes are about.
struct Versions(HashMap<BlobId, Version>);

impl Versions {
    fn read<'c>(
        context: &Context,
        commit: CommitId,
        changes: impl Iterator<Item = &'c Located>,
    ) -> Result<Self, Error> {
        // A blob stands at one path only, but for files that somebody copied: those have the wrong
        // id in all places but one, and are not valid there.
        let mut wanted: HashMap<BlobId, (usize, bool)> = HashMap::new();
        let (mut entries, mut paths) = (Vec::new(), Vec::new());
        for Located { path, change } in changes {
            let whole = change.before.iter().any(Option::is_some);
            let files = change.before.iter().chain([&change.after]).flatten();
            for file in files.filter(|file| file.mode.is_file()) {
                let place = wanted.entry(file.blob).or_insert_with(|| {
                    entries.push(Entry {
                        path: change.path.clone(),
                        mode: file.mode,
                        blob: file.blob,
                    });
                    paths.push(path);
                    (entries.len() - 1, false)
                });
                place.1 |= whole;
            }
        }
        let mut whole = vec![false; entries.len()];
        for (at, needed) in wanted.values() {
            whole[*at] = *needed;
        }
        let snapshot = context.store.snapshot(commit)?;
        let versions = snapshot.read_all(&entries, limits::RECORD_BYTES, |at, bytes| {
            match bytes.ok().and_then(|bytes| parse(&bytes, Some(paths[at])).ok()) {
                Some(parsed) if whole[at] => Version::Whole(Box::new(parsed.record)),
                Some(parsed) => Version::Named(Named::of(&parsed.record)),
                None => Version::Unreadable,
            }
        });
        Ok(Self(entries.iter().map(|entry| entry.blob).zip(versions).collect()))
    }

    fn get(&self, file: &File) -> &Version {
        let version = self.0.get(&file.blob).filter(|_| file.mode.is_file());
        version.unwrap_or(&Version::Unreadable)
    }

    fn record(&self, located: &Located) -> LoggedRecord {
        let Located { path, change } = located;
        let before: Vec<_> = change
            .before
            .iter()
            .map(|file| file.as_ref().map(|file| self.get(file)))
            .collect();
        let whole = |version: &Version| match version {
            Version::Whole(record) => Some(Named::of(record)),
            Version::Named(named) => Some(named.clone()),
            Version::Unreadable => None,
        };
        let (what, fields) = match change.after.as_ref().map(|file| self.get(file)) {
            None => (What::Removed, Vec::new()),
            Some(Version::Unreadable) => (What::Unreadable, Vec::new()),
            Some(_) if before.iter().all(Option::is_none) => (What::Created, Vec::new()),
            Some(Version::Whole(after)) if before.iter().flatten().any(is_readable) => {
                (What::Changed, differing(&before, after))
            }
            Some(_) => (What::Mended, Vec::new()),
        };
        let after = change.after.as_ref().map(|file| self.get(file));
        let named = after
            .and_then(whole)
            .or_else(|| before.iter().flatten().find_map(|version| whole(version)));
        let named = named.unwrap_or_default();
        LoggedRecord {
            path: path.to_string(),
            kind: path.kind().as_str().to_owned(),
            id: path.id(),
            on: match path.identity() {
                Identity::Own(_) => None,
                Identity::Note { on, .. } | Identity::Conflict { on, .. } => Some(*on),
                Identity::CommitLink { work_item, .. } => Some(*work_item),
            },
            item_type: named.item_type,
            title: named.title,
            what,
            fields,
        }
    }
}

fn is_readable(version: &&Version) -> bool {
    !matches!(version, Version::Unreadable)
}

/// The fields that differ from those of every parent, in the order of the first.
fn differing(before: &[Option<&Version>], after: &Record) -> Vec<FieldChange> {
    let record = |version: &Option<&Version>| match version {
        Some(Version::Whole(record)) => Some((**record).clone()),
        _ => None,
    };
    let before: Vec<_> = before.iter().map(record).collect();
    let mut sides = before.iter().map(|before| changes(before.as_ref(), Some(after)));
    let mut found = sides.next().unwrap_or_default();
    for side in sides {
        found.retain(|change| side.iter().any(|other| other.field == change.field));
    }
    found
        .into_iter()
        .map(|change| match change.field.as_str() {
            "body" => {
                let before = before
                    .first()
                    .and_then(Option::as_ref)
                    .map_or("", |before| before.body.as_str());
                body(before, &after.body)
            }
            _ => change.into(),
        })
        .collect()
}

/// How a body changed; its texts are not told.
pub(super) fn body(before: &str, after: &str) -> FieldChange {
    let count = count_lines(before, after);
    FieldChange {
        field: "body".to_owned(),
        before: None,
        after: None,
        lines_added: Some(count.added),
        lines_removed: Some(count.removed),
    }
}
