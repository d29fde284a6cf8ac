//! Reading the docket at one commit: where the tip is, which records there are, which cannot be read.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use serde_json::json;

use super::{Context, Error, ErrorKind, violation_json};
use crate::record::path::{Place, ROOT, kind_below};
use crate::record::{Kind, Parsed, Record, RecordId, RecordPath, Violation, inspect, limits, parse};
use crate::store::{self, CommitId, Entry, History, Snapshot};

/// The format this version reads and writes, as `.tracking/format` has it.
pub(super) const FORMAT: &str = "1";

/// Kinds whose records have names of their own.
pub(super) const NAMED: &[Kind] = &[Kind::WorkItem, Kind::Vendor, Kind::Enhancement, Kind::Deployment];

/// What is said where a clone is shallow.
pub(super) const INCOMPLETE: &str = "the history of this clone is not complete, so versions are not known";

/// How many unreadable records are named in the warnings of an answer.
const UNREADABLE_NAMED: usize = 20;

/// What every answer carries beside its content.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Meta {
    /// The commit the answer was read at.
    pub revision: String,
    /// What answered: `git`, an index, or the report that is kept where neither can be read.
    pub data_source: &'static str,
    /// Whether there is more than was answered, which could not be read.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub partial: bool,
    /// What somebody may want to know; empty when all is well.
    pub warnings: Vec<String>,
}

impl Meta {
    /// An answer from git itself.
    pub(super) fn git(revision: CommitId, warnings: Vec<String>) -> Self {
        Self::of("git", revision, warnings)
    }

    pub(super) fn of(data_source: &'static str, revision: CommitId, warnings: Vec<String>) -> Self {
        Self {
            revision: revision.to_string(),
            data_source,
            partial: false,
            warnings,
        }
    }
}

/// Some of the things that were asked for, in order.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Listed<T> {
    /// The things.
    pub items: Vec<T>,
    /// How many there are on all pages.
    pub total_count: usize,
    /// At most so many on this page.
    pub limit: usize,
    /// How many come before.
    pub offset: usize,
    /// Whether there is a next page.
    pub has_more: bool,
    /// Where it begins, as of the same commit; null where there is none.
    pub next_cursor: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

impl<T> Listed<T> {
    /// A page of so many in all.
    pub(super) fn page(items: Vec<T>, total: usize, limit: Option<usize>, offset: usize, meta: Meta) -> Self {
        Self {
            total_count: total,
            limit: limit.unwrap_or(total),
            offset,
            has_more: offset + items.len() < total,
            next_cursor: None,
            items,
            meta,
        }
    }

    /// All of them.
    pub(super) fn all(items: Vec<T>, meta: Meta) -> Self {
        let total = items.len();
        Self::page(items, total, None, 0, meta)
    }
}

/// Takes what does not fit into so many bytes of JSON off the end of a page, but for a first item; a warning says so.
pub(super) fn cut<T: Serialize>(items: &mut Vec<T>, max_bytes: Option<usize>, meta: &mut Meta) {
    let Some(max) = max_bytes else { return };
    let mut bytes = 0;
    let fits = items.iter().take_while(|item| {
        bytes += serde_json::to_vec(item).map_or(0, |json| json.len() + 1);
        bytes <= max
    });
    let (fits, all) = (fits.count().max(1), items.len());
    if fits < all {
        items.truncate(fits);
        let warning = format!("only {fits} of {all} fit into one answer; next_cursor has the rest");
        meta.warnings.push(warning);
    }
}

/// The docket at one commit.
pub(super) struct Reading {
    pub(super) snapshot: Snapshot,
    pub(super) warnings: Vec<String>,
    /// Whether this version may write to it.
    pub(super) writable: bool,
}

/// A record file that cannot be used, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Unreadable {
    /// The path of the file.
    pub file: String,
    /// What is wrong; at least one error.
    pub violations: Vec<Violation>,
}

/// The records of some kinds at one commit.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) records: BTreeMap<RecordPath, Parsed>,
    pub(super) unreadable: Vec<Unreadable>,
    /// Files in directories of records that are none, whatever they are called: carried along, not read.
    pub(super) strays: Vec<String>,
}

impl Context {
    /// Opens the docket at its tip.
    ///
    /// Where this clone has no tracking ref but its remote has, the local one is started there,
    /// and a warning says so; where it cannot be written, the remote's is read.
    pub(super) fn read(&self) -> Result<Reading, Error> {
        let mut warnings = Vec::new();
        let tip = match self.store.tip()? {
            Some(tip) => tip,
            None => {
                self.require_proposal()?;
                self.start_from_remote(&mut warnings)?
            }
        };
        self.read_at(tip, warnings)
    }

    /// Opens the docket at a commit.
    pub(super) fn read_at(&self, commit: CommitId, mut warnings: Vec<String>) -> Result<Reading, Error> {
        let snapshot = self.store.snapshot(commit)?;
        let format = snapshot.format()?;
        let writable = match format.as_deref().map(str::trim) {
            Some(FORMAT) => true,
            Some(other) => {
                let what = if is_newer(other) { "is newer than" } else { "is not" };
                warnings.push(format!(
                    "format `{}` {what} {FORMAT}, which this version writes; nothing can be changed",
                    other.escape_debug()
                ));
                false
            }
            None => return Err(no_format(&snapshot, commit)?),
        };
        Ok(Reading {
            snapshot,
            warnings,
            writable,
        })
    }

    fn start_from_remote(&self, warnings: &mut Vec<String>) -> Result<CommitId, Error> {
        let branch = self.tracking_ref();
        match self.store.start_from_remote(self.source.now().as_seconds()) {
            Ok(Some(started)) => {
                warnings.extend(self.told_of_start(&started));
                return Ok(started.commit);
            }
            Ok(None) => {}
            Err(error) => {
                let remote = self.store.remote_tip()?.ok_or(error)?;
                warnings.push(format!(
                    "the branch {branch} cannot be created here; this is {}",
                    remote.name
                ));
                return Ok(remote.commit);
            }
        }
        // Another process may have started it in between.
        self.store.tip()?.ok_or_else(|| self.no_branch())
    }
}

impl Reading {
    pub(super) fn commit(&self) -> CommitId {
        self.snapshot.commit()
    }

    pub(super) fn meta(self) -> Meta {
        Meta::git(self.snapshot.commit(), self.warnings)
    }

    /// Refuses to write where a newer version has been.
    pub(super) fn require_writable(&self) -> Result<(), Error> {
        if self.writable {
            return Ok(());
        }
        let message = format!("the docket has a newer format than {FORMAT}; this version would damage it");
        Err(Error::new(ErrorKind::Denied, message))
    }

    /// The record at a path; none where there is none that can be read.
    pub(super) fn record(&self, path: &RecordPath) -> Result<Option<Parsed>, Error> {
        let blob = self.snapshot.read(&path.to_string(), limits::RECORD_BYTES)?;
        Ok(blob.and_then(|blob| parse(&blob.bytes, Some(path)).ok()))
    }

    /// Reads all records of these kinds. One that cannot be read hides no other.
    pub(super) fn load(&self, kinds: &[Kind]) -> Result<Loaded, Error> {
        self.load_with(kinds, parse)
    }

    /// The same, with all that [`inspect`] warns of.
    pub(super) fn inspect(&self, kinds: &[Kind]) -> Result<Loaded, Error> {
        self.load_with(kinds, inspect)
    }

    fn load_with(&self, kinds: &[Kind], parse: Parse) -> Result<Loaded, Error> {
        let mut loaded = Loaded::default();
        for kind in kinds {
            self.load_below(&format!("{ROOT}/{}", kind.directory()), parse, &mut loaded)?;
        }
        Ok(loaded)
    }

    /// Reads the notes, commit links or conflicts on one record.
    pub(super) fn load_on(&self, kind: Kind, on: RecordId, loaded: &mut Loaded) -> Result<(), Error> {
        let directory = format!("{ROOT}/{}/{}/{on}", kind.directory(), on.shard());
        self.load_below(&directory, parse, loaded)
    }

    /// Reads all records below a directory of the tree.
    fn load_below(&self, directory: &str, parse: Parse, loaded: &mut Loaded) -> Result<(), Error> {
        let mut found = Vec::new();
        for entry in self.snapshot.entries(directory)? {
            match place_of(&entry) {
                Place::Record(path) => found.push((path, entry)),
                Place::Misplaced(reason) => loaded.unreadable.push(Unreadable::file(file_name(&entry), reason)),
                Place::Stray => loaded.strays.push(file_name(&entry)),
                Place::Other => {}
            }
        }
        for (path, entry, outcome) in read_files(&self.snapshot, found, parse) {
            match outcome {
                Ok(parsed) => drop(loaded.records.insert(path, parsed)),
                Err(unusable) => loaded.unreadable.push(Unreadable {
                    file: file_name(&entry),
                    violations: unusable.violations,
                }),
            }
        }
        Ok(())
    }

    /// The history of every file, or nothing and a warning where this clone does not have all of it.
    pub(super) fn history(&mut self, context: &Context) -> Result<Option<History>, Error> {
        let history = context.store.history(self.commit())?;
        if !history.complete {
            self.warnings.push(INCOMPLETE.to_owned());
            return Ok(None);
        }
        Ok(Some(history))
    }
}

impl Loaded {
    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values().map(|parsed| &parsed.record)
    }

    /// The paths of the records that fit, in their order.
    pub(super) fn paths_of(&self, fits: impl Fn(&Record) -> bool) -> Vec<RecordPath> {
        let fitting = self.records.iter().filter(|(_, parsed)| fits(&parsed.record));
        fitting.map(|(path, _)| path.clone()).collect()
    }

    /// The identities that files which cannot be read are named after.
    pub(super) fn unreadable_ids(&self) -> HashSet<RecordId> {
        let id = |record: &Unreadable| record.file.strip_suffix(".md")?.rsplit('/').next()?.parse().ok();
        self.unreadable.iter().filter_map(id).collect()
    }
}

/// Warns of each record that cannot be read, by name.
pub(super) fn warn_of_unreadable(warnings: &mut Vec<String>, unreadable: &[Unreadable]) {
    for record in unreadable.iter().take(UNREADABLE_NAMED) {
        warnings.push(format!("{} cannot be read: {}", record.file, record.reasons()));
    }
    if let Some(more) = unreadable.len().checked_sub(UNREADABLE_NAMED).filter(|more| *more > 0) {
        warnings.push(format!(
            "{more} more records cannot be read; `git docket validate` names them"
        ));
    }
}

impl Unreadable {
    /// A file that is unreadable as a whole.
    pub(super) fn file(file: String, reason: &str) -> Self {
        Self {
            file,
            violations: vec![Violation::file(None, reason)],
        }
    }

    /// Whether it lies where records of this kind do.
    pub(super) fn is_of(&self, kind: Kind) -> bool {
        kind_below(&self.file) == Some(kind)
    }

    /// Whether the identity in the file's name begins or ends so.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let stem = self.file.strip_suffix(".md").and_then(|file| file.rsplit('/').next());
        let id: Option<RecordId> = stem.and_then(|stem| stem.parse().ok());
        !name.is_empty() && id.is_some_and(|id| id.matches(name))
    }

    /// What is wrong with it, in one line.
    #[must_use]
    pub fn reasons(&self) -> String {
        let reasons: Vec<_> = self.violations.iter().map(ToString::to_string).collect();
        reasons.join("; ")
    }

    /// The file and what is wrong with it, as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        json!({ "file": self.file, "violations": self.violations.iter().map(violation_json).collect::<Vec<_>>() })
    }
}

impl Serialize for Unreadable {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// Whether a format is one that a later version than this one has.
pub(super) fn is_newer(format: &str) -> bool {
    format.parse::<u32>().is_ok_and(|format| format > 1)
}

/// There is no `.tracking/format`: no docket, or one that somebody damaged.
pub(super) fn no_format(snapshot: &Snapshot, commit: CommitId) -> Result<Error, Error> {
    if snapshot.entries(ROOT)?.is_empty() {
        let message = format!("commit {} holds no docket: it has no {ROOT}/format", commit.short());
        return Ok(Error::new(ErrorKind::NotFound, message).hint("git docket init"));
    }
    let message = format!(
        "commit {} holds records, but somebody removed {ROOT}/format from it",
        commit.short()
    );
    let hint = format!("git log --oneline {} -- {ROOT}/format", commit.short());
    Ok(Error::new(ErrorKind::Denied, message).hint(hint))
}

/// What stands at an entry of the tree.
pub(super) fn place_of(entry: &Entry) -> Place {
    let Ok(path) = std::str::from_utf8(&entry.path) else {
        return match kind_below(&String::from_utf8_lossy(&entry.path)) {
            Some(_) => Place::Stray,
            None => Place::Other,
        };
    };
    match RecordPath::locate(path) {
        Place::Record(_) if !entry.mode.is_file() => Place::Misplaced("not a regular file; it is not followed"),
        place => place,
    }
}

/// Why a file is no record.
pub(super) struct Unusable {
    pub(super) violations: Vec<Violation>,
    /// Whether its object is missing or damaged here: that says nothing about the file, and may be mended.
    pub(super) damaged: bool,
}

/// How a file is read as a record.
type Parse = fn(&[u8], Option<&RecordPath>) -> Result<Parsed, Vec<Violation>>;

/// Reads files as records, on all cores.
pub(super) fn read_files(
    snapshot: &Snapshot,
    found: Vec<(RecordPath, Entry)>,
    parse: Parse,
) -> impl Iterator<Item = (RecordPath, Entry, Result<Parsed, Unusable>)> {
    let (paths, entries): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let read = snapshot.read_all(&entries, limits::RECORD_BYTES, |at, bytes| match bytes {
        Ok(bytes) => parse(&bytes, Some(&paths[at])).map_err(|violations| Unusable {
            violations,
            damaged: false,
        }),
        Err(error) => Err(Unusable {
            violations: vec![Violation::file(None, error.to_string())],
            damaged: !matches!(error, store::Error::TooLarge { .. }),
        }),
    });
    paths
        .into_iter()
        .zip(entries)
        .zip(read)
        .map(|((path, entry), outcome)| (path, entry, outcome))
}

/// The name of a tree entry in messages: bytes that are no text are replaced.
fn file_name(entry: &Entry) -> String {
    String::from_utf8_lossy(&entry.path).into_owned()
}
