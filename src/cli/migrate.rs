//! `git docket migrate`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::bring::{Told, bring, source_path, whole};
use super::output::{BOLD, Output};
use super::progress::Bar;
use super::text::{Cell, counted, grouped, one_line, table};
use super::{Outcome, files};
use crate::ops::{self, Check, Context, Error, MigrateRequest, MigrateResponse, Settings};

/// How many lines of one kind are told; a report has all of them.
const TOLD: usize = 20;

/// Bring a status file along that was kept by hand
///
/// Reads vendors, deployments, enhancements, work items and session prompts out of a Markdown file such as
/// .project_status.md, in the forms people write. What the file says is compared with what the records say: only when
/// both are the same, all come in one commit; else nothing happens, and what differs is told. What could not be read is
/// told with its line. Doing it again adds only what is new.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket migrate .project_status.md --dry-run
  git docket migrate .project_status.md --sessions prompts/ --report migration.json")]
pub(super) struct Arguments {
    /// The status file; - reads it from standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Session prompts in files of their own: Markdown with frontmatter that has schema_version
    #[arg(long, value_name = "DIR")]
    sessions: Option<PathBuf>,

    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Leave out session prompts that cannot be used
    #[arg(long)]
    allow_skipped: bool,

    /// Write the whole report to FILE, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let from = source_path(&arguments.file, settings);
    let file = whole(&from)?;
    let sessions = arguments.sessions.as_ref().map(|dir| prompts(&settings.path(dir)));
    let request = MigrateRequest {
        file,
        sessions: sessions.transpose()?.unwrap_or_default(),
        dry_run: arguments.dry_run,
        allow_skipped: arguments.allow_skipped,
    };
    let act = |context: &Context, bar: &Bar| ops::migrate(context, &request, bar);
    let told = Told {
        text: summary,
        meta: |response: &mut MigrateResponse| &mut response.meta,
    };
    let response = bring(&from, arguments.report.as_ref(), settings, output, act, &told)?;
    Ok(match response.passed {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// The Markdown files of a directory.
fn prompts(dir: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let found = files::named(dir, &["md"])?;
    if let Some((file, reason)) = found.refused.first() {
        return Err(Error::request(format!("{} cannot be read: {reason}", file.display())));
    }
    let read = |file: &PathBuf| {
        let name = file.strip_prefix(dir).unwrap_or(file).display().to_string();
        Ok((name, whole(file)?))
    };
    found.files.iter().map(read).collect()
}

fn row(check: &Check) -> Vec<Cell> {
    let plain = Style::new();
    let (mark, style) = match check.passed {
        true => ("✓", AnsiColor::Green.on_default()),
        false => ("✗", AnsiColor::Red.on_default()),
    };
    vec![
        (mark.to_owned(), style),
        (check.name.to_owned(), plain),
        (grouped(check.source_count), plain),
        (grouped(check.migrated_count), plain),
    ]
}

fn summary(response: &MigrateResponse) -> String {
    let new = format!(
        "{}, {}, {} and {}",
        counted(response.vendors, "vendor"),
        counted(response.deployments, "deployment"),
        counted(response.enhancements, "enhancement"),
        counted(response.work_items, "work item")
    );
    let mut out = match (&response.commit, response.passed) {
        (Some(commit), _) => format!("Migrated {new} in commit {}\n", &commit[..8]),
        (None, false) => "Nothing was written: the checks below do not all pass\n".to_owned(),
        (None, true) if response.dry_run => format!("Would migrate {new}\n"),
        (None, true) => "Nothing new in the file\n".to_owned(),
    };
    if response.already_here > 0 {
        let here = counted(response.already_here, "record");
        let _infallible = writeln!(out, "{here} here already, left as they are");
    }
    let rows: Vec<_> = response.checks.iter().map(row).collect();
    let _infallible = write!(out, "\n{}", table(&["", "CHECK", "SOURCE", "MIGRATED"], &rows, None));
    let differences = response.checks.iter().flat_map(|check| {
        let told = |difference: &String| format!("{}: {difference}", check.name);
        check.differences.iter().map(told)
    });
    section(&mut out, "Differs", differences);
    let lines = |unread: &[ops::Unread]| -> Vec<String> {
        let told = |unread: &ops::Unread| match unread.line {
            0 => unread.text.clone(),
            line => format!("line {line}: {}", unread.text),
        };
        unread.iter().map(told).collect()
    };
    section(&mut out, "Makes no valid record", lines(&response.refused).into_iter());
    let skipped = response
        .skipped
        .iter()
        .map(|skipped| format!("{}: {}", skipped.place, skipped.reason));
    section(&mut out, "Session prompts left out", skipped);
    section(&mut out, "Not said in the file", lines(&response.assumed).into_iter());
    section(&mut out, "Could not be read", lines(&response.unread).into_iter());
    out
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() {
        return;
    }
    let _infallible = writeln!(out, "\n{BOLD}{title}{BOLD:#}");
    for line in lines.iter().take(TOLD) {
        let _infallible = writeln!(out, "  {}", one_line(line));
    }
    if lines.len() > TOLD {
        let _infallible = writeln!(out, "  … and {} more; --report has all of them", lines.len() - TOLD);
    }
}
