//! `git docket init`

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::output::Output;
use super::{Outcome, open};
use crate::ops::{
    self, AgentAction, AgentFile, AgentFiles, Host, InitResponse, PipelineAction, PipelineFile, Settings,
};

/// Start a docket in this repository; harmless where there is one
///
/// Creates the branch `tracking`, which shares no commit with your code. Where the remote already
/// has one, the docket is started from there. With --ref, the docket is kept on that branch, and
/// docket.ref in this repository's git config remembers it.
///
/// With --agents, the guide of `git docket guide` is kept as a marked block in AGENTS.md and
/// CLAUDE.md at the root of the work tree: in those there are, else in a new AGENTS.md. Text outside
/// of the block stays as it is. Nothing is staged or committed.
///
/// With --ci, a commit on the branch adds the file that makes a host review what is proposed to it, with `git docket
/// review`. Push the branch, and open pull requests into it from branches such as tracking-proposals/vendors.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket init
  git docket init --ref docket                keep it on the branch docket
  git docket init --ref refs/tracking/main    keep it out of the list of branches
  git docket init --agents                    tell coding agents how to use it
  git docket init --remove-agents             and no more
  git docket init --ci github                 let GitHub review what is proposed")]
pub(super) struct Arguments {
    /// Put the guide into AGENTS.md and CLAUDE.md, those there are, or refresh it there
    #[arg(long)]
    agents: bool,

    /// Take the guide out of AGENTS.md and CLAUDE.md again, and do nothing else
    #[arg(long, conflicts_with = "agents")]
    remove_agents: bool,

    /// Put the pipeline that reviews proposals on the branch
    #[arg(long, value_enum, value_name = "HOST", conflicts_with = "remove_agents")]
    ci: Option<CiHost>,

    /// Put it in the place of another file that is there
    #[arg(long, requires = "ci")]
    replace: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CiHost {
    /// .github/workflows/docket-review.yml
    Github,
    /// .gitlab-ci.yml
    Gitlab,
    /// .forgejo/workflows/docket-review.yml
    Forgejo,
}

/// A docket and, where that was asked for, the files of agents.
#[derive(Serialize)]
struct Started {
    #[serde(flatten)]
    docket: InitResponse,
    #[serde(skip_serializing_if = "Option::is_none")]
    agents: Option<Vec<AgentFile>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pipeline: Option<PipelineFile>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open(settings, output)?;
    if arguments.remove_agents {
        return print_agents(&AgentFiles::remove(&context)?.write()?, output);
    }
    // Whatever is wrong with the files, it is told before anything is written.
    let agents = match arguments.agents {
        true => Some(AgentFiles::put(&context)?),
        false => None,
    };
    let mut response = ops::init(&context, settings.reference.is_some())?;
    let agents = agents.map(AgentFiles::write).transpose()?;
    let pipeline = match arguments.ci {
        Some(host) => Some(ops::add_pipeline(&context, host.into(), arguments.replace)?),
        None => None,
    };
    if let Some(pipeline) = &pipeline {
        response.revision.clone_from(&pipeline.revision);
    }
    if output.is_json() {
        output.print_json(&Started {
            docket: response,
            agents,
            pipeline,
        })?;
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
    if let Some(pipeline) = &pipeline {
        let file = pipeline.file;
        text.push_str(&match pipeline.action {
            PipelineAction::Created => format!("Put {file} on {branch}; push it, and the host reviews proposals\n"),
            PipelineAction::Replaced => format!("Put {file} on {branch} in the place of another one\n"),
            PipelineAction::Current => format!("{file} on {branch} is current\n"),
        });
    }
    output.print(&text)?;
    output.warnings(&response.warnings);
    match agents {
        Some(agents) => print_agents(&agents, output),
        None => Ok(ExitCode::SUCCESS),
    }
}

impl From<CiHost> for Host {
    fn from(host: CiHost) -> Self {
        match host {
            CiHost::Github => Self::Github,
            CiHost::Gitlab => Self::Gitlab,
            CiHost::Forgejo => Self::Forgejo,
        }
    }
}

fn print_agents(files: &[AgentFile], output: &Output) -> Outcome {
    if output.is_json() {
        output.print_json(&json!({ "agents": files }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text: String = files.iter().map(told).collect();
    if files.is_empty() {
        text.push_str("There is no AGENTS.md and no CLAUDE.md\n");
    }
    if files.iter().any(|file| is_change(file.action)) {
        text.push_str("Nothing is staged or committed\n");
    }
    output.print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn told(agent: &AgentFile) -> String {
    let file = agent.file;
    match agent.action {
        AgentAction::Created => format!("Made {file} with the guide\n"),
        AgentAction::Added => format!("Put the guide into {file}\n"),
        AgentAction::Updated => format!("Refreshed the guide in {file}; what was changed inside its block is gone\n"),
        AgentAction::Current => format!("The guide in {file} is current\n"),
        AgentAction::Refers => format!("Left {file} alone: whoever reads it reads AGENTS.md\n"),
        AgentAction::Removed => format!("Took the guide out of {file}\n"),
        AgentAction::Deleted => format!("Deleted {file}, which was nothing but the guide\n"),
        AgentAction::Absent => format!("There is no guide in {file}\n"),
    }
}

fn is_change(action: AgentAction) -> bool {
    !matches!(action, AgentAction::Current | AgentAction::Refers | AgentAction::Absent)
}
