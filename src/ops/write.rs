//! Every write: the whole sequence under the write lock, from reading the tip to the ref on disk.

use std::time::Duration;

use super::read::Reading;
use super::{Context, Error, ErrorKind};
use crate::record::{Record, RecordId, RecordPath, parse, print};
use crate::store::{self, CommitId, Edit};

/// How often a write is tried again when somebody without our lock moved the ref in between.
const ATTEMPTS: u32 = 10;

/// How many records a commit names one by one.
const NAMED_RECORDS: usize = 20;

/// What a write is to put into one commit.
pub(super) struct Plan {
    /// The first line of the commit message.
    pub(super) subject: String,
    /// The operation, for the `Docket-Op` trailer.
    pub(super) operation: &'static str,
    /// The records it changes.
    pub(super) records: Vec<Record>,
}

impl Context {
    /// Plans and commits under the write lock; a lost race begins again from the new tip.
    ///
    /// An empty plan makes no commit. Returns what the plan returned beside it, and the commit.
    pub(super) fn write<T>(
        &self,
        mut plan: impl FnMut(&mut Reading) -> Result<(Plan, T), Error>,
    ) -> Result<(T, CommitId, Vec<String>), Error> {
        let lock = self.store.lock()?;
        let actor = self.actor()?;
        let mut attempt = 0;
        loop {
            let mut reading = self.read()?;
            reading.require_writable()?;
            let (plan, beside) = plan(&mut reading)?;
            if plan.records.is_empty() {
                return Ok((beside, reading.commit(), reading.warnings));
            }
            let edits = edits(&plan.records)?;
            let message = message(&plan, actor.as_str());
            match self.store.commit(
                &lock,
                reading.commit(),
                &edits,
                &message,
                self.source.now().as_seconds(),
            ) {
                Ok(committed) => return Ok((beside, committed.commit, reading.warnings)),
                Err(error @ (store::Error::TipMoved { .. } | store::Error::RefLocked { .. })) => {
                    attempt += 1;
                    if attempt == ATTEMPTS {
                        return Err(error.into());
                    }
                    std::thread::sleep(Duration::from_millis(u64::from(attempt) * 20));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Prints the records and reads them back: an invalid file is never written.
fn edits(records: &[Record]) -> Result<Vec<Edit>, Error> {
    let edit = |record: &Record| {
        let path = record
            .path()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a record without a path"))?;
        let text = print(record);
        let read_back = parse(text.as_bytes(), Some(&path)).map_err(|violations| {
            let reasons: Vec<_> = violations.iter().map(ToString::to_string).collect();
            Error::invalid(
                format!("{path} would not be valid: {}", reasons.join("; ")),
                &violations,
            )
        })?;
        if read_back.record != *record {
            return Err(Error::new(
                ErrorKind::Internal,
                format!("{path} would not read back as it was written"),
            ));
        }
        Ok(Edit {
            path: path.to_string(),
            bytes: text.into_bytes(),
        })
    };
    records.iter().map(edit).collect()
}

fn message(plan: &Plan, actor: &str) -> String {
    let mut message = format!("{}\n\nDocket-Op: {}\n", plan.subject, plan.operation);
    let ids: Vec<RecordId> = plan
        .records
        .iter()
        .filter_map(|r| r.path().as_ref().and_then(RecordPath::id))
        .collect();
    if ids.len() <= NAMED_RECORDS {
        for id in ids {
            message.push_str(&format!("Docket-Record: {id}\n"));
        }
    } else {
        message.push_str(&format!("Docket-Record: {} records\n", ids.len()));
    }
    message.push_str(&format!("Docket-Client: {actor}\n"));
    message
}
