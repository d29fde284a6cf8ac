//! The first two commits.

use super::commit::{Edit, edited_tree, signature, signed, write_commit};
use super::{CONFIG_PATH, CommitId, Error, FORMAT_PATH, Identity, StartedFromRemote, Store, stage};

/// Who made the first commit, in every repository: together with the time 0 and the lack of a
/// signature it is what makes that commit the same everywhere, and so a merge base.
pub(super) const FORMAT_AUTHOR: FormatAuthor = FormatAuthor {
    name: "git-docket",
    email: "git-docket@localhost",
};

const FORMAT_MESSAGE: &str = "docket: format 1\n";
const CONFIG_MESSAGE: &str = "docket: config\n";

/// See [`FORMAT_AUTHOR`].
pub(super) struct FormatAuthor {
    name: &'static str,
    email: &'static str,
}

impl FormatAuthor {
    pub(super) fn identity(&self) -> Identity {
        Identity {
            name: self.name.to_owned(),
            email: self.email.to_owned(),
        }
    }
}

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
        self.refuse_checked_out()?;
        let _lock = self.lock()?;
        match self.create(config, &who, time) {
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

    fn create(&self, config: &[u8], who: &Identity, time: i64) -> Result<CommitId, Error> {
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
        let author = FORMAT_AUTHOR.identity();
        let commit =
            |tree, parents: &[CommitId], who: &Identity, time, message: &str| gix::objs::Commit {
                tree,
                parents: parents.iter().map(|parent| parent.0).collect(),
                author: signature(who, time),
                committer: signature(who, time),
                encoding: None,
                message: message.into(),
                extra_headers: Vec::new(),
            };
        let tree = edited_tree(&memory, empty, &[format])?;
        let first = write_commit(&memory, commit(tree, &[], &author, 0, FORMAT_MESSAGE))?;
        let tree = edited_tree(&memory, tree, &[config])?;
        let second = signed(&memory, commit(tree, &[first], who, time, CONFIG_MESSAGE))?;
        let second = write_commit(&memory, second)?;
        stage::write(
            self,
            &memory.objects.take_object_memory().unwrap_or_default(),
        )?;
        self.advance(
            &self.repo(),
            None,
            second,
            who,
            time,
            "commit (initial): docket: config",
        )?;
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
