//! The file on the tracking branch that makes a host review proposals.
//!
//! It lies on that branch, and nowhere in the code: hosts read the pipeline of a pull request from what is proposed and
//! what it is proposed to.

use serde::Serialize;

use super::draft::Draft;
use super::{Context, Error, ErrorKind};
use crate::store::Edit;

/// No pipeline is longer.
const MAX_BYTES: u64 = 1 << 20;

/// A host that reviews proposals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Host {
    /// GitHub, or GitHub Enterprise.
    Github,
    /// GitLab.
    Gitlab,
    /// Forgejo, or Gitea.
    Forgejo,
}

/// What became of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PipelineAction {
    /// There was none.
    Created,
    /// It was another one, which its history has.
    Replaced,
    /// It was as it should be.
    Current,
}

/// The file that makes a host review proposals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PipelineFile {
    /// Its path on the tracking branch.
    pub file: &'static str,
    /// What was done to it.
    pub action: PipelineAction,
    /// The tip.
    pub revision: String,
}

impl Host {
    /// The path of its file, and what this version writes there; the branch and the version of this program are to be
    /// filled in.
    fn template(self) -> (&'static str, &'static str) {
        match self {
            Self::Github => (
                ".github/workflows/docket-review.yml",
                include_str!("../../templates/ci/github.yml"),
            ),
            Self::Gitlab => (".gitlab-ci.yml", include_str!("../../templates/ci/gitlab.yml")),
            Self::Forgejo => (
                ".forgejo/workflows/docket-review.yml",
                include_str!("../../templates/ci/forgejo.yml"),
            ),
        }
    }
}

/// Puts the file of a host on the tracking branch, in a commit of its own; none where it is there already. One that is
/// different is only replaced where that is wanted.
///
/// # Errors
///
/// `denied` where another file is there, `invalid` where the docket is on no branch, or on one whose name does not go
/// into such a file, or the worktree is on a proposal. Nothing was written then.
pub fn add_pipeline(context: &Context, host: Host, replace: bool) -> Result<PipelineFile, Error> {
    let (file, template) = host.template();
    if let Some(name) = context.proposal_name() {
        let message =
            format!("this worktree is on the proposal {name}; a pipeline belongs on the branch it is landed on");
        return Err(Error::request(message).hint("git docket propose leave"));
    }
    let branch = branch(context)?;
    let wanted = template
        .replace("@BRANCH@", branch)
        .replace("@VERSION@", env!("CARGO_PKG_VERSION"));
    let plan = |context: &Context, draft: &mut Draft<'_>| {
        let there = draft.reading.snapshot.entry(file)?;
        let same = match draft.reading.snapshot.read(file, MAX_BYTES)? {
            Some(blob) => blob.bytes == wanted.as_bytes(),
            None => false,
        };
        let action = match (there, same) {
            (_, true) => return Ok(PipelineAction::Current),
            (None, _) => PipelineAction::Created,
            (Some(_), _) if replace => PipelineAction::Replaced,
            (Some(_), _) => return Err(occupied(context, file)),
        };
        draft.subject = Some(format!("pipeline: {file}"));
        draft.beside = Some(Edit {
            path: file.to_owned(),
            bytes: wanted.clone().into_bytes(),
        });
        Ok(action)
    };
    let written = context.write("pipeline", None, plan)?;
    Ok(PipelineFile {
        file,
        action: written.value,
        revision: written.commit.to_string(),
    })
}

fn occupied(context: &Context, file: &str) -> Error {
    let branch = context.tracking_ref();
    let message = format!("{file} on {branch} is not what this version writes; --replace puts that in its place");
    Error::new(ErrorKind::Denied, message).hint(format!("git show {branch}:{file}"))
}

/// The branch that proposals go into, as it may stand in any such file.
fn branch(context: &Context) -> Result<&str, Error> {
    let full = context.store.tracking_ref();
    let Some(branch) = full.strip_prefix("refs/heads/") else {
        let message = format!("{full} is no branch, and hosts review proposals to branches only");
        return Err(Error::request(message).hint("git docket init --ref tracking"));
    };
    // Nothing that quotes, escapes, or is a pattern to some host.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    match branch.chars().all(plain) {
        true => Ok(branch),
        false => {
            let message = format!(
                "the name of the branch {} has characters that mean something in the pipelines of hosts",
                branch.escape_debug()
            );
            Err(Error::request(message))
        }
    }
}
