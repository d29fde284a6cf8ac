//! Hook files on the disk.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::block;
use crate::ops::Error;
use crate::store::temporary_in;

/// The bytes of a file; none where there is none.
pub(super) fn content(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        // It is no file; whose it is, is told by who looks at it.
        Err(_) if path.is_dir() => Ok(None),
        Err(error) => Err(Error::request(format!("{}: {error}", path.display()))),
    }
}

/// Why a hook file is not ours to write; nothing where it is.
pub(super) fn not_ours(path: &Path, content: Option<&[u8]>) -> Option<String> {
    let meta = fs::symlink_metadata(path).ok()?;
    if meta.is_symlink() {
        return Some("a symbolic link".to_owned());
    }
    if meta.is_dir() {
        return Some("a directory".to_owned());
    }
    if !block::is_shell_script(content?) {
        return Some("a program that is no shell script".to_owned());
    }
    // To make it executable would switch on what somebody has switched off.
    (!is_executable(&meta)).then(|| "a script that is switched off: not executable".to_owned())
}

#[cfg(unix)]
fn is_executable(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    true
}

/// Writes a hook file in one step, with the permissions it has; a new one may be run by all.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    // What a link points to is the file; a link stays one.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let write = || {
        let dir = target.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(dir)?;
        let mut file = temporary_in(dir, 0o600)?;
        file.write_all(bytes)?;
        match fs::metadata(&target) {
            Ok(meta) => file.as_file().set_permissions(meta.permissions())?,
            Err(_) => make_executable(file.as_file())?,
        }
        file.persist(&target)?;
        Ok(())
    };
    write().map_err(|error: std::io::Error| not_written(path, &error))
}

/// Removes a file.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(|error| not_written(path, &error))
}

#[cfg(unix)]
fn make_executable(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &fs::File) -> std::io::Result<()> {
    Ok(())
}

fn not_written(path: &Path, error: &std::io::Error) -> Error {
    Error::unwritten(path.display(), error.kind(), error)
}
