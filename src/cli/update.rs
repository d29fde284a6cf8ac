//! `git docket update`, and the short forms of its most frequent uses.

use clap::Args;

use super::output::Output;
use super::write::{ChangeArguments, FieldArguments, assignment, by_relation, print, text};
use super::{Outcome, open};
use crate::ops::{self, Settings, UpdateRequest};
use crate::record::work_item::Status;

/// Change a work item
///
/// Without an expectation the changes are applied to whatever the item is at that moment, so two
/// people who change different fields both succeed. With one, the command fails (exit 3) if
/// somebody changed the item since.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket update 3f9a2c1b --title 'A better title' --label performance
  git docket update 3f9a2c1b --remove-label ui --depends-on 5b21c0de --set actual_hours=4
  git docket update 3f9a2c1b --clear assignee --clear metadata.estimated_hours
  git docket update 3f9a2c1b --commit HEAD --external https://example.com/issue/7
  git docket update 3f9a2c1b --append-body 'Found in the logs, too.'
  git docket update 3f9a2c1b --body - --expect-revision $(git rev-parse tracking) < new.md")]
pub(super) struct Arguments {
    /// The work item
    #[arg(value_name = "ID")]
    id: String,

    /// A new title
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    title: Option<String>,

    /// A new status: pending, active, blocked, completed or cancelled
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,

    #[command(flatten)]
    fields: FieldArguments,

    /// All labels, in place of those it has
    #[arg(long = "labels", value_name = "LABELS", value_delimiter = ',')]
    all_labels: Option<Vec<String>>,

    /// A label to remove; may be given several times
    #[arg(long = "remove-label", value_name = "LABEL", value_delimiter = ',')]
    remove_labels: Vec<String>,

    /// A record it waits for no more; may be given several times
    #[arg(long = "remove-depends-on", value_name = "ID", value_delimiter = ',')]
    remove_depends_on: Vec<String>,

    /// A link to remove; may be given several times
    #[arg(long = "remove-link", value_name = "REL=ID", value_parser = assignment)]
    remove_links: Vec<(String, String)>,

    /// Another name for it; may be given several times
    #[arg(long = "alias", value_name = "NAME")]
    aliases: Vec<String>,

    /// Another name it has no more; may be given several times
    #[arg(long = "remove-alias", value_name = "NAME")]
    remove_aliases: Vec<String>,

    /// An address outside of the repository; may be given several times
    #[arg(long = "external", value_name = "URL")]
    external: Vec<String>,

    /// An address to remove; may be given several times
    #[arg(long = "remove-external", value_name = "URL")]
    remove_external: Vec<String>,

    /// A commit of the code that belongs to it, such as HEAD
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,

    /// Put it away: lists leave it out; --clear archived_at takes it out again
    #[arg(long)]
    archive: bool,

    #[command(flatten)]
    change: ChangeArguments,

    /// Complete it in spite of open children
    #[arg(long)]
    force: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let fields = &arguments.fields;
    let request = UpdateRequest {
        id: arguments.id.clone(),
        version: arguments.change.expect_version,
        revision: arguments.change.expect_revision.clone(),
        title: arguments.title.clone(),
        status: arguments.status.clone(),
        metadata: fields.metadata(None)?,
        parent_id: fields.parent.clone(),
        priority: fields.priority.clone(),
        labels: arguments.all_labels.clone(),
        add_labels: fields.labels.clone(),
        remove_labels: arguments.remove_labels.clone(),
        assignee: fields.assignee.clone(),
        branch_name: fields.branch.clone(),
        pr_number: fields.pr,
        add_depends_on: fields.depends_on.clone(),
        remove_depends_on: arguments.remove_depends_on.clone(),
        add_links: fields.links(),
        remove_links: by_relation(&arguments.remove_links),
        add_aliases: arguments.aliases.clone(),
        remove_aliases: arguments.remove_aliases.clone(),
        add_external: arguments.external.clone(),
        remove_external: arguments.remove_external.clone(),
        commit_hash: arguments.commit.clone(),
        archive: arguments.archive,
        append_body: arguments.change.append_body()?,
        body: fields.body.as_deref().map(text).transpose()?,
        clear: arguments.change.clear(),
        force: arguments.force,
        reformat: arguments.change.reformat,
        ..UpdateRequest::default()
    };
    print(&ops::update(&open(settings, output)?, &request)?, output)
}

/// A command that gives a work item a status.
#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    /// The work item
    #[arg(value_name = "ID")]
    id: String,

    /// Fail unless the item has this version
    #[arg(long, value_name = "N")]
    expect_version: Option<u64>,
}

/// Complete a work item
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket done 3f9a2c1b
  git docket done 3f9a2c1b --force            in spite of open children")]
pub(super) struct DoneArguments {
    #[command(flatten)]
    status: StatusArguments,

    /// Complete it in spite of open children
    #[arg(long)]
    force: bool,
}

/// Say that a work item cannot go on, and why
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket block 3f9a2c1b --reason 'waiting for sample scans'")]
pub(super) struct BlockArguments {
    #[command(flatten)]
    status: StatusArguments,

    /// Why; goes with the block
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
}

/// Give a work item a priority
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git docket priority 3f9a2c1b high")]
pub(super) struct PriorityArguments {
    /// The work item
    #[arg(value_name = "ID")]
    id: String,

    /// high, medium or low
    #[arg(value_name = "PRIORITY")]
    priority: String,
}

fn status_request(arguments: &StatusArguments, status: Status) -> UpdateRequest {
    UpdateRequest {
        id: arguments.id.clone(),
        version: arguments.expect_version,
        status: Some(status.as_str().to_owned()),
        ..UpdateRequest::default()
    }
}

pub(super) fn run_status(arguments: &StatusArguments, status: Status, settings: &Settings, output: &Output) -> Outcome {
    print(
        &ops::update(&open(settings, output)?, &status_request(arguments, status))?,
        output,
    )
}

pub(super) fn run_done(arguments: &DoneArguments, settings: &Settings, output: &Output) -> Outcome {
    let request = UpdateRequest {
        force: arguments.force,
        ..status_request(&arguments.status, Status::Completed)
    };
    print(&ops::update(&open(settings, output)?, &request)?, output)
}

pub(super) fn run_block(arguments: &BlockArguments, settings: &Settings, output: &Output) -> Outcome {
    let reason = arguments
        .reason
        .iter()
        .map(|reason| ("blocked_reason".to_owned(), reason.clone().into()));
    let request = UpdateRequest {
        metadata: reason.collect(),
        ..status_request(&arguments.status, Status::Blocked)
    };
    print(&ops::update(&open(settings, output)?, &request)?, output)
}

pub(super) fn run_priority(arguments: &PriorityArguments, settings: &Settings, output: &Output) -> Outcome {
    let request = UpdateRequest {
        id: arguments.id.clone(),
        priority: Some(arguments.priority.clone()),
        ..UpdateRequest::default()
    };
    print(&ops::update(&open(settings, output)?, &request)?, output)
}
