//! What went wrong between git and a remote, from what both said.

use super::{Error, Remote};

/// How many lines of a refusal are passed on.
const REFUSAL_LINES: usize = 40;

/// How many lines of anything else.
const TOLD_LINES: usize = 20;

/// Why a remote did not do what it was asked, from what git said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It could not be reached, or ended the conversation.
    Unreachable,
    /// It does not know who asks, or does not let them.
    Denied,
    /// It, or a hook here, does not take what was to be pushed.
    Refused,
    /// It does not take refs of this name.
    Hidden,
    /// Somebody holds a ref here; trying again may help.
    Busy,
    /// Something else.
    Other,
}

/// Words that tell a fault, in small letters. The first that is found counts: git ends each of its failures with lines
/// that fit several.
const FAULTS: &[(Fault, &[&str])] = &[
    (Fault::Hidden, &["hidden ref"]),
    (
        Fault::Refused,
        &[
            "hook declined",
            "[remote rejected]",
            "protected branch",
            "pre-push",
            "denied by",
            "shallow update not allowed",
            "aborted by hook",
            "does not support",
        ],
    ),
    (
        Fault::Denied,
        &[
            "permission denied",
            "authentication failed",
            "returned error: 401",
            "returned error: 403",
            "access denied",
            "could not read username",
            "could not read password",
            "terminal prompts disabled",
            "dubious ownership",
            "unable to create temporary object directory",
            "insufficient permission",
        ],
    ),
    (
        Fault::Busy,
        &[
            "cannot lock ref",
            "unable to lock",
            ".lock': file exists",
            "unable to create",
        ],
    ),
    (
        Fault::Unreachable,
        &[
            "could not resolve",
            "unable to access",
            "could not read from remote",
            "does not appear to be a git repository",
            "connection",
            "network",
            "timed out",
            "hung up",
            "not found",
            "no such",
            "early eof",
        ],
    ),
];

/// The error that what was said stands for.
pub(super) fn fault(action: &'static str, remote: &Remote, said: &str) -> Error {
    let lower = said.to_lowercase();
    let told_by = |(_, words): &&(Fault, &[&str])| words.iter().any(|word| lower.contains(word));
    let fault = FAULTS.iter().find(told_by).map_or(Fault::Other, |(fault, _)| *fault);
    Error::Remote {
        action,
        remote: remote.name.clone(),
        fault,
        message: match fault {
            Fault::Refused => refusal(said).unwrap_or_else(|| told(said)),
            _ => told(said),
        },
    }
}

/// What the remote itself said, line by line, where it refuses something: that is meant for whoever pushes, and what git
/// says around it tells no more.
fn refusal(said: &str) -> Option<String> {
    let lines = said.lines().map(|line| line.rsplit('\r').next().unwrap_or(line));
    let lines: Vec<_> = lines
        .filter_map(|line| line.strip_prefix("remote: "))
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !is_progress(line))
        .take(REFUSAL_LINES)
        .collect();
    (!lines.is_empty()).then(|| format!("\n  {}", lines.join("\n  ")))
}

/// What git and the remote said, without progress and without git's own advice.
pub(super) fn told(said: &str) -> String {
    let lines = said.lines().map(|line| line.rsplit('\r').next().unwrap_or(line).trim());
    let noise = |line: &str| {
        let plain = line.strip_prefix("remote: ").unwrap_or(line);
        line.is_empty()
            || line == "remote:"
            || [
                "hint:",
                "error: failed to push some refs",
                "Please make sure you have",
                "and the repository exists.",
            ]
            .iter()
            .any(|advice| line.starts_with(advice))
            || line.starts_with("From ")
            || line.starts_with("To ")
            || is_progress(plain)
    };
    let plain = |line: &'_ str| {
        // Of a line of --porcelain, the reason stands last.
        let reason = line.strip_prefix('!').and_then(|line| line.rsplit('\t').next());
        let line = reason.unwrap_or(line);
        line.strip_prefix("fatal: ")
            .or(line.strip_prefix("error: "))
            .unwrap_or(line)
            .to_owned()
    };
    let kept: Vec<_> = lines.filter(|line| !noise(line)).take(TOLD_LINES).map(plain).collect();
    match kept.is_empty() {
        true => "git said nothing about it".to_owned(),
        false => kept.join("; "),
    }
}

/// Whether a line tells how far git or a remote is.
fn is_progress(line: &str) -> bool {
    let progress = [
        "Enumerating",
        "Counting",
        "Compressing",
        "Writing",
        "Total ",
        "Resolving",
        "Receiving",
        "Delta",
        "Unpacking",
        "POST git-",
    ];
    progress.iter().any(|begin| line.starts_with(begin))
}
