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

    /// As of this commit, or of the newest one not after this time
    #[arg(long, value_name = "COMMIT|DATE")]
    as_of: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::show(&open(settings, output)?, &arguments.id, arguments.as_of.as_deref())?;
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
    briefs(&mut out, "Below it", &shown.around.children);
    for (heading, side) in [("Waits for", "depends_on"), ("Is waited for by", "blocks")] {
        let edges = shown.around.dependencies.iter().filter(|d| d.dependency_type == side);
        let targets: Vec<_> = edges.filter_map(|d| d.target.clone()).collect();
        briefs(&mut out, heading, &targets);
    }
    if !shown.around.notes.is_empty() {
        let _infallible = writeln!(out, "\n{BOLD}Notes{BOLD:#}");
    }
    for note in &shown.around.notes {
        let by = note.created_by.as_ref().map_or("somebody", |name| name.as_str());
        let at = note.created_at.map_or_else(String::new, |time| format!(" on {time}"));
        let _infallible = writeln!(out, "\n{DIM}{}{at}{DIM:#}\n{}", one_line(by), visible(&note.body));
    }
    out
}

/// The fields that are set, in the order people look for them.
fn header(shown: &ShownWorkItem) -> Vec<(&'static str, String)> {
    let fields = &shown.item.fields;
    let short = |brief: &Brief| format!("{} ({})", brief.title, brief.id.short());
    let claim = fields.claim.as_ref().map(|claim| {
        let until = claim.until.map_or_else(String::new, |until| format!(" until {until}"));
        format!("{} since {}{until}", claim.by, claim.at)
    });
    let links = fields
        .links
        .iter()
        .map(|(relation, id)| format!("{} {}", relation.as_str(), id.short()));
    let rows = [
        ("id", Some(fields.id.to_string())),
        (
            "aliases",
            joined(fields.aliases.iter().map(|alias| alias.as_str()), ", "),
        ),
        ("below", joined(shown.around.ancestors.iter().map(short), " › ")),
        ("labels", joined(fields.labels.iter(), ", ")),
        ("assignee", text(fields.assignee.as_ref())),
        ("claimed", claim),
        ("branch", text(fields.branch_name.as_ref())),
        ("pull request", fields.pr_number.map(|number| number.get().to_string())),
        (
            "commits",
            joined(shown.item.commits.iter().map(|commit| &commit[..10]), ", "),
        ),
        ("links", joined(links, ", ")),
        ("external", joined(fields.external.iter(), ", ")),
    ];
    let metadata = fields
        .metadata
        .0
        .iter()
        .map(|(key, value)| ("metadata", Some(format!("{key}: {}", scalar(value)))));
    let all = rows.into_iter().chain(provenance(shown)).chain(metadata);
    all.filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Where the item comes from and what became of it.
fn provenance(shown: &ShownWorkItem) -> Vec<(&'static str, Option<String>)> {
    let (view, fields) = (&shown.item, &shown.item.fields);
    let by = |at: Option<String>, name: Option<String>| match (at, name) {
        (Some(at), Some(name)) => Some(format!("{at} by {name}")),
        (at, name) => at.or(name.map(|name| format!("by {name}"))),
    };
    let origin = fields.origin.as_ref().map(|origin| {
        let theirs = [
            ("type", &origin.r#type),
            ("status", &origin.status),
            ("priority", &origin.priority),
        ];
        let theirs = theirs
            .iter()
            .filter_map(|(name, value)| Some(format!(", {name} {}", value.as_ref()?)));
        format!("{} {}{}", origin.system, origin.id, theirs.collect::<String>())
    });
    let unresolved = fields.origin.iter().flat_map(|origin| &origin.unresolved.0);
    let unresolved =
        unresolved.flat_map(|(relation, names)| names.iter().map(move |name| format!("{relation} {name}")));
    let unresolved = joined(unresolved, ", ");
    vec![
        (
            "created",
            by(text(fields.created_at.as_ref()), text(fields.created_by.as_ref())),
        ),
        ("updated", by(text(view.updated_at.as_ref()), view.updated_by.clone())),
        ("version", text(view.version.as_ref())),
        ("archived", text(fields.archived_at.as_ref())),
        ("deleted", text(fields.deleted_at.as_ref())),
        ("conflicts", (view.conflicts > 0).then(|| view.conflicts.to_string())),
        ("origin", origin),
        ("unresolved", unresolved),
    ]
}

fn text<T: std::fmt::Display>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

/// The values with something between them; nothing where there are none.
fn joined<T: std::fmt::Display>(values: impl Iterator<Item = T>, between: &str) -> Option<String> {
    let values: Vec<_> = values.map(|value| value.to_string()).collect();
    (!values.is_empty()).then(|| values.join(between))
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
    let width = record.fields.keys().map(|key| key.chars().count()).max().unwrap_or(0) + 2;
    for (key, value) in &record.fields {
        let _infallible = writeln!(out, "{DIM}{:<width$}{DIM:#}{}", one_line(key), one_line(&scalar(value)));
    }
    section(&mut out, &record.body);
    out
}
