//! Remotes: which one is meant, and where its refs are kept here.

use super::{CommitId, Error, RemoteTip, Store};

/// Where refs of remotes that are not branches are kept here: plain git has no place for them.
const OTHERS: &str = "refs/docket/remotes/";

/// A remote of git's config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// What it is called.
    pub name: String,
}

impl Remote {
    /// The ref here that tells where a ref of the remote stood when it was last asked.
    #[must_use]
    pub fn kept(&self, reference: &str) -> String {
        match reference.strip_prefix("refs/heads/") {
            Some(branch) => format!("refs/remotes/{}/{branch}", self.name),
            None => {
                let name = reference.strip_prefix("refs/").unwrap_or(reference);
                format!("{OTHERS}{}/{name}", self.name)
            }
        }
    }

    /// What people call a ref of the remote, such as `origin/tracking`.
    #[must_use]
    pub fn called(&self, reference: &str) -> String {
        let name = reference.strip_prefix("refs/heads/").unwrap_or(reference);
        format!("{}/{name}", self.name)
    }
}

impl Store {
    /// The remote that the docket is shared through: git config `docket.remote`, else `origin`, else the only one;
    /// none where there is none, or several and nothing says which.
    #[must_use]
    pub fn remote(&self) -> Option<Remote> {
        let repo = self.repo();
        let remotes = repo.remote_names();
        let mut names = remotes.iter().map(ToString::to_string);
        let configured = self.config_text("docket.remote");
        let name = match configured.filter(|name| !name.is_empty()) {
            Some(configured) => names.find(|name| *name == configured)?,
            None => match (names.clone().find(|name| name == "origin"), names.next(), names.next()) {
                (Some(origin), ..) => origin,
                (None, Some(only), None) => only,
                _ => return None,
            },
        };
        Some(Remote { name })
    }

    /// What people call this repository: the end of its remote's URL, else the name of its directory.
    #[must_use]
    pub fn called(&self) -> String {
        let repo = self.repo();
        let remote = self
            .remote()
            .and_then(|remote| repo.find_remote(remote.name.as_str()).ok());
        let url = remote.and_then(|remote| Some(remote.url(gix::remote::Direction::Fetch)?.path.to_string()));
        let home = self.work_dir().unwrap_or_else(|| self.common_dir());
        let path = url.unwrap_or_else(|| home.display().to_string());
        let path = path.trim_end_matches(['/', '\\']);
        let path = path.strip_suffix("/.git").unwrap_or(path);
        let path = path.strip_suffix(".git").unwrap_or(path);
        // A scp-like address has a colon before its path.
        path.rsplit(['/', '\\', ':']).next().unwrap_or_default().to_owned()
    }

    /// The names of all remotes.
    #[must_use]
    pub fn remotes(&self) -> Vec<Remote> {
        let names = self.repo().remote_names();
        let names = names.iter().map(|name| Remote { name: name.to_string() });
        names.collect()
    }

    /// Where the tracking ref of [`Store::remote`] stood when it was last asked.
    ///
    /// # Errors
    ///
    /// As [`Store::tip`], for the remote-tracking ref.
    pub fn remote_tip(&self) -> Result<Option<RemoteTip>, Error> {
        let Some(remote) = self.remote() else { return Ok(None) };
        let commit = self.last_known(&remote, self.tracking_ref())?;
        Ok(commit.map(|commit| RemoteTip {
            name: remote.called(self.tracking_ref()),
            commit,
        }))
    }

    /// Where a ref of a remote stood when it was last asked.
    ///
    /// # Errors
    ///
    /// As [`Store::tip`], for the ref it is kept in.
    pub fn last_known(&self, remote: &Remote, reference: &str) -> Result<Option<CommitId>, Error> {
        let Ok(kept) = gix::refs::FullName::try_from(remote.kept(reference)) else {
            return Ok(None);
        };
        self.read_ref(&self.repo(), kept.as_ref())
    }
}
