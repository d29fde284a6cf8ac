//! Finding objects, and telling a missing one from a broken one.

use std::time::Duration;

use gix::objs::Kind;

use super::Error;

/// How long to wait, in milliseconds, before an object that was not found is looked for again.
const PAUSES: [u64; 8] = [0, 1, 2, 5, 10, 20, 50, 100];

/// How long ago packs may have come or gone so that an object may have been missed on its way from one to another.
const REPACKED: Duration = Duration::from_secs(2);

/// An object of the given kind.
pub(super) fn find(repo: &gix::Repository, id: gix::ObjectId, kind: Kind) -> Result<gix::Object<'_>, Error> {
    // gix-odb was seen to panic while another process repacks again and again. A catch_unwind that
    // tries once more with a fresh handle would go around this call and the one in `header`.
    let object = looked_up(repo, id, || repo.try_find_object(id))?;
    match object.kind {
        found if found == kind => Ok(object),
        found if kind == Kind::Commit => Err(Error::NotACommit {
            what: format!("object {id}"),
            kind: found.to_string(),
        }),
        found => Err(Error::Corrupt {
            id: id.to_string(),
            source: format!("it is a {found}, not a {kind}").into(),
        }),
    }
}

/// Kind and size in bytes, without inflating the object.
pub(super) fn header(repo: &gix::Repository, id: gix::ObjectId) -> Result<(Kind, u64), Error> {
    let header = looked_up(repo, id, || repo.try_find_header(id))?;
    Ok((header.kind(), header.size()))
}

/// What a look for an object finds. While others repack, one look may miss it twice: in the pack it has left, and in the
/// pack after that, which has been replaced before it could be read.
fn looked_up<T>(
    repo: &gix::Repository,
    id: gix::ObjectId,
    look: impl Fn() -> Result<Option<T>, gix::Error>,
) -> Result<T, Error> {
    not_foreign(repo, [id])?;
    let mut pauses = PAUSES.iter();
    loop {
        let outcome = look();
        if let Ok(Some(found)) = outcome {
            return Ok(found);
        }
        match pauses.next() {
            Some(pause) if is_being_repacked(repo) => std::thread::sleep(Duration::from_millis(*pause)),
            _ => {
                return Err(outcome.map_or_else(
                    |source| Error::Corrupt {
                        id: id.to_string(),
                        source: source.into(),
                    },
                    |_| missing(repo, id),
                ));
            }
        }
    }
}

/// Whether packs came or went a moment ago.
fn is_being_repacked(repo: &gix::Repository) -> bool {
    let packs = repo.objects.store_ref().path().join("pack");
    let changed = std::fs::metadata(packs).and_then(|packs| packs.modified());
    // A time ahead of the clock is no old one.
    changed.is_ok_and(|changed| changed.elapsed().map_or(true, |ago| ago < REPACKED))
}

/// Names of the other length name nothing here: a record may name a commit of a repository with another hash, and gix
/// relies on not being asked.
pub(super) fn not_foreign(repo: &gix::Repository, ids: impl IntoIterator<Item = gix::ObjectId>) -> Result<(), Error> {
    match ids.into_iter().find(|id| id.kind() != repo.object_hash()) {
        None => Ok(()),
        Some(id) => Err(Error::MissingObject {
            id: id.to_string(),
            partial: false,
        }),
    }
}

/// A blob of at most `limit` bytes; a larger one is not read.
pub(super) fn blob(repo: &gix::Repository, id: gix::ObjectId, limit: u64) -> Result<Vec<u8>, Error> {
    let (_, size) = header(repo, id)?;
    if size > limit {
        return Err(Error::TooLarge {
            id: id.to_string(),
            size,
            limit,
        });
    }
    let object = find(repo, id, Kind::Blob)?;
    Ok(object.detach().data)
}

/// The name a blob of these bytes would have.
pub(super) fn blob_id(repo: &gix::Repository, bytes: &[u8]) -> Result<gix::ObjectId, Error> {
    gix::objs::compute_hash(repo.object_hash(), Kind::Blob, bytes).map_err(Error::git("hash a file"))
}

/// The root tree of a commit.
pub(super) fn tree_of(repo: &gix::Repository, commit: gix::ObjectId) -> Result<gix::ObjectId, Error> {
    let object = find(repo, commit, Kind::Commit)?;
    let tree = object.into_commit().tree_id().map(gix::Id::detach);
    tree.map_err(|source| Error::Corrupt {
        id: commit.to_string(),
        source: source.into(),
    })
}

/// What it means that an object was not found: where a directory may not be looked into, nothing about the object.
pub(super) fn missing(repo: &gix::Repository, id: gix::ObjectId) -> Error {
    let objects = repo.objects.store_ref().path();
    let loose = gix::odb::loose::Store::at(objects, repo.object_hash()).object_path(&id);
    for path in loose
        .ancestors()
        .skip(1)
        .take(2)
        .chain([objects.join("pack").as_path()])
    {
        if let Err(source) = std::fs::read_dir(path)
            && source.kind() != std::io::ErrorKind::NotFound
        {
            let (path, source) = (path.to_owned(), source.into());
            return Error::NotReadable { path, source };
        }
    }
    Error::MissingObject {
        id: id.to_string(),
        partial: is_partial(repo),
    }
}

/// Whether a remote has promised objects that need not be here.
pub(super) fn is_partial(repo: &gix::Repository) -> bool {
    let config = repo.config_snapshot();
    let promised = |name: &str| config.boolean(format!("remote.{name}.promisor").as_str()) == Some(true);
    config.string("extensions.partialClone").is_some()
        || repo.remote_names().iter().any(|name| promised(&name.to_string()))
}
