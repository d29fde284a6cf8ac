//! `git docket note`

use clap::Args;

use super::output::Output;
use super::write::text;
use super::{Outcome, open};
use crate::ops::{self, NoteRequest, Settings};

/// Say something about a record
///
/// Notes are only ever added, so any number of people may write them at the same moment.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket note 3f9a2c1b 'Reproduced on two machines.'
  git docket note 3f9a2c1b - < findings.md")]
pub(super) struct Arguments {
    /// The record
    #[arg(value_name = "ID")]
    id: String,

    /// The text, Markdown; - reads it from standard input
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: String,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let request = NoteRequest {
        on: arguments.id.clone(),
        body: text(&arguments.text)?,
        created_by: None,
    };
    let response = ops::note(&open(settings, output)?, &request)?;
    output.answer(&response, &response.meta.warnings, || {
        format!("{}\n", super::text::one_line(&response.summary))
    })
}
