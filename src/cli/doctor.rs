//! `git docket doctor`

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use super::text::one_line;
use super::{Outcome, open};
use crate::ops::{self, Settings};
use crate::record::Severity;

/// Look for what no single command would notice: lost commits, leftovers, broken records
///
/// Changes nothing. Exits 1 when something may be lost.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket doctor")]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::doctor(&open(settings, output)?)?;
    if output.is_json() {
        output.print_json(&response)?;
    } else {
        let mut text = String::new();
        for found in &response.findings {
            let _infallible = writeln!(text, "{}: {}", found.severity.as_str(), one_line(&found.message));
            if let Some(hint) = &found.hint {
                let _infallible = writeln!(text, "  see: {hint}");
            }
        }
        if response.findings.is_empty() {
            text.push_str("All is well\n");
        }
        output.print(&text)?;
        output.warnings(&response.meta.warnings);
    }
    let lost = response.findings.iter().any(|found| found.severity == Severity::Error);
    Ok(if lost { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
