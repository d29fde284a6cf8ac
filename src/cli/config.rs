//! `git docket config`

use std::fmt::Write as _;

use anstyle::Style;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::output::{BOLD, DIM, Output};
use super::text::{Cell, one_line, table};
use super::{Outcome, open};
use crate::ops::{self, ConfigureRequest, Setting, Settings};

/// Read and change settings, and find out where a value comes from
///
/// What all clones of the docket agree on is kept with the records, in a commit; what is this
/// clone's own is kept in its git config.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket config list
  git docket config set active_context_type maintenance
  git docket config set docket.hooks.strict true
  git docket config explain docket.ref")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the value of a setting
    #[command(after_help = "Example:\n  git docket config get default_token_budget")]
    Get(KeyArguments),
    Set(SetArguments),
    /// Take a value away: the default counts again
    #[command(after_help = "Example:\n  git docket config unset default_token_budget")]
    Unset(KeyArguments),
    List(ListArguments),
    /// Tell what a setting is for, and where its value comes from
    #[command(after_help = "Example:\n  git docket config explain default_token_budget")]
    Explain(KeyArguments),
}

#[derive(Debug, Args)]
struct KeyArguments {
    /// The setting
    #[arg(value_name = "KEY")]
    key: String,
}

/// Change a setting
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket config set default_token_budget 150000
  git docket config set current_session_id 3f9a2c1b
  git docket config set active_context_type research --expect-revision $(git rev-parse tracking)")]
struct SetArguments {
    /// The setting
    #[arg(value_name = "KEY")]
    key: String,

    /// Its new value
    #[arg(value_name = "VALUE")]
    value: String,

    /// Fail unless the settings of the docket are as they were at this commit
    #[arg(long, value_name = "COMMIT")]
    expect_revision: Option<String>,
}

/// List all settings
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket config list --json | jq .default_token_budget")]
struct ListArguments {}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open(settings, output)?;
    let response = match &arguments.command {
        Command::List(_) => return list(&context, output),
        Command::Get(arguments) => {
            let response = ops::explain(&context, &arguments.key)?;
            return output.answer(&response, &response.meta.warnings, || {
                format!("{}\n", plain(&response.setting.value))
            });
        }
        Command::Explain(arguments) => {
            let response = ops::explain(&context, &arguments.key)?;
            return output.answer(&response, &response.meta.warnings, || explained(&response.setting));
        }
        Command::Set(arguments) => ConfigureRequest {
            key: arguments.key.clone(),
            value: Some(arguments.value.clone()),
            revision: arguments.expect_revision.clone(),
            updated_by: None,
        },
        Command::Unset(arguments) => ConfigureRequest {
            key: arguments.key.clone(),
            ..ConfigureRequest::default()
        },
    };
    let response = ops::configure(&context, &response)?;
    let summary = response.summary.as_deref().unwrap_or("Nothing to change");
    output.answer(&response, &response.meta.warnings, || {
        format!("{}\n", one_line(summary))
    })
}

fn list(context: &ops::Context, output: &Output) -> Outcome {
    let response = ops::configuration(context)?;
    output.answer(&response, &response.meta.warnings, || {
        let rows: Vec<_> = response.settings.iter().map(row).collect();
        table(&["SETTING", "VALUE", "FROM"], &rows, output.width())
    })
}

fn row(setting: &Setting) -> Vec<Cell> {
    vec![
        (setting.key.to_owned(), BOLD),
        (plain(&setting.value), Style::new()),
        (setting.source.to_owned(), DIM),
    ]
}

fn explained(setting: &Setting) -> String {
    let mut out = format!("{BOLD}{}{BOLD:#}  {}\n\n", setting.key, plain(&setting.value));
    let origin = setting
        .origin
        .as_deref()
        .map_or_else(String::new, |origin| format!(": {origin}"));
    let scope = match setting.scope {
        "docket" => "all clones agree on it",
        "worktree" => "this worktree's own",
        _ => "this clone's own",
    };
    for (name, value) in [
        ("meaning", setting.meaning),
        ("scope", scope),
        ("from", &format!("{}{origin}", setting.source)),
        ("default", &plain(&setting.default)),
    ] {
        let _infallible = writeln!(out, "{DIM}{name:<12}{DIM:#}{}", one_line(value));
    }
    for hidden in &setting.hidden {
        let _infallible = writeln!(out, "{DIM}{:<12}{DIM:#}{}", "instead of", one_line(hidden));
    }
    out
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => one_line(text),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
