//! `git docket render`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};

use super::output::{DIM, Output};
use super::text::{one_line, table, visible};
use super::{Outcome, open};
use crate::ops::{self, CheckResponse, Context, Error, RenderRequest, ReportsResponse, Settings};

/// Print a report in Markdown, or write it to a file
///
/// Without NAME it is project_status. A template of the team, .tracking/templates/NAME.j2 on the tracking branch, is
/// used in place of ours, or makes a report of its own. The same commit gives the same bytes everywhere: changelog and
/// standup end when it was made and begin 30 days or one day before, unless --since and --until say something else;
/// only of times such as 2h, which are so long ago, the clock counts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket render                           the project's status
  git docket render -o STATUS.md              into a file, in one step
  git docket render -o STATUS.md --check      whether that is current
  git docket render work_item 3f9a2c1b
  git docket render changelog --since 2025-10-01 --until 2025-11-01
  git docket render dependency_graph --format dot | dot -Tsvg
  git docket render --list")]
pub(super) struct Arguments {
    /// The report, or a template of the team [default: project_status]
    #[arg(value_name = "REPORT")]
    name: Option<String>,

    /// The record, of a report about one
    #[arg(value_name = "ID")]
    id: Option<String>,

    /// Write it to this file, in one step; nothing is staged or committed
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Exit with 1 and print the difference where the file is not what the report is now; without -o, the file that
    /// docket.render names
    #[arg(long)]
    check: bool,

    /// Begin after this commit or time, in changelog and standup
    #[arg(long, value_name = "COMMIT | TIME")]
    since: Option<String>,

    /// End with this commit or time, in changelog and standup
    #[arg(long, value_name = "COMMIT | TIME")]
    until: Option<String>,

    /// As of this commit, or of the newest one not after this time
    #[arg(long, value_name = "COMMIT|DATE")]
    as_of: Option<String>,

    /// The language of dependency_graph
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,

    /// List the reports there are
    #[arg(long, conflicts_with_all = ["name", "id", "output", "check", "since", "until", "format"])]
    list: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Format {
    /// With a drawing in Mermaid
    Markdown,
    /// For Graphviz
    Dot,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open(settings, output)?;
    if arguments.list {
        return list(&ops::reports(&context, arguments.as_of.as_deref())?, output);
    }
    let request = RenderRequest {
        name: arguments.name.clone(),
        id: arguments.id.clone(),
        since: arguments.since.clone(),
        until: arguments.until.clone(),
        as_of: arguments.as_of.clone(),
        dot: arguments.format == Format::Dot,
    };
    let file = arguments.output.as_ref().map(|path| settings.path(path));
    if arguments.check {
        let path = match file {
            Some(path) => path,
            None => configured(&context)?,
        };
        let report = ops::render(&context, &request)?;
        return check(&ops::check_report(&context, &path, report)?, output);
    }
    let report = ops::render(&context, &request)?;
    if let Some(path) = &file {
        ops::write_report(&context, path, &report)?;
    }
    output.answer(&report, &report.meta.warnings, || match &file {
        Some(path) => wrote(&report.report, path),
        // A template of the team's is text of somebody else, too.
        None => visible(&report.text).into_owned(),
    })
}

/// The file that is kept current.
fn configured(context: &Context) -> Result<PathBuf, Error> {
    ops::report_path(context)?.ok_or_else(|| Error::request("there is no file to check: -o or docket.render names it"))
}

fn wrote(report: &str, path: &Path) -> String {
    format!("Wrote {report} to {}\n", one_line(&path.display().to_string()))
}

fn check(response: &CheckResponse, output: &Output) -> Outcome {
    let code = match response.current {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(1),
    };
    if output.is_json() {
        output.print_json(response)?;
        return Ok(code);
    }
    let path = one_line(&response.path);
    let mut out = String::new();
    if response.current {
        let _infallible = writeln!(out, "{path} is current");
    } else {
        let _infallible = writeln!(out, "--- {path}\n+++ {}", response.report);
    }
    for line in response.diff.lines() {
        let style = match line.as_bytes().first() {
            Some(b'+') => AnsiColor::Green.on_default(),
            Some(b'-') => AnsiColor::Red.on_default(),
            Some(b'@') => AnsiColor::Cyan.on_default(),
            _ => Style::new(),
        };
        let _infallible = writeln!(out, "{style}{}{style:#}", visible(line));
    }
    output.print(&out)?;
    output.warnings(&response.meta.warnings);
    Ok(code)
}

fn list(response: &ReportsResponse, output: &Output) -> Outcome {
    output.answer(response, &response.meta.warnings, || {
        let row = |report: &ops::Report| {
            let template = report.template.as_deref().unwrap_or("-");
            vec![
                (report.name.clone(), Style::new()),
                (one_line(&report.about), Style::new()),
                (one_line(template), DIM),
            ]
        };
        let rows: Vec<_> = response.items.iter().map(row).collect();
        table(&["REPORT", "SHOWS", "TEMPLATE OF THE TEAM"], &rows, output.width())
    })
}
