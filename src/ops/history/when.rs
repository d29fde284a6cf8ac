//! Moments as people name them: commits, dates, so long ago.

use crate::ops::{Context, Error};
use crate::record::value::{Age, Time};
use crate::store::CommitId;

/// How times are written.
const TIMES: &str = "a time is 2025-10-10, 2025-10-10T15:00:00Z, or so long ago: 2h, 3d, 1w";

/// A point in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ops) enum Moment {
    /// What this commit reaches.
    Commit(CommitId),
    /// What was committed by then.
    Time(Time),
}

impl Moment {
    /// Reads RFC 3339, a date (midnight UTC), `2h`, `3d` or `1w` (so long ago), the first digits
    /// of a commit, or a revision as git has them.
    ///
    /// Of digits of a commit that read as so long ago, such as `100d`, the time wins: a commit can be
    /// given more digits.
    pub(in crate::ops) fn read(context: &Context, tip: CommitId, text: &str) -> Result<Self, Error> {
        if let Some(time) = ago(text, context.source.now()).or_else(|| date(text)) {
            return Ok(Self::Time(time));
        }
        let digits = text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let commit = match digits {
            true => context.store.resolve_commit(tip, text),
            false => context.store.resolve(text),
        };
        commit
            .map(Self::Commit)
            .map_err(|error| Error::from(error).explained(TIMES))
    }

    /// What it is: a commit or a time.
    pub(super) fn split(moment: Option<Self>) -> (Option<CommitId>, Option<Time>) {
        match moment {
            None => (None, None),
            Some(Self::Commit(commit)) => (Some(commit), None),
            Some(Self::Time(time)) => (None, Some(time)),
        }
    }

    /// The commit that was the tip then, as far as the first parents say.
    pub(in crate::ops) fn commit(self, context: &Context, tip: CommitId) -> Result<Option<CommitId>, Error> {
        match self {
            Self::Commit(commit) => Ok(Some(commit)),
            Self::Time(time) => Ok(context.store.commit_at(time.as_seconds(), tip)?),
        }
    }
}

impl Context {
    /// Reads a time as people write it: RFC 3339, a date (midnight UTC), or so long ago: `2h`, `3d`, `1w`.
    ///
    /// # Errors
    ///
    /// `invalid`, saying how times are written.
    pub fn time(&self, text: &str) -> Result<Time, Error> {
        let time = ago(text, self.source.now()).or_else(|| date(text));
        time.ok_or_else(|| Error::request(format!("`{}` is no time; {TIMES}", text.escape_debug())))
    }
}

/// `2h`, `3d`, `1w`: so long before now. With more than three digits it may be the beginning of a commit.
fn ago(text: &str, now: Time) -> Option<Time> {
    let age: Age = text.parse().ok().filter(|_| text.len() <= 4)?;
    Some(age.before(now))
}

fn date(text: &str) -> Option<Time> {
    let midnight = (text.len() == "2025-10-10".len()).then(|| format!("{text}T00:00:00Z"));
    midnight.as_deref().unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let now: Time = "2025-10-10T15:00:00Z".parse().expect("a time");
        let read = |text| ago(text, now).or_else(|| date(text)).map(|time| time.to_string());
        for (text, time) in [
            ("2h", "2025-10-10T13:00:00Z"),
            ("3d", "2025-10-07T15:00:00Z"),
            ("1w", "2025-10-03T15:00:00Z"),
            ("100d", "2025-07-02T15:00:00Z"),
            ("2025-10-01", "2025-10-01T00:00:00Z"),
            ("2025-10-01T01:00:00+02:00", "2025-09-30T23:00:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(time), "{text}");
        }
        for text in [
            "",
            "h",
            "-1h",
            "1000d",
            "1m",
            "2025-13-01",
            "3f9a2c1b",
            "é",
            "tracking~3",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
