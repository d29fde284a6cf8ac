//! `git docket guide`

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::output::Output;
use crate::ops::GUIDE;

/// Print the few steps of working with a docket
///
/// For people and programs who have not seen one. It needs no repository. `git docket init --agents` puts it where coding agents read it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket guide
  git docket init --agents                    keep it in AGENTS.md")]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, output: &Output) -> Outcome {
    if output.is_json() {
        output.print_json(&json!({ "guide": GUIDE }))?;
    } else {
        output.print(GUIDE)?;
    }
    Ok(ExitCode::SUCCESS)
}
