//! Who knows what is around a record.
//!
//! Where an index stands near the tip, it is asked, and the few records that are different by now are read from git;
//! what it says of others holds. Without one, what points at a record is found by the ids in the files; for all else,
//! all records are read.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Draft;
use super::mentions::Mentions;
use crate::index::{self, Index, State, Touched};
use crate::ops::freshen::Stale;
use crate::ops::kept_index::Beyond;
use crate::ops::read::{Loaded, NAMED, Reading};
use crate::ops::{Context, Error};
use crate::record::graph::Graph;
use crate::record::{Kind, Record, RecordId, RecordPath};
use crate::store::CommitId;

/// With more files changed since the index was brought forward, or more that may have an alias, all are read instead.
const MAX_CHANGED: usize = 256;

/// What answers for the records that this write has not changed.
pub(super) enum Around<'c> {
    Near(Near<'c>),
    /// No index near the tip, which is not looked for twice.
    Far,
    All {
        loaded: Loaded,
        graph: Graph,
    },
}

/// An index near the tip.
pub(super) struct Near<'c> {
    context: &'c Context,
    /// Only taken when this is dropped.
    index: Option<Index>,
    state: State,
    /// The named records that are different at the tip; nothing where there is none that can be read.
    pub(super) changed: BTreeMap<RecordPath, Option<Record>>,
    /// The commits between, once they were asked for.
    beyond: Option<Option<Beyond>>,
}

impl Drop for Near<'_> {
    fn drop(&mut self) {
        if let Some(index) = self.index.take() {
            self.context.keep_index(index);
        }
    }
}

impl<'c> Near<'c> {
    /// The index as it stands, where that is not far from the tip.
    fn open(context: &'c Context, reading: &Reading) -> Result<Self, Stale> {
        let mut near = Self {
            index: Some(context.open_index()?),
            context,
            state: State::default(),
            changed: BTreeMap::new(),
            beyond: None,
        };
        near.state = near.ask(Index::begin)?;
        let stands = near.state.tip.as_ref().and_then(|tip| tip.parse::<CommitId>().ok());
        let stands = stands.ok_or(index::Error::Missing)?;
        let changes = context.store.tree_changes(Some(stands), reading.commit())?;
        if changes.len() > MAX_CHANGED {
            return Err(index::Error::Moved.into());
        }
        let paths = changes
            .iter()
            .filter_map(|change| std::str::from_utf8(&change.path).ok());
        for path in paths.filter_map(RecordPath::of) {
            if NAMED.contains(&path.kind()) {
                let record = reading.record(&path)?;
                near.changed.insert(path, record.map(|parsed| parsed.record));
            }
        }
        Ok(near)
    }

    fn ask<T>(&mut self, question: impl FnOnce(&mut Index) -> Result<T, index::Error>) -> Result<T, index::Error> {
        self.index.as_mut().map_or(Err(index::Error::Missing), question)
    }

    /// What became of a record up to the tip; none where that cannot be told from here.
    pub(super) fn touched(&mut self, path: &RecordPath, tip: CommitId) -> Result<Option<Touched>, Stale> {
        let Some(index) = &mut self.index else {
            return Ok(None);
        };
        if self.beyond.is_none() {
            self.beyond = Some(Beyond::look(self.context, index, &self.state, tip)?);
        }
        match self.beyond.as_ref().and_then(Option::as_ref) {
            Some(beyond) => beyond.touched(index, path),
            None => Ok(None),
        }
    }
}

impl Draft<'_> {
    pub(super) fn look_around(&mut self) {
        if self.around.is_none() {
            let near = Near::open(self.context, self.reading).map_or(Around::Far, Around::Near);
            self.around = Some(near);
        }
    }

    /// What the index near the tip says.
    pub(super) fn answered<T>(&mut self, near: impl FnOnce(&mut Index) -> Result<T, index::Error>) -> Option<T> {
        self.look_around();
        match &mut self.around {
            Some(Around::Near(index)) => index.ask(near).ok(),
            _ => None,
        }
    }

    /// What the index near the tip says, else all that was read.
    pub(super) fn known<T>(
        &mut self,
        near: impl FnOnce(&mut Index) -> Result<T, index::Error>,
        all: impl FnOnce(&Loaded, &Graph) -> T,
    ) -> Result<T, Error> {
        if let Some(known) = self.answered(near) {
            return Ok(known);
        }
        let (loaded, graph) = self.all()?;
        Ok(all(loaded, graph))
    }

    /// The same of the records that name one of these, some that do not among them. Where nothing is known yet, this
    /// needs not all records, but only the ids in their files.
    pub(super) fn known_naming(
        &mut self,
        targets: &[RecordId],
        near: impl FnOnce(&mut Index) -> Result<Vec<RecordPath>, index::Error>,
        all: impl FnOnce(&Loaded, &Graph) -> Vec<RecordPath>,
    ) -> Result<Vec<RecordPath>, Error> {
        if let Some(known) = self.answered(near) {
            return Ok(known);
        }
        if let Some(Around::All { loaded, graph }) = &self.around {
            return Ok(all(loaded, graph));
        }
        Ok(self.mentions()?.of(targets).cloned().collect())
    }

    /// Some records, all that have aliases and fit among them.
    pub(super) fn aliased(&mut self, fits: impl Fn(&Record) -> bool) -> Result<Vec<RecordPath>, Error> {
        if !matches!(self.around, Some(Around::All { .. })) {
            let aliased = self.mentions()?.aliased();
            if aliased.len() <= MAX_CHANGED {
                return Ok(aliased.cloned().collect());
            }
        }
        Ok(self.all()?.0.paths_of(fits))
    }

    fn mentions(&mut self) -> Result<&Mentions, Error> {
        if self.mentions.is_none() {
            self.mentions = Some(Rc::new(Mentions::read(self.reading)?));
        }
        self.mentions
            .as_deref()
            .ok_or_else(|| Error::bug("the mentions were not kept"))
    }

    /// Lets another draft know which files name which records, where this one had to look: that of a commit which
    /// differs in records that were `before`.
    pub(in crate::ops) fn share_mentions<'b>(&mut self, with: &mut Self, before: impl Iterator<Item = &'b Record>) {
        if let Some(mentions) = &mut self.mentions {
            Rc::make_mut(mentions).add(before);
            with.mentions = Some(Rc::clone(mentions));
        }
    }

    pub(super) fn vendors(&mut self) -> Result<&Loaded, Error> {
        if let Some(Around::All { loaded, .. }) = &self.around {
            return Ok(loaded);
        }
        if self.vendors.is_none() {
            self.vendors = Some(self.reading.load(&[Kind::Vendor])?);
        }
        self.vendors
            .as_ref()
            .ok_or_else(|| Error::bug("the vendors were not kept"))
    }

    /// All named records of the tip, without the changes made here.
    pub(super) fn all(&mut self) -> Result<(&Loaded, &Graph), Error> {
        if !matches!(self.around, Some(Around::All { .. })) {
            let loaded = self.reading.load(NAMED)?;
            let graph = Graph::new(loaded.records());
            self.around = Some(Around::All { loaded, graph });
        }
        match &self.around {
            Some(Around::All { loaded, graph }) => Ok((loaded, graph)),
            _ => Err(Error::bug("the records were not kept")),
        }
    }
}
