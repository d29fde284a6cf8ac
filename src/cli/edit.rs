//! `git docket edit`

use std::io::Write as _;
use std::path::Path;

use clap::Args;

use super::output::Output;
use super::{Outcome, environment, open};
use crate::ops::{self, Error, Settings};

/// Edit the file of a record in your editor, also one that is not valid
///
/// What you save is checked and committed as you typed it. When it is not valid, or somebody
/// changed the record meanwhile, nothing is committed and your text is kept in a file.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket edit 3f9a2c1b
  EDITOR='code --wait' git docket edit 3f9a2c1b")]
pub(super) struct Arguments {
    /// The record
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open(settings, output)?;
    let session = ops::begin_edit(&context, &arguments.id)?;
    let failed = |error: &dyn std::fmt::Display| Error::request(format!("the text cannot be edited: {error}"));
    let file = tempfile::Builder::new().prefix("docket-").suffix(".md").tempfile();
    let mut file = file.map_err(|error| failed(&error))?;
    file.write_all(&session.bytes).map_err(|error| failed(&error))?;
    // It is kept from here on: whatever happens, what was typed is not lost.
    let (_, path) = file.keep().map_err(|error| failed(&error))?;
    environment::run_editor(&path)?;
    let typed = std::fs::read(&path).map_err(|error| failed(&error))?;
    let (summary, meta) = ops::save_edit(&context, &session, &typed).map_err(|error| kept(error, &path))?;
    std::fs::remove_file(&path).map_err(|error| failed(&error))?;
    output.answer(&meta, &meta.warnings, || {
        let text = summary.map_or_else(|| "Nothing to change".to_owned(), |text| super::text::one_line(&text));
        format!("{text}\n")
    })
}

fn kept(error: Error, path: &Path) -> Error {
    error.explained(&format!("your text is kept in {}", path.display()))
}
