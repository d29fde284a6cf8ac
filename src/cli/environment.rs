//! What the environment says; read nowhere else.

#![expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]

use std::path::PathBuf;

use super::Global;
use crate::ops::{Error, Settings};
use crate::record::value::Time;

/// Fixes the time of a command: RFC 3339. For reproducible records and tests.
const NOW: &str = "DOCKET_NOW";

/// Fixes the ids a command draws. For reproducible records and tests.
const SEED: &str = "DOCKET_SEED";

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
        actor: global.actor.clone(),
        now: now.transpose()?,
        seed: text(SEED),
    })
}

/// Whether help and usage errors are coloured: they are printed before the arguments are known.
pub(super) fn color_choice() -> clap::ColorChoice {
    let refused = std::env::args_os().any(|argument| argument == "--no-color");
    if refused {
        clap::ColorChoice::Never
    } else {
        clap::ColorChoice::Auto
    }
}
