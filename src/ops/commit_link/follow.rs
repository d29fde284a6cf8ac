//! Linking commits of the code to the work items their trailers name.

use std::collections::BTreeMap;

use super::names::{Named, Names, named};
use super::remembered::Remembered;
use super::{hash, link, put_new};
use crate::ops::draft::Draft;
use crate::ops::update::{self, UpdateRequest};
use crate::ops::{Context, Error, ErrorKind};
use crate::record::value::{Actor, Text, Time};
use crate::record::work_item::Status;
use crate::record::{RecordId, WorkItem};
use crate::store::{CodeCommit, CommitId};

/// How many commits of a merge are linked at most, the newest.
const MERGED: usize = 200;

/// The operation in the commits that link commits.
pub(super) const OPERATION: &str = "link";

/// What a commit of the reflog that amends another begins with.
const AMEND: &str = "commit (amend)";

/// What followed from commits of the code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// What whoever commits should know, each on one line.
    pub told: Vec<String>,
}

/// Links the commit that was just made to the work items its trailers name, and completes those it closes.
///
/// Where it amends another one, nothing: what follows then waits for the names of both. Where it concludes a merge,
/// the merged commits are linked as well, since nothing else tells of them.
pub fn after_commit(context: &Context) -> Result<Followed, Error> {
    if !is_worth_it(context)?
        || context.store.is_rebasing()
        || context.store.last_move().is_some_and(|by| by.starts_with(AMEND))
    {
        return Ok(Followed::default());
    }
    let head = context.store.code_commit(context.store.resolve("HEAD")?)?;
    let branch = context.store.branch()?;
    let commits = match head.parents.as_slice() {
        [first, _, ..] => since(context, *first, head.id)?,
        _ => vec![head],
    };
    follow(context, &commits, branch.as_deref())
}

/// Links the commits that a merge or a pull brought, as [`after_commit`] does.
pub fn after_merge(context: &Context) -> Result<Followed, Error> {
    if !is_worth_it(context)? || context.store.is_rebasing() {
        return Ok(Followed::default());
    }
    follow(context, &brought(context)?, None)
}

/// Whether there is a docket here. A hook never starts one from the remote's.
pub(super) fn is_worth_it(context: &Context) -> Result<bool, Error> {
    Ok(context.store.unchecked_tip()?.is_some())
}

/// The commits that a merge or a rebase brought and that name work items, the oldest first.
pub(super) fn brought(context: &Context) -> Result<Vec<CodeCommit>, Error> {
    // A pull into a branch without commits had nothing before.
    match context.store.resolve("ORIG_HEAD") {
        Ok(before) => since(context, before, context.store.resolve("HEAD")?),
        Err(_) => Ok(Vec::new()),
    }
}

/// The commits that `tip` has and `base` has not and that name work items, the oldest first; of many the newest.
fn since(context: &Context, base: CommitId, tip: CommitId) -> Result<Vec<CodeCommit>, Error> {
    let mut left = MERGED;
    let mut commits = context.store.code_commits(base, tip, |commit| {
        left -= usize::from(left > 0 && !named(&commit.trailers).is_empty());
        left > 0
    })?;
    commits.retain(|commit| !named(&commit.trailers).is_empty());
    commits.reverse();
    Ok(commits)
}

fn follow(context: &Context, commits: &[CodeCommit], branch: Option<&str>) -> Result<Followed, Error> {
    if commits.iter().all(|commit| named(&commit.trailers).is_empty()) {
        return Ok(Followed::default());
    }
    written(context, |context, draft, remembered, closing| {
        let mut told = Vec::new();
        for (at, commit) in commits.iter().enumerate() {
            let branch = branch.filter(|_| at + 1 == commits.len());
            told.extend(follow_one(
                context,
                draft,
                remembered,
                commit,
                branch,
                &BTreeMap::new(),
                closing,
            )?);
        }
        Ok(told)
    })
}

/// Writes what a plan makes of commits, in one commit or none. Where an item cannot be completed, such as one whose
/// file must not be touched, all are linked without it; `closing` tells the plan.
pub(super) fn written(
    context: &Context,
    plan: impl Fn(&Context, &mut Draft<'_>, &Remembered, bool) -> Result<Vec<String>, Error>,
) -> Result<Followed, Error> {
    let write = |closing| {
        context.write(OPERATION, None, |context, draft| {
            let remembered = Remembered::at(context, draft.reading)?;
            plan(context, draft, &remembered, closing)
        })
    };
    match write(true) {
        Ok(written) => Ok(Followed { told: written.value }),
        Err(error) if error.kind() == ErrorKind::Invalid => {
            let mut told = write(false)?.value;
            told.push(format!("linked, and nothing completed: {error}"));
            Ok(Followed { told })
        }
        Err(error) => Err(error),
    }
}

/// Links one commit. A link that was there before is left alone, and what it closed is not closed again; `moved` has
/// the items to which an earlier form of the commit was linked, and whether that one closed them.
pub(super) fn follow_one(
    context: &Context,
    draft: &mut Draft<'_>,
    remembered: &Remembered,
    commit: &CodeCommit,
    branch: Option<&str>,
    moved: &BTreeMap<RecordId, bool>,
    closing: bool,
) -> Result<Vec<String>, Error> {
    let names = Names::new(remembered);
    let mut told = Vec::new();
    for Named { name, closes } in named(&commit.trailers) {
        let Some(item) = names.find(draft, &name)? else {
            continue;
        };
        let linked = put_new(draft, of_commit(commit, item.id, branch)?)?;
        if closes && closing && (linked || moved.get(&item.id) == Some(&false)) {
            told.extend(complete(context, draft, &item));
        }
    }
    Ok(told)
}

/// The link of a commit, the same in every clone that makes it.
pub(super) fn of_commit(
    commit: &CodeCommit,
    item: RecordId,
    branch: Option<&str>,
) -> Result<crate::record::CommitLink, Error> {
    let at = Time::from_seconds(commit.time).unwrap_or(Time::EPOCH);
    let mut link = link(item, hash(&commit.id.to_string())?, at, Actor::fitted(&commit.author));
    link.branch_name = branch.and_then(|branch| Text::new(branch).ok());
    Ok(link)
}

/// Completes an item as `done` does; returns what to tell about it.
fn complete(context: &Context, draft: &mut Draft<'_>, item: &WorkItem) -> Option<String> {
    if item.status == Status::Completed {
        return None;
    }
    let request = UpdateRequest {
        id: item.id.to_string(),
        status: Some(Status::Completed.as_str().to_owned()),
        ..UpdateRequest::default()
    };
    match update::update(context, draft, &request) {
        Ok(_) => Some(format!("completed {} {}", item.id.short(), item.title)),
        Err(error) => {
            let hint = error
                .hints()
                .first()
                .map_or_else(String::new, |hint| format!("; {hint}"));
            Some(format!("linked, not completed: {error}{hint}"))
        }
    }
}
