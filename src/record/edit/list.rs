//! Lists in block style: each item on lines of its own.

use std::ops::Range;

use super::EditError;
use super::flow::kept;
use super::sheet::{Sheet, is_within};
use super::value::{after_colon, layout, safe_at};
use crate::record::yaml::{Entry, Node, Print, print_under};

/// Changes the items that differ. The others keep their lines, and so do comments between items.
pub(super) fn edit(
    sheet: &mut Sheet<'_>,
    entry: &Entry,
    items: &[Node],
    (old, new): (&[Print], &[Print]),
    field: &str,
) -> Result<(), EditError> {
    let top = sheet.line_end(after_colon(sheet, entry, field)?);
    let strange = || layout(field, "its items are not on lines of their own");
    let (column, rows) = rows(sheet, &entry.value, items, top).ok_or_else(strange)?;
    let kept = kept(old, new);
    let staying = rising(&kept);
    let mut stays = vec![false; old.len()];
    for place in &staying {
        stays[*place] = true;
    }
    // A new first item does not come between the next one and the comments above it.
    let mut at = match stays.first() {
        Some(true) => sheet.above(rows[0].start, top, column),
        _ => rows[0].start,
    };
    for (value, from) in new.iter().zip(&kept) {
        match from {
            Some(place) if stays[*place] => at = rows[*place].end,
            // Moved, with the comment behind it.
            Some(place) if sheet.lines(rows[*place].clone()).count() == 1 => {
                sheet.write(at..at, sheet.text(&rows[*place]));
            }
            _ => {
                let printed = safe_at(sheet, at, column, value, print_under(value, column, 0));
                sheet.write(at..at, format!("{}-{printed}", " ".repeat(column)));
            }
        }
    }
    for ((row, item), stays) in rows.iter().zip(items).zip(stays) {
        if !stays {
            let words = sheet.words(item);
            sheet.remove(row.clone(), &words, column);
        }
    }
    Ok(())
}

/// How far the dashes of a list are indented, and the lines of each item.
fn rows(sheet: &Sheet<'_>, node: &Node, items: &[Node], top: usize) -> Option<(usize, Vec<Range<usize>>)> {
    let first = sheet.skip_bare(top);
    let text = sheet.rest(first);
    let column = text.len() - text.trim_start_matches(' ').len();
    let words = sheet.words(node);
    let begins = |line: &Range<usize>| {
        let dash = line.start + column;
        let rest = sheet.rest(dash).strip_prefix('-');
        sheet.indent_of(dash) == Some(column)
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
            && !is_within(&words, dash)
    };
    let starts: Vec<usize> = sheet
        .lines(first..sheet.lines_end(node))
        .filter(begins)
        .map(|line| line.start)
        .collect();
    let rows: Vec<_> = starts
        .iter()
        .zip(items)
        .map(|(start, item)| *start..sheet.lines_end(item))
        .collect();
    let own = rows.iter().zip(items).all(|(row, item)| row.contains(&item.span.start));
    let apart = rows.windows(2).all(|pair| pair[0].end <= pair[1].start);
    (starts.len() == items.len() && !rows.is_empty() && own && apart).then_some((column, rows))
}

/// The longest choice of places that come in rising order: the items that need not move.
fn rising(places: &[Option<usize>]) -> Vec<usize> {
    let places: Vec<usize> = places.iter().copied().flatten().collect();
    // For each length, the position of the smallest place a choice of it can end with.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; places.len()];
    for (position, place) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *place);
        before[position] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = position,
            None => ends.push(position),
        }
    }
    let mut chosen = Vec::new();
    let mut next = ends.last().copied();
    while let Some(position) = next {
        chosen.push(places[position]);
        next = before[position];
    }
    chosen
}
