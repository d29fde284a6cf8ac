//! The index as a context has it: opened when it is first needed, and kept open.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use super::freshen::Stale;
use super::{Context, Error};
use crate::index::{self, Index, State, Touched};
use crate::record::value::Time;
use crate::record::{RecordId, RecordPath};
use crate::store::{Commit, CommitId, DEFAULT_REF, PathChange, PathHistory, Walk};

/// How many commits past what the index stands at are looked at one by one, rather than put into it.
const MAX_LAG: usize = 256;

/// With so many, who comes by puts them into it, unless somebody else just does.
const LAG: usize = 8;

/// An open index nobody is asking anything. Opening one takes longer than most questions, and closing
/// the last one waits for the disk.
pub(super) struct KeptIndex {
    index: Mutex<Option<Index>>,
    ends_process: bool,
}

impl KeptIndex {
    pub(super) fn new(ends_process: bool) -> Self {
        Self {
            index: Mutex::new(None),
            ends_process,
        }
    }
}

impl KeptIndex {
    /// What is kept, not to be asked by anybody else until [`KeptIndex::keep`].
    pub(super) fn take(&self) -> Option<Index> {
        self.index.lock().ok().and_then(|mut kept| kept.take())
    }

    /// Keeps it for the next question; what was begun with it ends.
    pub(super) fn keep(&self, mut index: Index) {
        index.abandon();
        let other = match self.index.lock() {
            Ok(mut kept) => kept.replace(index),
            Err(_) => Some(index),
        };
        if let Some(other) = other {
            other.close();
        }
    }
}

impl Drop for KeptIndex {
    fn drop(&mut self) {
        match self.index.get_mut().map(Option::take) {
            Ok(Some(index)) if self.ends_process => index.leave(),
            Ok(Some(index)) => index.close(),
            _ => {}
        }
    }
}

impl Context {
    /// Where the index of the tracking ref is: in the common directory, shared by all worktrees.
    pub(super) fn index_path(&self) -> PathBuf {
        self.own_file("index", ".sqlite")
    }

    /// A file of ours in the common directory that is about the tracking ref.
    pub(super) fn own_file(&self, name: &str, end: &str) -> PathBuf {
        let name = match self.store.tracking_ref() {
            DEFAULT_REF => format!("{name}{end}"),
            other => format!("{name}-{}{end}", RecordId::of_path(other).short()),
        };
        self.store.own_dir().join(name)
    }

    /// Removes the index of a ref that is no more. Whoever has it open loses nothing.
    pub(super) fn remove_index(&self) {
        for end in ["", "-wal", "-shm"] {
            let mut file = self.index_path().into_os_string();
            file.push(end);
            // What stays takes some room and does no harm.
            let _stays = std::fs::remove_file(file);
        }
    }

    /// The index as it is, not to be asked by anybody else until [`Context::keep_index`].
    pub(super) fn open_index(&self) -> Result<Index, index::Error> {
        if !self.uses_index {
            return Err(index::Error::Missing);
        }
        match self.kept_index.take() {
            Some(index) if index.is_current() => Ok(index),
            other => {
                if let Some(replaced) = other {
                    replaced.close();
                }
                Index::open(&self.index_path())
            }
        }
    }

    /// Keeps the index for the next question; what was begun with it ends.
    pub(super) fn keep_index(&self, index: Index) {
        self.kept_index.keep(index);
    }

    /// What became of a record up to a commit that was just made, or is the tip; none where that cannot
    /// be told without walking the whole history.
    ///
    /// Writers do not wait for each other here: the few commits past what the index stands at are looked
    /// at one by one, and only now and then put into it.
    pub(super) fn touched(&self, path: &RecordPath, commit: CommitId) -> Result<Option<Touched>, Error> {
        match self.peek(path, commit) {
            Err(Stale::Error(error)) => return Err(error),
            Ok(Some(touched)) => return Ok(Some(touched)),
            // It is far behind, or there is none.
            Ok(None) | Err(Stale::Index(_)) => {}
        }
        match self.fresh_index(commit) {
            Ok((index, _)) => self.keep_index(index),
            // Others have brought it further.
            Err(Stale::Index(_)) => {}
            Err(Stale::Error(error)) => return Err(error),
        }
        self.peek(path, commit).or_else(|stale| match stale {
            Stale::Index(_) => Ok(None),
            Stale::Error(error) => Err(error),
        })
    }

    /// The same from the index as it stands, without ever waiting for who writes to it.
    fn peek(&self, path: &RecordPath, commit: CommitId) -> Result<Option<Touched>, Stale> {
        let mut index = self.open_index()?;
        let beyond = self.beyond(&mut index, commit);
        let touched = match &beyond {
            Ok(Some(beyond)) => beyond.touched(&mut index, path),
            _ => Ok(None),
        };
        if let Ok(Some(beyond)) = &beyond
            && beyond.lag() >= LAG
        {
            index.abandon();
            // Whatever keeps it from being brought forward, the answer is there.
            drop(self.bring(&mut index, commit, Index::try_begin_writing));
        }
        self.keep_index(index);
        beyond?;
        touched
    }

    /// Puts the commits past what the index stands at into it, so that the next write has less to look at: for a process
    /// that stays, when nobody waits for it. While others write it is left to them.
    pub fn catch_up(&self) {
        let is_quiet = self.store.lock_within(Duration::ZERO, || {}).is_ok();
        let (true, Ok(Some(tip)), Ok(mut index)) = (is_quiet, self.store.unchecked_tip(), self.open_index()) else {
            return;
        };
        // Whatever keeps it from being brought forward, the next question does it.
        drop(self.bring(&mut index, tip, Index::try_begin_writing));
        self.keep_index(index);
    }

    fn beyond(&self, index: &mut Index, commit: CommitId) -> Result<Option<Beyond>, Stale> {
        let state = index.begin()?;
        Beyond::look(self, index, &state, commit)
    }

    /// Builds the index where it is needed to tell versions and far from the tip, or not there: before
    /// the write lock is taken, since it may take a while.
    pub(super) fn warm_index(&self) -> Result<(), Error> {
        let Some(tip) = self.store.tip()? else { return Ok(()) };
        let near = self.open_index().map_err(Stale::Index).and_then(|mut index| {
            let beyond = self.beyond(&mut index, tip);
            self.keep_index(index);
            Ok(beyond?.is_some())
        });
        if !matches!(near, Ok(true))
            && let Ok((index, _)) = self.fresh_index(tip)
        {
            self.keep_index(index);
        }
        Ok(())
    }
}

/// The commits up to one that the index does not know yet, and what they changed.
pub(super) struct Beyond {
    walk: Walk,
    changes: Vec<Vec<PathChange>>,
    /// The last commit it knows.
    base: CommitId,
}

impl Beyond {
    /// None where these are many, or no chain, or where the index does not know the whole history.
    pub(super) fn look(
        context: &Context,
        index: &mut Index,
        state: &State,
        commit: CommitId,
    ) -> Result<Option<Self>, Stale> {
        if !state.complete {
            return Ok(None);
        }
        let mut asked = 0;
        let walk = context.store.walk(commit, |commit| {
            asked += 1;
            match asked > MAX_LAG {
                true => Err(Stale::Index(index::Error::Moved)),
                false => Ok(index.position(&commit.to_string())?),
            }
        });
        let walk = match walk {
            Err(Stale::Index(index::Error::Moved)) => return Ok(None),
            walk => walk?,
        };
        let base = match walk.commits().first().map(|first| first.parents.as_slice()) {
            None => commit,
            Some([parent]) if !walk.commits().iter().any(Commit::is_merge) => *parent,
            Some(_) => return Ok(None),
        };
        let changes = context.store.compare(&walk, 0..walk.commits().len())?;
        Ok(Some(Self { walk, changes, base }))
    }

    fn lag(&self) -> usize {
        self.walk.commits().len()
    }

    /// What became of a record up to the commit; none where the index cannot tell.
    pub(super) fn touched(&self, index: &mut Index, path: &RecordPath) -> Result<Option<Touched>, Stale> {
        let path = path.to_string();
        let Some(mut touched) = index.touched(&path, &self.base.to_string())? else {
            return Ok(None);
        };
        for (commit, changes) in self.walk.commits().iter().zip(&self.changes) {
            if changes.iter().any(|change| change.path == path.as_bytes()) {
                touched = Touched {
                    version: touched.version + 1,
                    at: Time::from_seconds(commit.time),
                    by: Some(commit.who().to_owned()),
                };
            }
        }
        Ok(Some(touched))
    }
}

/// The history of a path as the index tells it.
pub(super) fn touched(history: PathHistory<'_>) -> Touched {
    Touched {
        version: history.version,
        at: Time::from_seconds(history.last.time),
        by: Some(history.last.who().to_owned()),
    }
}
