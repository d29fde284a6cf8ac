//! A file gets another content in one step, or stays as it is.

use std::fs;
use std::path::Path;

use crate::store::temporary_in;

/// Gives a file a new content in one step. It keeps its mode; a new one gets that of any new file.
///
/// # Errors
///
/// What the system says; the file is as it was then.
pub fn replace_file(path: &Path, content: &[u8]) -> std::io::Result<()> {
    replace_with(path, |file| file.write_all(content))
}

/// The same, with a content that is written piece by piece.
///
/// # Errors
///
/// What the system or `write` says; the file is as it was then.
pub fn replace_with<T, E: From<std::io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn std::io::Write) -> Result<T, E>,
) -> Result<T, E> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    // What the system says of it is clearer than what is said of a file in it.
    directory.metadata()?;
    let mut file = temporary_in(directory, 0o666)?;
    let written = write(&mut file)?;
    if let Ok(meta) = path.metadata() {
        fs::set_permissions(file.path(), meta.permissions())?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(written)
}
