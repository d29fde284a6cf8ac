//! What earlier writes left: where the ref stood, and files of killed processes.

use std::path::PathBuf;
use std::time::Duration;

use super::moving::age;
use super::refs::RefFormat;
use super::{CommitId, Error, Store, stage};

impl Store {
    /// The commits the tracking ref ever named here, as its reflog has them, newest first, each once. One that git
    /// has pruned since is left out.
    ///
    /// # Errors
    ///
    /// [`Error::BrokenRef`] where the reflog cannot be read.
    pub fn reflog(&self) -> Result<Vec<CommitId>, Error> {
        let repo = self.repo();
        let named = match self.refs {
            RefFormat::Files => self.logged(&repo)?,
            RefFormat::Reftable => self.git_reflog()?,
        };
        let mut commits = Vec::new();
        for id in named {
            if !id.is_null() && !commits.contains(&CommitId(id)) && repo.has_object(id) {
                commits.push(CommitId(id));
            }
        }
        commits.reverse();
        Ok(commits)
    }

    /// What the tracking ref named, oldest first, as the file of its reflog has it.
    fn logged(&self, repo: &gix::Repository) -> Result<Vec<gix::ObjectId>, Error> {
        let broken = |source: gix::Error| Error::BrokenRef {
            reference: self.tracking_ref().to_owned(),
            source: source.into(),
        };
        let Some(reference) = repo.try_find_reference(self.tracking_ref()).map_err(broken)? else {
            return Ok(Vec::new());
        };
        let mut log = reference.log_iter();
        let lines = log.all().map_err(Error::git("read the reflog"))?.into_iter().flatten();
        // A line that a full disk cut short says nothing; the others still do.
        Ok(lines.flatten().map(|line| line.new_oid()).collect())
    }

    /// Files that a killed process may have left, and how old they are: git's lock files of what we have git write, which
    /// are the tracking ref, here and as remotes have it, the packed refs and the config; and our own files and
    /// directories of objects on their way.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] where the directory of objects cannot be listed.
    pub fn leftovers(&self) -> Result<Vec<(PathBuf, Duration)>, Error> {
        let common = self.common_dir();
        let remotes = self
            .remotes()
            .into_iter()
            .map(|remote| remote.kept(self.tracking_ref()));
        let locked = [
            "packed-refs".to_owned(),
            "reftable/tables.list".to_owned(),
            "config".to_owned(),
            self.tracking_ref().to_owned(),
        ];
        let locks = locked.into_iter().chain(remotes);
        let mut files: Vec<_> = locks.map(|name| common.join(format!("{name}.lock"))).collect();
        for entry in std::fs::read_dir(common.join("objects")).map_err(Error::git("list the directory of objects"))? {
            let path = entry.map_err(Error::git("list the directory of objects"))?.path();
            if path
                .file_name()
                .is_some_and(|name| stage::is_temporary(&name.to_string_lossy()))
            {
                files.push(path);
            }
        }
        let files = files.into_iter();
        Ok(files.filter_map(|path| age(&path).map(|age| (path, age))).collect())
    }
}
