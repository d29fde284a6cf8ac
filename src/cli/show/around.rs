//! What records of every kind have around their fields, as people read it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::cli::output::{BOLD, DIM, ID};
use crate::cli::record_list::{mark, marked};
use crate::cli::text::{grouped, one_line, short_commit, visible};
use crate::ops::{Brief, Dependency, DeploymentBrief, NoteView};
use crate::record::Kind;
use crate::record::common::Origin;
use crate::record::value::{Actor, Free, Time};

/// A field: its name, and what it says, where it says anything.
pub(super) type Field = (&'static str, Option<String>);

/// Where a record comes from and what became of it.
pub(super) struct Provenance<'r> {
    pub(super) created: (Option<Time>, Option<&'r Actor>),
    pub(super) updated: (Option<Time>, Option<&'r str>),
    pub(super) version: Option<u64>,
    pub(super) gone: [(&'static str, Option<Time>); 2],
    pub(super) conflicts: usize,
    pub(super) origin: Option<&'r Origin>,
}

impl Provenance<'_> {
    pub(super) fn rows(&self) -> Vec<Field> {
        let by = |at: Option<Time>, name: Option<&str>| match (at, name) {
            (Some(at), Some(name)) => Some(format!("{at} by {name}")),
            (at, name) => text(at.as_ref()).or(name.map(|name| format!("by {name}"))),
        };
        let origin = self.origin.map(|origin| {
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
        let unresolved = self.origin.iter().flat_map(|origin| &origin.unresolved.0);
        let unresolved =
            unresolved.flat_map(|(relation, names)| names.iter().map(move |name| format!("{relation} {name}")));
        let [first, second] = &self.gone;
        vec![
            ("created", by(self.created.0, self.created.1.map(|name| name.as_str()))),
            ("updated", by(self.updated.0, self.updated.1)),
            ("version", text(self.version.as_ref())),
            (first.0, text(first.1.as_ref())),
            (second.0, text(second.1.as_ref())),
            ("conflicts", (self.conflicts > 0).then(|| self.conflicts.to_string())),
            ("origin", origin),
            ("unresolved", joined(unresolved, ", ")),
        ]
    }
}

/// The keys of the metadata.
pub(super) fn metadata(metadata: &Free) -> impl Iterator<Item = Field> {
    let row = |(key, value)| ("metadata", Some(format!("{key}: {}", scalar(value))));
    metadata.0.iter().map(row)
}

/// The fields that say something, one on a line.
pub(super) fn rows(out: &mut String, fields: Vec<Field>) {
    for (name, value) in fields {
        if let Some(value) = value {
            let _infallible = writeln!(out, "{DIM}{name:<14}{DIM:#}{}", one_line(&value));
        }
    }
}

pub(super) fn text<T: std::fmt::Display>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

/// The values with something between them; nothing where there are none.
pub(super) fn joined<T: std::fmt::Display>(values: impl Iterator<Item = T>, between: &str) -> Option<String> {
    let values: Vec<_> = values.map(|value| value.to_string()).collect();
    (!values.is_empty()).then(|| values.join(between))
}

pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(super) fn section(out: &mut String, body: &str) {
    if !body.is_empty() {
        let _infallible = writeln!(out, "\n{}", visible(body));
    }
}

pub(super) fn briefs(out: &mut String, heading: &str, briefs: &[Brief]) {
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
            marked(one_line(&brief.title), gone(brief), 0)
        );
    }
}

/// What somebody should know of a record that is named beside another.
fn gone(brief: &Brief) -> Option<&'static str> {
    match brief.deleted && brief.item_type == Kind::Deployment.as_str() {
        true => Some("retracted"),
        false => mark(brief.deleted, brief.archived),
    }
}

/// Both sides of the dependencies.
pub(super) fn dependencies(out: &mut String, dependencies: &[Dependency]) {
    for (heading, side) in [("Waits for", "depends_on"), ("Is waited for by", "blocks")] {
        let edges = dependencies.iter().filter(|edge| edge.dependency_type == side);
        let targets: Vec<_> = edges.filter_map(|edge| edge.target.clone()).collect();
        briefs(out, heading, &targets);
    }
}

/// The newest of so many deployments in all.
pub(super) fn deployments(out: &mut String, deployments: &[DeploymentBrief], total: usize) {
    if deployments.is_empty() {
        return;
    }
    let _infallible = writeln!(out, "\n{BOLD}Deployments{BOLD:#}");
    for deployment in deployments {
        let _infallible = writeln!(
            out,
            "  {ID}{}{ID:#}  {}  {}  {}{}",
            deployment.id.short(),
            deployment.deployed_at,
            short_commit(deployment.commit_hash.as_ref()),
            one_line(deployment.environment.as_deref().unwrap_or("")),
            deployment
                .pr_title
                .as_deref()
                .map_or_else(String::new, |title| format!("  {}", one_line(title)))
        );
    }
    if total > deployments.len() {
        let more = grouped(total - deployments.len());
        let _infallible = writeln!(out, "  {DIM}and {more} more{DIM:#}");
    }
}

/// What was said.
pub(super) fn notes(out: &mut String, notes: &[NoteView]) {
    if !notes.is_empty() {
        let _infallible = writeln!(out, "\n{BOLD}Notes{BOLD:#}");
    }
    for note in notes {
        let by = note.created_by.as_ref().map_or("somebody", |name| name.as_str());
        let at = note.created_at.map_or_else(String::new, |time| format!(" on {time}"));
        let _infallible = writeln!(out, "\n{DIM}{}{at}{DIM:#}\n{}", one_line(by), visible(&note.body));
    }
}
