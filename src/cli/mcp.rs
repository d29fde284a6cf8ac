//! `git docket mcp`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::Outcome;
use crate::mcp::{self, Options, Toolset};
use crate::ops::Settings;

/// Serve coding agents over the Model Context Protocol
///
/// Speaks the protocol on standard input and output, for a client that starts this command itself. The repository is
/// the one of --repo, else of -C or DOCKET_REPO, else of the working directory.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket mcp
  git docket mcp --repo ~/src/project --read-only
  git docket mcp --toolset history,batch")]
pub(super) struct Arguments {
    /// Serve the repository at DIR
    #[arg(long, value_name = "DIR", env = "DOCKET_REPO", hide_env = true)]
    repo: Option<PathBuf>,

    /// More tools: work, history, batch, vendors, enhancements, or all
    #[arg(long = "toolset", value_name = "SET", value_delimiter = ',', env = "DOCKET_TOOLSETS", hide_env = true, value_parser = toolsets())]
    toolsets: Vec<String>,

    /// Only tools that change nothing
    #[arg(long)]
    read_only: bool,
}

fn toolsets() -> PossibleValuesParser {
    PossibleValuesParser::new(Toolset::ALL.iter().map(|(word, _)| *word).chain(["all"]))
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    let asked = |word: &str| arguments.toolsets.iter().any(|asked| asked == word || asked == "all");
    let options = Options {
        toolsets: Toolset::ALL
            .iter()
            .filter(|(word, _)| asked(word))
            .map(|(_, set)| *set)
            .collect(),
        read_only: arguments.read_only,
    };
    let settings = Settings {
        dir: arguments.repo.clone().unwrap_or_else(|| settings.dir.clone()),
        brief: false,
        ends_process: false,
        on_wait: None,
        ..settings.clone()
    };
    mcp::serve_stdio(settings, &options)?;
    Ok(ExitCode::SUCCESS)
}
