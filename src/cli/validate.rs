//! `git docket validate`

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};

use super::output::{BOLD, Output};
use super::text::{counted, one_line};
use super::{Outcome, open};
use crate::ops::{self, Error, Settings, Target, ValidateResponse};
use crate::record::Severity;
use crate::record::limits::RECORD_BYTES;

/// Check every record and the rules between them
///
/// Exits 1 when there are errors, 0 with warnings only.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket validate                         the docket of this repository
  git docket validate tracking~5              as it was five commits ago
  git docket validate path/to/checkout        files in a directory
  git docket validate - < record.md           one record from standard input
  git docket validate --format json")]
pub(super) struct Arguments {
    /// A commit, a directory or file, or - for standard input [default: the tip]
    #[arg(value_name = "COMMIT | DIR | -")]
    target: Option<String>,

    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Format {
    /// A line for each violation
    Human,
    /// One JSON document, as with --json
    Json,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let target = target(arguments.target.as_deref(), settings)?;
    let response = match &target {
        Target::Files(_) | Target::File(..) => ops::validate_files(&target),
        _ => ops::validate(&open(settings, output)?, &target)?,
    };
    if output.is_json() || arguments.format == Format::Json {
        output.print_json(&response)?;
    } else {
        output.print(&lines(&response))?;
        output.warnings(&response.warnings);
    }
    Ok(if response.errors > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn target(argument: Option<&str>, settings: &Settings) -> Result<Target, Error> {
    let Some(argument) = argument else {
        return Ok(Target::Tip);
    };
    if argument == "-" {
        // One byte more than a record may have is enough to see that it is too large.
        return Ok(Target::File(None, super::files::read_input(RECORD_BYTES + 1)?));
    }
    let path = settings.path(Path::new(argument));
    if path.exists() {
        let mut files = super::files::below(&path)?;
        return Ok(match (path.is_dir(), files.pop()) {
            (false, Some((name, bytes))) => Target::File(name, bytes),
            (_, last) => Target::Files(files.into_iter().chain(last).collect()),
        });
    }
    Ok(Target::Revision(argument.to_owned()))
}

fn lines(response: &ValidateResponse) -> String {
    let mut out = String::new();
    for found in &response.violations {
        let (style, label) = match found.severity {
            Severity::Error => (AnsiColor::Red.on_default().bold(), "error"),
            Severity::Warning => (AnsiColor::Yellow.on_default(), "warning"),
        };
        let line = found.line.map_or_else(String::new, |line| format!(":{line}"));
        let field = found
            .field
            .as_ref()
            .map_or_else(String::new, |field| format!("{}: ", one_line(field)));
        let file = one_line(&found.file);
        let _infallible = writeln!(
            out,
            "{BOLD}{file}{line}{BOLD:#}: {style}{label}{style:#}: {field}{}",
            one_line(&found.message)
        );
    }
    let style = if response.errors > 0 {
        AnsiColor::Red.on_default()
    } else {
        Style::new()
    };
    let errors = counted(response.errors, "error");
    let warnings = counted(response.warning_count, "warning");
    let _infallible = writeln!(
        out,
        "{}: {style}{errors}{style:#}, {warnings}",
        counted(response.records, "record")
    );
    out
}
