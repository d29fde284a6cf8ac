//! The index in a database, where one is configured: whose rows are whose, and which commit they follow.
//!
//! What is there has been published: the rows of a repository stand at the tip of its tracking ref as others know it,
//! which is the server's own, or this clone's last knowledge of its remote's. Who reads brings them forward to that,
//! never back: what a clone does not know may be newer. Back they go where somebody says so, or where the server
//! itself has seen the ref rewound.

mod everywhere;
mod silence;
mod sync;

pub use self::everywhere::{
    EverywhereItem, EverywhereResponse, RepositoriesResponse, Repository, list_everywhere, repositories,
};
use self::sync::synced;
pub use self::sync::{SyncedIndexResponse, sync_index};
pub(super) use self::sync::{rebuild_published, sync_published};
use super::freshen::Stale;
use super::proposal::is_proposal;
use super::{Context, Error};
use crate::index::{self, Database, Index, State, Tables};
use crate::record::RecordId;
use crate::record::config;
use crate::record::limits::RECORD_BYTES;
use crate::store::{CONFIG_PATH, CommitId};

/// The git config that names the database, and what it may be overruled by.
pub(super) const URL: &str = "docket.databaseUrl";

/// The git config that names the repository, where a fork is not to be taken for what it was forked from.
const REPOSITORY: &str = "docket.repository";

/// How a database was named.
pub(super) struct Named {
    pub(super) url: String,
    /// What named it: an argument, a variable of the environment, or git config.
    pub(super) from: &'static str,
}

impl Context {
    /// The database that is configured; none where there is none, or where no index is to be asked.
    pub(super) fn named_database(&self) -> Option<Named> {
        if !self.uses_index {
            return None;
        }
        let given = self.database_url.clone();
        let given = given.map(|(url, from)| Named { url, from });
        let configured = || {
            let url = self.store.config_text(URL).filter(|url| !url.is_empty())?;
            let from = "git config";
            Some(Named { url, from })
        };
        given.or_else(configured)
    }

    /// Why there is no database to be asked.
    fn no_database(&self) -> Error {
        match self.uses_index {
            false => Error::request("no index is asked: DOCKET_INDEX=off"),
            true => Error::request("no database is configured that holds an index for a team")
                .hint("git docket config set docket.databaseUrl postgres://HOST/NAME"),
        }
    }

    /// The commit whose rows a database holds of this repository, once it is up to date: where the tracking ref of the
    /// remote stood when it was last asked, or where the ref stands here if there is no remote. None where a proposal
    /// is looked at, which nobody has published.
    pub(super) fn published(&self) -> Result<Option<CommitId>, Error> {
        if self.store.proposal().is_some() || is_proposal(self.store.tracking_ref()) {
            return Ok(None);
        }
        match self.store.remote() {
            Some(_) => Ok(self.store.remote_tip()?.map(|tip| tip.commit)),
            None => Ok(self.store.unchecked_tip()?),
        }
    }

    /// The rows of this repository in the database that is named so, as of a commit.
    ///
    /// # Errors
    ///
    /// [`index::Error::Unusable`] where the URL is none or the docket has no identity.
    pub(super) fn database(&self, url: &str, at: CommitId) -> Result<Database, Stale> {
        let mut database = Database::parse(url)?;
        database.repository = Some(self.repository(at)?);
        database.name = self.store.called();
        self.store.tracking_ref().clone_into(&mut database.reference);
        Ok(database)
    }

    /// The identity of the repository: that of the docket, unless this clone says otherwise.
    fn repository(&self, at: CommitId) -> Result<String, Stale> {
        let own = self.store.config_text(REPOSITORY).filter(|id| !id.is_empty());
        let id = match own {
            Some(id) => id,
            None => {
                let file = self.store.snapshot(at)?.read(CONFIG_PATH, RECORD_BYTES)?;
                let values = config::values(&file.map(|blob| blob.bytes).unwrap_or_default());
                let id = values.get("repository").and_then(serde_json::Value::as_str);
                id.unwrap_or_default().to_owned()
            }
        };
        let parsed: Result<RecordId, _> = id.parse();
        let wrong = || index::Error::Unusable(format!("`{id}` is not the identity of a repository"));
        Ok(parsed.map_err(|_| wrong())?.to_string())
    }

    /// The index in the database, begun to be read at this published commit; brought there first where that goes
    /// forward. Give it back with [`Context::keep_database`].
    ///
    /// # Errors
    ///
    /// [`index::Error::Ahead`] where it stands elsewhere, [`index::Error::Missing`] where it was never filled.
    pub(super) fn fresh_database(&self, named: &Named, published: CommitId) -> Result<(Index, State), Stale> {
        self.refuse_silent(&named.url)?;
        let outcome = self.begun(named, published);
        if let Err(Stale::Index(index::Error::TimedOut(_))) = &outcome {
            self.remember_silent(&named.url);
        }
        let (mut index, state) = outcome?;
        if state.stands_at(&published.to_string()) {
            return Ok((index, state));
        }
        match self.forward(&mut index, &state, published) {
            Ok(state) => Ok((index, state)),
            Err(stale) => {
                self.keep_database(index);
                Err(stale)
            }
        }
    }

    /// An open connection with a transaction begun.
    fn begun(&self, named: &Named, published: CommitId) -> Result<(Index, State), Stale> {
        if let Some(mut kept) = self.kept_database.take() {
            match kept.begin() {
                Ok(state) => return Ok((kept, state)),
                // A server ends what nobody used for long; it may be there all the same.
                Err(index::Error::Unreachable(_)) => kept.close(),
                Err(error) => {
                    kept.close();
                    return Err(error.into());
                }
            }
        }
        let mut index = Index::connect(&self.database(&named.url, published)?, Tables::AsTheyAre)?;
        let state = index.begin()?;
        Ok((index, state))
    }

    pub(super) fn keep_database(&self, index: Index) {
        self.kept_database.keep(index);
    }

    /// Brings it forward to a published commit, if that goes on from where it stands.
    fn forward(&self, index: &mut Index, state: &State, published: CommitId) -> Result<State, Stale> {
        if state.tip.is_none() {
            return Err(index::Error::Missing.into());
        }
        if index.position(&published.to_string())?.is_some() {
            return Err(Stale::Index(index::Error::Ahead));
        }
        synced(self, index, published, false)?;
        let state = index.begin()?;
        match state.stands_at(&published.to_string()) {
            true => Ok(state),
            false => Err(index::Error::Moved.into()),
        }
    }
}
