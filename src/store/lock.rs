//! One writer at a time in a clone.

use std::collections::hash_map::RandomState;
use std::fs::{File, OpenOptions, TryLockError};
use std::hash::BuildHasher;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{Error, Store};

/// How long [`Store::lock`] waits. An import of many thousand records takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// The right to write, held against all other writers of this clone until it is dropped.
///
/// It is the operating system's lock on a file, so it ends with the process, however that ends.
/// It binds those who ask for it; the compare-and-swap of the ref is the judge of all others.
#[derive(Debug)]
pub struct WriteLock {
    pub(super) path: PathBuf,
    _file: File,
}

impl Store {
    /// Waits for the write lock, up to 60 seconds. The file, `docket/write.lock` in the common
    /// directory, is created where needed and never deleted.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], or [`Error::NotWritable`] where the file cannot be created or locked.
    pub fn lock(&self) -> Result<WriteLock, Error> {
        self.lock_within(PATIENCE)
    }

    /// As [`Store::lock`], with another patience; none at all tries once.
    ///
    /// # Errors
    ///
    /// As [`Store::lock`].
    pub fn lock_within(&self, patience: Duration) -> Result<WriteLock, Error> {
        let path = self.lock_path();
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir).map_err(Error::not_writable(dir))?;
        }
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(Error::not_writable(&path))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(WriteLock { path, _file: file }),
                Err(TryLockError::Error(source)) => return Err(Error::not_writable(&path)(source)),
                Err(TryLockError::WouldBlock) if start.elapsed() >= patience => {
                    return Err(Error::Busy {
                        path,
                        waited: start.elapsed(),
                    });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(pause(start.elapsed())),
            }
        }
    }

    pub(super) fn lock_path(&self) -> PathBuf {
        self.common_dir().join("docket").join("write.lock")
    }
}

/// 1 to 4 milliseconds at first, up to 40 for those who have waited long: a write takes a few.
fn pause(waited: Duration) -> Duration {
    let longest = (waited / 20).clamp(Duration::from_millis(4), Duration::from_millis(40));
    let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
    // Keyed anew each time, so two processes do not wake in step.
    Duration::from_micros(1000 + RandomState::new().hash_one(micros) % micros)
}
