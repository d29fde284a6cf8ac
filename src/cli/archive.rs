//! `git docket archive` and `unarchive`

use std::fmt::Write as _;

use anstyle::Style;
use clap::Args;

use super::output::{BOLD, DIM, ID, Output};
use super::text::{Cell, counted, day, grouped, one_line, table};
use super::{Outcome, open};
use crate::ops::{self, ArchiveRequest, ArchiveResponse, ArchivedItem, Settings, UnarchiveRequest};

/// How many items are told of what was done; what would be done is told whole.
const TOLD: usize = 20;

/// Put away what has been over for long
///
/// Archives, in one commit, the work items that are completed, cancelled or deleted and have not changed for so long.
/// An item stays where something below it does. What is archived is left out of lists; `show`, `list --archived` and
/// `unarchive` still know it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket archive --dry-run                what would be archived, and what stays
  git docket archive --older-than 90d
  git docket config set archive.older_than 26w")]
pub(super) struct Arguments {
    /// For how long it must not have changed, such as 90d, 52w or 1y [default: archive.older_than, else 365d]
    #[arg(long, value_name = "AGE")]
    older_than: Option<String>,

    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// Take work items out of the archive
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket unarchive 3f9a2c1b 7c01d2aa      both in one commit")]
pub(super) struct UnarchiveArguments {
    /// The work items
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let request = ArchiveRequest {
        older_than: arguments.older_than.clone(),
        dry_run: arguments.dry_run,
        updated_by: None,
    };
    // The bar goes with the context, before anything is printed.
    let response = ops::archive(&open(settings, output)?, &request)?;
    output.answer(&response, &response.meta.warnings, || told(&response, output.width()))
}

pub(super) fn run_unarchive(arguments: &UnarchiveArguments, settings: &Settings, output: &Output) -> Outcome {
    let request = UnarchiveRequest {
        ids: arguments.ids.clone(),
        updated_by: None,
    };
    let response = ops::unarchive(&open(settings, output)?, &request)?;
    output.answer(&response, &response.meta.warnings, || {
        format!("{}\n", one_line(&response.summary))
    })
}

fn told(response: &ArchiveResponse, width: Option<usize>) -> String {
    let items = counted(response.archived, "work item");
    let since = format!(
        "unchanged since {} ({})",
        day(Some(response.unchanged_since)),
        response.older_than
    );
    let mut out = match (&response.commit, response.archived) {
        (Some(commit), _) => format!("Archived {items}, {since}, in commit {}\n", &commit[..8]),
        (None, 0) => format!("Nothing to archive: nothing that is over and could go is {since}\n"),
        (None, _) => format!("Would archive {items}, {since}\n"),
    };
    let most = if response.dry_run { usize::MAX } else { TOLD };
    let rows: Vec<_> = response.items.iter().take(most).map(|item| row(item, None)).collect();
    section(
        &mut out,
        "",
        &["ID", "TYPE", "STATUS", "UPDATED", "TITLE"],
        &rows,
        response.items.len(),
        width,
    );
    let rows: Vec<_> = response
        .kept
        .iter()
        .take(most)
        .map(|kept| {
            let below = [(kept.open_below, "open"), (kept.recent_below, "not old enough")];
            let below = below.iter().filter(|(count, _)| *count > 0);
            let below: Vec<_> = below
                .map(|(count, what)| format!("{} {what}", grouped(*count)))
                .collect();
            row(&kept.item, Some(below.join(", ")))
        })
        .collect();
    let header = ["ID", "TYPE", "STATUS", "UPDATED", "BELOW IT", "TITLE"];
    section(
        &mut out,
        "Old enough, but something below stays",
        &header,
        &rows,
        response.kept.len(),
        width,
    );
    if !response.skipped.is_empty() {
        let _infallible = writeln!(out, "\n{BOLD}Cannot be changed here{BOLD:#}");
        for skipped in response.skipped.iter().take(most) {
            let (id, reason) = (skipped.item.id.short(), one_line(&skipped.reason));
            let _infallible = writeln!(out, "  {ID}{id}{ID:#}  {reason}");
        }
        more(&mut out, response.skipped.len(), response.skipped.len().min(most));
    }
    out
}

fn section(out: &mut String, title: &str, header: &[&str], rows: &[Vec<Cell>], all: usize, width: Option<usize>) {
    if rows.is_empty() {
        return;
    }
    out.push('\n');
    if !title.is_empty() {
        let _infallible = writeln!(out, "{BOLD}{title}{BOLD:#}");
    }
    out.push_str(&table(header, rows, width));
    more(out, all, rows.len());
}

fn more(out: &mut String, all: usize, told: usize) {
    if all > told {
        let _infallible = writeln!(out, "… and {} more; --json has all of them", grouped(all - told));
    }
}

fn row(item: &ArchivedItem, below: Option<String>) -> Vec<Cell> {
    let plain = Style::new();
    let status = match item.deleted {
        true => "deleted",
        false => item.status.as_deref().unwrap_or_default(),
    };
    let mut cells = vec![
        (item.id.short(), ID),
        (one_line(&item.item_type), plain),
        (one_line(status), DIM),
        (day(item.updated_at), plain),
    ];
    cells.extend(below.map(|below| (below, plain)));
    cells.push((one_line(&item.title), plain));
    cells
}
