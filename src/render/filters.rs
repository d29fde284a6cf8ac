//! What a template can do with a value before it is written.

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, Output, State};

use super::escape;
use crate::record::body;

/// Writes a value: text escaped for Markdown, nothing for null, and what a filter has escaped as it is.
pub(super) fn format(out: &mut Output<'_>, _: &State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::from(minijinja::ErrorKind::UndefinedError));
    }
    let written = match (value.as_str(), value.kind()) {
        (_, ValueKind::None) => Ok(()),
        (Some(text), _) if value.is_safe() => out.write_str(text),
        (Some(text), _) => out.write_str(&escape::markdown(text)),
        (None, ValueKind::Number | ValueKind::Bool) => write_plain(out, value),
        (None, _) => out.write_str(&escape::markdown(&value.to_string())),
    };
    Ok(written?)
}

fn write_plain(out: &mut Output<'_>, value: &Value) -> std::fmt::Result {
    out.write_fmt(format_args!("{value}"))
}

pub(super) fn add(environment: &mut Environment<'_>) {
    let safe = |filter: fn(&str) -> String| move |text: &str| Value::from_safe_string(filter(text));
    environment.add_filter("escape", safe(escape::markdown));
    environment.add_filter("e", safe(escape::markdown));
    environment.add_filter("label", safe(escape::label));
    environment.add_filter("entry", safe(escape::entry));
    environment.add_filter("word", safe(escape::word));
    environment.add_filter("mermaid", safe(escape::mermaid));
    environment.add_filter("dot", safe(escape::dot));
    environment.add_filter("moment", moment);
    environment.add_filter("quarter", quarter);
    environment.add_filter("urgency", urgency);
    environment.add_filter("format_name", format_name);
    environment.add_filter("sign", |value: bool| if value { "✓" } else { "✗" });
    environment.add_filter("quoted", quoted);
    environment.add_filter("entries", entries);
    environment.add_filter("day", day);
    environment.add_function("item_facts", |item: Value| item_facts(&item));
}

/// A time, the date alone at midnight.
fn moment(time: &str) -> String {
    time.strip_suffix("T00:00:00Z").unwrap_or(time).to_owned()
}

/// The day of a time.
fn day(time: &str) -> String {
    time.split('T').next().unwrap_or(time).to_owned()
}

/// `2026-Q1` as people say it.
fn quarter(quarter: &str) -> String {
    match quarter.split_once('-') {
        Some((year, quarter)) => format!("{quarter} {year}"),
        None => quarter.to_owned(),
    }
}

/// The priority of an enhancement: a word where there is one.
fn urgency(priority: i64) -> String {
    match priority {
        1 => "High".to_owned(),
        3 => "Medium".to_owned(),
        5 => "Low".to_owned(),
        other => other.to_string(),
    }
}

/// The name of a document format.
fn format_name(format: &str) -> String {
    match format {
        "excel" => "Excel".to_owned(),
        "csv" | "pdf" | "ocr" => format.to_uppercase(),
        other => other.to_owned(),
    }
}

/// A body as a quotation: its Markdown stays, but cannot end it, and HTML in it is text. `anchors` maps the short ids of
/// what the report has a heading for to the anchor there.
fn quoted(text: &str, anchors: Option<Value>) -> Value {
    let anchor = |id: &str| {
        let anchors = anchors.as_ref()?;
        anchors.get_attr(id).ok()?.as_str().map(ToOwned::to_owned)
    };
    Value::from_safe_string(body::quoted(text, anchor))
}

/// Texts between commas, each escaped so that none can be taken for two.
fn entries(values: Vec<String>) -> Value {
    let entries: Vec<_> = values.iter().map(|text| escape::entry(text)).collect();
    Value::from_safe_string(entries.join(", "))
}

/// What is told of a work item behind its title: type, status, a priority that is not medium, who is to do it, the task
/// boxes.
fn item_facts(item: &Value) -> Result<Value, Error> {
    let text = |of: &Value, name: &str| {
        let value = of.get_attr(name)?;
        Ok::<_, Error>(value.as_str().map(escape::entry))
    };
    let mut facts: Vec<String> = Vec::with_capacity(5);
    facts.extend(text(item, "item_type")?);
    facts.extend(text(item, "status")?);
    facts.extend(text(item, "priority")?.filter(|priority| priority != "medium"));
    let assignee = text(item, "assignee")?;
    facts.extend(assignee.iter().map(|name| format!("@{name}")));
    let progress = item.get_attr("progress")?;
    let (done, total) = (progress.get_attr("done")?, progress.get_attr("total")?);
    if total.is_true() {
        facts.push(format!("{done}/{total}"));
    }
    Ok(Value::from_safe_string(facts.join(", ")))
}
