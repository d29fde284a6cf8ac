//! `git docket show`

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::output::{BOLD, DIM, ID, Output};
use super::text::{one_line, priority_style, status_style, visible};
use super::{Outcome, open};
use crate::ops::{self, Brief, Settings, ShowResponse, ShownRecord, ShownWorkItem};
use crate::record::work_item::Priority;

/// Show one record, whole
///
/// ID is the id of a record, any unique beginning or end of it, or an alias, such as the name it
/// had in the tracker it was imported from.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket show 3f9a2c1b
  git docket show bd-kwro
  git docket show bd-kwro --json")]
pub(super) struct Arguments {
    /// The record
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::show(&open(settings)?, &arguments.id)?;
    if output.is_json() {
        output.print_json(&response)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (text, meta) = match &response {
        ShowResponse::WorkItem(item) => (work_item(item), &item.meta),
        ShowResponse::Other(record) => (other(record), &record.meta),
    };
    output.print(&text)?;
    output.warnings(&meta.warnings);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn work_item(shown: &ShownWorkItem) -> String {
    let view = &shown.item;
    let fields = &view.fields;
    let status = status_style(fields.status);
    let mut out = format!("{BOLD}{}{BOLD:#}\n", one_line(fields.title.as_str()));
    let mut summary = format!(
        "{} {ID}{}{ID:#}  {status}{}{status:#}",
        fields.item_type,
        fields.id.short(),
        fields.status
    );
    if fields.priority != Priority::Medium {
        let style = priority_style(fields.priority);
        summary.push_str(&format!("  {style}{} priority{style:#}", fields.priority));
    }
    if view.progress.total > 0 {
        summary.push_str(&format!(
            "  {} of {} boxes ticked",
            view.progress.done, view.progress.total
        ));
    }
    out.push_str(&summary);
    out.push_str("\n\n");
    for (name, value) in header(shown) {
        let _infallible = writeln!(out, "{DIM}{name:<14}{DIM:#}{}", one_line(&value));
    }
    section(&mut out, &view.body);
    briefs(&mut out, "Below it", &shown.children);
    for (heading, side) in [("Waits for", "depends_on"), ("Is waited for by", "blocks")] {
        let edges = shown.dependencies.iter().filter(|d| d.dependency_type == side);
        let targets: Vec<_> = edges.filter_map(|d| d.target.clone()).collect();
        briefs(&mut out, heading, &targets);
    }
    if !shown.notes.is_empty() {
        let _infallible = writeln!(out, "\n{BOLD}Notes{BOLD:#}");
    }
    for note in &shown.notes {
        let by = note.created_by.as_ref().map_or("somebody", |name| name.as_str());
        let at = note.created_at.map_or_else(String::new, |time| format!(" on {time}"));
        let _infallible = writeln!(out, "\n{DIM}{}{at}{DIM:#}\n{}", one_line(by), visible(&note.body));
    }
    out
}

/// The fields that are set, in the order people look for them.
fn header(shown: &ShownWorkItem) -> Vec<(&'static str, String)> {
    let view = &shown.item;
    let fields = &view.fields;
    let joined = |values: Vec<String>| (!values.is_empty()).then(|| values.join(", "));
    let by = |at: Option<String>, name: Option<String>| match (at, name) {
        (Some(at), Some(name)) => Some(format!("{at} by {name}")),
        (at, name) => at.or(name),
    };
    let text = |value: Option<&dyn ToString>| value.map(ToString::to_string);
    let ancestors = shown
        .ancestors
        .iter()
        .map(|a| format!("{} ({})", a.title, a.id.short()))
        .collect::<Vec<_>>();
    let links = fields
        .links
        .iter()
        .map(|(relation, id)| format!("{} {}", relation.as_str(), id.short()))
        .collect();
    let claim = fields.claim.as_ref().map(|claim| {
        let until = claim.until.map_or_else(String::new, |until| format!(" until {until}"));
        format!("{} since {}{until}", claim.by, claim.at)
    });
    let mut rows = vec![
        ("id", Some(fields.id.to_string())),
        (
            "aliases",
            joined(fields.aliases.iter().map(|a| a.as_str().to_owned()).collect()),
        ),
        ("below", (!ancestors.is_empty()).then(|| ancestors.join(" › "))),
        (
            "labels",
            joined(fields.labels.iter().map(ToString::to_string).collect()),
        ),
        ("assignee", text(fields.assignee.as_ref().map(|a| a as &dyn ToString))),
        ("claimed", claim),
        ("branch", text(fields.branch_name.as_ref().map(|b| b as &dyn ToString))),
        ("pull request", fields.pr_number.map(|n| n.get().to_string())),
        (
            "commits",
            joined(view.commits.iter().map(|c| c[..10].to_owned()).collect()),
        ),
        ("links", joined(links)),
        (
            "external",
            joined(fields.external.iter().map(ToString::to_string).collect()),
        ),
        (
            "created",
            by(
                text(fields.created_at.as_ref().map(|t| t as &dyn ToString)),
                text(fields.created_by.as_ref().map(|n| n as &dyn ToString)),
            ),
        ),
        (
            "updated",
            by(
                text(view.updated_at.as_ref().map(|t| t as &dyn ToString)),
                view.updated_by.clone(),
            ),
        ),
        ("version", view.version.map(|v| v.to_string())),
        (
            "archived",
            text(fields.archived_at.as_ref().map(|t| t as &dyn ToString)),
        ),
        ("deleted", text(fields.deleted_at.as_ref().map(|t| t as &dyn ToString))),
        ("conflicts", (view.conflicts > 0).then(|| view.conflicts.to_string())),
    ];
    if let Some(origin) = &fields.origin {
        let theirs = [
            ("type", &origin.r#type),
            ("status", &origin.status),
            ("priority", &origin.priority),
        ];
        let theirs = theirs
            .iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} {value}")));
        rows.push((
            "origin",
            Some(
                std::iter::once(format!("{} {}", origin.system, origin.id))
                    .chain(theirs)
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
        ));
    }
    let mut rows: Vec<_> = rows
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    rows.extend(
        fields
            .metadata
            .0
            .iter()
            .map(|(key, value)| ("metadata", format!("{key}: {}", scalar(value)))),
    );
    rows
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn section(out: &mut String, body: &str) {
    if !body.is_empty() {
        let _infallible = writeln!(out, "\n{}", visible(body));
    }
}

fn briefs(out: &mut String, heading: &str, briefs: &[Brief]) {
    if briefs.is_empty() {
        return;
    }
    let _infallible = writeln!(out, "\n{BOLD}{heading}{BOLD:#}");
    for brief in briefs {
        let status = brief.status.as_deref().unwrap_or("");
        let _infallible = writeln!(
            out,
            "  {ID}{}{ID:#}  {status:<9}  {}",
            brief.id.short(),
            one_line(&brief.title)
        );
    }
}

fn other(record: &ShownRecord) -> String {
    let mut out = format!("{BOLD}{}{BOLD:#}\n{}\n\n", one_line(&record.heading), record.kind);
    for (key, value) in &record.fields {
        let _infallible = writeln!(out, "{DIM}{key:<20}{DIM:#}{}", one_line(&scalar(value)));
    }
    section(&mut out, &record.body);
    out
}
