//! `git docket doctor`

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use super::text::one_line;
use super::{Outcome, open_as_it_is};
use crate::ops::{self, Settings};
use crate::record::Severity;

/// Look for what no single command would notice: lost commits, leftovers, broken records
///
/// Changes nothing unless asked to. Exits 1 when something may be lost or stands in the way.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket doctor
  git docket doctor --fix                     mend the index and empty objects, remove what dead writers left")]
pub(super) struct Arguments {
    /// Mend what can be mended without risk: the index, empty objects, and locks and files of writers known to be dead
    #[arg(long)]
    fix: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::doctor(&open_as_it_is(settings, output)?, arguments.fix)?;
    if output.is_json() {
        output.print_json(&response)?;
    } else {
        let mut text = String::new();
        for found in &response.findings {
            let _infallible = writeln!(text, "{}: {}", found.severity.as_str(), one_line(&found.message));
            match (&found.remedy, found.fixed) {
                (Some(remedy), true) => drop(writeln!(text, "  done: {remedy}")),
                (Some(remedy), false) => drop(writeln!(text, "  --fix would {remedy}")),
                (None, _) => {}
            }
            if let Some(hint) = found.hint.as_ref().filter(|_| !found.fixed) {
                let _infallible = writeln!(text, "  try: {hint}");
            }
        }
        if response.findings.is_empty() {
            text.push_str("All is well\n");
        }
        output.print(&text)?;
        output.warnings(&response.meta.warnings);
    }
    let open = response.findings.iter().filter(|found| !found.fixed);
    let lost = open.filter(|found| found.severity == Severity::Error).count();
    Ok(if lost > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
