//! Many objects as one pack.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use gix_pack::data::Version;
use gix_pack::data::output::{Count, Entry};

use super::durable::sync_paths;
use super::stage::{Objects, rank};
use super::{Error, Store};

/// Writes `objects` as a pack with its index into `staging`, then moves both to `objects/pack`,
/// the index last: it is what makes git see the pack.
pub(super) fn write(store: &Store, objects: &Objects, staging: &Path, to: &Path) -> Result<(), Error> {
    let hash = store.repo().object_hash();
    let stream = encode(objects, hash)?;
    let written = gix_pack::Bundle::write_to_directory(
        &mut stream.as_slice(),
        Some(staging),
        &mut gix::progress::Discard,
        &AtomicBool::new(false),
        None::<gix::objs::find::Never>,
        hash,
        gix_pack::bundle::write::Options::default(),
    )
    .map_err(|source| Error::not_written_by_gix(staging, source))?;
    let dir = to.join("pack");
    std::fs::create_dir_all(&dir).map_err(Error::not_writable(&dir))?;
    // The `.keep` file that came with it stays behind in the staging directory.
    let files: Vec<_> = [written.data_path, written.index_path].into_iter().flatten().collect();
    for file in &files {
        make_readable(file, to).map_err(Error::not_writable(file))?;
    }
    sync_paths(store, &files)?;
    for from in files {
        let path = dir.join(from.file_name().unwrap_or_default());
        std::fs::rename(&from, &path).map_err(Error::not_writable(&path))?;
    }
    sync_paths(store, &[dir])
}

fn encode(objects: &Objects, hash: gix::hash::Kind) -> Result<Vec<u8>, Error> {
    const ACTION: &str = "make a pack";
    let mut order: Vec<_> = objects.iter().collect();
    // Commits and trees first, as git has them: they are read most.
    order.sort_unstable_by_key(|(id, (kind, _))| (std::cmp::Reverse(rank(*kind)), **id));
    let entries = order.into_iter().map(|(id, (kind, bytes))| {
        let count = Count::from_data(*id, None);
        let object = gix::objs::Data {
            kind: *kind,
            object_hash: hash,
            data: bytes,
        };
        Entry::from_data(&count, &object, gix::zlib::Compression::DEFAULT).map(|entry| vec![entry])
    });
    let count = u32::try_from(objects.len()).map_err(Error::git(ACTION))?;
    let mut stream = Vec::new();
    for step in gix_pack::data::output::bytes::FromEntriesIter::new(entries, &mut stream, count, Version::V2, hash) {
        step.map_err(Error::git(ACTION))?;
    }
    Ok(stream)
}

/// Temporary files are readable by their owner only. Git makes packs read-only for whoever may
/// read the object directory.
#[cfg(unix)]
fn make_readable(file: &Path, objects: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = objects.metadata()?.permissions().mode() & 0o444;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn make_readable(_file: &Path, _objects: &Path) -> std::io::Result<()> {
    Ok(())
}
