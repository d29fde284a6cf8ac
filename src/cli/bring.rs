//! Bringing something along from elsewhere: reading it, progress, the report, the answer.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::output::Output;
use super::progress::Bar;
use super::{Failure, files, open};
use crate::ops::{Context, Error, Meta, Settings};

/// How large a file of another tracker may be.
const SOURCE_BYTES: u64 = 1 << 30;

/// How an answer is told.
pub(super) struct Told<R> {
    /// To people.
    pub(super) text: fn(&R) -> String,
    /// Where its warnings are.
    pub(super) meta: fn(&mut R) -> &mut Meta,
}

/// Opens the repository and the report, does what is to be done with a bar that shows how far it is, prints the answer
/// and writes the report.
pub(super) fn bring<R: Serialize>(
    from: &Path,
    report: Option<&PathBuf>,
    settings: &Settings,
    output: &Output,
    act: impl FnOnce(&Context, &Bar) -> Result<R, Error>,
    told: &Told<R>,
) -> Result<R, Failure> {
    let context = open(settings, output)?;
    let report = report
        .map(|report| open_report(&settings.path(report), from))
        .transpose()?;
    let bar = Bar::new(output.is_json());
    let done = act(&context, &bar);
    drop(bar);
    let mut done = done?;
    let failed = reported(report, &done);
    (told.meta)(&mut done).warnings.extend(failed);
    if output.is_json() {
        output.print_json(&done)?;
    } else {
        output.print(&(told.text)(&done))?;
        output.warnings(&(told.meta)(&mut done).warnings);
    }
    Ok(done)
}

/// A file the user named, or `-`, which is standard input.
pub(super) fn source_path(file: &Path, settings: &Settings) -> PathBuf {
    match file == Path::new("-") {
        true => file.to_owned(),
        false => settings.path(file),
    }
}

/// The whole of a file, or of standard input.
pub(super) fn whole(file: &Path) -> Result<Vec<u8>, Error> {
    let bytes = match file == Path::new("-") {
        true => files::read_input(SOURCE_BYTES + 1)?,
        false => files::read(file, SOURCE_BYTES + 1)?,
    };
    if bytes.len() as u64 > SOURCE_BYTES {
        return Err(Error::request(format!(
            "{} is larger than {SOURCE_BYTES} bytes",
            file.display()
        )));
    }
    Ok(bytes)
}

/// Opens the report before anything is imported: what cannot be written is said while nothing has happened.
///
/// What is there is kept until the report is written over it; it must not be what is imported.
fn open_report(file: &Path, source: &Path) -> Result<File, Error> {
    let same = |a: &Path, b: &Path| {
        a.canonicalize()
            .ok()
            .zip(b.canonicalize().ok())
            .is_some_and(|(a, b)| a == b)
    };
    let inside = source.is_dir() && file.parent().is_some_and(|parent| same(parent, source));
    if same(file, source) || inside {
        return Err(Error::request(format!(
            "the report would overwrite {}, which is to be imported",
            source.display()
        )));
    }
    let opened = File::options().write(true).create(true).truncate(false).open(file);
    opened.map_err(|error| Error::unwritten(file.display(), error.kind(), error))
}

/// Writes the report, and returns the warning where that fails: the import has happened, and a report that fails now
/// must not look as if it had not.
fn reported(report: Option<File>, response: &impl Serialize) -> Option<String> {
    let error = write_report(report?, response).err()?;
    Some(format!("the report cannot be written: {error}"))
}

fn write_report(mut file: File, response: &impl Serialize) -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(response)?;
    if file.metadata()?.is_file() {
        file.set_len(0)?;
    }
    writeln!(file, "{text}")
}
