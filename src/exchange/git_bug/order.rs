//! The packs of a bug in the order that everybody agrees on: by their clocks.

use std::collections::HashMap;

use super::Commit;
use super::pack::{self, Pack};

/// The version of the format that is read here.
const FORMAT: u64 = 4;

/// The packs of a bug, the first one first; the reason where they make no bug.
///
/// What git-bug refuses is refused here too: several beginnings, clocks that run backwards, and merges that do something
/// themselves. In each of them nobody could tell what the bug is now.
pub(super) fn packs(commits: &[Commit]) -> Result<Vec<Pack>, String> {
    if commits.is_empty() {
        return Err("has no commits".to_owned());
    }
    if commits.iter().filter(|commit| commit.parents.is_empty()).count() != 1 {
        return Err("has several beginnings".to_owned());
    }
    let named = |commit: &Commit, reason: String| format!("commit {}: {reason}", short(&commit.id));
    let mut clocks = HashMap::new();
    for commit in commits {
        let clock = clock(commit).map_err(|reason| named(commit, reason))?;
        clocks.insert(commit.id.as_str(), clock);
    }
    let mut packs = Vec::new();
    for commit in commits {
        let clock = clocks.get(commit.id.as_str()).copied().unwrap_or_default();
        for parent in &commit.parents {
            let before = clocks.get(parent.as_str());
            if before.is_none_or(|before| *before >= clock) {
                return Err(named(commit, "its clock is not behind that of its parent".to_owned()));
            }
        }
        let bytes = commit.operations.as_deref();
        let bytes = bytes.ok_or_else(|| named(commit, "has no operations".to_owned()))?;
        let pack = pack::read(bytes).map_err(|reason| named(commit, reason))?;
        if commit.parents.len() > 1 && !pack.operations.is_empty() {
            return Err(named(commit, "is a merge and has operations".to_owned()));
        }
        packs.push((clock, pack));
    }
    packs.sort_by(|(clock, pack), (other_clock, other)| (clock, &pack.id).cmp(&(other_clock, &other.id)));
    Ok(packs.into_iter().map(|(_, pack)| pack).collect())
}

/// The clock of a commit, once it is known to be of the right format.
fn clock(commit: &Commit) -> Result<u64, String> {
    let number = |prefix: &str| {
        let mut numbers = commit.names.iter().filter_map(|name| name.strip_prefix(prefix));
        numbers.next().map(str::parse::<u64>)
    };
    match number("version-") {
        Some(Ok(FORMAT)) => {}
        Some(Ok(other)) if other < FORMAT => {
            return Err(format!(
                "is of version {other} of the format; git-bug-migration makes it version {FORMAT}"
            ));
        }
        Some(Ok(other)) => {
            return Err(format!(
                "is of version {other} of the format, which is newer than this program"
            ));
        }
        Some(Err(_)) | None => return Err("says no version of the format".to_owned()),
    }
    match number("edit-clock-") {
        Some(Ok(clock)) if clock > 0 => Ok(clock),
        _ => Err("has no clock".to_owned()),
    }
}

fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}
