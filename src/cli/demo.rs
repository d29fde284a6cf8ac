//! `git docket demo`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Outcome;
use super::list::page;
use super::output::{BOLD, DIM, Output};
use super::show::text;
use super::text::counted;
use crate::ops::{self, Error, ListRequest, Settings};

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
    let list = ops::list(&context, &ListRequest::default())?;
    output.print(&format!(
        "{BOLD}git docket list{BOLD:#}\n{}",
        page(&list, output.width())
    ))?;
    let example = &response.example;
    let shown = ops::show(&context, example, None, None)?;
    output.print(&format!("\n{BOLD}git docket show {example}{BOLD:#}\n{}", text(&shown)))?;
    let records = counted(response.records, "record");
    let shown = response.directory;
    output.print(&format!(
        "\n{DIM}{records} in the repository {shown}, on its branch tracking. Look around:{DIM:#}\n  \
         cd {shown}\n  git docket list --type session\n  git docket validate\n  git show tracking\n"
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn temporary() -> Result<PathBuf, Error> {
    let dir = tempfile::Builder::new().prefix("docket-demo-").tempdir();
    // It stays: the user goes on in it.
    dir.map(tempfile::TempDir::keep)
        .map_err(|error| Error::request(format!("no temporary directory: {error}")))
}
