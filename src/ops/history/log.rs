//! What changed, who did it and when.

use super::query::{LogQuery, answer};
use super::{LoggedCommit, Moment, find};
use crate::ops::read::{Listed, Reading};
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

/// A page of commits, the newest first. Without a cursor: a page begins after `offset` commits, and `until` pins the
/// revision.
pub type LogResponse = Listed<LoggedCommit>;

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
    Ok(Listed::page(
        answer.commits,
        answer.total,
        request.limit,
        request.offset,
        reading.meta(),
    ))
}

/// Says that there is more than this clone has.
pub(in crate::ops) fn warn_of_end(reading: &mut Reading, complete: bool) {
    if !complete {
        let warning = "the history of this clone is not complete; what is older is not told";
        reading.warnings.push(warning.to_owned());
    }
}
