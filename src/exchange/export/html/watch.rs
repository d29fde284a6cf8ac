//! What a team watches: vendors and how well they are read, what went out, what might be built.

use super::page::Page;
use super::text::{badge, bar, chip, day, escaped, link, marks, said, time};
use crate::exchange::export::Exported;
use crate::record::value::Time;
use crate::record::{Deployment, RecordId, Vendor};

/// The vendors as cards, each with its health.
pub(super) fn vendors(page: &Page<'_>) -> String {
    let vendors = page.vendors();
    if vendors.is_empty() {
        return String::new();
    }
    let cards: String = vendors
        .iter()
        .map(|(of, vendor)| vendor_card(page, of, vendor))
        .collect();
    format!("<ul class=\"cards\">\n{cards}</ul>\n")
}

fn vendor_card(page: &Page<'_>, of: &Exported, vendor: &Vendor) -> String {
    let tests = match &vendor.test_results {
        Some(tests) => {
            let count = |count: i64| usize::try_from(count).unwrap_or(0);
            let (passing, total) = (count(tests.passing.get()), count(tests.total.get()));
            let skipped = tests.skipped.map_or(0, |skipped| count(skipped.get()));
            let failing = total.saturating_sub(passing.saturating_add(skipped));
            let parts = [(passing, "f-completed"), (failing, "f-blocked"), (skipped, "f-none")];
            let mut words = vec![format!("{passing} of {total} tests pass")];
            words.extend((failing > 0).then(|| format!("{failing} fail")));
            words.extend((skipped > 0).then(|| format!("{skipped} not run")));
            format!("{}<p>{}</p>", bar(&parts), words.join(", "))
        }
        None => "<p class=\"soft\">no tests told</p>".to_owned(),
    };
    let formats = vendor.format_support.0.iter().map(|(name, supported)| {
        let (class, word) = if *supported {
            ("yes", "can be read")
        } else {
            ("no", "cannot be read")
        };
        format!(
            "<li class=\"{class}\">{}<span class=\"unseen\"> {word}</span></li>",
            said(name)
        )
    });
    let formats: String = formats.collect();
    let formats = if formats.is_empty() {
        formats
    } else {
        format!("<ul class=\"formats\" aria-label=\"Formats\">{formats}</ul>")
    };
    let version = vendor.extractor_version.as_ref();
    let version = version.map(|version| format!("<span>extractor {}</span>", said(version.as_str())));
    let last = page.deployed.get(&vendor.id).and_then(|ids| ids.first());
    let last = last.map(|id| format!("<span>last touched by {}</span>", link(page, *id)));
    format!(
        "<li class=\"card s-{status}\" {}><h3><a href=\"#r-{}\">{}</a></h3> {}{}{tests}{formats}<p class=\"facts\">{}{}</p></li>\n",
        marks(of),
        vendor.id,
        said(vendor.name.as_str()),
        badge(vendor.status.as_str()),
        vendor.deleted_at.map_or("", |_| " <span class=\"gone\">deleted</span>"),
        version.unwrap_or_default(),
        last.unwrap_or_default(),
        status = vendor.status,
    )
}

/// The deployments on a time line, newest first.
pub(super) fn deployments(page: &Page<'_>) -> String {
    let deployments = page.deployments();
    let mut out = String::new();
    let mut month = String::new();
    for deployment in &deployments {
        let this = deployment.deployed_at.to_string()[..7].to_owned();
        if this != month {
            if !month.is_empty() {
                out.push_str("</ol>\n");
            }
            out.push_str(&format!(
                "<h3>{}</h3>\n<ol class=\"line\">\n",
                named_month(deployment.deployed_at)
            ));
            month = this;
        }
        out.push_str(&stop(page, deployment));
    }
    if !deployments.is_empty() {
        out.push_str("</ol>\n");
    }
    out
}

fn stop(page: &Page<'_>, deployment: &Deployment) -> String {
    let Some(of) = page.by_id.get(&deployment.id) else {
        return String::new();
    };
    let environment = deployment
        .environment
        .as_ref()
        .map(|name| chip(name.as_str()))
        .unwrap_or_default();
    let retracted = deployment
        .retracted
        .as_ref()
        .map_or("", |_| "<span class=\"gone\">retracted</span>");
    let number = deployment
        .pr_number
        .map(|number| format!("<span>#{}</span>", number.get()))
        .unwrap_or_default();
    let commit = deployment.commit_hash.as_ref();
    let commit = commit.map_or_else(String::new, |commit| format!("<code>{}</code>", &commit.as_str()[..8]));
    let tests = deployment.test_summary.0.iter();
    let tests: Vec<_> = tests
        .map(|(name, count)| format!("{} {}", count.get(), said(name)))
        .collect();
    let tests = if tests.is_empty() {
        String::new()
    } else {
        format!("<span>{} tests</span>", tests.join(", "))
    };
    format!(
        "<li {}><p class=\"facts\">{} {environment}{retracted}{number}{commit}{tests}</p>\n\
         <p><a class=\"title\" href=\"#r-{}\">{}</a></p>{}{}</li>\n",
        marks(of),
        time(deployment.deployed_at),
        deployment.id,
        said(&of.record.heading()),
        links(page, "Carries", deployment.related_work_items.iter()),
        links(page, "Touches", deployment.affected_vendors.iter()),
    )
}

fn links<'i>(page: &Page<'_>, what: &str, ids: impl Iterator<Item = &'i RecordId>) -> String {
    let links: Vec<_> = ids.map(|id| link(page, *id)).collect();
    match links.is_empty() {
        true => String::new(),
        false => format!("<p class=\"soft\">{what} {}</p>", links.join(", ")),
    }
}

/// A month in words.
fn named_month(time: Time) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let text = time.to_string();
    let month = text[5..7]
        .parse::<usize>()
        .ok()
        .and_then(|month| MONTHS.get(month.checked_sub(1)?));
    format!("{} {}", month.unwrap_or(&""), &text[..4])
}

/// The enhancements by quarter.
pub(super) fn enhancements(page: &Page<'_>) -> String {
    let mut out = String::new();
    for ((_, quarter), enhancements) in page.enhancements() {
        let title = if quarter.is_empty() {
            "No quarter yet".to_owned()
        } else {
            escaped(&quarter)
        };
        out.push_str(&format!("<h3>{title}</h3>\n<ul class=\"cards\">\n"));
        for enhancement in enhancements {
            let Some(of) = page.by_id.get(&enhancement.id) else {
                continue;
            };
            let created = enhancement
                .created_at
                .map(|at| format!("<span>since {}</span>", day(at)));
            out.push_str(&format!(
                "<li class=\"card s-{}\" {}><h4><a href=\"#r-{}\">{}</a></h4> {}<p class=\"facts\"><span>priority {} of 5</span>{}{}</p></li>\n",
                enhancement.status,
                marks(of),
                enhancement.id,
                said(enhancement.title.as_str()),
                badge(enhancement.status.as_str()),
                enhancement.priority.get(),
                created.unwrap_or_default(),
                enhancement.deleted_at.map_or("", |_| "<span class=\"gone\">deleted</span>"),
            ));
        }
        out.push_str("</ul>\n");
    }
    out
}
