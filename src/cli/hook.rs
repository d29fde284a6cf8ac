//! `git docket hook`

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::{Args, Subcommand};

use super::output::{BOLD, Output};
use super::text::one_line;
use super::{Outcome, open};
use crate::ops::{self, HookState, HooksResponse, Settings};

/// Let git's hooks link commits to work items
///
/// The message of a commit gets the trailer `Work-Item:` where its branch, or what you have claimed, tells which one
/// is meant; `Closes:` completes an item. Commits are linked when they are made, merged or pulled, and the links
/// follow them when they are amended or rebased. A hook never keeps you from committing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket hook install
  git docket hook status
  git docket hook uninstall
  git config docket.hooks.strict true         refuse trailers that name no work item
  git docket hook install --server            where others push to: refuse records that are not valid")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: HookCommand,
}

#[derive(Debug, Subcommand)]
enum HookCommand {
    /// Put our lines into the hook files, or bring them up to date
    ///
    /// Whatever else is in the files stays. Where another program or somebody else looks after the hooks, nothing is
    /// written, and the lines to paste are printed. The index, which the hooks ask as it stands, is built where there is
    /// none.
    #[command(after_help = "\
Examples:
  git docket hook install
  git -C /srv/git/project.git docket hook install --server")]
    Install(InstallArguments),
    /// Tell how far each hook is
    #[command(after_help = "Example:\n  git docket hook status --json")]
    Status,
    /// Take our lines out of the hook files, which are then what they were before
    #[command(after_help = "Example:\n  git docket hook uninstall")]
    Uninstall,
    /// Do what a hook is for; the hook files call it
    #[command(hide = true, disable_help_flag = true)]
    Run(RunArguments),
}

#[derive(Debug, Args)]
pub(super) struct InstallArguments {
    /// Those of a repository that others push to: what they push to the docket is checked, and refused where records are
    /// not valid or would be lost
    #[arg(long)]
    server: bool,
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// However long it takes: for whoever runs it by hand
    #[arg(long)]
    pub(super) wait: bool,

    /// Git's name of the hook
    #[arg(value_name = "NAME")]
    pub(super) name: String,

    /// What git gives the hook
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) arguments: Vec<OsString>,
}

impl Arguments {
    /// The hook that git runs, if that is what this is.
    pub(super) fn running(&self) -> Option<&RunArguments> {
        match &self.command {
            HookCommand::Run(arguments) => Some(arguments),
            _ => None,
        }
    }
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open(settings, output)?;
    let (response, done) = match &arguments.command {
        HookCommand::Install(InstallArguments { server }) => {
            let install = match server {
                true => ops::install_server_hooks,
                false => ops::install_hooks,
            };
            (install(&context, settings.program.as_deref())?, "written")
        }
        HookCommand::Uninstall => (ops::uninstall_hooks(&context)?, "taken out"),
        HookCommand::Status | HookCommand::Run(_) => (ops::hook_status(&context)?, ""),
    };
    output.answer(&response, &response.warnings, || {
        let mut text = table(&response, done);
        let nothing = !done.is_empty() && response.paste.is_empty() && response.hooks.iter().all(|hook| !hook.changed);
        text.push_str(if nothing { "Nothing to do\n" } else { "" });
        if done.is_empty() {
            text.push_str(&terms(&response));
        }
        for paste in &response.paste {
            let _infallible = write!(
                text,
                "\n{BOLD}Put into {}{}:{BOLD:#}\n\n{}",
                if paste.is_new { "a new executable file " } else { "" },
                one_line(&paste.file),
                paste.lines
            );
        }
        if matches!(&arguments.command, HookCommand::Install(install) if !install.server)
            && !response.merge_driver.is_empty()
        {
            let lines = response.merge_driver.join("\n  ");
            let _infallible = write!(
                text,
                "\nTo let plain git merge and git pull merge records by field, too:\n  {lines}\n"
            );
        }
        text
    })
}

/// What the hooks refuse here.
fn terms(response: &HooksResponse) -> String {
    let strict = match response.strict {
        true => "a trailer that names no work item is refused",
        false => "a trailer that names no work item is a warning; `git config docket.hooks.strict true` refuses it",
    };
    let allow_rewind = match response.allow_rewind {
        true => "a push may rewind or delete the branch of the docket: git config docket.allowRewind is true",
        false => "a push that would rewind or delete the branch of the docket is refused",
    };
    let has = |of_server| response.hooks.iter().any(|hook| hook.hook.is_of_server() == of_server);
    let terms = [(false, strict), (true, allow_rewind)];
    let terms = terms.iter().filter(|(of_server, _)| has(*of_server));
    terms.map(|(_, term)| format!("{term}\n")).collect()
}

fn table(response: &HooksResponse, done: &str) -> String {
    let mut text = format!("hooks in {}\n", one_line(&response.directory.display().to_string()));
    for hook in &response.hooks {
        let state = match hook.state {
            _ if hook.changed => done,
            HookState::Installed => "installed",
            HookState::Outdated => "outdated; `git docket hook install` brings it up to date",
            HookState::Missing => "missing",
            HookState::Called => "calls git docket",
            HookState::NotCalled => "does not call git docket",
        };
        let owner = hook
            .owner
            .as_ref()
            .map_or_else(String::new, |owner| format!(" ({owner})"));
        let _infallible = writeln!(text, "  {:<20}{state}{owner}", hook.hook.as_str());
    }
    text
}
