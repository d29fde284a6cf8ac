//! `git docket undo`

use clap::Args;

use super::output::Output;
use super::text::one_line;
use super::{Outcome, open};
use crate::ops::{self, Settings};

/// Take a commit back, with a new one that gives its fields the values they had before
///
/// Without COMMIT it is your own last one that is neither an undo nor undone; a merge or an import
/// has to be named. What the commit created is deleted, and a note or a deployment is retracted. An
/// undo can be undone: name its commit. Where somebody changed the same fields since, nothing is
/// done; the command shows them and exits with 3.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket undo
  git docket log --limit 5                    look for the commit
  git docket undo 1a2b3c4d")]
pub(super) struct Arguments {
    /// The commit: four or more of its first digits, or as git has it [default: your last one]
    #[arg(value_name = "COMMIT")]
    commit: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::undo(&open(settings, output)?, arguments.commit.as_deref())?;
    output.answer(&response, &response.meta.warnings, || {
        format!("{}\n", one_line(&response.subject))
    })
}
