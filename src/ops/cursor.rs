//! Where the next page begins: at which commit, after how many items, and of which question.

use std::fmt::Debug;

use sha2::{Digest as _, Sha256};

use super::Error;
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
    /// `question` is all that tells one list from another.
    pub(super) fn write(revision: &str, offset: usize, now: Time, question: &dyn Debug) -> String {
        format!("{revision}-{offset}-{}-{}", now.as_milliseconds(), digest(question))
    }

    /// Reads a cursor that this question gave.
    pub(super) fn read(text: &str, question: &dyn Debug) -> Result<Self, Error> {
        let invalid = || Error::request(format!("`{text}` is not a cursor; use the next_cursor of a page"));
        let parts: Vec<_> = text.split('-').collect();
        let [revision, offset, now, of] = parts.as_slice() else {
            return Err(invalid());
        };
        if *of != digest(question) {
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

fn digest(question: &dyn Debug) -> String {
    let digest = Sha256::digest(format!("{question:?}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()[..DIGITS].to_owned()
}
