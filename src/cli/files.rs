//! Files the user names: read within limits, never followed out of the directory.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::ops::Error;
use crate::record::limits::RECORD_BYTES;
use crate::record::path::ROOT;

/// A file: path below the root of a tree, where it has one, and content.
pub(super) type File = (Option<String>, Vec<u8>);

/// Directories deeper than this are not somebody's records.
const DEPTH: usize = 32;

/// Reads the Markdown files at `path`: one file, or all below a directory, in the order of their names.
///
/// Their paths begin at `.tracking` where it is part of the way, else at the directory.
pub(super) fn below(path: &Path) -> Result<Vec<File>, Error> {
    let absolute = path.canonicalize().map_err(|error| unreadable(path, &error))?;
    let mut files = Vec::new();
    if absolute.is_dir() {
        collect(&absolute, &["md"], &mut files, 0)?;
    } else {
        files.push(absolute.clone());
    }
    let named = files
        .iter()
        .map(|file| Ok((tree_path(file, &absolute), read(file, RECORD_BYTES + 1)?)));
    named.collect()
}

/// Reads at most `limit` bytes of a file.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut bytes = Vec::new();
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

/// All files below a directory whose names end so, sorted; links are not followed.
pub(super) fn named(dir: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    collect(dir, extensions, &mut files, 0)?;
    Ok(files)
}

fn collect(dir: &Path, extensions: &[&str], files: &mut Vec<PathBuf>, depth: usize) -> Result<(), Error> {
    let mut entries: Vec<_> = fs::read_dir(dir)
        .and_then(|entries| entries.collect::<Result<Vec<_>, _>>())
        .map_err(|error| unreadable(dir, &error))?;
    let wanted = |path: &Path| {
        path.extension()
            .is_some_and(|found| extensions.iter().any(|wanted| found == *wanted))
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(|error| unreadable(&entry.path(), &error))?;
        if kind.is_dir() && entry.file_name() != ".git" && depth < DEPTH {
            collect(&entry.path(), extensions, files, depth + 1)?;
        } else if kind.is_file() && wanted(&entry.path()) {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn tree_path(file: &Path, dir: &Path) -> Option<String> {
    let parts: Vec<_> = file
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    match parts.iter().rposition(|part| part == ROOT) {
        Some(root) => Some(parts[root..].join("/")),
        None if file == dir => file.file_name().map(|name| name.to_string_lossy().into_owned()),
        None => file
            .strip_prefix(dir)
            .ok()
            .map(|path| path.to_string_lossy().into_owned()),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::request(format!("{} cannot be read: {error}", path.display()))
}
