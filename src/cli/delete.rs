//! `git docket delete` and `restore`

use clap::Args;

use super::output::Output;
use super::write::print;
use super::{Outcome, open};
use crate::ops::{self, Settings};

/// Delete a work item, a vendor or an enhancement; nothing is lost, and `restore` brings it back
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket delete 3f9a2c1b
  git docket delete 987e6543 --recursive      with all below it, in one commit
  git docket delete 'ADP Vendor'")]
pub(super) struct Arguments {
    /// The record
    #[arg(value_name = "ID")]
    id: String,

    /// All below it too
    #[arg(long)]
    recursive: bool,
}

/// Bring a deleted record back
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket restore 987e6543 --recursive     with all that were deleted with it")]
pub(super) struct RestoreArguments {
    /// The record
    #[arg(value_name = "ID")]
    id: String,

    /// All below it too that were deleted with it
    #[arg(long)]
    recursive: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    print(
        &ops::delete(&open(settings, output)?, &arguments.id, arguments.recursive)?,
        output,
    )
}

pub(super) fn run_restore(arguments: &RestoreArguments, settings: &Settings, output: &Output) -> Outcome {
    print(
        &ops::restore(&open(settings, output)?, &arguments.id, arguments.recursive)?,
        output,
    )
}
