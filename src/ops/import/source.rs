//! What can be imported.

use std::path::PathBuf;

use super::git_bug;
use crate::exchange::{Import, Unreadable, backlog_md, beads, task_master};
use crate::ops::{Error, Progress};

/// What to import.
#[derive(Clone, Debug)]
pub enum ImportSource {
    /// The JSONL file of beads.
    Beads(Vec<u8>),
    /// A Backlog.md directory.
    BacklogMd {
        /// Its files: path below it, and content.
        files: Vec<(String, Vec<u8>)>,
        /// What of it could not be read: path below it, and reason.
        unreadable: Vec<(String, String)>,
    },
    /// The `tasks.json` of Task Master.
    TaskMaster(Vec<u8>),
    /// A directory in a repository with the bugs of git-bug; nothing is written there.
    GitBug(PathBuf),
}

impl ImportSource {
    /// What it holds.
    pub(super) fn read(self, progress: &dyn Progress) -> Result<Import, Error> {
        progress.step("reading", None);
        Ok(match self {
            Self::Beads(bytes) => beads::read(&bytes),
            Self::BacklogMd { files, unreadable } => {
                let mut import = backlog_md::read(&files);
                let unread = unreadable
                    .into_iter()
                    .map(|(place, reason)| Unreadable { place, reason });
                import.unreadable.extend(unread);
                import
            }
            Self::TaskMaster(bytes) => task_master::read(&bytes),
            Self::GitBug(dir) => git_bug::read(&dir, progress)?,
        })
    }
}
