//! Editing the file of a record by hand: also one that is not valid.

use super::read::Meta;
use super::read::NAMED;
use super::resolve::resolve;
use super::{Context, Error, ErrorKind, rules};
use crate::record::work_item::Status;
use crate::record::{Record, RecordId, RecordPath, Severity, limits, parse};

/// A file on its way through an editor. Nothing is locked meanwhile.
#[derive(Clone, Debug)]
pub struct EditSession {
    /// Where the file lives in the tree.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    record: RecordPath,
}

/// Finds the file a name names, whether it is valid or not.
pub fn begin_edit(context: &Context, name: &str) -> Result<EditSession, Error> {
    let reading = context.read()?;
    let loaded = reading.load(NAMED)?;
    let record = match resolve(&loaded, name) {
        Ok(path) => path.clone(),
        Err(error) => {
            let fitting: Vec<_> = loaded.unreadable.iter().filter(|file| file.is_named(name)).collect();
            let path = match fitting.as_slice() {
                [file] => RecordPath::locate(&file.file),
                _ => return Err(error),
            };
            match path {
                crate::record::path::Place::Record(path) => path,
                _ => return Err(error),
            }
        }
    };
    let path = record.to_string();
    // An invalid file may be larger than a record may be; it must be possible to make it smaller.
    let blob = reading.snapshot.read(&path, 16 * limits::RECORD_BYTES)?;
    let blob = blob.ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no file {path}")))?;
    Ok(EditSession {
        path,
        bytes: blob.bytes,
        record,
    })
}

/// Commits what was typed, byte for byte, if it is a valid record and nobody changed the file since.
///
/// Returns the first line of the commit message, or nothing where nothing was changed.
pub fn save_edit(context: &Context, session: &EditSession, typed: &[u8]) -> Result<(Option<String>, Meta), Error> {
    let parsed = parse(typed, Some(&session.record)).map_err(|violations| {
        let errors = violations.iter().filter(|v| v.severity == Severity::Error);
        let reasons: Vec<_> = errors.map(ToString::to_string).collect();
        Error::invalid(reasons.join("; "), &violations)
    })?;
    let written = context.write("edit", None, |_, draft| {
        let now = draft.reading.snapshot.read(&session.path, 16 * limits::RECORD_BYTES)?;
        if now.map(|blob| blob.bytes).as_ref() != Some(&session.bytes) {
            let message = format!("{} was changed by somebody else meanwhile", session.path);
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        if typed != session.bytes {
            let before = parse(&session.bytes, Some(&session.record)).ok();
            if before.is_none() {
                let id = session.record.id().map(RecordId::short).unwrap_or_default();
                draft.subject = Some(format!("{} {id}: mended by hand", session.record.kind().as_str()));
            }
            let completed = |record: &Record| {
                record
                    .as_work_item()
                    .is_some_and(|item| item.status == Status::Completed)
            };
            if completed(&parsed.record)
                && before.is_some_and(|before| !completed(&before.record))
                && let Some(id) = session.record.id()
                && let Some(error) = rules::held_open(draft, id)?
            {
                return Err(error);
            }
            draft.put_typed(session.record.clone(), typed.to_vec(), parsed.record.clone());
        }
        Ok(())
    })?;
    let summary = (!written.changed.is_empty()).then_some(written.subject);
    Ok((summary, Meta::git(written.commit, written.warnings)))
}
