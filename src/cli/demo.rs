//! `git docket demo`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::output::{BOLD, DIM, Output};
use super::text::counted;
use super::{Outcome, deployment, list, show, status, vendor};
use crate::ops::{self, Error, ListRequest, RecordListRequest, Settings};
use crate::record::Kind;

/// Make a small repository with believable records to look around in
///
/// The repository is yours to explore and to throw away; nothing else is touched.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket demo
  git docket demo ~/docket-demo")]
pub(super) struct Arguments {
    /// Where to make it; must be empty or not exist [default: a new temporary directory]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let dir = match &arguments.dir {
        Some(dir) => settings.path(dir),
        None => temporary()?,
    };
    let (response, context) = ops::demo(&dir, settings)?;
    if output.is_json() {
        output.print_json(&response)?;
        return Ok(ExitCode::SUCCESS);
    }
    let example = &response.example;
    let width = output.width();
    let list = ops::list(&context, &ListRequest::default())?;
    let vendors = ops::vendor::list(&context, &RecordListRequest::of(Kind::Vendor))?;
    let deployments = ops::deployment::list(&context, &RecordListRequest::of(Kind::Deployment))?;
    for (command, text) in [
        ("status", status::text(&ops::status(&context)?, width)),
        ("list", list::page(&list, width)),
        (
            &format!("show {example}"),
            show::text(&ops::show(&context, example, None, None)?),
        ),
        ("vendor list", vendor::page(&vendors, width)),
        ("deployment list", deployment::page(&deployments, width)),
    ] {
        output.print(&format!("{BOLD}git docket {command}{BOLD:#}\n{text}\n"))?;
    }
    let records = counted(response.records, "record");
    let shown = response.directory;
    output.print(&format!(
        "{DIM}{records} in the repository {shown}, on its branch tracking. Look around:{DIM:#}\n  \
         cd {shown}\n  git docket tree\n  git docket log {example}\n  git docket claim\n  git log --stat tracking\n"
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn temporary() -> Result<PathBuf, Error> {
    let dir = tempfile::Builder::new().prefix("docket-demo-").tempdir();
    // It stays: the user goes on in it.
    dir.map(tempfile::TempDir::keep)
        .map_err(|error| Error::request(format!("no temporary directory: {error}")))
}
