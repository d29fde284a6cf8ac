//! One process of a clone at a time merges and pushes: of two, one could take for lost what the other just had confirmed.

use std::fs::{File, create_dir_all};
use std::time::{Duration, Instant};

use crate::ops::{Context, Error, ErrorKind};

/// How often somebody who waits looks again.
const LOOK: Duration = Duration::from_millis(20);

/// The turn of this process, until it is dropped or the process ends.
pub(super) struct Turn(#[expect(dead_code, reason = "the lock is released when the file is closed")] File);

impl Context {
    /// The turn, where nobody has it.
    pub(super) fn turn_if_free(&self) -> std::io::Result<Option<Turn>> {
        create_dir_all(self.store.own_dir())?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.own_file("sync", ".lock"))?;
        Ok(file.try_lock().is_ok().then_some(Turn(file)))
    }

    /// The turn, when it is free; as long as that takes where no patience is said.
    ///
    /// # Errors
    ///
    /// `unavailable` where it was not for so long; `denied` where nothing can be written here.
    pub(super) fn turn(&self, patience: Option<Duration>) -> Result<Turn, Error> {
        let start = Instant::now();
        loop {
            let turn = self.turn_if_free();
            let turn = turn.map_err(|error| Error::denied(format!("the lock of syncs cannot be taken: {error}")))?;
            if let Some(turn) = turn {
                return Ok(turn);
            }
            if patience.is_some_and(|patience| start.elapsed() >= patience) {
                let message = "another sync of this clone is under way";
                return Err(Error::new(ErrorKind::Unavailable, message).hint("git docket sync"));
            }
            if start.elapsed() < LOOK {
                self.progress.step("waiting for another sync of this clone", None);
            }
            std::thread::sleep(LOOK);
        }
    }
}
