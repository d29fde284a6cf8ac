//! The hook files of the repository: who they belong to, and our lines in them.

mod block;
mod file;
mod manager;

use std::path::{Path, PathBuf};

use serde::Serialize;

use self::block::{Block, Taken};
use self::manager::Manager;
use super::{Context, Error, ErrorKind};

/// What makes plain git merge records by field. It is no hook, and changes what other commands do, so whoever wants it
/// types it.
const MERGE_DRIVER: [&str; 2] = [
    "git config merge.docket.driver 'git docket merge-driver %O %A %B %P'",
    "echo '.tracking/** merge=docket' >> \"$(git rev-parse --git-path info/attributes)\"",
];

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
}

impl Hook {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::PrepareCommitMsg,
        Self::CommitMsg,
        Self::PostCommit,
        Self::PostMerge,
        Self::PostRewrite,
    ];

    /// Git's name for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::CommitMsg => "commit-msg",
            Self::PostCommit => "post-commit",
            Self::PostMerge => "post-merge",
            Self::PostRewrite => "post-rewrite",
        }
    }

    /// The hook git calls so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hook| hook.as_str() == name)
    }

    /// The exit code of a commit-msg hook that refuses the commit: none that a program which fails would have.
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
    /// What makes plain git merge records by field, where git config does not have it yet: lines of shell.
    pub merge_driver: Vec<String>,
    /// Whether git config `docket.hooks.strict` refuses commits whose trailers name no work item.
    pub strict: bool,
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

/// Tells how far each hook is.
pub fn hook_status(context: &Context) -> Result<HooksResponse, Error> {
    go_over(context, None, Wanted::Status)
}

/// Puts our lines into the hook files that are ours to write, or brings them up to date. `program` is what is called
/// where there is no `git-docket` on the path. Everything else in the files stays, byte for byte.
pub fn install_hooks(context: &Context, program: Option<&Path>) -> Result<HooksResponse, Error> {
    go_over(context, program, Wanted::Install)
}

/// Takes our lines out of the hook files: each is then what it was before, and those that only we had need of are
/// gone.
pub fn uninstall_hooks(context: &Context) -> Result<HooksResponse, Error> {
    go_over(context, None, Wanted::Uninstall)
}

fn go_over(context: &Context, program: Option<&Path>, wanted: Wanted) -> Result<HooksResponse, Error> {
    let Some(work_dir) = context.store.work_dir() else {
        let message = "a bare repository has no commits of its own to hook into";
        return Err(Error::new(ErrorKind::Invalid, message).hint("git docket -C CLONE hook install"));
    };
    let directory = context.store.hooks_dir()?;
    let manager = Manager::of(&directory, &context.store.common_dir().join("hooks"), work_dir);
    let own = context.store.common_dir().join("hooks");
    let mut hooks = Vec::new();
    for hook in Hook::ALL {
        let go = |directory: &Path, manager| {
            go_over_one(hook, &directory.join(hook.as_str()), manager, work_dir, program, wanted)
        };
        let mut status = go(&directory, manager.as_ref())?;
        // Git looks elsewhere now, but our lines may still stand where it looked when they were put in.
        if wanted == Wanted::Uninstall && directory != own && !own.is_symlink() {
            status.changed |= go(&own, None)?.changed;
        }
        hooks.push(status);
    }
    let open: Vec<_> = hooks
        .iter()
        .filter(|status| wanted != Wanted::Uninstall && status.state == HookState::NotCalled)
        .map(|status| status.hook)
        .collect();
    let revision = context.store.unchecked_tip()?.map(|tip| tip.to_string());
    let mut warnings = Vec::new();
    if revision.is_none() && wanted == Wanted::Install {
        warnings.push("there is no docket here yet; until then the hooks do nothing".to_owned());
    }
    Ok(HooksResponse {
        paste: manager::paste(manager.as_ref(), &directory, &open),
        directory,
        hooks,
        merge_driver: match context.store.config_text("merge.docket.driver") {
            None => MERGE_DRIVER.iter().map(ToString::to_string).collect(),
            Some(_) => Vec::new(),
        },
        strict: context.store.config_flag("docket.hooks.strict"),
        revision,
        data_source: "git",
        warnings,
    })
}

fn go_over_one(
    hook: Hook,
    path: &Path,
    manager: Option<&Manager>,
    work_dir: &Path,
    program: Option<&Path>,
    wanted: Wanted,
) -> Result<HookStatus, Error> {
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
        let called = ours.is_some() || manager.is_some_and(|manager| manager.calls(hook, path, work_dir));
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
