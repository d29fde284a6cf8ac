//! What a user wants to bring along, read from where it is.

use std::path::{Path, PathBuf};

use crate::cli::bring::whole;
use crate::cli::files;
use crate::ops::{Error, ImportSource};

/// What no report may be written over, and what is to be imported.
type Source = Result<(PathBuf, ImportSource), Error>;

pub(super) fn beads(file: &Path) -> Source {
    Ok((file.to_owned(), ImportSource::Beads(whole(file)?)))
}

pub(super) fn backlog_md(dir: &Path) -> Source {
    Ok((dir.to_owned(), backlog_files(dir)?))
}

pub(super) fn task_master(file: &Path) -> Source {
    Ok((file.to_owned(), ImportSource::TaskMaster(whole(file)?)))
}

pub(super) fn git_bug(dir: &Path) -> Source {
    Ok((kept_in(dir)?, ImportSource::GitBug(dir.to_owned())))
}

/// The files of a Backlog.md directory, and what of it could not be read.
fn backlog_files(dir: &Path) -> Result<ImportSource, Error> {
    let name = |file: &Path| {
        let below = file.strip_prefix(dir).unwrap_or(file);
        below
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/")
    };
    let found = files::named(dir, &["md", "yml"])?;
    let mut unreadable: Vec<_> = found
        .refused
        .iter()
        .map(|(file, reason)| (name(file), reason.clone()))
        .collect();
    let mut sources = Vec::new();
    for file in &found.files {
        match whole(file) {
            Ok(bytes) => sources.push((name(file), bytes)),
            Err(error) => unreadable.push((name(file), error.to_string())),
        }
    }
    if !sources.iter().any(|(name, _)| name.contains('/')) {
        let message = format!(
            "{} is not a Backlog.md directory: it has no tasks/ with files",
            dir.display()
        );
        return Err(Error::request(message));
    }
    Ok(ImportSource::BacklogMd {
        files: sources,
        unreadable,
    })
}

/// Where git keeps what is in a repository, so that no report is written over it; the reason where there is no such
/// directory.
fn kept_in(dir: &Path) -> Result<PathBuf, Error> {
    let unreadable = |error| Error::request(format!("{} cannot be read: {error}", dir.display()));
    if !dir.metadata().map_err(unreadable)?.is_dir() {
        return Err(Error::request(format!("{} is not a directory", dir.display())));
    }
    let below = dir.join(".git");
    Ok(if below.exists() { below } else { dir.to_owned() })
}
