//! `git docket enhancement`

use std::process::ExitCode;

use anstyle::Style;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Subcommand};

use super::list::words;
use super::output::{DIM, ID, Output};
use super::record_list::{self, PageArguments, marked};
use super::text::{Cell, day, one_line};
use super::write::{ChangeArguments, SetArguments, print, text};
use super::{Outcome, open, show};
use crate::filter::{RecordFilter, RecordOrder};
use crate::ops::enhancement::{
    self, CreateEnhancementRequest, EnhancementView, PromoteRequest, UpdateEnhancementRequest,
};
use crate::ops::{Error, RecordListRequest, Settings};
use crate::record::Kind;
use crate::record::enhancement::EnhancementStatus;
use crate::record::work_item::ItemType;

/// Keep track of enhancements: what might be built one day
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket enhancement add 'Streaming reports' --priority 2 --quarter 2026-Q1
  git docket enhancement list --quarter 2026-Q1 --status planned,approved --sort priority
  git docket enhancement promote 7c01f3aa --type project    make a work item of it")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(AddArguments),
    List(ListArguments),
    /// Show an enhancement, whole
    #[command(after_help = "Example:\n  git docket enhancement show 7c01f3aa")]
    Show(show::Arguments),
    Update(Box<UpdateArguments>),
    Promote(PromoteArguments),
}

/// Fields that `enhancement add` and `enhancement update` both take.
#[derive(Debug, Args)]
struct FieldArguments {
    /// From 1 (high) to 5 (low)
    #[arg(long, value_name = "1-5")]
    priority: Option<i64>,

    /// planned, approved, implementing or completed
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,

    /// When it should be done, such as 2026-Q1
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,

    /// A principle it must follow; may be given several times
    #[arg(long = "principle", value_name = "NAME")]
    principles: Vec<String>,

    /// A record it waits for; may be given several times
    #[arg(long = "depends-on", value_name = "ID", value_delimiter = ',')]
    depends_on: Vec<String>,

    #[command(flatten)]
    set: SetArguments,

    /// The description, Markdown; - reads it from standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    body: Option<String>,
}

/// Add an enhancement
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket enhancement add 'Streaming reports'
  git docket enhancement add 'Streaming reports' --priority 2 --quarter 2026-Q1 --body 'Page by page.'
  git docket enhancement add 'Second region' --principle 'Local-First Architecture'")]
struct AddArguments {
    /// One line that names it
    #[arg(value_name = "TITLE")]
    title: String,

    #[command(flatten)]
    fields: FieldArguments,

    /// Add it once, however often this command is run with the same key
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

/// List enhancements, newest update first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket enhancement list
  git docket enhancement list --priority 1,2 --quarter 2026-Q1
  git docket enhancement list --status planned --sort priority")]
struct ListArguments {
    /// Only enhancements of this priority; several mean any of them
    #[arg(long, value_name = "1-5", value_delimiter = ',')]
    priority: Vec<i64>,

    /// Only enhancements of this status; several mean any of them
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = words(EnhancementStatus::ALL, EnhancementStatus::as_str))]
    status: Vec<EnhancementStatus>,

    /// Only enhancements that should be done in this quarter, such as 2026-Q1
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,

    /// Order by the newest update, or by priority and quarter
    #[arg(long, value_name = "KEY", value_parser = order())]
    sort: Option<RecordOrder>,

    /// Show deleted enhancements too
    #[arg(long)]
    deleted: bool,

    #[command(flatten)]
    page: PageArguments,
}

/// Change an enhancement
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket enhancement update 7c01f3aa --status approved --priority 1
  git docket enhancement update 7c01f3aa --quarter 2026-Q2 --append-body 'Asked for by two more teams.'
  git docket enhancement update 7c01f3aa --clear quarter --expect-version 2")]
struct UpdateArguments {
    /// The enhancement
    #[arg(value_name = "ID")]
    id: String,

    /// A new title
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    title: Option<String>,

    #[command(flatten)]
    fields: FieldArguments,

    /// A principle it need not follow any more; may be given several times
    #[arg(long = "remove-principle", value_name = "NAME")]
    remove_principles: Vec<String>,

    /// A record it waits for no more; may be given several times
    #[arg(long = "remove-depends-on", value_name = "ID", value_delimiter = ',')]
    remove_depends_on: Vec<String>,

    #[command(flatten)]
    change: ChangeArguments,
}

/// Make a work item of an enhancement
///
/// One commit: the work item gets title, description, priority and what it waits for; each of the
/// two links to the other; and the enhancement is being implemented.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket enhancement promote 7c01f3aa
  git docket enhancement promote 7c01f3aa --type project --assignee ana")]
struct PromoteArguments {
    /// The enhancement
    #[arg(value_name = "ID")]
    id: String,

    /// What the work item is
    #[arg(long = "type", value_name = "TYPE", default_value = "task", value_parser = words(ItemType::ALL, ItemType::as_str))]
    item_type: ItemType,

    /// The work item it belongs to
    #[arg(long, value_name = "ID")]
    parent: Option<String>,

    /// Who is to do it
    #[arg(long, value_name = "NAME")]
    assignee: Option<String>,

    /// Make another work item although there is one already
    #[arg(long)]
    force: bool,
}

fn order() -> impl clap::builder::TypedValueParser<Value = RecordOrder> {
    PossibleValuesParser::new(["updated", "priority"]).map(|word| match word.as_str() {
        "priority" => RecordOrder::Priority,
        _ => RecordOrder::Updated,
    })
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    match &arguments.command {
        Command::Add(arguments) => {
            let request = arguments.request()?;
            print(&enhancement::add(&open(settings, output)?, &request)?, output)
        }
        Command::List(arguments) => {
            let page = enhancement::list(&open(settings, output)?, &arguments.request())?;
            record_list::print(&page, "enhancement", HEADER, row, output)
        }
        Command::Show(arguments) => arguments.run(Some(Kind::Enhancement), settings, output),
        Command::Update(arguments) => {
            let request = arguments.request()?;
            print(&enhancement::update(&open(settings, output)?, &request)?, output)
        }
        Command::Promote(arguments) => promote(arguments, settings, output),
    }
}

fn promote(arguments: &PromoteArguments, settings: &Settings, output: &Output) -> Outcome {
    let request = PromoteRequest {
        id: arguments.id.clone(),
        item_type: Some(arguments.item_type.to_string()),
        parent_id: arguments.parent.clone(),
        assignee: arguments.assignee.clone(),
        force: arguments.force,
        created_by: None,
    };
    let response = enhancement::promote(&open(settings, output)?, &request)?;
    if output.is_json() {
        output.print_json(&response)?;
        return Ok(ExitCode::SUCCESS);
    }
    print(&response.enhancement, output)
}

impl AddArguments {
    fn request(&self) -> Result<CreateEnhancementRequest, Error> {
        let fields = &self.fields;
        Ok(CreateEnhancementRequest {
            title: self.title.clone(),
            priority: fields.priority,
            status: fields.status.clone(),
            target_quarter: fields.quarter.clone(),
            requires_constitutional_principles: fields.principles.clone(),
            depends_on: fields.depends_on.clone(),
            metadata: fields.set.metadata(|_| false)?,
            body: fields.body.as_deref().map(text).transpose()?,
            created_by: None,
            idempotency_key: self.idempotency_key.clone(),
        })
    }
}

impl ListArguments {
    fn request(&self) -> RecordListRequest {
        RecordListRequest {
            order: self.sort,
            ..self.page.request(RecordFilter {
                statuses: self.status.iter().map(ToString::to_string).collect(),
                priorities: self.priority.clone(),
                quarter: self.quarter.clone(),
                include_gone: self.deleted,
                ..RecordFilter::of(Kind::Enhancement)
            })
        }
    }
}

impl UpdateArguments {
    fn request(&self) -> Result<UpdateEnhancementRequest, Error> {
        let fields = &self.fields;
        Ok(UpdateEnhancementRequest {
            id: self.id.clone(),
            version: self.change.expect_version,
            revision: self.change.expect_revision.clone(),
            title: self.title.clone(),
            priority: fields.priority,
            status: fields.status.clone(),
            target_quarter: fields.quarter.clone(),
            add_principles: fields.principles.clone(),
            remove_principles: self.remove_principles.clone(),
            add_depends_on: fields.depends_on.clone(),
            remove_depends_on: self.remove_depends_on.clone(),
            metadata: fields.set.metadata(|_| false)?,
            append_body: self.change.append_body()?,
            body: fields.body.as_deref().map(text).transpose()?,
            clear: self.change.clear(),
            reformat: self.change.reformat,
            updated_by: None,
        })
    }
}

const HEADER: &[&str] = &["ID", "PRIORITY", "STATUS", "QUARTER", "UPDATED", "TITLE"];

fn row(view: &EnhancementView) -> Vec<Cell> {
    let enhancement = &view.fields;
    let plain = Style::new();
    let quarter = enhancement.target_quarter.as_ref();
    let gone = enhancement.deleted_at.map(|_| "deleted");
    vec![
        (enhancement.id.short(), ID),
        (enhancement.priority.get().to_string(), plain),
        (enhancement.status.to_string(), plain),
        (
            quarter.map_or_else(String::new, |quarter| quarter.as_str().to_owned()),
            plain,
        ),
        (day(view.updated_at), DIM),
        (
            marked(one_line(enhancement.title.as_str()), gone, view.conflicts),
            plain,
        ),
    ]
}
