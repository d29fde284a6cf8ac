//! The first two commits.

use super::commit::{signed, write_commit};
use super::edit::edited_tree;
use super::{CONFIG_PATH, CommitId, Edit, Error, FORMAT_PATH, Identity, StartedFromRemote, Store, WriteLock, stage};

const FORMAT_MESSAGE: &str = "docket: format 1\n";
const CONFIG_MESSAGE: &str = "docket: config\n";

/// What [`Store::init`] found or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Init {
    /// Whether the first commits were made now.
    pub created: bool,
    /// The tip.
    pub commit: CommitId,
    /// The local ref was created now, where the remote-tracking one stands.
    pub from_remote: Option<StartedFromRemote>,
}

impl Store {
    /// Makes sure that there is a tracking ref of ours: takes the one that exists, else starts
    /// where the remote-tracking one stands, else creates it in one step with two commits.
    /// The first is the same in every repository of one object format; the second adds `config`
    /// as `.tracking/config.toml` under the user's identity at `time` (seconds since 1970, UTC).
    /// `config` is not looked at when the ref exists.
    ///
    /// # Errors
    ///
    /// [`Error::UnrelatedBranch`] when the ref, or the remote-tracking one, is of something else;
    /// [`Error::RefClash`], [`Error::CheckedOut`] and [`Error::MissingIdentity`] before anything is
    /// written; else those of [`Store::lock`] and [`Store::commit`].
    pub fn init(&self, config: &[u8], time: i64) -> Result<Init, Error> {
        if let Some(commit) = self.tip()? {
            self.refuse_unrelated(self.tracking_ref(), commit)?;
            return Ok(Init {
                created: false,
                commit,
                from_remote: None,
            });
        }
        self.refuse_clash()?;
        self.refuse_checked_out()?;
        if let Some(remote) = self.remote_tip()? {
            self.refuse_unrelated(&remote.name, remote.commit)?;
            if let Some(from_remote) = self.start_from_remote(time)? {
                return Ok(Init {
                    created: false,
                    commit: from_remote.commit,
                    from_remote: Some(from_remote),
                });
            }
        }
        let who = self.identity()?;
        let lock = self.lock()?;
        match self.create(&lock, config, &who, time) {
            Ok(commit) => Ok(Init {
                created: true,
                commit,
                from_remote: None,
            }),
            // Another process was faster; what it made is as good.
            Err(Error::TipMoved {
                expected: None,
                actual: Some(commit),
            }) => {
                self.refuse_unrelated(self.tracking_ref(), commit)?;
                Ok(Init {
                    created: false,
                    commit,
                    from_remote: None,
                })
            }
            Err(error) => Err(error),
        }
    }

    fn create(&self, lock: &WriteLock, config: &[u8], who: &Identity, time: i64) -> Result<CommitId, Error> {
        let mut memory = self.repo().with_object_memory();
        let empty = gix::ObjectId::empty_tree(memory.object_hash());
        let format = Edit {
            path: FORMAT_PATH.to_owned(),
            bytes: b"1\n".to_vec(),
        };
        let config = Edit {
            path: CONFIG_PATH.to_owned(),
            bytes: config.to_vec(),
        };
        let nobody = Identity::of_format();
        let commit =
            |tree, parents: &[CommitId], author: &Identity, who: &Identity, time, message: &str| gix::objs::Commit {
                tree,
                parents: parents.iter().map(|parent| parent.0).collect(),
                author: author.signature(time),
                committer: who.signature(time),
                encoding: None,
                message: message.into(),
                extra_headers: Vec::new(),
            };
        let tree = edited_tree(&memory, empty, &[format])?;
        let first = write_commit(&memory, commit(tree, &[], &nobody, &nobody, 0, FORMAT_MESSAGE))?;
        let tree = edited_tree(&memory, tree, &[config])?;
        let second = signed(
            &memory,
            commit(tree, &[first], &self.author()?, who, time, CONFIG_MESSAGE),
        )?;
        let second = write_commit(&memory, second)?;
        stage::write(self, &memory.objects.take_object_memory().unwrap_or_default())?;
        self.begin(lock, second, who, time, "commit (initial): docket: config")?;
        Ok(second)
    }

    fn refuse_unrelated(&self, reference: &str, commit: CommitId) -> Result<(), Error> {
        match self.snapshot(commit)?.entry(FORMAT_PATH)? {
            Some(_) => Ok(()),
            None => Err(Error::UnrelatedBranch {
                reference: reference.to_owned(),
                commit,
            }),
        }
    }
}
