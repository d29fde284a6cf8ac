//! `git docket log`

use std::fmt::Write as _;

use clap::Args;

use super::change::{heading, minute, told};
use super::output::{BOLD, DIM, ID, Output};
use super::record_list::positive;
use super::text::{counted, grouped, one_line};
use super::{Outcome, open};
use crate::ops::{self, DEFAULT_LOG_LIMIT, LogRequest, LogResponse, LoggedCommit, LoggedRecord, Settings, What};

/// How many records of one commit are shown.
const SHOWN_RECORDS: usize = 10;

/// Tell what changed, field by field, who did it and when, newest first
///
/// With ID, what happened to that record and to the notes, commit links and conflicts on it. With
/// --actor, only what that one did. A time is 2025-10-10 (midnight UTC), 2025-10-10T15:00:00Z, or
/// so long ago: 2h, 3d, 1w.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket log
  git docket log 3f9a2c1b
  git docket log --since 3d --actor claude-code
  git docket log --since 1a2b3c4d             what came after that commit
  git docket log --json --limit 1")]
pub(super) struct Arguments {
    /// The record
    #[arg(value_name = "ID")]
    id: Option<String>,

    /// Show at most N commits
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LOG_LIMIT, conflicts_with = "all", value_parser = positive)]
    limit: usize,

    /// Leave the first N out
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,

    /// Show all commits, however many
    #[arg(long)]
    all: bool,

    /// Only what came after this commit, or since this time
    #[arg(long, value_name = "COMMIT | TIME")]
    since: Option<String>,

    /// Only what this commit has, or what was done by this time
    #[arg(long, value_name = "COMMIT | TIME")]
    until: Option<String>,
}

pub(super) fn run(arguments: &Arguments, actor: Option<&str>, settings: &Settings, output: &Output) -> Outcome {
    let request = LogRequest {
        id: arguments.id.clone(),
        since: arguments.since.clone(),
        until: arguments.until.clone(),
        actor: actor.map(ToOwned::to_owned),
        limit: (!arguments.all).then_some(arguments.limit),
        offset: arguments.offset,
    };
    let response = ops::log(&open(settings, output)?, &request)?;
    output.answer(&response, &response.meta.warnings, || page(&response))
}

fn page(response: &LogResponse) -> String {
    let mut out: String = response.items.iter().map(commit).collect();
    if response.items.is_empty() {
        out.push_str("No commits match.\n");
    } else if response.has_more || response.offset > 0 {
        let (first, last) = (response.offset + 1, response.offset + response.items.len());
        let more = if response.has_more { "; --all shows all" } else { "" };
        let (first, last, total) = (grouped(first), grouped(last), grouped(response.total_count));
        let _infallible = writeln!(out, "{DIM}{first} to {last} of {total}{more}{DIM:#}");
    } else {
        let _infallible = writeln!(out, "{DIM}{}{DIM:#}", counted(response.total_count, "commit"));
    }
    out
}

fn commit(commit: &LoggedCommit) -> String {
    let mut out = format!(
        "{ID}{}{ID:#}  {DIM}{}{DIM:#}  {}  {BOLD}{}{BOLD:#}\n",
        commit.short(),
        minute(commit.time),
        one_line(commit.who()),
        one_line(&commit.subject)
    );
    for shown in commit.records.iter().take(SHOWN_RECORDS) {
        record(&mut out, shown);
    }
    if let Some(more) = commit.records.len().checked_sub(SHOWN_RECORDS).filter(|more| *more > 0) {
        let _infallible = writeln!(out, "  {DIM}and {} more{DIM:#}", counted(more, "record"));
    }
    out
}

fn record(out: &mut String, record: &LoggedRecord) {
    let heading = match record.on {
        Some(on) => format!(
            "{} on {ID}{}{ID:#}  {}",
            record.kind,
            on.short(),
            one_line(&record.title)
        ),
        None => heading(&record.kind, record.item_type.as_deref(), record.id, &record.title),
    };
    let what = match record.what {
        What::Created => "  (new)",
        What::Changed if record.fields.is_empty() => "  (no field changed)",
        What::Changed => "",
        What::Mended => "  (readable again)",
        What::Removed => "  (file removed)",
        What::Unreadable => "  (not readable)",
    };
    let _infallible = writeln!(out, "  {heading}{DIM}{what}{DIM:#}");
    for change in &record.fields {
        let _infallible = writeln!(out, "    {}", told(change));
    }
}
