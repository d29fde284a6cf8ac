//! `git docket tree`

use clap::Args;

use super::output::{DIM, ID, Output};
use super::record_list::{mark, marked};
use super::text::{counted, one_line, status_style};
use super::{Outcome, open};
use crate::ops::{self, Branch, Settings, TreeRequest};
use crate::record::work_item::Status;

/// Draw work items as trees, with how far each branch is
///
/// Behind an item stands how many of those below it are completed, and how many of its own task
/// boxes are ticked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket tree                             everything that is below nothing else
  git docket tree 987e6543 --depth 1
  git docket tree --open                      only branches with something left to do")]
pub(super) struct Arguments {
    /// The item at the top; without it, all that are below no other
    #[arg(value_name = "ID")]
    id: Option<String>,

    /// Show at most N levels below the top
    #[arg(long, value_name = "N")]
    depth: Option<usize>,

    /// Leave out what is finished and has nothing unfinished below it
    #[arg(long)]
    open: bool,

    /// Show deleted items too
    #[arg(long)]
    deleted: bool,

    /// Show archived items too
    #[arg(long)]
    archived: bool,

    /// As of this commit, or of the newest one not after this time
    #[arg(long, value_name = "COMMIT|DATE")]
    as_of: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let request = TreeRequest {
        root: arguments.id.clone(),
        depth: arguments.depth,
        open_only: arguments.open,
        include_deleted: arguments.deleted,
        include_archived: arguments.archived,
        as_of: arguments.as_of.clone(),
    };
    let response = ops::tree(&open(settings, output)?, &request)?;
    output.answer(&response, &response.meta.warnings, || {
        let mut out = String::new();
        for branch in &response.items {
            draw(&mut out, branch, "", "");
        }
        out.push_str(&format!("{DIM}{}{DIM:#}\n", counted(response.total_count, "work item")));
        out
    })
}

/// Draws a branch: `first` stands before it, `rest` before what is below it.
fn draw(out: &mut String, branch: &Branch, first: &str, rest: &str) {
    let status = branch
        .status
        .parse::<Status>()
        .map_or_else(|_| anstyle::Style::new(), status_style);
    out.push_str(&format!(
        "{DIM}{first}{DIM:#}{ID}{}{ID:#} {status}{:<9}{status:#} {}",
        branch.id.short(),
        branch.status,
        marked(one_line(&branch.title), mark(branch.deleted, branch.archived), 0)
    ));
    if let Some(percent) = (branch.below.done * 100).checked_div(branch.below.total) {
        out.push_str(&format!(
            " {DIM}{}/{} ({percent}%){DIM:#}",
            branch.below.done, branch.below.total
        ));
    }
    if branch.progress.total > 0 {
        out.push_str(&format!(
            " {DIM}[{}/{}]{DIM:#}",
            branch.progress.done, branch.progress.total
        ));
    }
    if let Some(assignee) = &branch.assignee {
        out.push_str(&format!(" {DIM}@{}{DIM:#}", one_line(assignee)));
    }
    out.push('\n');
    for (at, child) in branch.children.iter().enumerate() {
        let (corner, line) = if at + 1 == branch.children.len() {
            ("└── ", "    ")
        } else {
            ("├── ", "│   ")
        };
        draw(out, child, &format!("{rest}{corner}"), &format!("{rest}{line}"));
    }
}
