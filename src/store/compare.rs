//! What a commit changed against all of its parents.

use gix::objs::tree::EntryKind;
use gix::objs::{Kind, TreeRefIter};
use std::cmp::Ordering;

use super::{Error, object};

/// Directories below this many others are not looked into.
const MAX_DEPTH: usize = 64;

/// A name's entry in one tree; none where the tree has no such name.
type Held = Option<(bool, gix::ObjectId)>;

/// A tree's entries by name, the first one of each.
type Names = Vec<(Vec<u8>, bool, gix::ObjectId)>;

/// Calls `changed` with each path below the tree whose blob, or lack of one, is different from
/// that of every parent. Of trees that are equal nothing is read.
pub(super) fn different_from_all(
    repo: &gix::Repository,
    tree: Option<gix::ObjectId>,
    parents: &[Option<gix::ObjectId>],
    path: &mut Vec<u8>,
    changed: &mut impl FnMut(&[u8]),
) -> Result<(), Error> {
    walk(repo, tree, parents, path, 0, changed)
}

fn walk(
    repo: &gix::Repository,
    tree: Option<gix::ObjectId>,
    parents: &[Option<gix::ObjectId>],
    path: &mut Vec<u8>,
    depth: usize,
    changed: &mut impl FnMut(&[u8]),
) -> Result<(), Error> {
    if depth > MAX_DEPTH || parents.contains(&tree) {
        return Ok(());
    }
    let mut sides = Vec::with_capacity(1 + parents.len());
    sides.push(names(repo, tree)?);
    for parent in parents {
        sides.push(names(repo, *parent)?);
    }
    let mut at = vec![0; sides.len()];
    while let Some(name) = smallest(&sides, &at) {
        let held: Vec<Held> = sides
            .iter()
            .zip(&mut at)
            .map(|(side, at)| take(side, at, name))
            .collect();
        if !held[1..].contains(&held[0]) {
            let length = path.len();
            path.extend_from_slice(name);
            let blobs: Vec<_> = held
                .iter()
                .map(|held| held.filter(|(tree, _)| !tree).map(|(_, id)| id))
                .collect();
            if !blobs[1..].contains(&blobs[0]) {
                changed(path);
            }
            let trees: Vec<_> = held
                .iter()
                .map(|held| held.filter(|(tree, _)| *tree).map(|(_, id)| id))
                .collect();
            if !trees[1..].contains(&trees[0]) {
                path.push(b'/');
                walk(repo, trees[0], &trees[1..], path, depth + 1, changed)?;
            }
            path.truncate(length);
        }
    }
    Ok(())
}

fn smallest<'n>(sides: &'n [Names], at: &[usize]) -> Option<&'n [u8]> {
    sides
        .iter()
        .zip(at)
        .filter_map(|(side, at)| side.get(*at))
        .map(|(name, ..)| name.as_slice())
        .min()
}

fn take(side: &Names, at: &mut usize, name: &[u8]) -> Held {
    let (found, tree, id) = side.get(*at)?;
    match found.as_slice().cmp(name) {
        Ordering::Equal => {
            *at += 1;
            Some((*tree, *id))
        }
        _ => None,
    }
}

/// Git's order puts `a.b` before `a/`; a broken tree has any. This one is by name alone.
fn names(repo: &gix::Repository, tree: Option<gix::ObjectId>) -> Result<Names, Error> {
    let Some(id) = tree else {
        return Ok(Vec::new());
    };
    let object = object::find(repo, id, Kind::Tree)?;
    let mut names = TreeRefIter::from_bytes(&object.data, repo.object_hash())
        .map(|entry| {
            let entry = entry.map_err(|source| Error::Corrupt {
                id: id.to_string(),
                source: source.into(),
            })?;
            Ok((
                entry.filename.to_vec(),
                entry.mode.kind() == EntryKind::Tree,
                entry.oid.to_owned(),
            ))
        })
        .collect::<Result<Names, Error>>()?;
    names.sort_by(|a, b| a.0.cmp(&b.0));
    names.dedup_by(|later, first| later.0 == first.0);
    Ok(names)
}
