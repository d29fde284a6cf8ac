//! Where the next page begins: at which commit, after how many items, and of which question.

use std::fmt::Debug;

use sha2::{Digest as _, Sha256};

use super::read::{Listed, Meta};
use super::{Context, Error};
use crate::record::value::Time;
use crate::store::CommitId;

/// Digits of the digest of a question; they tell mistakes, not attacks.
const DIGITS: usize = 8;

/// The place of a page in a list that stays the same.
struct Cursor {
    /// The list is as of this commit, so pages neither repeat nor skip.
    pub(super) revision: CommitId,
    /// After so many.
    pub(super) offset: usize,
    /// What claims are compared with.
    pub(super) now: Time,
}

impl Cursor {
    /// `question` is all that tells one list from another.
    fn write(revision: &str, offset: usize, now: Time, question: &dyn Debug) -> String {
        format!("{revision}-{offset}-{}-{}", now.as_milliseconds(), digest(question))
    }

    /// Reads a cursor that this question gave.
    fn read(text: &str, question: &dyn Debug) -> Result<Self, Error> {
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

/// Where a page begins, in the list of a question.
pub(super) struct Start<'q> {
    /// The commit the list is of; the tip where nothing is said.
    pub(super) at: Option<CommitId>,
    /// How many come before.
    pub(super) offset: usize,
    /// What claims are compared with.
    pub(super) now: Time,
    question: &'q dyn Debug,
}

impl<'q> Start<'q> {
    /// Where the cursor says, else after so many as of a moment. `question` is all that tells one list from another.
    pub(super) fn of(
        context: &Context,
        cursor: Option<&str>,
        as_of: Option<&str>,
        offset: usize,
        question: &'q dyn Debug,
    ) -> Result<Self, Error> {
        let cursor = cursor.map(|text| Cursor::read(text, question)).transpose()?;
        if let Some(cursor) = &cursor
            && context.store.snapshot(cursor.revision).is_err()
            // Where nothing can be read, a report may still have the rest of its own list.
            && context.read().is_ok()
        {
            let message = "the list of the cursor is gone: its commit is no longer there; begin without a cursor";
            return Err(Error::request(message));
        }
        let (at, offset, now) = match cursor {
            Some(cursor) => (Some(cursor.revision), cursor.offset, cursor.now),
            None => (context.as_of(as_of)?, offset, context.source.now()),
        };
        Ok(Self {
            at,
            offset,
            now,
            question,
        })
    }

    /// The page that begins here, of `total` in all, with the cursor of the next one.
    pub(super) fn page<T>(&self, items: Vec<T>, total: usize, limit: Option<usize>, meta: Meta) -> Listed<T> {
        let next = self.offset + items.len();
        let mut page = Listed::page(items, total, limit, self.offset, meta);
        page.next_cursor = page
            .has_more
            .then(|| Cursor::write(&page.meta.revision, next, self.now, self.question));
        page
    }
}

fn digest(question: &dyn Debug) -> String {
    let digest = Sha256::digest(format!("{question:?}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()[..DIGITS].to_owned()
}
