//! One ref of a push: whether it may go where it is to go.

use std::time::Instant;

use super::RefUpdate;
use super::files::Files;
use crate::ops::read::{FORMAT, is_newer};
use crate::ops::{Context, Error};
use crate::store::{self, CommitId, FORMAT_PATH, Incoming};

/// No format number is longer.
const FORMAT_LIMIT: u64 = 64;

/// Git config that lets the tracking ref be rewound and deleted.
pub(in crate::ops) const ALLOW_REWIND: &str = "docket.allowRewind";

/// What is to become of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Taken,
    Refused,
}

/// Looking at a push.
pub(super) struct Check<'c> {
    context: &'c Context,
    incoming: Incoming<'c>,
    until: Instant,
    pub(super) told: Vec<String>,
}

impl<'c> Check<'c> {
    pub(super) fn new(context: &'c Context, until: Instant) -> Self {
        Self {
            context,
            incoming: context.store.incoming(),
            until,
            told: Vec::new(),
        }
    }

    /// Looks at one ref.
    pub(super) fn update(&mut self, update: &RefUpdate) -> Result<Verdict, Error> {
        let name = &update.name;
        let allows_rewind = update.is_proposal || self.context.store.config_flag(ALLOW_REWIND);
        let new = match (update.old, update.new) {
            (None, None) => return Ok(Verdict::Taken),
            (Some(_), None) if allows_rewind => return Ok(Verdict::Taken),
            (Some(_), None) => {
                let why = "it holds the docket; nobody here allows a push to delete it";
                return Ok(self.refuse(format!("{name} is not deleted: {why}")));
            }
            (_, Some(new)) => new,
        };
        let kind = self.incoming.kind(new)?;
        if kind != "commit" {
            return Ok(self.refuse(format!("{name} is refused: {} is a {kind}, not a commit", new.short())));
        }
        if let Some(old) = update.old
            && !allows_rewind
            && !self.incoming.leads_to(old, new)?
        {
            let (old, new) = (old.short(), new.short());
            return Ok(self.refuse(format!(
                "{name} is refused: {new} does not go on from {old}, where it stands, and would lose what is there; \
                 `git docket sync` brings both together"
            )));
        }
        let base = self.base(update, new)?;
        match self.format(update, base, new)? {
            Some(verdict) => Ok(verdict),
            None => self.files(update, base, new),
        }
    }

    /// The commit whose files are not looked at again. A proposal is compared with where it left the tracking ref: what is
    /// wrong there is not its fault, even where it was rebased onto it.
    fn base(&self, update: &RefUpdate, new: CommitId) -> Result<Option<CommitId>, Error> {
        if !update.is_proposal {
            return Ok(update.old);
        }
        match self.context.store.unchecked_tip()? {
            Some(tip) => Ok(self.incoming.merge_base(tip, new)?),
            None => Ok(None),
        }
    }

    /// What follows from `.tracking/format` alone; none where the files are to be looked at.
    fn format(&mut self, update: &RefUpdate, base: Option<CommitId>, new: CommitId) -> Result<Option<Verdict>, Error> {
        let name = &update.name;
        let format = self.format_of(new)?;
        let before = base.map(|base| self.format_of(base)).transpose()?;
        match format {
            Some(format) if format == FORMAT => Ok(None),
            Some(format) if is_newer(&format) => {
                self.told.push(format!(
                    "{name} is NOT CHECKED: its format `{format}` is newer than {FORMAT}, which the git-docket of this \
                     server knows"
                ));
                Ok(Some(Verdict::Taken))
            }
            // It was none of ours before, so what it is does not depend on this push.
            format if before.as_ref() == Some(&format) => {
                let what = format.map_or_else(
                    || format!("it has no {FORMAT_PATH}"),
                    |format| format!("its format is `{}`", format.escape_debug()),
                );
                self.told
                    .push(format!("{name} is NOT CHECKED: it is no docket here, {what}"));
                Ok(Some(Verdict::Taken))
            }
            Some(format) => {
                let format = format.escape_debug();
                Ok(Some(self.refuse(format!(
                    "{name} is refused: {FORMAT_PATH}: `{format}` is not {FORMAT}"
                ))))
            }
            None if before.is_some() => Ok(Some(self.refuse(format!("{name} is refused: {FORMAT_PATH} is gone")))),
            None => {
                let why = format!("it is where a docket belongs, and this is none: it has no {FORMAT_PATH}");
                Ok(Some(self.refuse(format!("{name} is refused: {why}"))))
            }
        }
    }

    fn format_of(&mut self, commit: CommitId) -> Result<Option<String>, Error> {
        let file = self.incoming.file(commit, FORMAT_PATH)?;
        let Some(file) = file.filter(|file| file.mode.is_file()) else {
            return Ok(None);
        };
        match self.incoming.blob(file.blob, FORMAT_LIMIT) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned())),
            Err(store::Error::TooLarge { .. }) => Ok(Some("…".to_owned())),
            Err(error) => Err(error.into()),
        }
    }

    /// Looks at the files that the push changes.
    fn files(&mut self, update: &RefUpdate, base: Option<CommitId>, new: CommitId) -> Result<Verdict, Error> {
        let name = &update.name;
        let mut contents = self.context.store.incoming();
        let mut files = Files::new(self.context.progress.as_ref(), self.until);
        let looked = self
            .incoming
            .changes(base, new, |change| files.look(&mut contents, change));
        let wrong = files.finish(&mut self.told);
        match (looked, wrong) {
            // What was found until then is wrong, whatever else there is.
            (_, Some(wrong)) => Ok(self.refuse(format!("{name} is refused: {wrong}"))),
            (Err(error), None) => Err(error),
            (Ok(()), None) => Ok(Verdict::Taken),
        }
    }

    fn refuse(&mut self, why: String) -> Verdict {
        self.told.push(why);
        Verdict::Refused
    }
}
