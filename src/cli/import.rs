//! `git docket import`

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::Style;
use clap::{Args, Subcommand};

use super::output::{BOLD, Output};
use super::progress::Bar;
use super::text::{Cell, counted, grouped, one_line, table};
use super::{Outcome, files, open};

use crate::ops::{self, Error, ImportResponse, ImportSource, Kept, LossGroup, Settings};

/// How large a file of another tracker may be.
const SOURCE_BYTES: u64 = 1 << 30;

/// Bring the records of another tracker along
///
/// All that is new comes in one commit. Importing again adds only what is new since, and two
/// people who import the same tracker get the same records. Names, times, authors, types and
/// priorities of the other tracker are kept; what found no field of its own is reported.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket import beads .beads/issues.jsonl
  git docket import backlog-md backlog --dry-run
  git docket import beads issues.jsonl --report losses.json")]
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
    Beads {
        /// The JSONL file, usually .beads/issues.jsonl
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Import the tasks of Backlog.md
    BacklogMd {
        /// The directory that holds tasks/, usually backlog
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let source = match &arguments.tracker {
        Tracker::Beads { file } => ImportSource::Beads(whole(&settings.dir.join(file))?),
        Tracker::BacklogMd { dir } => ImportSource::BacklogMd(directory(&settings.dir.join(dir))?),
    };
    let context = open(settings)?;
    let bar = Bar::new(output.is_json());
    let response = ops::import(&context, source, arguments.dry_run, &bar);
    drop(bar);
    let response = response?;
    if let Some(report) = &arguments.report {
        write_report(&settings.dir.join(report), &response)?;
    }
    if output.is_json() {
        output.print_json(&response)?;
    } else {
        output.print(&summary(&response))?;
        output.warnings(&response.meta.warnings);
    }
    Ok(ExitCode::SUCCESS)
}

fn whole(file: &Path) -> Result<Vec<u8>, Error> {
    let bytes = files::read(file, SOURCE_BYTES + 1)?;
    if bytes.len() as u64 > SOURCE_BYTES {
        return Err(Error::request(format!(
            "{} is larger than {SOURCE_BYTES} bytes",
            file.display()
        )));
    }
    Ok(bytes)
}

fn directory(dir: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut sources = Vec::new();
    for file in files::named(dir, &["md", "yml"])? {
        let below = file.strip_prefix(dir).unwrap_or(&file);
        let name: Vec<_> = below
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        sources.push((name.join("/"), whole(&file)?));
    }
    if !sources.iter().any(|(name, _)| name.contains('/')) {
        let message = format!("{} is not a Backlog.md directory: it has no tasks/", dir.display());
        return Err(Error::request(message));
    }
    Ok(sources)
}

fn write_report(file: &Path, response: &ImportResponse) -> Result<(), Error> {
    let failed =
        |error: &dyn std::fmt::Display| Error::request(format!("{} cannot be written: {error}", file.display()));
    let text = serde_json::to_string_pretty(response).map_err(|error| failed(&error))?;
    let dir = file
        .parent()
        .filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(dir).map_err(|error| failed(&error))?;
    writeln!(temporary, "{text}").map_err(|error| failed(&error))?;
    temporary.persist(file).map_err(|error| failed(&error))?;
    Ok(())
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
