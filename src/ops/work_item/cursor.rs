//! Where the next page begins: at which commit, after how many items, and of which question.

use sha2::{Digest as _, Sha256};

use super::ListRequest;
use crate::ops::Error;
use crate::record::value::Time;
use crate::store::CommitId;

/// Digits of the digest of a question; they tell mistakes, not attacks.
const DIGITS: usize = 8;

/// The place of a page in a list that stays the same.
pub(super) struct Cursor {
    /// The list is as of this commit, so pages neither repeat nor skip.
    pub(super) revision: CommitId,
    /// After so many.
    pub(super) offset: usize,
    /// What claims are compared with.
    pub(super) now: Time,
}

impl Cursor {
    pub(super) fn write(revision: &str, offset: usize, now: Time, request: &ListRequest) -> String {
        format!("{revision}-{offset}-{}-{}", now.as_milliseconds(), digest(request))
    }

    /// Reads a cursor that this question gave.
    pub(super) fn read(text: &str, request: &ListRequest) -> Result<Self, Error> {
        let invalid = || Error::request(format!("`{text}` is not a cursor; use the next_cursor of a page"));
        let parts: Vec<_> = text.split('-').collect();
        let [revision, offset, now, of] = parts.as_slice() else {
            return Err(invalid());
        };
        if *of != digest(request) {
            let message = "the cursor is of another question; ask the same one again, or begin without a cursor";
            return Err(Error::request(message));
        }
        Ok(Self {
            revision: revision.parse().map_err(|_| invalid())?,
            offset: offset.parse().map_err(|_| invalid())?,
            now: now.parse().ok().and_then(Time::from_milliseconds).ok_or_else(invalid)?,
        })
    }
}

fn digest(request: &ListRequest) -> String {
    let question = (
        &request.filter,
        &request.parent,
        request.ready,
        request.order,
        request.reverse,
        &request.as_of,
    );
    let digest = Sha256::digest(format!("{question:?}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()[..DIGITS].to_owned()
}
