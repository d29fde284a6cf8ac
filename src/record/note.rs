//! Notes and commit links, which are only ever added, and recorded conflicts.

use super::common::{Origin, Retraction, check_created};
use super::field::mapping;
use super::id::{CommitHash, RecordId};
use super::value::{Actor, Anything, Ordinal, Text, Time, words};
use super::violation::Report;
use super::yaml::Node;

/// How many characters a note has at most.
pub const NOTE_CHARS: usize = 10_000;

mapping! {
    /// A comment on a record. The body is its text, 1 to 10,000 characters.
    block struct Note {
        /// Its identity, UUIDv7 of `created_at`.
        id: RecordId,
        /// The record it is on.
        on: RecordId,
        /// When it was written.
        created_at: Option<Time>,
        /// Who wrote it.
        created_by: Option<Actor>,
        /// Who took it back.
        retracted: Option<Retraction>,
        /// Where it was imported from.
        origin: Option<Origin>,
    }
}

impl Note {
    pub(super) fn check(&self, root: &Node, body: &str, report: &mut Report) {
        check_created(
            root,
            (self.created_at, self.created_by.as_ref()),
            self.origin.as_ref(),
            report,
        );
        let length = body.chars().count();
        if !(1..=NOTE_CHARS).contains(&length) {
            let reason = format!("has {length} characters, a note has 1 to {NOTE_CHARS}");
            report.within("body", |report| report.error(0, reason));
        }
    }
}

mapping! {
    /// That a commit of the code belongs to a work item.
    block struct CommitLink {
        /// The work item.
        work_item: RecordId,
        /// The commit of the code.
        commit: CommitHash,
        /// The branch it was made on.
        branch_name: Option<Text<1, 100>>,
        /// The pull request it is part of.
        pr_number: Option<Ordinal>,
        /// When it was linked.
        linked_at: Time,
        /// Who linked it.
        linked_by: Actor,
        /// The commit it was rewritten from.
        replaces: Option<CommitHash>,
        /// Who took the link back.
        retracted: Option<Retraction>,
    }
}

words! {
    /// Which value a resolved conflict ended with.
    pub enum Choice {
        /// The one the merge kept.
        Kept = "kept",
        /// The other one.
        Other = "other",
        /// The one before both.
        Base = "base",
        /// One that was written by hand.
        Value = "value",
    }
}

mapping! {
    /// Two values of one field of which a merge could keep only one.
    block struct Conflict {
        /// The record it happened in.
        on: RecordId,
        /// The field, or group of fields.
        field: Text<1, 200>,
        /// The value before both.
        base: Option<Anything>,
        /// The value that was kept.
        kept: Option<Anything>,
        /// The value that was not.
        other: Option<Anything>,
        /// The commit that wrote the kept value.
        kept_commit: CommitHash,
        /// The commit that wrote the other.
        other_commit: CommitHash,
        /// When it was resolved.
        resolved_at: Option<Time>,
        /// Who resolved it.
        resolved_by: Option<Actor>,
        /// How.
        choice: Option<Choice>,
    }
}
