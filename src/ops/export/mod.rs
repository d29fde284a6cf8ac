//! The docket, or a part of it, in formats for other programs and for readers.

mod choose;
mod files;

use std::io;

use serde::Serialize;

use self::choose::Chosen;
use self::files::Files;
use super::read::Meta;
use super::{Context, Error};
use crate::exchange::export::{Docket, Head, csv, html, ics, json, markdown};
use crate::filter::WorkItemFilter;
use crate::record::value::Time;
use crate::record::{Kind, config};
use crate::store::CONFIG_PATH;

/// What an export is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// One document of everything.
    Json,
    /// The same, a record a line.
    Ndjson,
    /// One kind as a table.
    Csv,
    /// One document to read.
    Markdown,
    /// One page to look around in.
    Html,
    /// A calendar.
    Ics,
}

impl ExportFormat {
    /// All formats.
    pub const ALL: &'static [Self] = &[
        Self::Json,
        Self::Ndjson,
        Self::Csv,
        Self::Markdown,
        Self::Html,
        Self::Ics,
    ];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Ics => "ics",
        }
    }

    /// The name and version of what is written, as the output itself has it.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::Json | Self::Ndjson => json::FORMAT,
            Self::Csv => csv::FORMAT,
            Self::Markdown => markdown::FORMAT,
            Self::Html => html::FORMAT,
            Self::Ics => ics::FORMAT,
        }
    }

    /// Whether it keeps records whole, so that they can come back.
    fn is_whole(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// What to export, and as what.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// As what.
    pub format: ExportFormat,
    /// Records of these kinds, with what is on them; all where nothing is said, of a table work items.
    pub kinds: Vec<Kind>,
    /// Only these work items; none: all of them.
    pub filter: Option<WorkItemFilter>,
    /// Directly below this work item, by any of its names.
    pub parent: Option<String>,
    /// Deleted and retracted records too.
    pub include_deleted: bool,
    /// Archived ones too.
    pub include_archived: bool,
    /// Whether a table begins with a byte order mark.
    pub byte_order_mark: bool,
    /// As of this commit, or the newest one not after this time.
    pub as_of: Option<String>,
}

impl ExportRequest {
    /// The whole docket.
    #[must_use]
    pub fn of(format: ExportFormat) -> Self {
        Self {
            format,
            kinds: Vec::new(),
            filter: None,
            parent: None,
            include_deleted: false,
            include_archived: false,
            byte_order_mark: false,
            as_of: None,
        }
    }

    /// Whether only some work items are wanted.
    fn is_filtered(&self) -> bool {
        self.filter.is_some() || self.parent.is_some()
    }

    /// The kinds to choose from.
    fn named_kinds(&self) -> Result<Vec<Kind>, Error> {
        let only_items = self.is_filtered() || self.format == ExportFormat::Csv;
        let kinds = match self.kinds.as_slice() {
            [] if only_items => vec![Kind::WorkItem],
            [] => super::read::NAMED.to_vec(),
            kinds => kinds.to_vec(),
        };
        if self.is_filtered() && kinds != [Kind::WorkItem] {
            return Err(Error::request(
                "these filters choose work items; with other kinds, leave them out",
            ));
        }
        if self.format == ExportFormat::Csv && kinds.len() != 1 {
            return Err(Error::request("a table holds one kind of records; give one --kind"));
        }
        Ok(kinds)
    }
}

/// What was exported.
#[derive(Clone, Debug, Serialize)]
pub struct ExportResponse {
    /// The name and version of the format.
    pub format: &'static str,
    /// How many records were written, what is on others included.
    pub records: usize,
    /// How many files that cannot be read went along.
    pub unreadable: usize,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Why an export ended early.
#[derive(Debug)]
pub enum ExportError {
    /// The docket could not be read as asked.
    Operation(Error),
    /// The output could not be written.
    Output(io::Error),
}

impl From<Error> for ExportError {
    fn from(error: Error) -> Self {
        Self::Operation(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Writes the records a request is for, as of one commit. The same commit gives the same bytes everywhere.
///
/// # Errors
///
/// What is written by then is incomplete.
pub fn export(
    context: &Context,
    request: &ExportRequest,
    out: &mut dyn io::Write,
) -> Result<ExportResponse, ExportError> {
    let kinds = request.named_kinds()?;
    let reading = match context.as_of(request.as_of.as_deref())? {
        Some(commit) => context.read_at(commit, Vec::new())?,
        None => context.read()?,
    };
    context.progress.step("choosing", None);
    let (chosen, mut meta) = Chosen::choose(context, &reading, request, &kinds)?;
    meta.warnings.extend(reading.warnings.iter().cloned());
    let mut files = Files::new(&reading, &chosen, context.progress.as_ref())?;
    let settings = reading.snapshot.read(CONFIG_PATH, u64::MAX).map_err(Error::from)?;
    let settings = settings.map(|blob| blob.bytes).unwrap_or_default();
    let repository = config::values(&settings)
        .get("repository")
        .and_then(|value| Some(value.as_str()?.to_owned()));
    let head = Head {
        repository,
        revision: reading.commit().to_string(),
        committed_at: Time::from_seconds(reading.snapshot.time()),
    };
    let settings = settings_text(settings, &chosen, &mut files);
    let mut records = 0;
    if request.format.is_whole() {
        let layout = match request.format {
            ExportFormat::Json => json::Layout::Document,
            _ => json::Layout::Lines,
        };
        let mut writer = json::Writer::new(layout);
        out.write_all(writer.head(&head, settings.as_deref()).as_bytes())?;
        files.each(&mut |exported| {
            records += 1;
            out.write_all(writer.record(&exported).as_bytes())
        })?;
        out.write_all(writer.end(&files.unread).as_bytes())?;
    } else {
        let mut docket = Docket {
            head,
            ..Docket::default()
        };
        files.each(&mut |exported| {
            docket.records.push(exported);
            Ok(())
        })?;
        docket.unread = std::mem::take(&mut files.unread);
        records = docket.records.len();
        context.progress.step("writing", None);
        out.write_all(text(&docket, request, &kinds).as_bytes())?;
        files.unread = docket.unread;
    }
    out.flush()?;
    Ok(ExportResponse {
        format: request.format.version(),
        records,
        unreadable: files.unread.len(),
        meta,
    })
}

/// The settings file of a whole docket as text; bytes that are none are a file that cannot be read.
fn settings_text(bytes: Vec<u8>, chosen: &Chosen, files: &mut Files<'_>) -> Option<String> {
    if !chosen.is_whole() || bytes.is_empty() {
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            files.refuse(CONFIG_PATH, "is not UTF-8", Some(error.into_bytes()));
            None
        }
    }
}

/// The formats for readers.
fn text(docket: &Docket, request: &ExportRequest, kinds: &[Kind]) -> String {
    match request.format {
        ExportFormat::Markdown => markdown::write(docket),
        ExportFormat::Html => html::write(docket),
        ExportFormat::Ics => ics::write(docket),
        ExportFormat::Json | ExportFormat::Ndjson | ExportFormat::Csv => {
            let mark = if request.byte_order_mark { "\u{feff}" } else { "" };
            let header = kinds.first().map(|kind| csv::header(*kind)).unwrap_or_default();
            let rows: String = docket.records.iter().filter_map(csv::row).collect();
            format!("{mark}{header}{rows}")
        }
    }
}
