//! `git docket mcp config`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::json;

use crate::cli::output::Output;
use crate::cli::{Outcome, environment};
use crate::mcp::{Client, Machine, Setup};
use crate::ops::{self, Context, Error, Settings};

/// Tell a client how to start the server
///
/// Prints what has to stand in the file the client reads, or puts it there. All else in that file stays.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket mcp config claude-code
  git docket mcp config cursor --write")]
pub(super) struct Arguments {
    /// The client
    #[arg(value_name = "CLIENT", value_parser = PossibleValuesParser::new(Client::ALL.iter().map(|(word, _)| *word)))]
    client: String,

    /// Put it into the file
    #[arg(long)]
    write: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = Context::open(settings)?;
    let repository = ops::work_tree(&context);
    let repository = repository.ok_or_else(|| {
        Error::request("this repository is bare: start the server with --repo from the settings of the client")
    })?;
    let machine = Machine {
        repository,
        program: settings.program.clone().unwrap_or_else(|| PathBuf::from("git-docket")),
        settings: environment::settings_dir().unwrap_or_else(|| PathBuf::from("~")),
        copilot: environment::copilot_dir().unwrap_or_else(|| PathBuf::from("~/.copilot")),
    };
    let client = Client::ALL.iter().find(|(word, _)| *word == arguments.client);
    let (_, client) = client.ok_or_else(|| Error::request("there is no such client"))?;
    let setup = client.setup(&machine);
    if arguments.write {
        write(&setup, &machine.repository)?;
    }
    if output.is_json() {
        output.print_json(&json!({
            "client": arguments.client,
            "file": setup.file.display().to_string(),
            "content": setup.content.alone(),
            "command": setup.command,
            "written": arguments.write,
        }))?;
    } else if arguments.write {
        output.print(&format!("{} starts the server now\n", setup.file.display()))?;
    } else {
        output.print(&told(&setup))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn told(setup: &Setup) -> String {
    let mut text = format!("In {}:\n\n{}", setup.file.display(), setup.content.alone());
    if let Some(command) = &setup.command {
        text.push_str(&format!("\nThe same: {command}\n"));
    }
    text
}

/// Puts it into the file, which is replaced in one step.
fn write(setup: &Setup, repository: &Path) -> Result<(), Error> {
    let file = &setup.file;
    let failed = |error: std::io::Error| Error::unwritten(file.display(), error.kind(), error);
    let directory = file.parent().unwrap_or(repository);
    let is_ours = file.starts_with(repository);
    if is_ours && directory.exists() {
        require_inside(file, directory, repository)?;
    }
    let before = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(error)),
    };
    let after = setup.content.merged(&before).map_err(|reason| {
        let alone = setup.content.alone();
        Error::request(format!(
            "{}: {reason}; put this into it by hand:\n{alone}",
            file.display()
        ))
    })?;
    fs::create_dir_all(directory).map_err(failed)?;
    ops::replace_file(file, after.as_bytes()).map_err(failed)
}

/// A link in somebody's repository does not lead us to files elsewhere.
fn require_inside(file: &Path, directory: &Path, repository: &Path) -> Result<(), Error> {
    let real = |path: &Path| {
        let real = path.canonicalize();
        real.map_err(|error| Error::request(format!("{} cannot be read: {error}", path.display())))
    };
    let is_link = file.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
    if is_link || !real(directory)?.starts_with(real(repository)?) {
        let message = format!(
            "{} is a link, or below one out of the repository; it is left as it is",
            file.display()
        );
        return Err(Error::request(message));
    }
    Ok(())
}
