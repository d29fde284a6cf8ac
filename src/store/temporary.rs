//! Files on their way to somewhere in the user's own directories, told from those that a killed process left there.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::{Builder, NamedTempFile};

use super::moving::age;

/// What their names begin with.
const PREFIX: &str = ".git-docket-";

/// How many letters and digits follow, drawn at random.
const DRAWN: usize = 6;

/// Makes a file that is to take the place of another one in that directory, with that mode where the system has such a
/// thing. As long as somebody has it open, it is locked.
///
/// # Errors
///
/// What the system says.
pub fn temporary_in(directory: &Path, mode: u32) -> std::io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).rand_bytes(DRAWN);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _no_such_thing = mode;
    let file = builder.tempfile_in(directory)?;
    // Where nothing can be locked, its age alone tells.
    #[cfg(unix)]
    file.as_file().try_lock().ok();
    Ok(file)
}

/// The files of [`temporary_in`] in a directory that nobody has open any more, and how old they are.
#[must_use]
pub fn abandoned_in(directory: &Path) -> Vec<(PathBuf, Duration)> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let named = entries.filter(|entry| is_ours(&entry.file_name().to_string_lossy()));
    let files = named.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let found = files.map(|entry| entry.path()).filter(|path| is_abandoned(path));
    found.filter_map(|path| age(&path).map(|age| (path, age))).collect()
}

/// Whether it is a name of [`temporary_in`]: somebody's own file may begin alike.
fn is_ours(name: &str) -> bool {
    let drawn = name.strip_prefix(PREFIX);
    drawn.is_some_and(|drawn| drawn.len() == DRAWN && drawn.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_abandoned(path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => cfg!(not(unix)) || file.try_lock().is_ok(),
        Err(_) => false,
    }
}
