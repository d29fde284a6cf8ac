//! `git docket init`

use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use super::{Outcome, open};
use crate::ops::{self, Settings};

/// Start a docket in this repository; harmless where there is one
///
/// Creates the branch `tracking`, which shares no commit with your code. Where the remote already
/// has one, the docket is started from there. With --ref, the docket is kept on that branch, and
/// docket.ref in this repository's git config remembers it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket init
  git docket init --ref docket                keep it on the branch docket
  git docket init --ref refs/tracking/main    keep it out of the list of branches")]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open(settings, output)?;
    let response = ops::init(&context, settings.reference.is_some())?;
    if output.is_json() {
        output.print_json(&response)?;
        return Ok(ExitCode::SUCCESS);
    }
    let branch = context.tracking_ref();
    let revision = &response.revision[..8.min(response.revision.len())];
    let mut text = match (&response.started_from, response.created) {
        (Some(remote), _) => format!("Started the docket on branch {branch} from {remote}, at {revision}\n"),
        (None, true) => format!("Started a docket on branch {branch}, at {revision}\n"),
        (None, false) => format!("This repository has a docket on branch {branch}, at {revision}\n"),
    };
    if response.configured {
        text.push_str(&format!(
            "Set docket.ref to {} in this repository's git config\n",
            response.reference
        ));
    }
    output.print(&text)?;
    Ok(ExitCode::SUCCESS)
}
