//! `git docket batch`

use std::io::BufRead as _;

use clap::Args;

use super::output::Output;
use super::text::counted;
use super::{Outcome, open};
use crate::ops::{self, BatchLine, Error, Settings};
use crate::record::json;
use crate::record::limits::RECORD_BYTES;

/// Apply many changes in one commit, or none of them
///
/// Reads one JSON object a line: {"op": …} with the parameters of that operation. Operations are
/// create_work_item, update_work_item, claim_work_item, add_note, create_vendor,
/// update_vendor_status, record_deployment, retract_deployment, create_enhancement and
/// update_enhancement. An error names the line.
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  git docket batch < changes.ndjson
  echo '{"op":"create_work_item","item_type":"task","title":"One of many"}' | git docket batch
  echo '{"op":"update_work_item","id":"3f9a2c1b","status":"completed"}' | git docket batch --json"#)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let lines = lines()?;
    let response = ops::batch(&open(settings, output)?, &lines)?;
    output.answer(&response, &response.meta.warnings, || match &response.commit {
        Some(commit) => format!(
            "Changed {} in commit {}\n",
            counted(response.changed, "record"),
            &commit[..8]
        ),
        None => "Nothing to change\n".to_owned(),
    })
}

/// The lines of standard input with their numbers, read to the end before anything is locked.
fn lines() -> Result<Vec<(usize, BatchLine)>, Error> {
    let mut lines = Vec::new();
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let number = number + 1;
        let line = line.map_err(|error| Error::request(format!("cannot be read: {error}")).in_line(number))?;
        if line.len() as u64 > 2 * RECORD_BYTES {
            return Err(Error::request("longer than any record").in_line(number));
        }
        if !line.trim().is_empty() {
            let read = json::read(&line).map_err(Error::request).and_then(BatchLine::read);
            lines.push((number, read.map_err(|error| error.in_line(number))?));
        }
    }
    Ok(lines)
}
