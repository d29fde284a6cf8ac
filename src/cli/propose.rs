//! `git docket propose`

use std::fmt::Write as _;

use anstyle::Style;
use clap::{Args, Subcommand};

use super::output::{BOLD, DIM, Output};
use super::sync::conflicts;
use super::text::{Cell, counted, grouped, one_line, table};
use super::{Outcome, open_anywhere};
use crate::ops::{
    self, DropResponse, Error, LandResponse, LeaveResponse, ProposalPushResponse, ProposalView, ProposalsResponse,
    ProposeResponse, Settings,
};

/// Make changes on a branch of their own, to be reviewed and landed
///
/// A proposal is the branch tracking-proposals/NAME, cut from the tracking branch. `git docket propose NAME` starts
/// it, or goes on with it, and directs this worktree there: what its commands read and write is the proposal, while
/// other worktrees and clones go on with the tracking branch. It is pushed and reviewed as any branch, and landed as a
/// sync merges: by field, with nothing lost. Without a name, all proposals are listed.
#[derive(Debug, Args)]
#[command(
    subcommand_precedence_over_arg = true,
    after_help = "\
Examples:
  git docket propose q3-plan                  start it here, or go on with it
  git docket propose                          which there are
  git docket propose push
  git docket propose land
  git docket propose leave                    back to the tracking branch, the proposal stays"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<ProposeCommand>,

    /// The proposal to start or to go on with
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, Subcommand)]
enum ProposeCommand {
    /// List proposals: those here, and those of remotes that were fetched
    #[command(after_help = "Example:\n  git docket propose list --json")]
    List,
    Push(PushArguments),
    Land(NameArguments),
    /// Direct this worktree back to the tracking branch; the proposal stays as it is
    #[command(after_help = "Example:\n  git docket propose leave")]
    Leave,
    Drop(DropArguments),
}

/// Push a proposal, without force, so that others can look at it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket propose push
  git docket propose push q3-plan --remote upstream")]
struct PushArguments {
    /// The proposal [default: the one this worktree is directed to]
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// The remote [default: git config docket.remote, else origin, else the only one]
    #[arg(long, value_name = "REMOTE")]
    remote: Option<String>,
}

/// Merge a proposal into the tracking branch, and delete its branch here
///
/// It is merged as a sync merges: by field, and what cannot be kept is recorded as a conflict. The branch is deleted
/// only when all of it is merged; one that was merged on the host, and then fetched with `git docket sync`, is only
/// deleted. This worktree is directed back to the tracking branch. Nothing is pushed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket propose land
  git docket propose land q3-plan && git docket sync")]
struct NameArguments {
    /// The proposal [default: the one this worktree is directed to]
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Delete the branch of a proposal
///
/// Refused where it has commits that the tracking branch does not have. The commit it stood at is named, so that it
/// can be brought back. What a remote has of it stays there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket propose drop q3-plan
  git docket propose drop q3-plan --force     also what was never landed")]
struct DropArguments {
    /// The proposal
    #[arg(value_name = "NAME")]
    name: String,

    /// Drop commits, too, that the tracking branch does not have
    #[arg(long)]
    force: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open_anywhere(settings, output)?;
    let (name, command) = (arguments.name.as_deref(), arguments.command.as_ref());
    match (name, command) {
        (Some(name), None) => {
            let response = ops::propose(&context, name)?;
            answer(&response, &started(&response), &response.meta.warnings, output)
        }
        (Some(name), Some(_)) => {
            let message = format!("`{name}` stands before a command; say it behind");
            Err(Error::request(message).into())
        }
        (None, None | Some(ProposeCommand::List)) => {
            let response = ops::proposals(&context)?;
            answer(
                &response,
                &list(&response, output.width()),
                &response.list.meta.warnings,
                output,
            )
        }
        (None, Some(ProposeCommand::Push(push))) => {
            let response = ops::push_proposal(&context, push.name.as_deref(), push.remote.as_deref())?;
            answer(&response, &pushed(&response), &response.pushed.meta.warnings, output)
        }
        (None, Some(ProposeCommand::Land(land))) => {
            let response = ops::land(&context, land.name.as_deref())?;
            answer(&response, &landed(&response), &response.meta.warnings, output)
        }
        (None, Some(ProposeCommand::Leave)) => {
            let response = ops::leave(&context)?;
            answer(&response, &left(&response), &response.warnings, output)
        }
        (None, Some(ProposeCommand::Drop(drop))) => {
            let response = ops::drop_proposal(&context, &drop.name, drop.force)?;
            answer(&response, &dropped(&response), &response.meta.warnings, output)
        }
    }
}

fn answer(response: &impl serde::Serialize, text: &str, warnings: &[String], output: &Output) -> Outcome {
    output.answer(response, warnings, || text.to_owned())
}

fn started(response: &ProposeResponse) -> String {
    let (name, tracking) = (one_line(&response.name), one_line(&response.tracking));
    let mut out = match (&response.started_from, response.created) {
        (Some(remote), _) => format!("Started the proposal {name} from {}\n", one_line(remote)),
        (None, true) => format!("Started the proposal {name} where {tracking} stands\n"),
        (None, false) => format!(
            "Going on with the proposal {name}: {} ahead of {tracking}, {} behind\n",
            counted(response.ahead, "commit"),
            grouped(response.behind)
        ),
    };
    if let Some(before) = &response.before {
        let _infallible = writeln!(out, "The proposal {} stays as it is", one_line(before));
    }
    out.push_str("This worktree reads and writes the proposal; git docket propose leave ends that\n");
    out
}

fn list(response: &ProposalsResponse, width: Option<usize>) -> String {
    if response.list.items.is_empty() {
        return "No proposals\n".to_owned();
    }
    let rows: Vec<_> = response.list.items.iter().map(row).collect();
    let header = ["", "NAME", "AHEAD", "BEHIND", "RECORDS", "WHERE", "LAST", "BY"];
    let count = counted(response.list.total_count, "proposal");
    let tracking = response.tracking.strip_prefix("refs/heads/");
    let tracking = one_line(tracking.unwrap_or(&response.tracking));
    format!("{}{DIM}{count} to {tracking}{DIM:#}\n", table(&header, &rows, width))
}

fn row(proposal: &ProposalView) -> Vec<Cell> {
    let plain = |text: String| (text, Style::new());
    let here = proposal.local.then_some("here");
    let places: Vec<_> = here
        .into_iter()
        .chain(proposal.remotes.iter().map(String::as_str))
        .collect();
    let at = proposal.at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    vec![
        plain(if proposal.current { "*" } else { "" }.to_owned()),
        (one_line(&proposal.name), BOLD),
        plain(grouped(proposal.ahead)),
        plain(grouped(proposal.behind)),
        plain(grouped(proposal.records)),
        plain(one_line(&places.join(", "))),
        plain(at),
        plain(one_line(proposal.by.as_deref().unwrap_or("-"))),
    ]
}

fn pushed(response: &ProposalPushResponse) -> String {
    let (name, remote) = (one_line(&response.name), one_line(&response.pushed.remote));
    let branch = response.pushed.reference.strip_prefix("refs/heads/");
    let branch = one_line(branch.unwrap_or(&response.pushed.reference));
    let tracking = one_line(&response.tracking);
    let mut out = format!("Pushed the proposal {name} to {remote}\n");
    let next = match (response.remote_has_tracking, &response.compare_url) {
        (false, _) => format!("{remote} has no {tracking} yet; git docket --ref {tracking} push makes it"),
        (true, Some(url)) => format!("Open a pull request against {tracking}: {}", one_line(url)),
        (true, None) if response.pushed.reference.starts_with("refs/heads/") => {
            format!("Next, open a pull request of {branch} against {tracking}")
        }
        // Hosts open pull requests between branches only.
        (true, None) => format!("Others review it with git docket --ref {tracking} review {tracking}..{branch}"),
    };
    let _infallible = writeln!(out, "{next}");
    out
}

fn landed(response: &LandResponse) -> String {
    let (name, tracking) = (one_line(&response.name), one_line(&response.tracking));
    let mut out = match response.landed {
        0 => format!("All of the proposal {name} was on {tracking} before\n"),
        commits => format!(
            "Landed the proposal {name} on {tracking}: {}, {}, {} changed by both\n",
            counted(commits, "commit"),
            counted(response.taken, "record"),
            response.merged
        ),
    };
    out.push_str(&conflicts(&response.conflicts));
    if response.deleted {
        let _infallible = writeln!(out, "Deleted its branch, which stood at {}", &response.commit[..10]);
    }
    if response.left {
        let _infallible = writeln!(out, "This worktree reads and writes {tracking} again");
    }
    out
}

fn left(response: &LeaveResponse) -> String {
    let branch = response.reference.strip_prefix("refs/heads/");
    let branch = one_line(branch.unwrap_or(&response.reference));
    match &response.name {
        Some(name) => {
            let name = one_line(name);
            let became = if response.stays { "stays as it is" } else { "is gone" };
            format!("This worktree reads and writes {branch} again; the proposal {name} {became}\n")
        }
        None => format!("Nothing to leave: this worktree reads and writes {branch}\n"),
    }
}

fn dropped(response: &DropResponse) -> String {
    let mut out = format!(
        "Dropped the proposal {}, which stood at {}\n",
        one_line(&response.name),
        response.commit
    );
    if response.unmerged > 0 {
        let unmerged = counted(response.unmerged, "commit");
        let _infallible = writeln!(
            out,
            "{unmerged} not landed; as long as git keeps them, this brings it back:\n  {}",
            one_line(&response.brought_back_by)
        );
    }
    if response.left {
        out.push_str("This worktree reads and writes the tracking branch again\n");
    }
    out
}
