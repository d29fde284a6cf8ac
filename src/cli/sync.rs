//! `git docket sync`, `fetch` and `push`

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;

use super::output::{DIM, Output};
use super::text::{counted, one_line};
use super::{Outcome, open};
use crate::ops::{self, ConflictBrief, Context, FetchResponse, Settings, SyncRequest, SyncResponse};

/// Fetch what others did, merge it by field, and push
///
/// Records are merged by their ids and fields, never by lines alone; where two people gave a field different values, the
/// later one stands and the other is kept: `git docket conflicts` shows it. Nothing is forced and nothing is lost:
/// where the remote cannot be reached, what is here stays here until the next time. Only the branch of the docket is
/// fetched and pushed, with your own git, and nothing is added to its config.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket sync
  git docket sync upstream
  git config docket.remote upstream           always that one
  git docket conflicts                        what could not be kept")]
pub(super) struct Arguments {
    /// The remote [default: git config docket.remote, else origin, else the only one]
    #[arg(value_name = "REMOTE")]
    remote: Option<String>,

    /// Merge also a docket that has no commit in common with this one
    #[arg(long)]
    allow_unrelated: bool,

    /// Wait until it is quiet, and say nothing; what docket.autosync starts
    #[arg(long, hide = true)]
    background: bool,
}

/// Ask the remote what is new, and change nothing here
///
/// Tells how many commits are here and not there, and there and not here. `git docket sync` brings them together.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket fetch
  git docket diff tracking..origin/tracking   what others did")]
pub(super) struct FetchArguments {
    /// The remote [default: git config docket.remote, else origin, else the only one]
    #[arg(value_name = "REMOTE")]
    remote: Option<String>,
}

/// Push what was done here; refused where others were faster
///
/// `git docket sync` fetches and merges first, and is what you want nearly always.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket push
  git docket push upstream")]
pub(super) struct PushArguments {
    /// The remote [default: git config docket.remote, else origin, else the only one]
    #[arg(value_name = "REMOTE")]
    remote: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let request = SyncRequest {
        remote: arguments.remote.clone(),
        unrelated: arguments.allow_unrelated,
    };
    if arguments.background {
        ops::sync_in_background(&Context::open(settings)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let response = ops::sync(&open(settings, output)?, &request)?;
    output.answer(&response, &response.meta.warnings, || told(&response))
}

pub(super) fn run_fetch(arguments: &FetchArguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::fetch(&open(settings, output)?, &request(arguments.remote.as_ref()))?;
    show_apart(&response, output)
}

pub(super) fn run_push(arguments: &PushArguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::push(&open(settings, output)?, &request(arguments.remote.as_ref()))?;
    show_apart(&response, output)
}

fn request(remote: Option<&String>) -> SyncRequest {
    SyncRequest {
        remote: remote.cloned(),
        ..SyncRequest::default()
    }
}

fn told(response: &SyncResponse) -> String {
    let remote = one_line(&response.remote);
    let mut out = String::new();
    let mut line = |text: String| {
        let _infallible = writeln!(out, "{text}");
    };
    if response.fetched > 0 {
        line(format!("Fetched {} from {remote}", counted(response.fetched, "commit")));
    }
    if response.taken + response.merged > 0 {
        line(format!(
            "Merged {} changed by others, {} changed by both",
            counted(response.taken, "record"),
            response.merged
        ));
    }
    if response.pushed > 0 {
        line(format!("Pushed {} to {remote}", counted(response.pushed, "commit")));
    }
    out.push_str(&conflicts(&response.conflicts));
    match out.is_empty() {
        true => format!("Nothing new here or on {remote}\n"),
        false => out,
    }
}

/// What a merge could not keep, in lines; nothing where it kept all.
pub(super) fn conflicts(conflicts: &[ConflictBrief]) -> String {
    if conflicts.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "{} recorded: git docket conflicts\n",
        counted(conflicts.len(), "conflict")
    );
    for conflict in conflicts {
        let _infallible = writeln!(
            out,
            "  {}  {}  {DIM}{}{DIM:#}",
            conflict.on.short(),
            one_line(&conflict.field),
            one_line(&conflict.file)
        );
    }
    out
}

fn show_apart(response: &FetchResponse, output: &Output) -> Outcome {
    output.answer(response, &response.meta.warnings, || {
        let remote = one_line(&response.remote);
        let text = match (&response.remote_revision, response.ahead, response.behind) {
            (None, ahead, _) => format!("{remote} has no docket yet; {} to push", counted(ahead, "commit")),
            (_, 0, 0) => format!("Nothing new here or on {remote}"),
            (_, ahead, 0) => format!("{} to push to {remote}", counted(ahead, "commit")),
            (_, 0, behind) => format!("{} new on {remote}", counted(behind, "commit")),
            (_, ahead, behind) => format!(
                "{} new on {remote}, {} to push",
                counted(behind, "commit"),
                counted(ahead, "commit")
            ),
        };
        format!("{text}\n")
    })
}
