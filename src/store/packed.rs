//! Reading many objects out of packs.
//!
//! In a pack an object is mostly a difference of another one, which is a difference again. Read one by one in the order
//! of their paths, each inflates its whole chain; in the order in which they stand in the pack, what it begins with was
//! read just before.

use super::Entry;

/// What a handle keeps of objects that others may be differences of, in bytes.
const BASES_BYTES: usize = 32 << 20;

/// Below so many objects the order makes no difference that anybody notices.
const FEW: usize = 512;

/// A smaller file lists no pack that was made by tidying up; chains in others are short.
const INDEX_BYTES: u64 = 32 << 10;

/// More packs than these are not looked into.
const MAX_PACKS: usize = 8;

/// Makes a handle keep what it inflates on the way to an object.
pub(super) fn keep_bases(repo: &mut gix::Repository) {
    repo.objects
        .set_pack_cache(|| Box::new(gix_pack::cache::lru::MemoryCappedHashmap::new(BASES_BYTES)));
}

/// The indexes of the entries in the order of their places in the packs, those in none last; none where any order is
/// as good.
pub(super) fn order(repo: &gix::Repository, entries: &[Entry]) -> Option<Vec<usize>> {
    if entries.len() < FEW {
        return None;
    }
    let packs = indexes(repo);
    let place = |id: &gix::ObjectId| {
        let found = packs.iter().enumerate().find_map(|(pack, index)| {
            let at = index.lookup(id)?;
            Some((pack, index.pack_offset_at_index(at)))
        });
        found.unwrap_or((packs.len(), 0))
    };
    let mut order: Vec<_> = entries.iter().map(|entry| place(&entry.blob.0)).zip(0..).collect();
    order.sort_unstable();
    (!packs.is_empty()).then(|| order.into_iter().map(|(_, at)| at).collect())
}

/// The largest packs of the repository itself. One that cannot be read is told of by whoever reads objects.
fn indexes(repo: &gix::Repository) -> Vec<gix_pack::index::File> {
    let directory = repo.objects.store_ref().path().join("pack");
    let files = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<_> = files
        .filter(|file| file.path().extension().is_some_and(|end| end == "idx"))
        .filter_map(|file| Some((file.metadata().ok()?.len(), file.path())))
        .filter(|(size, _)| *size >= INDEX_BYTES)
        .collect();
    files.sort_unstable();
    let open = |(_, path): &(u64, std::path::PathBuf)| gix_pack::index::File::at(path, repo.object_hash()).ok();
    files.iter().rev().take(MAX_PACKS).filter_map(open).collect()
}
