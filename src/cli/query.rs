//! `git docket query`

use anstyle::Style;
use clap::Args;

use super::list::{FieldArguments, ShownArguments, print};
use super::output::Output;
use super::text::{one_line, table};
use super::{Outcome, open};
use crate::ops::{self, Context, ListRequest, SaveQueryRequest, SavedQueriesResponse, Settings};

/// List the work items for which a condition holds
///
/// A condition compares fields: =, !=, <, <=, > and >=, in (…) and not in (…), ~ for words, is set and is empty, put
/// together by and, or, not and parentheses. ready, waiting and changed by NAME since TIME stand for themselves. Times
/// are 2026-01-31, 2026-01-31T12:00:00Z, today, now, -30d or +2h; me is you, none is nothing. `order by KEY` may end
/// it. docs/query.md has the fields and all the rest. Deleted and archived items are left out unless they are asked for.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket query 'type = task and status in (pending, active) and label = vendors'
  git docket query 'assignee = me and not ready order by priority, updated'
  git docket query 'updated < -30d and ancestor = 987e6543' --limit 10 --json
  git docket query 'text ~ \"vendor cache\" or metadata.estimated_hours > 4'
  git docket query 'changed by codex since -7d'
  git docket query --save stale 'status = active and updated < -14d'
  git docket query @stale                     what was saved, for everybody
  git docket query --list

Fields: id, alias, type, status, priority, title, text, body, label, assignee, claimed_by,
  claim.at, claim.until, parent, ancestor, depth, depends_on, blocks, link, link.RELATION,
  external, branch, pr, commit, progress, conflicts, version, created, created_by, updated,
  updated_by, deleted, archived, origin.system, origin.id, metadata.KEY, blocked_reason")]
pub(super) struct Arguments {
    /// The query, or @NAME for a saved one
    #[arg(value_name = "QUERY", required_unless_present_any = ["list", "delete"])]
    query: Option<String>,

    #[command(flatten)]
    fields: FieldArguments,

    #[command(flatten)]
    shown: ShownArguments,

    /// Save the query under NAME on the tracking branch, for everybody, and do not run it
    #[arg(long, value_name = "NAME", conflicts_with_all = ["list", "delete"])]
    save: Option<String>,

    /// Put it in the place of another one of that name
    #[arg(long, requires = "save")]
    replace: bool,

    /// List the queries that are saved
    #[arg(long, conflicts_with = "query")]
    list: bool,

    /// Delete the query that is saved under NAME
    #[arg(long, value_name = "NAME", conflicts_with_all = ["query", "list"])]
    delete: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let context = open(settings, output)?;
    if arguments.list {
        return list(&ops::saved_queries(&context)?, output);
    }
    if arguments.save.is_some() || arguments.delete.is_some() {
        return write(&context, arguments, output);
    }
    let request = ListRequest {
        query: arguments.query.clone(),
        ..arguments.shown.request(&arguments.fields)
    };
    print(&ops::list(&context, &request)?, output)
}

fn write(context: &Context, arguments: &Arguments, output: &Output) -> Outcome {
    let response = match (&arguments.save, &arguments.delete) {
        (Some(name), _) => ops::save_query(
            context,
            &SaveQueryRequest {
                name: name.clone(),
                query: arguments.query.clone().unwrap_or_default(),
                replace: arguments.replace,
            },
        ),
        (None, name) => ops::delete_query(context, name.as_deref().unwrap_or_default()),
    }?;
    output.answer(&response, &response.meta.warnings, || {
        let name = one_line(&response.saved.name);
        match (&response.summary, &arguments.delete) {
            (Some(_), Some(_)) => format!(
                "Deleted the query {name}; it was: {}\n",
                one_line(&response.saved.query)
            ),
            (Some(_), None) => format!("Saved; run it with: git docket query @{name}\n"),
            (None, _) => format!("{name} says that already\n"),
        }
    })
}

fn list(response: &SavedQueriesResponse, output: &Output) -> Outcome {
    output.answer(response, &response.meta.warnings, || {
        let row = |saved: &ops::SavedQuery| {
            vec![
                (one_line(&saved.name), Style::new()),
                (one_line(&saved.query), Style::new()),
            ]
        };
        let rows: Vec<_> = response.items.iter().map(row).collect();
        match rows.is_empty() {
            true => "No query is saved; --save NAME saves one.\n".to_owned(),
            false => table(&["NAME", "QUERY"], &rows, output.width()),
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use crate::filter::query::Field;

    #[test]
    fn the_help_names_every_field() {
        let app = crate::cli::App::command();
        let command = app.find_subcommand("query").expect("a command");
        let help = command.get_after_help().expect("examples").to_string();
        let (_, listed) = help.split_once("Fields:").expect("a list of fields");
        let listed: Vec<_> = listed
            .split([',', '\n'])
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        for name in &listed {
            assert!(Field::named(name).is_some(), "{name}");
        }
        for row in crate::filter::query::FIELDS {
            let mut names = std::iter::once(&row.name).chain(row.also);
            assert!(names.any(|name| listed.contains(name)), "{}", row.name);
        }
    }
}
