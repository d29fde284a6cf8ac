//! Moving the tracking ref, which is what makes a write happen.

use std::time::Duration;

use gix::refs::Target;
use gix::refs::file::transaction::prepare::{MustNotExist, ReferenceOutOfDate};
use gix::refs::transaction::{Change, LogChange, PreviousValue, RefEdit, RefLog};

use super::durable::sync_paths;
use super::moving::Moving;
use super::refs::RefFormat;
use super::reftable::Move;
use super::{CommitId, Error, Identity, Store, WriteLock, object};

/// How many commits may be added by others between our move and our reading the ref again.
const MAX_AHEAD: usize = 1000;

/// How often the ref is read again, a millisecond longer apart each time, before a write is taken for lost.
const LOOKS: u64 = 20;

impl Store {
    /// Moves the tracking ref from one commit to another, or creates it, in one step that fails if
    /// the ref is not there (or, to create it, is). The reflog gets a line, in a bare repository
    /// too. Returns once the ref was read again and names the commit or a descendant.
    pub(super) fn advance(
        &self,
        moving: &Moving<'_>,
        from: Option<CommitId>,
        to: CommitId,
        who: &Identity,
        time: i64,
        message: &str,
    ) -> Result<(), Error> {
        let repo = &self.repo();
        if self.refs == RefFormat::Reftable {
            self.git_moves(Move {
                from,
                to: Some(to),
                log: Some((who, time, message)),
            })?;
            return self.confirm(repo, to);
        }
        let expected = from.map_or(PreviousValue::MustNotExist, |from| {
            PreviousValue::MustExistAndMatch(Target::Object(from.0))
        });
        let log = LogChange {
            mode: RefLog::AndReference,
            force_create_reflog: true,
            message: message.into(),
        };
        let change = Change::Update {
            log,
            expected,
            new: Target::Object(to.0),
        };
        let edit = RefEdit::new(self.reference.clone(), change);
        let signature = who.signature(time);
        let mut buffer = gix::date::parse::TimeBuf::default();
        let edited = repo.edit_references_as(Some(edit), Some(signature.to_ref(&mut buffer)));
        if let Err(source) = edited {
            let error = self.why_not_moved(from, source);
            // The reflog comes first, and may tell of it all the same.
            if self.forget_unmoved(&to.to_string(), self.tracking_ref()).is_err() {
                moving.stay();
            }
            return Err(error);
        }
        self.sync_ref(from.is_none())?;
        self.confirm(repo, to)
    }

    /// Creates the tracking ref. Where one that somebody deleted stood, and this one has not, it stands for a moment
    /// again, so that the reflog, which git deleted with it, tells of that and keeps it.
    pub(super) fn begin(
        &self,
        lock: &WriteLock,
        to: CommitId,
        who: &Identity,
        time: i64,
        message: &str,
    ) -> Result<(), Error> {
        let mut from = None;
        // Where it cannot be told, it is not known to be lost.
        for stood in self.stood_beside(to).unwrap_or_default().into_iter().rev() {
            let why = "branch: where it stood when somebody deleted it";
            self.advance(&self.begin_move(lock, stood)?, from, stood, who, time, why)?;
            from = Some(stood);
        }
        self.advance(&self.begin_move(lock, to)?, from, to, who, time, message)?;
        self.note_move(None, to);
        Ok(())
    }

    /// Whether the tracking ref names the commit or a descendant, on the disk too where that is
    /// wanted: a write that was given up after the ref had moved has happened nevertheless.
    ///
    /// # Errors
    ///
    /// Those of [`Store::tip`] and of reading commits; [`Error::NotWritable`] where it could not
    /// be forced to the disk.
    pub fn arrived(&self, commit: CommitId) -> Result<bool, Error> {
        let there = match self.tip()? {
            Some(tip) => reaches(&self.repo(), tip, commit)?,
            None => false,
        };
        if there {
            self.sync_ref(false)?;
        }
        Ok(there)
    }

    pub(super) fn why_not_moved(&self, expected: Option<CommitId>, source: gix::Error) -> Error {
        let reference = self.tracking_ref().to_owned();
        let lost = source.downcast_any_ref::<ReferenceOutOfDate>().is_some()
            || source.downcast_any_ref::<MustNotExist>().is_some();
        if lost || (expected.is_some() && source.is_not_found()) {
            // An error of reading it is one of the next attempt.
            return Error::TipMoved {
                expected,
                actual: self.tip().ok().flatten(),
            };
        }
        if source.is_retryable() {
            return self.locked(source);
        }
        match source.downcast_any_ref::<std::io::Error>().is_some() {
            true => Error::not_written_by_gix(&self.common_dir().join(&reference), source),
            false => Error::git("move the tracking ref")(source),
        }
    }

    /// Forces the ref and the names above it to the disk. Somebody may have packed it already.
    fn sync_ref(&self, created: bool) -> Result<(), Error> {
        if self.refs == RefFormat::Reftable {
            // Git did, as it wrote its table.
            return Ok(());
        }
        let path = self.common_dir().join(self.tracking_ref());
        // Directories that came with the ref are names in others.
        let depth = match created {
            true => self.tracking_ref().matches('/').count(),
            false => 1,
        };
        let paths: Vec<_> = path.ancestors().take(1 + depth).collect();
        sync_paths(self, &paths)
    }

    /// Compare-and-swap alone was seen to lose a write while refs were packed in a tight loop.
    ///
    /// While they are, a reader can see the ref as it was before. So one look that misses the commit proves nothing:
    /// a write that is taken for lost is made again, and would be there twice.
    fn confirm(&self, repo: &gix::Repository, commit: CommitId) -> Result<(), Error> {
        let mut actual = None;
        for look in 0..LOOKS {
            std::thread::sleep(Duration::from_millis(look));
            actual = self.tip()?;
            if let Some(tip) = actual
                && reaches(repo, tip, commit)?
            {
                return Ok(());
            }
        }
        Err(Error::TipMoved {
            expected: Some(commit),
            actual,
        })
    }
}

/// Whether `tip` is the commit or goes on from it, as far as others can have come meanwhile.
pub(super) fn reaches(repo: &gix::Repository, tip: CommitId, commit: CommitId) -> Result<bool, Error> {
    let mut seen = std::collections::BTreeSet::from([tip.0]);
    let mut next = std::collections::VecDeque::from([tip.0]);
    while let Some(id) = next.pop_front() {
        if id == commit.0 {
            return Ok(true);
        }
        if seen.len() > MAX_AHEAD {
            break;
        }
        let object = object::find(repo, id, gix::objs::Kind::Commit)?.into_commit();
        let parents = object.parent_ids().map(gix::Id::detach);
        next.extend(parents.filter(|parent| seen.insert(*parent)));
    }
    Ok(false)
}
