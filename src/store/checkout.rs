//! What the user's own checkout says: its HEAD, the commits of the code, where hooks live. Only ever read.

use std::path::{Path, PathBuf};

use gix::objs::Kind;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use super::refs::RefFormat;
use super::trailers::trailers_of;
use super::{CommitId, Error, Store, object};

/// A commit of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeCommit {
    /// Its name.
    pub id: CommitId,
    /// Its parents, as it names them.
    pub parents: Vec<CommitId>,
    /// When it was committed: seconds since 1970, UTC; 0 where it has no readable date.
    pub time: i64,
    /// The author's name; bytes that are not UTF-8 are replaced.
    pub author: String,
    /// The trailers of its message, name and value, in their order.
    pub trailers: Vec<(String, String)>,
}

impl Store {
    /// The directory of this worktree's HEAD and of what is under way in it. The main worktree's is the common
    /// directory.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        self.shared.git_dir()
    }

    /// The branch that is checked out, without `refs/heads/`; none where HEAD is detached.
    ///
    /// # Errors
    ///
    /// [`Error::Git`] where HEAD cannot be read.
    pub fn branch(&self) -> Result<Option<String>, Error> {
        let name = match self.refs {
            RefFormat::Reftable => self.git_points("HEAD"),
            RefFormat::Files => {
                let name = self.repo().head_name().map_err(Error::git("read HEAD"))?;
                name.map(|name| name.as_bstr().to_string())
            }
        };
        Ok(name.and_then(|name| Some(name.strip_prefix("refs/heads/")?.to_owned())))
    }

    /// What HEAD was last moved by, as its reflog has it, such as `commit (amend): …`; none without a reflog.
    #[must_use]
    pub fn last_move(&self) -> Option<String> {
        if self.refs == RefFormat::Reftable {
            return self.git_last_move();
        }
        let repo = self.repo();
        let head = repo.head().ok()?;
        let mut log = head.log_iter();
        let line = log.rev().ok()??.next()?.ok()?;
        Some(line.message.to_string())
    }

    /// Whether a rebase is under way in this worktree.
    #[must_use]
    pub fn is_rebasing(&self) -> bool {
        ["rebase-merge", "rebase-apply"]
            .iter()
            .any(|dir| self.git_dir().join(dir).exists())
    }

    /// A truth value of git config; false where there is none.
    #[must_use]
    pub fn config_flag(&self, key: &str) -> bool {
        self.repo().config_snapshot().boolean(key).unwrap_or(false)
    }

    /// A value of git config.
    #[must_use]
    pub fn config_text(&self, key: &str) -> Option<String> {
        let value = self.repo().config_snapshot().string(key);
        value.map(|value| value.to_string())
    }

    /// The values of git config, each with the file it comes from; the last counts. One that is only named is `true`.
    #[must_use]
    pub fn config_origins(&self, key: &str) -> Vec<(String, Option<PathBuf>)> {
        let Some((section, rest)) = key.split_once('.') else {
            return Vec::new();
        };
        let (subsection, name) = match rest.rsplit_once('.') {
            Some((subsection, name)) => (Some(subsection), name),
            None => (None, rest),
        };
        let repo = self.repo();
        let config = repo.config_snapshot();
        let sections = config.plumbing().sections_by_name(section).into_iter().flatten();
        let of_key = sections.filter(|section| {
            let name = section.header().subsection_name();
            name.map(ToString::to_string).as_deref() == subsection
        });
        let values = of_key.filter_map(|section| {
            let implicit = section.contains_value_name(name).then(|| "true".to_owned());
            let value = section.value(name).map(|value| value.to_string()).or(implicit)?;
            Some((value, section.meta().path.clone()))
        });
        values.collect()
    }

    /// The directory whose hooks git runs: that of the repository, unless git config `core.hooksPath` names another.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when git is missing or refuses.
    pub fn hooks_dir(&self) -> Result<PathBuf, Error> {
        let printed = self.git(&["rev-parse".as_ref(), "--git-path".as_ref(), "hooks".as_ref()])?;
        let printed = String::from_utf8_lossy(&printed);
        // A relative one is relative to where hooks run.
        let base = self.work_dir().unwrap_or(self.common_dir());
        Ok(base.join(printed.trim_end_matches('\n')))
    }

    /// A commit of the code.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::Corrupt`] or [`Error::NotACommit`].
    pub fn code_commit(&self, id: CommitId) -> Result<CodeCommit, Error> {
        code_commit(&self.repo(), id)
    }

    /// The commits of the code that `tip` reaches and `base` does not, and that are wanted: the newest first, and no
    /// more than `limit`.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::Corrupt`] or [`Error::NotACommit`].
    pub fn code_commits(
        &self,
        base: CommitId,
        tip: CommitId,
        limit: usize,
        wanted: impl Fn(&CodeCommit) -> bool,
    ) -> Result<Vec<CodeCommit>, Error> {
        let repo = self.repo();
        object::not_foreign(&repo, [base.0, tip.0])?;
        let order = Sorting::ByCommitTime(CommitTimeOrder::NewestFirst);
        let walk = repo.rev_walk([tip.0]).with_hidden([base.0]).sorting(order);
        let walk = walk.all().map_err(Error::git("walk the commits of the code"))?;
        let commits = walk.map(|info| {
            let info = info.map_err(Error::git("walk the commits of the code"))?;
            code_commit(&repo, CommitId(info.id))
        });
        let wanted = commits.filter(|commit| commit.as_ref().map_or(true, &wanted));
        wanted.take(limit).collect()
    }
}

fn code_commit(repo: &gix::Repository, id: CommitId) -> Result<CodeCommit, Error> {
    let corrupt = |source: gix::Error| Error::Corrupt {
        id: id.to_string(),
        source: source.into(),
    };
    let object = object::find(repo, id.0, Kind::Commit)?.into_commit();
    let commit = object.decode().map_err(corrupt)?;
    Ok(CodeCommit {
        id,
        parents: commit.parents().map(CommitId).collect(),
        // A date no clock would show is no reason to withhold the commit.
        time: commit.time().map_or(0, |time| time.seconds),
        author: commit
            .author()
            .map_or_else(|_| String::new(), |author| author.name.to_string()),
        trailers: trailers_of(commit.message),
    })
}
