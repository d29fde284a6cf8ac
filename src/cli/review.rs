//! `git docket review`

use std::fmt::Write as _;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};

use super::change::{body_difference, heading, short, short_commit, told};
use super::output::{BOLD, DIM, ID, Output};
use super::text::{counted, one_line};
use super::{Outcome, open};
use crate::ops::{self, Attention, AttentionWhat, ReviewFinding, ReviewFormat, ReviewResponse};
use crate::ops::{ReviewedRecord, ReviewedWhat, Settings};
use crate::record::{Kind, Severity};

/// Tell what a proposal means for the records, and what is wrong with it
///
/// RANGE is BASE..HEAD, or BASE alone for what happened from there to the tip. As in a pull request, HEAD is compared
/// with where it and BASE parted, so that what others did on BASE meanwhile does not count. Both are revisions as git has
/// them, of any branch that holds .tracking/.
///
/// The rules of the team are read from config.toml as it stands at BASE. What was wrong already where the two parted is
/// a warning. Exits 1 when there are errors, 0 with warnings only.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket review                                     what the remote does not have yet
  git docket review tracking~3                          the last three commits
  git docket review origin/tracking..tracking-proposals/vendors
  git docket review origin/main..HEAD                   records that are kept beside the code
  git docket review origin/tracking..HEAD --format markdown > comment.md")]
pub(super) struct Arguments {
    /// The two ends [default: from the remote's branch, or what a proposal is made for, to the tip]
    #[arg(value_name = "BASE..HEAD")]
    range: Option<String>,

    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// For a comment on a pull request
    Markdown,
    /// One JSON document, as with --json
    Json,
    /// Annotations, as the commands of GitHub's and Forgejo's workflows
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// A code quality report of GitLab
    Gitlab,
    /// Diagnostics, for reviewdog
    Rdjson,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::review(&open(settings, output)?, arguments.range.as_deref())?;
    let format = match arguments.format {
        _ if output.is_json() => None,
        Format::Json => None,
        Format::Human => {
            output.print(&human(&response))?;
            output.warnings(&response.meta.warnings);
            return Ok(code(&response));
        }
        Format::Markdown => Some(ReviewFormat::Markdown),
        Format::Github => Some(ReviewFormat::Github),
        Format::Sarif => Some(ReviewFormat::Sarif),
        Format::Gitlab => Some(ReviewFormat::Gitlab),
        Format::Rdjson => Some(ReviewFormat::Rdjson),
    };
    match format {
        None => output.print_json(&response)?,
        Some(format) => {
            output.print(&format.render(&response))?;
            output.warnings(&response.meta.warnings);
        }
    }
    Ok(code(&response))
}

fn code(response: &ReviewResponse) -> ExitCode {
    match response.errors {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn human(response: &ReviewResponse) -> String {
    let mut out = String::new();
    section(&mut out, "Look here first", response.attention.iter().map(look));
    for kind in Kind::ALL {
        let records = response.records.iter().filter(|record| record.kind == kind.as_str());
        section(&mut out, kind.heading(), records.map(record));
    }
    let effects = response.effects.iter().map(|effect| {
        ops::sentence(effect, |record| {
            let (word, title) = (one_line(&record.item_type), one_line(&record.title));
            format!("{word} {ID}{}{ID:#} {title}", record.id.short())
        })
    });
    section(&mut out, "Effects", effects);
    section(&mut out, "Settings", response.settings.iter().map(told));
    section(
        &mut out,
        "Files that hold no record",
        response.files.iter().map(|file| one_line(file)),
    );
    section(&mut out, "Problems", response.violations.iter().map(problem));
    let (errors, warnings) = (
        counted(response.errors, "error"),
        counted(response.warning_count, "warning"),
    );
    let style = match response.errors {
        0 => DIM,
        _ => AnsiColor::Red.on_default(),
    };
    let _infallible = writeln!(
        out,
        "{DIM}{} and {} since {}, as of {}:{DIM:#} {style}{errors}{style:#}{DIM}, {warnings}{DIM:#}",
        counted(response.records.len(), "record"),
        counted(response.commits, "commit"),
        short_commit(&response.merge_base),
        short_commit(&response.head),
    );
    out
}

/// A heading and what is below it, each on lines of its own; nothing where there is nothing below.
fn section(out: &mut String, heading: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() {
        return;
    }
    let _infallible = writeln!(out, "{BOLD}{heading}{BOLD:#}");
    for line in lines.iter().flat_map(|lines| lines.trim_end().lines()) {
        let _infallible = writeln!(out, "  {line}");
    }
    out.push('\n');
}

fn look(attention: &Attention) -> String {
    let on = match &attention.record {
        Some(record) => heading(&record.item_type, None, Some(record.id), &record.title),
        None => one_line(&attention.file),
    };
    let field = attention.field.as_deref().map(one_line).unwrap_or_default();
    match attention.what {
        AttentionWhat::Conflict => format!("conflict of {field}: {on}"),
        AttentionWhat::UnknownField => format!("unknown field {field}: {on}"),
        AttentionWhat::NewerSchema => format!("newer schema: {on}"),
        AttentionWhat::Policy => format!("changes the rule {field}"),
    }
}

fn record(record: &ReviewedRecord) -> String {
    let (style, what) = match record.what {
        ReviewedWhat::Created => (AnsiColor::Green.on_default(), "new"),
        ReviewedWhat::Finished => (AnsiColor::Green.on_default(), "finished"),
        ReviewedWhat::Deleted => (AnsiColor::Red.on_default(), "deleted"),
        ReviewedWhat::Removed => (AnsiColor::Red.on_default(), "file removed"),
        ReviewedWhat::Unreadable => (AnsiColor::Red.on_default(), "not readable"),
        ReviewedWhat::Mended => (Style::new(), "readable again"),
        ReviewedWhat::Reformatted => (DIM, "only written differently"),
        ReviewedWhat::Changed | ReviewedWhat::Discussed => (Style::new(), ""),
    };
    let gap = if what.is_empty() { "" } else { "  " };
    let heading = heading(&record.kind, record.item_type.as_deref(), record.id, &record.title);
    let mut out = format!("{heading}{gap}{style}{what}{style:#}\n");
    for change in record.shown_fields().filter(|change| change.field != "body") {
        let _infallible = writeln!(out, "  {}", told(change));
    }
    out.push_str(&body_difference(record.body.as_deref()));
    for note in &record.notes {
        let (by, text) = (one_line(&note.by), one_line(&note.text));
        let _infallible = writeln!(out, "  {DIM}note{DIM:#}  {by}: {text}");
    }
    if record.links > 0 {
        let _infallible = writeln!(out, "  {} linked", counted(record.links, "commit"));
    }
    for conflict in &record.conflicts {
        let value = |value: &Option<serde_json::Value>| value.as_ref().map_or("(none)".to_owned(), short);
        let (kept, other) = (value(&conflict.kept), value(&conflict.other));
        let field = one_line(&conflict.field);
        let _infallible = writeln!(out, "  {DIM}conflict{DIM:#}  {field}: kept {kept}, not {other}");
    }
    out
}

fn problem(found: &ReviewFinding) -> String {
    let (style, label) = match found.finding.severity {
        Severity::Error => (AnsiColor::Red.on_default().bold(), "error"),
        Severity::Warning => (AnsiColor::Yellow.on_default(), "warning"),
    };
    let line = found.finding.line.map_or_else(String::new, |line| format!(":{line}"));
    let field = found.finding.field.as_ref();
    let field = field.map_or_else(String::new, |field| format!("{}: ", one_line(field)));
    let old = if found.old { " (it was so before)" } else { "" };
    format!(
        "{BOLD}{}{line}{BOLD:#}: {style}{label}{style:#}: {field}{}{old}",
        one_line(&found.finding.file),
        one_line(&found.finding.message)
    )
}
