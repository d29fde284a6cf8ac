//! Everything in numbers.

use super::page::Page;
use super::text::{badge, bar, day, link};
use crate::record::vendor::VendorStatus;
use crate::record::work_item::{ItemType, Status};

/// The tiles, and the work items by type and status.
pub(super) fn overview(page: &Page<'_>) -> String {
    let items: Vec<_> = page.items().into_iter().map(|(_, item)| item).collect();
    let count = |status: Status| items.iter().filter(|item| item.status == status).count();
    let mut tiles = String::new();
    if !items.is_empty() {
        let open = count(Status::Pending) + count(Status::Active) + count(Status::Blocked);
        tile(&mut tiles, "#tree", items.len(), "work item", &format!("{open} open"));
        let blocked = count(Status::Blocked);
        tile(&mut tiles, "#board", blocked, "blocked", &format!("of {open} open"));
    }
    let vendors = page.vendors();
    if !vendors.is_empty() {
        let broken = vendors
            .iter()
            .filter(|(_, vendor)| vendor.status == VendorStatus::Broken)
            .count();
        let health = if broken > 0 {
            format!("{broken} broken")
        } else {
            "all operational".to_owned()
        };
        tile(&mut tiles, "#vendors", vendors.len(), "vendor", &health);
    }
    let deployments = page.deployments();
    if let Some(last) = deployments.first() {
        let last = format!("the last on {}", day(last.deployed_at));
        tile(&mut tiles, "#deployments", deployments.len(), "deployment", &last);
    }
    let enhancements: usize = page.enhancements().values().map(Vec::len).sum();
    if enhancements > 0 {
        let quarters = page.enhancements().keys().filter(|(none, _)| !none).count();
        let planned = format!("in {quarters} quarter{}", if quarters == 1 { "" } else { "s" });
        tile(&mut tiles, "#enhancements", enhancements, "enhancement", &planned);
    }
    let tiles = if tiles.is_empty() {
        "<p>There is nothing in it.</p>\n".to_owned()
    } else {
        format!("<ul class=\"tiles\">{tiles}</ul>\n")
    };
    format!("{tiles}{}{}", table(page), attention(page))
}

fn tile(out: &mut String, anchor: &str, count: usize, noun: &str, more: &str) {
    let plural = if count == 1 || noun == "blocked" { "" } else { "s" };
    out.push_str(&format!(
        "<li><a href=\"{anchor}\"><span class=\"number\">{count}</span> <span class=\"noun\">{noun}{plural}</span> \
         <span class=\"soft\">{more}</span></a></li>\n"
    ));
}

/// How many work items there are of each type and status.
fn table(page: &Page<'_>) -> String {
    let items: Vec<_> = page.items().into_iter().map(|(_, item)| item).collect();
    if items.is_empty() {
        return String::new();
    }
    let count = |item_type: Option<ItemType>, status: Status| {
        let fits = items
            .iter()
            .filter(|item| item_type.is_none_or(|wanted| item.item_type == wanted));
        fits.filter(|item| item.status == status).count()
    };
    let row = |name: &str, item_type: Option<ItemType>| {
        let counts: Vec<_> = Status::ALL
            .iter()
            .map(|status| (count(item_type, *status), *status))
            .collect();
        let total: usize = counts.iter().map(|(count, _)| count).sum();
        if total == 0 {
            return String::new();
        }
        let classes: Vec<_> = counts
            .iter()
            .map(|(count, status)| (*count, format!("f-{status}")))
            .collect();
        let parts: Vec<_> = classes.iter().map(|(count, class)| (*count, class.as_str())).collect();
        let cells: String = counts
            .iter()
            .map(|(count, _)| match count {
                0 => "<td class=\"right soft\">0</td>".to_owned(),
                count => format!("<td class=\"right\">{count}</td>"),
            })
            .collect();
        format!(
            "<tr><th scope=\"row\">{name}</th>{cells}<td class=\"right\"><strong>{total}</strong></td><td class=\"chart\">{}</td></tr>\n",
            bar(&parts)
        )
    };
    let heads: String = Status::ALL
        .iter()
        .map(|status| format!("<th scope=\"col\" class=\"right\">{}</th>", badge(status.as_str())))
        .collect();
    let rows: String = ItemType::ALL
        .iter()
        .map(|item_type| row(item_type.as_str(), Some(*item_type)))
        .collect();
    format!(
        "<div class=\"wide panel\" tabindex=\"0\" role=\"region\" aria-label=\"Work items by type and status\"><table class=\"counts\">\n\
         <thead><tr><td></td>{heads}<th scope=\"col\" class=\"right\">all</th><td></td></tr></thead>\n\
         <tbody>{rows}</tbody>\n<tfoot>{}</tfoot></table></div>\n",
        row("all", None)
    )
}

/// What stands still, and why.
fn attention(page: &Page<'_>) -> String {
    let items = page.items();
    let blocked = items
        .iter()
        .filter(|(_, item)| item.status == Status::Blocked)
        .map(|(_, item)| {
            let reason = item
                .metadata
                .0
                .get("blocked_reason")
                .and_then(serde_json::Value::as_str);
            let reason = reason.map(|reason| format!(" <span class=\"soft\">— {}</span>", super::text::said(reason)));
            format!(
                "<li>{} {}{}</li>\n",
                badge("blocked"),
                link(page, item.id),
                reason.unwrap_or_default()
            )
        });
    let vendors = page.vendors();
    let broken = vendors
        .iter()
        .filter(|(_, vendor)| vendor.status == VendorStatus::Broken);
    let broken = broken.map(|(_, vendor)| format!("<li>{} {}</li>\n", badge("broken"), link(page, vendor.id)));
    let stands: String = blocked.chain(broken).collect();
    match stands.is_empty() {
        true => String::new(),
        false => format!("<h3>What stands still</h3>\n<ul class=\"plain panel\">\n{stands}</ul>\n"),
    }
}
