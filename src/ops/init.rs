//! Starting a docket.

use serde::Serialize;

use super::write::judged;
use super::{Context, Error};

/// What [`init`] found or did.
#[derive(Clone, Debug, Serialize)]
pub struct InitResponse {
    /// The full name of the tracking ref.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Whether the docket was created now.
    pub created: bool,
    /// The remote branch it was started from, if it was.
    pub started_from: Option<String>,
    /// Whether `docket.ref` was set in this repository's git config.
    pub configured: bool,
    /// The tip.
    pub revision: String,
    /// Where the answer comes from.
    pub data_source: &'static str,
    /// What somebody may want to know.
    pub warnings: Vec<String>,
}

/// Makes sure that the repository has a docket; harmless where it has one.
///
/// With `remember`, the ref the context was opened with becomes this repository's own, in its git
/// config. The user's checkout, index and branches stay as they are.
pub fn init(context: &Context, remember: bool) -> Result<InitResponse, Error> {
    context.require_proposal()?;
    let repository = context.source.id();
    let config = format!("# What all clones of this docket agree on.\nrepository = \"{repository}\"\n");
    if let Some(tip) = context.store.tip()? {
        let snapshot = context.store.snapshot(tip)?;
        // A branch of something else is refused below; one of ours that is damaged must not get a second docket.
        if snapshot.format()?.is_none() && !snapshot.entries(crate::record::path::ROOT)?.is_empty() {
            return Err(super::read::no_format(&snapshot, tip)?);
        }
    }
    let time = context.source.now().as_seconds();
    let init = context.repeated(|context| context.store.init(config.as_bytes(), time).map_err(judged))?;
    let warnings = match init.created || init.from_remote.is_some() {
        true => context.told_of_deleted(init.commit),
        false => Vec::new(),
    };
    let reference = context.store.tracking_ref().to_owned();
    if remember {
        context.store.set_config("docket.ref", &reference)?;
    }
    Ok(InitResponse {
        reference,
        created: init.created,
        started_from: init.from_remote.map(|started| started.remote_ref),
        configured: remember,
        revision: init.commit.to_string(),
        data_source: "git",
        warnings,
    })
}
