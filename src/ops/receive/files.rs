//! The files that a push changes, each by itself.

use std::time::Instant;

use crate::ops::Error;
use crate::ops::progress::Progress;
use crate::ops::read::place_of;
use crate::record::path::{Place, ROOT};
use crate::record::{Kind, RecordPath, Severity, Violation, config, has_newer_schema, limits, parse};
use crate::store::{self, BlobId, CONFIG_PATH, Entry, File, Incoming, TreeChange};

/// How much of what is wrong is told.
const TOLD: usize = 20;

/// Looking at files, one after the other.
pub(super) struct Files<'p> {
    progress: &'p (dyn Progress + Send + Sync),
    until: Instant,
    looked_at: usize,
    /// What is wrong, as much as is told.
    wrong: Vec<String>,
    /// How many files are not what may stand there.
    refused: usize,
    /// Records that only a newer version can read.
    newer: usize,
    /// The first record file that is gone, and how many are.
    gone: Option<String>,
    gone_count: usize,
}

impl<'p> Files<'p> {
    pub(super) fn new(progress: &'p (dyn Progress + Send + Sync), until: Instant) -> Self {
        progress.step("checking", None);
        Self {
            progress,
            until,
            looked_at: 0,
            wrong: Vec::new(),
            refused: 0,
            newer: 0,
            gone: None,
            gone_count: 0,
        }
    }

    /// Looks at what stands at a path now.
    ///
    /// # Errors
    ///
    /// `unavailable` where the time is up; those of reading objects.
    pub(super) fn look(&mut self, contents: &mut Incoming<'_>, change: TreeChange) -> Result<(), Error> {
        if Instant::now() > self.until {
            let message = format!("the time was up after {} files", self.looked_at);
            return Err(Error::unavailable(message));
        }
        self.looked_at += 1;
        self.progress.advance(1);
        let name = String::from_utf8_lossy(&change.path).into_owned();
        let Some(file) = change.after else {
            self.note_gone(name);
            return Ok(());
        };
        let violations = self.violations(contents, change.path, file)?;
        let errors: Vec<_> = violations
            .iter()
            .filter(|violation| violation.severity == Severity::Error)
            .collect();
        self.refused += usize::from(!errors.is_empty());
        let room = TOLD.saturating_sub(self.wrong.len());
        self.wrong
            .extend(errors.into_iter().take(room).map(|violation| line(&name, violation)));
        Ok(())
    }

    fn violations(&mut self, contents: &mut Incoming<'_>, path: Vec<u8>, file: File) -> Result<Vec<Violation>, Error> {
        let is_directory = |kind: &&Kind| path == format!("{ROOT}/{}", kind.directory()).as_bytes();
        let belongs = Kind::ALL.iter().any(|kind| is_directory(&kind));
        let is_config = path == CONFIG_PATH.as_bytes();
        let entry = Entry {
            path,
            mode: file.mode,
            blob: file.blob,
        };
        match place_of(&entry) {
            Place::Record(path) => match content(contents, file.blob)? {
                Ok(bytes) => Ok(self.record(&bytes, &path)),
                Err(violation) => Ok(vec![violation]),
            },
            Place::Misplaced(reason) => Ok(vec![Violation::file(None, reason)]),
            Place::Stray => Ok(vec![Violation::file(
                None,
                "is not at the path of any record, and belongs elsewhere",
            )]),
            Place::Other if belongs => Ok(vec![Violation::file(None, "a directory of records belongs here")]),
            Place::Other if is_config && !file.mode.is_file() => Ok(vec![Violation::file(None, "not a regular file")]),
            Place::Other if is_config => match content(contents, file.blob)? {
                Ok(bytes) => Ok(config::check(&bytes)),
                Err(violation) => Ok(vec![violation]),
            },
            Place::Other => Ok(Vec::new()),
        }
    }

    fn record(&mut self, bytes: &[u8], path: &RecordPath) -> Vec<Violation> {
        match parse(bytes, Some(path)) {
            Ok(_) => Vec::new(),
            // Whoever pushes may have a newer version than this server.
            Err(_) if has_newer_schema(bytes, path.kind()) => {
                self.newer += 1;
                Vec::new()
            }
            Err(violations) => violations,
        }
    }

    fn note_gone(&mut self, name: String) {
        if name == CONFIG_PATH {
            self.refused += 1;
            self.wrong.push(line(&name, &Violation::file(None, "is missing")));
        } else if RecordPath::of(&name).is_some() {
            self.gone_count += 1;
            self.gone.get_or_insert(name);
        }
    }

    /// Says what was found; why the files are not taken, where they are not.
    pub(super) fn finish(self, told: &mut Vec<String>) -> Option<String> {
        let files = |count: usize| match count {
            1 => "1 file".to_owned(),
            count => format!("{count} files"),
        };
        if let Some(name) = self.gone {
            let more = match self.gone_count {
                1 => String::new(),
                count => format!(" and {} more", files(count - 1)),
            };
            told.push(format!(
                "{name}{more} of records are gone; `git docket delete` would have kept them"
            ));
        }
        if self.newer > 0 {
            let count = files(self.newer);
            told.push(format!(
                "{count} of a newer version than the git-docket of this server NOT CHECKED"
            ));
        }
        told.extend(self.wrong);
        (self.refused > 0).then(|| {
            let (refused, all) = (self.refused, files(self.looked_at));
            let is = if refused == 1 { "is" } else { "are" };
            format!("{refused} of {all} that this push changes {is} not valid")
        })
    }
}

/// The bytes of a file, or what is wrong with it as a whole.
fn content(contents: &mut Incoming<'_>, blob: BlobId) -> Result<Result<Vec<u8>, Violation>, Error> {
    match contents.blob(blob, limits::RECORD_BYTES) {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(error @ store::Error::TooLarge { .. }) => Ok(Err(Violation::file(None, error.to_string()))),
        Err(error) => Err(error.into()),
    }
}

fn line(file: &str, violation: &Violation) -> String {
    let line = violation.line.map_or_else(String::new, |line| format!(":{line}"));
    let field = violation
        .field
        .as_ref()
        .map_or_else(String::new, |field| format!("{field}: "));
    format!("{file}{line}: {field}{}", violation.message)
}
