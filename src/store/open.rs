//! Finding and opening the repository.

use std::fmt;
use std::path::{Path, PathBuf};

use gix::odb::store::init::Slots;

use super::recent::Recent;
use super::refs::RefFormat;
use super::{Error, Proposal, child, overrides};

/// The tracking ref where neither the caller nor git config `docket.ref` names another.
pub const DEFAULT_REF: &str = "refs/heads/tracking";

/// For how many packs there is room in a process that stays while others write: twice those at opening, and never fewer
/// than so many. To make so much room takes a millisecond.
const MANY_PACKS: Slots = Slots::AsNeededByDiskState {
    multiplier: 2.0,
    minimum: 4_096,
};

/// The same in a process that soon ends: a sync that loses many races fetches a pack each time.
const FEW_PACKS: Slots = Slots::AsNeededByDiskState {
    multiplier: 2.0,
    minimum: 256,
};

/// An open repository and the tracking ref in it.
///
/// Refs and objects are read from disk at each call, so another process's writes are seen at
/// once; git config is read when the repository is opened.
pub struct Store {
    pub(super) shared: gix::ThreadSafeRepository,
    pub(super) reference: gix::refs::FullName,
    reference_name: String,
    pub(super) refs: RefFormat,
    opened_at: PathBuf,
    /// Whether the environment had a say in which repository this is.
    by_environment: bool,
    common_dir: PathBuf,
    work_dir: Option<PathBuf>,
    /// Whether objects and the ref are on the disk, not only in its cache, when a write returns.
    pub(super) durable: bool,
    /// What stands in the place of the configured ref, where this worktree says so.
    pub(super) proposal: Option<Proposal>,
    recent: Recent,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("common_dir", &self.common_dir)
            .field("tracking_ref", &self.reference_name)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the repository that `dir` is in, as git finds it: in `dir` or the nearest directory
    /// above it, unless `GIT_DIR` names one. Bare repositories, linked worktrees and repositories
    /// without a commit are all right.
    ///
    /// The tracking ref is `reference`, else the proposal that this worktree is directed to, else git
    /// config `docket.ref`, else [`DEFAULT_REF`]; a name without `refs/` is a branch. It need not exist.
    ///
    /// # Errors
    ///
    /// [`Error::NotARepository`], [`Error::Untrusted`], [`Error::UnsupportedRefFormat`],
    /// [`Error::Unreadable`], [`Error::BrokenProposal`] or [`Error::InvalidRef`].
    pub fn open(dir: &Path, reference: Option<&str>) -> Result<Self, Error> {
        let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        Self::with(discover(&dir, MANY_PACKS)?, dir, true, reference)
    }

    /// The same for a process that soon ends, and may not see the objects when others write hundreds of packs meanwhile.
    ///
    /// # Errors
    ///
    /// Those of [`Store::open`].
    pub fn open_briefly(dir: &Path, reference: Option<&str>) -> Result<Self, Error> {
        let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        Self::with(discover(&dir, FEW_PACKS)?, dir, true, reference)
    }

    /// Opens the repository at `dir` itself, whatever the environment says: a command that made it must not work in
    /// another one because git runs it with `GIT_DIR` set.
    ///
    /// # Errors
    ///
    /// Those of [`Store::open`].
    pub fn open_at(dir: &Path, reference: Option<&str>) -> Result<Self, Error> {
        let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        let mut options = trust(MANY_PACKS);
        for options in [&mut options.full, &mut options.reduced] {
            // `GIT_WORK_TREE` and its like would make it work in somebody's files.
            options.permissions.env.git_prefix = gix::sec::Permission::Deny;
        }
        let opened = gix::ThreadSafeRepository::discover_opts(&dir, upwards(), options);
        Self::with(opened.map_err(refused(&dir))?, dir, false, reference)
    }

    fn with(
        mut shared: gix::ThreadSafeRepository,
        dir: PathBuf,
        by_environment: bool,
        reference: Option<&str>,
    ) -> Result<Self, Error> {
        // A namespace is the business of servers; with it, our ref would silently be another one.
        shared.refs.namespace = None;
        // The reflog of the tracking ref finds commits again; gix writes none in a bare repository.
        shared.refs.write_reflog = gix::refs::store::WriteReflog::Always;
        let repo = shared.to_thread_local();
        let config = repo.config_snapshot();
        let refs = RefFormat::of(&config)?;
        let work_dir = repo.workdir().map(clean);
        let proposal = match (reference, &work_dir) {
            (None, Some(_)) => Proposal::of(shared.git_dir())?,
            // Only a worktree is directed anywhere.
            _ => None,
        };
        let configured = || {
            let name = config.string("docket.ref");
            name.map_or_else(|| DEFAULT_REF.to_owned(), |name| name.to_string())
        };
        let wanted = match (reference, &proposal) {
            (Some(name), _) => name.to_owned(),
            (None, Some(proposal)) => proposal.reference.clone(),
            (None, None) => configured(),
        };
        let reference = full_name(&wanted)?;
        let durable = config.string("docket.durability").is_none_or(|value| value != "fast");
        let common_dir = clean(repo.common_dir());
        Ok(Self {
            reference_name: reference.to_string(),
            reference,
            refs,
            opened_at: dir,
            by_environment,
            common_dir,
            work_dir,
            durable,
            proposal,
            shared,
            recent: Recent::default(),
        })
    }

    /// Makes `dir` a new repository with the unborn branch `main`, creating the directory where
    /// needed, and opens it. A repository that is already there is left as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when git is missing or refuses, else those of [`Store::open`].
    pub fn create_repository(dir: &Path, reference: Option<&str>) -> Result<Self, Error> {
        child::git(&[
            "init".as_ref(),
            "-q".as_ref(),
            "-b".as_ref(),
            "main".as_ref(),
            "--".as_ref(),
            dir.as_os_str(),
        ])?;
        Self::open_at(dir, reference)
    }

    /// Opens the same repository again, with nothing kept of this handle.
    ///
    /// # Errors
    ///
    /// Those of [`Store::open`].
    pub fn reopen(&self) -> Result<Self, Error> {
        Ok(Self {
            proposal: self.proposal.clone(),
            ..self.on(self.tracking_ref())?
        })
    }

    /// The same repository with another ref in the place of the tracking ref.
    ///
    /// # Errors
    ///
    /// Those of [`Store::open`].
    pub fn on(&self, reference: &str) -> Result<Self, Error> {
        let open = match self.by_environment {
            true => Self::open,
            false => Self::open_at,
        };
        open(&self.opened_at, Some(reference))
    }

    /// Sets `key` in the repository's own config, which all of its worktrees share. This store
    /// goes on with the config it was opened with.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when git is missing or refuses; the file is then unchanged.
    pub fn set_config(&self, key: &str, value: &str) -> Result<(), Error> {
        let file = self.common_dir.join("config");
        child::git(&[
            "config".as_ref(),
            "--file".as_ref(),
            file.as_os_str(),
            "--replace-all".as_ref(),
            key.as_ref(),
            value.as_ref(),
        ])
    }

    /// Takes all values of `key` out of the repository's own config. Says whether there was one.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when git is missing or refuses; the file is then unchanged.
    pub fn unset_config(&self, key: &str) -> Result<bool, Error> {
        let file = self.common_dir.join("config");
        let own = |(_, origin): &(String, Option<PathBuf>)| {
            origin.as_ref().and_then(|origin| origin.canonicalize().ok()) == file.canonicalize().ok()
        };
        if !self.config_origins(key).iter().any(own) {
            return Ok(false);
        }
        child::git(&[
            "config".as_ref(),
            "--file".as_ref(),
            file.as_os_str(),
            "--unset-all".as_ref(),
            key.as_ref(),
        ])?;
        Ok(true)
    }

    /// The directory that all worktrees of the repository share: objects, refs, config. Absolute.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The directory of ours in the common one: what can be made again, and locks. It is there once there is a docket.
    #[must_use]
    pub fn own_dir(&self) -> PathBuf {
        self.common_dir.join("docket")
    }

    /// The working tree the repository was opened in; none in a bare repository. Absolute.
    #[must_use]
    pub fn work_dir(&self) -> Option<&Path> {
        self.work_dir.as_deref()
    }

    /// The full name of a ref that could hold the records: a name without `refs/` is that of a branch.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRef`].
    pub fn full_ref(&self, name: &str) -> Result<String, Error> {
        Ok(full_name(name)?.to_string())
    }

    /// The full name of the tracking ref.
    #[must_use]
    pub fn tracking_ref(&self) -> &str {
        &self.reference_name
    }

    pub(super) fn repo(&self) -> gix::Repository {
        self.shared.to_thread_local()
    }

    /// A handle for looking at the same few objects again and again, as a write does.
    pub(super) fn repo_with_recent(&self) -> gix::Repository {
        self.recent.attach(self.repo())
    }
}

fn discover(dir: &Path, packs: Slots) -> Result<gix::ThreadSafeRepository, Error> {
    let opened = gix::ThreadSafeRepository::discover_with_environment_overrides_opts(dir, upwards(), trust(packs));
    opened.map_err(refused(dir))
}

fn upwards<'options>() -> gix::discover::upwards::Options<'options> {
    gix::discover::upwards::Options {
        match_ceiling_dir_or_error: false,
        ..Default::default()
    }
}

fn trust(packs: Slots) -> gix::sec::trust::Mapping<gix::open::Options> {
    // Ownership is checked here, not by what each level of trust would still allow.
    let options = || {
        <gix::open::Options as gix::sec::trust::DefaultForLevel>::default_for_level(gix::sec::Trust::Full)
            .bail_if_untrusted(true)
            .object_store_slots(packs)
            .cli_overrides(overrides::given())
    };
    gix::sec::trust::Mapping {
        full: options(),
        reduced: options(),
    }
}

fn refused(dir: &Path) -> impl FnOnce(gix::Error) -> Error {
    move |source| {
        if source.is_permission_denied() && source.downcast_any_ref::<std::io::Error>().is_none() {
            let dir = strange_dir(dir);
            Error::Untrusted {
                owner: owner(&dir),
                dir,
            }
        } else if source.is_not_found() {
            Error::NotARepository { dir: dir.to_owned() }
        } else {
            Error::Unreadable {
                dir: dir.to_owned(),
                source: source.into(),
            }
        }
    }
}

/// The directory that made gix refuse, as far as it can be told: the nearest with a repository.
fn strange_dir(dir: &Path) -> PathBuf {
    dir.ancestors()
        .find(|dir| dir.join(".git").exists() || dir.join("objects").is_dir())
        .unwrap_or(dir)
        .to_owned()
}

#[cfg(unix)]
fn owner(dir: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let of = |path: &Path| path.metadata().ok().map(|metadata| metadata.uid());
    of(&dir.join(".git")).or_else(|| of(dir))
}

#[cfg(not(unix))]
fn owner(_dir: &Path) -> Option<u32> {
    None
}

/// A file can have a name of 255 bytes, and git locks a ref by a file with five more.
const MAX_PART: usize = 250;

fn full_name(name: &str) -> Result<gix::refs::FullName, Error> {
    let invalid = |reason: String| Error::InvalidRef {
        name: name.to_owned(),
        reason,
    };
    let full = if name.starts_with("refs/") {
        name.to_owned()
    } else {
        format!("refs/heads/{name}")
    };
    if full == "refs/heads/HEAD" || full.starts_with("refs/heads/-") {
        return Err(invalid("git allows no branch of this name".to_owned()));
    }
    if ["refs/worktree/", "refs/bisect/", "refs/rewritten/"]
        .iter()
        .any(|own| full.starts_with(own))
    {
        return Err(invalid("each worktree has its own".to_owned()));
    }
    // Fetching, tagging, stashing and mirroring move or delete these as they like.
    if [
        "refs/remotes/",
        "refs/tags/",
        "refs/notes/",
        "refs/replace/",
        "refs/original/",
        "refs/prefetch/",
        "refs/pull/",
    ]
    .iter()
    .any(|others| full.starts_with(others))
        || full == "refs/stash"
    {
        return Err(invalid("other commands of git own it; a branch is safe".to_owned()));
    }
    if full.split('/').any(|part| part.len() > MAX_PART) {
        return Err(invalid(format!("a part of it is longer than {MAX_PART} bytes")));
    }
    gix::refs::FullName::try_from(full).map_err(|error| invalid(error.to_string()))
}

/// An absolute path without `..`, and with symbolic links as the user knows them where possible.
fn clean(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let has_parents = absolute
        .components()
        .any(|part| part == std::path::Component::ParentDir);
    if has_parents {
        absolute.canonicalize().unwrap_or(absolute)
    } else {
        absolute
    }
}
