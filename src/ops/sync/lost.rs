//! Claims that a merge gave to somebody else: whoever lost one is told with the next answer, once.

use std::fs;
use std::path::PathBuf;

use crate::ops::Context;
use crate::record::path::Place;
use crate::record::{Fields, Kind, RecordPath, limits, parse};
use crate::store::CommitId;

/// Where lost claims wait, in the directory of ours in the common git directory.
const FILE: &str = "lost-claims";

impl Context {
    fn lost_file(&self) -> PathBuf {
        self.store.common_dir().join("docket").join(FILE)
    }

    /// Notes the claims that were lost between two tips. A claim that nobody is told of is still recorded as a conflict.
    pub(super) fn note_lost_claims(&self, from: Option<CommitId>, to: CommitId) {
        let lines: String = self
            .lost_between(from, to)
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        if !lines.is_empty() {
            let before = fs::read_to_string(self.lost_file()).unwrap_or_default();
            fs::write(self.lost_file(), before + &lines).ok();
        }
    }

    /// Each as `loser TAB what happened`.
    fn lost_between(&self, from: Option<CommitId>, to: CommitId) -> Vec<String> {
        let (Ok(changes), Ok(snapshot)) = (self.store.tree_changes(from, to), self.store.snapshot(to)) else {
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
            let by = |value: &Option<crate::record::value::Anything>| {
                let by = value.as_ref()?.0.get("claim")?.get("by")?.as_str()?;
                Some(by.to_owned())
            };
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
        let mine = |line: &&str| line.split_once('\t').is_some_and(|(loser, _)| loser == actor.as_str());
        let (mine, others): (Vec<_>, Vec<_>) = noted.lines().partition(mine);
        if mine.is_empty() {
            return Vec::new();
        }
        let left: String = others.iter().map(|line| format!("{line}\n")).collect();
        let written = match left.is_empty() {
            true => fs::remove_file(self.lost_file()),
            false => fs::write(self.lost_file(), left),
        };
        // Where it cannot be taken out of the list, it is told again: better twice than never.
        written.ok();
        mine.iter()
            .filter_map(|line| Some(line.split_once('\t')?.1.to_owned()))
            .collect()
    }
}
