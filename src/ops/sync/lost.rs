//! Claims that a merge gave to somebody else: whoever lost one is told with the next answer, once.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use crate::ops::Context;
use crate::record::path::Place;
use crate::record::value::{Actor, Anything};
use crate::record::{Fields, Kind, RecordPath, limits, parse};
use crate::store::CommitId;

/// Where lost claims wait, in the directory of ours in the common git directory.
const FILE: &str = "lost-claims";

/// Longer than anybody takes to tell them.
const TELLING: Duration = Duration::from_secs(60);

impl Context {
    fn lost_file(&self) -> PathBuf {
        self.store.own_dir().join(FILE)
    }

    /// Notes the claims that were lost between two tips. A claim that nobody is told of is still recorded as a conflict.
    pub(super) fn note_lost_claims(&self, from: CommitId, to: CommitId) {
        let lines: String = self
            .lost_between(from, to)
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        if !lines.is_empty() {
            self.add_lost(&lines).ok();
        }
    }

    fn add_lost(&self, lines: &str) -> std::io::Result<()> {
        let file = File::options().create(true).append(true).open(self.lost_file());
        file?.write_all(lines.as_bytes())
    }

    /// Each as `loser TAB what happened`.
    fn lost_between(&self, from: CommitId, to: CommitId) -> Vec<String> {
        let (Ok(changes), Ok(snapshot)) = (self.store.tree_changes(Some(from), to), self.store.snapshot(to)) else {
            return Vec::new();
        };
        let new = changes.into_iter().filter(|change| change.before.is_none());
        let lost = new.filter_map(|change| {
            let path = String::from_utf8(change.path).ok()?;
            let Place::Record(path) = RecordPath::locate(&path) else {
                return None;
            };
            if path.kind() != Kind::Conflict {
                return None;
            }
            let blob = snapshot.blob(change.after?.blob, limits::RECORD_BYTES).ok()?;
            let Fields::Conflict(conflict) = parse(&blob.bytes, Some(&path)).ok()?.record.fields else {
                return None;
            };
            if conflict.resolved_at.is_some() {
                return None;
            }
            let by = |value: &Option<Anything>| Actor::new(value.as_ref()?.0.get("claim")?.get("by")?.as_str()?).ok();
            let (loser, holder) = (by(&conflict.other)?, by(&conflict.kept)?);
            let on = conflict.on.short();
            (loser != holder).then(|| {
                format!("{loser}\tyour claim of {on} was lost: {holder} holds it, who claimed it in another clone")
            })
        });
        lost.collect()
    }

    /// What whoever asks has lost since they were last told.
    pub(in crate::ops) fn lost_claims(&self) -> Vec<String> {
        let Ok(noted) = fs::read_to_string(self.lost_file()) else {
            return Vec::new();
        };
        let Ok(actor) = self.actor() else { return Vec::new() };
        let mine = |line: &str| {
            let (loser, what) = line.split_once('\t')?;
            (loser == actor.as_str()).then(|| what.to_owned())
        };
        if !noted.lines().any(|line| mine(line).is_some()) {
            return Vec::new();
        }
        // Whoever renames it has it: nobody else tells it, and what is noted meanwhile goes to a new file.
        let taken = self.store.own_dir().join(format!("{FILE}.{}", self.source.mark()));
        if fs::rename(self.lost_file(), &taken).is_err() {
            return Vec::new();
        }
        let noted = fs::read_to_string(&taken).unwrap_or_default();
        let others = noted.lines().filter(|line| mine(line).is_none());
        let others: String = others.map(|line| format!("{line}\n")).collect();
        if others.is_empty() || self.add_lost(&others).is_ok() {
            fs::remove_file(&taken).ok();
        }
        noted.lines().filter_map(mine).collect()
    }

    /// What processes had taken to tell it when they were killed, more than a minute ago, and the files it is in.
    pub(in crate::ops) fn untold_claims(&self) -> Vec<(PathBuf, String)> {
        let is_left = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let age = fs::metadata(path)
                .and_then(|meta| meta.modified())
                .map(|time| time.elapsed());
            name.strip_prefix(FILE).is_some_and(|rest| rest.starts_with('.'))
                && matches!(age, Ok(Ok(age)) if age > TELLING)
        };
        let files = fs::read_dir(self.store.own_dir()).into_iter().flatten().flatten();
        let files = files.map(|entry| entry.path()).filter(is_left);
        let told = |path: PathBuf| {
            let lines = fs::read_to_string(&path).ok()?;
            let lines: Vec<_> = lines.lines().map(|line| line.replacen('\t', ": ", 1)).collect();
            Some((path, lines.join("; ")))
        };
        files.filter_map(told).collect()
    }
}
