//! One process of a clone at a time merges and pushes: of two, one could take for lost what the other just had confirmed.

use std::fs::{File, create_dir_all};
use std::time::{Duration, Instant};

use crate::ops::{Context, Error, ErrorKind};
use crate::store;

/// How often somebody who waits looks again.
const LOOK: Duration = Duration::from_millis(20);

/// A lock of this process, until it is dropped or the process ends.
pub(in crate::ops) struct Held(#[expect(dead_code, reason = "the lock is released when the file is closed")] File);

impl Context {
    /// A lock of this clone and its tracking ref, where nobody has it.
    pub(in crate::ops) fn held_if_free(&self, name: &str) -> std::io::Result<Option<Held>> {
        create_dir_all(self.store.own_dir())?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.own_file(name, ".lock"))?;
        Ok(file.try_lock().is_ok().then_some(Held(file)))
    }

    /// The turn, when it is free; as long as that takes where no patience is said.
    ///
    /// # Errors
    ///
    /// `unavailable` where it was not for so long; `denied` where nothing can be written here.
    pub(super) fn turn(&self, patience: Option<Duration>) -> Result<Held, Error> {
        let start = Instant::now();
        loop {
            let turn = self.held_if_free("sync");
            let turn = turn.map_err(|source| store::Error::NotWritable {
                path: self.own_file("sync", ".lock"),
                source: source.into(),
            })?;
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
