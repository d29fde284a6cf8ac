//! What the environment says; read nowhere else.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one place that reads the environment and starts the user's editor"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Global;
use crate::ops::{Error, Settings};
use crate::record::value::Time;

/// Fixes the time of a command: RFC 3339. For reproducible records and tests.
const NOW: &str = "DOCKET_NOW";

/// Fixes the ids a command draws. For reproducible records and tests.
const SEED: &str = "DOCKET_SEED";

/// `off` reads everything from git itself, without an index.
const INDEX: &str = "DOCKET_INDEX";

/// The database that holds an index for a team; git config `docket.databaseUrl` where it is not set.
const DATABASE_URL: &str = "DOCKET_DATABASE_URL";

/// What arguments and environment say about every command.
pub(super) fn settings(global: &Global) -> Result<Settings, Error> {
    let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let now = text(NOW).map(|value| {
        let time = value.parse::<Time>();
        time.map_err(|reason| Error::request(format!("{NOW}={value} {reason}")))
    });
    Ok(Settings {
        dir: global.directory.clone().unwrap_or_else(|| PathBuf::from(".")),
        reference: global.reference.clone(),
        reference_from: global.reference_from,
        actor: global.actor.clone(),
        now: now.transpose()?,
        seed: text(SEED),
        database: text(DATABASE_URL).map(|url| (url, DATABASE_URL)),
        without_index: text(INDEX).is_some_and(|value| value == "off"),
        brief: !global.json,
        ends_process: true,
        patience: None,
        program: std::env::current_exe().ok(),
        on_wait: (!global.json).then_some(super::output::waiting),
    })
}

/// The commits that git says it merges, besides HEAD.
pub(super) fn merge_heads() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let heads = names.filter_map(|name| name.strip_prefix("GITHEAD_").map(ToOwned::to_owned));
    heads.collect()
}

/// What every request over HTTP must carry.
pub(super) fn http_token() -> Option<String> {
    let token = std::env::var("DOCKET_HTTP_TOKEN").ok()?;
    Some(token.trim().to_owned()).filter(|token| !token.is_empty())
}

/// The user's home directory.
pub(super) fn home() -> Option<PathBuf> {
    std::env::home_dir()
}

/// Where programs with windows keep the user's settings.
pub(super) fn settings_dir() -> Option<PathBuf> {
    if cfg!(windows) {
        return std::env::var_os("APPDATA").map(PathBuf::from);
    }
    let below = match cfg!(target_os = "macos") {
        true => "Library/Application Support",
        false => ".config",
    };
    Some(home()?.join(below))
}

/// Where Copilot on the command line keeps the user's settings.
pub(super) fn copilot_dir() -> Option<PathBuf> {
    let set = std::env::var_os("COPILOT_HOME").filter(|dir| !dir.is_empty());
    set.map(PathBuf::from).or_else(|| Some(home()?.join(".copilot")))
}

/// Where the user's programs keep what they install.
pub(super) fn data_dir() -> Option<PathBuf> {
    let set = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    // A relative one is to be ignored, says the specification.
    set.filter(|dir| dir.is_absolute())
        .or_else(|| Some(home()?.join(".local/share")))
}

/// The directories `man` looks in, as it says itself; none where it cannot be asked.
pub(super) fn man_path() -> Option<Vec<PathBuf>> {
    let asked = Command::new("manpath").arg("-q").output().ok()?;
    let line = String::from_utf8(asked.stdout)
        .ok()
        .filter(|_| asked.status.success())?;
    Some(std::env::split_paths(line.trim_end()).collect())
}

/// Lets the user edit a file, in the editor git would take, and waits.
pub(super) fn run_editor(file: &Path) -> Result<(), Error> {
    let named = |name: &str| std::env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    let editor = ["GIT_EDITOR", "VISUAL", "EDITOR"]
        .into_iter()
        .find_map(named)
        .unwrap_or_else(|| "vi".to_owned());
    // As git does it: the value is a command line, and the file is one word behind it.
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$@\""))
        .arg(&editor)
        .arg(file)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::request(format!(
            "the editor `{editor}` ended with {status}; your text is in {}",
            file.display()
        ))),
        Err(error) => Err(Error::request(format!("the editor `{editor}` did not start: {error}"))),
    }
}

/// Whether help and usage errors are coloured: they are printed before the arguments are known.
pub(super) fn color_choice() -> clap::ColorChoice {
    if is_given("--no-color") {
        clap::ColorChoice::Never
    } else {
        clap::ColorChoice::Auto
    }
}

/// Whether usage errors are told as JSON; the same holds for them.
pub(super) fn asks_for_json() -> bool {
    is_given("--json")
}

/// The command that the arguments name, as far as there is one.
pub(super) fn command_line() -> String {
    let app = <super::App as clap::CommandFactory>::command();
    let (mut line, mut command) = ("git docket".to_owned(), &app);
    let words = std::env::args_os().skip(1).take_while(|argument| argument != "--");
    for word in words {
        if let Some(named) = command.find_subcommand(&word) {
            line = format!("{line} {}", named.get_name());
            command = named;
        }
    }
    line
}

/// Whether an option is there that every command has.
fn is_given(option: &str) -> bool {
    let mut options = std::env::args_os().skip(1).take_while(|argument| argument != "--");
    options.any(|argument| argument == option)
}
