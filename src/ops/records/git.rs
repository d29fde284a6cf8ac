//! Answers from git itself: every record that matters is read. And from a report, whose records are all read already.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::beside::{Beside, Change, asked_changes};
use super::candidate::{Candidate, in_title, sort};
use super::{Answer, Records};
use crate::filter::query::Condition;
use crate::filter::{Facts, WorkItemFilter};
use crate::index::{Aged, Node, Page, RecordSelection, Row, Selection, Summary, Tally, Touched};
use crate::ops::history::changed_records;
use crate::ops::kept_index::touched;
use crate::ops::read::{Loaded, Meta, NAMED, Reading, Unreadable};
use crate::ops::resolve::resolve;
use crate::ops::{Context, Error};
use crate::record::graph::{Graph, is_settled};
use crate::record::{Fields, Kind, Parsed, Record, RecordId, RecordPath, WorkItem};
use crate::store::History;

/// The records of one commit, each kind read when it is first asked for.
pub(in crate::ops) struct GitRecords<'c> {
    context: &'c Context,
    source: Source,
    loaded: Loaded,
    kinds: HashSet<Kind>,
    past: Past,
    graph: Option<Graph>,
}

/// Where the records are read from.
enum Source {
    /// A commit.
    Git(Box<Reading>),
    /// A report; there are no more than are loaded.
    Report(Meta),
}

/// What is known of the history.
enum Past {
    /// Nobody asked yet.
    Unasked,
    /// That it is not complete.
    Incomplete,
    /// All of it.
    Whole(History),
    /// What became of this one record, where that can be told; it is not to be walked for others.
    Of(RecordPath, Option<Touched>),
}

impl<'c> GitRecords<'c> {
    pub(in crate::ops) fn new(context: &'c Context, reading: Reading) -> Self {
        Self {
            context,
            source: Source::Git(Box::new(reading)),
            loaded: Loaded::default(),
            kinds: HashSet::new(),
            past: Past::Unasked,
            graph: None,
        }
    }

    /// The records of a report.
    pub(in crate::ops) fn of_report(context: &'c Context, loaded: Loaded, meta: Meta) -> Self {
        Self {
            context,
            source: Source::Report(meta),
            loaded,
            kinds: Kind::ALL.iter().copied().collect(),
            past: Past::Incomplete,
            graph: None,
        }
    }

    /// The same where somebody knows already what became of the only record whose version matters.
    pub(in crate::ops) fn knowing(mut self, path: &RecordPath, touched: Option<Touched>) -> Self {
        self.past = Past::Of(path.clone(), touched);
        self
    }

    pub(in crate::ops) fn into_meta(self) -> Meta {
        match self.source {
            Source::Git(reading) => reading.meta(),
            Source::Report(meta) => meta,
        }
    }

    fn load(&mut self, kinds: &[Kind]) -> Result<(), Error> {
        for kind in kinds {
            if let Source::Git(reading) = &self.source
                && self.kinds.insert(*kind)
            {
                let loaded = reading.load(&[*kind])?;
                self.loaded.records.extend(loaded.records);
                self.loaded.unreadable.extend(loaded.unreadable);
                self.graph = None;
            }
        }
        Ok(())
    }

    fn graph(&mut self) -> Result<&Graph, Error> {
        // Also of those that only others wait for.
        self.load(NAMED)?;
        Ok(self.graph.get_or_insert_with(|| Graph::new(self.loaded.records())))
    }

    fn know_history(&mut self) -> Result<(), Error> {
        if let (Past::Unasked, Source::Git(reading)) = (&self.past, &mut self.source) {
            self.past = match reading.history(self.context)? {
                Some(history) => Past::Whole(history),
                None => Past::Incomplete,
            };
        }
        Ok(())
    }

    /// A record with what the history says of it; an imported one that was never changed here has
    /// its last change there.
    fn dated(&self, path: &RecordPath, parsed: &Parsed) -> Row {
        let touched = self.touched(path);
        let version = touched.as_ref().map(|touched| touched.version);
        let origin = match &parsed.record.fields {
            Fields::WorkItem(r) => r.origin.as_ref(),
            Fields::Vendor(r) => r.origin.as_ref(),
            Fields::Enhancement(r) => r.origin.as_ref(),
            Fields::Deployment(r) => r.origin.as_ref(),
            Fields::Note(_) | Fields::CommitLink(_) | Fields::Conflict(_) => None,
        };
        let (updated_at, updated_by) = match origin.filter(|_| version.is_none_or(|v| v == 1)) {
            Some(origin) => (origin.updated_at, origin.updated_by.as_ref().map(ToString::to_string)),
            None => touched.map_or((None, None), |touched| (touched.at, touched.by)),
        };
        Row {
            path: path.clone(),
            record: parsed.record.clone(),
            newer_schema: parsed.newer_schema.clone(),
            version,
            updated_at,
            updated_by,
        }
    }

    fn touched(&self, path: &RecordPath) -> Option<Touched> {
        match &self.past {
            Past::Unasked | Past::Incomplete => None,
            Past::Whole(history) => history.get(path.to_string().as_bytes()).map(touched),
            Past::Of(known, touched) => touched.clone().filter(|_| known == path),
        }
    }

    fn candidates(&self, filter: &WorkItemFilter, beside: &Beside<'_>) -> Vec<Candidate<'_>> {
        let mut found = Vec::new();
        for (path, parsed) in &self.loaded.records {
            let Some(item) = parsed.record.as_work_item() else {
                continue;
            };
            let graph = beside.graph;
            let ready = filter.ready.as_ref().is_none_or(|ready| ready.holds(graph, item));
            let waiting = !filter.waiting || (item.is_open() && graph.held_up_by(item.id).next().is_some());
            let fits = ready && waiting && filter.matches(item, &parsed.record.body, beside.notes(item.id));
            let asked = |condition| beside.holds(condition, item, &self.dated(path, parsed));
            if fits && filter.condition.as_ref().is_none_or(asked) {
                let Row {
                    version, updated_at, ..
                } = self.dated(path, parsed);
                found.push(Candidate {
                    version,
                    updated_at,
                    in_title: in_title(&filter.text, item),
                    path,
                    parsed,
                    item,
                });
            }
        }
        found
    }

    /// What the history says to the questions of a filter for what was changed. A report knows of none.
    fn changes(&self, filter: &WorkItemFilter) -> Result<HashMap<Change, HashSet<RecordId>>, Error> {
        let asked = filter.condition.as_ref().map(asked_changes).unwrap_or_default();
        let Source::Git(reading) = &self.source else {
            return Ok(HashMap::new());
        };
        let mut changes = HashMap::new();
        for change in asked {
            if let Entry::Vacant(slot) = changes.entry(change) {
                let (by, since) = slot.key();
                let changed = changed_records(self.context, reading.commit(), by.as_deref(), *since)?;
                slot.insert(changed);
            }
        }
        Ok(changes)
    }

    /// The record at a path, from what was loaded or else by itself; none where it cannot be read.
    fn get(&mut self, path: &RecordPath) -> Result<Option<&Parsed>, Error> {
        if let Source::Git(reading) = &self.source
            && !self.loaded.records.contains_key(path)
            && !self.kinds.contains(&path.kind())
        {
            let parsed = reading.record(path)?;
            self.loaded.records.extend(parsed.map(|parsed| (path.clone(), parsed)));
        }
        Ok(self.loaded.records.get(path))
    }

    fn parent(&mut self, id: RecordId) -> Result<Option<RecordId>, Error> {
        let Some(path) = RecordPath::own(Kind::WorkItem, id) else {
            return Ok(None);
        };
        let parsed = self.get(&path)?;
        Ok(parsed.and_then(|parsed| parsed.record.as_work_item()?.parent_id))
    }
}

impl Records for GitRecords<'_> {
    fn select(&mut self, selection: &Selection<'_>) -> Answer<Page> {
        let filter = selection.filter;
        let needs = filter.condition.as_ref().map(Condition::needs).unwrap_or_default();
        self.load(&[Kind::WorkItem])?;
        for (kind, needed) in [
            (Kind::Note, needs.notes || !filter.text.is_empty()),
            (Kind::CommitLink, needs.commits),
            (Kind::Conflict, needs.conflicts),
        ] {
            if needed {
                self.load(&[kind])?;
            }
        }
        self.know_history()?;
        let changes = self.changes(filter)?;
        let graph = match filter.ready.is_some() || filter.waiting || needs.graph {
            true => {
                self.graph()?;
                self.graph.take().unwrap_or_default()
            }
            false => Graph::default(),
        };
        let beside = Beside::new(&graph, self.loaded.records(), changes);
        let mut found = self.candidates(filter, &beside);
        sort(&mut found, selection);
        let total = found.len();
        let limit = selection.limit.unwrap_or(total);
        let wanted = found.iter().skip(selection.offset).take(limit);
        Ok(Page {
            rows: wanted.map(|found| self.dated(found.path, found.parsed)).collect(),
            total,
        })
    }

    fn select_records(&mut self, selection: &RecordSelection<'_>) -> Answer<Page> {
        self.load(&[selection.filter.kind])?;
        self.know_history()?;
        let wanted = self
            .loaded
            .records
            .iter()
            .filter(|(_, parsed)| selection.filter.matches(&parsed.record));
        let mut rows: Vec<(Row, RecordId)> = wanted
            .filter_map(|(path, parsed)| Some((self.dated(path, parsed), path.id()?)))
            .collect();
        rows.sort_by(|(a, a_id), (b, b_id)| {
            let (a_facts, b_facts) = (Facts::of(&a.record), Facts::of(&b.record));
            let (a, b) = ((&a_facts, a.updated_at, *a_id), (&b_facts, b.updated_at, *b_id));
            selection.order.compare(selection.reverse, a, b)
        });
        let total = rows.len();
        let rows = rows.into_iter().map(|(row, _)| row).skip(selection.offset);
        Ok(Page {
            rows: rows.take(selection.limit.unwrap_or(total)).collect(),
            total,
        })
    }

    fn tallies(&mut self) -> Answer<Vec<Tally>> {
        self.load(&[Kind::WorkItem])?;
        let mut tallies: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for item in self.loaded.records().filter_map(Record::as_work_item) {
            if item.deleted_at.is_none() && item.archived_at.is_none() {
                *tallies
                    .entry((item.item_type.as_str(), item.status.as_str()))
                    .or_default() += 1;
            }
        }
        let tally = |((item_type, status), items): ((&str, &str), usize)| Tally {
            item_type: item_type.to_owned(),
            status: status.to_owned(),
            items,
        };
        Ok(tallies.into_iter().map(tally).collect())
    }

    fn find(&mut self, name: &str) -> Answer<RecordPath> {
        self.load(NAMED)?;
        Ok(resolve(&self.loaded, name)?.clone())
    }

    fn aliases(&mut self, beginning: &str, gone: bool, limit: usize) -> Answer<Vec<(String, Summary)>> {
        self.load(NAMED)?;
        let mut found = Vec::new();
        for record in self.loaded.records() {
            let Some(summary) = Summary::of(record).filter(|summary| summary.gone == gone) else {
                continue;
            };
            let aliases = record.aliases().filter(|alias| alias.starts_with(beginning));
            found.extend(aliases.map(|alias| (alias.to_owned(), summary.clone())));
        }
        found.sort_by(|(a, of_a), (b, of_b)| (of_a.settled, a).cmp(&(of_b.settled, b)));
        found.truncate(limit);
        Ok(found)
    }

    fn row(&mut self, path: &RecordPath) -> Answer<Option<Row>> {
        self.know_history()?;
        self.get(path)?;
        Ok(self.loaded.records.get(path).map(|parsed| self.dated(path, parsed)))
    }

    fn on(&mut self, owners: &[RecordId], kinds: &[Kind]) -> Answer<Vec<Row>> {
        self.know_history()?;
        let mut beside = Loaded::default();
        match (owners, &self.source) {
            // One record's are in a directory of their own.
            ([owner], Source::Git(reading)) => {
                for kind in kinds {
                    reading.load_on(*kind, *owner, &mut beside)?;
                }
            }
            _ => self.load(kinds)?,
        }
        let owners: HashSet<RecordId> = owners.iter().copied().collect();
        let counts = |record: &Record| match &record.fields {
            Fields::Note(note) => owners.contains(&note.on) && note.retracted.is_none(),
            Fields::CommitLink(link) => owners.contains(&link.work_item) && link.retracted.is_none(),
            Fields::Conflict(conflict) => owners.contains(&conflict.on) && conflict.resolved_at.is_none(),
            _ => false,
        };
        let source = if beside.records.is_empty() {
            &self.loaded
        } else {
            &beside
        };
        let found = source
            .records
            .iter()
            .filter(|(path, parsed)| kinds.contains(&path.kind()) && counts(&parsed.record));
        let mut rows: Vec<_> = found.map(|(path, parsed)| self.dated(path, parsed)).collect();
        rows.sort_by_key(|row| row.path.to_string());
        Ok(rows)
    }

    fn ancestors(&mut self, of: &[RecordId]) -> Answer<HashMap<RecordId, Vec<RecordId>>> {
        let mut chains = HashMap::new();
        for id in of {
            let (mut chain, mut seen, mut current) = (Vec::new(), HashSet::from([*id]), *id);
            while let Some(parent) = self.parent(current)?.filter(|parent| seen.insert(*parent)) {
                chain.push(parent);
                current = parent;
            }
            chain.reverse();
            chains.insert(*id, chain);
        }
        Ok(chains)
    }

    fn summaries(&mut self, of: &[RecordId]) -> Answer<HashMap<RecordId, Summary>> {
        let mut summaries = HashMap::new();
        for id in of {
            for path in NAMED.iter().filter_map(|kind| RecordPath::own(*kind, *id)) {
                let summary = self.get(&path)?.and_then(|parsed| Summary::of(&parsed.record));
                summaries.extend(summary.map(|summary| (*id, summary)));
            }
        }
        Ok(summaries)
    }

    fn children(&mut self, of: RecordId) -> Answer<Vec<Summary>> {
        let children = self.graph()?.children(of).to_vec();
        let mut summaries = self.summaries(&children)?;
        Ok(children.iter().filter_map(|id| summaries.remove(id)).collect())
    }

    fn tree(&mut self, root: Option<RecordId>, deleted: bool, archived: bool) -> Answer<Vec<Node>> {
        let graph = self.graph()?;
        let mut wanted = HashSet::new();
        let mut next: Vec<RecordId> = root.into_iter().collect();
        while let Some(id) = next.pop() {
            if wanted.insert(id) {
                next.extend(graph.children(id));
            }
        }
        let shown =
            |item: &WorkItem| (deleted || item.deleted_at.is_none()) && (archived || item.archived_at.is_none());
        let items = self
            .loaded
            .records()
            .filter_map(|record| Some((record.as_work_item()?, record)));
        let items = items.filter(|(item, _)| root == Some(item.id) || shown(item));
        let mut nodes: Vec<Node> = items.filter_map(|(item, record)| node(item, record)).collect();
        if root.is_some() {
            nodes.retain(|node| wanted.contains(&node.summary.id));
        }
        Ok(nodes)
    }

    fn open_tree(&mut self) -> Answer<Vec<Node>> {
        let mut nodes: HashMap<_, _> = self.tree(None, false, true)?.into_iter().map(keyed).collect();
        let is_open = |record: &Record| {
            let item = record
                .as_work_item()
                .filter(|item| item.archived_at.is_none() && !is_settled(record))?;
            Some(item.id)
        };
        let mut next: Vec<_> = self.loaded.records().filter_map(is_open).collect();
        let mut wanted = Vec::new();
        while let Some(node) = next.pop() {
            if let Some(node) = nodes.remove(&node) {
                next.extend(node.parent);
                wanted.push(node);
            }
        }
        Ok(wanted)
    }

    fn unarchived(&mut self) -> Answer<Vec<Aged>> {
        self.load(&[Kind::WorkItem])?;
        self.know_history()?;
        let aged = |(path, parsed): (&RecordPath, &Parsed)| {
            let item = parsed.record.as_work_item()?;
            item.archived_at.is_none().then_some(())?;
            Some(Aged {
                summary: Summary::of(&parsed.record)?,
                parent: item.parent_id,
                updated_at: self.dated(path, parsed).updated_at,
            })
        };
        Ok(self.loaded.records.iter().filter_map(aged).collect())
    }

    fn edges(&mut self, of: RecordId) -> Answer<(Vec<RecordId>, Vec<RecordId>)> {
        let graph = self.graph()?;
        Ok((graph.waits_for(of).to_vec(), graph.waited_for_by(of).to_vec()))
    }

    fn unreadable(&mut self, kinds: &[Kind]) -> Answer<Vec<Unreadable>> {
        self.load(kinds)?;
        let mut unreadable = self.loaded.unreadable.clone();
        unreadable.retain(|file| kinds.iter().any(|kind| file.is_of(*kind)));
        unreadable.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(unreadable)
    }
}

fn node(item: &WorkItem, record: &Record) -> Option<Node> {
    Some(Node {
        summary: Summary::of(record)?,
        parent: item.parent_id,
        assignee: item.assignee.as_ref().map(ToString::to_string),
        created_at: item.created_at,
        progress: record.progress(),
        priority: item.priority,
        claim: item.claim.as_ref().map(|claim| (claim.by.to_string(), claim.until)),
    })
}

fn keyed(node: Node) -> (RecordId, Node) {
    (node.summary.id, node)
}
