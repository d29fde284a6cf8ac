//! What is left of objects when the machine went down before they were on the disk.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{CommitId, Depth, Error, Store, Talk, WriteLock, object};

/// How long a remote may take: whoever writes waits meanwhile.
const FETCHING: Duration = Duration::from_secs(120);

/// How a ref that could not be read was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovery {
    /// The commits it reaches and the files at it are there, perhaps from the remote.
    Whole,
    /// It stands at an earlier commit now, the newest in its reflog of which all is there.
    Back(CommitId),
}

impl Store {
    /// Files of objects that hold nothing, as a machine that loses its power leaves them. Git makes no such files.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] where the directories of objects cannot be listed.
    pub fn empty_objects(&self) -> Result<Vec<PathBuf>, Error> {
        let list = |dir: &std::path::Path| fs::read_dir(dir).map_err(Error::git("list the directory of objects"));
        let is_hex = |name: &OsStr| name.as_encoded_bytes().iter().all(u8::is_ascii_hexdigit);
        let mut empty = Vec::new();
        for shard in list(&self.common_dir().join("objects"))?.filter_map(Result::ok) {
            if shard.file_name().len() != 2 || !is_hex(&shard.file_name()) {
                continue;
            }
            let objects = list(&shard.path())?.filter_map(Result::ok);
            let objects = objects.filter(|object| is_hex(&object.file_name()));
            let objects =
                objects.filter(|object| object.metadata().is_ok_and(|file| file.is_file() && file.len() == 0));
            empty.extend(objects.map(|object| object.path()));
        }
        empty.sort();
        Ok(empty)
    }

    /// Removes files of objects that hold nothing, gets what the remote has of them, and where the tracking ref still
    /// reaches something that is not there, moves it back to the newest commit of its reflog that is whole. The commits
    /// after that one stay in the reflog.
    ///
    /// # Errors
    ///
    /// [`Error::NotWritable`]; [`Error::MissingObject`] where no commit in the reflog is whole, or in a partial clone; those
    /// of reading, and of moving the ref. What was removed held nothing; after an error the ref is where it was.
    pub fn recover(&self, lock: &WriteLock, empty: &[PathBuf], time: i64) -> Result<Recovery, Error> {
        for object in empty {
            // Git takes one that is there for one it has, and would neither fetch it nor write it again.
            fs::remove_file(object).map_err(Error::not_writable(object))?;
        }
        let Some(tip) = self.unchecked_tip()? else {
            return Ok(Recovery::Whole);
        };
        if self.is_connected(tip) {
            return Ok(Recovery::Whole);
        }
        if let Some(remote) = self.remote() {
            let mut talk = Talk {
                may_ask: false,
                told: None,
                until: Some(Instant::now() + FETCHING),
            };
            // Git fails in the end where our ref reaches what nobody has, with all there that the remote has.
            let _told_below = self.fetch(&remote, self.tracking_ref(), None, Depth::Anew, &mut talk);
        }
        if !self.lacks(tip)? {
            return Ok(Recovery::Whole);
        }
        let lost = |partial| Error::MissingObject {
            id: tip.to_string(),
            partial,
        };
        // There, what is missing may only never have been fetched.
        if object::is_partial(&self.repo()) {
            return Err(lost(true));
        }
        let mut whole = None;
        for commit in self.reflog()? {
            if !self.lacks(commit)? {
                whole = Some(commit);
                break;
            }
        }
        let whole = whole.ok_or_else(|| lost(false))?;
        let why = "doctor: back to the last commit that is whole";
        self.fast_forward(lock, Some(tip), whole, time, why)?;
        Ok(Recovery::Back(whole))
    }

    /// Whether git says that all is there that a commit reaches, earlier files too.
    fn is_connected(&self, commit: CommitId) -> bool {
        let commit = commit.to_string();
        let arguments = ["rev-list", "--objects", "--quiet", &commit, "--"];
        self.git(&arguments.map(OsStr::new)).is_ok()
    }

    /// Whether something is known to be missing or broken of the history of a commit or of its files. That it could not
    /// be looked at is an error: the ref is moved for nothing less.
    fn lacks(&self, commit: CommitId) -> Result<bool, Error> {
        match self.looked_through(commit) {
            Ok(()) => Ok(false),
            Err(Error::MissingObject { .. } | Error::Corrupt { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn looked_through(&self, commit: CommitId) -> Result<(), Error> {
        self.history(commit)?;
        let repo = self.repo();
        for entry in self.snapshot(commit)?.entries("")? {
            if entry.mode.is_file() {
                object::header(&repo, entry.blob.0)?;
            }
        }
        Ok(())
    }
}
