//! Pushing a proposal, so that others can look at it.

use serde::Serialize;

use super::{chosen, name_of, not_there, short};
use crate::ops::sync::{self, FetchResponse, SyncRequest};
use crate::ops::{Context, Error, ErrorKind};
use crate::store::{Proposal, Remote};

/// Hosts whose address of a comparison is known, and what stands around the names of the branches.
const HOSTS: &[(&str, Compare)] = &[
    ("github.com", |base, head| format!("compare/{base}...{head}?expand=1")),
    ("codeberg.org", |base, head| format!("compare/{base}...{head}")),
    ("gitlab.com", |base, head| {
        format!("-/merge_requests/new?merge_request%5Bsource_branch%5D={head}&merge_request%5Btarget_branch%5D={base}")
    }),
];

type Compare = fn(&str, &str) -> String;

/// What was pushed.
#[derive(Clone, Debug, Serialize)]
pub struct ProposalPushResponse {
    /// The name of the proposal.
    pub name: String,
    /// The branch it is to be landed on.
    pub tracking: String,
    /// Whether the remote is known to have that branch.
    pub remote_has_tracking: bool,
    /// Where a pull request can be opened; null where the host is not one whose addresses are known.
    pub compare_url: Option<String>,
    /// The push itself.
    #[serde(flatten)]
    pub pushed: FetchResponse,
}

/// Pushes the branch of a proposal, without force; that of this worktree where none is named.
///
/// # Errors
///
/// `not_found` where there is no such branch or remote; `conflict` where the remote's has what is not here; else as a
/// push of the docket.
pub fn push_proposal(
    context: &Context,
    name: Option<&str>,
    remote: Option<&str>,
) -> Result<ProposalPushResponse, Error> {
    let proposal = chosen(context, name)?;
    let there = context.on(&proposal.reference)?;
    if there.store.tip()?.is_none() {
        return Err(not_there(&proposal));
    }
    let request = SyncRequest {
        remote: remote.map(ToOwned::to_owned),
        unrelated: false,
    };
    let pushed = sync::push(&there, &request).map_err(|error| match error.kind() {
        ErrorKind::Conflict => Error::new(ErrorKind::Conflict, error.to_string())
            .hint(format!("git docket --ref {} sync", short(&proposal.reference))),
        _ => error,
    })?;
    let remote = sync::remote(context, remote)?;
    let has_tracking = context.store.last_known(&remote, &proposal.tracking)?.is_some();
    Ok(ProposalPushResponse {
        name: name_of(&proposal),
        tracking: short(&proposal.tracking).to_owned(),
        remote_has_tracking: has_tracking,
        compare_url: has_tracking.then(|| compare_url(context, &remote, &proposal)).flatten(),
        pushed,
    })
}

fn compare_url(context: &Context, remote: &Remote, proposal: &Proposal) -> Option<String> {
    let base = proposal.tracking.strip_prefix("refs/heads/")?;
    let head = proposal.reference.strip_prefix("refs/heads/")?;
    compared_at(&context.store.push_url(remote)?, base, head)
}

/// The address where the host of a repository compares two branches; none unless it is known for sure.
fn compared_at(url: &str, base: &str, head: &str) -> Option<String> {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-._/".contains(c));
    let (host, path) = match url.split_once("://") {
        Some(("https" | "ssh", rest)) => rest.split_once('/')?,
        Some(_) => return None,
        None => url.split_once(':')?,
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let (known, compare) = HOSTS.iter().find(|(known, _)| *known == host)?;
    let sure = plain(path) && path.contains('/') && !path.starts_with('/') && plain(base) && plain(head);
    sure.then(|| format!("https://{known}/{path}/{}", compare(base, head)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_only_where_it_is_known() {
        let at = |url| compared_at(url, "tracking", "tracking-proposals/q3");
        let github = "https://github.com/ana/tea/compare/tracking...tracking-proposals/q3?expand=1";
        for url in [
            "https://github.com/ana/tea.git",
            "https://ana:secret@github.com/ana/tea",
            "git@github.com:ana/tea.git",
            "ssh://git@github.com/ana/tea",
        ] {
            assert_eq!(at(url).as_deref(), Some(github), "{url}");
        }
        let gitlab = at("git@gitlab.com:group/below/tea.git").expect("an address");
        assert!(gitlab.starts_with("https://gitlab.com/group/below/tea/-/merge_requests/new?"));
        for url in [
            "https://github.example.com/ana/tea.git",
            "https://github.com/tea",
            "https://github.com/ana/tea?x=1",
            "/srv/github.com/ana/tea.git",
            "file:///srv/github.com:ana/tea",
            "git@work:ana/tea.git",
        ] {
            assert_eq!(at(url), None, "{url}");
        }
        assert_eq!(compared_at("https://github.com/ana/tea", "tracking", "a#b"), None);
    }
}
