//! Where answers come from: the index where it stands at the commit asked for, else git itself, else the report that
//! is kept in a file.
//!
//! The first two give the same answers to the same questions; the index only sooner. The report tells what it holds.

mod beside;
mod candidate;
mod git;
mod indexed;
mod report;

use std::collections::HashMap;

pub(super) use self::git::GitRecords;
use super::freshen::Stale;
use super::read::{INCOMPLETE, Meta, Unreadable, warn_of_unreadable};
use super::{Context, Error, ErrorKind};
use crate::index::{self, Aged, Node, Page, RecordSelection, Row, Selection, Summary, Tally, Touched};
use crate::record::{Kind, RecordId, RecordPath};
use crate::store::CommitId;

/// How often the ref is read again while others write, before git itself answers.
const LOOKS: usize = 5;

/// The records of the docket at one commit.
pub(super) trait Records {
    /// The work items a question is for.
    fn select(&mut self, selection: &Selection<'_>) -> Answer<Page>;

    /// The vendors, enhancements or deployments a question is for.
    fn select_records(&mut self, selection: &RecordSelection<'_>) -> Answer<Page>;

    /// How many live work items there are, by type and status, in their order.
    fn tallies(&mut self) -> Answer<Vec<Tally>>;

    /// The record a full id, an alias, the name of a vendor, or a unique beginning or end of an id names.
    ///
    /// An exact alias wins over one in other letter case and a vendor's name, and these over a part of an id.
    fn find(&mut self, name: &str) -> Answer<RecordPath>;

    /// Aliases that begin so, with what they name: of records that are deleted or of the others, as is asked for;
    /// those that hold nobody up last, then in the order of the aliases.
    fn aliases(&mut self, beginning: &str, gone: bool, limit: usize) -> Answer<Vec<(String, Summary)>>;

    /// The record at a path.
    fn row(&mut self, path: &RecordPath) -> Answer<Option<Row>>;

    /// The notes, commit links and conflicts on these records that still count, in the order of their paths.
    fn on(&mut self, owners: &[RecordId], kinds: &[Kind]) -> Answer<Vec<Row>>;

    /// The chains of parents of these records, each root first; a chain ends where it would come round again.
    fn ancestors(&mut self, of: &[RecordId]) -> Answer<HashMap<RecordId, Vec<RecordId>>>;

    /// These records in a few words; those that cannot be read are not among them.
    fn summaries(&mut self, of: &[RecordId]) -> Answer<HashMap<RecordId, Summary>>;

    /// The work items directly below a record, in the order of their paths.
    fn children(&mut self, of: RecordId) -> Answer<Vec<Summary>>;

    /// Work items as nodes of a tree, in no order: one and all below it, or all there are; but for those
    /// that are deleted or archived, where they are not wanted. The one is there whatever became of it.
    fn tree(&mut self, root: Option<RecordId>, deleted: bool, archived: bool) -> Answer<Vec<Node>>;

    /// The live work items that are neither completed nor cancelled, and all they are below that is not deleted, as
    /// nodes of a tree, in no order.
    fn open_tree(&mut self) -> Answer<Vec<Node>>;

    /// The work items that are not archived, in no order.
    fn unarchived(&mut self) -> Answer<Vec<Aged>>;

    /// What a record waits for, in its order; and what waits for it, in the order of the paths.
    fn edges(&mut self, of: RecordId) -> Answer<(Vec<RecordId>, Vec<RecordId>)>;

    /// The files of these kinds that cannot be read.
    fn unreadable(&mut self, kinds: &[Kind]) -> Answer<Vec<Unreadable>>;
}

pub(super) type Answer<T> = Result<T, Unanswered>;

/// Why a question was not answered.
pub(super) enum Unanswered {
    /// The index did not; git will.
    Index(index::Error),
    /// There is no answer.
    Error(Error),
}

impl Unanswered {
    /// Why there is no answer, where no index was asked.
    fn into_error(self) -> Error {
        match self {
            Self::Error(error) => error,
            Self::Index(reason) => Error::bug(reason),
        }
    }
}

impl From<index::Error> for Unanswered {
    fn from(error: index::Error) -> Self {
        Self::Index(error)
    }
}

impl From<Stale> for Unanswered {
    fn from(stale: Stale) -> Self {
        match stale {
            Stale::Index(error) => Self::Index(error),
            Stale::Error(error) => Self::Error(error),
        }
    }
}

impl From<Error> for Unanswered {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Context {
    /// Answers a question, and names the records of `kinds` that cannot be read: at a commit, or at
    /// the tip where none is given.
    ///
    /// The question may be asked a second time, of git, where the index fails in the middle of it, and once more of the
    /// report where git does.
    pub(super) fn ask<T>(
        &self,
        at: Option<CommitId>,
        kinds: &[Kind],
        question: impl FnMut(&mut dyn Records) -> Answer<T>,
    ) -> Result<(T, Meta), Error> {
        let (answer, mut meta) = self.ask_within(at, kinds, question)?;
        meta.warnings.extend(self.lost_claims());
        Ok((answer, meta))
    }

    /// The same where nobody reads what is told beside the answer: who lost a claim is told once.
    pub(super) fn ask_within<T>(
        &self,
        at: Option<CommitId>,
        kinds: &[Kind],
        mut question: impl FnMut(&mut dyn Records) -> Answer<T>,
    ) -> Result<(T, Meta), Error> {
        match self.ask_database_first(at, kinds, &mut question) {
            Ok(answered) => Ok(answered),
            Err(reason) => match self.ask_report(at, &reason, question) {
                Some((Ok(answer), meta)) => Ok((answer, meta)),
                // What the report does not hold may be there all the same.
                Some((Err(Unanswered::Error(error)), _)) if error.kind() != ErrorKind::NotFound => Err(error),
                _ => Err(reason),
            },
        }
    }

    /// The same where a report is not enough.
    fn ask_database_first<T>(
        &self,
        at: Option<CommitId>,
        kinds: &[Kind],
        mut question: impl FnMut(&mut dyn Records) -> Answer<T>,
    ) -> Result<(T, Meta), Error> {
        let mut warnings = Vec::new();
        let commit = match at {
            Some(at) => Some(at),
            None => self.store.unchecked_tip()?,
        };
        if let Some(commit) = commit {
            match self.ask_database(commit, |index| answered(index, kinds, &mut question)) {
                Ok(Some(answered)) => return Ok(told(answered, "postgres", commit, warnings)),
                Ok(None) => {}
                Err(Unanswered::Error(error)) => return Err(error),
                Err(Unanswered::Index(reason)) => warnings.extend(without_database(&reason)),
            }
        }
        let (answer, mut meta) = self.ask_docket(at, kinds, question)?;
        meta.warnings.splice(0..0, warnings);
        Ok((answer, meta))
    }

    /// The same without a database: for writes, which hold a lock that others wait for.
    pub(super) fn ask_docket<T>(
        &self,
        at: Option<CommitId>,
        kinds: &[Kind],
        mut question: impl FnMut(&mut dyn Records) -> Answer<T>,
    ) -> Result<(T, Meta), Error> {
        let mut warnings = Vec::new();
        for look in 1.. {
            let Some(tip) = self.store.unchecked_tip()? else { break };
            let commit = at.unwrap_or(tip);
            match self.ask_index(tip, commit, |index| answered(index, kinds, &mut question)) {
                Ok(answered) => return Ok(told(answered, "sqlite", commit, warnings)),
                Err(Unanswered::Error(error)) => return Err(error),
                // Of an older commit, git itself is asked whenever the index cannot be taken back to it.
                Err(Unanswered::Index(_)) if commit != tip => break,
                // While others write, the ref was read a moment too early.
                Err(Unanswered::Index(index::Error::Moved)) if look < LOOKS => {}
                Err(Unanswered::Index(reason)) => {
                    warnings.extend(self.without_index(&reason));
                    break;
                }
            }
        }
        let mut reading = match at {
            Some(at) => self.read_at(at, Vec::new())?,
            None => self.read()?,
        };
        reading.warnings.extend(warnings);
        let mut records = GitRecords::new(self, reading);
        let answer = answered(&mut records, kinds, &mut question);
        let (answer, unreadable) = answer.map_err(Unanswered::into_error)?;
        let mut meta = records.into_meta();
        warn_of_unreadable(&mut meta.warnings, &unreadable);
        Ok((answer, meta))
    }

    /// Answers a question about a record right after it was written, from git at that commit. `touched` is what the
    /// history says of it, where somebody knows.
    pub(super) fn ask_after_write<T>(
        &self,
        commit: CommitId,
        path: &RecordPath,
        touched: Option<Touched>,
        question: impl FnOnce(&mut dyn Records) -> Answer<T>,
    ) -> Result<(T, Meta), Error> {
        let reading = self.read_at(commit, Vec::new())?;
        let mut records = GitRecords::new(self, reading).knowing(path, touched);
        let answer = question(&mut records).map_err(Unanswered::into_error)?;
        Ok((answer, records.into_meta()))
    }

    /// Puts a question to the index in a database, where one is configured and follows this commit. Says whether its
    /// history is complete.
    fn ask_database<T>(
        &self,
        commit: CommitId,
        question: impl FnOnce(&mut dyn Records) -> Answer<T>,
    ) -> Answer<Option<(T, bool)>> {
        let Some(named) = self.named_database() else {
            return Ok(None);
        };
        if self.published()? != Some(commit) {
            return Ok(None);
        }
        let (mut index, state) = self.fresh_database(&named, commit)?;
        let has_unreadable = state.unreadable > 0;
        let answer = question(&mut indexed::IndexRecords::new(
            self,
            commit,
            &mut index,
            has_unreadable,
        ));
        if let Err(Unanswered::Index(index::Error::TimedOut(_))) = &answer {
            self.remember_silent(&named.url);
        }
        self.keep_database(index);
        Ok(Some((answer?, state.complete)))
    }

    /// Why the answer does not come from the index, where somebody may want to know.
    fn without_index(&self, reason: &index::Error) -> Option<String> {
        match reason {
            // Nobody expects an index where it is turned off, or where a first command cannot make one at once.
            index::Error::Missing => None,
            reason => Some(format!("{reason}; this was read from git itself")),
        }
    }

    /// Puts a question about a commit to the index, brought to `tip` first. Says whether its history is complete.
    fn ask_index<T>(
        &self,
        tip: CommitId,
        commit: CommitId,
        question: impl FnOnce(&mut dyn Records) -> Answer<T>,
    ) -> Answer<(T, bool)> {
        let (mut index, mut state) = self.fresh_index(tip)?;
        let answer = (|| {
            if commit != tip {
                state = self.take_back(&mut index, tip, commit)?;
            }
            let has_unreadable = state.unreadable > 0;
            question(&mut indexed::IndexRecords::new(
                self,
                commit,
                &mut index,
                has_unreadable,
            ))
        })();
        self.keep_index(index);
        Ok((answer?, state.complete))
    }
}

/// Why the answer does not come from the database, where somebody may want to know.
fn without_database(reason: &index::Error) -> Option<String> {
    match reason {
        // Others have published more; this clone asks about what it knows.
        index::Error::Ahead => None,
        index::Error::Missing => Some(
            "the database holds nothing of this repository yet, so it was not asked; `git docket index sync` fills it"
                .to_owned(),
        ),
        reason => Some(format!("{reason}; this was answered without it")),
    }
}

fn answered<T>(
    records: &mut dyn Records,
    kinds: &[Kind],
    question: &mut impl FnMut(&mut dyn Records) -> Answer<T>,
) -> Answer<(T, Vec<Unreadable>)> {
    let answer = question(records)?;
    Ok((answer, records.unreadable(kinds)?))
}

/// What an index answered, and all there is to say of it.
fn told<T>(
    ((answer, unreadable), is_complete): ((T, Vec<Unreadable>), bool),
    source: &'static str,
    commit: CommitId,
    mut warnings: Vec<String>,
) -> (T, Meta) {
    warnings.extend((!is_complete).then(|| INCOMPLETE.to_owned()));
    warn_of_unreadable(&mut warnings, &unreadable);
    (answer, Meta::of(source, commit, warnings))
}
