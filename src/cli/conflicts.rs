//! `git docket conflicts`

use std::fmt::Write as _;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;

use super::output::{BOLD, DIM, ID, Output};
use super::text::{counted, one_line, visible};
use super::{Outcome, open};
use crate::ops::{self, ConflictView, ConflictsRequest, ConflictsResponse, Error, Settings, Take, Writer};

/// Show and resolve conflicts: values a merge could not keep
///
/// Where two people changed the same field, the later value stands and the other is kept in a file of its own. The
/// record is valid and everybody goes on; a conflict waits until somebody has looked at it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket conflicts
  git docket conflicts show 3f9a2c1b              those on one record, with the whole values
  git docket conflicts resolve 3f9a2c1b --take other
  git docket conflicts resolve 3f9a2c1b --field title --value 'A better title'")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<ConflictsCommand>,

    /// Show those that are resolved, too
    #[arg(long)]
    resolved: bool,
}

#[derive(Debug, Subcommand)]
enum ConflictsCommand {
    Show(ShowArguments),
    Resolve(ResolveArguments),
}

/// Show conflicts with the whole values
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket conflicts show 3f9a2c1b")]
struct ShowArguments {
    /// A record, or the beginning of the name of a conflict
    #[arg(value_name = "ID")]
    id: String,

    /// Show those that are resolved, too
    #[arg(long)]
    resolved: bool,
}

/// Say which value is to stand
///
/// The field gets the value and the conflict is marked as resolved, in one commit. With --take kept only the latter.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket conflicts resolve 3f9a2c1b --take kept
  git docket conflicts resolve a6e373fa --take other
  git docket conflicts resolve 3f9a2c1b --field priority --value high")]
struct ResolveArguments {
    /// A record, for all conflicts on it, or the beginning of the name of a conflict
    #[arg(value_name = "ID")]
    id: String,

    /// Only the conflict of this field
    #[arg(long, value_name = "FIELD")]
    field: Option<String>,

    /// The value that is to stand
    #[arg(long, value_enum, required_unless_present = "value", conflicts_with = "value")]
    take: Option<Which>,

    /// Another value; JSON, or a text
    #[arg(long, value_name = "VALUE")]
    value: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// The one the merge kept
    Kept,
    /// The one it did not
    Other,
    /// The one before both
    Base,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open(settings, output)?;
    match &arguments.command {
        None => {
            let request = ConflictsRequest {
                of: None,
                resolved: arguments.resolved,
            };
            print(&ops::conflicts(&context, &request)?, list, output)
        }
        Some(ConflictsCommand::Show(show)) => {
            let request = ConflictsRequest {
                of: Some(show.id.clone()),
                resolved: show.resolved || arguments.resolved,
            };
            print(&ops::conflicts(&context, &request)?, whole, output)
        }
        Some(ConflictsCommand::Resolve(resolve)) => {
            let take = taken(resolve)?;
            let response = ops::resolve_conflict(&context, &resolve.id, resolve.field.as_deref(), &take, None)?;
            output.answer(&response, &response.meta.warnings, || {
                let left = match response.left {
                    0 => String::new(),
                    left => format!("{} left\n", counted(left, "conflict")),
                };
                format!("{}\n{left}", one_line(&response.summary))
            })
        }
    }
}

fn taken(arguments: &ResolveArguments) -> Result<Take, Error> {
    if let Some(text) = &arguments.value {
        // What is no JSON is a text; a text that is JSON by chance stands in quotes.
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()));
        return Ok(Take::Value(value));
    }
    match arguments.take {
        Some(Which::Kept) => Ok(Take::Kept),
        Some(Which::Other) => Ok(Take::Other),
        Some(Which::Base) => Ok(Take::Base),
        None => Err(Error::request("say which value is to stand: --take or --value")),
    }
}

fn print(response: &ConflictsResponse, text: fn(&ConflictView) -> String, output: &Output) -> Outcome {
    output.answer(response, &response.meta.warnings, || {
        let mut out: String = response.items.iter().map(text).collect();
        out.push_str(&match response.total_count {
            0 => "No conflicts\n".to_owned(),
            count => format!("{}\n", counted(count, "conflict")),
        });
        out
    })
}

/// A conflict in a few lines.
fn list(conflict: &ConflictView) -> String {
    told(conflict, &|value| match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) => one_line(&cut(text)),
        Some(value) => one_line(&cut(&value.to_string())),
    })
}

/// The same with all of its values.
fn whole(conflict: &ConflictView) -> String {
    told(conflict, &|value| match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) if text.contains('\n') => {
            let lines: Vec<_> = text.lines().map(|line| format!("    {}", visible(line))).collect();
            format!("\n{}", lines.join("\n"))
        }
        Some(Value::String(text)) => visible(text).to_string(),
        Some(value) => visible(&value.to_string()).to_string(),
    })
}

fn told(conflict: &ConflictView, value: &dyn Fn(Option<&Value>) -> String) -> String {
    let title = match (&conflict.record, &conflict.path) {
        (Some(record), _) => record.title.as_str(),
        (None, Some(path)) => path,
        (None, None) => "that cannot be read",
    };
    let mut out = format!(
        "{ID}{}{ID:#}  {BOLD}{}{BOLD:#}  of {ID}{}{ID:#} {}\n",
        conflict.id,
        one_line(&conflict.field),
        conflict.on.short(),
        one_line(title)
    );
    let by = |writer: &Option<Writer>| match writer {
        Some(writer) => {
            let at = writer.at.map_or_else(String::new, |at| format!(", {at}"));
            format!("  {DIM}{}{at}{DIM:#}", one_line(&writer.by))
        }
        None => String::new(),
    };
    let lines = [
        ("kept", &conflict.kept, by(&conflict.kept_by)),
        ("other", &conflict.other, by(&conflict.other_by)),
        ("base", &conflict.base, String::new()),
    ];
    for (word, held, by) in lines {
        let _infallible = writeln!(out, "  {word:<6} {}{by}", value(held.as_ref()));
    }
    if let Some(at) = conflict.resolved_at {
        let by = conflict.resolved_by.as_deref().unwrap_or("somebody");
        let choice = conflict.choice.as_deref().unwrap_or("");
        let _infallible = writeln!(out, "  {DIM}resolved {at} by {}: {choice}{DIM:#}", one_line(by));
    }
    out
}

fn cut(text: &str) -> String {
    const CHARS: usize = 60;
    match text.chars().count() > CHARS {
        true => text.chars().take(CHARS - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
