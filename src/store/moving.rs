//! Git's own lock files that a killed writer of ours left, told from those of somebody who is at work.
//!
//! A process that is killed while it moves the tracking ref leaves git's lock file of it, and every later write,
//! git's own too, would fail until somebody removes the file by hand. So a writer notes beforehand that it moves the
//! ref, and where to, in the file of the write lock; the note goes with the move. Whoever holds the write lock and
//! finds a note knows that its writer is dead, for it lost the write lock.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Cause, CommitId, Error, Store, WriteLock};

/// Git writes the new value into a ref's lock file as soon as it has made it: one that is still empty after this
/// belongs to nobody alive.
const EMPTY_FOR: Duration = Duration::from_secs(1);

/// For how long the lock file of the packed refs must have been there without their new content beside it.
const PACKED_FOR: Duration = Duration::from_secs(5);

/// How long a note is, a commit and a ref with a line break. Mostly the same, so that one is written over another in
/// place; to make and remove a file for each write costs more than all the rest of the note.
const NOTE: usize = 320;

/// The note that the ref is being moved; it goes when this is dropped.
pub(super) struct Moving<'l> {
    file: &'l File,
    stays: Cell<bool>,
}

impl Moving<'_> {
    /// Leaves the note to the next writer: not all of what it is about could be cleared away.
    pub(super) fn stay(&self) {
        self.stays.set(true);
    }
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        if !self.stays.get() {
            // A note that stays is looked into by the next writer, and found to be about nothing.
            let _gone = note(self.file, "");
        }
    }
}

fn note(mut file: &File, text: &str) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(format!("{text:<width$}\n", width = NOTE - 1).as_bytes())
}

/// What the file says; nothing where it says nothing that one of us would have written.
fn noted(mut file: &File) -> std::io::Result<String> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(8 * NOTE as u64).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    // What is behind the first line is left of a longer note.
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

impl Store {
    /// Notes that the ref is being moved to `to`, after removing what a killed writer left.
    ///
    /// # Errors
    ///
    /// [`Error::RefLocked`] while it cannot be told yet whether a lock file is a dead writer's: trying again tells.
    pub(super) fn begin_move<'l>(&self, lock: &'l WriteLock, to: CommitId) -> Result<Moving<'l>, Error> {
        self.clear(lock)?;
        note(&lock.file, &format!("{to} {}", self.tracking_ref())).map_err(Error::not_writable(&lock.path))?;
        Ok(Moving {
            file: &lock.file,
            stays: Cell::new(false),
        })
    }

    /// Removes what a killed writer left in the way of git itself, whose `gc` fails until then. Where nothing was left,
    /// which is nearly always, this reads one small file; what cannot be removed now stays for whoever comes next.
    pub fn tidy(&self) {
        let left = File::open(self.lock_path()).and_then(|file| noted(&file));
        if left.is_ok_and(|left| !left.is_empty())
            && let Ok(lock) = self.lock_within(Duration::ZERO, || {})
        {
            self.clear(&lock).ok();
        }
    }

    /// Removes what the last writer left, if it was killed.
    fn clear(&self, lock: &WriteLock) -> Result<(), Error> {
        let left = noted(&lock.file).map_err(Error::not_writable(&lock.path))?;
        if left.is_empty() {
            return Ok(());
        }
        self.clear_after(&left)?;
        note(&lock.file, "").map_err(Error::not_writable(&lock.path))
    }

    /// Removes the lock files of the writer that was killed when it had noted `left`, and what it told the reflog.
    fn clear_after(&self, left: &str) -> Result<(), Error> {
        for (lock, dead) in self.left_after(left) {
            // Of one that is empty it is known in a moment; nobody else would ever look at it again.
            let is_empty = fs::metadata(&lock).is_ok_and(|meta| meta.len() == 0);
            if !dead && !is_empty && !self.is_in_the_way(&lock) {
                continue;
            }
            if !dead {
                return Err(self.locked(format!("{} is there, perhaps of a process at work", lock.display())));
            }
            fs::remove_file(&lock).map_err(Error::not_writable(&lock))?;
        }
        let (commit, reference) = self.noted_move(left);
        self.forget_unmoved(commit, reference)
    }

    /// The commit and the full name of the ref that a note is about.
    fn noted_move<'n>(&'n self, left: &'n str) -> (&'n str, &'n str) {
        let (commit, reference) = left.split_once(' ').unwrap_or((left, self.tracking_ref()));
        // All writers of a clone share one lock, whichever ref they move.
        let known = reference.starts_with("refs/") && gix::refs::FullName::try_from(reference).is_ok();
        (commit, if known { reference } else { self.tracking_ref() })
    }

    /// The commit that a killed writer was about to write and told the reflog of, and that the ref never named.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`] where its note or the reflog cannot be read, and those of reading the ref.
    pub fn unwritten(&self, lock: &WriteLock) -> Result<Option<CommitId>, Error> {
        let left = noted(&lock.file).map_err(Error::not_writable(&lock.path))?;
        if left.is_empty() {
            return Ok(None);
        }
        let (commit, reference) = self.noted_move(&left);
        match self.unmoved_line(commit, reference)? {
            Some(_) => Ok(commit.parse().ok()),
            None => Ok(None),
        }
    }

    /// Takes what the last writer told the reflog of [`Store::unwritten`] out of it, and its lock files away.
    ///
    /// # Errors
    ///
    /// [`Error::RefLocked`] where somebody holds the ref; [`Error::NotWritable`].
    pub fn forget_unwritten(&self, lock: &WriteLock) -> Result<(), Error> {
        self.clear(lock)
    }

    /// The error that somebody holds the tracking ref.
    pub(super) fn locked(&self, source: impl Into<Cause>) -> Error {
        let names = [self.tracking_ref(), "packed-refs", "reftable/tables.list"];
        let locks = names.map(|name| self.common_dir().join(format!("{name}.lock")));
        let lock = locks.into_iter().find_map(|lock| age(&lock).map(|age| (lock, age)));
        Error::RefLocked {
            reference: self.tracking_ref().to_owned(),
            lock,
            source: source.into(),
        }
    }

    /// Whether a lock file keeps the tracking ref from being moved, and not another one alone.
    fn is_in_the_way(&self, lock: &Path) -> bool {
        [self.tracking_ref(), "packed-refs"]
            .iter()
            .any(|name| lock == self.common_dir().join(format!("{name}.lock")))
    }

    /// Git's lock files that are there after a writer was killed when it had noted `left`, and whether each is known to
    /// be nobody's any more.
    fn left_after(&self, left: &str) -> Vec<(PathBuf, bool)> {
        let common = self.common_dir();
        let (left, reference) = self.noted_move(left);
        let own = common.join(format!("{reference}.lock"));
        let own_is_dead = match fs::read_to_string(&own) {
            Ok(content) if content.trim().is_empty() => older_than(&own, EMPTY_FOR),
            // Nobody else ever makes the ref name a commit that was never acknowledged.
            Ok(content) => content.trim() == left,
            Err(_) => false,
        };
        let packed = common.join("packed-refs.lock");
        let idle = !common.join("packed-refs.new").exists();
        let packed_is_dead = idle && older_than(&packed, PACKED_FOR);
        let locks = [(own, own_is_dead), (packed, packed_is_dead)];
        locks.into_iter().filter(|(lock, _)| lock.exists()).collect()
    }

    /// What killed writers of ours left and nobody needs any more: git's lock files that they held, and objects on
    /// their way. Whoever holds the write lock knows that no writer of ours is at work.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`] where the note of the last writer cannot be read, else as [`Store::leftovers`].
    pub fn dead(&self, lock: &WriteLock) -> Result<Vec<PathBuf>, Error> {
        let left = noted(&lock.file).map_err(Error::not_writable(&lock.path))?;
        let locks = match left.is_empty() {
            true => Vec::new(),
            false => self.left_after(&left),
        };
        let locks = locks.into_iter().filter(|(_, dead)| *dead).map(|(lock, _)| lock);
        let objects = self.leftovers()?.into_iter().map(|(file, _)| file);
        let objects = objects.filter(|file| file.parent().is_some_and(|dir| dir.ends_with("objects")));
        Ok(locks.chain(objects).collect())
    }

    /// Removes one of the files or directories that [`Store::dead`] named, under the same lock.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`].
    pub fn bury(&self, _lock: &WriteLock, dead: &Path) -> Result<(), Error> {
        let removed = match dead.is_dir() {
            true => fs::remove_dir_all(dead),
            false => fs::remove_file(dead),
        };
        removed.map_err(Error::not_writable(dead))
    }
}

fn older_than(path: &Path, than: Duration) -> bool {
    age(path).is_some_and(|age| age >= than)
}

/// How long ago a file was changed; nothing where there is none.
pub(super) fn age(path: &Path) -> Option<Duration> {
    let modified = fs::metadata(path).and_then(|meta| meta.modified());
    Some(modified.ok()?.elapsed().unwrap_or_default())
}
