//! New objects onto the disk, whole or not at all.
//!
//! Each is written under a name that git takes for rubbish, forced to the disk there, and only then
//! renamed to where git looks for it: a few objects one by one, many as one pack. So no object of
//! git's own name is ever empty or torn, and what a crash leaves `git prune` and `git gc` clear away.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use gix::objs::Kind;
use gix::zlib::Status;
use gix::zlib::stream::deflate::{Compress, FlushCompress};
use tempfile::NamedTempFile;

use super::durable::{sync_open, sync_paths};
use super::{Error, Store, pack};

/// More objects than this are written as one pack.
const MAX_LOOSE: usize = 64;

/// A fan-out directory that vanishes again and again is made so many times.
const ATTEMPTS: usize = 8;

/// Of an object on its way. Git's own begin with `tmp_obj_` too; `git gc` clears away old ones.
const OBJECT_PREFIX: &str = "tmp_obj_docket-";

/// Of the directory of a pack on its way. Git's own prefix for such directories, which `git gc`
/// clears away once they are old.
const PACK_PREFIX: &str = "tmp_objdir-docket-";

/// What was written, and how.
pub(super) struct Written {
    pub(super) packed: bool,
}

/// The objects of one write, in memory.
pub(super) type Objects = gix::odb::memory::Storage;

/// Makes all of `objects` part of the repository. After an error some of them may be; no temporary
/// file is left.
pub(super) fn write(store: &Store, objects: &Objects) -> Result<Written, Error> {
    let to = store.shared.objects_dir();
    let packed = objects.len() > MAX_LOOSE;
    if packed {
        let staging = tempfile::Builder::new()
            .prefix(PACK_PREFIX)
            .tempdir_in(to)
            .map_err(Error::not_writable(to))?;
        pack::write(store, objects, staging.path(), to)?;
    } else {
        write_loose(store, objects, to)?;
    }
    Ok(Written { packed })
}

/// Writes those of `objects` again that are gone: what no ref names yet, `git gc --prune=now` takes. One that was begun
/// before a ref named them may take them afterwards, too.
pub(super) fn restore(store: &Store, objects: &Objects) -> Result<(), Error> {
    let repo = store.repo();
    let loose = gix::odb::loose::Store::at(store.shared.objects_dir(), repo.object_hash());
    let is_loose = |id: &gix::ObjectId| objects.len() <= MAX_LOOSE && loose.object_path(id).is_file();
    let is_there = |id: &gix::ObjectId| is_loose(id) || repo.has_object(*id);
    if !objects.keys().all(is_there) {
        write(store, objects)?;
    }
    Ok(())
}

/// Whether a name in the directory of objects is one of ours on its way.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(OBJECT_PREFIX) || name.starts_with(PACK_PREFIX)
}

/// Whether the file of a loose object is there and empty, as a power cut leaves those of writers
/// that force nothing to the disk. Such an object exists for gix and cannot be read.
pub(super) fn is_torn(repo: &gix::Repository, id: gix::ObjectId) -> bool {
    let objects = gix::odb::loose::Store::at(repo.objects.store_ref().path(), repo.object_hash());
    let file = objects.object_path(&id).metadata();
    file.is_ok_and(|file| file.is_file() && file.len() == 0)
}

/// Writes each object to a file of its own. One that is there already, sound or not, is replaced:
/// of ours it is known that it is whole and on the disk.
fn write_loose(store: &Store, objects: &Objects, to: &Path) -> Result<(), Error> {
    let target = gix::odb::loose::Store::at(to, store.repo().object_hash());
    let mut order: Vec<_> = objects.iter().collect();
    // What an object refers to is there before it.
    order.sort_unstable_by_key(|(id, (kind, _))| (rank(*kind), **id));
    let mut files = Vec::with_capacity(order.len());
    // One for all: to set one up takes longer than to deflate a small object.
    let mut deflate = Compress::new(gix::zlib::Compression::BEST_SPEED);
    for (id, (kind, bytes)) in order {
        let file = temporary(*kind, bytes, &mut deflate, to).map_err(Error::not_writable(to))?;
        files.push((file, target.object_path(id)));
    }
    let open: Vec<_> = files.iter().map(|(file, _)| (file.as_file(), file.path())).collect();
    sync_open(store, &open)?;
    let mut changed = BTreeSet::new();
    for (file, path) in files {
        publish(file, &path, &mut changed)?;
    }
    sync_paths(store, &changed.into_iter().collect::<Vec<_>>())
}

/// An object as git has it in a loose file, in a temporary one that nobody may change.
fn temporary(kind: Kind, bytes: &[u8], deflate: &mut Compress, to: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(OBJECT_PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o444));
    let header = gix::objs::encode::loose_header(kind, bytes.len() as u64);
    let deflated = deflated(deflate, &[&header, bytes].concat())?;
    let mut file = builder.tempfile_in(to)?;
    file.write_all(&deflated)?;
    Ok(file)
}

fn deflated(deflate: &mut Compress, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    deflate.reset();
    let mut out = vec![0; bytes.len() / 2 + 128];
    let mut written = 0;
    loop {
        let read = usize::try_from(deflate.total_in()).unwrap_or(usize::MAX);
        let rest = bytes.get(read..).unwrap_or_default();
        let status = deflate.compress(rest, &mut out[written..], FlushCompress::Finish);
        written = usize::try_from(deflate.total_out()).unwrap_or(usize::MAX);
        if matches!(status.map_err(std::io::Error::other)?, Status::StreamEnd) {
            out.truncate(written);
            return Ok(out);
        }
        out.resize(2 * out.len(), 0);
    }
}

/// Renames a finished file to its final name, and notes the directories whose names changed.
fn publish(mut file: NamedTempFile, path: &Path, changed: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
    let dir = path.parent().unwrap_or(path);
    // A concurrent `git gc` removes a directory that it has just emptied, possibly between our two steps.
    for attempt in 0.. {
        match file.persist(path) {
            Ok(_) => break,
            Err(lost) if lost.error.kind() == ErrorKind::NotFound && attempt < ATTEMPTS => file = lost.file,
            Err(lost) => return Err(Error::not_writable(path)(lost.error)),
        }
        match std::fs::create_dir(dir) {
            Ok(()) => changed.extend(dir.parent().map(Path::to_owned)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::not_writable(dir)(error)),
        }
    }
    changed.insert(dir.to_owned());
    Ok(())
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
