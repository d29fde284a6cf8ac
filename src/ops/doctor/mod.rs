//! What is wrong with a docket that no single command would notice, and what can be done about it.

mod leftovers;

use std::time::Duration;

use serde::Serialize;

use self::leftovers::{abandoned, leftovers, not_written};
use super::agents::AgentFiles;
use super::hook_files::{HookState, hook_status};
use super::index::{own_standing, rebuild_index};
use super::proposal::{rescue, tracking};
use super::read::{INCOMPLETE, Meta, Reading};
use super::shell::quoted;
use super::validate::{Target, validate};
use super::{Context, Error, ErrorKind};
use crate::record::Severity;
use crate::store::{self, CommitId, Recovery};

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// The clone.
    Repository,
    /// The tracking ref, and the records on it.
    Ref,
    /// The index.
    Index,
    /// The hooks of git.
    Hooks,
    /// The guide in the files that agents read.
    Agents,
    /// Lock files and temporary files.
    Leftovers,
}

/// One thing to look at.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Where.
    pub area: Area,
    /// Whether something may be lost or in the way.
    pub severity: Severity,
    /// What it is.
    pub message: String,
    /// A command that shows more, or mends it.
    pub hint: Option<String>,
    /// What `doctor --fix` does about it; nothing where that is left to somebody.
    pub remedy: Option<String>,
    /// Whether that was done.
    pub fixed: bool,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct DoctorResponse {
    /// What to look at, errors first; empty when all is well.
    pub findings: Vec<Finding>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

impl Finding {
    fn new(area: Area, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            area,
            severity,
            message: message.into(),
            hint: None,
            remedy: None,
            fixed: false,
        }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Does what helps, where that is wanted. What does not help is told.
    fn remedy(mut self, what: &str, fix: bool, remedy: impl FnOnce() -> Result<(), Error>) -> Self {
        self.remedy = Some(what.to_owned());
        match fix.then(remedy) {
            Some(Ok(())) => self.fixed = true,
            Some(Err(error)) => {
                self.severity = Severity::Error;
                self.message = format!("{}; {what} failed: {error}", self.message);
            }
            None => {}
        }
        self
    }
}

/// Examines the docket: the clone, the tracking ref and its records, the index, the hooks, the guide for agents, and
/// what killed processes left. Changes nothing, unless `fix` is wanted: then an index that cannot be used is built anew,
/// lock files and temporary files of writers of ours that are known to be dead are removed, and objects that a machine
/// which went down left empty are got again, or done without. No record that can be read is ever touched.
///
/// # Errors
///
/// Where there is no docket to examine. What cannot be looked at or mended is a finding.
pub fn doctor(context: &Context, fix: bool) -> Result<DoctorResponse, Error> {
    let mut findings = objects(context, fix)?;
    let reading = match (context.read(), findings.iter().find(|finding| !finding.fixed)) {
        (Ok(reading), _) => reading,
        (Err(_), Some(failed)) if fix => {
            return Err(Error::new(ErrorKind::Corrupt, &failed.message).hint("git fsck --full"));
        }
        (Err(error), Some(_)) => return Err(error.hint("git docket doctor --fix")),
        (Err(error), None) => return Err(error),
    };
    findings.extend(agents(context));
    let lock = match context.store.lock_within(Duration::ZERO, || {}) {
        // Somebody writes now, so nothing is known to be dead; or nothing can be written here at all.
        Err(store::Error::Busy { .. } | store::Error::NotWritable { .. }) => None,
        lock => Some(lock?),
    };
    let unwritten = lock.as_ref().map(|lock| context.store.unwritten(lock)).transpose();
    let (unwritten, unknown) = match unwritten {
        Ok(unwritten) => (unwritten.flatten(), None),
        Err(error) => (
            None,
            Some(Finding::new(Area::Leftovers, Severity::Error, error.to_string())),
        ),
    };
    findings.extend(unknown);
    let left = leftovers(context, lock.as_ref(), fix);
    findings.extend(not_written(context, lock.as_ref(), unwritten, fix));
    findings.extend(abandoned(context, fix));
    // Whoever writes need not wait for the rest.
    drop(lock);
    let looked = [
        (Area::Leftovers, left),
        (Area::Repository, repository(context)),
        (Area::Ref, reference(context, &reading, unwritten)),
        (Area::Index, index(context, fix)),
        (Area::Hooks, hooks(context)),
    ];
    for (area, found) in looked {
        // What cannot be looked at hides nothing else.
        let failed = |error: Error| vec![Finding::new(area, Severity::Error, error.to_string())];
        findings.extend(found.unwrap_or_else(failed));
    }
    findings.sort_by_key(|finding| finding.severity);
    Ok(DoctorResponse {
        findings,
        meta: reading.meta(),
    })
}

/// Objects that were never on the disk when the machine went down, or that are gone and the tracking ref needs.
fn objects(context: &Context, fix: bool) -> Result<Vec<Finding>, Error> {
    let empty = context.store.empty_objects()?;
    let message = match empty.len() {
        0 => match context.store.tip() {
            Err(error @ (store::Error::MissingObject { partial: false, .. } | store::Error::Corrupt { .. })) => {
                error.to_string()
            }
            _ => return Ok(Vec::new()),
        },
        1 => "an object is empty: the machine went down before it was on the disk".to_owned(),
        many => format!("{many} objects are empty: the machine went down before they were on the disk"),
    };
    let before = context.store.unchecked_tip()?;
    let mut back = None;
    let finding = Finding::new(Area::Repository, Severity::Error, message).hint("git fsck --full");
    let what = "get what the remote has of it, and where that is not enough go back to the last commit that is whole";
    let finding = finding.remedy(what, fix, || {
        let lock = context.store.lock()?;
        let time = context.source.now().as_seconds();
        if let Recovery::Back(commit) = context.store.recover(&lock, &empty, time)? {
            back = Some(commit);
        }
        Ok(())
    });
    let moved = back.zip(before).map(|(back, before)| {
        let branch = context.tracking_ref();
        let message = format!("{branch} went back from {before}, which is not whole, to {back}");
        Finding::new(Area::Ref, Severity::Warning, message).hint(format!("git reflog show {branch}"))
    });
    Ok([Some(finding), moved].into_iter().flatten().collect())
}

fn repository(context: &Context) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    if !context.store.is_complete()? {
        findings.push(Finding::new(Area::Repository, Severity::Warning, INCOMPLETE).hint("git fetch --unshallow"));
    }
    match context.store.refuse_checked_out() {
        Ok(()) => {}
        Err(error @ store::Error::CheckedOut { .. }) => {
            let message = format!("nothing can be written: {error}");
            findings.push(Finding::new(Area::Repository, Severity::Error, message));
        }
        Err(error) => return Err(error.into()),
    }
    let own = context.store.own_dir();
    if own.symlink_metadata().is_ok() && !own.is_dir() {
        let message = format!("nothing can be written: {} is no directory", own.display());
        let finding = Finding::new(Area::Repository, Severity::Error, message);
        findings.push(finding.hint(format!("ls -ld {}", quoted(own.display()))));
    }
    if context.store.identity().is_err() {
        let message = "nothing can be written: git does not know who you are";
        let finding = Finding::new(Area::Repository, Severity::Warning, message);
        findings.push(finding.hint("git config user.name 'Your Name' && git config user.email you@example.com"));
    }
    Ok(findings)
}

/// Commits that stood on the tracking ref once and are not reached from it any more, and records that are not valid.
fn reference(context: &Context, reading: &Reading, unwritten: Option<CommitId>) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let branch = context.tracking_ref();
    let mut logged = context.store.reflog()?;
    logged.retain(|commit| Some(*commit) != unwritten);
    // Git deletes the reflog of a branch with it.
    let stood = context.store.stood().into_iter();
    logged.extend(stood.filter(|commit| !logged.contains(commit)).collect::<Vec<_>>());
    for commit in context.store.unreached(reading.commit(), &logged)? {
        let range = format!("{branch}..{}", commit.short());
        let message = format!("commit {commit} was on {branch} once and is not any more; `git log {range}` shows it");
        let finding = Finding::new(Area::Ref, Severity::Error, message);
        // What was taken out of a proposal is nobody's to land.
        let hint = match context.is_on_proposal() {
            true => format!("git log --oneline {}", quoted(&range)),
            false => rescue(context, commit),
        };
        findings.push(finding.hint(hint));
    }
    if context.store.proposal().is_some() {
        let there = context.on(tracking(context))?;
        let is_lost = match (there.store.unchecked_tip()?, there.store.remote_tip()?) {
            (Some(_), _) => false,
            (None, None) => true,
            // It begins there again, and lacks what stood beside that.
            (None, Some(remote)) => !there.store.stood_beside(remote.commit)?.is_empty(),
        };
        if is_lost {
            let gone = there.no_branch();
            let finding = Finding::new(Area::Ref, Severity::Error, gone.to_string());
            // A new one is not begun on a proposal.
            let hint = gone.hints().iter().find(|hint| *hint != "git docket init");
            findings.push(finding.hint(hint.map_or("git docket propose leave", String::as_str)));
        }
    }
    if !reading.writable {
        let message = "a newer version wrote the docket; this one can only read it";
        findings.push(Finding::new(Area::Ref, Severity::Warning, message));
    }
    let checked = validate(context, &Target::Revision(reading.commit().to_string()))?;
    if checked.errors > 0 {
        let message = format!("{} errors in {} records", checked.errors, checked.records);
        findings.push(Finding::new(Area::Ref, Severity::Error, message).hint("git docket validate"));
    }
    Ok(findings)
}

fn index(context: &Context, fix: bool) -> Result<Vec<Finding>, Error> {
    let index = own_standing(context, context.read()?.commit())?;
    if index.state != "unusable" {
        return Ok(Vec::new());
    }
    let reason = index.reason.unwrap_or_default();
    let message = format!("{} cannot be used: {reason}", index.place);
    let finding = Finding::new(Area::Index, Severity::Warning, message).hint("git docket index rebuild");
    let finding = finding.remedy("build it anew from git", fix, || rebuild_index(context).map(drop));
    Ok(vec![finding])
}

/// Hooks that another version wrote, or some of them where others are there.
fn hooks(context: &Context) -> Result<Vec<Finding>, Error> {
    if context.store.work_dir().is_none() {
        return Ok(Vec::new());
    }
    let hooks = hook_status(context)?.hooks;
    let names = |state| {
        let names: Vec<_> = hooks
            .iter()
            .filter(|hook| hook.state == state)
            .map(|hook| hook.hook.as_str())
            .collect();
        names.join(", ")
    };
    let finding = |message: String| {
        let finding = Finding::new(Area::Hooks, Severity::Warning, message);
        finding.hint("git docket hook install")
    };
    let mut findings = Vec::new();
    let outdated = names(HookState::Outdated);
    if !outdated.is_empty() {
        findings.push(finding(format!("another version wrote our lines in {outdated}")));
    }
    let missing = names(HookState::Missing);
    if !missing.is_empty() && hooks.iter().any(|hook| hook.state == HookState::Installed) {
        findings.push(finding(format!("some hooks are installed, but not {missing}")));
    }
    Ok(findings)
}

/// The guide of another version in the files that agents read.
fn agents(context: &Context) -> Option<Finding> {
    // Files that are not understood are the business of whoever puts the guide there.
    let outdated = AgentFiles::put(context).ok()?.outdated();
    let message = format!("the guide in {} is not that of this version", outdated.join(" and "));
    let finding = Finding::new(Area::Agents, Severity::Warning, message).hint("git docket init --agents");
    (!outdated.is_empty()).then_some(finding)
}
