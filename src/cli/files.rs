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

/// Files of a directory.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Those that were asked for, in the order of their paths.
    pub(super) files: Vec<PathBuf>,
    /// Those that were not looked at, with the reason.
    pub(super) refused: Vec<(PathBuf, String)>,
}

/// Reads the Markdown files at `path`: one file, or all below a directory, in the order of their names.
///
/// Their paths begin at `.tracking` where it is part of the way, else at the directory.
pub(super) fn below(path: &Path) -> Result<Vec<File>, Error> {
    let absolute = path.canonicalize().map_err(|error| unreadable(path, &error))?;
    let found = match absolute.is_dir() {
        true => named(&absolute, &["md"])?,
        false => Found {
            files: vec![absolute.clone()],
            ..Found::default()
        },
    };
    if let Some((file, reason)) = found.refused.first() {
        return Err(Error::request(format!("{} cannot be read: {reason}", file.display())));
    }
    let named = found
        .files
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

/// Reads at most `limit` bytes of standard input.
pub(super) fn read_input(limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(limit).read_to_end(&mut bytes);
    read.map_err(|error| Error::request(format!("standard input cannot be read: {error}")))?;
    Ok(bytes)
}

/// All files below a directory whose names end so, sorted; links are not followed, pipes and devices not read.
///
/// Only the directory itself must be readable; what is not below it is among the refused.
pub(super) fn named(dir: &Path, extensions: &[&str]) -> Result<Found, Error> {
    let mut found = Found::default();
    collect(dir, extensions, &mut found, 0).map_err(|error| unreadable(dir, &error))?;
    Ok(found)
}

fn collect(dir: &Path, extensions: &[&str], found: &mut Found, depth: usize) -> std::io::Result<()> {
    let mut entries = fs::read_dir(dir)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        let wanted = path
            .extension()
            .is_some_and(|found| extensions.iter().any(|wanted| found == *wanted));
        if kind.is_dir() && entry.file_name() != ".git" && depth < DEPTH {
            if let Err(error) = collect(&path, extensions, found, depth + 1) {
                found.refused.push((path, error.to_string()));
            }
        } else if kind.is_file() && wanted {
            found.files.push(path);
        } else if !kind.is_file() && !kind.is_dir() {
            found
                .refused
                .push((path, "is not a regular file; it is not followed".to_owned()));
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
