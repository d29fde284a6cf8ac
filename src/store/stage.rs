//! New objects onto the disk, whole or not at all.
//!
//! They are written into a directory of their own inside `objects/`, forced to the disk there, and
//! only then renamed to where git looks for them. So no object of git's own name is ever empty or
//! torn, and what a crash leaves has a name that `git gc` knows as rubbish.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use gix::objs::{Kind, Write};

use super::{Error, Store, pack};

/// More objects than this are written as one pack.
const MAX_LOOSE: usize = 64;

/// Git's own prefix for such directories, which `git gc` clears away once they are old.
pub(super) const PREFIX: &str = "tmp_objdir-docket-";

/// What was written, and how.
pub(super) struct Written {
    pub(super) packed: bool,
}

/// The objects of one write, in memory.
pub(super) type Objects = gix::odb::memory::Storage;

/// Makes all of `objects` part of the repository. After an error some of them may be.
pub(super) fn write(store: &Store, objects: &Objects) -> Result<Written, Error> {
    let to = store.shared.objects_dir();
    let staging = tempfile::Builder::new()
        .prefix(PREFIX)
        .tempdir_in(to)
        .map_err(Error::not_writable(to))?;
    let packed = objects.len() > MAX_LOOSE;
    if packed {
        pack::write(store, objects, staging.path(), to)?;
    } else {
        write_loose(store, objects, staging.path(), to)?;
    }
    Ok(Written { packed })
}

fn write_loose(store: &Store, objects: &Objects, staging: &Path, to: &Path) -> Result<(), Error> {
    let hash = store.repo().object_hash();
    let staged = gix::odb::loose::Store::at(staging, hash);
    let target = gix::odb::loose::Store::at(to, hash);
    let mut order: Vec<_> = objects.iter().collect();
    // What an object refers to is there before it.
    order.sort_unstable_by_key(|(id, (kind, _))| (rank(*kind), **id));
    let mut changed = BTreeSet::new();
    for (id, (kind, bytes)) in order {
        staged.write_buf(*kind, bytes).map_err(Error::not_writable(staging))?;
        let path = target.object_path(id);
        publish(store, &staged.object_path(id), &path, &mut changed)?;
    }
    changed.iter().try_for_each(|dir| sync_dir(store, dir))
}

/// Renames a finished file to its final name, its content on the disk before its name is.
fn publish(store: &Store, from: &Path, path: &Path, changed: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
    sync_file(store, from)?;
    let dir = path.parent().unwrap_or(path);
    // A concurrent `git gc` removes a directory that it has just emptied, possibly between our two steps.
    for attempt in 0.. {
        match std::fs::create_dir(dir) {
            Ok(()) => changed.extend(dir.parent().map(Path::to_owned)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::not_writable(dir)(error)),
        }
        match std::fs::rename(from, path) {
            Ok(()) => break,
            Err(error) if error.kind() == ErrorKind::NotFound && attempt < 8 => {}
            Err(error) => return Err(Error::not_writable(path)(error)),
        }
    }
    changed.insert(dir.to_owned());
    Ok(())
}

/// Forces a file to the disk, unless the user prefers speed.
pub(super) fn sync_file(store: &Store, path: &Path) -> Result<(), Error> {
    if !store.durable {
        return Ok(());
    }
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(Error::not_writable(path))
}

/// Forces the names in a directory to the disk, unless the user prefers speed.
pub(super) fn sync_dir(store: &Store, dir: &Path) -> Result<(), Error> {
    // Other systems have no such call, or make renames durable on their own.
    if cfg!(unix) { sync_file(store, dir) } else { Ok(()) }
}

/// What refers to nothing comes first.
pub(super) fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Blob => 0,
        Kind::Tree => 1,
        Kind::Commit => 2,
        Kind::Tag => 3,
    }
}
