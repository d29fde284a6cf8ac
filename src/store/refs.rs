//! Refs, however the repository keeps them.

use gix::bstr::ByteSlice as _;
use gix::refs::{FullNameRef, Target};

use super::{Error, Store};

/// How a repository keeps its refs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RefFormat {
    /// In files, loose and packed.
    Files,
    /// In reftables.
    Reftable,
}

impl RefFormat {
    /// What git config says.
    pub(super) fn of(config: &gix::config::Snapshot<'_>) -> Result<Self, Error> {
        match config.string("extensions.refStorage") {
            None => Ok(Self::Files),
            Some(format) if format == "files" => Ok(Self::Files),
            Some(format) if format == "reftable" => Ok(Self::Reftable),
            Some(format) => Err(Error::UnsupportedRefFormat {
                format: format.to_string(),
            }),
        }
    }
}

impl Store {
    /// What a ref names, whatever that is; none where there is no such ref.
    pub(super) fn find_ref(&self, repo: &gix::Repository, name: &FullNameRef) -> Result<Option<Target>, Error> {
        let broken = |source| Error::BrokenRef {
            reference: name.as_bstr().to_string(),
            source,
        };
        if self.refs == RefFormat::Reftable {
            return self
                .git_finds(&name.as_bstr().to_str_lossy())
                .map_err(|error| broken(error.into()));
        }
        match repo.refs.try_find(name) {
            Ok(Some(found)) if found.name.as_ref() == name => Ok(Some(found.target)),
            Ok(_) => Ok(None),
            Err(error) => Err(broken(error.into())),
        }
    }

    /// The refs whose names begin with `prefix`, which ends with a slash, in the order of their names.
    pub(super) fn list_refs(&self, prefix: &str) -> Result<Vec<(String, Target)>, Error> {
        if self.refs == RefFormat::Reftable {
            return self.git_lists(prefix);
        }
        let repo = self.repo();
        let refs = repo.references().map_err(Error::git("list refs"))?;
        let mut found = Vec::new();
        for reference in refs.prefixed(prefix).map_err(Error::git("list refs"))? {
            let reference = reference.map_err(Error::git("list refs"))?.detach();
            found.push((reference.name.as_bstr().to_str_lossy().into_owned(), reference.target));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }
}
