//! One file for git: what a merge driver is asked, where somebody merges the branch with plain git.
//!
//! Git starts the driver while it holds its index and before it says what it merges: there is no `MERGE_HEAD`, only a
//! variable `GITHEAD_<commit>` for the other side. A file of conflicts can be written into the work tree, but not be
//! added; so where something is recorded, the path is left unmerged, and adding both makes what a sync would have made.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::file::{MergedFile, Outcome, ThreeFiles, Version};
use super::side::{Scope, Side, Stamps};
use super::sides::Sides;
use crate::ops::sync::ConflictBrief;
use crate::ops::{Context, Error, replace_file};
use crate::record::merge::Stamp;
use crate::record::{Record, RecordPath, print};
use crate::store::CommitId;

/// What git asks.
#[derive(Clone, Debug, Default)]
pub struct MergeFileRequest {
    /// A file with what was before both; empty where there was nothing.
    pub base: PathBuf,
    /// A file with our version, which the merged one replaces.
    pub ours: PathBuf,
    /// A file with their version.
    pub theirs: PathBuf,
    /// The path in the tree.
    pub path: String,
    /// The commits that git says it merges, besides HEAD.
    pub heads: Vec<String>,
}

/// What became of it.
#[derive(Clone, Debug, Serialize)]
pub struct MergeFileResponse {
    /// Whether nothing is left to be done at this path.
    pub merged: bool,
    /// Whether it was known which commits are merged. Without them nobody knows who was last, and nothing is recorded.
    pub sides_known: bool,
    /// What could not be kept, with the files it was recorded in.
    pub conflicts: Vec<ConflictBrief>,
}

/// Whom a stamp is of where nobody knows who changed what: the content decides, the same whichever side is ours.
struct Unknown(Stamp);

impl Stamps for Unknown {
    fn stamp(&self, _: &RecordPath, _: &str) -> Stamp {
        self.0.clone()
    }

    fn stamp_of_file(&self, _: &[u8]) -> Stamp {
        self.0.clone()
    }
}

/// Merges one file into that of ours, with the result that a sync of the same two commits has at this path.
///
/// Where git does not say which commits it merges, as in a rebase, or merges what is neither's, as the bases of
/// histories that were merged crosswise, the three files are all there is: two values of one field are then decided by
/// their content, and the path is left unmerged.
///
/// # Errors
///
/// Where a file cannot be read or written; the file of ours is as it was then.
pub fn merge_file(context: &Context, request: &MergeFileRequest) -> Result<MergeFileResponse, Error> {
    let (base, ours, theirs) = (read(&request.base)?, read(&request.ours)?, read(&request.theirs)?);
    let path = request.path.as_bytes();
    let made = |bytes: &[u8]| Version::made(context, bytes.to_owned(), false);
    let mut new = Vec::new();
    let (outcome, sides_known) = match sides(context, request, &ours, &theirs)? {
        Some(sides) => {
            let version = |side: &Side<'_>| Version::read(&side.snapshot, side.snapshot.file(path)?);
            let (ours, theirs) = (version(&sides.ours)?, version(&sides.theirs)?);
            let MergedFile { outcome, conflicts } = sides.merge_file(path, ours.as_ref(), theirs.as_ref())?;
            for (file, record) in conflicts {
                if !sides.is_recorded(&file)? {
                    new.push((file, record));
                }
            }
            record_all(context, &new)?;
            (outcome, true)
        }
        None => {
            let base = Some(made(&base)?).filter(|_| !base.is_empty());
            let (ours, theirs) = (made(&ours)?, made(&theirs)?);
            let unknown = |version: &Version| {
                Unknown(Stamp {
                    time: 0,
                    commit: version.blob.clone(),
                })
            };
            let three = ThreeFiles {
                path,
                base: base.as_ref(),
                ours: Some(&ours),
                theirs: Some(&theirs),
                our_side: &unknown(&ours),
                their_side: &unknown(&theirs),
            };
            let MergedFile { outcome, conflicts } = three.merged()?;
            new = conflicts;
            (outcome, false)
        }
    };
    let bytes = match outcome {
        Outcome::Ours => None,
        Outcome::Theirs => Some(theirs),
        Outcome::Bytes { bytes, .. } => Some(bytes),
    };
    if let Some(bytes) = bytes {
        written(&request.ours, &bytes)?;
    }
    Ok(MergeFileResponse {
        merged: new.is_empty(),
        sides_known,
        conflicts: new.iter().filter_map(ConflictBrief::of).collect(),
    })
}

/// The two commits, where git merges just what these have at the path.
fn sides<'c>(
    context: &'c Context,
    request: &'c MergeFileRequest,
    ours: &[u8],
    theirs: &[u8],
) -> Result<Option<Sides<'c>>, Error> {
    let Ok(head) = context.store.resolve("HEAD") else {
        return Ok(None);
    };
    let others = request.heads.iter().filter_map(|head| head.parse::<CommitId>().ok());
    let mut others = others.filter(|other| *other != head);
    let (Some(other), None) = (others.next(), others.next()) else {
        return Ok(None);
    };
    let has = |commit: CommitId, bytes: &[u8]| -> Result<bool, Error> {
        let snapshot = context.store.snapshot(commit)?;
        let file = snapshot.file(request.path.as_bytes())?;
        let blob = context.store.blob_id(bytes)?;
        Ok(file.is_some_and(|file| file.blob == blob))
    };
    match has(head, ours)? && has(other, theirs)? {
        // Git asks file by file, so that whatever is done for all is done as often as there are files.
        true => {
            let only = Some(request.path.as_bytes());
            Sides::new(Scope { context, only }, head, other, 0).map(Some)
        }
        false => Ok(None),
    }
}

/// Writes conflicts into the work tree, for somebody to add.
fn record_all(context: &Context, conflicts: &[(RecordPath, Record)]) -> Result<(), Error> {
    let Some(work_dir) = context.store.work_dir() else {
        return Ok(());
    };
    for (path, record) in conflicts {
        let file = way_to(work_dir, &path.to_string())?;
        written(&file, print(record).as_bytes())?;
    }
    Ok(())
}

/// Where a file of the work tree is to be written, with the directories above it, which are made where they are missing.
///
/// Nothing on the way is followed: what somebody committed as a link may lead out of the work tree.
fn way_to(work_dir: &Path, path: &str) -> Result<PathBuf, Error> {
    let mut at = work_dir.to_owned();
    let parts: Vec<_> = path.split('/').collect();
    for (place, part) in parts.iter().enumerate() {
        at.push(part);
        let is_file = place + 1 == parts.len();
        match at.symlink_metadata() {
            Ok(there) if is_file && there.is_file() || !is_file && there.is_dir() => {}
            Ok(_) => {
                let message = format!(
                    "{} is a link, or no directory; {path} is not written there",
                    at.display()
                );
                return Err(Error::denied(message));
            }
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(not_written(&at, &error)),
            Err(_) if is_file => {}
            Err(_) => std::fs::create_dir(&at).map_err(|error| not_written(&at, &error))?,
        }
    }
    Ok(at)
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(|error| Error::request(format!("{} cannot be read: {error}", file.display())))
}

fn written(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace_file(file, bytes).map_err(|error| not_written(file, &error))
}

fn not_written(file: &Path, error: &std::io::Error) -> Error {
    Error::denied(format!("{} cannot be written: {error}", file.display()))
}
