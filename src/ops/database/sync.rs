//! Bringing a database to the published commit.

use serde::Serialize;

use super::{Context, Named, Stale};
use crate::index::{self, Index, State, Tables};
use crate::ops::index::{IndexStanding, database_standing, index_status};
use crate::ops::proposal::is_proposal;
use crate::ops::read::Meta;
use crate::ops::{Error, ErrorKind};
use crate::store::CommitId;

/// What was done to bring an index forward.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct SyncedIndexResponse {
    /// `nothing`, `forward`, `built` where it held nothing of this repository, `rebuilt` where the ref was rewound or
    /// rewritten.
    pub synced: &'static str,
    /// The commit it stood at before.
    pub from: Option<String>,
    /// Where it stands now.
    #[serde(flatten)]
    pub standing: IndexStanding,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Brings the index in the database to what is published of this repository; without a database, the one of this clone
/// to its tip.
///
/// # Errors
///
/// `unavailable` where it cannot be reached or written, or where what is published is not known whole; `conflict` where
/// it stands at a commit that this clone does not have: then nothing is changed.
pub fn sync_index(context: &Context) -> Result<SyncedIndexResponse, Error> {
    let Some(named) = context.named_database() else {
        return match context.uses_index {
            true => sync_own(context),
            false => Err(context.no_database()),
        };
    };
    let published = published(context)?;
    let (from, synced) = sync_published(context, &named, published)?;
    Ok(SyncedIndexResponse {
        synced,
        from,
        standing: database_standing(context, &named)?,
        meta: Meta::of("postgres", published, Vec::new()),
    })
}

fn published(context: &Context) -> Result<CommitId, Error> {
    if let Some(published) = context.published()? {
        return Ok(published);
    }
    let proposal = "a proposal is looked at here, which nobody has published";
    if context.store.proposal().is_some() {
        return Err(Error::request(proposal).hint("git docket propose leave"));
    }
    if is_proposal(context.tracking_ref()) {
        return Err(Error::request(proposal));
    }
    // There may be no docket at all.
    context.read()?;
    Err(Error::new(ErrorKind::NotFound, "nothing of this docket is published").hint("git docket sync"))
}

fn sync_own(context: &Context) -> Result<SyncedIndexResponse, Error> {
    let from = index_status(context)?.standing.tip;
    let tip = context.read()?.commit();
    match context.fresh_index(tip) {
        Ok((index, _)) => context.keep_index(index),
        Err(stale) => return Err(stale.into_error()),
    }
    let status = index_status(context)?;
    let synced = match from.as_deref() {
        None => "built",
        Some(from) if Some(from) == status.standing.tip.as_deref() => "nothing",
        Some(_) => "forward",
    };
    Ok(SyncedIndexResponse {
        synced,
        from,
        standing: status.standing,
        meta: status.meta,
    })
}

/// Brings the database to a commit that is published, in whatever direction; tables are made where there are none. Says
/// where it stood, and what was done.
pub(in crate::ops) fn sync_published(
    context: &Context,
    named: &Named,
    published: CommitId,
) -> Result<(Option<String>, &'static str), Error> {
    let done = sync_to(context, named, published, false);
    done.map_err(|stale| failed(context, stale))
}

/// The same, throwing away what is there of this repository; tables that somebody dropped are made anew.
pub(in crate::ops) fn rebuild_published(context: &Context) -> Result<(), Error> {
    let Some(named) = context.named_database() else {
        return Err(context.no_database());
    };
    let done = sync_to(context, &named, published(context)?, true);
    done.map(|_| ()).map_err(|stale| failed(context, stale))
}

fn failed(context: &Context, stale: Stale) -> Error {
    match stale {
        Stale::Index(index::Error::Ahead) => {
            let message = "the database stands at a commit that this clone does not have; nothing was changed";
            let remote = context.store.remote().is_some();
            let error = Error::new(ErrorKind::Conflict, message);
            error.hint(if remote {
                "git docket fetch"
            } else {
                "git docket index rebuild"
            })
        }
        stale => stale.into_error(),
    }
}

fn sync_to(
    context: &Context,
    named: &Named,
    published: CommitId,
    rebuild: bool,
) -> Result<(Option<String>, &'static str), Stale> {
    let mut database = context.database(&named.url, published)?;
    // Two pushes at once: the second waits for the first, and finds less to do.
    database.patience = PATIENCE;
    database.timeout = database.timeout.max(TIMEOUT);
    let tables = if rebuild { Tables::Mended } else { Tables::Made };
    let mut index = Index::connect(&database, tables)?;
    context.forget_silent();
    let outcome = match rebuild {
        true => rebuilt(context, &mut index, published),
        false => synced(context, &mut index, published, true),
    };
    index.close();
    outcome
}

/// How long a server may take that somebody wants to be asked.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// How long to wait for another who writes.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// Brings an index to a published commit; back or elsewhere only where `back` allows it. Says where it stood, and what
/// was done.
///
/// # Errors
///
/// [`index::Error::Ahead`] where it stands at a commit that is not known here.
pub(in crate::ops) fn synced(
    context: &Context,
    index: &mut Index,
    published: CommitId,
    back: bool,
) -> Result<(Option<String>, &'static str), Stale> {
    index.abandon();
    let state = index.begin_writing()?;
    written(context, index, state, published, back)
}

/// Throws away what is there and reads all anew; others see what was there until that is done.
fn rebuilt(context: &Context, index: &mut Index, published: CommitId) -> Result<(Option<String>, &'static str), Stale> {
    index.begin_writing()?;
    let cleared = index.clear().and_then(|()| index.clear_history());
    if let Err(error) = cleared {
        index.abandon();
        return Err(error.into());
    }
    written(context, index, State::default(), published, true)
}

/// Does what was begun, all of it or nothing.
fn written(
    context: &Context,
    index: &mut Index,
    state: State,
    published: CommitId,
    back: bool,
) -> Result<(Option<String>, &'static str), Stale> {
    let outcome = bring(context, index, &state, published, back);
    match &outcome {
        Ok("nothing") | Err(_) => index.abandon(),
        Ok(_) => index.end()?,
    }
    Ok((state.tip, outcome?))
}

fn bring(
    context: &Context,
    index: &mut Index,
    state: &State,
    published: CommitId,
    back: bool,
) -> Result<&'static str, Stale> {
    if state.stands_at(&published.to_string()) {
        return Ok("nothing");
    }
    let (walk, goes_on) = context.unknown_to(index, state, published)?;
    if !walk.complete {
        let message = "the history of this clone is not complete, and others rely on what the database holds";
        return Err(index::Error::NotWritable(message.to_owned()).into());
    }
    let stood = state.tip.as_ref().and_then(|tip| tip.parse::<CommitId>().ok());
    if let Some(stood) = stood
        && !(goes_on && state.complete)
    {
        // A remote whose ref went back was asked, and its old commits are still here. On the server itself nobody
        // else knows better.
        let known = context.store.remote().is_none() || context.store.snapshot(stood).is_ok();
        if !back || !known {
            return Err(Stale::Index(index::Error::Ahead));
        }
    }
    let forward = goes_on && state.complete;
    let walk = match forward {
        true => walk,
        false => context.store.walk(published, |_| Ok::<_, Stale>(None))?,
    };
    context.fill(index, state, published, &walk, forward)?;
    Ok(match (stood, forward) {
        (None, _) => "built",
        (Some(_), true) => "forward",
        (Some(_), false) => "rebuilt",
    })
}
