//! The hooks that call us.

use serde::Serialize;

/// A hook of git that calls us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hook {
    /// Before the editor: names the work item.
    PrepareCommitMsg,
    /// After the editor: checks the names.
    CommitMsg,
    /// After a commit: links it.
    PostCommit,
    /// After a merge or a pull: links what it brought.
    PostMerge,
    /// After an amend or a rebase: moves links on.
    PostRewrite,
    /// On a server, before a push is taken: looks at what it would make of the docket.
    PreReceive,
    /// On a server, after a push: brings the index forward.
    PostReceive,
}

impl Hook {
    /// Those where somebody works.
    pub const CLIENT: [Self; 5] = [
        Self::PrepareCommitMsg,
        Self::CommitMsg,
        Self::PostCommit,
        Self::PostMerge,
        Self::PostRewrite,
    ];

    /// Those where others push to.
    pub const SERVER: [Self; 2] = [Self::PreReceive, Self::PostReceive];

    /// All of them.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::CLIENT.into_iter().chain(Self::SERVER)
    }

    /// Git's name for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::CommitMsg => "commit-msg",
            Self::PostCommit => "post-commit",
            Self::PostMerge => "post-merge",
            Self::PostRewrite => "post-rewrite",
            Self::PreReceive => "pre-receive",
            Self::PostReceive => "post-receive",
        }
    }

    /// The hook git calls so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|hook| hook.as_str() == name)
    }

    /// Whether it is one of a repository that others push to.
    #[must_use]
    pub fn is_of_server(self) -> bool {
        Self::SERVER.contains(&self)
    }

    /// Whether git gives it something to read.
    pub(super) fn reads(self) -> bool {
        matches!(self, Self::PostRewrite | Self::PreReceive | Self::PostReceive)
    }

    /// The exit code of a hook that refuses the commit or the push: none that a program which fails would have.
    pub const REFUSED: u8 = 65;
}
