//! `git docket deployment`

use anstyle::Style;
use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::output::{ID, Output};
use super::record_list::{self, PageArguments, marked};
use super::text::{Cell, one_line, short_commit};
use super::write::{SetArguments, print, text};
use super::{Outcome, open, show};
use crate::filter::RecordFilter;
use crate::ops::deployment::{self, DeploymentView, RecordDeploymentRequest, RetractRequest};
use crate::ops::{Context, Error, RecordListRequest, RecordPage, Settings};
use crate::record::{Deployment, Kind};

/// Keep track of deployments: what went out, when, and what it touched
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket deployment record --commit HEAD --pr 42 --title 'Read scans' --vendor 'ADP Vendor'
  git docket deployment list --vendor 'ADP Vendor' --since 30d
  git docket deployment show 7b2468ac
  git docket deployment retract 7b2468ac --reason 'rolled back at once'")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Record(Box<RecordArguments>),
    List(ListArguments),
    /// Show a deployment with its vendors and work items
    #[command(after_help = "Example:\n  git docket deployment show 7b2468ac")]
    Show(show::Arguments),
    Retract(RetractArguments),
}

/// Record a deployment
///
/// It does not change once it is recorded. What was recorded by mistake is retracted.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket deployment record
  git docket deployment record --commit v1.2.0 --pr 42 --title 'Read scans' --environment production
  git docket deployment record --vendor 'ADP Vendor' --item 3f9a2c1b --tests unit=150,integration=30
  git docket deployment record --at 2025-10-10T18:00:00Z --idempotency-key \"$BUILD_ID\"")]
struct RecordArguments {
    /// The commit of the code that went out
    #[arg(long, value_name = "COMMIT", default_value = "HEAD")]
    commit: String,

    /// When it went out: 2025-10-10T18:00:00Z, 2025-10-10, or so long ago, such as 2h [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,

    /// Where it went, such as production
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,

    /// The number of its pull request
    #[arg(long, value_name = "N")]
    pr: Option<i64>,

    /// The title of its pull request
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    title: Option<String>,

    /// A vendor it touches; may be given several times
    #[arg(long = "vendor", value_name = "VENDOR")]
    vendors: Vec<String>,

    /// A work item it carries; may be given several times
    #[arg(long = "item", value_name = "ID", value_delimiter = ',')]
    items: Vec<String>,

    /// How many tests of a kind passed, such as unit=150; may be given several times
    #[arg(long = "tests", value_name = "KIND=N", value_delimiter = ',', value_parser = count)]
    tests: Vec<(String, i64)>,

    /// Whether it follows the agreed principles
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    compliant: Option<bool>,

    #[command(flatten)]
    set: SetArguments,

    /// The body, Markdown; - reads it from standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    body: Option<String>,

    /// Record it once, however often this command is run with the same key; needs --at
    #[arg(long, value_name = "KEY", requires = "at")]
    idempotency_key: Option<String>,
}

/// List deployments, the newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket deployment list
  git docket deployment list --vendor 'ADP Vendor' --environment production
  git docket deployment list --item 3f9a2c1b --json
  git docket deployment list --since 2025-10-01 --until 2025-11-01")]
struct ListArguments {
    /// Only deployments that touch this vendor; several mean all of them
    #[arg(long = "vendor", value_name = "VENDOR")]
    vendors: Vec<String>,

    /// Only deployments that carry this work item; several mean all of them
    #[arg(long = "item", value_name = "ID", value_delimiter = ',')]
    items: Vec<String>,

    /// Only deployments that went there
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,

    /// Only deployments from this time on: 2025-10-10, or so long ago, such as 30d
    #[arg(long, value_name = "TIME")]
    since: Option<String>,

    /// Only deployments before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,

    /// Show retracted deployments too
    #[arg(long)]
    retracted: bool,

    #[command(flatten)]
    page: PageArguments,
}

/// Take a deployment back: it stays, and lists leave it out
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket deployment retract 7b2468ac --reason 'rolled back at once'")]
struct RetractArguments {
    /// The deployment
    #[arg(value_name = "ID")]
    id: String,

    /// Why
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
}

/// `unit=150`
fn count(text: &str) -> Result<(String, i64), String> {
    let count = text.split_once('=');
    let count = count.and_then(|(kind, count)| Some((kind.to_owned(), count.parse().ok()?)));
    count.ok_or_else(|| "expected KIND=N, such as unit=150".to_owned())
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    match &arguments.command {
        Command::Record(arguments) => {
            let request = arguments.request()?;
            print(&deployment::record(&open(settings, output)?, &request)?, output)
        }
        Command::List(arguments) => {
            let context = open(settings, output)?;
            let page = deployment::list(&context, &arguments.request(&context)?)?;
            record_list::print(&page, "deployment", HEADER, row, output)
        }
        Command::Show(arguments) => arguments.run(Some(Kind::Deployment), settings, output),
        Command::Retract(arguments) => {
            let request = RetractRequest {
                id: arguments.id.clone(),
                reason: arguments.reason.clone(),
                by: None,
            };
            print(&deployment::retract(&open(settings, output)?, &request)?, output)
        }
    }
}

impl RecordArguments {
    fn request(&self) -> Result<RecordDeploymentRequest, Error> {
        let tests = self.tests.iter();
        let tests: Map<String, Value> = tests.map(|(kind, count)| (kind.clone(), (*count).into())).collect();
        Ok(RecordDeploymentRequest {
            deployed_at: self.at.clone(),
            commit_hash: Some(self.commit.clone()),
            environment: self.environment.clone(),
            pr_number: self.pr,
            pr_title: self.title.clone(),
            test_summary: tests,
            constitutional_compliance: self.compliant,
            affected_vendor_ids: self.vendors.clone(),
            related_work_item_ids: self.items.clone(),
            metadata: self.set.metadata(|_| false)?,
            body: self.body.as_deref().map(text).transpose()?,
            created_by: None,
            idempotency_key: self.idempotency_key.clone(),
        })
    }
}

impl ListArguments {
    fn request(&self, context: &Context) -> Result<RecordListRequest, Error> {
        let time = |text: &Option<String>| text.as_deref().map(|text| context.time(text)).transpose();
        let filter = RecordFilter {
            environment: self.environment.clone(),
            since: time(&self.since)?,
            until: time(&self.until)?,
            include_gone: self.retracted,
            ..RecordFilter::of(Kind::Deployment)
        };
        Ok(RecordListRequest {
            touches: [self.vendors.as_slice(), &self.items].concat(),
            ..self.page.request(filter)
        })
    }
}

const HEADER: &[&str] = &["ID", "DEPLOYED", "COMMIT", "ENVIRONMENT", "PR", "TITLE"];

/// A page of deployments as a table.
pub(super) fn page(page: &RecordPage<Deployment>, width: Option<usize>) -> String {
    record_list::text(page, "deployment", HEADER, row, width)
}

fn row(view: &DeploymentView) -> Vec<Cell> {
    let deployment = &view.fields;
    let plain = Style::new();
    let text = |text: Option<&str>| text.map_or_else(String::new, one_line);
    let gone = deployment.retracted.as_ref().map(|_| "retracted");
    let title = text(deployment.pr_title.as_ref().map(|title| title.as_str()));
    let number = deployment.pr_number;
    vec![
        (deployment.id.short(), ID),
        (deployment.deployed_at.to_string(), plain),
        (short_commit(deployment.commit_hash.as_ref()), plain),
        (text(deployment.environment.as_ref().map(|name| name.as_str())), plain),
        (
            number.map_or_else(String::new, |number| format!("#{}", number.get())),
            plain,
        ),
        (marked(title, gone, view.conflicts), plain),
    ]
}
