//! Where this clone put its refs last: git deletes the reflog of a branch that somebody deletes.
//!
//! Each move is a line behind the others, the commit moved from, the one moved to, and the ref; what was moved to and
//! never moved on from is where a ref stood, also when another took its place since. A line may be lost with the
//! machine: it helps where nothing else does, and no write waits for it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use super::temporary::temporary_in;
use super::{CommitId, Error, Store};

/// The file begins anew, with what counts of it, when it is longer.
const BYTES: u64 = 64 << 10;

/// So many commits of a ref are known at most.
const KNOWN: usize = 8;

/// What stands for no commit.
const NONE: &str = "-";

impl Store {
    fn moves(&self) -> PathBuf {
        self.own_dir().join("moves")
    }

    /// Notes that the tracking ref was moved. Whoever does that holds the write lock.
    pub(super) fn note_move(&self, from: Option<CommitId>, to: CommitId) {
        let from = from.map_or(NONE.to_owned(), |from| from.to_string());
        self.note(&format!("{from} {to} {}", self.tracking_ref()));
    }

    /// Notes that the tracking ref was deleted by whoever meant to.
    pub(super) fn note_deletion(&self) {
        self.note(&format!("{NONE} {NONE} {}", self.tracking_ref()));
    }

    fn note(&self, line: &str) {
        // A line that a killed process began ends first.
        let noted = File::options().create(true).append(true).open(self.moves());
        let noted = noted.and_then(|mut file| {
            file.write_all(format!("\n{line}\n").as_bytes())?;
            Ok(file.metadata()?.len())
        });
        if noted.is_ok_and(|length| length > BYTES) {
            let _stays_long = self.shorten();
        }
    }

    /// Puts what counts in the place of all lines, in one step; of too many refs, what is known of this one.
    fn shorten(&self) -> std::io::Result<()> {
        let lines = |(reference, commits): (&String, &Vec<CommitId>)| -> String {
            let line = |at: &CommitId| format!("{NONE} {at} {reference}\n");
            commits.iter().map(line).collect()
        };
        let known = self.noted();
        let own = known.get_key_value(self.tracking_ref()).map(lines);
        let mut kept: String = known.iter().map(lines).collect();
        if kept.len() as u64 > BYTES / 2 {
            kept = own.unwrap_or_default();
        }
        let mut file = temporary_in(&self.own_dir(), 0o666)?;
        file.write_all(kept.as_bytes())?;
        file.persist(self.moves())?;
        Ok(())
    }

    /// What is known of each ref, the newest commit last.
    fn noted(&self) -> BTreeMap<String, Vec<CommitId>> {
        let text = fs::read(self.moves()).unwrap_or_default();
        let mut known: BTreeMap<String, Vec<CommitId>> = BTreeMap::new();
        for line in String::from_utf8_lossy(&text).lines() {
            let mut words = line.splitn(3, ' ');
            let (Some(from), Some(to), Some(reference)) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            let Ok(to) = to.parse::<CommitId>() else {
                if to == NONE {
                    known.remove(reference);
                }
                continue;
            };
            let commits = known.entry(reference.to_owned()).or_default();
            let from = from.parse().ok();
            commits.retain(|commit| *commit != to && Some(*commit) != from);
            commits.push(to);
            let more = commits.len().saturating_sub(KNOWN);
            commits.drain(..more);
        }
        known
    }

    /// Where the tracking ref stood here, as far as that is known and still there, and no later one of these goes on
    /// from it: the newest first.
    #[must_use]
    pub fn stood(&self) -> Vec<CommitId> {
        let noted = self.noted().remove(self.tracking_ref()).unwrap_or_default();
        let repo = self.repo();
        let mut stood: Vec<CommitId> = Vec::new();
        for commit in noted.into_iter().rev().filter(|commit| repo.has_object(commit.0)) {
            if !stood.iter().any(|later| self.leads_to(commit, *later).unwrap_or(false)) {
                stood.push(commit);
            }
        }
        stood
    }

    /// Of [`Store::stood`] what a commit does not have.
    ///
    /// # Errors
    ///
    /// As [`Store::leads_to`].
    pub fn stood_beside(&self, commit: CommitId) -> Result<Vec<CommitId>, Error> {
        let mut beside = Vec::new();
        for stood in self.stood() {
            if !self.leads_to(stood, commit)? {
                beside.push(stood);
            }
        }
        Ok(beside)
    }
}
