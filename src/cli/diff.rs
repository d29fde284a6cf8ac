//! `git docket diff`

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::change::{body_difference, heading, short_commit, told};
use super::output::{BOLD, DIM, Output};
use super::text::counted;
use super::{Outcome, open};
use crate::ops::{self, DiffRecord, DiffResponse, Settings, What};

/// Tell how the records differ between two commits, field by field
///
/// RANGE is A..B, or A alone for what happened from there to the tip. Each end is a commit, or a
/// time, which means the newest commit by then: 2025-10-10, 2025-10-10T15:00:00Z, 2h, 3d, 1w.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket diff 1a2b3c4d
  git docket diff 1a2b3c4d..5e6f7a8b
  git docket diff 1w..1d
  git docket diff tracking~3 --json")]
pub(super) struct Arguments {
    /// The two ends
    #[arg(value_name = "RANGE")]
    range: String,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::diff(&open(settings, output)?, &arguments.range)?;
    output.answer(&response, &response.listed.meta.warnings, || human(&response))
}

fn human(response: &DiffResponse) -> String {
    let mut out: String = response.listed.items.iter().map(record).collect();
    let from = response.from.as_deref().map_or("nothing", short_commit);
    let records = match response.listed.total_count {
        1 => "1 record differs".to_owned(),
        count => format!("{} differ", counted(count, "record")),
    };
    let to = short_commit(&response.to);
    let _infallible = writeln!(out, "{DIM}{records} between {from} and {to}{DIM:#}");
    out
}

fn record(record: &DiffRecord) -> String {
    let (style, what) = match record.what {
        What::Created => (AnsiColor::Green.on_default(), "  (new)"),
        What::Changed | What::Mended => (Style::new(), ""),
        What::Removed => (AnsiColor::Red.on_default(), "  (file removed)"),
        What::Unreadable => (AnsiColor::Red.on_default(), "  (not readable)"),
    };
    let heading = heading(&record.kind, record.item_type.as_deref(), record.id, &record.title);
    let mut out = format!("{BOLD}{heading}{BOLD:#}{style}{what}{style:#}\n");
    for change in record
        .fields
        .iter()
        .filter(|change| !matches!(change.field.as_str(), "id" | "body"))
    {
        let _infallible = writeln!(out, "  {}", told(change));
    }
    out.push_str(&body_difference(record.body.as_deref()));
    out.push('\n');
    out
}
