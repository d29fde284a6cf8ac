//! The hook files of the repository: who they belong to, and our lines in them.

mod block;
mod file;
mod hook;
mod manager;

use std::path::{Path, PathBuf};

use serde::Serialize;

use self::block::{Block, Taken};
pub use self::hook::Hook;
use self::manager::Manager;
use super::receive::ALLOW_REWIND;
use super::{Context, Error, ErrorKind};

/// What makes plain git merge records by field. It is no hook, and changes what other commands do, so whoever wants it
/// types it.
const MERGE_DRIVER: [&str; 2] = [
    "git config merge.docket.driver 'git docket merge-driver %O %A %B %P'",
    "echo '.tracking/** merge=docket' >> \"$(git rev-parse --git-path info/attributes)\"",
];

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
    go_over(context, None, Wanted::Status, sides(context))
}

/// Puts our lines into the hook files that are ours to write, or brings them up to date. `program` is what is called
/// where there is no `git-docket` on the path. Everything else in the files stays, byte for byte.
///
/// Builds the index, too, which the hooks ask as it stands: somebody who only commits would never have one.
pub fn install_hooks(context: &Context, program: Option<&Path>) -> Result<HooksResponse, Error> {
    if context.store.work_dir().is_none() {
        let message = "a bare repository has no commits of its own to hook into, but others push to it";
        return Err(Error::new(ErrorKind::Invalid, message).hint("git docket hook install --server"));
    }
    let response = go_over(context, program, Wanted::Install, &[&Hook::CLIENT])?;
    // Without it they answer from git, only later.
    drop(context.warm_index());
    Ok(response)
}

/// The same for the hooks of a repository that others push to.
pub fn install_server_hooks(context: &Context, program: Option<&Path>) -> Result<HooksResponse, Error> {
    go_over(context, program, Wanted::Install, &[&Hook::SERVER])
}

/// Takes our lines out of the hook files, of a server or not: each is then what it was before, and those that only we
/// had need of are gone.
pub fn uninstall_hooks(context: &Context) -> Result<HooksResponse, Error> {
    go_over(context, None, Wanted::Uninstall, sides(context))
}

/// The hooks that may be here.
fn sides(context: &Context) -> &'static [&'static [Hook]] {
    match context.store.work_dir() {
        Some(_) => &[&Hook::CLIENT, &Hook::SERVER],
        None => &[&Hook::SERVER],
    }
}

fn go_over(
    context: &Context,
    program: Option<&Path>,
    wanted: Wanted,
    sides: &[&[Hook]],
) -> Result<HooksResponse, Error> {
    let directory = context.store.hooks_dir()?;
    let mut hooks: Vec<HookStatus> = Vec::new();
    let mut paste = Vec::new();
    for side in sides {
        let of_server = side.iter().any(|hook| hook.is_of_server());
        let place = Place::of(context, &directory, of_server);
        let statuses = side.iter().map(|hook| place.go_over(*hook, program, wanted));
        let statuses = statuses.collect::<Result<Vec<_>, Error>>()?;
        let open = |status: &&HookStatus| wanted != Wanted::Uninstall && status.state == HookState::NotCalled;
        let open: Vec<_> = statuses.iter().filter(open).map(|status| status.hook).collect();
        // Where somebody works, nobody pushes to, unless somebody has said so.
        let absent =
            |status: &HookStatus| !status.changed && matches!(status.state, HookState::Missing | HookState::NotCalled);
        if sides.len() > 1 && of_server && statuses.iter().all(absent) {
            continue;
        }
        paste.extend(manager::paste(place.manager.as_ref(), &directory, &open));
        hooks.extend(statuses);
    }
    let revision = context.store.unchecked_tip()?.map(|tip| tip.to_string());
    let mut warnings = Vec::new();
    let of_client = hooks.iter().any(|status| !status.hook.is_of_server());
    if revision.is_none() && wanted == Wanted::Install && of_client {
        warnings.push("there is no docket here yet; until then the hooks do nothing".to_owned());
    }
    Ok(HooksResponse {
        paste,
        directory,
        hooks,
        merge_driver: match (
            context.store.config_text("merge.docket.driver"),
            context.store.work_dir(),
        ) {
            (None, Some(_)) => MERGE_DRIVER.iter().map(ToString::to_string).collect(),
            // Nothing is merged by plain git where there is no working tree.
            _ => Vec::new(),
        },
        strict: context.store.config_flag("docket.hooks.strict"),
        allow_rewind: context.store.config_flag(ALLOW_REWIND),
        revision,
        data_source: "git",
        warnings,
    })
}

/// Where hooks are looked for, and who looks after them there.
struct Place {
    directory: PathBuf,
    manager: Option<Manager>,
    work_dir: Option<PathBuf>,
    /// The repository's own directory of hooks, where git looks elsewhere now.
    own: Option<PathBuf>,
}

impl Place {
    fn of(context: &Context, directory: &Path, of_server: bool) -> Self {
        // What is in the working tree says nothing of pushes.
        let work_dir = context.store.work_dir().filter(|_| !of_server);
        let own = context.store.common_dir().join("hooks");
        Self {
            directory: directory.to_owned(),
            manager: Manager::of(directory, &own, work_dir),
            work_dir: work_dir.map(Path::to_owned),
            own: (directory != own && !own.is_symlink()).then_some(own),
        }
    }

    fn go_over(&self, hook: Hook, program: Option<&Path>, wanted: Wanted) -> Result<HookStatus, Error> {
        let mut status = go_over_one(hook, self, program, wanted)?;
        // Git looks elsewhere now, but our lines may still stand where it looked when they were put in.
        if let (Wanted::Uninstall, Some(own)) = (wanted, &self.own) {
            let own = Self {
                directory: own.clone(),
                manager: None,
                work_dir: None,
                own: None,
            };
            status.changed |= go_over_one(hook, &own, program, wanted)?.changed;
        }
        Ok(status)
    }
}

fn go_over_one(hook: Hook, place: &Place, program: Option<&Path>, wanted: Wanted) -> Result<HookStatus, Error> {
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
        let called =
            ours.is_some() || manager.is_some_and(|manager| manager.calls(hook, path, place.work_dir.as_deref()));
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
