//! A database that does not answer is left alone for a while, by all processes of a clone: each would wait for it.

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::{Context, Stale};
use crate::index;
use crate::record::value::Time;

/// For how long, in milliseconds.
const LEFT_ALONE: i64 = 30_000;

impl Context {
    fn silence_file(&self) -> PathBuf {
        self.own_file("database", ".silent")
    }

    /// Remembers that a database did not answer.
    pub(in crate::ops) fn remember_silent(&self, url: &str) {
        let line = format!("{} {}\n", self.source.now().as_milliseconds(), digest(url));
        let file = self.silence_file();
        let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        // Where it cannot be written, the next command waits, too.
        let _written = made.and_then(|()| std::fs::write(file, line));
    }

    /// Forgets it: it was asked, and answered.
    pub(in crate::ops) fn forget_silent(&self) {
        // Mostly there is none.
        let _removed = std::fs::remove_file(self.silence_file());
    }

    /// Refuses to ask a database that did not answer a short while ago.
    pub(super) fn refuse_silent(&self, url: &str) -> Result<(), Stale> {
        let Ok(line) = std::fs::read_to_string(self.silence_file()) else {
            return Ok(());
        };
        let mut words = line.split_whitespace();
        let at = words.next().and_then(|word| word.parse::<i64>().ok());
        let is_same = words.next() == Some(digest(url).as_str());
        let now = self.source.now().as_milliseconds();
        // A clock that was set back must not leave it alone for ever.
        match at.filter(|at| is_same && (*at..at.saturating_add(LEFT_ALONE)).contains(&now)) {
            Some(at) => {
                let again = Time::from_milliseconds(at.saturating_add(LEFT_ALONE));
                Err(index::Error::Silent(again.unwrap_or(Time::EPOCH)).into())
            }
            None => Ok(()),
        }
    }
}

/// What tells one URL from another without showing a password.
fn digest(url: &str) -> String {
    let digest = Sha256::digest(url);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
