//! The same work on many objects, on all cores.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `f` of each number below `count`, in order. A thread takes `chunk` numbers at a time and has a
/// repository handle of its own, as `prepare` left it. Little work is done in the calling thread.
/// A panic in `f` goes on in the caller.
pub(super) fn map<T: Send>(
    shared: &gix::ThreadSafeRepository,
    prepare: impl Fn(&mut gix::Repository) + Sync,
    count: usize,
    chunk: usize,
    f: impl Fn(&gix::Repository, usize) -> T + Sync,
) -> Vec<T> {
    let open = || {
        let mut repo = shared.to_thread_local();
        prepare(&mut repo);
        repo
    };
    let chunks = count.div_ceil(chunk);
    // To count the cores takes a dozen reads of small files.
    let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = if chunks <= 1 { 1 } else { cores().min(chunks) };
    if threads <= 1 {
        let repo = open();
        return (0..count).map(|at| f(&repo, at)).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let repo = open();
        let mut done = Vec::new();
        loop {
            let start = next.fetch_add(chunk, Ordering::Relaxed);
            if start >= count {
                return done;
            }
            let end = count.min(start + chunk);
            done.push((start, (start..end).map(|at| f(&repo, at)).collect::<Vec<_>>()));
        }
    };
    let mut chunks: Vec<(usize, Vec<T>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    });
    chunks.sort_unstable_by_key(|(start, _)| *start);
    chunks.into_iter().flat_map(|(_, results)| results).collect()
}
