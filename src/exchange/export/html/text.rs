//! Escaping, and the small pieces that all parts share.

use serde_json::Value;

use super::page::Page;
use crate::exchange::export::Exported;
use crate::exchange::export::encode::visible;
use crate::record::RecordId;
use crate::record::body::Progress;
use crate::record::value::Time;

/// A text as content or within quotes: nothing of it is markup, and its controls are seen.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => out.push('\n'),
            c => out.push(visible(c)),
        }
    }
    out
}

/// A text somebody wrote, on its own: whatever direction it has ends with it.
pub(super) fn said(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

/// A time to the minute, in UTC; the whole of it for machines.
pub(super) fn time(time: Time) -> String {
    let text = time.to_string();
    format!("<time datetime=\"{text}\">{} {} UTC</time>", &text[..10], &text[11..16])
}

/// The day of a time.
pub(super) fn day(time: Time) -> String {
    let text = time.to_string();
    format!("<time datetime=\"{text}\">{}</time>", &text[..10])
}

/// A status as a badge; its word is its class, too.
pub(super) fn badge(status: &str) -> String {
    format!("<span class=\"badge s-{status}\">{status}</span>")
}

/// A word as a chip.
pub(super) fn chip(text: &str) -> String {
    format!("<span class=\"chip\">{}</span>", said(text))
}

/// An address as a link where it is one that may be followed.
pub(super) fn address(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let may = ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme));
    may.then(|| escaped(text))
}

/// A link to the details of a record, by what it is called; of one that is not on the page, its identity.
pub(super) fn link(page: &Page<'_>, id: RecordId) -> String {
    match page.by_id.get(&id) {
        Some(of) => format!("<a href=\"#r-{id}\">{}</a>", said(&of.record.heading())),
        None => format!("<code>{id}</code>"),
    }
}

/// What the script looks for: the record, its type and its status.
pub(super) fn marks(of: &Exported) -> String {
    let (what, status) = (what(of), status(of).unwrap_or_default());
    let id = of.path.owner();
    format!("data-of=\"{id}\" data-type=\"{what}\" data-status=\"{status}\"")
}

/// What a record is: a type of work item, or its kind.
pub(super) fn what(of: &Exported) -> &'static str {
    of.record
        .as_work_item()
        .map_or(of.path.kind().as_str(), |item| item.item_type.as_str())
}

/// The status of a record, where it has one.
pub(super) fn status(of: &Exported) -> Option<&'static str> {
    use crate::record::Fields;
    match &of.record.fields {
        Fields::WorkItem(r) => Some(r.status.as_str()),
        Fields::Vendor(r) => Some(r.status.as_str()),
        Fields::Enhancement(r) => Some(r.status.as_str()),
        _ => None,
    }
}

/// Parts of a whole as a bar: how many, and the class of each. What they mean stands beside it in words.
pub(super) fn bar(parts: &[(usize, &str)]) -> String {
    let total: usize = parts.iter().map(|(count, _)| count).sum();
    if total == 0 {
        return String::new();
    }
    let mut before = 0;
    let mut rects = String::new();
    for (count, class) in parts.iter().filter(|(count, _)| *count > 0) {
        let percent = |count: usize| format!("{:.3}%", 100.0 * count as f64 / total as f64);
        rects.push_str(&format!(
            "<rect class=\"{class}\" x=\"{}\" width=\"{}\" height=\"100%\"/>",
            percent(before),
            percent(*count)
        ));
        before += count;
    }
    format!("<svg class=\"bar-chart\" aria-hidden=\"true\" height=\"8\">{rects}</svg>")
}

/// How many task boxes are ticked; nothing where there is none.
pub(super) fn boxes(of: &Exported) -> String {
    let place = of.derived.as_ref().and_then(|derived| derived.place.as_ref());
    match place.map(|place| place.progress) {
        Some(Progress { done, total }) if total > 0 => {
            let bar = bar(&[(done, "f-completed"), (total - done, "f-none")]);
            format!(
                "<span class=\"boxes\">{bar}<span>{done} of {total}<span class=\"unseen\"> boxes ticked</span></span></span>"
            )
        }
        _ => String::new(),
    }
}

/// A value of a field; what is in it in lists below.
pub(super) fn value(page: &Page<'_>, of: &Value) -> String {
    match of {
        Value::Null => "<span class=\"soft\">null</span>".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => escaped(&number.to_string()),
        Value::String(text) => word(page, text),
        Value::Array(values) => {
            let items: String = values
                .iter()
                .map(|of| format!("<li>{}</li>", value(page, of)))
                .collect();
            format!("<ul class=\"values\">{items}</ul>")
        }
        Value::Object(map) => {
            let rows: String = map.iter().map(|(key, of)| row(page, key, of)).collect();
            format!("<dl>{rows}</dl>")
        }
    }
}

/// A field with its value.
pub(super) fn row(page: &Page<'_>, key: &str, of: &Value) -> String {
    format!("<dt>{}</dt><dd>{}</dd>", said(&key.replace('_', " ")), value(page, of))
}

fn word(page: &Page<'_>, text: &str) -> String {
    if let Ok(id) = text.parse::<RecordId>() {
        return link(page, id);
    }
    if let Ok(at) = text.parse::<Time>() {
        return time(at);
    }
    match address(text) {
        Some(url) => format!("<a href=\"{url}\" rel=\"noopener noreferrer\">{}</a>", said(text)),
        None if text.contains('\n') => format!("<span class=\"lines\">{}</span>", said(text)),
        None => said(text),
    }
}
