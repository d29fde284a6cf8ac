//! What a commit changed against all of its parents.

use gix::objs::Kind;
use gix::objs::tree::EntryRef;

use super::changes::{File, PathChange};
use super::tree::{MAX_ENTRIES, is_name, too_many};
use super::{BlobId, Error, Mode, object};

/// Where only some directory counts, what lies below this many others is not looked into: no record does.
const MAX_DEPTH: usize = 64;

/// What a name stands for in one tree. None where the tree has no such name.
type Held = Option<File>;

/// The paths that are compared.
#[derive(Clone, Copy)]
pub(super) enum Within<'p> {
    Everywhere,
    /// Those below a directory of the root, by its name.
    Below(&'p str),
    /// This one alone.
    File(&'p [u8]),
}

impl Within<'_> {
    fn has_file(self, path: &[u8]) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Below(_) => self.has_directory(path) && path.contains(&b'/'),
            Self::File(file) => path == file,
        }
    }

    fn has_directory(self, path: &[u8]) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Below(name) => path.split(|byte| *byte == b'/').next() == Some(name.as_bytes()),
            Self::File(file) => file.strip_prefix(path).is_some_and(|rest| rest.starts_with(b"/")),
        }
    }
}

/// Finds the files that are different on one side from what they are on all the others.
pub(super) struct Comparison<'r> {
    pub(super) repo: &'r gix::Repository,
    /// Which paths count; no directory is entered for others.
    pub(super) within: Within<'r>,
    /// Whether it makes a difference that a file is executable.
    pub(super) exact: bool,
    /// The files found, in no particular order.
    pub(super) changed: Vec<PathChange>,
    /// How many entries that are different were looked at, directories included.
    pub(super) seen: usize,
}

/// A directory that may be different, in the tree and in those it is compared with.
struct Directory {
    /// With a slash at its end; empty for the root.
    path: Vec<u8>,
    depth: usize,
    tree: Option<gix::ObjectId>,
    parents: Vec<Option<gix::ObjectId>>,
}

impl Comparison<'_> {
    /// Adds each path that counts where something else stands in the root tree `tree` than in
    /// every parent; without parents, each that exists, as if there were one that has nothing. Of
    /// trees that are equal nothing is read.
    pub(super) fn add(&mut self, tree: gix::ObjectId, parents: &[gix::ObjectId]) -> Result<(), Error> {
        let mut parents: Vec<_> = parents.iter().map(|parent| Some(*parent)).collect();
        if parents.is_empty() {
            parents.push(None);
        }
        // However deep a tree is, no more of the stack is taken.
        let mut open = vec![Directory {
            path: Vec::new(),
            depth: 0,
            tree: Some(tree),
            parents,
        }];
        while let Some(directory) = open.pop() {
            self.look(&directory, &mut open)?;
            if self.seen > MAX_ENTRIES {
                return Err(too_many(tree));
            }
        }
        Ok(())
    }

    /// Adds the files of one directory that are different, and to `open` the directories in it that are.
    fn look(&mut self, directory: &Directory, open: &mut Vec<Directory>) -> Result<(), Error> {
        let Directory { tree, parents, .. } = directory;
        if parents.contains(tree) || matches!(self.within, Within::Below(_)) && directory.depth > MAX_DEPTH {
            return Ok(());
        }
        let ids: Vec<_> = std::iter::once(tree).chain(parents).copied().collect();
        let read = |id: &Option<gix::ObjectId>| id.map(|id| object::find(self.repo, id, Kind::Tree)).transpose();
        let trees = ids.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
        let sides = entries(self.repo, &ids, &trees)?;
        let mut at = vec![0; sides.len()];
        while let Some(name) = smallest(&sides, &at) {
            let held: Vec<Held> = sides
                .iter()
                .zip(&mut at)
                .map(|(side, at)| take(side, at, name))
                .collect();
            if self.is_in(held[0], &held[1..]) {
                continue;
            }
            self.seen += 1;
            let mut path = [&directory.path, name].concat();
            let of = |directory: bool| {
                held.iter()
                    .map(move |held| held.filter(|held| is_directory(held) == directory))
            };
            let files: Vec<Held> = of(false).collect();
            if self.within.has_file(&path) && !self.is_in(files[0], &files[1..]) {
                self.changed.push(PathChange {
                    path: path.clone(),
                    before: files[1..].to_vec(),
                    after: files[0],
                });
            }
            let mut directories = of(true).map(|held| held.map(|held| held.blob.0));
            let (tree, parents) = (directories.next().flatten(), directories.collect::<Vec<_>>());
            if !parents.contains(&tree) && self.within.has_directory(&path) {
                path.push(b'/');
                let depth = directory.depth + 1;
                open.push(Directory {
                    path,
                    depth,
                    tree,
                    parents,
                });
            }
        }
        Ok(())
    }

    /// Whether one of `others` is the same. An executable file is the same as another one, unless that counts.
    fn is_in(&self, held: Held, others: &[Held]) -> bool {
        let plain = |held: File| match held.mode {
            Mode::Executable if !self.exact => (Mode::File, held.blob),
            mode => (mode, held.blob),
        };
        others.iter().any(|other| other.map(plain) == held.map(plain))
    }
}

fn is_directory(held: &File) -> bool {
    held.mode == Mode::Directory
}

/// The entries of each tree that are not the same in all, by name. Git's order puts `a.b` before
/// `a/`, and a broken tree has any; this one is by name alone, and the first of a name counts.
fn entries<'t>(
    repo: &gix::Repository,
    ids: &[Option<gix::ObjectId>],
    trees: &'t [Option<gix::Object<'_>>],
) -> Result<Vec<Vec<EntryRef<'t>>>, Error> {
    let empty: &[u8] = &[];
    let bytes: Vec<_> = trees
        .iter()
        .map(|tree| tree.as_ref().map_or(empty, |tree| tree.data.as_slice()))
        .collect();
    let skipped = common_entries(&bytes, repo.object_hash().len_in_bytes());
    ids.iter()
        .zip(bytes)
        .map(|(id, bytes)| {
            let corrupt = |source: gix::Error| Error::Corrupt {
                id: id.map_or_else(String::new, |id| id.to_string()),
                source: source.into(),
            };
            let tree = gix::objs::TreeRef::from_bytes(&bytes[skipped..], repo.object_hash()).map_err(corrupt)?;
            let mut entries = tree.entries;
            entries.retain(|entry| is_name(entry.filename));
            entries.sort_by_key(|entry| entry.filename);
            entries.dedup_by_key(|entry| entry.filename);
            Ok(entries)
        })
        .collect()
}

/// How many bytes of whole entries all trees begin with. Two versions of a directory mostly differ
/// in one entry of many, and comparing bytes is a hundred times faster than comparing entries.
fn common_entries(trees: &[&[u8]], hash: usize) -> usize {
    let Some((first, others)) = trees.split_first() else {
        return 0;
    };
    let same = others.iter().map(|other| common_bytes(first, other)).min().unwrap_or(0);
    let mut whole = 0;
    while let Some(name) = first[whole..same].iter().position(|byte| *byte == 0) {
        let end = whole + name + 1 + hash;
        if end > same {
            break;
        }
        whole = end;
    }
    whole
}

fn common_bytes(one: &[u8], other: &[u8]) -> usize {
    const STEP: usize = 256;
    let steps = one
        .chunks(STEP)
        .zip(other.chunks(STEP))
        .take_while(|(one, other)| one == other);
    let equal = steps.map(|(one, _)| one.len()).sum::<usize>();
    equal
        + one[equal..]
            .iter()
            .zip(&other[equal..])
            .take_while(|(one, other)| one == other)
            .count()
}

fn smallest<'n>(sides: &[Vec<EntryRef<'n>>], at: &[usize]) -> Option<&'n [u8]> {
    let heads = sides.iter().zip(at).filter_map(|(side, at)| side.get(*at));
    heads.map(|entry| -> &[u8] { entry.filename }).min()
}

fn take(side: &[EntryRef<'_>], at: &mut usize, name: &[u8]) -> Held {
    let entry = side.get(*at).filter(|entry| entry.filename == name)?;
    *at += 1;
    Some(File {
        blob: BlobId(entry.oid.to_owned()),
        mode: Mode::of(entry.mode.kind()),
    })
}
