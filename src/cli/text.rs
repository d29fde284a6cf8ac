//! Text from records on a terminal: harmless, cut to width, in columns.

use std::borrow::Cow;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::output::DIM;
use crate::record::common::Retraction;
use crate::record::id::CommitHash;
use crate::record::shown::steers;
use crate::record::value::Time;
use crate::record::vendor::VendorStatus;
use crate::record::work_item::{Priority, Status};

/// The text with control and direction characters made visible, so that a record cannot steer the terminal.
///
/// Line feeds and tabs stay.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if steers(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The same of a text that has colours and weights of ours, which stay: what is left of a record's goes no further than
/// these.
pub(super) fn tame(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, piece) in text.split('\u{1b}').enumerate() {
        if at > 0 {
            out.push_str(if is_style(piece) { "\u{1b}" } else { "\\u{1b}" });
        }
        out.push_str(&visible(piece));
    }
    out
}

/// Whether what stands behind an escape character sets colours or weights.
fn is_style(rest: &str) -> bool {
    let parameters = rest.strip_prefix('[').and_then(|rest| rest.split_once('m'));
    parameters.is_some_and(|(numbers, _)| numbers.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'))
}

/// The text made harmless, on one line.
pub(super) fn one_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

/// How a status looks.
pub(super) fn status_style(status: Status) -> Style {
    match status {
        Status::Pending => Style::new(),
        Status::Active => AnsiColor::Cyan.on_default(),
        Status::Blocked => AnsiColor::Red.on_default(),
        Status::Completed => AnsiColor::Green.on_default(),
        Status::Cancelled => DIM,
    }
}

/// How the status of a vendor looks.
pub(super) fn vendor_status_style(status: VendorStatus) -> Style {
    match status {
        VendorStatus::Operational => AnsiColor::Green.on_default(),
        VendorStatus::Broken => AnsiColor::Red.on_default(),
    }
}

/// The beginning of a commit; a dash where it is not known.
pub(super) fn short_commit(commit: Option<&CommitHash>) -> String {
    commit.map_or_else(|| "-".to_owned(), |commit| commit.as_str()[..10].to_owned())
}

/// Says behind a deployment that it was taken back.
pub(super) fn retracted(retraction: Option<&Retraction>) -> &'static str {
    match retraction {
        Some(_) => "  (retracted)",
        None => "",
    }
}

/// How a priority looks.
pub(super) fn priority_style(priority: Priority) -> Style {
    match priority {
        Priority::High => AnsiColor::Yellow.on_default(),
        Priority::Medium => Style::new(),
        Priority::Low => DIM,
    }
}

/// The day of a time; nothing where it is not known.
pub(super) fn day(time: Option<Time>) -> String {
    time.map_or_else(String::new, |time| time.to_string()[..10].to_owned())
}

/// A cell of a table: text and how it looks.
pub(super) type Cell = (String, Style);

/// Lays rows out in columns; the last column takes what the width leaves, and is cut there.
///
/// Without a width nothing is cut.
pub(super) fn table(header: &[&str], rows: &[Vec<Cell>], width: Option<usize>) -> String {
    let columns = header.len();
    let column_width = |column: usize| {
        let cells = rows.iter().map(|row| console::measure_text_width(&row[column].0));
        cells
            .chain([console::measure_text_width(header[column])])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(column_width).collect();
    let before_last: usize = widths.iter().take(columns - 1).map(|w| w + 2).sum();
    let room = width.map(|width| width.saturating_sub(before_last).max(10));
    let mut out = String::new();
    let mut line = |cells: &[Cell]| {
        for (column, (text, style)) in cells.iter().enumerate() {
            if column + 1 == columns {
                let cut = room.map_or(Cow::Borrowed(text.as_str()), |room| {
                    console::truncate_str(text, room, "…")
                });
                let _infallible = writeln!(out, "{style}{cut}{style:#}");
            } else {
                let padding = widths[column] - console::measure_text_width(text) + 2;
                let _infallible = write!(out, "{style}{text}{style:#}{:padding$}", "");
            }
        }
    };
    line(&header.iter().map(|name| ((*name).to_owned(), DIM)).collect::<Vec<_>>());
    rows.iter().for_each(|row| line(row));
    out
}

/// A number with thousands set apart.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 record`, `2 records`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{} {}", grouped(number), plural(noun)),
    }
}

/// `records`, `repositories`.
pub(super) fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_cannot_steer_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\n\t🚀"), "a\\u{1b}[31mb\\u{202e}c\n\t🚀");
        assert_eq!(one_line("a\nb\r"), "a b\\r");
        let styled = "\u{1b}[1;31mred\u{1b}[0m\n";
        assert_eq!(tame(styled), styled);
        assert_eq!(
            tame("a\u{1b}[2Jb\u{1b}]0;c\u{7}\u{1b}"),
            "a\\u{1b}[2Jb\\u{1b}]0;c\\u{7}\\u{1b}"
        );
    }

    #[test]
    fn the_last_column_is_cut() {
        let rows = vec![vec![
            ("1".to_owned(), Style::new()),
            ("a long title that is cut".to_owned(), Style::new()),
        ]];
        let plain = anstream::adapter::strip_str(&table(&["ID", "TITLE"], &rows, Some(16))).to_string();
        assert_eq!(plain, "ID  TITLE\n1   a long titl…\n");
        let whole = anstream::adapter::strip_str(&table(&["ID", "TITLE"], &rows, None)).to_string();
        assert_eq!(whole, "ID  TITLE\n1   a long title that is cut\n");
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!((grouped(7), grouped(1234567)), ("7".to_owned(), "1,234,567".to_owned()));
        assert_eq!(counted(1, "record"), "1 record");
        assert_eq!(
            (counted(2, "repository"), plural("day")),
            ("2 repositories".to_owned(), "days".to_owned())
        );
    }
}
