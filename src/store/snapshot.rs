//! Reading one commit.

use gix::objs::Kind;

use super::changes::UNDER;
use super::packed::{self, keep_bases};
use super::tree::{self, Listing};
use super::{BlobId, CommitId, Entry, Error, FORMAT_PATH, File, Mode, Store, object, parallel};

/// Blobs a thread takes at a time: enough that threads seldom meet, few enough that all end at once.
const CHUNK: usize = 64;

/// The same where what one begins with was read just before by the same thread.
const ORDERED_CHUNK: usize = 512;

/// No format number is longer.
const FORMAT_LIMIT: u64 = 64;

/// One commit's tree, read through one ref read: whatever happens to the ref, it stays the same.
pub struct Snapshot {
    shared: gix::ThreadSafeRepository,
    repo: gix::Repository,
    commit: CommitId,
    time: i64,
    root: gix::ObjectId,
}

/// A file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its name.
    pub id: BlobId,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Store {
    /// Opens a commit for reading.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`], [`Error::Corrupt`] or [`Error::NotACommit`].
    pub fn snapshot(&self, commit: CommitId) -> Result<Snapshot, Error> {
        let repo = self.repo_with_recent();
        let corrupt = |source: gix::Error| Error::Corrupt {
            id: commit.to_string(),
            source: source.into(),
        };
        let object = object::find(&repo, commit.0, Kind::Commit)?.into_commit();
        let root = object.tree_id().map_err(corrupt)?.detach();
        // A date no clock would show is no reason to withhold the tree.
        let time = object.time().map_or(0, |time| time.seconds);
        drop(object);
        Ok(Snapshot {
            shared: self.shared.clone(),
            repo,
            commit,
            time,
            root,
        })
    }
}

impl Store {
    /// The name a file of this content has, whether it is there or not.
    ///
    /// # Errors
    ///
    /// [`Error::Git`], which should never happen.
    pub fn blob_id(&self, bytes: &[u8]) -> Result<BlobId, Error> {
        object::blob_id(&self.repo(), bytes).map(BlobId)
    }
}

impl Store {
    /// Whether this is a partial clone in which a file below `.tracking/` of a commit is missing: git takes commits for
    /// whole whose files it was not to fetch.
    ///
    /// # Errors
    ///
    /// Those of [`Store::snapshot`] and [`Snapshot::entries`], but that nothing is missing.
    pub fn lacks_files(&self, commit: CommitId) -> Result<bool, Error> {
        let repo = self.repo();
        if !object::is_partial(&repo) {
            return Ok(false);
        }
        match self.snapshot(commit).and_then(|snapshot| snapshot.entries(UNDER)) {
            Ok(entries) => {
                let mut files = entries.iter().filter(|entry| entry.mode.is_file());
                Ok(files.any(|file| !repo.has_object(file.blob.0)))
            }
            Err(Error::MissingObject { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }
}

impl Snapshot {
    /// The commit.
    #[must_use]
    pub fn commit(&self) -> CommitId {
        self.commit
    }

    /// When it was committed: seconds since 1970, UTC; 0 where the commit has no readable date.
    #[must_use]
    pub fn time(&self) -> i64 {
        self.time
    }

    /// The content of the regular file at `path`, of at most `limit` bytes; none when there is no
    /// such file. Symbolic links are not followed: there is no file at theirs.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] without reading it, [`Error::MissingObject`] or [`Error::Corrupt`].
    pub fn read(&self, path: &str, limit: u64) -> Result<Option<Blob>, Error> {
        let entry = self.entry(path)?.filter(|entry| entry.mode.is_file());
        entry.map(|entry| self.blob(entry.blob, limit)).transpose()
    }

    /// The content of a blob, of at most `limit` bytes, wherever in the repository it is.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::read`].
    pub fn blob(&self, id: BlobId, limit: u64) -> Result<Blob, Error> {
        Ok(Blob {
            id,
            bytes: object::blob(&self.repo, id.0, limit)?,
        })
    }

    /// What is at `path`, whatever it is; a directory's id is that of its tree.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`] or [`Error::Corrupt`], of a tree on the way.
    pub fn entry(&self, path: &str) -> Result<Option<Entry>, Error> {
        tree::lookup(&self.repo, self.root, path.as_bytes())
    }

    /// What stands at a path of any bytes; nothing where that is a directory.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::entry`].
    pub fn file(&self, path: &[u8]) -> Result<Option<File>, Error> {
        let found = tree::lookup(&self.repo, self.root, path)?;
        let found = found.filter(|entry| entry.mode != Mode::Directory);
        Ok(found.map(|entry| File {
            blob: entry.blob,
            mode: entry.mode,
        }))
    }

    /// Everything below the directory `under` (all of the tree for an empty one), recursively, in
    /// tree order. Empty when there is no such directory. Directories are not entries themselves,
    /// but for those more than 64 levels deep, which are listed and not entered. Symbolic links
    /// and submodules are listed, never followed.
    ///
    /// # Errors
    ///
    /// [`Error::MissingObject`] or [`Error::Corrupt`], of a tree; [`Error::TooManyEntries`] above
    /// two million.
    pub fn entries(&self, under: &str) -> Result<Vec<Entry>, Error> {
        let under = under.trim_matches('/');
        let mut listing = Listing {
            repo: &self.repo,
            root: self.root,
            entries: Vec::new(),
            seen: 0,
        };
        if under.is_empty() {
            listing.add(self.root, &mut Vec::new(), 0)?;
        } else if let Some(entry) = self.entry(under)?.filter(|entry| entry.mode == Mode::Directory) {
            let mut path = entry.path;
            path.push(b'/');
            listing.add(entry.blob.0, &mut path, 0)?;
        }
        Ok(listing.entries)
    }

    /// Reads blobs of at most `limit` bytes each on all cores and hands them to `f`, there too,
    /// with their index in `entries`. The results are in the order of `entries`. A panic in `f`
    /// goes on in the caller.
    ///
    /// What is wrong with one blob is handed to `f` and does not concern the others: see
    /// [`Snapshot::read`] for what it may be.
    pub fn read_all<T, F>(&self, entries: &[Entry], limit: u64, f: F) -> Vec<T>
    where
        T: Send,
        F: Fn(usize, Result<Vec<u8>, Error>) -> T + Sync,
    {
        // gix-odb can panic while another process repacks again and again; a catch_unwind that
        // tries once more with a new handle would go around `object::blob` here.
        let read = |repo: &gix::Repository, at: usize| f(at, object::blob(repo, entries[at].blob.0, limit));
        let Some(order) = packed::order(&self.repo, entries) else {
            return parallel::map(&self.shared, keep_bases, entries.len(), CHUNK, read);
        };
        let read_next = |repo: &gix::Repository, at: usize| read(repo, order[at]);
        let found = parallel::map(&self.shared, keep_bases, entries.len(), ORDERED_CHUNK, read_next);
        let mut found: Vec<_> = order.iter().zip(found).collect();
        found.sort_unstable_by_key(|(at, _)| **at);
        found.into_iter().map(|(_, found)| found).collect()
    }

    /// The content of `.tracking/format` without the line break; none when there is no such file.
    ///
    /// # Errors
    ///
    /// As [`Snapshot::read`].
    pub fn format(&self) -> Result<Option<String>, Error> {
        let blob = self.read(FORMAT_PATH, FORMAT_LIMIT)?;
        Ok(blob.map(|blob| String::from_utf8_lossy(&blob.bytes).trim_end().to_owned()))
    }
}
