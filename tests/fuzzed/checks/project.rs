//! A repository of code with a docket in it: what queries are asked of and hooks run in.

use std::path::PathBuf;

use git_docket::ops::Context;

use crate::docket::Docket;
use crate::drawn::docket;

/// The repository, and what is known of it.
pub(crate) struct Project {
    docket: Docket,
    /// Asks the index.
    pub(super) indexed: Context,
    /// Asks git itself.
    pub(super) plain: Context,
    /// Commits of the code, the oldest first.
    pub(super) commits: Vec<String>,
    /// The tracking ref's commits, the newest first.
    pub(super) tracked: Vec<String>,
}

/// What the commits of the code say.
const MESSAGES: &[&str] = &[
    "begin",
    "link\n\nWork-Item: 12345671",
    "close\n\nCloses: al-1, 48d159c4",
    "several\n\nText: of the body\nWork-Item: 12345671, 2468ace2\nCloses: AL-3",
    "nothing\n\nWork-Item: #12 https://example.com/1",
];

impl Project {
    pub(crate) fn new() -> Self {
        let docket = docket(7);
        docket.git("config docket.hooks.strict true");
        for message in MESSAGES {
            std::fs::write(docket.path().join("message"), message).expect("a file is written");
            docket.git("commit -q --allow-empty -F message");
        }
        let commits = |of: &str| {
            let printed = docket.git(of);
            printed.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        Self {
            commits: commits("rev-list --reverse HEAD"),
            tracked: commits("rev-list tracking"),
            indexed: docket.open(1_000, true),
            plain: docket.open(1_000, false),
            docket,
        }
    }

    /// A file of the repository itself, below `.git`.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.docket.path().join(".git").join(name)
    }

    /// The commit the tracking ref names.
    pub(super) fn tip(&self) -> String {
        let named = std::fs::read_to_string(self.file("refs/heads/tracking")).expect("a ref is a file");
        named.trim().to_owned()
    }

    /// Puts the tracking ref and HEAD back, whatever was done to them.
    pub(super) fn reset(&self) {
        let tip = format!("{}\n", self.tracked[0]);
        std::fs::write(self.file("refs/heads/tracking"), tip).expect("a ref is a file");
        std::fs::write(self.file("HEAD"), "ref: refs/heads/master\n").expect("HEAD is a file");
    }

    /// Runs git with a text as its input, and returns what it prints.
    #[expect(clippy::disallowed_types, reason = "git itself has the last word about messages")]
    pub(super) fn git_reads(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let file = self.file("input");
        std::fs::write(&file, input).expect("a file is written");
        let output = std::process::Command::new("git")
            .args(arguments)
            .current_dir(self.docket.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(std::fs::File::open(&file).expect("a file is read"))
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{arguments:?}");
        output.stdout
    }
}
