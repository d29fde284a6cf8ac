//! Work items: what is below what, and how far each is.

use super::page::Page;
use super::text::{badge, boxes, chip, escaped, marks, said};
use crate::exchange::export::Exported;
use crate::record::WorkItem;
use crate::record::work_item::{Priority, Status};

/// The work items as a tree whose branches fold.
pub(super) fn tree(page: &Page<'_>) -> String {
    let rows = page.in_tree_order();
    if rows.is_empty() {
        return String::new();
    }
    let mut out = "<ul class=\"tree panel\">\n".to_owned();
    // What closes the branches that are open.
    let mut open: Vec<&str> = Vec::new();
    for (at, (of, item, depth)) in rows.iter().enumerate() {
        while open.len() > *depth {
            out.push_str(open.pop().unwrap_or_default());
        }
        let has_children = rows.get(at + 1).is_some_and(|(_, _, next)| next > depth);
        let row = row(of, item);
        out.push_str(&format!("<li {}>", marks(of)));
        if has_children {
            out.push_str(&format!("<details open><summary>{row}</summary>\n<ul>\n"));
            open.push("</ul></details></li>\n");
        } else {
            out.push_str(&format!("<div class=\"leaf\">{row}</div></li>\n"));
        }
    }
    while let Some(close) = open.pop() {
        out.push_str(close);
    }
    out.push_str("</ul>\n");
    out
}

fn row(of: &Exported, item: &WorkItem) -> String {
    let id = item.id;
    let who = item
        .assignee
        .as_ref()
        .map(|name| format!("<span class=\"who\">{}</span>", said(name.as_str())));
    format!(
        "{} <a href=\"#r-{id}\">{}</a> <span class=\"facts\">{}{}{}{}{}<span class=\"kind\">{}</span><code>{}</code></span>",
        badge(item.status.as_str()),
        said(item.title.as_str()),
        gone(item),
        urgent(item),
        labels(item),
        boxes(of),
        who.unwrap_or_default(),
        item.item_type,
        id.short(),
    )
}

/// The work items in a column for each status.
pub(super) fn board(page: &Page<'_>) -> String {
    let mut items = page.items();
    if items.is_empty() {
        return String::new();
    }
    items.sort_by_key(|(_, item)| item.priority);
    let column = |status: &Status| {
        let cards: Vec<_> = items.iter().filter(|(_, item)| item.status == *status).collect();
        let list: String = cards.iter().map(|(of, item)| card(of, item)).collect();
        let none = if cards.is_empty() {
            "<p class=\"soft\">none</p>"
        } else {
            ""
        };
        format!(
            "<section class=\"column\" aria-labelledby=\"column-{status}\">\n\
             <h3 id=\"column-{status}\">{} <span class=\"count\">{}</span></h3>\n<ul>{list}</ul>{none}</section>\n",
            badge(status.as_str()),
            cards.len()
        )
    };
    let columns: String = Status::ALL.iter().map(column).collect();
    format!("<div class=\"board\" tabindex=\"0\" role=\"region\" aria-label=\"Board, by status\">\n{columns}</div>\n")
}

fn card(of: &Exported, item: &WorkItem) -> String {
    let who = item
        .assignee
        .as_ref()
        .map(|name| format!("<span class=\"who\">{}</span>", said(name.as_str())));
    let reason = item
        .metadata
        .0
        .get("blocked_reason")
        .and_then(serde_json::Value::as_str);
    let reason = reason.filter(|_| item.status == Status::Blocked);
    let reason = reason.map(|reason| format!("<p class=\"reason\">{}</p>", said(reason)));
    format!(
        "<li class=\"card s-{}\" {}><a href=\"#r-{}\">{}</a>{}<p class=\"facts\">{}{}<span class=\"kind\">{}</span>{}{}{}</p></li>\n",
        item.status,
        marks(of),
        item.id,
        said(item.title.as_str()),
        reason.unwrap_or_default(),
        gone(item),
        urgent(item),
        item.item_type,
        labels(item),
        boxes(of),
        who.unwrap_or_default(),
    )
}

fn labels(item: &WorkItem) -> String {
    item.labels.iter().map(|label| chip(label.as_str())).collect()
}

fn urgent(item: &WorkItem) -> String {
    match item.priority {
        Priority::Medium => String::new(),
        priority => format!("<span class=\"p-{priority}\">{priority}</span>"),
    }
}

/// Whether it is only shown because somebody asked for what is gone, too.
pub(super) fn gone(item: &WorkItem) -> String {
    let words = [item.deleted_at.map(|_| "deleted"), item.archived_at.map(|_| "archived")];
    words
        .iter()
        .flatten()
        .map(|word| format!("<span class=\"gone\">{}</span>", escaped(word)))
        .collect()
}
