//! One writer at a time in a clone.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::{Error, Store};

/// How long [`Store::lock`] waits. An import of many thousand records takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long somebody waits before it is worth telling.
const UNTOLD: Duration = Duration::from_secs(1);

/// The right to write, held against all other writers of this clone until it is dropped.
///
/// It is the operating system's lock on a file, so it ends with the process, however that ends.
/// It binds those who ask for it; the compare-and-swap of the ref is the judge of all others.
#[derive(Debug)]
pub struct WriteLock {
    pub(super) path: PathBuf,
    pub(super) file: File,
}

impl Store {
    /// Waits for the write lock, up to 60 seconds. The file, `docket/write.lock` in the common
    /// directory, is created where needed and never deleted.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], or [`Error::NotWritable`] where the file cannot be created or locked.
    pub fn lock(&self) -> Result<WriteLock, Error> {
        self.lock_within(PATIENCE, || {})
    }

    /// As [`Store::lock`], with another patience, none at all tries once; calls `told` once when it has waited for a
    /// second.
    ///
    /// # Errors
    ///
    /// As [`Store::lock`].
    pub fn lock_within(&self, patience: Duration, told: impl FnOnce()) -> Result<WriteLock, Error> {
        let path = self.lock_path();
        if let Some(dir) = path.parent() {
            // Only in a repository that is still there.
            match std::fs::create_dir(dir) {
                Err(error) if !dir.is_dir() => return Err(Error::not_writable(dir)(error)),
                _ => {}
            }
        }
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path);
        let file = file.map_err(Error::not_writable(&path))?;
        match file.try_lock() {
            Ok(()) => return Ok(WriteLock { path, file }),
            Err(TryLockError::Error(source)) => return Err(Error::not_writable(&path)(source)),
            Err(TryLockError::WouldBlock) => {}
        }
        let start = Instant::now();
        if !patience.is_zero() {
            let waiter = wait_for(file).map_err(Error::not_writable(&path))?;
            let mut outcome = waiter.recv_timeout(patience.min(UNTOLD));
            if matches!(outcome, Err(RecvTimeoutError::Timeout)) && patience > UNTOLD {
                told();
                outcome = waiter.recv_timeout(patience - UNTOLD);
            }
            match outcome {
                Ok(Ok(file)) => return Ok(WriteLock { path, file }),
                Ok(Err(source)) => return Err(Error::not_writable(&path)(source)),
                Err(_) => {}
            }
        }
        let waited = start.elapsed();
        Err(Error::Busy { path, waited })
    }

    pub(super) fn lock_path(&self) -> PathBuf {
        self.own_dir().join("write.lock")
    }
}

/// Waits in a thread of its own until the file is locked. The system wakes who waits in the moment the lock is free,
/// but knows no waiting that ends after a time.
///
/// When the receiver is gone by then, so is the lock: the file that nobody takes is closed.
fn wait_for(file: File) -> std::io::Result<Receiver<std::io::Result<File>>> {
    let (sender, receiver) = channel();
    let wait = move || {
        let locked = loop {
            match file.lock() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                done => break done,
            }
        };
        // What cannot be sent is dropped here, and what was sent and not received with the channel.
        let _taken = sender.send(locked.map(|()| file));
    };
    std::thread::Builder::new().name("write lock".to_owned()).spawn(wait)?;
    Ok(receiver)
}
