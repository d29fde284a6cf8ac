//! `git docket add`

use clap::Args;

use super::output::Output;
use super::write::{FieldArguments, print, text};
use super::{Outcome, open};
use crate::ops::{self, CreateRequest, Settings};
use crate::record::work_item::ItemType;

/// Add a work item
///
/// One commit, also where others wait for it. With an idempotency key, adding the same again
/// changes nothing and answers with the item there is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket add 'Cache the vendor status query'
  git docket add 'Read scans' --type research --priority high --label ocr --parent 987e6543
  git docket add 'Ship it' --depends-on 3f9a2c1b --blocks 5b21c0de --set estimated_hours=3
  git docket add 'From a script' --body - --idempotency-key run-42 < description.md
  git docket add 'All vendors' --type project --set description='Read every statement'")]
pub(super) struct Arguments {
    /// One line that names it
    #[arg(value_name = "TITLE")]
    title: String,

    /// project, session, task or research
    #[arg(long = "type", value_name = "TYPE", default_value = "task", value_parser = super::list::words(ItemType::ALL, ItemType::as_str))]
    item_type: ItemType,

    /// How far it is already: pending, active, blocked, completed or cancelled
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,

    #[command(flatten)]
    fields: FieldArguments,

    /// A record that waits for it; may be given several times
    #[arg(long = "blocks", value_name = "ID", value_delimiter = ',')]
    blocks: Vec<String>,

    /// Add it once, however often this command is run with the same key
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let fields = &arguments.fields;
    let request = CreateRequest {
        metadata: fields.metadata(Some(arguments.item_type))?,
        parent_id: fields.parent.clone(),
        branch_name: fields.branch.clone(),
        pr_number: fields.pr,
        status: arguments.status.clone(),
        priority: fields.priority.clone(),
        labels: fields.labels.clone(),
        assignee: fields.assignee.clone(),
        depends_on: fields.depends_on.clone(),
        blocks: arguments.blocks.clone(),
        links: fields.links(),
        body: fields.body.as_deref().map(text).transpose()?,
        idempotency_key: arguments.idempotency_key.clone(),
        ..CreateRequest::new(arguments.item_type, &arguments.title)
    };
    print(&ops::add(&open(settings, output)?, &request)?, output)
}
