//! What the indexes stand at, bringing them forward, and building them anew.

use serde::Serialize;

use super::database::{Named, rebuild_published};
use super::freshen::Stale;
use super::read::Meta;
use super::{Context, Error};
use crate::index::{self, Database, Index, Tables};
use crate::store::CommitId;

/// What an index stands at.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct IndexStanding {
    /// What keeps it: `sqlite` or `postgres`.
    pub backend: &'static str,
    /// Its file, or where the database is; never with a password.
    pub place: String,
    /// `current`, `behind`, `elsewhere` where it is at a commit that what it follows does not reach, `missing`,
    /// `unusable`, `unreachable` or `off`.
    pub state: &'static str,
    /// Why it is not usable, or not there.
    pub reason: Option<String>,
    /// The commit whose records it holds.
    pub tip: Option<String>,
    /// The commit whose history it holds.
    pub history: Option<String>,
    /// How many commits what it follows is ahead of that; null where it is not ahead but elsewhere.
    pub lag: Option<usize>,
    /// How many records it holds.
    pub records: u64,
    /// How many commits it holds.
    pub commits: u64,
    /// Its size in bytes; of a database, that of all repositories in it.
    pub size: u64,
    /// The number of its layout.
    pub format: i64,
}

/// What the indexes stand at.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct IndexResponse {
    /// The one of this clone.
    #[serde(flatten)]
    pub standing: IndexStanding,
    /// The one in a database, where one is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<IndexStanding>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

impl IndexStanding {
    fn new(backend: &'static str, place: String, format: i64) -> Self {
        Self {
            backend,
            place,
            state: "off",
            reason: None,
            tip: None,
            history: None,
            lag: None,
            records: 0,
            commits: 0,
            size: 0,
            format,
        }
    }

    /// What was found by a look at it that ended so.
    fn looked(&mut self, looked: Result<(), Stale>) -> Result<(), Error> {
        match looked {
            Ok(()) => {}
            Err(Stale::Index(index::Error::Missing)) => self.state = "missing",
            Err(Stale::Index(error)) => {
                self.state = match &error {
                    index::Error::Unreachable(_) | index::Error::TimedOut(_) => "unreachable",
                    _ => "unusable",
                };
                self.reason = Some(error.to_string());
            }
            Err(Stale::Error(error)) => return Err(error),
        }
        Ok(())
    }

    /// Asks the index, which follows what stands at `follows`.
    fn ask(&mut self, context: &Context, index: &mut Index, follows: Option<CommitId>) -> Result<(), Stale> {
        let state = index.begin()?;
        if let Some(follows) = follows {
            let (walk, goes_on) = context.unknown_to(index, &state, follows)?;
            self.lag = goes_on.then(|| walk.commits().len());
        }
        (self.records, self.commits) = index.counts()?;
        self.size = index.size();
        self.state = match (follows, self.lag) {
            (Some(follows), _) if state.stands_at(&follows.to_string()) => "current",
            (_, None) if state.history.is_some() => "elsewhere",
            _ if state.tip.is_none() => "missing",
            _ => "behind",
        };
        (self.tip, self.history) = (state.tip, state.history);
        Ok(())
    }
}

/// Says what the indexes stand at; brings them nowhere. A database is asked also where it did not answer a while ago.
pub fn index_status(context: &Context) -> Result<IndexResponse, Error> {
    let reading = context.read()?;
    let standing = own_standing(context, reading.commit())?;
    let database = match context.named_database() {
        Some(named) => Some(database_standing(context, &named)?),
        None => None,
    };
    Ok(IndexResponse {
        standing,
        database,
        meta: reading.meta(),
    })
}

/// What the index of this clone stands at; `tip` is what it follows.
pub(super) fn own_standing(context: &Context, tip: CommitId) -> Result<IndexStanding, Error> {
    let place = context.index_path().display().to_string();
    let mut standing = IndexStanding::new("sqlite", place, index::FORMAT);
    if context.uses_index {
        let looked = look(context, tip, &mut standing);
        standing.looked(looked)?;
    }
    Ok(standing)
}

fn look(context: &Context, tip: CommitId, standing: &mut IndexStanding) -> Result<(), Stale> {
    let mut index = context.open_index()?;
    let looked = standing.ask(context, &mut index, Some(tip));
    context.keep_index(index);
    looked
}

/// What the index in a database stands at.
///
/// # Errors
///
/// Those of reading the docket; what is wrong with the database is told.
pub(super) fn database_standing(context: &Context, named: &Named) -> Result<IndexStanding, Error> {
    let place = Database::parse(&named.url).map_or_else(|_| named.from.to_owned(), |database| database.place());
    let mut standing = IndexStanding::new("postgres", place, index::DATABASE_FORMAT);
    let published = context.published()?;
    let Some(at) = published.or(context.store.unchecked_tip()?) else {
        standing.state = "missing";
        return Ok(standing);
    };
    let looked = (|| {
        let mut index = Index::connect(&context.database(&named.url, at)?, Tables::Checked)?;
        context.forget_silent();
        let looked = standing.ask(context, &mut index, published);
        index.close();
        looked
    })();
    standing.looked(looked)?;
    Ok(standing)
}

/// Brings the index so near to the tip that who looks at it as it stands finds it of use. Nothing where it is turned off
/// or cannot be written.
pub fn prepare_index(context: &Context) -> Result<(), Error> {
    context.warm_index()
}

/// Throws the index away and builds it anew; that in the database, where the context names one for this call.
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
        Err(stale) => return Err(stale.into_error()),
    }
    index_status(context)
}

/// The same of the one in the database: what is there of this repository is thrown away, and read anew from git.
///
/// # Errors
///
/// `invalid` where none is configured; as [`super::sync_index`].
pub fn rebuild_database(context: &Context) -> Result<IndexResponse, Error> {
    rebuild_published(context)?;
    index_status(context)
}
