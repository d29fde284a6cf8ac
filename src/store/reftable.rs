//! Refs that are kept in reftables. Only git can read and write those, so it is asked: each question is a process of
//! some milliseconds, which a repository whose refs are files does without.

use std::ffi::OsStr;
use std::path::PathBuf;

use gix::refs::Target;

use super::transport::FORCED;
use super::{CommitId, Error, Identity, Store, child};

/// A ref that is to be moved, made or deleted, if it is where it is expected.
#[derive(Clone, Copy)]
pub(super) struct Move<'m> {
    /// Where it has to be; none: it must not exist.
    pub(super) from: Option<CommitId>,
    /// Where it is to be; none: nowhere any more.
    pub(super) to: Option<CommitId>,
    /// Who moves it, when, in seconds since 1970, and why, for the reflog.
    pub(super) log: Option<(&'m Identity, i64, &'m str)>,
}

impl Store {
    /// What a ref names; none where there is no such ref.
    pub(super) fn git_finds(&self, name: &str) -> Result<Option<Target>, Error> {
        let found = self.git_lists(name)?.into_iter().find(|(found, _)| found == name);
        if let Some((_, target)) = found {
            return Ok(Some(target));
        }
        // One that names a ref which is not there is not listed.
        Ok(self.git_points(name).and_then(|target| symbolic(&target)))
    }

    /// The refs of this name, or below it, with what they name.
    pub(super) fn git_lists(&self, prefix: &str) -> Result<Vec<(String, Target)>, Error> {
        let arguments = [
            "for-each-ref",
            "--format=%(refname) %(objectname) %(symref)",
            "--",
            prefix,
        ];
        let printed = self.git(&arguments.map(OsStr::new))?;
        let printed = String::from_utf8_lossy(&printed);
        let target = |line: &str| {
            let mut words = line.splitn(3, ' ');
            let (name, id, pointed) = (words.next()?, words.next()?, words.next()?);
            let target = match pointed {
                "" => Target::Object(gix::ObjectId::from_hex(id.as_bytes()).ok()?),
                pointed => symbolic(pointed)?,
            };
            Some((name.to_owned(), target))
        };
        Ok(printed.lines().filter_map(target).collect())
    }

    /// The ref that a symbolic ref names, which need not exist; none where it is no symbolic ref.
    pub(super) fn git_points(&self, name: &str) -> Option<String> {
        let printed = self.git(&["symbolic-ref", "-q", name].map(OsStr::new)).ok()?;
        let printed = String::from_utf8(printed).ok()?;
        Some(printed.trim_end().to_owned())
    }

    /// The object that a revision means.
    pub(super) fn git_resolves(&self, revision: &str) -> Result<gix::ObjectId, Error> {
        let unknown = |source| Error::UnknownRevision {
            revision: revision.to_owned(),
            source,
        };
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", revision];
        let printed = self
            .git(&arguments.map(OsStr::new))
            .map_err(|error| unknown(error.into()))?;
        gix::ObjectId::from_hex(printed.trim_ascii_end()).map_err(|error| unknown(error.into()))
    }

    /// What the tracking ref named, oldest first, as its reflog has it.
    pub(super) fn git_reflog(&self) -> Result<Vec<gix::ObjectId>, Error> {
        if self.unchecked_tip()?.is_none() {
            return Ok(Vec::new());
        }
        let format = "--format=%H";
        let printed = self.git(&["reflog", "show", format, self.tracking_ref(), "--"].map(OsStr::new))?;
        let lines = printed.rsplit(|byte| *byte == b'\n');
        Ok(lines.filter_map(|line| gix::ObjectId::from_hex(line).ok()).collect())
    }

    /// What HEAD was last moved by.
    pub(super) fn git_last_move(&self) -> Option<String> {
        let printed = self.git(&["reflog", "show", "-1", "--format=%gs", "HEAD", "--"].map(OsStr::new));
        let printed = String::from_utf8(printed.ok()?).ok()?;
        Some(printed.trim_end().to_owned()).filter(|line| !line.is_empty())
    }

    /// The working trees of the repository, each with the ref that is checked out there. A bare repository has none.
    pub(super) fn git_checkouts(&self) -> Result<Vec<(PathBuf, String)>, Error> {
        let printed = self.git(&["worktree", "list", "--porcelain", "-z"].map(OsStr::new))?;
        let printed = String::from_utf8_lossy(&printed);
        let mut checkouts = Vec::new();
        let mut worktree = "";
        for line in printed.split('\0') {
            if let Some(path) = line.strip_prefix("worktree ") {
                worktree = path;
            } else if let Some(branch) = line.strip_prefix("branch ") {
                checkouts.push((PathBuf::from(worktree), branch.to_owned()));
            }
        }
        Ok(checkouts)
    }

    /// Moves the tracking ref, in one step that fails if it is not where it is expected.
    pub(super) fn git_moves(&self, wanted: Move<'_>) -> Result<(), Error> {
        let null = gix::ObjectId::null(self.repo().object_hash());
        let hex = |commit: Option<CommitId>| commit.map_or(null, |commit| commit.0).to_string();
        let mut command = child::cleaned();
        if self.durable {
            command.args(FORCED);
        }
        command
            .arg("--git-dir")
            .arg(self.git_dir())
            .args(["update-ref", "--no-deref"]);
        if let Some((who, time, message)) = wanted.log {
            command
                .args(["--create-reflog", "-m", message])
                .env("GIT_COMMITTER_NAME", &who.name)
                .env("GIT_COMMITTER_EMAIL", &who.email)
                .env("GIT_COMMITTER_DATE", format!("@{} +0000", time.max(0)));
        }
        match wanted.to {
            Some(_) => command.args([self.tracking_ref(), &hex(wanted.to), &hex(wanted.from)]),
            None => command.args(["-d", self.tracking_ref(), &hex(wanted.from)]),
        };
        let Err(refused) = child::run(&mut command) else {
            return Ok(());
        };
        let actual = match self.git_finds(self.tracking_ref()) {
            Ok(Some(Target::Object(id))) => Some(CommitId(id)),
            _ => None,
        };
        if actual != wanted.from {
            return Err(Error::TipMoved {
                expected: wanted.from,
                actual,
            });
        }
        let said = refused.to_string();
        let is_locked = ["cannot lock", "unable to lock"].iter().any(|why| said.contains(why));
        Err(match is_locked {
            true => self.locked(refused),
            false => refused,
        })
    }
}

fn symbolic(name: &str) -> Option<Target> {
    gix::refs::FullName::try_from(name).ok().map(Target::Symbolic)
}
