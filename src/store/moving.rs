//! Git's own lock files that a killed writer of ours left, told from those of somebody who is at work.
//!
//! A process that is killed while it moves the tracking ref leaves git's lock file of it, and every later write,
//! git's own too, would fail until somebody removes the file by hand. So a writer notes beforehand that it moves the
//! ref, and where to, in the file of the write lock; the note goes with the move. Whoever holds the write lock and
//! finds a note knows that its writer is dead, for it lost the write lock.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{CommitId, Error, Store, WriteLock};

/// Git writes the new value into a ref's lock file as soon as it has made it: one that is still empty after this
/// belongs to nobody alive.
const EMPTY_FOR: Duration = Duration::from_secs(1);

/// For how long the lock file of the packed refs must have been there without their new content beside it.
const PACKED_FOR: Duration = Duration::from_secs(5);

/// How long a note is, a commit and a ref with a line break. Mostly the same, so that one is written over another in
/// place; to make and remove a file for each write costs more than all the rest of the note.
const NOTE: usize = 320;

/// The note that the ref is being moved; it goes when this is dropped.
pub(super) struct Moving<'l>(&'l File);

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        // A note that stays is looked into by the next writer, and found to be about nothing.
        let _gone = note(self.0, "");
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
        let left = noted(&lock.file).map_err(Error::not_writable(&lock.path))?;
        if !left.is_empty() {
            self.clear_after(&left)?;
        }
        note(&lock.file, &format!("{to} {}", self.tracking_ref())).map_err(Error::not_writable(&lock.path))?;
        Ok(Moving(&lock.file))
    }

    /// Removes the lock files of the writer that was killed when it had noted `left`.
    fn clear_after(&self, left: &str) -> Result<(), Error> {
        for (lock, dead) in self.left_after(left) {
            if !dead && !self.is_in_the_way(&lock) {
                continue;
            }
            if !dead {
                return Err(Error::RefLocked {
                    reference: self.tracking_ref().to_owned(),
                    source: format!("{} is there, perhaps of a process at work", lock.display()).into(),
                });
            }
            fs::remove_file(&lock).map_err(Error::not_writable(&lock))?;
        }
        Ok(())
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
        let (left, reference) = left.split_once(' ').unwrap_or((left, self.tracking_ref()));
        // All writers of a clone share one lock, whichever ref they move.
        let known = reference.starts_with("refs/") && gix::refs::FullName::try_from(reference).is_ok();
        let reference = if known { reference } else { self.tracking_ref() };
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

fn older_than(path: &Path, age: Duration) -> bool {
    let modified = fs::metadata(path).and_then(|meta| meta.modified());
    modified
        .ok()
        .and_then(|time| time.elapsed().ok())
        .is_some_and(|elapsed| elapsed >= age)
}
