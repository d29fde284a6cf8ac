//! `git docket export`

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::list::FilterArguments;
use super::output::Output;
use super::text::counted;
use super::{Failure, Outcome, open};
use crate::filter::WorkItemFilter;
use crate::ops::{self, Context, Error, ExportFormat, ExportRequest, ExportResponse, Settings};
use crate::record::Kind;

/// Write the docket as JSON, CSV, Markdown, a web page or a calendar
///
/// json and ndjson hold every record whole, with notes, links to commits, conflicts and the shared
/// settings; `import` brings them back. The other formats are for readers: csv is a table of one
/// kind, markdown a document, html a page that needs nothing beside itself, ics what has a date.
/// The same commit gives the same bytes everywhere.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket export json -o docket.json
  git docket export html -o docket.html
  git docket export csv --kind vendor --bom -o vendors.csv
  git docket export markdown --label bug --status active,blocked
  git docket export ndjson --as-of 2025-10-01 | jq -c 'select(.kind == \"deployment\").fields'")]
pub(super) struct Arguments {
    /// As what
    #[arg(value_name = "FORMAT", value_parser = format())]
    format: ExportFormat,

    #[command(flatten)]
    filter: FilterArguments,

    /// Only records of this kind, with what is on them; several mean any of them
    #[arg(long = "kind", value_name = "KIND", value_delimiter = ',', value_parser = kind())]
    kinds: Vec<Kind>,

    /// Deleted and retracted records too; json and ndjson have them unless work items are chosen
    #[arg(long)]
    deleted: bool,

    /// Archived items too; json and ndjson have them unless work items are chosen
    #[arg(long)]
    archived: bool,

    /// As of this commit, or of the newest one not after this time
    #[arg(long, value_name = "COMMIT|DATE")]
    as_of: Option<String>,

    /// Write to FILE, in one step; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Begin csv with a byte order mark, for Excel
    #[arg(long)]
    bom: bool,
}

/// A parser that offers the formats.
fn format() -> impl clap::builder::TypedValueParser<Value = ExportFormat> {
    let all = ExportFormat::ALL.iter().copied();
    PossibleValuesParser::new(all.clone().map(ExportFormat::as_str)).try_map(move |word| {
        let found = all.clone().find(|format| format.as_str() == word);
        found.ok_or("no such format")
    })
}

/// A parser that offers the kinds that have names.
fn kind() -> impl clap::builder::TypedValueParser<Value = Kind> {
    let all = [Kind::WorkItem, Kind::Vendor, Kind::Enhancement, Kind::Deployment];
    PossibleValuesParser::new(all.map(Kind::as_str)).try_map(move |word| {
        let found = all.into_iter().find(|kind| kind.as_str() == word);
        found.ok_or("no such kind")
    })
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    if arguments.bom && arguments.format != ExportFormat::Csv {
        return Err(Error::request("--bom is for csv").into());
    }
    let context = open(settings, output)?;
    let request = arguments.request()?;
    let file = arguments.output.as_ref().filter(|file| *file != Path::new("-"));
    let Some(file) = file.map(|file| settings.path(file)) else {
        let response = output.stream(|out| ops::export(&context, &request, out))?;
        output.warnings(&response.meta.warnings);
        return Ok(ExitCode::SUCCESS);
    };
    let response = to_file(&context, &request, &file)?;
    output.answer(&response, &response.meta.warnings, || summary(&response, &file))
}

/// Writes to a file that is there whole or not at all; what is no file, such as a pipe, is written as it comes.
fn to_file(context: &Context, request: &ExportRequest, file: &Path) -> Result<ExportResponse, Failure> {
    let export = |out: &mut dyn Write| {
        let mut out = io::BufWriter::with_capacity(1 << 16, out);
        ops::export(context, request, &mut out)
    };
    let written = match fs::metadata(file) {
        Ok(meta) if !meta.is_file() => match File::options().write(true).open(file) {
            Ok(mut pipe) => export(&mut pipe),
            Err(error) => Err(error.into()),
        },
        // Of a link, what it points at is replaced.
        Ok(_) => match file.canonicalize() {
            Ok(file) => ops::replace_with(&file, export),
            Err(error) => Err(error.into()),
        },
        Err(_) => ops::replace_with(file, export),
    };
    written.map_err(|error| match error {
        ops::ExportError::Output(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            // The name of the temporary file says nothing to anybody.
            let reason = match error.raw_os_error() {
                Some(_) => error.to_string(),
                None => error.kind().to_string(),
            };
            Error::unwritten(file.display(), error.kind(), reason).into()
        }
        error => error.into(),
    })
}

fn summary(response: &ExportResponse, file: &Path) -> String {
    let unreadable = match response.unreadable {
        0 => String::new(),
        count => format!(" and {}", counted(count, "unreadable file")),
    };
    let records = counted(response.records, "record");
    let revision = &response.meta.revision[..8];
    format!("Wrote {records}{unreadable} as of {revision} to {}\n", file.display())
}

impl Arguments {
    fn request(&self) -> Result<ExportRequest, Error> {
        let filter = self.filter.filter()?;
        Ok(ExportRequest {
            kinds: self.kinds.clone(),
            filter: (filter != WorkItemFilter::default()).then_some(filter),
            parent: self.filter.parent(),
            include_deleted: self.deleted,
            include_archived: self.archived,
            byte_order_mark: self.bom,
            as_of: self.as_of.clone(),
            ..ExportRequest::of(self.format)
        })
    }
}
