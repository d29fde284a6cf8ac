//! `git docket stats`

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;
use clap::Args;

use super::output::{BOLD, DIM, ID, Output};
use super::text::{counted, grouped, one_line, table};
use super::{Outcome, open};
use crate::ops::{self, Settings, StatsResponse};
use crate::record::work_item::{ItemType, Priority, Status};

/// Count work items, what gets done in a week, and how long it takes
///
/// Deleted and archived items do not count. The cycle time is from when an item first became active
/// to when it was completed; it is told as a range, since more would pretend to know.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket stats
  git docket stats --since 4w                 cycle times of what was completed since
  git docket stats --json | jq .counts.status")]
pub(super) struct Arguments {
    /// Cycle times of items completed since then: a commit, 2025-10-10, 2025-10-10T15:00:00Z, or 2h, 3d, 1w ago
    #[arg(long, value_name = "COMMIT | TIME")]
    since: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::stats(&open(settings, output)?, arguments.since.as_deref())?;
    output.answer(&response, &response.meta.warnings, || human(&response))
}

fn human(stats: &StatsResponse) -> String {
    let mut out = format!("{BOLD}{}{BOLD:#}\n\n", counted(stats.total, "work item"));
    let counts = &stats.counts;
    words(
        &mut out,
        "status",
        &counts.status,
        Status::ALL.iter().map(|word| word.as_str()),
    );
    words(
        &mut out,
        "type",
        &counts.item_type,
        ItemType::ALL.iter().map(|word| word.as_str()),
    );
    words(
        &mut out,
        "priority",
        &counts.priority,
        Priority::ALL.iter().map(|word| word.as_str()),
    );
    let mut line = |name: &str, value: &str| {
        let _infallible = writeln!(out, "{DIM}{name:<12}{DIM:#}{value}");
    };
    line("ready", &grouped(stats.ready));
    line("held up", &grouped(stats.blocked));
    if let Some(oldest) = &stats.oldest_open {
        let created = oldest.created_at.to_string();
        let (id, title) = (oldest.item.id.short(), one_line(&oldest.item.title));
        line(
            "oldest open",
            &format!("{ID}{id}{ID:#}  {title}, since {}", &created[..10]),
        );
    }
    out.push('\n');
    let weeks = stats.throughput.iter().map(|week| {
        let number = |number| (grouped(number), Style::new());
        let from = (week.from.to_string()[..10].to_owned(), DIM);
        vec![from, number(week.created), number(week.completed)]
    });
    out.push_str(&table(
        &["WEEK FROM", "CREATED", "COMPLETED"],
        &weeks.collect::<Vec<_>>(),
        None,
    ));
    out.push('\n');
    let cycle = &stats.cycle_time;
    if cycle.items == 0 {
        out.push_str("No item was begun and completed here, so there is no cycle time yet.\n");
        return out;
    }
    let rows = cycle.percentiles.iter().map(|percentile| {
        let of = format!("{} % took at most", percentile.percent);
        vec![(of, Style::new()), (percentile.range.clone(), BOLD)]
    });
    let of = format!("OF {}", counted(cycle.items, "ITEM").to_uppercase());
    out.push_str(&table(&[&of, "CYCLE TIME"], &rows.collect::<Vec<_>>(), None));
    out
}

/// The words of which there are any, with their numbers, on one line.
fn words(out: &mut String, name: &str, counts: &BTreeMap<String, usize>, order: impl Iterator<Item = &'static str>) {
    let known = order.filter_map(|word| Some((word, *counts.get(word)?)));
    let told: Vec<_> = known
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{} {word}", grouped(count)))
        .collect();
    let _infallible = writeln!(out, "{DIM}{name:<12}{DIM:#}{}", told.join(", "));
}
