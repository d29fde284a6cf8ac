//! A review as a comment on a pull request: a table by kind, differences of texts folded, problems below.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::escape::{cut, fenced, text};
use super::{message, sentence};
use crate::ops::history::FieldChange;
use crate::ops::review::{Attention, AttentionWhat, ReviewFinding, ReviewResponse, ReviewedRecord, ReviewedWhat};
use crate::ops::text::plain;
use crate::ops::view::Brief;
use crate::record::{Kind, Severity};

/// What the one comment is found by that is kept current.
const MARK: &str = "<!-- git-docket review -->";

/// A host takes 65,536 characters; a few are for what it puts around.
const MAX_BYTES: usize = 60_000;

/// How much of a value is shown.
const VALUE_CHARS: usize = 120;

/// How much of a note is shown.
const NOTE_CHARS: usize = 400;

/// How much of a name is shown.
const TITLE_CHARS: usize = 120;

/// How much room what is to be looked at first has, what follows, and what is wrong: however long the texts in them.
const LOOK_BYTES: usize = 6_000;
const EFFECTS_BYTES: usize = 8_000;
const BESIDE_BYTES: usize = 3_000;
const PROBLEMS_BYTES: usize = 20_000;

/// How large the difference of one text may be.
const BODY_BYTES: usize = 8_000;

pub(super) fn render(review: &ReviewResponse) -> String {
    // What is said of all records together first, so that many records leave room for it.
    let head = format!("{MARK}\n{}{}", summary(review), attention(review));
    let tail = [effects(review), settings(review), files(review), problems(review)].concat();
    let mut room = MAX_BYTES.saturating_sub(head.len() + tail.len());
    let (mut out, mut left_out) = (head, 0);
    for kind in Kind::ALL {
        let records: Vec<_> = review
            .records
            .iter()
            .filter(|record| record.kind == kind.as_str())
            .collect();
        let (section, more) = section(*kind, &records, &mut room);
        out.push_str(&section);
        left_out += more;
    }
    if left_out > 0 {
        let _infallible = writeln!(out, "\n{left_out} more records are not shown: this would be too long.");
    }
    out + &tail
}

/// How much there is, and whether it can be taken.
fn summary(review: &ReviewResponse) -> String {
    let counts = &review.counts;
    let told: Vec<_> = [
        (counts.created, "new"),
        (counts.finished, "finished"),
        (counts.changed, "changed"),
        (counts.deleted, "deleted or taken back"),
        (counts.broken, "broken or removed"),
        (counts.reformatted, "only written differently"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    let said: Vec<_> = [
        (counts.notes, "note", "notes"),
        (counts.links, "commit linked", "commits linked"),
        (counts.conflicts, "conflict", "conflicts"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
    .collect();
    let told = match (told.is_empty(), said.is_empty()) {
        (true, true) => "no record changes".to_owned(),
        (true, false) => said.join(", "),
        (false, true) => told.join(", "),
        (false, false) => format!("{}; {}", told.join(", "), said.join(", ")),
    };
    let count = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let verdict = match (review.errors, review.warning_count) {
        (0, 0) => "nothing is wrong".to_owned(),
        (0, warnings) => count(warnings, "warning"),
        (errors, 0) => format!("**{}**", count(errors, "error")),
        (errors, warnings) => format!("**{}**, {}", count(errors, "error"), count(warnings, "warning")),
    };
    let short = |commit: &str| commit.get(..8).unwrap_or(commit).to_owned();
    format!(
        "### Docket: {told}\n\n<sub>{} since <code>{}</code>, as of <code>{}</code></sub>: {verdict}\n",
        count(review.commits, "commit"),
        short(&review.merge_base),
        short(&review.head),
    )
}

/// What is to be looked at first.
fn attention(review: &ReviewResponse) -> String {
    let rows = review
        .attention
        .iter()
        .map(|attention| format!("- {}\n", look(attention)));
    let out = listed(rows, LOOK_BYTES, |more| format!("- and {more} more\n"));
    match out.is_empty() {
        true => out,
        false => format!("\n#### Look here first\n\n{out}"),
    }
}

/// Lines one after the other, as long as there is room; then how many more there are.
fn listed(lines: impl Iterator<Item = String>, room: usize, more: impl Fn(usize) -> String) -> String {
    let (mut out, mut left_out) = (String::new(), 0);
    for line in lines {
        match out.len() + line.len() <= room {
            true => out.push_str(&line),
            false => left_out += 1,
        }
    }
    if left_out > 0 {
        out.push_str(&more(left_out));
    }
    out
}

fn look(attention: &Attention) -> String {
    let record = match &attention.record {
        Some(record) => brief(record),
        None => text(&attention.file),
    };
    let field = attention.field.as_deref().map(text).unwrap_or_default();
    match attention.what {
        AttentionWhat::Conflict => format!("**conflict** of {field} on {record}: a merge kept one of two values"),
        AttentionWhat::UnknownField => format!("**unknown field** {field} in {record}: nobody checks it"),
        AttentionWhat::NewerSchema => format!("**newer schema** of {record}: a newer version wrote it"),
        AttentionWhat::Policy => format!("**policy**: this changes the rule {field}"),
    }
}

/// The records of a kind; those that do not fit are counted.
fn section(kind: Kind, records: &[&ReviewedRecord], room: &mut usize) -> (String, usize) {
    let head = format!(
        "\n#### {}\n\n| record | field | before → after |\n|---|---|---|\n",
        kind.heading()
    );
    let (mut rows, mut more, mut shown) = (String::new(), String::new(), Vec::new());
    for record in records {
        let row = rows_of(record);
        if rows.len() + row.len() + head.len() > *room {
            continue;
        }
        rows.push_str(&row);
        shown.push(record);
    }
    let left_out = records.len() - shown.len();
    if rows.is_empty() {
        return (String::new(), left_out);
    }
    *room -= (head.len() + rows.len()).min(*room);
    for record in shown {
        let said = said(record);
        if said.len() <= *room {
            *room -= said.len();
            more.push_str(&said);
        }
    }
    let gap = if more.is_empty() { "" } else { "\n" };
    (
        format!("{head}{rows}{gap}{}", more.strip_suffix('\n').unwrap_or(&more)),
        left_out,
    )
}

/// The lines of the table that one record takes.
fn rows_of(record: &ReviewedRecord) -> String {
    let name = name(record);
    let rows: Vec<(String, String)> = match record.what {
        ReviewedWhat::Created => vec![(String::new(), created(record))],
        ReviewedWhat::Reformatted => vec![(String::new(), "only written differently".to_owned())],
        ReviewedWhat::Removed => vec![(String::new(), "the file is gone".to_owned())],
        ReviewedWhat::Unreadable => vec![(String::new(), "the file cannot be read any more".to_owned())],
        ReviewedWhat::Mended => vec![(String::new(), "the file can be read again".to_owned())],
        _ => record.fields.iter().map(row).collect(),
    };
    let mut out = String::new();
    for (at, (field, change)) in rows.iter().enumerate() {
        let name = if at == 0 { name.as_str() } else { "" };
        let _infallible = writeln!(out, "| {name} | {field} | {change} |");
    }
    let beside = beside(record);
    if !beside.is_empty() {
        let name = if rows.is_empty() { name.as_str() } else { "" };
        let _infallible = writeln!(out, "| {name} | | {beside} |");
    }
    out
}

fn name(record: &ReviewedRecord) -> String {
    let word = match record.what {
        ReviewedWhat::Created => "**new** ",
        ReviewedWhat::Finished => "**finished** ",
        ReviewedWhat::Deleted => "**deleted** ",
        ReviewedWhat::Removed => "**removed** ",
        ReviewedWhat::Unreadable => "**broken** ",
        ReviewedWhat::Mended => "**mended** ",
        ReviewedWhat::Changed | ReviewedWhat::Discussed | ReviewedWhat::Reformatted => "",
    };
    format!("{word}{}", called(record))
}

/// What a record is called, in Markdown as in HTML.
fn called(record: &ReviewedRecord) -> String {
    let kind = record.item_type.as_deref().unwrap_or(&record.kind);
    let id = record
        .id
        .map_or_else(String::new, |id| format!(" <code>{}</code>", id.short()));
    let called = format!("{}{id} {}", text(kind), cut(&record.title, TITLE_CHARS));
    called.trim_end().to_owned()
}

fn row(change: &FieldChange) -> (String, String) {
    let field = text(&change.field);
    if change.lines_added.is_some() || change.lines_removed.is_some() {
        let (added, removed) = (change.lines_added.unwrap_or(0), change.lines_removed.unwrap_or(0));
        return (field, format!("+{added} −{removed} lines"));
    }
    if let Some(elements) = change.elements() {
        return (field, cut(&elements, VALUE_CHARS));
    }
    let value = |value: &Option<Value>| {
        value
            .as_ref()
            .map_or_else(|| "(none)".to_owned(), |value| cut(&plain(value), VALUE_CHARS))
    };
    (field, format!("{} → {}", value(&change.before), value(&change.after)))
}

/// What a new record says, but for what every record has.
fn created(record: &ReviewedRecord) -> String {
    let told = record.shown_fields().map(|change| {
        let value = change.after.as_ref().map(|value| cut(&plain(value), VALUE_CHARS));
        format!("{} {}", text(&change.field), value.unwrap_or_default())
    });
    told.collect::<Vec<_>>().join(", ")
}

/// What was said about a record.
fn beside(record: &ReviewedRecord) -> String {
    let count = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(one.to_owned()),
        count => Some(format!("{count} {many}")),
    };
    let told = [
        count(record.notes.len(), "a note", "notes"),
        count(record.links, "a commit linked", "commits linked"),
        count(record.conflicts.len(), "**a conflict**", "**conflicts**"),
    ];
    told.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The difference of the body, the notes and the conflicts of a record, folded.
fn said(record: &ReviewedRecord) -> String {
    let name = called(record);
    let mut out = String::new();
    if let Some(body) = &record.body {
        let content = match body.len() <= BODY_BYTES {
            true => fenced("diff", body),
            false => "It is too long to be shown here.\n".to_owned(),
        };
        let _infallible = writeln!(
            out,
            "<details><summary>{name}: text</summary>\n\n{content}\n</details>\n"
        );
    }
    let notes = record
        .notes
        .iter()
        .map(|note| format!("- {}: {}\n", text(&note.by), cut(&note.text, NOTE_CHARS)));
    let notes: String = notes.collect();
    if !notes.is_empty() {
        let _infallible = writeln!(
            out,
            "<details><summary>{name}: notes</summary>\n\n{notes}\n</details>\n"
        );
    }
    let value = |value: &Option<Value>| {
        value
            .as_ref()
            .map_or("(none)".to_owned(), |v| cut(&plain(v), VALUE_CHARS))
    };
    let conflicts = record.conflicts.iter().map(|conflict| {
        let (kept, other) = (value(&conflict.kept), value(&conflict.other));
        format!("- {}: kept {kept}, not {other}\n", text(&conflict.field))
    });
    let conflicts: String = conflicts.collect();
    if !conflicts.is_empty() {
        let _infallible = writeln!(
            out,
            "<details><summary>{name}: conflicts</summary>\n\n{conflicts}\n</details>\n"
        );
    }
    out
}

fn effects(review: &ReviewResponse) -> String {
    let told = review
        .effects
        .iter()
        .map(|effect| format!("- {}\n", sentence(effect, brief)));
    let told = listed(told, EFFECTS_BYTES, |more| format!("- and {more} more\n"));
    match told.is_empty() {
        true => told,
        false => format!("\n#### Effects\n\n{told}"),
    }
}

fn brief(record: &Brief) -> String {
    format!(
        "{} <code>{}</code> {}",
        text(&record.item_type),
        record.id.short(),
        cut(&record.title, TITLE_CHARS)
    )
}

fn settings(review: &ReviewResponse) -> String {
    let rows = review.settings.iter().map(row);
    let rows = rows.map(|(field, change)| format!("| {field} | {change} |\n"));
    let rows = listed(rows, BESIDE_BYTES, |more| format!("| and {more} more | |\n"));
    match rows.is_empty() {
        true => rows,
        false => format!("\n#### Settings\n\n| setting | before → after |\n|---|---|\n{rows}"),
    }
}

fn files(review: &ReviewResponse) -> String {
    let files = review.files.iter().map(|file| format!("- {}\n", text(file)));
    let files = listed(files, BESIDE_BYTES, |more| format!("- and {more} more\n"));
    match files.is_empty() {
        true => files,
        false => format!("\n#### Files that hold no record\n\n{files}"),
    }
}

fn problems(review: &ReviewResponse) -> String {
    let records = review
        .records
        .iter()
        .filter_map(|record| Some((record.path.as_deref()?, record)));
    let records: HashMap<_, _> = records.collect();
    let rows = review.violations.iter().map(|found| problem(&records, found));
    let out = listed(rows, PROBLEMS_BYTES, |more| format!("| | | and {more} more |\n"));
    match out.is_empty() {
        true => out,
        false => format!("\n#### Problems\n\n| | where | what |\n|---|---|---|\n{out}"),
    }
}

fn problem(records: &HashMap<&str, &ReviewedRecord>, found: &ReviewFinding) -> String {
    let severity = match found.finding.severity {
        Severity::Error => "**error**",
        Severity::Warning => "warning",
    };
    let line = found
        .finding
        .line
        .map_or_else(String::new, |line| format!(", line {line}"));
    let file = &found.finding.file;
    format!(
        "| {severity} | {}{line} | {}: {} |\n",
        records
            .get(file.as_str())
            .map_or_else(|| text(file), |record| called(record)),
        found.tier.as_str(),
        cut(&message(found), NOTE_CHARS)
    )
}
