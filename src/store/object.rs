//! Finding objects, and telling a missing one from a broken one.

use gix::objs::Kind;

use super::Error;

/// An object of the given kind.
pub(super) fn find(repo: &gix::Repository, id: gix::ObjectId, kind: Kind) -> Result<gix::Object<'_>, Error> {
    // gix-odb was seen to panic while another process repacks again and again. A catch_unwind that
    // tries once more with a fresh handle would go around this call and the one in `header`.
    match repo.try_find_object(id) {
        Ok(Some(object)) if object.kind == kind => Ok(object),
        Ok(Some(object)) if kind == Kind::Commit => Err(Error::NotACommit {
            what: format!("object {id}"),
            kind: object.kind.to_string(),
        }),
        Ok(Some(object)) => Err(Error::Corrupt {
            id: id.to_string(),
            source: format!("it is a {}, not a {kind}", object.kind).into(),
        }),
        Ok(None) => Err(missing(repo, id)),
        Err(source) => Err(Error::Corrupt {
            id: id.to_string(),
            source: source.into(),
        }),
    }
}

/// Kind and size in bytes, without inflating the object.
pub(super) fn header(repo: &gix::Repository, id: gix::ObjectId) -> Result<(Kind, u64), Error> {
    match repo.try_find_header(id) {
        Ok(Some(header)) => Ok((header.kind(), header.size())),
        Ok(None) => Err(missing(repo, id)),
        Err(source) => Err(Error::Corrupt {
            id: id.to_string(),
            source: source.into(),
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

fn is_partial(repo: &gix::Repository) -> bool {
    let config = repo.config_snapshot();
    let promised = |name: &str| config.boolean(format!("remote.{name}.promisor").as_str()) == Some(true);
    config.string("extensions.partialClone").is_some()
        || repo.remote_names().iter().any(|name| promised(&name.to_string()))
}
