//! `git docket repositories`, and work items of all of them.

use anstyle::Style;
use clap::Args;

use super::output::{DIM, ID, Output};
use super::record_list::tabled;
use super::text::{Cell, day, grouped, one_line, status_style};
use super::{Outcome, open};
use crate::ops::{self, EverywhereItem, ListRequest, Repository, Settings};

/// List the repositories in the team's database
///
/// Those whose indexes the database of docket.databaseUrl or DOCKET_DATABASE_URL holds: what they are called, how much
/// there is, and the commit that was published last.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket repositories
  git docket repositories --json | jq -r '.items[] | select(.open > 0) | .name'
  git docket list --all-repositories --status active")]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::repositories(&open(settings, output)?)?;
    output.answer(&response, &response.meta.warnings, || {
        let header = ["NAME", "OPEN", "WORK ITEMS", "RECORDS", "AT", "SYNCED", "REPOSITORY"];
        let rows = response.items.iter().map(row).collect();
        tabled(&response, rows, "repository", &header, output.width())
    })
}

fn row(repository: &Repository) -> Vec<Cell> {
    let plain = Style::new();
    let number = |number: u64| (grouped(usize::try_from(number).unwrap_or(usize::MAX)), plain);
    let commit = repository.revision.as_deref().unwrap_or("nothing");
    vec![
        (one_line(&repository.name), plain),
        number(repository.open),
        number(repository.work_items),
        number(repository.records),
        (commit.chars().take(8).collect(), ID),
        (day(repository.synced_at), DIM),
        (repository.repository.clone(), DIM),
    ]
}

/// Prints the work items of all repositories that are asked for.
pub(super) fn list(request: &ListRequest, settings: &Settings, output: &Output) -> Outcome {
    let response = ops::list_everywhere(&open(settings, output)?, request)?;
    output.answer(&response, &response.meta.warnings, || {
        let header = ["REPOSITORY", "ID", "TYPE", "STATUS", "UPDATED", "ASSIGNEE", "TITLE"];
        let rows = response.items.iter().map(item).collect();
        tabled(&response, rows, "work item", &header, output.width())
    })
}

fn item(item: &EverywhereItem) -> Vec<Cell> {
    let (fields, plain) = (&item.fields, Style::new());
    // Whoever holds it is the one who is to do it, where nobody else is named.
    let holder = fields.claim.as_ref().map(|claim| &claim.by);
    let assignee = fields.assignee.as_ref().or(holder);
    vec![
        (one_line(&item.repository_name), plain),
        (fields.id.short(), ID),
        (fields.item_type.to_string(), plain),
        (fields.status.to_string(), status_style(fields.status)),
        (day(item.updated_at), DIM),
        (assignee.map_or_else(String::new, |name| one_line(name.as_str())), plain),
        (one_line(fields.title.as_str()), plain),
    ]
}
