//! A report in a file: replaced in one step, or compared with what it should be. Nothing is staged or committed.

use std::io::ErrorKind as Io;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use super::RenderResponse;
use crate::exchange::project_status::CLOSING;
use crate::ops::read::Meta;
use crate::ops::{Context, Error, replace_file};
use crate::record::merge::unified;

/// The setting that names the file which is kept current.
pub(super) const SETTING: &str = "docket.render";

/// How a file differs from the report it should be.
#[derive(Clone, Debug, Serialize)]
pub struct CheckResponse {
    /// The file.
    pub path: String,
    /// The report.
    pub report: String,
    /// Whether it is what the report is now, but for the revision it names.
    pub current: bool,
    /// What makes the report of the file, as lines that begin with ` `, `-` or `+`; empty where it is current.
    pub diff: String,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// The file that is kept current here, from git config; none where nothing is said.
///
/// # Errors
///
/// `invalid` in a bare repository, where a relative path is below nothing.
pub fn report_path(context: &Context) -> Result<Option<PathBuf>, Error> {
    let Some(named) = context.store.config_text(SETTING).filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let path = PathBuf::from(&named);
    match context.store.work_dir() {
        Some(root) => Ok(Some(root.join(path))),
        None if path.is_absolute() => Ok(Some(path)),
        None => Err(Error::request(format!(
            "{SETTING} is {named}, but this repository is bare: it has no work tree"
        ))),
    }
}

/// Writes a report to a file, in one step. The file keeps its mode; a link is followed, but never out of the repository
/// or into git's own files.
///
/// # Errors
///
/// `invalid` where the file cannot be written, `unavailable` where the disk is full; it is as it was then.
pub fn write_report(context: &Context, path: &Path, report: &RenderResponse) -> Result<(), Error> {
    let target = target(context, path)?;
    replace_file(&target, report.text.as_bytes()).map_err(|error| unwritable(context, path, &error))
}

/// Tells whether a file is what the report is now. The revision alone makes no difference: it changes with every
/// commit, whatever that is about.
pub fn check_report(context: &Context, path: &Path, report: RenderResponse) -> Result<CheckResponse, Error> {
    let found = read(&target(context, path)?).map_err(|error| unreadable(context, path, &error))?;
    let current = found.as_deref().is_some_and(|found| is_current(found, &report.text));
    let diff = match current {
        true => String::new(),
        false => unified(&found.unwrap_or_default(), &report.text),
    };
    Ok(CheckResponse {
        path: told(context, path),
        report: report.report,
        current,
        diff,
        meta: report.meta,
    })
}

/// The same as [`write_report`], but a file that says the same already stays as it is.
pub(super) fn refresh(context: &Context, path: &Path, report: &RenderResponse) -> Result<(), Error> {
    let target = target(context, path)?;
    match read(&target) {
        Ok(Some(found)) if is_current(&found, &report.text) => Ok(()),
        _ => replace_file(&target, report.text.as_bytes()).map_err(|error| unwritable(context, path, &error)),
    }
}

fn read(path: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == Io::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether two reports say the same, wherever they are from.
fn is_current(found: &str, report: &str) -> bool {
    without_revision(found) == without_revision(report)
}

/// A report without the revision in its last line.
fn without_revision(report: &str) -> (&str, &str) {
    let Some(at) = report.rfind(CLOSING) else {
        return (report, "");
    };
    let (text, closing) = report.split_at(at);
    let revision = closing.find(" at ").map_or(closing.len(), |at| at + " at ".len());
    let rest = closing[revision..].trim_start_matches(|c: char| c.is_ascii_hexdigit());
    match closing.lines().count() {
        1 => (text, rest),
        _ => (report, ""),
    }
}

/// The file that is meant, links followed.
fn target(context: &Context, path: &Path) -> Result<PathBuf, Error> {
    let refused = |reason: &str| Error::request(format!("{} is not written: {reason}", told(context, path)));
    let name = path.file_name().ok_or_else(|| refused("it names no file"))?;
    let directory = match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => parent,
        None => Path::new("."),
    };
    let directory = directory
        .canonicalize()
        .map_err(|error| unwritable(context, path, &error))?;
    let target = match path.symlink_metadata() {
        Err(error) if error.kind() == Io::NotFound => directory.join(name),
        Err(error) => return Err(unwritable(context, path, &error)),
        Ok(_) => path.canonicalize().map_err(|_| refused("it is a link to nothing"))?,
    };
    if target.exists() && !target.is_file() {
        return Err(refused("it is not a regular file"));
    }
    let root = context.store.work_dir().and_then(|root| root.canonicalize().ok());
    if let Some(root) = &root
        && is_below(path, root)
        && !target.starts_with(root)
    {
        return Err(refused(&format!(
            "it is a link to {}, out of the repository",
            target.display()
        )));
    }
    let git = [context.store.git_dir(), context.store.common_dir()];
    let ours = |dir: &Path| dir.canonicalize().is_ok_and(|dir| target.starts_with(dir));
    if git.into_iter().any(ours) {
        return Err(refused("it is one of git's own files"));
    }
    Ok(target)
}

/// Whether a path, as it is written, leads to what is below the root.
fn is_below(path: &Path, root: &Path) -> bool {
    let Ok(path) = std::path::absolute(path) else {
        return false;
    };
    let climbs = |rest: &Path| rest.components().any(|part| part == Component::ParentDir);
    let mut above = path.ancestors().skip(1);
    above.any(|above| {
        let is_root = above.canonicalize().is_ok_and(|above| above == root);
        is_root && path.strip_prefix(above).is_ok_and(|rest| !climbs(rest))
    })
}

fn unwritable(context: &Context, path: &Path, error: &std::io::Error) -> Error {
    Error::unwritten(told(context, path), error.kind(), error)
}

fn unreadable(context: &Context, path: &Path, error: &std::io::Error) -> Error {
    Error::request(format!("{} cannot be read: {error}", told(context, path)))
}

/// A path as people name it: below the work tree where it is there.
fn told(context: &Context, path: &Path) -> String {
    let below = context.store.work_dir().and_then(|root| path.strip_prefix(root).ok());
    below.unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_revision_alone_makes_no_difference() {
        let report = |revision: &str, ids: &str| format!("# A\n\n<!-- git-docket: x at {revision}; ids: {ids} -->\n");
        assert!(is_current(&report("1a2b", "3f"), &report("99", "3f")));
        assert!(!is_current(&report("1a2b", "3f"), &report("1a2b", "40")));
        assert!(!is_current("# A\n", &report("1a2b", "3f")));
        assert!(is_current("# A\n", "# A\n") && !is_current("# A\n", "# B\n"));
    }
}
