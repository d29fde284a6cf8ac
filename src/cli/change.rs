//! Changes of fields, and who made them, as the commands about the history print them.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use super::output::{DIM, ID};
use super::text::{one_line, visible};
use crate::ops::FieldChange;
use crate::ops::text::plain;
use crate::record::RecordId;
use crate::record::value::Time;

/// How much of a value is shown where others stand beside it.
const SHOWN_CHARS: usize = 60;

/// `status  pending → active`
pub(super) fn told(change: &FieldChange) -> String {
    let field = one_line(&change.field);
    if change.lines_added.is_some() || change.lines_removed.is_some() {
        let (added, removed) = (change.lines_added.unwrap_or(0), change.lines_removed.unwrap_or(0));
        return format!("{DIM}{field}{DIM:#}  +{added} −{removed} lines");
    }
    if let Some(elements) = change.elements() {
        return format!("{DIM}{field}{DIM:#}  {}", one_line(&elements));
    }
    let value = |value: &Option<Value>| value.as_ref().map_or("(none)".to_owned(), short);
    format!(
        "{DIM}{field}{DIM:#}  {} → {}",
        value(&change.before),
        value(&change.after)
    )
}

/// A value on one line, cut where it is long; identities by their short names.
pub(super) fn short(value: &Value) -> String {
    console::truncate_str(&one_line(&plain(value)), SHOWN_CHARS, "…").into_owned()
}

/// What a record is called on one line: type or kind, short name, title.
pub(super) fn heading(kind: &str, item_type: Option<&str>, id: Option<RecordId>, title: &str) -> String {
    let word = item_type.unwrap_or(kind);
    let id = id.map_or_else(String::new, |id| format!(" {ID}{}{ID:#}", id.short()));
    format!("{}{id}  {}", one_line(word), one_line(title))
}

/// A time to the minute.
pub(super) fn minute(time: Time) -> String {
    time.to_string().chars().take(16).collect::<String>().replace('T', " ")
}

/// The first digits of a commit.
pub(super) fn short_commit(commit: &str) -> &str {
    commit.get(..8).unwrap_or(commit)
}

/// The difference of a body, line by line in its colours.
pub(super) fn body_difference(body: Option<&str>) -> String {
    let mut out = String::new();
    for line in body.into_iter().flat_map(str::lines) {
        let style = match line.as_bytes().first() {
            Some(b'+') => AnsiColor::Green.on_default(),
            Some(b'-') => AnsiColor::Red.on_default(),
            Some(b'@') => AnsiColor::Cyan.on_default(),
            _ => Style::new(),
        };
        let _infallible = writeln!(out, "  {style}{}{style:#}", visible(line));
    }
    out
}
