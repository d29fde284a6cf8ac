//! Moves that the reflog tells of and that never happened.
//!
//! Git's order is the reflog first, then the ref. Who is killed in between leaves a line, or a part of one, about a
//! commit that the ref never named, and that would be taken for a write which was lost.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::advance::reaches;
use super::{CommitId, Error, Store};

/// No line of ours is longer.
const LINE_BYTES: u64 = 4 << 10;

impl Store {
    /// Takes the line of a move that never happened out of the reflog, under git's own lock of the ref.
    pub(super) fn forget_unmoved(&self, commit: &str, reference: &str) -> Result<(), Error> {
        if self.unmoved_line(commit, reference)?.is_none() {
            return Ok(());
        }
        let lock = gix::lock::Marker::acquire_to_hold_resource(
            self.common_dir().join(reference),
            gix::lock::acquire::Fail::Immediately,
            Some(self.common_dir().join("refs")),
            0,
        );
        let _held = lock.map_err(|source| self.locked(source))?;
        // Somebody may have added a line until then.
        let Some(start) = self.unmoved_line(commit, reference)? else {
            return Ok(());
        };
        let log = self.log_of(reference);
        let cut = match start {
            0 => fs::remove_file(&log),
            start => File::options()
                .write(true)
                .open(&log)
                .and_then(|file| file.set_len(start)),
        };
        cut.map_err(Error::not_writable(&log))
    }

    /// Where the last line of a reflog begins, if it tells of a move to this commit that never happened, or is not whole.
    pub(super) fn unmoved_line(&self, commit: &str, reference: &str) -> Result<Option<u64>, Error> {
        let log = self.log_of(reference);
        let Some(last) = last_line(&log).map_err(Error::not_writable(&log))? else {
            return Ok(None);
        };
        if !last.whole {
            return Ok(Some(last.start));
        }
        let told = last.text.split(' ').nth(1).unwrap_or_default();
        let (Ok(name), Ok(commit)) = (gix::refs::FullName::try_from(reference), commit.parse::<CommitId>()) else {
            return Ok(None);
        };
        if told != commit.to_string() {
            return Ok(None);
        }
        let repo = self.repo();
        let happened = match self.named(&repo, name.as_ref())? {
            Some(tip) => reaches(&repo, tip, commit)?,
            None => false,
        };
        Ok((!happened).then_some(last.start))
    }

    fn log_of(&self, reference: &str) -> PathBuf {
        self.common_dir().join("logs").join(reference)
    }
}

/// The last line of a file.
struct LastLine {
    start: u64,
    text: String,
    /// Whether it ends in a line break.
    whole: bool,
}

/// None where there is no file, or nothing in it, or the line is longer than any of ours.
fn last_line(path: &Path) -> std::io::Result<Option<LastLine>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let from = file.metadata()?.len().saturating_sub(LINE_BYTES);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.take(2 * LINE_BYTES).read_to_end(&mut tail)?;
    let (line, whole) = match tail.strip_suffix(b"\n") {
        Some(line) => (line, true),
        None => (tail.as_slice(), false),
    };
    let before = line.iter().rposition(|byte| *byte == b'\n');
    if tail.is_empty() || (before.is_none() && from > 0) {
        return Ok(None);
    }
    let start = before.map_or(0, |at| at + 1);
    Ok(Some(LastLine {
        start: from + start as u64,
        text: String::from_utf8_lossy(&line[start..]).into_owned(),
        whole,
    }))
}
