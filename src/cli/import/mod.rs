//! `git docket import`

mod source;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anstyle::Style;
use clap::{Args, Subcommand};

use super::Outcome;
use super::bring::{Told, bring, source_path, whole};
use super::output::{BOLD, Output};
use super::progress::Bar;
use super::text::{Cell, counted, grouped, one_line, table};
use crate::ops::{self, Context, ImportResponse, Kept, LossGroup, RestoreRequest, RestoreResponse, Settings};

/// Bring the records of another tracker or an export along
///
/// All that is new comes in one commit. Importing again adds only what is new since, and two
/// people who import the same tracker get the same records. Names, times, authors, types and
/// priorities of the other tracker are kept; what found no field of its own is reported.
/// An export of a docket comes back as it was.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket import beads .beads/issues.jsonl
  git docket import backlog-md backlog --dry-run
  git docket import beads issues.jsonl --report losses.json
  git docket import task-master .taskmaster/tasks/tasks.json
  git docket import git-bug .
  git docket import json docket.json")]
pub(super) struct Arguments {
    #[command(subcommand)]
    tracker: Tracker,

    /// Write the whole report to FILE, as JSON
    #[arg(long, value_name = "FILE", global = true)]
    report: Option<PathBuf>,

    /// Say what would happen, and do nothing
    #[arg(long, global = true)]
    dry_run: bool,
}

#[derive(Debug, Subcommand)]
enum Tracker {
    /// Import the issues of beads
    #[command(after_help = "Example:\n  git docket import beads .beads/issues.jsonl --dry-run")]
    Beads {
        /// The JSONL file, usually .beads/issues.jsonl
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Import the tasks of Backlog.md
    #[command(after_help = "Example:\n  git docket import backlog-md backlog")]
    BacklogMd {
        /// The directory that holds tasks/, usually backlog
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Import the tasks of Task Master, tag by tag
    #[command(after_help = "\
Examples:
  git docket import task-master .taskmaster/tasks/tasks.json
  git docket import task-master tasks/tasks.json --dry-run")]
    TaskMaster {
        /// The JSON file, usually .taskmaster/tasks/tasks.json
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Import the bugs of git-bug
    ///
    /// They are read from the refs below refs/bugs/ of any repository, often this one; nothing is
    /// written there, and git-bug itself is not needed.
    #[command(after_help = "\
Examples:
  git docket import git-bug .
  git docket import git-bug ../other --dry-run")]
    GitBug {
        /// The repository that has the bugs
        #[arg(value_name = "REPO")]
        repo: PathBuf,
    },
    /// Import what `git docket export json` wrote
    #[command(after_help = "\
Examples:
  git docket import json docket.json
  git docket import json docket.json --dry-run
  git docket -C elsewhere export json | git docket import json - --skip-existing")]
    Json(ExportArguments),
    /// Import what `git docket export ndjson` wrote
    #[command(after_help = "Example:\n  git docket import ndjson docket.ndjson")]
    Ndjson(ExportArguments),
}

#[derive(Debug, Args)]
struct ExportArguments {
    /// The export; - reads it from standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Leave records as they are that are here with another content, and import the others
    #[arg(long)]
    skip_existing: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let (from, source) = match &arguments.tracker {
        Tracker::Beads { file } => source::beads(&settings.path(file))?,
        Tracker::BacklogMd { dir } => source::backlog_md(&settings.path(dir))?,
        Tracker::TaskMaster { file } => source::task_master(&settings.path(file))?,
        Tracker::GitBug { repo } => source::git_bug(&settings.path(repo))?,
        Tracker::Json(export) => return restore(arguments, export, false, settings, output),
        Tracker::Ndjson(export) => return restore(arguments, export, true, settings, output),
    };
    let act = |context: &Context, bar: &Bar| ops::import(context, source, arguments.dry_run, bar);
    let told = Told {
        text: summary,
        meta: |response: &mut ImportResponse| &mut response.meta,
    };
    bring(&from, arguments.report.as_ref(), settings, output, act, &told)?;
    Ok(ExitCode::SUCCESS)
}

/// Brings an export back.
fn restore(
    arguments: &Arguments,
    export: &ExportArguments,
    lines: bool,
    settings: &Settings,
    output: &Output,
) -> Outcome {
    let from = source_path(&export.file, settings);
    let request = RestoreRequest {
        bytes: whole(&from)?,
        lines,
        skip_existing: export.skip_existing,
        dry_run: arguments.dry_run,
    };
    let act = |context: &Context, bar: &Bar| ops::restore_export(context, &request, bar);
    let told = Told {
        text: restored,
        meta: |response: &mut RestoreResponse| &mut response.meta,
    };
    bring(&from, arguments.report.as_ref(), settings, output, act, &told)?;
    Ok(ExitCode::SUCCESS)
}

fn restored(response: &RestoreResponse) -> String {
    let counts = response.records.iter();
    let counts = counts.map(|(kind, count)| counted(*count, &kind.replace('-', " ")));
    let settings = response.settings.then(|| "the settings".to_owned());
    let new = counts.chain(settings).collect::<Vec<_>>().join(", ");
    let mut out = match &response.commit {
        Some(commit) => format!("Imported {new} in commit {}\n", &commit[..8]),
        None if response.dry_run && !new.is_empty() => format!("Would import {new}\n"),
        None => "Nothing new in the export\n".to_owned(),
    };
    if response.already_here > 0 {
        let _infallible = writeln!(out, "{} here already", counted(response.already_here, "record"));
    }
    out
}

fn row(group: &LossGroup) -> Vec<Cell> {
    let kept = if group.kept == Kept::Nowhere {
        "nothing"
    } else {
        group.kept.as_str()
    };
    let reason = format!("{} ({})", one_line(&group.reason), one_line(&group.examples.join(", ")));
    let plain = Style::new();
    vec![
        (grouped(group.count), plain),
        (one_line(&group.field), plain),
        (kept.to_owned(), plain),
        (reason, plain),
    ]
}

fn summary(response: &ImportResponse) -> String {
    let new = format!(
        "{} and {}",
        counted(response.work_items, "work item"),
        counted(response.notes, "note")
    );
    let mut out = match &response.commit {
        Some(commit) => format!("Imported {new} from {} in commit {}\n", response.system, &commit[..8]),
        None if response.dry_run => format!("Would import {new} from {}\n", response.system),
        None => format!("Nothing new in {}\n", response.system),
    };
    if response.already_here > 0 {
        let _infallible = writeln!(
            out,
            "{} here already, left as they are",
            counted(response.already_here, "record")
        );
    }
    if !response.loss_groups.is_empty() {
        let _infallible = writeln!(out, "\n{BOLD}Not in a field of its own{BOLD:#}");
    }
    let rows: Vec<Vec<Cell>> = response.loss_groups.iter().map(row).collect();
    if !rows.is_empty() {
        out.push_str(&table(&["COUNT", "FIELD", "KEPT IN", "REASON"], &rows, None));
    }
    if !response.unreadable.is_empty() {
        let _infallible = writeln!(out, "\n{BOLD}Could not be read{BOLD:#}");
    }
    for place in &response.unreadable {
        let _infallible = writeln!(out, "  {}: {}", one_line(&place.place), one_line(&place.reason));
    }
    out
}
