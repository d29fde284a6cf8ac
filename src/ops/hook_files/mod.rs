//! The hook files of the repository: who they belong to, and our lines in them.

mod block;
mod file;
mod manager;

use std::path::{Path, PathBuf};

use serde::Serialize;

use self::block::{Block, Taken};
use self::manager::Manager;
use super::receive::ALLOW_REWIND;
use super::{Context, Error, ErrorKind};

/// A hook of git that calls us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hook {
    /// Before the editor: names the work item.
    PrepareCommitMsg,
    /// After the editor: checks the names.
    CommitMsg,
    /// After a commit: links it.
    PostCommit,
    /// After a merge or a pull: links what it brought.
    PostMerge,
    /// After an amend or a rebase: moves links on.
    PostRewrite,
    /// On a server, before a push is taken: looks at what it would make of the docket.
    PreReceive,
    /// On a server, after a push: brings the index forward.
    PostReceive,
}

impl Hook {
    /// Those where somebody works.
    pub const CLIENT: [Self; 5] = [
        Self::PrepareCommitMsg,
        Self::CommitMsg,
        Self::PostCommit,
        Self::PostMerge,
        Self::PostRewrite,
    ];

    /// Those where others push to.
    pub const SERVER: [Self; 2] = [Self::PreReceive, Self::PostReceive];

    /// All of them.
    fn all() -> impl Iterator<Item = Self> {
        Self::CLIENT.into_iter().chain(Self::SERVER)
    }

    /// Git's name for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::CommitMsg => "commit-msg",
            Self::PostCommit => "post-commit",
            Self::PostMerge => "post-merge",
            Self::PostRewrite => "post-rewrite",
            Self::PreReceive => "pre-receive",
            Self::PostReceive => "post-receive",
        }
    }

    /// The hook git calls so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|hook| hook.as_str() == name)
    }

    /// Whether it is one of a repository that others push to.
    #[must_use]
    pub fn is_of_server(self) -> bool {
        Self::SERVER.contains(&self)
    }

    /// Whether git gives it something to read.
    pub(self) fn reads(self) -> bool {
        matches!(self, Self::PostRewrite | Self::PreReceive | Self::PostReceive)
    }

    /// The exit code of a hook that refuses the commit or the push: none that a program which fails would have.
    pub const REFUSED: u8 = 65;
}

/// How far a hook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HookState {
    /// It has our lines.
    Installed,
    /// It has our lines as another version wrote them.
    Outdated,
    /// It has not.
    Missing,
    /// It is somebody else's, who calls us.
    Called,
    /// It is somebody else's, and nobody calls us.
    NotCalled,
}

/// One hook.
#[derive(Clone, Debug, Serialize)]
pub struct HookStatus {
    /// Which.
    pub hook: Hook,
    /// How far it is now.
    pub state: HookState,
    /// Whose it is, where it is not ours to write.
    pub owner: Option<String>,
    /// Whether it was just written or taken out.
    pub changed: bool,
}

/// Lines for somebody to put into a file of theirs.
#[derive(Clone, Debug, Serialize)]
pub struct Paste {
    /// The file, or what is to be done with the lines.
    pub file: String,
    /// The lines.
    pub lines: String,
    /// Whether there is no such file yet; a hook has to be executable.
    pub is_new: bool,
}

/// The hooks of a repository.
#[derive(Clone, Debug, Serialize)]
pub struct HooksResponse {
    /// Where git looks for them.
    pub directory: PathBuf,
    /// Each of ours.
    pub hooks: Vec<HookStatus>,
    /// What is left to somebody to do, where hooks are not ours to write.
    pub paste: Vec<Paste>,
    /// Whether git config `docket.hooks.strict` refuses commits whose trailers name no work item.
    pub strict: bool,
    /// Whether git config `docket.allowRewind` lets pushes to this repository rewind or delete the tracking ref.
    pub allow_rewind: bool,
    /// The tip; null where there is no docket yet.
    pub revision: Option<String>,
    /// Where the answer comes from.
    pub data_source: &'static str,
    /// What somebody may want to know.
    pub warnings: Vec<String>,
}

/// What to do with the hook files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Status,
    Install,
    Uninstall,
}

/// Tells how far each hook is: those of a server in a bare repository, elsewhere only where they are there.
pub fn hook_status(context: &Context) -> Result<HooksResponse, Error> {
    let hooks = match context.store.work_dir() {
        Some(_) => Hook::all().collect(),
        None => Hook::SERVER.to_vec(),
    };
    go_over(context, None, Wanted::Status, &hooks)
}

/// Puts our lines into the hook files that are ours to write, or brings them up to date. `program` is what is called
/// where there is no `git-docket` on the path. Everything else in the files stays, byte for byte.
pub fn install_hooks(context: &Context, program: Option<&Path>) -> Result<HooksResponse, Error> {
    if context.store.work_dir().is_none() {
        let message = "a bare repository has no commits of its own to hook into, but others push to it";
        return Err(Error::new(ErrorKind::Invalid, message).hint("git docket hook install --server"));
    }
    go_over(context, program, Wanted::Install, &Hook::CLIENT)
}

/// The same for the hooks of a repository that others push to.
pub fn install_server_hooks(context: &Context, program: Option<&Path>) -> Result<HooksResponse, Error> {
    go_over(context, program, Wanted::Install, &Hook::SERVER)
}

/// Takes our lines out of the hook files, of a server or not: each is then what it was before, and those that only we
/// had need of are gone.
pub fn uninstall_hooks(context: &Context) -> Result<HooksResponse, Error> {
    let hooks = match context.store.work_dir() {
        Some(_) => Hook::all().collect(),
        None => Hook::SERVER.to_vec(),
    };
    go_over(context, None, Wanted::Uninstall, &hooks)
}

fn go_over(
    context: &Context,
    program: Option<&Path>,
    wanted: Wanted,
    which: &[Hook],
) -> Result<HooksResponse, Error> {
    let directory = context.store.hooks_dir()?;
    let own = context.store.common_dir().join("hooks");
    let place = |hook: Hook| Place::of(context, &directory, &own, hook);
    let mut hooks = Vec::new();
    let mut paste = Vec::new();
    for side in which.chunk_by(|one, other| one.is_of_server() == other.is_of_server()) {
        let place = place(side[0]);
        let mut statuses = Vec::new();
        for hook in side {
            let mut status = go_over_one(*hook, &place, program, wanted)?;
            // Git looks elsewhere now, but our lines may still stand where it looked when they were put in.
            if wanted == Wanted::Uninstall && directory != own && !own.is_symlink() {
                let there = Place {
                    directory: own.clone(),
                    manager: None,
                    work_dir: None,
                };
                status.changed |= go_over_one(*hook, &there, program, wanted)?.changed;
            }
            statuses.push(status);
        }
        // Where somebody works, nobody pushes to, unless somebody has said so.
        let here = |status: &HookStatus| status.changed || !matches!(status.state, HookState::Missing | HookState::NotCalled);
        if which.len() > Hook::SERVER.len() && side[0].is_of_server() && !statuses.iter().any(here) {
            continue;
        }
        let open: Vec<_> = statuses
            .iter()
            .filter(|status| wanted != Wanted::Uninstall && status.state == HookState::NotCalled)
            .map(|status| status.hook)
            .collect();
        paste.extend(manager::paste(place.manager.as_ref(), &directory, &open));
        hooks.extend(statuses);
    }
    let revision = context.store.unchecked_tip()?.map(|tip| tip.to_string());
    let mut warnings = Vec::new();
    if revision.is_none() && wanted == Wanted::Install && which == Hook::CLIENT {
        warnings.push("there is no docket here yet; until then the hooks do nothing".to_owned());
    }
    Ok(HooksResponse {
        paste,
        directory,
        hooks,
        strict: context.store.config_flag("docket.hooks.strict"),
        allow_rewind: context.store.config_flag(ALLOW_REWIND),
        revision,
        data_source: "git",
        warnings,
    })
}

/// Where a hook is looked for, and who looks after it there.
struct Place {
    directory: PathBuf,
    manager: Option<Manager>,
    work_dir: Option<PathBuf>,
}

impl Place {
    fn of(context: &Context, directory: &Path, own: &Path, hook: Hook) -> Self {
        // What is in the working tree says nothing of pushes.
        let work_dir = context.store.work_dir().filter(|_| !hook.is_of_server());
        Self {
            directory: directory.to_owned(),
            manager: Manager::of(directory, own, work_dir),
            work_dir: work_dir.map(Path::to_owned),
        }
    }
}

fn go_over_one(
    hook: Hook,
    place: &Place,
    program: Option<&Path>,
    wanted: Wanted,
) -> Result<HookStatus, Error> {
    let path = &place.directory.join(hook.as_str());
    let manager = place.manager.as_ref();
    let content = file::content(path)?;
    let ours = content.as_deref().and_then(block::find);
    let status = |state, owner, changed| HookStatus {
        hook,
        state,
        owner,
        changed,
    };
    if let (Some(bytes), Some(found)) = (content.as_deref(), &ours)
        && wanted == Wanted::Uninstall
    {
        match block::taken_out(bytes, found) {
            Taken::Rest(rest) => file::replace(path, &rest)?,
            Taken::Nothing => file::remove(path)?,
        }
        return Ok(status(HookState::Missing, None, true));
    }
    let owner = match manager {
        Some(manager) => Some(manager.name().to_owned()),
        None => file::not_ours(path, content.as_deref()),
    };
    if let Some(owner) = owner {
        // Lines of ours from before somebody else took over still work, wherever they are.
        let called = ours.is_some() || manager.is_some_and(|manager| manager.calls(hook, path, place.work_dir.as_deref()));
        let called = called || content.as_deref().is_some_and(|bytes| manager::mentions(bytes, hook));
        let state = if called {
            HookState::Called
        } else {
            HookState::NotCalled
        };
        return Ok(status(state, Some(owner), false));
    }
    let state = match (&ours, content.as_deref()) {
        (Some(found), Some(bytes)) if block::is_current(bytes, found, hook) => HookState::Installed,
        (Some(_), _) => HookState::Outdated,
        (None, _) => HookState::Missing,
    };
    if wanted != Wanted::Install {
        return Ok(status(state, None, false));
    }
    let block = Block { hook, program };
    let new = match (content.as_deref(), &ours) {
        (Some(bytes), Some(found)) => block.refreshed(bytes, found),
        (Some(bytes), None) => block.put_into(bytes),
        (None, _) => block.alone(),
    };
    let changed = content.as_deref() != Some(new.as_slice());
    if changed {
        file::replace(path, &new)?;
    }
    Ok(status(HookState::Installed, None, changed))
}
