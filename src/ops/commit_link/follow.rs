//! Linking commits of the code to the work items their trailers name.

use std::collections::BTreeMap;

use super::names::{Named, find, named};
use super::{hash, link, put_new};
use crate::ops::draft::Draft;
use crate::ops::update::{self, UpdateRequest};
use crate::ops::{Context, Error, ErrorKind};
use crate::record::value::{Actor, Text, Time};
use crate::record::work_item::Status;
use crate::record::{CommitLink, RecordId, WorkItem};
use crate::store::{CodeCommit, CommitId};

/// How many commits of a merge are linked at most, the newest.
const MERGED: usize = 200;

/// The operation in the commits that link commits.
const OPERATION: &str = "link";

/// What a commit of the reflog that amends another begins with.
const AMEND: &str = "commit (amend)";

/// Links the commit that was just made to the work items its trailers name, and completes those it closes.
///
/// Where it amends another one, nothing: what follows then waits for the names of both. Where it concludes a merge,
/// the merged commits are linked as well, since nothing else tells of them. Returns what whoever commits should know,
/// each on one line.
pub fn after_commit(context: &Context) -> Result<Vec<String>, Error> {
    if !is_worth_it(context)?
        || context.store.is_rebasing()
        || context.store.last_move().is_some_and(|by| by.starts_with(AMEND))
    {
        return Ok(Vec::new());
    }
    let head = context.store.code_commit(context.store.resolve("HEAD")?)?;
    match head.parents.as_slice() {
        [first, _, ..] => follow(context, &since(context, *first, head.id)?, None),
        _ => follow(context, &[head], context.store.branch()?.as_deref()),
    }
}

/// Links the commits that a merge or a pull brought, as [`after_commit`] does.
pub fn after_merge(context: &Context) -> Result<Vec<String>, Error> {
    if !is_worth_it(context)? || context.store.is_rebasing() {
        return Ok(Vec::new());
    }
    follow(context, &brought(context)?, None)
}

/// Whether there is a docket here, and the commits are not its own. A hook never starts one from the remote's.
pub(super) fn is_worth_it(context: &Context) -> Result<bool, Error> {
    if context.store.unchecked_tip()?.is_none() {
        return Ok(false);
    }
    let branch = context.store.branch()?;
    let own = |branch: &str| branch == context.tracking_ref() || context.is_tracking_of_proposal(branch);
    Ok(branch.is_none_or(|branch| !own(&branch)))
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
    let names_one = |commit: &CodeCommit| !named(&commit.trailers).is_empty();
    let mut commits = context.store.code_commits(base, tip, MERGED, names_one)?;
    commits.reverse();
    Ok(commits)
}

fn follow(context: &Context, commits: &[CodeCommit], branch: Option<&str>) -> Result<Vec<String>, Error> {
    if commits.iter().all(|commit| named(&commit.trailers).is_empty()) {
        return Ok(Vec::new());
    }
    written(context, |linking| {
        let none = BTreeMap::new();
        commits
            .iter()
            .try_for_each(|commit| linking.follow(commit, branch, &none))
    })
}

/// Writes what a plan makes of commits, in one commit or none. Where an item cannot be completed, such as one whose
/// file must not be touched, all are linked without it.
pub(super) fn written(
    context: &Context,
    plan: impl Fn(&mut Linking<'_, '_>) -> Result<(), Error>,
) -> Result<Vec<String>, Error> {
    let write = |closing| {
        context.write(OPERATION, None, |context, draft| {
            let mut linking = Linking {
                context,
                draft,
                closing,
                told: Vec::new(),
            };
            plan(&mut linking)?;
            Ok(linking.told)
        })
    };
    match write(true) {
        Ok(written) => Ok(written.value),
        Err(error) if error.kind() == ErrorKind::Invalid => {
            let mut told = write(false)?.value;
            told.push(format!("linked, and nothing completed: {error}"));
            Ok(told)
        }
        Err(error) => Err(error),
    }
}

/// Links of commits on their way into one write.
pub(super) struct Linking<'l, 'd> {
    pub(super) context: &'l Context,
    pub(super) draft: &'l mut Draft<'d>,
    /// Whether items are completed.
    closing: bool,
    told: Vec<String>,
}

impl Linking<'_, '_> {
    /// Links one commit to what it names. A link that was there before is left alone, and what it closed is not closed
    /// again; `moved` has the items to which an earlier form of the commit was linked, and whether that one closed
    /// them.
    pub(super) fn follow(
        &mut self,
        commit: &CodeCommit,
        branch: Option<&str>,
        moved: &BTreeMap<RecordId, bool>,
    ) -> Result<(), Error> {
        for Named { name, closes } in named(&commit.trailers) {
            let Some(item) = find(self.draft, &name)? else {
                continue;
            };
            let linked = put_new(self.draft, of_commit(commit, item.id, branch)?)?;
            if closes && self.closing && (linked || moved.get(&item.id) == Some(&false)) {
                self.complete(&item);
            }
        }
        Ok(())
    }

    /// Completes an item as `done` does.
    fn complete(&mut self, item: &WorkItem) {
        if item.status == Status::Completed {
            return;
        }
        let request = UpdateRequest {
            id: item.id.to_string(),
            status: Some(Status::Completed.as_str().to_owned()),
            ..UpdateRequest::default()
        };
        self.told
            .push(match update::update(self.context, self.draft, &request) {
                Ok(_) => format!("completed {} {}", item.id.short(), item.title),
                Err(error) => {
                    let hint = error
                        .hints()
                        .first()
                        .map_or_else(String::new, |hint| format!("; {hint}"));
                    format!("linked, not completed: {error}{hint}")
                }
            });
    }
}

/// The link of a commit, the same in every clone that makes it.
pub(super) fn of_commit(commit: &CodeCommit, item: RecordId, branch: Option<&str>) -> Result<CommitLink, Error> {
    let at = Time::from_seconds(commit.time).unwrap_or(Time::EPOCH);
    let mut link = link(item, hash(&commit.id.to_string())?, at, Actor::fitted(&commit.author));
    link.branch_name = branch.and_then(|branch| Text::new(branch).ok());
    Ok(link)
}
