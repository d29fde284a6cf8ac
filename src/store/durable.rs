//! Forcing what was written to the disk, unless the user prefers speed.
//!
//! A disk that takes long to do so takes no longer for several things at once: what can go together goes together.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{Error, Store};

/// So many things go to the disk at once, each from a thread of its own.
const AT_ONCE: usize = 16;

/// Forces these open files to the disk, in no order. After an error some of them may not be there.
pub(super) fn sync_open(store: &Store, files: &[(&File, &Path)]) -> Result<(), Error> {
    at_once(store, files, |(file, path)| {
        file.sync_all().map_err(Error::not_writable(path))
    })
}

/// Forces these files, or the names in these directories, to the disk, in no order. After an error some of them may not
/// be there. What does not exist any more is left out: whoever removed it answers for what stands in its place.
pub(super) fn sync_paths(store: &Store, paths: &[impl AsRef<Path> + Sync]) -> Result<(), Error> {
    at_once(store, paths, |path| {
        let path = path.as_ref();
        // Other systems have no such call for directories, or make renames durable on their own.
        if cfg!(not(unix)) && path.is_dir() {
            return Ok(());
        }
        let synced = File::open(path).and_then(|file| file.sync_all());
        match synced {
            Err(_) if !path.exists() => Ok(()),
            other => other.map_err(Error::not_writable(path)),
        }
    })
}

/// Does `f` to each, on this thread and as many others as help and can be had.
fn at_once<T: Sync>(store: &Store, items: &[T], f: impl Fn(&T) -> Result<(), Error> + Sync) -> Result<(), Error> {
    if !store.durable {
        return Ok(());
    }
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            f(item)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let others = 1..items.len().min(AT_ONCE);
        let others = others.filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok());
        let others: Vec<_> = others.collect();
        let own = work();
        let joined = others
            .into_iter()
            .map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.fold(own, Result::and)
    })
}
