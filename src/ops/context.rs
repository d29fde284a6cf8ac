//! What every operation runs in: the repository, who asks, what time it is and where ids come from.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::history::Moment;
use super::kept_index::KeptIndex;
use super::progress::{Progress, Unwatched};
use super::write::PATIENCE;
use super::{Error, ErrorKind};
use crate::record::RecordId;
use crate::record::value::{Actor, Time};
use crate::store::{self, CommitId, Store, WriteLock};

/// How often a repository is opened anew after a panic below.
const REOPENINGS: usize = 5;

/// What the front end knows before the repository is opened.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where to look for the repository, and above.
    pub dir: PathBuf,
    /// The tracking ref, where it is not the configured one.
    pub reference: Option<String>,
    /// What named it: an argument, or a variable of the environment.
    pub reference_from: &'static str,
    /// Who asks; else git's `user.name`.
    pub actor: Option<String>,
    /// The time that it is for good; else the clock of the system.
    pub now: Option<Time>,
    /// What ids are derived from; else random ones.
    pub seed: Option<String>,
    /// Whether everything is read from git itself, without an index.
    pub without_index: bool,
    /// The URL of the database that holds an index for a team, where git config does not say it, and what named it.
    pub database: Option<(String, &'static str)>,
    /// Whether of what a write made only a line is told, so that nobody asks for its version.
    pub brief: bool,
    /// Whether the process ends with the context, so that the system may close what is open.
    pub ends_process: bool,
    /// Called once by a write that has waited for another writer for a second.
    pub on_wait: Option<fn()>,
    /// How long a write waits for other writers; 60 seconds where nothing is said.
    pub patience: Option<Duration>,
    /// This program, for what runs in a process of its own: without it no template of a team is used.
    pub program: Option<PathBuf>,
}

/// Whether whoever asked for something has given up.
pub type GivenUp = Box<dyn Fn() -> bool + Send + Sync>;

impl Settings {
    /// A path the user named, from where the command works.
    #[must_use]
    pub fn path(&self, path: &Path) -> PathBuf {
        if self.dir == Path::new(".") {
            path.to_owned()
        } else {
            self.dir.join(path)
        }
    }
}

/// The time and the ids of new records.
#[derive(Debug)]
pub(super) struct Source {
    now: Option<Time>,
    seed: Option<String>,
    drawn: AtomicU64,
    /// The last identity of a time, so that the next one of that time comes after it.
    timed: Mutex<Option<RecordId>>,
}

impl Source {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            now: settings.now,
            seed: settings.seed.clone(),
            drawn: AtomicU64::new(0),
            timed: Mutex::new(None),
        }
    }

    /// Whether no identity is ever drawn twice.
    pub(super) fn is_random(&self) -> bool {
        self.seed.is_none()
    }

    /// The time, in milliseconds.
    pub(super) fn now(&self) -> Time {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the clock")]
        let system = || Time::from_timestamp(jiff::Timestamp::now());
        // A clock outside of 1970 to 9998 is no clock; the epoch at least is obviously wrong.
        self.now.or_else(system).unwrap_or(Time::EPOCH)
    }

    /// The time in whole seconds, as most fields have it.
    pub(super) fn second(&self) -> Time {
        let now = self.now();
        Time::from_seconds(now.as_seconds()).unwrap_or(now)
    }

    /// A new random identity.
    pub(super) fn id(&self) -> RecordId {
        RecordId::random(self.bytes())
    }

    /// A new identity of a time; several of one moment are in the order in which they were drawn.
    pub(super) fn timed_id(&self, time: Time) -> RecordId {
        let [bytes @ .., a, b, c, d, _, _] = self.bytes();
        let drawn = RecordId::timed(time, bytes);
        let mut last = self.timed.lock().unwrap_or_else(PoisonError::into_inner);
        let id = match *last {
            Some(last) if last.time() == drawn.time() => last.following(u32::from_be_bytes([a, b, c, d])),
            _ => drawn,
        };
        *last = Some(id);
        id
    }

    /// Something that differs each time, whatever the seed.
    pub(super) fn mark(&self) -> String {
        #[expect(clippy::disallowed_methods, reason = "the one place that draws ids")]
        uuid::Uuid::new_v4().to_string()
    }

    /// 16 bytes nobody else has.
    fn bytes(&self) -> [u8; 16] {
        match &self.seed {
            #[expect(clippy::disallowed_methods, reason = "the one place that draws ids")]
            None => uuid::Uuid::new_v4().into_bytes(),
            Some(seed) => {
                let count = self.drawn.fetch_add(1, Ordering::Relaxed);
                let digest = Sha256::digest(format!("{seed}\0{count}"));
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&digest[..16]);
                bytes
            }
        }
    }
}

/// A repository and who works in it.
pub struct Context {
    pub(super) store: Store,
    pub(super) source: Arc<Source>,
    pub(super) uses_index: bool,
    pub(super) brief: bool,
    pub(super) kept_index: KeptIndex,
    pub(super) kept_database: KeptIndex,
    pub(super) database_url: Option<(String, &'static str)>,
    pub(super) progress: Arc<dyn Progress + Send + Sync>,
    named_reference: Option<(String, &'static str)>,
    actor: Option<String>,
    on_wait: Option<fn()>,
    patience: Duration,
    pub(super) program: Option<PathBuf>,
    given_up: Option<GivenUp>,
}

impl Context {
    /// Finds and opens the repository. Reads nothing of the docket yet.
    pub fn open(settings: &Settings) -> Result<Self, Error> {
        let dir = settings.dir.display();
        match std::fs::metadata(&settings.dir) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(Error::request(format!("{dir} is not a directory"))),
            Err(error) => return Err(Error::request(format!("{dir} cannot be read: {error}"))),
        }
        let open = match settings.ends_process {
            true => Store::open_briefly,
            false => Store::open,
        };
        let store = open(&settings.dir, settings.reference.as_deref())?;
        Ok(Self::with_store(store, settings))
    }

    pub(super) fn with_store(store: Store, settings: &Settings) -> Self {
        Self {
            store,
            source: Arc::new(Source::new(settings)),
            uses_index: !settings.without_index,
            brief: settings.brief,
            kept_index: KeptIndex::new(settings.ends_process),
            kept_database: KeptIndex::new(false),
            database_url: settings.database.clone(),
            progress: Arc::new(Unwatched),
            named_reference: settings.reference.clone().map(|name| (name, settings.reference_from)),
            actor: settings.actor.clone(),
            on_wait: settings.on_wait,
            patience: settings.patience.unwrap_or(PATIENCE),
            program: settings.program.clone(),
            given_up: None,
        }
    }

    /// The same, telling `progress` of what takes long.
    #[must_use]
    pub fn watched_by(mut self, progress: Arc<dyn Progress + Send + Sync>) -> Self {
        self.progress = progress;
        self
    }

    /// Removes git's lock files that a killed writer of ours left: the user's own `git gc` would fail.
    pub fn tidy(&self) {
        self.store.tidy();
    }

    /// The commit somebody means by a commit or a time of the past; none where nothing is said.
    pub(super) fn as_of(&self, text: Option<&str>) -> Result<Option<CommitId>, Error> {
        let Some(text) = text else { return Ok(None) };
        let tip = self.read()?.commit();
        let commit = Moment::read(self, tip, text)?.commit(self, tip)?;
        Ok(Some(commit.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("there was no docket at {text}")).hint("git docket log")
        })?))
    }

    /// The same repository for somebody else, as a server has many who ask; none: git's `user.name`.
    pub fn act_as(&mut self, actor: Option<String>) {
        self.actor = actor;
    }

    /// Waits for the write lock, and says so when that takes a while.
    ///
    /// # Errors
    ///
    /// `unavailable` where it takes too long, `invalid` where whoever asked has given up meanwhile.
    pub(super) fn lock(&self) -> Result<WriteLock, Error> {
        let told = || self.on_wait.iter().for_each(|told| told());
        let lock = self.store.lock_within(self.patience, told)?;
        match self.given_up.as_ref().is_some_and(|given_up| given_up()) {
            true => Err(Error::request("the call was cancelled before it began")),
            false => Ok(lock),
        }
    }

    /// Lets writes that have waited for others look whether anybody still wants them.
    pub fn give_up_when(&mut self, given_up: Option<GivenUp>) {
        self.given_up = given_up;
    }

    /// Who asks: as given, else git's `user.name`. A claim, not a permission.
    pub fn actor(&self) -> Result<Actor, Error> {
        let name = match &self.actor {
            Some(name) => name.clone(),
            None => self.store.identity()?.name,
        };
        Actor::new(name.as_str()).map_err(|reason| Error::invalid(format!("the actor {reason}"), &[]))
    }

    /// The same where somebody only wants to know something: nobody where git knows no name.
    pub(super) fn asker(&self) -> Result<Option<Actor>, Error> {
        match (&self.actor, self.store.identity()) {
            (None, Err(store::Error::MissingIdentity)) => Ok(None),
            _ => self.actor().map(Some),
        }
    }

    /// The name a request gives, else who asks.
    pub(super) fn named_or_actor(&self, name: Option<&str>) -> Result<Actor, Error> {
        match name {
            Some(name) => Actor::new(name).map_err(|reason| Error::request(format!("the name {reason}"))),
            None => self.actor(),
        }
    }

    /// Runs `attempt`, and where the library that reads packs panics, on the repository opened anew.
    ///
    /// It was seen to while another process repacked without end. A panic of every attempt goes on.
    pub(super) fn settled<T>(&self, mut attempt: impl FnMut(&Self) -> T) -> T {
        let mut fresh: Option<Self> = None;
        for _ in 0..REOPENINGS {
            let context = fresh.as_ref().unwrap_or(self);
            // Nothing of a panicked attempt is used again: neither its handles nor what it read.
            let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| attempt(context)));
            let panic = match outcome {
                Ok(done) => return done,
                Err(panic) => panic,
            };
            let Ok(reopened) = self.reopened() else {
                std::panic::resume_unwind(panic)
            };
            fresh = Some(reopened);
        }
        attempt(fresh.as_ref().unwrap_or(self))
    }

    /// The same on the repository opened anew: packs, refs and git config are read again.
    pub fn reopened(&self) -> Result<Self, Error> {
        Ok(self.with(self.store.reopen()?))
    }

    /// The same with another ref of the same repository in the place of the tracking ref.
    pub(super) fn on(&self, reference: &str) -> Result<Self, Error> {
        Ok(self.with(self.store.on(reference)?))
    }

    /// Whether the worktree was directed to a proposal, or away from one, since this was opened.
    #[must_use]
    pub fn is_directed_elsewhere(&self) -> bool {
        let directed = || self.store.directed().ok().flatten();
        self.named_reference.is_none()
            && self.store.work_dir().is_some()
            && directed().as_ref() != self.store.proposal()
    }

    fn with(&self, store: Store) -> Self {
        Self {
            store,
            source: Arc::clone(&self.source),
            uses_index: self.uses_index,
            brief: self.brief,
            kept_index: KeptIndex::new(false),
            kept_database: KeptIndex::new(false),
            database_url: self.database_url.clone(),
            progress: Arc::clone(&self.progress),
            named_reference: self.named_reference.clone(),
            actor: self.actor.clone(),
            on_wait: self.on_wait,
            patience: self.patience,
            program: self.program.clone(),
            given_up: None,
        }
    }

    /// The tracking ref as the caller named it, and what it was named by; none where git config or the default counts.
    pub(super) fn named_reference(&self) -> Option<(&str, &'static str)> {
        let (name, source) = self.named_reference.as_ref()?;
        Some((name, source))
    }

    /// The short name of the tracking ref.
    #[must_use]
    pub fn tracking_ref(&self) -> &str {
        let name = self.store.tracking_ref();
        name.strip_prefix("refs/heads/").unwrap_or(name)
    }
}
