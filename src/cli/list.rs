//! `git docket list`

use anstyle::Style;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use super::output::{DIM, ID, Output};
use super::record_list::{PageArguments, mark, marked, tabled};
use super::text::{Cell, day, one_line, priority_style, status_style};
use super::{Outcome, open};
use crate::filter::words::Terms;
use crate::filter::{Order, WorkItemFilter};
use crate::ops::{self, Error, ListRequest, ListResponse, Settings, WorkItemView};
use crate::record::value::UnknownWord;
use crate::record::work_item::{ItemType, Status};

/// List work items, newest update first
///
/// Deleted and archived items are left out unless they are asked for.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket list
  git docket list --status active --status blocked
  git docket list --type task --label bug --assignee ana
  git docket list --parent 987e6543 --all
  git docket list cache vendor                titles and bodies with both words
  git docket list --where 'label = vendors and updated < -30d'
  git docket list --json | jq '.items[].title'
  git docket list --all-repositories          of all in the team's database")]
pub(super) struct Arguments {
    #[command(flatten)]
    filter: FilterArguments,

    /// Only items this query wants; see `git docket query -h`
    #[arg(long = "where", value_name = "QUERY")]
    condition: Option<String>,

    /// Those of all repositories in the team's database, too
    #[arg(long, conflicts_with_all = ["parent", "as_of", "cursor", "ready", "condition"])]
    all_repositories: bool,

    #[command(flatten)]
    shown: ShownArguments,
}

/// Which of the items that fit are shown, and in what order.
#[derive(Clone, Debug, Args)]
pub(super) struct ShownArguments {
    /// Only items you could go on with now
    #[arg(long)]
    ready: bool,

    /// Order by the newest update, the newest creation, or by priority and age
    #[arg(long, value_name = "KEY", value_parser = order())]
    sort: Option<Order>,

    #[command(flatten)]
    page: PageArguments,

    /// Show deleted items too
    #[arg(long)]
    deleted: bool,

    /// Show archived items too
    #[arg(long)]
    archived: bool,
}

/// Which work items are wanted.
#[derive(Clone, Debug, Args)]
pub(super) struct FilterArguments {
    /// Only items with all of these words in title, body, labels and aliases, or in one note
    #[arg(value_name = "TEXT")]
    text: Vec<String>,

    #[command(flatten)]
    fields: FieldArguments,
}

/// What the fields of the items that are wanted hold.
#[derive(Clone, Debug, Args)]
pub(super) struct FieldArguments {
    /// Only items of this type; several mean any of them
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',', value_parser = words(ItemType::ALL, ItemType::as_str))]
    item_types: Vec<ItemType>,

    /// Only items of this status; several mean any of them
    #[arg(long = "status", value_name = "STATUS", value_delimiter = ',', value_parser = words(Status::ALL, Status::as_str))]
    statuses: Vec<Status>,

    /// Only items directly below this one
    #[arg(long, value_name = "ID")]
    parent: Option<String>,

    /// Only items with this label; several mean all of them
    #[arg(long = "label", value_name = "LABEL", value_delimiter = ',')]
    labels: Vec<String>,

    /// Only items assigned to NAME
    #[arg(long, value_name = "NAME")]
    assignee: Option<String>,

    /// Only items that are below no other
    #[arg(long, conflicts_with = "parent")]
    roots: bool,
}

impl FilterArguments {
    /// The filter, but for the parent, whose name is looked up in the docket.
    pub(super) fn filter(&self) -> Result<WorkItemFilter, Error> {
        let text = match self.text.is_empty() {
            true => Terms::default(),
            false => ops::terms(&self.text.join(" "))?,
        };
        Ok(WorkItemFilter {
            text,
            ..self.fields.filter()
        })
    }

    /// Directly below this one, by any of its names.
    pub(super) fn parent(&self) -> Option<String> {
        self.fields.parent.clone()
    }
}

impl FieldArguments {
    fn filter(&self) -> WorkItemFilter {
        WorkItemFilter {
            item_types: self.item_types.clone(),
            statuses: self.statuses.clone(),
            roots_only: self.roots,
            labels: self.labels.clone(),
            assignee: self.assignee.clone(),
            ..WorkItemFilter::default()
        }
    }
}

/// A parser that offers the words of an enumeration.
pub(super) fn words<T>(
    all: &'static [T],
    word: fn(T) -> &'static str,
) -> impl clap::builder::TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + std::str::FromStr<Err = UnknownWord> + 'static,
{
    PossibleValuesParser::new(all.iter().map(|value| word(*value))).try_map(|word| word.parse::<T>())
}

/// A parser that offers the orders of a list.
fn order() -> impl clap::builder::TypedValueParser<Value = Order> {
    PossibleValuesParser::new(["updated", "created", "priority"]).map(|word| match word.as_str() {
        "created" => Order::Created,
        "priority" => Order::Urgency,
        _ => Order::Updated,
    })
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    if arguments.all_repositories {
        return super::repositories::list(&arguments.request()?, settings, output);
    }
    let response = ops::list(&open(settings, output)?, &arguments.request()?)?;
    print(&response, output)
}

/// List the work items you could go on with now
///
/// Pending or active ones that wait for nothing and that nobody else holds: by priority, then age.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket ready
  git docket ready --label bug --limit 1 --json
  git docket claim                            take the first of them")]
pub(super) struct ReadyArguments {
    #[command(flatten)]
    list: Arguments,
}

pub(super) fn run_ready(arguments: &ReadyArguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::ready(&open(settings, output)?, &arguments.list.request()?)?;
    print(&response, output)
}

/// Find work items by words
///
/// An item is found where all the words stand in its title, body, labels and aliases, or in one note
/// on it, in upper or lower case; the end of a word may be left out. Those with all of them in the
/// title come first, then the newest update.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket search cache vendor
  git docket search bd-kwro
  git docket search timeout --status active,blocked --json")]
pub(super) struct SearchArguments {
    #[command(flatten)]
    list: Arguments,
}

pub(super) fn run_search(arguments: &SearchArguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::search(&open(settings, output)?, &arguments.list.request()?)?;
    print(&response, output)
}

pub(super) fn print(response: &ListResponse, output: &Output) -> Outcome {
    output.answer(response, &response.meta.warnings, || page(response, output.width()))
}

impl Arguments {
    fn request(&self) -> Result<ListRequest, Error> {
        Ok(ListRequest {
            filter: self.shown.filter(self.filter.filter()?),
            query: self.condition.clone(),
            ..self.shown.request(&self.filter.fields)
        })
    }
}

impl ShownArguments {
    fn filter(&self, filter: WorkItemFilter) -> WorkItemFilter {
        WorkItemFilter {
            include_deleted: self.deleted,
            include_archived: self.archived,
            ..filter
        }
    }

    /// The request for those of the items with these fields that are shown.
    pub(super) fn request(&self, fields: &FieldArguments) -> ListRequest {
        ListRequest {
            filter: self.filter(fields.filter()),
            parent: fields.parent.clone(),
            ready: self.ready,
            order: self.sort,
            reverse: self.page.reverse,
            limit: self.page.limit(),
            offset: self.page.offset,
            cursor: self.page.cursor.clone(),
            as_of: self.page.as_of.clone(),
            ..ListRequest::default()
        }
    }
}

/// A page of work items as a table.
pub(super) fn page(response: &ListResponse, width: Option<usize>) -> String {
    let header = ["ID", "TYPE", "STATUS", "PRIORITY", "UPDATED", "ASSIGNEE", "TITLE"];
    let rows = response.items.iter().map(row).collect();
    tabled(response, rows, "work item", &header, width)
}

fn row(item: &WorkItemView) -> Vec<Cell> {
    let fields = &item.fields;
    let plain = Style::new();
    let mut title = one_line(fields.title.as_str());
    if item.progress.total > 0 {
        title.push_str(&format!(" [{}/{}]", item.progress.done, item.progress.total));
    }
    let gone = mark(fields.deleted_at.is_some(), fields.archived_at.is_some());
    let title = marked(title, gone, item.conflicts);
    vec![
        (fields.id.short(), ID),
        (fields.item_type.to_string(), plain),
        (fields.status.to_string(), status_style(fields.status)),
        (fields.priority.to_string(), priority_style(fields.priority)),
        (day(item.updated_at), DIM),
        (
            fields
                .assignee
                .as_ref()
                .map_or_else(String::new, |name| one_line(name.as_str())),
            plain,
        ),
        (title, plain),
    ]
}
