//! Bringing a status file along that people kept by hand: all of it in one commit, or nothing.

use serde::Serialize;

use super::import::{New, new_records};
use super::read::Meta;
use super::{Context, Error, Progress};
use crate::exchange::project_status::{self, SYSTEM};
pub use crate::exchange::project_status::{Check, Unread};
use crate::exchange::{Import, Imported};
use crate::record::{Kind, Record};

/// What to bring along.
#[derive(Clone, Debug, Default)]
pub struct MigrateRequest {
    /// The status file.
    pub file: Vec<u8>,
    /// Session prompts in files of their own: path and content.
    pub sessions: Vec<(String, Vec<u8>)>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Session prompts that cannot be used may be left out.
    pub allow_skipped: bool,
}

/// A session prompt that was left out.
#[derive(Clone, Debug, Serialize)]
pub struct Skipped {
    /// Where it stands: a line, or the path of a file.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// What a migration did, or would do.
#[derive(Clone, Debug, Serialize)]
pub struct MigrateResponse {
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// Whether all checks passed; else nothing was written.
    pub passed: bool,
    /// What the file says against what the records say.
    pub checks: Vec<Check>,
    /// How many vendors are new here.
    pub vendors: usize,
    /// How many deployments are new here.
    pub deployments: usize,
    /// How many enhancements are new here.
    pub enhancements: usize,
    /// How many work items are new here, session prompts among them.
    pub work_items: usize,
    /// How many records were here already.
    pub already_here: usize,
    /// The commit that holds what is new; null where nothing is, or nothing was to be written.
    pub commit: Option<String>,
    /// What the file does not say and has a value nevertheless.
    pub assumed: Vec<Unread>,
    /// What makes no valid record, and why.
    pub refused: Vec<Unread>,
    /// Session prompts that were left out.
    pub skipped: Vec<Skipped>,
    /// What could not be read, verbatim.
    pub unread: Vec<Unread>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Brings a status file along: in one commit, made only when what the file says and what the records say is the same;
/// else nothing happens, and the answer says what differs.
///
/// Records get the same identities everywhere, so the same file again, here or in another clone, adds only what is new.
/// What is here already is left as it is.
///
/// # Errors
///
/// `invalid` where the file is no text, has nothing in it that could be used, or the records clash with those that are
/// here.
pub fn migrate(context: &Context, request: &MigrateRequest, progress: &dyn Progress) -> Result<MigrateResponse, Error> {
    progress.step("reading", None);
    let text = std::str::from_utf8(&request.file)
        .map_err(|error| Error::request(format!("the file is not UTF-8: byte {}", error.valid_up_to() + 1)))?;
    let status = project_status::read(text, &request.sessions);
    let migration = project_status::migrate(&status);
    let checks = project_status::reconcile(&status, &migration, request.allow_skipped);
    let passed = checks.iter().all(|check| check.passed);
    if passed && migration.records.is_empty() {
        let message = "nothing in the file is a vendor, a deployment, an enhancement, a work item or a session prompt";
        return Err(Error::request(message).with("unread", status.unread.len()));
    }
    let import = import(&migration.records);
    let (new, commit, meta) = match passed && !request.dry_run {
        true => written(context, &import, progress)?,
        false => {
            let mut reading = context.read()?;
            // What fails its checks need not fit in here.
            let new = match passed {
                true => new_records(&reading, &import, progress)?,
                false => New::none(),
            };
            let commit = reading.commit();
            (new, None, Meta::git(commit, std::mem::take(&mut reading.warnings)))
        }
    };
    let skipped = migration.skipped.into_iter();
    Ok(MigrateResponse {
        dry_run: request.dry_run,
        passed,
        checks,
        vendors: new.count(Kind::Vendor),
        deployments: new.count(Kind::Deployment),
        enhancements: new.count(Kind::Enhancement),
        work_items: new.count(Kind::WorkItem),
        already_here: new.already_here,
        commit,
        assumed: migration.assumed,
        refused: migration.refused,
        skipped: skipped.map(|(place, reason)| Skipped { place, reason }).collect(),
        unread: status.unread,
        meta,
    })
}

/// The records as an import has them.
fn import(records: &[Record]) -> Import {
    let imported = records.iter().map(|record| Imported {
        original: record.id().map(|id| id.to_string()).unwrap_or_default(),
        record: record.clone(),
    });
    Import {
        system: SYSTEM,
        records: imported.collect(),
        losses: Vec::new(),
        unreadable: Vec::new(),
    }
}

fn written(context: &Context, import: &Import, progress: &dyn Progress) -> Result<(New, Option<String>, Meta), Error> {
    let written = context.write("migrate", None, |_, draft| {
        let new = new_records(draft.reading, import, progress)?;
        progress.step("writing", None);
        draft.subject = Some(subject(&new));
        for record in &new.records {
            draft.put_new(record.clone())?;
        }
        draft.checked = true;
        Ok(new)
    })?;
    let commit = (!written.value.records.is_empty()).then(|| written.commit.to_string());
    Ok((written.value, commit, Meta::git(written.commit, written.warnings)))
}

fn subject(new: &New) -> String {
    let kinds = [
        (Kind::Vendor, "vendor"),
        (Kind::Deployment, "deployment"),
        (Kind::Enhancement, "enhancement"),
        (Kind::WorkItem, "work item"),
    ];
    let counted = kinds.map(|(kind, noun)| {
        let count = new.count(kind);
        format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
    });
    format!("migrate project_status: {}", counted.join(", "))
}
