//! `git docket index`

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::output::{DIM, Output};
use super::text::{counted, grouped};
use super::{Outcome, open};
use crate::ops::{self, IndexResponse, Settings};

/// Look after the index
///
/// The index makes reading fast. It is derived from git, kept in the repository's common directory,
/// brought up to date by every command that reads, and can be deleted at any time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket index status
  git docket index rebuild
  DOCKET_INDEX=off git docket list            read from git itself")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what the index stands at
    #[command(after_help = "Example:\n  git docket index status --json")]
    Status,
    /// Read everything anew from git
    #[command(after_help = "Example:\n  git docket index rebuild")]
    Rebuild,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open(settings, output)?;
    let response = match arguments.command {
        Command::Status => ops::index_status(&context)?,
        Command::Rebuild => ops::rebuild_index(&context)?,
    };
    if output.is_json() {
        output.print_json(&response)?;
    } else {
        output.print(&status(&response))?;
        output.warnings(&response.meta.warnings);
    }
    Ok(ExitCode::SUCCESS)
}

fn status(response: &IndexResponse) -> String {
    let short = |commit: &Option<String>| {
        commit
            .as_ref()
            .map_or("nothing".to_owned(), |commit| commit[..10].to_owned())
    };
    let lag = match response.lag {
        Some(0) => String::new(),
        Some(lag) => format!(", {} behind", counted(lag, "commit")),
        None if response.history.is_some() => ", a commit the tracking ref does not reach".to_owned(),
        None => String::new(),
    };
    let reason = response
        .reason
        .as_ref()
        .map_or(String::new(), |reason| format!(": {reason}"));
    let mut rows = vec![
        ("state", format!("{}{reason}", response.state)),
        ("file", response.file.clone()),
    ];
    if response.tip.is_some() {
        rows.extend([
            ("records at", short(&response.tip)),
            ("history at", format!("{}{lag}", short(&response.history))),
            (
                "records",
                grouped(usize::try_from(response.records).unwrap_or(usize::MAX)),
            ),
            (
                "commits",
                grouped(usize::try_from(response.commits).unwrap_or(usize::MAX)),
            ),
            ("size", format!("{:.1} MB", response.size as f64 / 1e6)),
        ]);
    }
    rows.iter()
        .map(|(name, value)| format!("{DIM}{name:<12}{DIM:#}{value}\n"))
        .collect()
}
