//! What killed processes left: lock files, files on their way, and what they told before they had done it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Area, Finding};
use crate::ops::render::report_path;
use crate::ops::shell::quoted;
use crate::ops::{Context, Error};
use crate::record::Severity;
use crate::store::{self, CommitId, WriteLock};

/// A lock file younger than this may be somebody's who is writing now.
const STALE: Duration = Duration::from_secs(60);

/// A commit that a process was about to write when it was killed, and that the reflog tells of all the same.
pub(super) fn not_written(
    context: &Context,
    lock: Option<&WriteLock>,
    unwritten: Option<CommitId>,
    fix: bool,
) -> Option<Finding> {
    let (lock, commit) = (lock?, unwritten?);
    let message = format!("a process was killed before it had written commit {commit}, which is in the reflog");
    let finding = Finding::new(Area::Leftovers, Severity::Warning, message);
    let remedy = || context.store.forget_unwritten(lock).map_err(Error::from);
    Some(finding.remedy("take it out", fix, remedy))
}

/// Files of processes that were killed: those that are provably ours, and others that may be somebody's.
pub(super) fn leftovers(context: &Context, lock: Option<&WriteLock>, fix: bool) -> Result<Vec<Finding>, Error> {
    let dead: Vec<PathBuf> = match lock {
        Some(lock) => context.store.dead(lock)?,
        None => Vec::new(),
    };
    let mut findings = Vec::new();
    for (file, age) in context.store.leftovers()? {
        match lock {
            Some(lock) if dead.contains(&file) => {
                let finding = left(&file, age, true);
                let remedy = || context.store.bury(lock, &file).map_err(Error::from);
                findings.push(finding.remedy("remove it", fix, remedy));
            }
            _ if age > STALE => {
                let finding = left(&file, age, false);
                let hint = format!("ls -l {}", quoted(file.display()));
                findings.push(finding.hint(hint));
            }
            _ => {}
        }
    }
    Ok(findings)
}

/// Files that were to take the place of others, of processes that were killed; and what one of them was about to tell.
pub(super) fn abandoned(context: &Context, fix: bool) -> Vec<Finding> {
    let store = &context.store;
    let report = report_path(context).ok().flatten();
    let directories = [
        store.work_dir().map(Path::to_owned),
        Some(store.git_dir().to_owned()),
        store.hooks_dir().ok(),
        report.and_then(|report| report.parent().map(Path::to_owned)),
    ];
    let directories: BTreeSet<_> = directories.into_iter().flatten().collect();
    let found = directories.iter().flat_map(|directory| store::abandoned_in(directory));
    let files = found.filter(|(_, age)| *age > STALE).map(|(file, age)| {
        let finding = left(&file, age, true);
        finding.remedy("remove it", fix, || removed(&file))
    });
    let untold = context.untold_claims().into_iter().map(|(file, told)| {
        let message = format!("a process was killed before it had told: {told}");
        let finding = Finding::new(Area::Leftovers, Severity::Warning, message);
        finding.remedy("take that for told", fix, || removed(&file))
    });
    files.chain(untold).collect()
}

fn removed(file: &Path) -> Result<(), Error> {
    std::fs::remove_file(file).map_err(|error| Error::request(format!("{}: {error}", file.display())))
}

fn left(file: &Path, age: Duration, is_dead: bool) -> Finding {
    let (file, age) = (
        file.display(),
        match age.as_secs() / 60 {
            0 => "less than a minute".to_owned(),
            1 => "a minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        },
    );
    let message = match is_dead {
        true => format!("{file} was left {age} ago by a process that was killed"),
        false => format!("{file} is {age} old: somebody is at work, or was killed"),
    };
    Finding::new(Area::Leftovers, Severity::Warning, message)
}
