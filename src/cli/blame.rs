//! `git docket blame`

use anstyle::Style;
use clap::Args;

use super::change::{heading, minute, short, short_commit};
use super::output::{BOLD, DIM, ID, Output};
use super::text::{Cell, one_line, table};
use super::{Outcome, open};
use crate::ops::{self, BlamedField, Settings};

/// Tell of each field of a record who gave it its value, when and in which commit
///
/// The commit is the one in which the value was first given, not the merge that brought it here.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket blame 3f9a2c1b
  git docket blame 3f9a2c1b --json | jq '.fields[] | select(.field == \"status\")'")]
pub(super) struct Arguments {
    /// The record
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::blame(&open(settings, output)?, &arguments.id)?;
    output.answer(&response, &response.meta.warnings, || {
        let heading = heading(response.kind, None, response.id, &response.title);
        let rows: Vec<_> = response.fields.iter().map(row).collect();
        let table = table(&["FIELD", "BY", "WHEN", "COMMIT", "VALUE"], &rows, output.width());
        format!("{BOLD}{heading}{BOLD:#}\n\n{table}")
    })
}

fn row(field: &BlamedField) -> Vec<Cell> {
    let plain = Style::new();
    let unknown = || "?".to_owned();
    let value = if field.value.is_null() {
        String::new()
    } else {
        short(&field.value)
    };
    vec![
        (one_line(&field.field), plain),
        (field.by.as_deref().map_or_else(unknown, one_line), plain),
        (field.at.map_or_else(unknown, minute), DIM),
        (field.commit.as_deref().map_or("?", short_commit).to_owned(), ID),
        (value, plain),
    ]
}
