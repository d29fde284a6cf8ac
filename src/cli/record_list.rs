//! What the lists of vendors, deployments and enhancements share.

use clap::Args;
use serde::Serialize;

use super::Outcome;
use super::output::{DIM, Output};
use super::text::{Cell, counted, grouped, plural, table};
use crate::filter::RecordFilter;
use crate::ops::{self, RecordListRequest, RecordPage, RecordView};

/// A number from 1 up.
pub(super) fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "expected a number from 1 up".to_owned())
}

/// Which page of a list.
#[derive(Clone, Debug, Args)]
pub(super) struct PageArguments {
    /// The other way round
    #[arg(long)]
    pub(super) reverse: bool,

    /// As of this commit, or of the newest one not after this time
    #[arg(long, value_name = "COMMIT|DATE")]
    pub(super) as_of: Option<String>,

    /// Show at most N
    #[arg(long, value_name = "N", default_value_t = ops::DEFAULT_LIMIT, conflicts_with = "all", value_parser = positive)]
    pub(super) limit: usize,

    /// Leave the first N out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) offset: usize,

    /// Go on after the page that gave this next_cursor, as of the same commit
    #[arg(long, value_name = "CURSOR", conflicts_with_all = ["offset", "as_of"])]
    pub(super) cursor: Option<String>,

    /// Show all, however many
    #[arg(long)]
    pub(super) all: bool,
}

impl PageArguments {
    /// At most so many; nothing where all are wanted.
    pub(super) fn limit(&self) -> Option<usize> {
        (!self.all).then_some(self.limit)
    }

    /// The request for this page of what the filter wants.
    pub(super) fn request(&self, filter: RecordFilter) -> RecordListRequest {
        RecordListRequest {
            filter,
            touches: Vec::new(),
            order: None,
            reverse: self.reverse,
            limit: self.limit(),
            offset: self.offset,
            max_bytes: None,
            cursor: self.cursor.clone(),
            as_of: self.as_of.clone(),
        }
    }
}

/// Prints a page: as JSON, or as a table under `header` with a line for each record.
pub(super) fn print<T: Serialize>(
    page: &RecordPage<T>,
    noun: &str,
    header: &[&str],
    row: impl Fn(&RecordView<T>) -> Vec<Cell>,
    output: &Output,
) -> Outcome {
    output.answer(page, &page.meta.warnings, || {
        text(page, noun, header, row, output.width())
    })
}

/// A page as a table, with how many there are below it.
pub(super) fn text<T>(
    page: &RecordPage<T>,
    noun: &str,
    header: &[&str],
    row: impl Fn(&RecordView<T>) -> Vec<Cell>,
    width: Option<usize>,
) -> String {
    let rows: Vec<_> = page.items.iter().map(row).collect();
    tabled(page, rows, noun, header, width)
}

/// Rows of a page as a table, with how many there are on all pages below it.
pub(super) fn tabled<T>(
    page: &ops::Listed<T>,
    rows: Vec<Vec<Cell>>,
    noun: &str,
    header: &[&str],
    width: Option<usize>,
) -> String {
    if rows.is_empty() {
        return match page.total_count {
            0 => format!("No {} match.\n", plural(noun)),
            total => format!(
                "{}, none of them after the first {}.\n",
                counted(total, noun),
                grouped(page.offset)
            ),
        };
    }
    let mut out = table(header, &rows, width);
    if page.has_more || page.offset > 0 {
        let (first, last) = (page.offset + 1, page.offset + rows.len());
        let more = if page.has_more { "; --all shows all" } else { "" };
        out.push_str(&format!(
            "{DIM}{} to {} of {}{more}{DIM:#}\n",
            grouped(first),
            grouped(last),
            grouped(page.total_count)
        ));
    } else {
        out.push_str(&format!("{DIM}{}{DIM:#}\n", counted(page.total_count, noun)));
    }
    out
}

/// What became of a work item that lists leave out.
pub(super) fn mark(deleted: bool, archived: bool) -> Option<&'static str> {
    match (deleted, archived) {
        (true, _) => Some("deleted"),
        (false, true) => Some("archived"),
        (false, false) => None,
    }
}

/// Marks behind the name of a record what somebody should know.
pub(super) fn marked(mut name: String, gone: Option<&str>, conflicts: usize) -> String {
    if let Some(gone) = gone {
        name.push_str(&format!(" ({gone})"));
    }
    if conflicts > 0 {
        name.push_str(&format!(" ({})", counted(conflicts, "conflict")));
    }
    name
}
