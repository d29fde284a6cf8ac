//! Answers from an index.

use std::collections::HashMap;

use super::{Answer, GitRecords, Records, Unanswered};
use crate::index::{Aged, Found, Index, Node, Page, RecordSelection, Row, Selection, Summary, Tally};
use crate::ops::Context;
use crate::ops::read::Unreadable;
use crate::record::{Kind, RecordId, RecordPath};
use crate::store::CommitId;

/// An index, standing at `tip`.
pub(super) struct IndexRecords<'i> {
    context: &'i Context,
    tip: CommitId,
    index: &'i mut Index,
    has_unreadable: bool,
}

impl<'i> IndexRecords<'i> {
    pub(super) fn new(context: &'i Context, tip: CommitId, index: &'i mut Index, has_unreadable: bool) -> Self {
        Self {
            context,
            tip,
            index,
            has_unreadable,
        }
    }
}

impl Records for IndexRecords<'_> {
    fn select(&mut self, selection: &Selection<'_>) -> Answer<Page> {
        Ok(self.index.select(selection)?)
    }

    fn select_records(&mut self, selection: &RecordSelection<'_>) -> Answer<Page> {
        Ok(self.index.select_records(selection)?)
    }

    fn tallies(&mut self) -> Answer<Vec<Tally>> {
        Ok(self.index.tallies()?)
    }

    fn find(&mut self, name: &str) -> Answer<RecordPath> {
        match self.index.find(name)? {
            Found::One(path) => Ok(path),
            // Near matches, candidates and unreadable records take a look at everything.
            Found::NoneOrSeveral => {
                let reading = self.context.read_at(self.tip, Vec::new())?;
                GitRecords::new(self.context, reading).find(name)
            }
        }
    }

    fn aliases(&mut self, beginning: &str, gone: bool, limit: usize) -> Answer<Vec<(String, Summary)>> {
        Ok(self.index.aliases(beginning, gone, limit)?)
    }

    fn row(&mut self, path: &RecordPath) -> Answer<Option<Row>> {
        Ok(self.index.row(path)?)
    }

    fn on(&mut self, owners: &[RecordId], kinds: &[Kind]) -> Answer<Vec<Row>> {
        Ok(self.index.on(owners, kinds)?)
    }

    fn ancestors(&mut self, of: &[RecordId]) -> Answer<HashMap<RecordId, Vec<RecordId>>> {
        Ok(self.index.ancestors(of)?)
    }

    fn summaries(&mut self, of: &[RecordId]) -> Answer<HashMap<RecordId, Summary>> {
        Ok(self.index.summaries(of)?)
    }

    fn children(&mut self, of: RecordId) -> Answer<Vec<Summary>> {
        Ok(self.index.children(of)?)
    }

    fn tree(&mut self, root: Option<RecordId>, deleted: bool, archived: bool) -> Answer<Vec<Node>> {
        Ok(self.index.tree(root, deleted, archived)?)
    }

    fn open_tree(&mut self) -> Answer<Vec<Node>> {
        Ok(self.index.open_tree()?)
    }

    fn unarchived(&mut self) -> Answer<Vec<Aged>> {
        Ok(self.index.unarchived()?)
    }

    fn edges(&mut self, of: RecordId) -> Answer<(Vec<RecordId>, Vec<RecordId>)> {
        Ok(self.index.edges(of)?)
    }

    fn unreadable(&mut self, kinds: &[Kind]) -> Answer<Vec<Unreadable>> {
        if !self.has_unreadable {
            return Ok(Vec::new());
        }
        let files = self.index.unreadable(kinds).map_err(Unanswered::from)?;
        let unreadable = files.into_iter().map(|file| Unreadable {
            file: file.path,
            violations: file.violations,
        });
        Ok(unreadable.collect())
    }
}
