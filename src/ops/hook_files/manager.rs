//! Programs that write hook files themselves, and what to tell whoever uses them.

use std::path::{Path, PathBuf};

use super::block::Block;
use super::{Hook, Paste};

/// Who the hook files belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Manager {
    /// Has git config `core.hooksPath` at `.husky/_`, and calls the files in `.husky/`.
    Husky,
    /// Calls what its config says; the file is that.
    Lefthook(PathBuf),
    /// `pre-commit` or `prek`: calls what `.pre-commit-config.yaml` says.
    PreCommit(&'static str),
    /// Whoever has set git config `core.hooksPath`.
    HooksPath(PathBuf),
    /// Whoever looks after the directory that the repository's own is a link to.
    Link(PathBuf),
}

const PRE_COMMIT_CONFIG: &str = ".pre-commit-config.yaml";

/// What stands in the files that each of them writes.
const GENERATED: &[(&str, &str)] = &[("pre-commit.com", "pre-commit"), ("github.com/j178/prek", "prek")];

impl Manager {
    /// Whose the hooks in `directory` are; nobody's where they are the repository's `own`.
    pub(super) fn of(directory: &Path, own: &Path, work_dir: &Path) -> Option<Self> {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let part = |path: &Path| path.components().next_back().map(|part| part.as_os_str().to_owned());
        if real(directory) != real(own) {
            let above = directory.parent().and_then(part);
            let husky =
                part(directory).is_some_and(|name| name == ".husky") || above.is_some_and(|name| name == ".husky");
            return Some(if husky {
                Self::Husky
            } else {
                Self::HooksPath(directory.to_owned())
            });
        }
        if own.is_symlink() {
            return Some(Self::Link(real(own)));
        }
        if let Some(config) = lefthook_config(work_dir) {
            return Some(Self::Lefthook(config));
        }
        if work_dir.join(PRE_COMMIT_CONFIG).exists() {
            return generated(directory).map(Self::PreCommit);
        }
        None
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Husky => "husky",
            Self::Lefthook(_) => "lefthook",
            Self::PreCommit(name) => name,
            Self::HooksPath(_) => "core.hooksPath",
            Self::Link(_) => "a link to another directory",
        }
    }

    /// Whether its own files call us.
    pub(super) fn calls(&self, hook: Hook, path: &Path, work_dir: &Path) -> bool {
        let file = match self {
            Self::Husky => work_dir.join(".husky").join(hook.as_str()),
            Self::Lefthook(config) => config.clone(),
            Self::PreCommit(_) if hook != Hook::PostRewrite => work_dir.join(PRE_COMMIT_CONFIG),
            Self::PreCommit(_) | Self::HooksPath(_) | Self::Link(_) => path.to_owned(),
        };
        std::fs::read(file).is_ok_and(|bytes| mentions(&bytes, hook))
    }
}

/// Whether a file has the words that call us for a hook.
pub(super) fn mentions(bytes: &[u8], hook: Hook) -> bool {
    String::from_utf8_lossy(bytes).contains(&format!("hook run {}", hook.as_str()))
}

fn lefthook_config(work_dir: &Path) -> Option<PathBuf> {
    let names = [
        "lefthook",
        ".lefthook",
        ".config/lefthook",
        "lefthook-local",
        ".lefthook-local",
    ];
    let endings = ["yml", "yaml", "toml", "json", "jsonc"];
    let files = names
        .iter()
        .flat_map(|name| endings.map(|ending| work_dir.join(format!("{name}.{ending}"))));
    files.into_iter().find(|file| file.exists())
}

/// Which of them wrote a file in the directory of hooks.
fn generated(directory: &Path) -> Option<&'static str> {
    let files = std::fs::read_dir(directory).ok()?;
    let texts = files
        .flatten()
        .filter_map(|file| std::fs::read_to_string(file.path()).ok());
    let by = |text: String| {
        let head: Vec<_> = text.lines().take(5).collect();
        GENERATED
            .iter()
            .find(|(mark, _)| head.iter().any(|line| line.contains(mark)))
            .map(|(_, name)| *name)
    };
    texts.filter_map(by).next()
}

/// What to paste where for these hooks, which are not ours to write.
pub(super) fn paste(manager: Option<&Manager>, directory: &Path, hooks: &[Hook]) -> Vec<Paste> {
    if hooks.is_empty() {
        return Vec::new();
    }
    match manager {
        Some(Manager::Husky) => hooks
            .iter()
            .map(|hook| Paste {
                file: format!(".husky/{}", hook.as_str()),
                lines: plain(*hook),
                is_new: false,
            })
            .collect(),
        Some(Manager::Lefthook(config)) => vec![Paste {
            file: config.display().to_string(),
            lines: hooks.iter().map(|hook| lefthook(*hook)).collect(),
            is_new: false,
        }],
        Some(Manager::PreCommit(name)) => {
            // It hands no standard input on, and without that a rewritten commit is not found.
            let (alone, managed): (Vec<_>, Vec<_>) = hooks.iter().partition(|hook| **hook == Hook::PostRewrite);
            let config = Paste {
                file: PRE_COMMIT_CONFIG.to_owned(),
                lines: pre_commit(&managed, name),
                is_new: false,
            };
            let config = (!managed.is_empty()).then_some(config);
            config
                .into_iter()
                .chain(alone.iter().map(|hook| by_hand(*hook, directory)))
                .collect()
        }
        Some(Manager::HooksPath(_) | Manager::Link(_)) | None => {
            hooks.iter().map(|hook| by_hand(*hook, directory)).collect()
        }
    }
}

/// What to put into the hook file itself.
fn by_hand(hook: Hook, directory: &Path) -> Paste {
    let file = directory.join(hook.as_str());
    let is_new = file.symlink_metadata().is_err();
    let shebang = if is_new { "#!/bin/sh\n" } else { "" };
    Paste {
        lines: format!("{shebang}{}", plain(hook)),
        file: file.display().to_string(),
        is_new,
    }
}

fn plain(hook: Hook) -> String {
    Block { hook, program: None }.body()
}

fn lefthook(hook: Hook) -> String {
    let name = hook.as_str();
    let stdin = if hook == Hook::PostRewrite {
        "      use_stdin: true\n"
    } else {
        ""
    };
    let run = match hook {
        Hook::CommitMsg => format!("git-docket hook run {name} {{0}} || [ $? -ne {} ]", Hook::REFUSED),
        _ => format!("git-docket hook run {name} {{0}} || true"),
    };
    format!("{name}:\n  commands:\n    git-docket:\n      run: {run}\n{stdin}")
}

fn pre_commit(hooks: &[Hook], name: &str) -> String {
    let mut lines = "- repo: local\n  hooks:\n".to_owned();
    for hook in hooks {
        let hook_name = hook.as_str();
        let source = match hook {
            Hook::PrepareCommitMsg => " $PRE_COMMIT_COMMIT_MSG_SOURCE",
            _ => "",
        };
        let otherwise = match hook {
            Hook::CommitMsg => format!("[ $? -ne {} ]", Hook::REFUSED),
            _ => "true".to_owned(),
        };
        lines.push_str(&format!(
            "  - id: git-docket-{hook_name}\n    name: git docket\n    language: system\n    always_run: true\n    \
             stages: [{hook_name}]\n    \
             entry: sh -c 'git-docket hook run {hook_name} \"$@\"{source} || {otherwise}' --\n"
        ));
    }
    let types: Vec<_> = hooks.iter().map(|hook| format!("-t {}", hook.as_str())).collect();
    lines.push_str(&format!("# then: {name} install {}\n", types.join(" ")));
    lines
}
