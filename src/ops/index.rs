//! What the index stands at, and building it anew.

use serde::Serialize;

use super::freshen::Stale;
use super::read::Meta;
use super::{Context, Error, ErrorKind};
use crate::index;
use crate::store::CommitId;

/// What the index stands at.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct IndexResponse {
    /// What keeps it.
    pub backend: &'static str,
    /// Its file.
    pub file: String,
    /// `current`, `behind`, `missing`, `unusable` or `off`.
    pub state: &'static str,
    /// Why it is not usable, or not there.
    pub reason: Option<String>,
    /// The commit whose records it holds.
    pub tip: Option<String>,
    /// The commit whose history it holds.
    pub history: Option<String>,
    /// How many commits the tracking ref is ahead of that; null where it is not ahead but elsewhere.
    pub lag: Option<usize>,
    /// How many records it holds.
    pub records: u64,
    /// How many commits it holds.
    pub commits: u64,
    /// The size of its file in bytes.
    pub size: u64,
    /// The number of its layout.
    pub format: i64,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Says what the index stands at; brings it nowhere.
pub fn index_status(context: &Context) -> Result<IndexResponse, Error> {
    let reading = context.read()?;
    let tip = reading.commit();
    let mut response = IndexResponse {
        backend: "sqlite",
        file: context.index_path().display().to_string(),
        state: "off",
        reason: None,
        tip: None,
        history: None,
        lag: None,
        records: 0,
        commits: 0,
        size: 0,
        format: index::FORMAT,
        meta: reading.meta(),
    };
    if !context.uses_index {
        return Ok(response);
    }
    match look(context, tip, &mut response) {
        Ok(()) => {}
        Err(Stale::Index(index::Error::Missing)) => response.state = "missing",
        Err(Stale::Index(error)) => {
            response.state = "unusable";
            response.reason = Some(error.to_string());
        }
        Err(Stale::Error(error)) => return Err(error),
    }
    Ok(response)
}

fn look(context: &Context, tip: CommitId, response: &mut IndexResponse) -> Result<(), Stale> {
    let mut index = context.open_index()?;
    response.size = index.size();
    let looked = index.begin().map_err(Stale::from).and_then(|state| {
        let (walk, goes_on) = context.unknown_to(&mut index, &state, tip)?;
        Ok((state, index.counts()?, goes_on.then(|| walk.commits().len())))
    });
    context.keep_index(index);
    let (state, (records, commits), lag) = looked?;
    (response.records, response.commits, response.lag) = (records, commits, lag);
    response.state = if state.stands_at(&tip.to_string()) {
        "current"
    } else {
        "behind"
    };
    (response.tip, response.history) = (state.tip, state.history);
    Ok(())
}

/// Brings the index so near to the tip that who looks at it as it stands finds it of use. Nothing where it is turned off
/// or cannot be written.
pub fn prepare_index(context: &Context) -> Result<(), Error> {
    context.warm_index()
}

/// Throws the index away and builds it anew.
///
/// # Errors
///
/// `unavailable` where it cannot be written, or while another process writes to it.
pub fn rebuild_index(context: &Context) -> Result<IndexResponse, Error> {
    let tip = context.read()?.commit();
    if !context.uses_index {
        return Err(Error::request("the index is turned off by DOCKET_INDEX=off"));
    }
    match context.rebuilt_index(tip) {
        Ok(index) => context.keep_index(index),
        Err(Stale::Error(error)) => return Err(error),
        Err(Stale::Index(error)) => return Err(Error::new(ErrorKind::Unavailable, error.to_string())),
    }
    index_status(context)
}
