//! The proposals there are, here and on remotes as they were last asked.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{apart, prefix, tracking};
use crate::ops::read::{Listed, Meta};
use crate::ops::{Context, Error, changed_between};
use crate::record::value::Time;
use crate::store::{self, CommitId, NamedCommit};

/// The trailer that names who made a commit.
const CLIENT: &str = "Docket-Client";

/// A proposal.
#[derive(Clone, Debug, Serialize)]
pub struct ProposalView {
    /// Its name.
    pub name: String,
    /// The ref that was looked at: the branch here, else what is known of the remote's.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Where that stands.
    pub commit: String,
    /// Whether there is a branch here.
    pub local: bool,
    /// The remotes that have it, as they were last asked.
    pub remotes: Vec<String>,
    /// How many commits it has that the tracking branch has not.
    pub ahead: usize,
    /// How many commits the tracking branch has that it has not.
    pub behind: usize,
    /// How many records it changes.
    pub records: usize,
    /// Who made its last commit; null where it has none of its own.
    pub by: Option<String>,
    /// When that was.
    pub at: Option<Time>,
    /// Whether this worktree is directed to it.
    pub current: bool,
}

/// All of them.
#[derive(Clone, Debug, Serialize)]
pub struct ProposalsResponse {
    /// The full name of the ref they are to be landed on.
    pub tracking: String,
    /// The proposals, by name, as of the tip of the tracking ref.
    #[serde(flatten)]
    pub list: Listed<ProposalView>,
}

/// Where a proposal is: here, on the first remote that has it, and on which others.
#[derive(Default)]
struct Found {
    here: Option<Place>,
    there: Option<Place>,
    remotes: Vec<String>,
}

/// A ref and what it names.
type Place = (String, Result<CommitId, store::Error>);

/// Lists the proposals to the tracking ref. No remote is asked.
///
/// # Errors
///
/// `not_found` where there is no docket.
pub fn proposals(context: &Context) -> Result<ProposalsResponse, Error> {
    let tracking = tracking(context);
    let reading = context.on(tracking)?.read()?;
    let prefix = prefix(tracking);
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for NamedCommit { reference, commit } in context.store.refs_below(&prefix)? {
        let name = reference[prefix.len()..].to_owned();
        found.entry(name).or_default().here = Some((reference, commit));
    }
    for remote in context.store.remotes() {
        let kept = remote.kept(&prefix);
        for NamedCommit { reference, commit } in context.store.refs_below(&kept)? {
            let name = reference[kept.len()..].to_owned();
            let there = found.entry(name).or_default();
            there.remotes.push(remote.name.clone());
            there.there.get_or_insert((reference, commit));
        }
    }
    let current = context.store.directed()?.map(|proposal| proposal.reference);
    let (mut items, mut warnings) = (Vec::with_capacity(found.len()), reading.warnings.clone());
    for (name, Found { here, there, remotes }) in found {
        let (local, current) = (here.is_some(), current.as_deref() == Some(&format!("{prefix}{name}")));
        let Some((reference, commit)) = here.or(there) else {
            continue;
        };
        let looked = commit.map_err(Error::from);
        match looked.and_then(|commit| looked_at(context, commit, reading.commit())) {
            Ok(looked) => items.push(ProposalView {
                name,
                reference,
                local,
                remotes,
                current,
                ..looked
            }),
            // One that is broken hides no other.
            Err(error) => warnings.push(format!("{reference} cannot be read: {error}")),
        }
    }
    Ok(ProposalsResponse {
        tracking: tracking.to_owned(),
        list: Listed::all(items, Meta::git(reading.commit(), warnings)),
    })
}

fn looked_at(context: &Context, tip: CommitId, tracking: CommitId) -> Result<ProposalView, Error> {
    let (ahead, behind) = apart(context, Some(tip), Some(tracking))?;
    let base = context
        .store
        .merge_bases(tip, tracking)?
        .first()
        .map(CommitId::to_string);
    let commit = tip.to_string();
    let records = changed_between(context, base.as_deref(), &commit)?.len();
    let last = match ahead {
        0 => None,
        _ => Some(context.store.code_commit(tip)?),
    };
    let at = last.as_ref().and_then(|last| Time::from_seconds(last.time));
    let by = last.map(|last| {
        let client = last
            .trailers
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(CLIENT));
        client.map_or(last.author, |(_, client)| client)
    });
    Ok(ProposalView {
        name: String::new(),
        reference: String::new(),
        commit,
        local: false,
        remotes: Vec::new(),
        ahead,
        behind,
        records,
        by,
        at,
        current: false,
    })
}
