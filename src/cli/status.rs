//! `git docket status`

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::output::{BOLD, DIM, ID, Output};
use super::text::{counted, day, grouped, one_line, status_style, table};
use super::{Outcome, open};
use crate::ops::{self, Brief, Section, Settings, StandsStill, StatusResponse};
use crate::record::work_item::{ItemType, Status};

const RED: Style = AnsiColor::Red.on_default();

/// The docket on one screen: counts, what stands still and why, broken vendors, last deployments
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket status
  git docket status --json | jq .ready_count")]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::status(&open(settings, output)?)?;
    output.answer(&response, &response.meta.warnings, || text(&response, output.width()))
}

/// The screen.
pub(super) fn text(status: &StatusResponse, width: Option<usize>) -> String {
    let branch = status
        .reference
        .strip_prefix("refs/heads/")
        .unwrap_or(&status.reference);
    let mut out = format!("{BOLD}{}{BOLD:#} at {}", one_line(branch), &status.meta.revision[..8]);
    if let Some(proposal) = &status.proposal {
        let (ahead, behind) = (counted(proposal.ahead, "commit"), grouped(proposal.behind));
        let tracking = one_line(&proposal.tracking);
        let _infallible = write!(out, ", a proposal: {ahead} ahead of {tracking}, {behind} behind");
    }
    if let Some(context) = &status.active_context_type {
        let _infallible = write!(out, ", context {}", one_line(context));
    }
    if let Some(session) = &status.current_session {
        let _infallible = write!(out, ", session {} {}", session.id.short(), one_line(&session.title));
    }
    out.push_str("\n\n");
    out.push_str(&counts(status, width));
    let held = |held: &ops::Held| {
        let by = held.by.as_ref().map_or("nobody", |by| by.as_str());
        let until = held.until.map_or_else(String::new, |until| format!(" until {until}"));
        format!("{}{until}", one_line(by))
    };
    section(&mut out, "Active", &status.active, |item| (&item.item, held(item)));
    section(&mut out, "Claims that have run out", &status.expired_claims, |item| {
        (&item.item, held(item))
    });
    section(&mut out, "Blocked", &status.blocked, |item| (&item.item, reason(item)));
    section(&mut out, "Waiting", &status.waiting, |item| (&item.item, reason(item)));
    section(&mut out, "Broken vendors", &status.broken_vendors, |vendor| {
        (vendor, String::new())
    });
    deployments(&mut out, status);
    if !status.unreadable.is_empty() {
        let files = counted(status.unreadable.len(), "record");
        let _infallible = writeln!(out, "\n{RED}{files} cannot be read{RED:#}, named below");
    }
    if status.conflicts > 0 {
        let conflicts = counted(status.conflicts, "conflict");
        let _infallible = writeln!(out, "\n{RED}{conflicts}{RED:#}: git docket conflicts");
    }
    out.push_str(&index(status));
    out
}

/// How many items there are of each type and status.
fn counts(status: &StatusResponse, width: Option<usize>) -> String {
    if status.counts.is_empty() {
        return "No work items yet; git docket add makes the first.\n".to_owned();
    }
    let mut types: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for tally in &status.counts {
        types
            .entry(&tally.item_type)
            .or_default()
            .insert(&tally.status, tally.items);
    }
    let header: Vec<String> = Status::ALL
        .iter()
        .map(|status| status.as_str().to_uppercase())
        .collect();
    let header: Vec<&str> = std::iter::once("TYPE")
        .chain(header.iter().map(String::as_str))
        .collect();
    let rows = ItemType::ALL.iter().filter_map(|item_type| {
        let counts = types.get(item_type.as_str())?;
        let cell = |status: &Status| match counts.get(status.as_str()) {
            Some(count) => (grouped(*count), status_style(*status)),
            None => ("-".to_owned(), DIM),
        };
        let name = (item_type.to_string(), Style::new());
        Some(std::iter::once(name).chain(Status::ALL.iter().map(cell)).collect())
    });
    let rows: Vec<Vec<_>> = rows.collect();
    let all: usize = status.counts.iter().map(|tally| tally.items).sum();
    format!(
        "{}{DIM}{}, {} ready, {} waiting for others{DIM:#}\n",
        table(&header, &rows, width),
        counted(all, "work item"),
        grouped(status.ready_count),
        grouped(status.waiting.total_count)
    )
}

/// Why an item stands still.
fn reason(item: &StandsStill) -> String {
    let waits: Vec<_> = item
        .waits_for
        .iter()
        .map(|other| format!("{} {}", other.id.short(), one_line(&other.title)))
        .collect();
    let waits = (!waits.is_empty()).then(|| format!("waits for {}", waits.join(", ")));
    let reasons: Vec<_> = item
        .blocked_reason
        .as_deref()
        .map(one_line)
        .into_iter()
        .chain(waits)
        .collect();
    reasons.join("; ")
}

fn section<T>(out: &mut String, heading: &str, section: &Section<T>, line: impl Fn(&T) -> (&Brief, String)) {
    if section.items.is_empty() {
        return;
    }
    let _infallible = writeln!(out, "\n{BOLD}{heading}{BOLD:#}");
    for item in &section.items {
        let (item, more) = line(item);
        let gap = if more.is_empty() { "" } else { "  " };
        let _infallible = writeln!(
            out,
            "  {ID}{}{ID:#}  {}{gap}{DIM}{more}{DIM:#}",
            item.id.short(),
            one_line(&item.title)
        );
    }
    rest(out, section);
}

/// How many more there are than were named.
fn rest<T>(out: &mut String, section: &Section<T>) {
    if let Some(more) = section
        .total_count
        .checked_sub(section.items.len())
        .filter(|more| *more > 0)
    {
        let _infallible = writeln!(out, "  {DIM}and {} more{DIM:#}", grouped(more));
    }
}

fn deployments(out: &mut String, status: &StatusResponse) {
    if status.deployments.items.is_empty() {
        return;
    }
    let _infallible = writeln!(out, "\n{BOLD}Last deployments{BOLD:#}");
    for deployment in &status.deployments.items {
        let title = deployment.pr_title.as_deref().unwrap_or_default();
        let place = deployment.environment.as_deref().unwrap_or_default();
        let line = format!(
            "{}  {}  {}",
            day(Some(deployment.deployed_at)),
            one_line(place),
            one_line(title)
        );
        let _infallible = writeln!(out, "  {ID}{}{ID:#}  {}", deployment.id.short(), line.trim_end());
    }
    rest(out, &status.deployments);
}

fn index(status: &StatusResponse) -> String {
    let Some(index) = &status.index else {
        return String::new();
    };
    let more = match (index.state, index.lag, &index.reason) {
        ("current", ..) => format!(
            ", {}",
            counted(usize::try_from(index.records).unwrap_or(usize::MAX), "record")
        ),
        (_, Some(lag), _) => format!(", {} behind", counted(lag, "commit")),
        (_, _, Some(reason)) => format!(": {}", one_line(reason)),
        _ => String::new(),
    };
    format!("\n{DIM}index {}{more}{DIM:#}\n", index.state)
}
