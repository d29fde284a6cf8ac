//! The command line: arguments in, a table or JSON out.
//!
//! Parsing is dumb; a command turns its arguments into one request, calls one operation and
//! prints the response. Errors and warnings go to standard error.

mod add;
mod archive;
mod batch;
mod blame;
mod bring;
mod change;
mod changes;
mod claim;
mod complete;
mod config;
mod conflicts;
mod delete;
mod demo;
mod deployment;
mod diff;
mod doctor;
mod edit;
mod enhancement;
mod environment;
mod export;
mod files;
mod guide;
mod help;
mod hook;
mod import;
mod index;
mod init;
mod list;
mod log;
mod man;
mod mcp;
mod merge_driver;
mod migrate;
mod note;
mod output;
mod progress;
mod propose;
mod query;
mod record_list;
mod render;
mod repositories;
mod review;
mod show;
mod stats;
mod status;
mod sync;
mod text;
mod tree;
mod undo;
mod update;
mod validate;
mod vendor;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::parser::ValueSource;
use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::ops::{self, Context, Error, ExportError, Settings};
use crate::record::work_item::Status;
use output::Output;

/// Keep work items, vendors and deployments inside the git repository they belong to
///
/// Every record is a Markdown file on a branch of its own, every change one commit. Your
/// checkout, index and branches are never touched.
#[derive(Debug, Parser)]
#[command(name = "git-docket", bin_name = "git docket", version, max_term_width = 100, after_help = EXAMPLES, help_template = help::TEMPLATE, subcommand_required = true, arg_required_else_help = true)]
struct App {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  git docket demo                            make a small repository to look around in
  git docket init                            start a docket in this repository
  git docket import beads issues.jsonl       bring an existing tracker along
  git docket list --status active            what is being worked on
  git docket show 3f9a2c1b                   one record, whole

git docket COMMAND -h says more about a command.";

/// Options every command takes.
#[derive(Debug, Args)]
struct Global {
    /// Work in the repository at DIR, not here
    #[arg(short = 'C', value_name = "DIR", global = true, help_heading = "Global options")]
    directory: Option<PathBuf>,

    /// Keep the records on this branch [default: git config docket.ref, else tracking]
    #[arg(
        long = "ref",
        value_name = "REF",
        global = true,
        env = "DOCKET_REF",
        hide_env = true,
        help_heading = "Global options"
    )]
    reference: Option<String>,

    /// What named the ref.
    #[arg(skip)]
    reference_from: &'static str,

    /// Write changes under this name [default: git config user.name]
    #[arg(
        long,
        value_name = "NAME",
        global = true,
        env = "DOCKET_ACTOR",
        hide_env = true,
        help_heading = "Global options"
    )]
    actor: Option<String>,

    /// Whether the name stands on the command line, where `log` and `changes` take it for a filter.
    #[arg(skip)]
    actor_named: bool,

    /// Print JSON
    #[arg(long, global = true, help_heading = "Global options")]
    json: bool,

    /// Print without colour, also on a terminal
    #[arg(long, global = true, action = ArgAction::SetTrue, help_heading = "Global options")]
    no_color: bool,
}

/// The commands. What each is about stands with its arguments: said here too, it would replace all of that.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Guide(guide::Arguments),
    Demo(demo::Arguments),
    Import(import::Arguments),
    Migrate(migrate::Arguments),
    Export(export::Arguments),
    Status(status::Arguments),
    List(list::Arguments),
    Ready(list::ReadyArguments),
    Search(list::SearchArguments),
    Query(query::Arguments),
    Tree(tree::Arguments),
    Show(show::Arguments),
    Log(log::Arguments),
    Blame(blame::Arguments),
    Changes(changes::Arguments),
    Diff(diff::Arguments),
    Review(review::Arguments),
    Stats(stats::Arguments),
    Render(render::Arguments),
    Add(add::Arguments),
    Update(Box<update::Arguments>),
    /// Begin a work item
    #[command(after_help = "Example:\n  git docket start 3f9a2c1b")]
    Start(update::StatusArguments),
    Done(update::DoneArguments),
    Block(update::BlockArguments),
    /// Give a work item up
    #[command(after_help = "Example:\n  git docket cancel 3f9a2c1b")]
    Cancel(update::StatusArguments),
    /// Make a work item pending again
    #[command(after_help = "Example:\n  git docket reopen 3f9a2c1b")]
    Reopen(update::StatusArguments),
    Priority(update::PriorityArguments),
    Claim(claim::Arguments),
    Release(claim::ReleaseArguments),
    Note(note::Arguments),
    Vendor(vendor::Arguments),
    Deployment(deployment::Arguments),
    Enhancement(enhancement::Arguments),
    Sync(sync::Arguments),
    Fetch(sync::FetchArguments),
    Push(sync::PushArguments),
    Conflicts(conflicts::Arguments),
    Propose(propose::Arguments),
    Edit(edit::Arguments),
    Delete(delete::Arguments),
    Restore(delete::RestoreArguments),
    Archive(archive::Arguments),
    Unarchive(archive::UnarchiveArguments),
    Undo(undo::Arguments),
    Batch(batch::Arguments),
    Hook(hook::Arguments),
    Mcp(mcp::Arguments),
    Config(config::Arguments),
    Index(index::Arguments),
    Repositories(repositories::Arguments),
    Doctor(doctor::Arguments),
    Validate(validate::Arguments),
    Completions(complete::Arguments),
    Man(man::Arguments),
    #[command(hide = true)]
    Complete(complete::WordsArguments),
    #[command(hide = true)]
    MergeDriver(merge_driver::Arguments),
    /// Render one report with a team's templates, as a process of its own
    #[command(hide = true)]
    RenderSandbox,
}

/// Runs the command the arguments name, and returns the exit code of the contract.
#[must_use]
pub fn main() -> ExitCode {
    let matches = match App::command().color(environment::color_choice()).try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return output::usage(&error),
    };
    let mut app = match App::from_arg_matches(&matches) {
        Ok(app) => app,
        Err(error) => return output::usage(&error),
    };
    app.global.actor_named = matches.value_source("actor") == Some(ValueSource::CommandLine);
    if let Command::Hook(arguments) = &app.command
        && let Some(hook) = arguments.running()
    {
        return crate::hook::run(
            &hook.name,
            &hook.arguments,
            hook.wait,
            environment::settings(&app.global),
        );
    }
    app.global.reference_from = match matches.value_source("reference") {
        Some(ValueSource::CommandLine) => "--ref",
        _ => "DOCKET_REF",
    };
    let output = Output::new(app.global.json, app.global.no_color);
    match run(&app, &output) {
        Ok(code) => code,
        Err(failure) => output.failure(&failure),
    }
}

/// Why a command ended early.
enum Failure {
    /// An operation failed.
    Operation(Error),
    /// Standard output could not be written.
    Output(std::io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Operation(error)
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Operation(error) => Self::Operation(error),
            ExportError::Output(error) => Self::Output(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

type Outcome = Result<ExitCode, Failure>;

fn run(app: &App, output: &Output) -> Outcome {
    let settings = environment::settings(&app.global)?;
    // Whoever works under a name of their own still wants to see what the others did.
    let filter = app.global.actor.as_deref().filter(|_| app.global.actor_named);
    match &app.command {
        Command::Init(arguments) => init::run(arguments, &settings, output),
        Command::Guide(arguments) => guide::run(arguments, output),
        Command::Demo(arguments) => demo::run(arguments, &settings, output),
        Command::Import(arguments) => import::run(arguments, &settings, output),
        Command::Migrate(arguments) => migrate::run(arguments, &settings, output),
        Command::Export(arguments) => export::run(arguments, &settings, output),
        Command::Status(arguments) => status::run(arguments, &settings, output),
        Command::List(arguments) => list::run(arguments, &settings, output),
        Command::Ready(arguments) => list::run_ready(arguments, &settings, output),
        Command::Search(arguments) => list::run_search(arguments, &settings, output),
        Command::Query(arguments) => query::run(arguments, &settings, output),
        Command::Tree(arguments) => tree::run(arguments, &settings, output),
        Command::Show(arguments) => show::run(arguments, &settings, output),
        Command::Log(arguments) => log::run(arguments, filter, &settings, output),
        Command::Blame(arguments) => blame::run(arguments, &settings, output),
        Command::Changes(arguments) => changes::run(arguments, filter, &settings, output),
        Command::Diff(arguments) => diff::run(arguments, &settings, output),
        Command::Review(arguments) => review::run(arguments, &settings, output),
        Command::Stats(arguments) => stats::run(arguments, &settings, output),
        Command::Render(arguments) => render::run(arguments, &settings, output),
        Command::Add(arguments) => add::run(arguments, &settings, output),
        Command::Update(arguments) => update::run(arguments, &settings, output),
        Command::Start(arguments) => update::run_status(arguments, Status::Active, &settings, output),
        Command::Done(arguments) => update::run_done(arguments, &settings, output),
        Command::Block(arguments) => update::run_block(arguments, &settings, output),
        Command::Cancel(arguments) => update::run_status(arguments, Status::Cancelled, &settings, output),
        Command::Reopen(arguments) => update::run_status(arguments, Status::Pending, &settings, output),
        Command::Priority(arguments) => update::run_priority(arguments, &settings, output),
        Command::Claim(arguments) => claim::run(arguments, &settings, output),
        Command::Release(arguments) => claim::run_release(arguments, &settings, output),
        Command::Note(arguments) => note::run(arguments, &settings, output),
        Command::Vendor(arguments) => vendor::run(arguments, &settings, output),
        Command::Deployment(arguments) => deployment::run(arguments, &settings, output),
        Command::Enhancement(arguments) => enhancement::run(arguments, &settings, output),
        Command::Sync(arguments) => sync::run(arguments, &settings, output),
        Command::Fetch(arguments) => sync::run_fetch(arguments, &settings, output),
        Command::Conflicts(arguments) => conflicts::run(arguments, &settings, output),
        Command::Propose(arguments) => propose::run(arguments, &settings, output),
        Command::Push(arguments) => sync::run_push(arguments, &settings, output),
        Command::Edit(arguments) => edit::run(arguments, &settings, output),
        Command::Delete(arguments) => delete::run(arguments, &settings, output),
        Command::Restore(arguments) => delete::run_restore(arguments, &settings, output),
        Command::Archive(arguments) => archive::run(arguments, &settings, output),
        Command::Unarchive(arguments) => archive::run_unarchive(arguments, &settings, output),
        Command::Undo(arguments) => undo::run(arguments, &settings, output),
        Command::Batch(arguments) => batch::run(arguments, &settings, output),
        Command::Hook(arguments) => hook::run(arguments, &settings, output),
        Command::Mcp(arguments) => mcp::run(arguments, &settings, output),
        Command::Config(arguments) => config::run(arguments, &settings, output),
        Command::Index(arguments) => index::run(arguments, &settings, output),
        Command::Repositories(arguments) => repositories::run(arguments, &settings, output),
        Command::Doctor(arguments) => doctor::run(arguments, &settings, output),
        Command::Validate(arguments) => validate::run(arguments, &settings, output),
        Command::Completions(arguments) => complete::run(arguments, output),
        Command::Man(arguments) => man::run(arguments, &settings, output),
        Command::Complete(arguments) => complete::run_words(arguments, &settings, output),
        Command::MergeDriver(arguments) => merge_driver::run(arguments, &settings, output),
        Command::RenderSandbox => {
            ops::serve_template(std::io::stdin().lock(), std::io::stdout().lock())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn open(settings: &Settings, output: &Output) -> Result<Context, Error> {
    let context = open_as_it_is(settings, output)?;
    context.tidy();
    Ok(context)
}

/// The same, and what a killed process left stays.
fn open_as_it_is(settings: &Settings, output: &Output) -> Result<Context, Error> {
    let context = open_anywhere(settings, output)?;
    if let Some(name) = context.proposal_name() {
        output.on_proposal(&name);
    }
    Ok(context)
}

/// The same without a word of the proposal that this worktree may be directed to.
fn open_anywhere(settings: &Settings, output: &Output) -> Result<Context, Error> {
    let bar = progress::Bar::new(output.is_json());
    Ok(Context::open(settings)?.watched_by(Arc::new(bar)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        App::command().debug_assert();
    }
}
