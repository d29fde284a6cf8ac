//! What changed, who did it and when.

use serde::Serialize;

use super::query::{LogQuery, answer};
use super::{LoggedCommit, Moment, find};
use crate::ops::read::{Meta, Reading};
use crate::ops::{Context, Error};

/// How many commits a log has where nothing else is asked for.
pub const DEFAULT_LOG_LIMIT: usize = 50;

/// What to tell.
#[derive(Clone, Debug, Default)]
pub struct LogRequest {
    /// Only what happened to this record, by any of its names.
    pub id: Option<String>,
    /// Only what came after this commit, or since this time.
    pub since: Option<String>,
    /// Only what this commit has, or what was done by this time.
    pub until: Option<String>,
    /// Only what this one did.
    pub actor: Option<String>,
    /// At most so many commits; all where nothing is said.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
}

/// A page of commits, the newest first.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct LogResponse {
    /// The commits.
    pub items: Vec<LoggedCommit>,
    /// How many there are on all pages.
    pub total_count: usize,
    /// At most so many on this page.
    pub limit: usize,
    /// How many come before.
    pub offset: usize,
    /// Whether there is a next page.
    pub has_more: bool,
    /// Always null: a page begins after `offset` commits, and `until` pins the revision.
    pub next_cursor: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Tells what changed, field by field, the newest commit first.
pub fn log(context: &Context, request: &LogRequest) -> Result<LogResponse, Error> {
    let mut reading = context.read()?;
    let tip = reading.commit();
    let moment = |text: &Option<String>| {
        let moment = text.as_deref().map(|text| Moment::read(context, tip, text));
        moment.transpose()
    };
    let query = LogQuery {
        record: request
            .id
            .as_deref()
            .map(|name| find(context, &reading, name))
            .transpose()?,
        since: moment(&request.since)?,
        until: moment(&request.until)?,
        actor: request.actor.clone(),
        limit: request.limit,
        offset: request.offset,
    };
    let answer = answer(context, tip, &query)?;
    warn_of_end(&mut reading, answer.complete);
    Ok(LogResponse {
        limit: request.limit.unwrap_or(answer.total),
        offset: request.offset,
        has_more: request.offset + answer.commits.len() < answer.total,
        total_count: answer.total,
        items: answer.commits,
        next_cursor: None,
        meta: reading.meta(),
    })
}

/// Says that there is more than this clone has.
pub(super) fn warn_of_end(reading: &mut Reading, complete: bool) {
    if !complete {
        let warning = "the history of this clone is not complete; what is older is not told";
        reading.warnings.push(warning.to_owned());
    }
}
