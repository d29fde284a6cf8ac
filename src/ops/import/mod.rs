//! Bringing the records of another tracker along, in one commit.

mod git_bug;
mod restore;
mod source;

use std::collections::HashSet;

use serde::Serialize;

pub use self::restore::{Difference, LeftOut, RestoreRequest, RestoreResponse, restore_export};
pub use self::source::ImportSource;
use super::read::{Loaded, Meta, Reading};
use super::{Context, Error, ErrorKind, Progress};
use crate::exchange::{Import, Imported, Unreadable};
pub use crate::exchange::{Kept, Loss, LossGroup};
use crate::record::graph::check;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath, Severity, Violation};

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize)]
pub struct ImportResponse {
    /// The tracker the records came from.
    pub system: &'static str,
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// How many work items are new here.
    pub work_items: usize,
    /// How many notes are new here.
    pub notes: usize,
    /// How many records were here already, from an earlier import.
    pub already_here: usize,
    /// The commit that holds what is new; null where nothing is, or nothing was to be written.
    pub commit: Option<String>,
    /// What is not in the field one would look for it in, by kind.
    pub loss_groups: Vec<LossGroup>,
    /// The same, one by one.
    pub losses: Vec<Loss>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Imports what is not here yet, all in one commit, or nothing.
///
/// Records get the same identities everywhere, so importing again, here or in another clone, adds
/// only what is new. What was imported before is left as it is now.
pub fn import(
    context: &Context,
    source: ImportSource,
    dry_run: bool,
    progress: &dyn Progress,
) -> Result<ImportResponse, Error> {
    let import = source.read(progress)?;
    if import.is_all_unreadable() {
        let first = import
            .unreadable
            .first()
            .map(|first| format!("{}: {}", first.place, first.reason));
        let message = format!(
            "nothing in it could be read as {}; {}",
            import.system,
            first.unwrap_or_default()
        );
        return Err(Error::request(message).with("unreadable", import.unreadable.len()));
    }
    if dry_run {
        let mut reading = context.read()?;
        let new = new_records(&reading, &import, progress)?;
        let commit = reading.commit();
        return Ok(response(
            import,
            new,
            None,
            Meta::git(commit, std::mem::take(&mut reading.warnings)),
            true,
        ));
    }
    let written = context.write("import", None, |_, draft| {
        let new = new_records(draft.reading, &import, progress)?;
        progress.step("writing", None);
        draft.subject = Some(subject(import.system, &new));
        for record in &new.records {
            draft.put_new(record.clone())?;
        }
        draft.checked = true;
        Ok(new)
    })?;
    let (new, commit, warnings) = (written.value, written.commit, written.warnings);
    let written = (!new.records.is_empty()).then(|| commit.to_string());
    Ok(response(import, new, written, Meta::git(commit, warnings), false))
}

/// What an import adds to a docket.
pub(super) struct New {
    pub(super) records: Vec<Record>,
    pub(super) already_here: usize,
    losses: Vec<Loss>,
}

impl New {
    pub(super) fn none() -> Self {
        Self {
            records: Vec::new(),
            already_here: 0,
            losses: Vec::new(),
        }
    }

    pub(super) fn count(&self, kind: Kind) -> usize {
        self.records.iter().filter(|record| record.kind() == kind).count()
    }
}

/// The imported records that are not here yet, checked against those that are.
pub(super) fn new_records(reading: &Reading, import: &Import, progress: &dyn Progress) -> Result<New, Error> {
    progress.step("comparing", Some(import.records.len()));
    let loaded = reading.load(&[
        Kind::WorkItem,
        Kind::Vendor,
        Kind::Enhancement,
        Kind::Deployment,
        Kind::Note,
    ])?;
    let unreadable: HashSet<&str> = loaded.unreadable.iter().map(|u| u.file.as_str()).collect();
    let mut aliases: HashSet<String> = loaded
        .records()
        .flat_map(|r| r.aliases().map(ToOwned::to_owned).collect::<Vec<_>>())
        .collect();
    let mut new = New::none();
    for imported in &import.records {
        progress.advance(1);
        let path = imported
            .record
            .path()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "an imported record without a path"))?;
        if loaded.records.contains_key(&path) || unreadable.contains(path.to_string().as_str()) {
            new.already_here += 1;
        } else {
            let record = without_taken_aliases(imported, &aliases, &mut new.losses);
            aliases.extend(record.aliases().map(ToOwned::to_owned));
            new.records.push(record);
        }
    }
    let added = new
        .records
        .iter()
        .filter_map(|record| Some((record.path()?, record.clone())));
    check_together(loaded, added.collect(), &HashSet::new(), &|_| None)?;
    Ok(new)
}

/// A name belongs to one record: where another one here has it, the imported one goes without.
fn without_taken_aliases(imported: &Imported, taken: &HashSet<String>, losses: &mut Vec<Loss>) -> Record {
    let mut record = imported.record.clone();
    if let Fields::WorkItem(item) = &mut record.fields {
        let (gone, kept): (Vec<_>, Vec<_>) = item
            .aliases
            .iter()
            .cloned()
            .partition(|alias| taken.contains(alias.as_str()));
        if !gone.is_empty() {
            item.aliases = crate::record::common::Aliases::new(kept).unwrap_or_default();
            losses.push(Loss {
                original: imported.original.clone(),
                field: "id".to_owned(),
                reason: "is an alias of another record here".to_owned(),
                kept: Kept::Origin,
            });
        }
    }
    record
}

/// The rules across records hold for what is here and what comes in; what was wrong before stays as it is.
///
/// References to `missing` records are not dangling: these were there, and nobody could read them. `place` says where
/// in the source a record stands.
fn check_together(
    loaded: Loaded,
    new: Vec<(RecordPath, Record)>,
    missing: &HashSet<RecordId>,
    place: &dyn Fn(&RecordPath) -> Option<String>,
) -> Result<(), Error> {
    let mut unreadable = loaded.unreadable_ids();
    unreadable.extend(missing);
    let mut records: std::collections::BTreeMap<RecordPath, Record> = loaded
        .records
        .into_iter()
        .map(|(path, parsed)| (path, parsed.record))
        .collect();
    let before: HashSet<_> = check(&records, &unreadable).into_iter().collect();
    records.extend(new);
    let caused = check(&records, &unreadable)
        .into_iter()
        .filter(|found| !before.contains(found));
    let errors: Vec<(RecordPath, Violation)> = caused.filter(|(_, v)| v.severity == Severity::Error).collect();
    match errors.first() {
        None => Ok(()),
        Some((path, first)) => {
            let violations: Vec<_> = errors.iter().map(|(_, violation)| violation.clone()).collect();
            let place = place(path).map(|place| format!("{place}: ")).unwrap_or_default();
            let message = match errors.len() {
                1 => format!("the import would break a rule: {place}{path}: {first}"),
                count => format!("the import would break {count} rules, the first in {place}{path}: {first}"),
            };
            Err(Error::invalid(message, &violations))
        }
    }
}

fn subject(system: &str, new: &New) -> String {
    let counted = |kind: Kind, noun: &str| match new.count(kind) {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    };
    format!(
        "import {system}: {}, {}",
        counted(Kind::WorkItem, "work item"),
        counted(Kind::Note, "note")
    )
}

fn response(mut import: Import, new: New, commit: Option<String>, meta: Meta, dry_run: bool) -> ImportResponse {
    import.losses.extend(new.losses.iter().cloned());
    ImportResponse {
        system: import.system,
        dry_run,
        work_items: new.count(Kind::WorkItem),
        notes: new.count(Kind::Note),
        already_here: new.already_here,
        commit,
        loss_groups: import.loss_groups(),
        losses: import.losses,
        unreadable: import.unreadable,
        meta,
    }
}
