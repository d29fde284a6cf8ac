//! `git docket changes`

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::change::{heading, told};
use super::output::{BOLD, DIM, Output};
use super::text::{counted, one_line};
use super::{Outcome, open};
use crate::ops::{self, ChangedRecord, ChangesRequest, ChangesResponse, Settings};

/// Tell what happened since you last looked, record by record
///
/// The fields of each record are compared with what they were at the beginning, however often they
/// changed. With --actor, only what that one did.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket changes                          the last 24 hours
  git docket changes --since 1w --format markdown
  git docket changes --since 2025-10-10 --actor claude-code
  git docket changes --since 1a2b3c4d --json  what came after that commit")]
pub(super) struct Arguments {
    /// A commit, 2025-10-10, 2025-10-10T15:00:00Z, or so long ago: 2h, 3d, 1w [default: 24h]
    #[arg(long, value_name = "COMMIT | TIME")]
    since: Option<String>,

    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Format {
    /// For a terminal
    Table,
    /// One JSON document, as with --json
    Json,
    /// For a chat or a pull request
    Markdown,
}

/// The sections in the order people want to read them.
const ORDER: &[&str] = &["Completed", "Created", "Changed", "Deleted", "Not readable"];

pub(super) fn run(arguments: &Arguments, actor: Option<&str>, settings: &Settings, output: &Output) -> Outcome {
    let request = ChangesRequest {
        since: arguments.since.clone(),
        actor: actor.map(ToOwned::to_owned),
    };
    let response = ops::changes(&open(settings, output)?, &request)?;
    if output.is_json() || arguments.format == Format::Json {
        output.print_json(&response)?;
        return Ok(ExitCode::SUCCESS);
    }
    let default = arguments.since.is_none();
    output.print(&match arguments.format {
        Format::Markdown => markdown(&response, default),
        _ => human(&response, default),
    })?;
    output.warnings(&response.listed.meta.warnings);
    Ok(ExitCode::SUCCESS)
}

/// Since when, and how much that is.
fn summary(response: &ChangesResponse, default: bool) -> String {
    let since = if default {
        format!("the last 24 hours, since {}", response.since)
    } else {
        format!("since {}", response.since)
    };
    let (records, commits) = (
        counted(response.listed.total_count, "record"),
        counted(response.commits, "commit"),
    );
    format!("{records} in {commits}, {since}")
}

/// What happened to a record, in one word.
fn section(item: &ChangedRecord) -> &'static str {
    match item {
        item if item.unreadable => "Not readable",
        item if item.deleted => "Deleted",
        item if item.completed => "Completed",
        item if item.created => "Created",
        _ => "Changed",
    }
}

fn sections(response: &ChangesResponse) -> impl Iterator<Item = (&'static str, Vec<&ChangedRecord>)> {
    let sections = ORDER.iter().map(move |name| {
        let items = response.listed.items.iter().filter(|item| section(item) == *name);
        (*name, items.collect::<Vec<_>>())
    });
    sections.filter(|(_, items)| !items.is_empty())
}

fn human(response: &ChangesResponse, default: bool) -> String {
    let mut out = String::new();
    for (name, items) in sections(response) {
        let _infallible = writeln!(out, "{BOLD}{name}{BOLD:#}");
        for item in items {
            let heading = heading(&item.kind, item.item_type.as_deref(), item.id, &item.title);
            let by = item.by.iter().map(|by| one_line(by)).collect::<Vec<_>>().join(", ");
            let _infallible = writeln!(out, "  {heading}  {DIM}{by}{DIM:#}");
            for change in &item.fields {
                let _infallible = writeln!(out, "    {}", told(change));
            }
            for note in &item.notes {
                let (by, text) = (one_line(&note.by), one_line(&note.text));
                let _infallible = writeln!(out, "    {DIM}note{DIM:#}  {by}: {text}");
            }
            for more in beside(item) {
                let _infallible = writeln!(out, "    {more}");
            }
        }
        out.push('\n');
    }
    let _infallible = writeln!(out, "{DIM}{}{DIM:#}", summary(response, default));
    out
}

/// What else there is to a record.
fn beside(item: &ChangedRecord) -> Vec<String> {
    let links = (item.links > 0).then(|| format!("{} linked", counted(item.links, "commit")));
    let conflicts = (item.conflicts > 0).then(|| format!("{} recorded", counted(item.conflicts, "conflict")));
    let mended = item.mended.then(|| "readable again".to_owned());
    [mended, links, conflicts].into_iter().flatten().collect()
}

fn markdown(response: &ChangesResponse, default: bool) -> String {
    let mut out = format!("{}.\n", summary(response, default));
    for (name, items) in sections(response) {
        let _infallible = writeln!(out, "\n### {name}\n");
        for item in items {
            let id = item.id.map_or_else(String::new, |id| format!(" (`{}`)", id.short()));
            let by = item.by.iter().map(|by| escaped(by)).collect::<Vec<_>>().join(", ");
            let _infallible = writeln!(out, "- **{}**{id}, {by}", escaped(&item.title));
            for change in &item.fields {
                let told = anstream::adapter::strip_str(&told(change)).to_string();
                let _infallible = writeln!(out, "  - {}", escaped(&told));
            }
            for note in &item.notes {
                let _infallible = writeln!(out, "  - {} noted: {}", escaped(&note.by), escaped(&note.text));
            }
            for more in beside(item) {
                let _infallible = writeln!(out, "  - {more}");
            }
        }
    }
    out
}

/// The text as Markdown that shows as just this text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '@' | '&' | '!'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn titles_cannot_format() {
        assert_eq!(escaped("a_b <img> [x](y)\n# z"), "a\\_b \\<img\\> \\[x\\](y) \\# z");
    }
}
