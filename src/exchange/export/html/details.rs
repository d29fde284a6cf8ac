//! A section of each record, which all other parts link to.

use serde_json::Value;

use super::body::html;
use super::page::Page;
use super::text::{badge, boxes, escaped, link, marks, row, said, status, time, what};
use crate::exchange::export::Exported;
use crate::record::{Fields, Kind, RecordId};

/// Fields that stand in the heading already.
const HEADING: &[&str] = &["id", "item_type", "title", "name", "status"];

/// The sections of all records with identities of their own.
pub(super) fn details(page: &Page<'_>) -> String {
    let items = page.in_tree_order().into_iter().map(|(of, _, _)| of);
    let vendors = page.vendors().into_iter().map(|(of, _)| of);
    let deployments = page
        .deployments()
        .into_iter()
        .filter_map(|deployment| page.by_id.get(&deployment.id).copied());
    let enhancements = page.docket.of(Kind::Enhancement);
    let all = items.chain(vendors).chain(deployments).chain(enhancements);
    all.map(|of| article(page, of)).collect()
}

fn article(page: &Page<'_>, of: &Exported) -> String {
    let id = of.path.owner();
    let badge = status(of).map(badge).unwrap_or_default();
    let body = html(&of.record.body);
    let body = if body.is_empty() {
        body
    } else {
        format!("<div class=\"body\">\n{body}</div>\n")
    };
    format!(
        "<article id=\"r-{id}\" class=\"panel\" {} aria-labelledby=\"t-{id}\">\n\
         <p class=\"facts\">{badge}<span class=\"kind\">{}</span><code>{id}</code>{}</p>\n\
         <h3 id=\"t-{id}\">{}</h3>\n<div class=\"sides\">\n<div class=\"main-side\">\n{body}{}</div>\n\
         <dl class=\"fields\">{}</dl>\n</div>\n</article>\n",
        marks(of),
        what(of).replace('-', " "),
        boxes(of),
        said(&of.record.heading()),
        notes(page, id),
        fields(page, of, id),
    )
}

fn fields(page: &Page<'_>, of: &Exported, id: RecordId) -> String {
    let mut own = of.record.to_json();
    // What is in metadata stands beside the other fields, as people think of it.
    let metadata = own.shift_remove("metadata");
    let own = own.iter().filter(|(key, _)| !HEADING.contains(&key.as_str()));
    let free = metadata.iter().filter_map(Value::as_object).flatten();
    let mut rows: String = own.chain(free).map(|(key, value)| row(page, key, value)).collect();
    let mut related = |name: &str, ids: Option<&Vec<RecordId>>| {
        if let Some(ids) = ids {
            let links: String = ids.iter().map(|id| format!("<li>{}</li>", link(page, *id))).collect();
            rows.push_str(&format!("<dt>{name}</dt><dd><ul class=\"values\">{links}</ul></dd>"));
        }
    };
    related("below it", page.children.get(&id));
    related("waits for it", page.waited_for_by.get(&id));
    related("went out with", page.deployed.get(&id));
    if let Some(derived) = &of.derived {
        if let Some(at) = derived.updated_at {
            let by = derived
                .updated_by
                .as_deref()
                .map(|by| format!(" by {}", said(by)))
                .unwrap_or_default();
            rows.push_str(&format!("<dt>updated</dt><dd>{}{by}</dd>", time(at)));
        }
        if derived.conflicts > 0 {
            rows.push_str(&format!("<dt>conflicts</dt><dd>{} unresolved</dd>", derived.conflicts));
        }
        let commits = derived.place.iter().flat_map(|place| &place.commits);
        let commits: String = commits
            .map(|commit| format!("<li><code>{}</code></li>", escaped(commit)))
            .collect();
        if !commits.is_empty() {
            rows.push_str(&format!("<dt>commits</dt><dd><ul class=\"values\">{commits}</ul></dd>"));
        }
    }
    rows
}

fn notes(page: &Page<'_>, id: RecordId) -> String {
    let Some(notes) = page.notes.get(&id) else {
        return String::new();
    };
    let notes = notes.iter().map(|of| {
        let Fields::Note(note) = &of.record.fields else {
            return String::new();
        };
        let by = note.created_by.as_ref().map(|by| said(by.as_str())).unwrap_or_default();
        let at = note.created_at.map(time).unwrap_or_default();
        format!(
            "<li><p class=\"facts\"><strong>{by}</strong>{at}</p>\n<div class=\"body\">{}</div></li>\n",
            html(&of.record.body)
        )
    });
    format!(
        "<h4>Notes</h4>\n<ol class=\"notes\">\n{}</ol>\n",
        notes.collect::<String>()
    )
}

/// The files that nobody can read, and why.
pub(super) fn unread(page: &Page<'_>) -> String {
    let files = page.docket.unread.iter();
    let files = files.map(|file| {
        format!(
            "<li><code>{}</code>: {}</li>\n",
            escaped(&file.file),
            said(&file.reasons.join("; "))
        )
    });
    let files: String = files.collect();
    match files.is_empty() {
        true => files,
        false => format!("<ul class=\"panel\">\n{files}</ul>\n"),
    }
}
