//! `git docket claim` and `release`

use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use super::write::print;
use super::{Outcome, open};
use crate::ops::{self, ClaimRequest, ReleaseRequest, Settings};

/// Claim a work item, or the next one that is ready
///
/// Of two who claim at the same moment, one gets it. Where the docket is shared (`git docket sync`), so of two clones:
/// the claim is pushed before it is acknowledged. Where the remote cannot be reached, it is a claim that is not
/// confirmed, and a warning says so. Claiming what one already holds renews it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket claim                            the first that is ready and that nobody holds
  git docket claim 3f9a2c1b --for 2h
  git docket claim --for 90m --actor agent-7 --json")]
pub(super) struct Arguments {
    /// The work item [default: the first that is ready and that nobody holds]
    #[arg(value_name = "ID")]
    id: Option<String>,

    /// For how long, such as 2h or 90m [default: until it is released]
    #[arg(long = "for", value_name = "TIME", value_parser = seconds)]
    duration: Option<u64>,

    /// Push it before it is acknowledged, so that no other clone can have it too [default where the docket is shared]
    #[arg(long, conflicts_with = "local")]
    shared: bool,

    /// Claim it in this clone alone, without a push; another clone may claim it too
    #[arg(long)]
    local: bool,
}

/// Give a claimed work item back
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket release 3f9a2c1b")]
pub(super) struct ReleaseArguments {
    /// The work item
    #[arg(value_name = "ID")]
    id: String,

    /// Also when somebody else holds it
    #[arg(long)]
    force: bool,
}

/// A duration such as `90s`, `90m`, `2h`, `1d` or `1h 30m`, in seconds.
fn seconds(text: &str) -> Result<u64, String> {
    let span: jiff::SignedDuration = text
        .parse()
        .map_err(|_| "expected a duration such as 2h, 90m or 1h30m".to_owned())?;
    u64::try_from(span.as_secs())
        .ok()
        .filter(|seconds| *seconds > 0)
        .ok_or_else(|| "expected a duration that is not over yet".to_owned())
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let request = ClaimRequest {
        id: arguments.id.clone(),
        seconds: arguments.duration,
        by: None,
        shared: match (arguments.shared, arguments.local) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        },
    };
    let response = ops::claim_shared(&open(settings, output)?, &request)?;
    if output.is_json() {
        output.print_json(&response)?;
        return Ok(ExitCode::SUCCESS);
    }
    print(&response.claimed, output)
}

pub(super) fn run_release(arguments: &ReleaseArguments, settings: &Settings, output: &Output) -> Outcome {
    let request = ReleaseRequest {
        id: arguments.id.clone(),
        force: arguments.force,
        by: None,
    };
    print(&ops::release(&open(settings, output)?, &request)?, output)
}
