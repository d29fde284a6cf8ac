//! `git docket vendor`

use anstyle::Style;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::list::words;
use super::output::{DIM, ID, Output};
use super::record_list::{self, PageArguments, marked};
use super::text::{Cell, day, one_line, vendor_status_style};
use super::write::{ChangeArguments, SetArguments, print, text};
use super::{Outcome, open, show};
use crate::filter::{RecordFilter, RecordOrder};
use crate::ops::vendor::{self, CreateVendorRequest, UpdateVendorRequest, VendorView};
use crate::ops::{Error, RecordListRequest, RecordPage, Settings};
use crate::record::vendor::VendorStatus;
use crate::record::{Kind, Vendor};

/// Keep track of vendors: whose documents are read, and how well
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket vendor add 'ADP Vendor' --format excel,csv --tests 42/45
  git docket vendor list --status broken
  git docket vendor update 'ADP Vendor' --status broken --tests 38/45 --skipped 2
  git docket vendor show 'ADP Vendor'")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(AddArguments),
    List(ListArguments),
    /// Show a vendor with the deployments that affected it
    #[command(after_help = "Example:\n  git docket vendor show 'ADP Vendor'")]
    Show(show::Arguments),
    Update(Box<UpdateArguments>),
    Rename(RenameArguments),
}

/// Fields that `vendor add` and `vendor update` both take.
#[derive(Debug, Args)]
struct FieldArguments {
    /// operational or broken
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,

    /// The version of its extractor
    #[arg(long, value_name = "VERSION")]
    extractor_version: Option<String>,

    /// How many tests pass, of how many
    #[arg(long, value_name = "PASSING/TOTAL", value_parser = tests)]
    tests: Option<(i64, i64)>,

    /// How many tests are not run
    #[arg(long, value_name = "N")]
    skipped: Option<i64>,

    /// A format that can be read, or with =false cannot: excel, csv, pdf, ocr or another; may be given several times
    #[arg(long = "format", value_name = "FORMAT[=BOOL]", value_delimiter = ',', value_parser = format)]
    formats: Vec<(String, bool)>,

    /// Whether its manifest is as agreed
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    manifest_compliant: Option<bool>,

    #[command(flatten)]
    set: SetArguments,

    /// The body, Markdown; - reads it from standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    body: Option<String>,
}

/// Add a vendor
///
/// Its name is unique, whatever its letter case and spaces. A vendor of that name that was deleted
/// comes back, with what is given here.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket vendor add 'ADP Vendor'
  git docket vendor add Gusto --status broken --tests 11/45 --skipped 30 --format pdf,ocr=false
  git docket vendor add Paychex --extractor-version 1.9.0 --manifest-compliant --set region=us")]
struct AddArguments {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,

    #[command(flatten)]
    fields: FieldArguments,
}

/// List vendors, newest update first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket vendor list
  git docket vendor list --status broken --sort name
  git docket vendor list --json | jq '.items[].name'")]
struct ListArguments {
    /// Only vendors of this status
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = words(VendorStatus::ALL, VendorStatus::as_str))]
    status: Vec<VendorStatus>,

    /// Order by the newest update, or by name
    #[arg(long, value_name = "KEY", value_parser = order())]
    sort: Option<RecordOrder>,

    /// Show deleted vendors too
    #[arg(long)]
    deleted: bool,

    #[command(flatten)]
    page: PageArguments,
}

/// Change a vendor
///
/// Without an expectation the changes are applied to whatever the vendor is at that moment. With
/// one, the command fails (exit 3) if somebody changed the vendor since.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket vendor update 'ADP Vendor' --status broken --tests 38/45 --skipped 2
  git docket vendor update 80a1f635 --format pdf=true --extractor-version 2.4.0
  git docket vendor update adp --clear metadata.region --expect-version 3")]
struct UpdateArguments {
    /// The vendor, by its name, an alias, its id or a part of that
    #[arg(value_name = "VENDOR")]
    name: String,

    #[command(flatten)]
    fields: FieldArguments,

    /// Another name for it; may be given several times
    #[arg(long = "alias", value_name = "NAME")]
    aliases: Vec<String>,

    /// Another name to take away; may be given several times
    #[arg(long = "remove-alias", value_name = "NAME")]
    remove_aliases: Vec<String>,

    #[command(flatten)]
    change: ChangeArguments,
}

/// Give a vendor another name; its id stays
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket vendor rename 'ADP Vendor' 'ADP Payroll'")]
struct RenameArguments {
    /// The vendor, by its name, an alias, its id or a part of that
    #[arg(value_name = "VENDOR")]
    name: String,

    /// Its new name
    #[arg(value_name = "NEW_NAME")]
    new_name: String,
}

/// `38/45`
fn tests(text: &str) -> Result<(i64, i64), String> {
    let numbers = text.split_once('/');
    let numbers = numbers.and_then(|(passing, total)| Some((passing.parse().ok()?, total.parse().ok()?)));
    numbers.ok_or_else(|| "expected PASSING/TOTAL, such as 38/45".to_owned())
}

/// `pdf`, `pdf=true` or `pdf=false`
fn format(text: &str) -> Result<(String, bool), String> {
    let (name, read) = text.split_once('=').unwrap_or((text, "true"));
    match read.parse() {
        Ok(read) if !name.is_empty() => Ok((name.to_owned(), read)),
        _ => Err("expected a format, or FORMAT=true, or FORMAT=false".to_owned()),
    }
}

fn order() -> impl clap::builder::TypedValueParser<Value = RecordOrder> {
    PossibleValuesParser::new(["updated", "name"]).map(|word| match word.as_str() {
        "name" => RecordOrder::Name,
        _ => RecordOrder::Updated,
    })
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    match &arguments.command {
        Command::Add(arguments) => print(&vendor::add(&open(settings, output)?, &arguments.request()?)?, output),
        Command::List(arguments) => {
            let list = vendor::list(&open(settings, output)?, &arguments.request())?;
            record_list::print(&list, "vendor", HEADER, row, output)
        }
        Command::Show(arguments) => arguments.run(Some(Kind::Vendor), settings, output),
        Command::Update(arguments) => print(
            &vendor::update(&open(settings, output)?, &arguments.request()?)?,
            output,
        ),
        Command::Rename(arguments) => {
            let request = UpdateVendorRequest {
                id: Some(arguments.name.clone()),
                new_name: Some(arguments.new_name.clone()),
                ..UpdateVendorRequest::default()
            };
            print(&vendor::update(&open(settings, output)?, &request)?, output)
        }
    }
}

impl FieldArguments {
    fn format_support(&self) -> Map<String, Value> {
        let formats = self.formats.iter();
        formats.map(|(format, read)| (format.clone(), (*read).into())).collect()
    }

    fn test_results(&self) -> Map<String, Value> {
        let tests = self.tests.into_iter();
        let tests = tests.flat_map(|(passing, total)| [("passing", passing), ("total", total)]);
        let all = tests.chain(self.skipped.map(|skipped| ("skipped", skipped)));
        all.map(|(name, number)| (name.to_owned(), number.into())).collect()
    }

    fn metadata(&self) -> Result<Map<String, Value>, Error> {
        self.set.metadata(|_| false)
    }

    fn body(&self) -> Result<Option<String>, Error> {
        self.body.as_deref().map(text).transpose()
    }
}

impl AddArguments {
    fn request(&self) -> Result<CreateVendorRequest, Error> {
        Ok(CreateVendorRequest {
            name: self.name.clone(),
            status: self.fields.status.clone(),
            extractor_version: self.fields.extractor_version.clone(),
            format_support: self.fields.format_support(),
            test_results: self.fields.test_results(),
            manifest_compliant: self.fields.manifest_compliant,
            metadata: self.fields.metadata()?,
            body: self.fields.body()?,
            created_by: None,
        })
    }
}

impl ListArguments {
    fn request(&self) -> RecordListRequest {
        RecordListRequest {
            order: self.sort,
            ..self.page.request(RecordFilter {
                statuses: self.status.iter().map(ToString::to_string).collect(),
                include_gone: self.deleted,
                ..RecordFilter::of(Kind::Vendor)
            })
        }
    }
}

impl UpdateArguments {
    fn request(&self) -> Result<UpdateVendorRequest, Error> {
        Ok(UpdateVendorRequest {
            id: Some(self.name.clone()),
            version: self.change.expect_version,
            revision: self.change.expect_revision.clone(),
            status: self.fields.status.clone(),
            extractor_version: self.fields.extractor_version.clone(),
            format_support: self.fields.format_support(),
            test_results: self.fields.test_results(),
            manifest_compliant: self.fields.manifest_compliant,
            metadata: self.fields.metadata()?,
            add_aliases: self.aliases.clone(),
            remove_aliases: self.remove_aliases.clone(),
            append_body: self.change.append_body()?,
            body: self.fields.body()?,
            clear: self.change.clear(),
            reformat: self.change.reformat,
            ..UpdateVendorRequest::default()
        })
    }
}

const HEADER: &[&str] = &["ID", "STATUS", "TESTS", "FORMATS", "EXTRACTOR", "UPDATED", "NAME"];

/// A page of vendors as a table.
pub(super) fn page(page: &RecordPage<Vendor>, width: Option<usize>) -> String {
    record_list::text(page, "vendor", HEADER, row, width)
}

fn row(view: &VendorView) -> Vec<Cell> {
    let vendor = &view.fields;
    let plain = Style::new();
    let tests = vendor.test_results.as_ref();
    let tests = tests.map_or_else(String::new, |tests| {
        format!("{}/{}", tests.passing.get(), tests.total.get())
    });
    let formats = vendor.format_support.0.iter().filter(|(_, read)| **read);
    let formats: Vec<_> = formats.map(|(format, _)| one_line(format)).collect();
    let extractor = vendor.extractor_version.as_ref();
    let gone = vendor.deleted_at.map(|_| "deleted");
    vec![
        (vendor.id.short(), ID),
        (vendor.status.to_string(), vendor_status_style(vendor.status)),
        (tests, plain),
        (formats.join(" "), plain),
        (
            extractor.map_or_else(String::new, |version| one_line(version.as_str())),
            plain,
        ),
        (day(view.updated_at), DIM),
        (marked(one_line(vendor.name.as_str()), gone, view.conflicts), plain),
    ]
}
