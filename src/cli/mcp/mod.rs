//! `git docket mcp`

mod config;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::output::Output;
use super::{Outcome, environment};
use crate::mcp::{self, Http, Options, Toolset};
use crate::ops::{Error, Settings};

/// Serve coding agents over the Model Context Protocol
///
/// Speaks the protocol on standard input and output, for a client that starts this command itself. The repository is
/// the one of --repo, else of -C or DOCKET_REPO, else of the working directory.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  git docket mcp
  git docket mcp --repo ~/src/project --read-only
  git docket mcp --toolset history,batch
  git docket mcp --http 127.0.0.1:8931        for several clients, at http://127.0.0.1:8931/mcp
  git docket mcp config claude-code           what a client must be told"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Serve the repository at DIR
    #[arg(long, value_name = "DIR", env = "DOCKET_REPO", hide_env = true)]
    repo: Option<PathBuf>,

    /// More tools: work, history, notes, batch, vendors, deployments, enhancements, or all
    #[arg(long = "toolset", value_name = "SET", value_delimiter = ',', env = "DOCKET_TOOLSETS", hide_env = true, value_parser = toolsets())]
    toolsets: Vec<String>,

    /// Only tools that change nothing
    #[arg(long)]
    read_only: bool,

    /// Serve over HTTP at this address or port of this machine, not over standard input and output
    #[arg(long, value_name = "ADDR", value_parser = address)]
    http: Option<SocketAddr>,

    /// Read the token that every request must carry from FILE [default: DOCKET_HTTP_TOKEN]
    #[arg(long, value_name = "FILE", requires = "http")]
    token_file: Option<PathBuf>,

    /// Answer to this host name too; may be given several times
    #[arg(long = "allow-host", value_name = "NAME", requires = "http")]
    hosts: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Config(config::Arguments),
}

/// An address; of a port alone, on the loopback.
fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    let text = text.replacen("localhost:", "127.0.0.1:", 1);
    text.parse()
        .map_err(|_| "expected an address with a port, such as 127.0.0.1:8931".to_owned())
}

/// The token: out of the file, else of the environment.
fn token(file: Option<&Path>) -> Result<Option<String>, Error> {
    let Some(file) = file else {
        return Ok(environment::http_token());
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::request(format!("{} cannot be read: {error}", file.display())))?;
    Ok(Some(text.trim().to_owned()))
}

fn toolsets() -> PossibleValuesParser {
    PossibleValuesParser::new(Toolset::ALL.iter().map(|(word, _)| *word).chain(["all"]))
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    if let Some(Command::Config(arguments)) = &arguments.command {
        return config::run(arguments, settings, output);
    }
    let asked = |word: &str| arguments.toolsets.iter().any(|asked| asked == word || asked == "all");
    let options = Options {
        toolsets: Toolset::ALL
            .iter()
            .filter(|(word, _)| asked(word))
            .map(|(_, set)| *set)
            .collect(),
        read_only: arguments.read_only,
        asks_roots: arguments.repo.is_none() && settings.dir == Path::new(".") && arguments.http.is_none(),
    };
    let settings = Settings {
        dir: arguments.repo.clone().unwrap_or_else(|| settings.dir.clone()),
        brief: false,
        ends_process: false,
        on_wait: None,
        patience: Some(mcp::PATIENCE),
        ..settings.clone()
    };
    let Some(address) = arguments.http else {
        mcp::serve_stdio(settings, &options)?;
        return Ok(ExitCode::SUCCESS);
    };
    let http = Http {
        address,
        token: token(arguments.token_file.as_deref())?,
        hosts: arguments.hosts.clone(),
    };
    mcp::serve_http(settings, &options, &http, super::output::listening)?;
    Ok(ExitCode::SUCCESS)
}
