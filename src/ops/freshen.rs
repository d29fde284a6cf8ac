//! Bringing the index to the tip: first the files, then the history.

use std::ops::Range;
use std::sync::mpsc;

use super::read::{place_of, read_files};
use super::{Context, Error};
use crate::index::{self, Content, Index, State, Unread};
use crate::record::path::{Place, ROOT, kind_below};
use crate::record::value::Time;
use crate::record::{RecordPath, Violation, parse};
use crate::store::{Commit, CommitId, Entry, PathChange, Snapshot, TreeChange, Walk};

/// How many files are read before they are put into the index: few, so that both go on at once from early on.
const FILES: usize = 256;

/// How many commits are compared before they are put into the index.
const COMMITS: usize = 500;

/// With more files different from those of an older commit than one of eight, the index is not taken back to it: to
/// read all at once is faster. But so many always may be, and with more others would wait too long meanwhile.
const BACK: (usize, usize) = (100, 1_000);

/// Why the index is not at the tip.
pub(super) enum Stale {
    /// Something is wrong with the index.
    Index(index::Error),
    /// Something is wrong with the repository.
    Error(Error),
}

impl Stale {
    /// Why there is no answer at all.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Error(error) => error,
            Self::Index(error) => Error::from(error),
        }
    }
}

impl From<index::Error> for Stale {
    fn from(error: index::Error) -> Self {
        Self::Index(error)
    }
}

impl From<Error> for Stale {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<crate::store::Error> for Stale {
    fn from(error: crate::store::Error) -> Self {
        Self::Error(error.into())
    }
}

impl Context {
    /// The index, brought to `tip` and begun to be read, and what it stands at.
    ///
    /// An index that cannot be used is built anew. Give it back with [`Context::keep_index`].
    ///
    /// # Errors
    ///
    /// [`index::Error::Moved`] where others have brought it on from `tip`, and the ref too.
    pub(super) fn fresh_index(&self, tip: CommitId) -> Result<(Index, State), Stale> {
        let mut index = match self.open_index() {
            Err(index::Error::Missing | index::Error::Unusable(_)) if self.uses_index => {
                Index::create(&self.index_path())?
            }
            opened => opened?,
        };
        let mut brought = self.bring(&mut index, tip, Index::begin_writing);
        if let Err(Stale::Index(index::Error::Unusable(_))) = brought {
            index.close();
            index = Index::create(&self.index_path())?;
            brought = self.bring(&mut index, tip, Index::begin_writing);
        }
        match brought {
            Ok(state) => Ok((index, state)),
            Err(stale) => {
                self.keep_index(index);
                Err(stale)
            }
        }
    }

    /// The same, with everything in it read anew from git.
    pub(super) fn rebuilt_index(&self, tip: CommitId) -> Result<Index, Stale> {
        let path = self.index_path();
        // Emptied under its own lock, so that another process that reads it is not disturbed; made anew
        // only where that is not possible.
        let emptied = Index::open(&path).and_then(|mut index| {
            index.begin_writing()?;
            index.clear()?;
            index.clear_history()?;
            index.end()?;
            Ok(index)
        });
        match emptied {
            Ok(index) => index.close(),
            Err(index::Error::Missing | index::Error::Unusable(_)) => Index::create(&path)?.close(),
            Err(error) => return Err(error.into()),
        }
        Ok(self.fresh_index(tip)?.0)
    }

    /// Begins to read an index that stands at `tip`; brings it there first where it does not.
    pub(super) fn bring(
        &self,
        index: &mut Index,
        tip: CommitId,
        begin_writing: fn(&mut Index) -> Result<State, index::Error>,
    ) -> Result<State, Stale> {
        let wanted = tip.to_string();
        let state = index.begin()?;
        if state.stands_at(&wanted) {
            return Ok(state);
        }
        index.abandon();
        // Where the ref is broken, that is to be said.
        self.store.tip()?;
        let state = begin_writing(index)?;
        if !state.stands_at(&wanted) {
            let (walk, forward) = self.news(index, &state, tip)?;
            self.fill(index, &state, tip, &walk, forward)?;
        }
        index.end()?;
        let state = index.begin()?;
        match state.stands_at(&wanted) {
            true => Ok(state),
            false => Err(index::Error::Moved.into()),
        }
    }

    /// Brings what was begun to be written to `tip`: its files, and the commits of `walk`, which go on from what it
    /// stands at or else are all there are.
    pub(super) fn fill(
        &self,
        index: &mut Index,
        state: &State,
        tip: CommitId,
        walk: &Walk,
        forward: bool,
    ) -> Result<(), Stale> {
        self.bring_files(index, state, tip)?;
        self.bring_history(index, walk, forward, tip)
    }

    /// Takes an index that stands at `tip` back to an older commit, until [`Index::abandon`]: nobody else ever
    /// sees it there.
    ///
    /// # Errors
    ///
    /// [`index::Error::Busy`] at once where another process writes to it, [`index::Error::Moved`] where it cannot
    /// be taken back, or where that takes longer than to read everything.
    pub(super) fn take_back(&self, index: &mut Index, tip: CommitId, to: CommitId) -> Result<State, Stale> {
        index.abandon();
        let state = index.try_begin_writing()?;
        let stands = state.stands_at(&tip.to_string());
        let records = usize::try_from(index.counts()?.0).unwrap_or(usize::MAX);
        let most = (records / 8).clamp(BACK.0, BACK.1);
        if !stands || !state.complete || self.store.tree_changes(Some(tip), to)?.len() > most {
            return Err(index::Error::Moved.into());
        }
        let touched = index.forget_after(&to.to_string())?.ok_or(index::Error::Moved)?;
        self.bring_files(index, &state, to)?;
        // Also what was changed since and changed back: its file is the same.
        index.date(&touched)?;
        Ok(index.state()?)
    }

    /// The commits that the index has to learn: those it does not know, where `tip` goes on from what it
    /// stands at, or else all of them. Says which it is.
    fn news(&self, index: &mut Index, state: &State, tip: CommitId) -> Result<(Walk, bool), Stale> {
        let (walk, goes_on) = self.unknown_to(index, state, tip)?;
        if goes_on && walk.complete && state.complete {
            return Ok((walk, true));
        }
        // Another process may have brought it to a commit that the ref came to later. To take it back
        // from there, and that process to bring it forward again, would cost both all of the history.
        if state.history.is_some() && self.store.tip()? != Some(tip) {
            return Err(index::Error::Moved.into());
        }
        Ok((self.store.walk(tip, |_| Ok::<_, Stale>(None))?, false))
    }

    /// The commits that the index does not know, and whether they go on from the one it stands at.
    pub(super) fn unknown_to(&self, index: &mut Index, state: &State, tip: CommitId) -> Result<(Walk, bool), Stale> {
        let walk = self
            .store
            .walk(tip, |commit| Ok::<_, Stale>(index.position(&commit.to_string())?))?;
        let known = state.history.as_ref().and_then(|known| known.parse::<CommitId>().ok());
        let goes_on = known
            .is_some_and(|known| known == tip || walk.commits().iter().any(|commit| commit.parents.contains(&known)));
        Ok((walk, goes_on))
    }

    fn bring_files(&self, index: &mut Index, state: &State, tip: CommitId) -> Result<(), Stale> {
        let wanted = tip.to_string();
        if state.tip.as_deref() == Some(wanted.as_str()) {
            return Ok(());
        }
        let reading = self.read_at(tip, Vec::new())?;
        if !reading.writable {
            // What another format means is not for this version to say in columns.
            return Err(index::Error::Missing.into());
        }
        let known = state.tip.as_ref().and_then(|tip| tip.parse::<CommitId>().ok());
        // A commit that was left behind may be gone; then everything is read.
        let changes = known.and_then(|known| self.store.tree_changes(Some(known), tip).ok());
        match changes {
            Some(changes) => {
                let paths: Vec<_> = changes.iter().map(|change| text(&change.path)).collect();
                index.remove(&paths)?;
                let entries: Vec<_> = changes.into_iter().filter_map(entry).collect();
                self.add_files(index, reading.snapshot, &entries)?;
                index.settle(&wanted, Some(&paths))?;
            }
            None => {
                index.clear()?;
                let entries = reading.snapshot.entries(ROOT)?;
                self.add_files(index, reading.snapshot, &entries)?;
                index.settle(&wanted, None)?;
            }
        }
        Ok(())
    }

    fn add_files(&self, index: &mut Index, snapshot: Snapshot, entries: &[Entry]) -> Result<(), Stale> {
        self.progress.step("indexing", Some(entries.len()));
        let batches = entries
            .chunks(FILES)
            .map(move |entries| Batch::read(&snapshot, entries));
        one_ahead(entries.len() > FILES, batches, |batch| {
            if let Some(reason) = batch.damaged {
                return Err(index::Error::Lacking(reason).into());
            }
            index.add(&batch.files, &batch.unread)?;
            self.progress.advance(batch.entries);
            Ok(())
        })
    }

    fn bring_history(&self, index: &mut Index, walk: &Walk, forward: bool, tip: CommitId) -> Result<(), Stale> {
        if !forward {
            index.clear_history()?;
        }
        let count = walk.commits().len();
        self.progress.step("history", Some(count));
        let mut touched = Vec::new();
        let ranges = (0..count)
            .step_by(COMMITS)
            .map(|start| start..(start + COMMITS).min(count));
        one_ahead(
            count > COMMITS,
            ranges.map(|range| self.commits(walk, range)),
            |commits| {
                let commits = commits?;
                if forward {
                    let paths = commits.iter().flat_map(|commit| &commit.changes);
                    touched.extend(paths.map(|change| change.path.clone()));
                }
                index.add_commits(&commits)?;
                self.progress.advance(commits.len());
                Ok(())
            },
        )?;
        let touched = forward.then_some(touched.as_slice());
        Ok(index.settle_history(&tip.to_string(), walk.complete, touched)?)
    }

    /// Some commits of a walk as the index keeps them.
    fn commits(&self, walk: &Walk, range: Range<usize>) -> Result<Vec<index::Commit>, Stale> {
        let changes = self.store.compare(walk, range.clone())?;
        let commits = walk.commits()[range].iter().zip(changes);
        Ok(commits.map(|(commit, changes)| indexed(commit, changes)).collect())
    }
}

/// Works the next one out while this one is put away, where there are several; ends with the first error.
fn one_ahead<T: Send>(
    several: bool,
    mut made: impl Iterator<Item = T> + Send,
    mut put: impl FnMut(T) -> Result<(), Stale>,
) -> Result<(), Stale> {
    if !several {
        return made.try_for_each(put);
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    std::thread::scope(|scope| {
        // Nobody receives after an error.
        scope.spawn(move || made.all(|next| sender.send(next).is_ok()));
        receiver.into_iter().try_for_each(&mut put)
    })
}

/// Files as the index takes them.
#[derive(Default)]
struct Batch {
    entries: usize,
    files: Vec<Content>,
    unread: Vec<Unread>,
    /// Why one of them could not be read here at all. An index made of the others would go on without it when it can.
    damaged: Option<String>,
}

impl Batch {
    fn read(snapshot: &Snapshot, entries: &[Entry]) -> Self {
        let mut batch = Self {
            entries: entries.len(),
            ..Self::default()
        };
        let mut found = Vec::new();
        for entry in entries {
            match place_of(entry) {
                Place::Record(path) => found.push((path, entry.clone())),
                Place::Misplaced(reason) => batch.unread.extend(unreadable(entry, reason)),
                Place::Stray | Place::Other => {}
            }
        }
        for (path, _, outcome) in read_files(snapshot, found, parse) {
            match outcome {
                Ok(parsed) => batch.files.push(Content { path, parsed }),
                Err(unusable) if unusable.damaged => {
                    batch.damaged = unusable.violations.first().map(|violation| violation.message.clone());
                }
                Err(unusable) => batch.unread.push(Unread {
                    path: path.to_string(),
                    kind: path.kind(),
                    violations: unusable.violations,
                }),
            }
        }
        batch
    }
}

fn indexed(commit: &Commit, changes: Vec<PathChange>) -> index::Commit {
    let at = Time::from_seconds(commit.time);
    index::Commit {
        oid: commit.id.to_string(),
        at: at.map(Time::as_milliseconds),
        position: commit.order,
        author: commit.author.clone(),
        client: commit.client.clone(),
        merge: commit.is_merge(),
        changes: changes.into_iter().map(file_change).collect(),
    }
}

fn file_change(change: PathChange) -> index::FileChange {
    let path = text(&change.path);
    let owner = RecordPath::of(&path).map(|path| path.owner());
    index::FileChange {
        owner: owner.map(|owner| owner.to_string()),
        path,
    }
}

fn text(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

fn entry(change: TreeChange) -> Option<Entry> {
    let file = change.after?;
    Some(Entry {
        path: change.path,
        mode: file.mode,
        blob: file.blob,
    })
}

fn unreadable(entry: &Entry, reason: &'static str) -> Option<Unread> {
    let path = text(&entry.path);
    let kind = kind_below(&path)?;
    Some(Unread {
        path,
        kind,
        violations: vec![Violation::file(None, reason)],
    })
}
