//! Trees that are out of order, put in order before anything in them is changed.
//!
//! An entry of a tree is found by halving, so in one that is out of order it may not be found: what was to be replaced
//! would be there twice, and a reader would go on with the old one. No git makes such trees, but anybody can push them.

use std::collections::{BTreeMap, HashSet};

use gix::objs::tree::{Entry, EntryRef};
use gix::objs::{Kind, Tree, TreeRef};

use super::{Error, object};

/// Directories below this many others are left as they are: no record is there.
const MAX_DEPTH: usize = 64;

/// The tree with those of its directories in order that are on the way to one of the paths; the same where they are.
/// Of several entries of one name the first stays, which is the one that is read.
pub(super) fn in_order(
    memory: &gix::Repository,
    tree: gix::ObjectId,
    paths: &[&[u8]],
    depth: usize,
) -> Result<gix::ObjectId, Error> {
    let object = object::find(memory, tree, Kind::Tree)?;
    let decoded = TreeRef::from_bytes(&object.data, memory.object_hash());
    let decoded = decoded.map_err(|source| Error::Corrupt {
        id: tree.to_string(),
        source: source.into(),
    })?;
    let mut below: BTreeMap<&[u8], Vec<&[u8]>> = BTreeMap::new();
    for path in paths {
        if let Some(at) = path.iter().position(|byte| *byte == b'/') {
            below.entry(&path[..at]).or_default().push(&path[at + 1..]);
        }
    }
    let mut others: BTreeMap<&[u8], gix::ObjectId> = BTreeMap::new();
    let entered = |entry: &&EntryRef<'_>| entry.mode.is_tree() && depth < MAX_DEPTH;
    for entry in decoded.entries.iter().filter(entered) {
        let name: &[u8] = entry.filename;
        let Some(paths) = below.remove(name) else { continue };
        let ordered = in_order(memory, entry.oid.to_owned(), &paths, depth + 1)?;
        if ordered != entry.oid {
            others.insert(name, ordered);
        }
    }
    if others.is_empty() && decoded.entries.is_sorted_by(|one, next| one < next) {
        return Ok(tree);
    }
    let mut names = HashSet::new();
    let first = decoded.entries.iter().filter(|entry| names.insert(entry.filename));
    let mut entries: Vec<Entry> = first
        .map(|entry| Entry {
            mode: entry.mode,
            filename: entry.filename.into(),
            oid: others.remove(&**entry.filename).unwrap_or_else(|| entry.oid.to_owned()),
        })
        .collect();
    entries.sort();
    let written = memory.write_object(Tree { entries });
    Ok(written.map_err(Error::git("put a tree in order"))?.detach())
}
