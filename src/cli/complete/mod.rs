//! `git docket completions`, and what the scripts it prints ask with each press of the key.

mod shell;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _};
use clap_complete::engine::{CompletionCandidate, complete};
use serde_json::json;

use super::output::Output;
use super::{App, Outcome, environment};
use crate::ops::Settings;
use shell::Shell;

/// Print what makes your shell complete `git docket`
///
/// With the ids, titles, labels and names there are. The script is for `git-docket` and for
/// `git docket`, and stays right when git-docket is updated:
/// with each press of the key it asks the program what there is. Bash needs git's own completion
/// for `git docket`, which most systems have; fish and zsh bring it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(git docket completions bash)       in ~/.bashrc
  source <(git docket completions zsh)        in ~/.zshrc, after compinit
  git docket completions fish > ~/.config/fish/completions/git-docket.fish")]
pub(super) struct Arguments {
    /// Yours
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Print what may stand where the cursor is
#[derive(Debug, Args)]
pub(super) struct WordsArguments {
    /// For which shell it is
    #[arg(long)]
    shell: Shell,

    /// Without descriptions, where the shell takes each line for a value
    #[arg(long)]
    plain: bool,

    /// The command line up to the cursor, the program first
    #[arg(last = true)]
    words: Vec<OsString>,
}

pub(super) fn run(arguments: &Arguments, output: &Output) -> Outcome {
    let script = arguments.shell.script();
    if output.is_json() {
        output.print_json(&json!({ "script": script }))?;
    } else {
        output.print(script)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a line for each candidate. Where anything is wrong, nothing: whoever presses a key wants no errors.
pub(super) fn run_words(arguments: &WordsArguments, settings: &Settings, output: &Output) -> Outcome {
    let shell = arguments.shell;
    let Some((typed, before)) = arguments.words.split_last() else {
        return Ok(ExitCode::SUCCESS);
    };
    let typed = typed.to_string_lossy();
    let mut words: Vec<_> = before.iter().map(|word| shell.meant(word)).collect();
    words.push(shell.meant_at_cursor(&typed));
    let lines = shell.lines(&candidates(words, settings), &typed, arguments.plain);
    output.print(&lines)?;
    Ok(ExitCode::SUCCESS)
}

fn candidates(words: Vec<OsString>, settings: &Settings) -> Vec<CompletionCandidate> {
    let Some(current) = words.len().checked_sub(1).filter(|current| *current > 0) else {
        return Vec::new();
    };
    let settings = of_words(&words[1..current], settings);
    let (dir, wants_option) = (settings.dir.clone(), words[current].to_string_lossy().starts_with('-'));
    let mut command = values::with_values(App::command(), &settings);
    let mut found = complete(&mut command, words, current, Some(&dir)).unwrap_or_default();
    // Options stand behind everything else, where nobody looks for them without a hyphen.
    if !wants_option && found.iter().any(|candidate| !is_option(candidate)) {
        found.retain(|candidate| !is_option(candidate));
    }
    found
}

fn is_option(candidate: &CompletionCandidate) -> bool {
    candidate.get_value().to_string_lossy().starts_with('-')
}

/// The settings with the directory and the ref that stand on the command line, which may be wrong everywhere else.
fn of_words(words: &[OsString], settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    let mut words = words.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        if let Some(attached) = word.strip_prefix("-C") {
            let dir = if attached.is_empty() {
                words.next()
            } else {
                Some(attached.to_owned().into())
            };
            settings.dir = dir.map_or(settings.dir, |dir| at_home(&dir));
        } else if word == "--ref" {
            settings.reference = words.next().map(std::borrow::Cow::into_owned);
        } else if let Some(name) = word.strip_prefix("--ref=") {
            settings.reference = Some(name.to_owned());
        }
    }
    settings
}

/// The directory, with `~` for what a shell would take it for.
fn at_home(dir: &str) -> PathBuf {
    match (dir.strip_prefix('~'), environment::home()) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(dir),
    }
}
