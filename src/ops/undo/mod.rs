//! Taking a commit back: a new commit that gives its fields the values they had before.

mod revert;
mod target;

use serde::Serialize;

use super::delete::require_no_children;
use super::draft::Draft;
use super::read::Meta;
use super::write::one_line;
use super::{Context, Error, ErrorKind};
use crate::record::path::Place;
use crate::record::{Record, RecordId, RecordPath};
use crate::store::Commit;

/// How many fields that stand in the way a message names.
const NAMED: usize = 3;

/// What an undo did.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct UndoResponse {
    /// The commit that was taken back.
    pub undone: String,
    /// The commit that does so.
    pub commit: String,
    /// Its first line.
    pub subject: String,
    /// The records it changed.
    pub records: Vec<UndoneRecord>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// A record that an undo changed.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct UndoneRecord {
    /// Its identity, where it has one of its own.
    pub id: Option<RecordId>,
    /// Its kind.
    pub kind: &'static str,
    /// What a person calls it.
    pub title: String,
}

/// Takes a commit back; without a name the last one of whoever asks that is neither an undo nor
/// undone, nor a merge.
///
/// Only fields that the commit changed get the values they had before. A record it created is
/// deleted; a note, a deployment or a commit link is retracted. An undo is taken back like any
/// other commit, and what it had undone counts as not undone again.
///
/// # Errors
///
/// `conflict` where any of these fields was changed since, and then nothing is done; `invalid`
/// where nothing is left to undo, or without a name the last one is an import or changed no record.
pub fn undo(context: &Context, commit: Option<&str>) -> Result<UndoResponse, Error> {
    let written = context.write("undo", None, |context, draft| plan(context, draft, commit))?;
    let records = written.changed.iter().map(|changed| UndoneRecord {
        id: changed.path.id(),
        kind: changed.path.kind().as_str(),
        title: changed.after.heading(),
    });
    Ok(UndoResponse {
        undone: written.value,
        commit: written.commit.to_string(),
        subject: written.subject,
        records: records.collect(),
        meta: Meta::git(written.commit, written.warnings),
    })
}

/// Puts what the commit made different back into the draft; returns the commit's name.
fn plan(context: &Context, draft: &mut Draft<'_>, named: Option<&str>) -> Result<String, Error> {
    let commit = target::find(context, draft.reading.commit(), named)?;
    let parent = commit.parents.first().copied();
    if commit.shallow {
        let message = format!("this clone does not have what was before {}", commit.id.short());
        return Err(Error::request(message).hint("git fetch --unshallow"));
    }
    let (mut clashes, mut records, mut others) = (Vec::new(), 0, 0);
    for change in context.store.tree_changes(parent, commit.id)? {
        let place = std::str::from_utf8(&change.path).ok().map(RecordPath::locate);
        match place {
            Some(Place::Record(path)) => {
                records += 1;
                revert::revert(context, draft, &path, &change, &mut clashes)?;
            }
            _ => others += 1,
        }
    }
    if !clashes.is_empty() {
        return Err(conflict(&commit, clashes));
    }
    let changed = draft.changed();
    if changed.is_empty() {
        let (id, subject) = (commit.id.short(), one_line(&commit.subject));
        let message = match records {
            0 => format!("{id} ({subject}) changed no record, which is all that is undone"),
            _ => format!("nothing of {id} ({subject}) is left to undo"),
        };
        return Err(match parent {
            Some(_) => Error::request(message).hint(format!("git docket diff {0}~..{0}", commit.id.short())),
            None => Error::request(message),
        });
    }
    if others > 0 {
        let warning = format!("the commit changed {others} files that are no records; they stay as they are");
        draft.warnings.push(warning);
    }
    let is_deleted = |record: &Record| record.as_work_item().is_some_and(|item| item.deleted_at.is_some());
    let deleted = changed.iter().filter(|changed| is_deleted(&changed.after));
    let deleted: Vec<_> = deleted.filter_map(|changed| changed.path.id()).collect();
    for id in deleted {
        require_no_children(draft, id)?;
    }
    draft.subject = Some(format!("undo {}: {}", commit.id.short(), one_line(&commit.subject)));
    draft.trailers.push(format!("Docket-Undoes: {}", commit.id));
    Ok(commit.id.to_string())
}

/// Later changes stand in the way: names them.
fn conflict(commit: &Commit, clashes: Vec<revert::Clash>) -> Error {
    let named: Vec<_> = clashes.iter().take(NAMED).map(revert::Clash::told).collect();
    let more = match clashes.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let commit = commit.id;
    let message = format!(
        "{} cannot be undone, what it changed was changed since: {}{more}",
        commit.short(),
        named.join("; ")
    );
    let hints: Vec<_> = clashes
        .iter()
        .take(1)
        .map(|clash| format!("git docket log {}", clash.name()))
        .collect();
    let fields: Vec<_> = clashes.iter().map(revert::Clash::to_json).collect();
    let error = Error::new(ErrorKind::Conflict, message)
        .with("commit", commit.to_string())
        .with("fields", fields);
    hints.into_iter().fold(error, Error::hint)
}
