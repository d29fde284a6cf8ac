//! A work item as people read it.

use super::around::{
    Field, Provenance, briefs, dependencies, deployments, joined, metadata, notes, rows, section, text,
};
use crate::cli::output::{BOLD, ID};
use crate::cli::text::{one_line, priority_style, status_style};
use crate::ops::{Brief, ShownWorkItem};
use crate::record::work_item::Priority;

pub(in crate::cli) fn work_item(shown: &ShownWorkItem) -> String {
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
    rows(&mut out, header(shown));
    section(&mut out, &view.body);
    briefs(&mut out, "Below it", &shown.around.children);
    dependencies(&mut out, &shown.around.dependencies);
    deployments(&mut out, &shown.around.deployments, shown.around.deployments.len());
    notes(&mut out, &shown.around.notes);
    out
}

/// The fields that are set, in the order people look for them.
fn header(shown: &ShownWorkItem) -> Vec<Field> {
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
    let provenance = Provenance {
        created: (fields.created_at, fields.created_by.as_ref()),
        updated: (shown.item.updated_at, shown.item.updated_by.as_deref()),
        version: shown.item.version,
        gone: [("archived", fields.archived_at), ("deleted", fields.deleted_at)],
        conflicts: shown.item.conflicts,
        origin: fields.origin.as_ref(),
    };
    rows.into_iter()
        .chain(provenance.rows())
        .chain(metadata(&fields.metadata))
        .collect()
}
