//! The value of one key of a mapping in block style.

use std::ops::Range;

use super::sheet::Sheet;
use super::{EditError, flow, list, map};
use crate::record::yaml::{Content, Entry, Print, on_one_line, print_under};

/// Gives the key another value.
pub(super) fn set(
    sheet: &mut Sheet<'_>,
    entry: &Entry,
    field: &str,
    before: Option<&Print>,
    after: &Print,
) -> Result<(), EditError> {
    let node = &entry.value;
    let inline = !node.block && !sheet.text(&node.span).contains('\n');
    match (&node.content, after) {
        (Content::Map(entries), Print::FlowMap(new) | Print::BlockMap(new)) if !new.is_empty() => {
            let old = before.map_or(&[][..], pairs_of);
            if inline {
                match flow::map(sheet, node, entries, old, new) {
                    Some(text) => sheet.write(node.span.clone(), text),
                    None => replace(sheet, entry, field, &Print::BlockMap(new.clone()))?,
                }
                return Ok(());
            }
            if node.block {
                let lines = map::Lines {
                    entries,
                    block: true,
                    end: sheet.lines_end(node),
                    path: field,
                };
                let order: Vec<&str> = new.iter().map(|(key, _)| key.as_str()).collect();
                return lines.edit(sheet, old, new, &order);
            }
        }
        (Content::List(items), Print::FlowList(new) | Print::BlockList(new)) if !new.is_empty() => {
            let old = match before {
                Some(Print::FlowList(old) | Print::BlockList(old)) => old,
                _ => &Vec::new(),
            };
            if inline {
                flow::list(sheet, node, items, old, new);
                return Ok(());
            }
            if node.block && old.len() == items.len() {
                return list::edit(sheet, entry, items, (old, new), field);
            }
        }
        _ => {}
    }
    replace(sheet, entry, field, after)
}

fn pairs_of(print: &Print) -> &[(String, Print)] {
    match print {
        Print::FlowMap(pairs) | Print::BlockMap(pairs) => pairs,
        _ => &[],
    }
}

/// Removes the key and its value: the lines they stand in, but no line that is only a comment or blank.
pub(super) fn remove(sheet: &mut Sheet<'_>, entry: &Entry, field: &str) -> Result<(), EditError> {
    let indent = sheet
        .indent_of(entry.span.start)
        .ok_or_else(|| not_at_line_start(field))?;
    let lines = sheet.line_start(entry.span.start)..sheet.lines_end(&entry.value);
    let words = sheet.words(&entry.value);
    sheet.remove(lines, &words, indent);
    Ok(())
}

/// Where a value stands.
struct Extent {
    /// What stands for the value in the line of its key: the whole value, the `|` of a block text, or nothing.
    head: Range<usize>,
    /// Lines below that are all the value's.
    tail: Range<usize>,
}

/// Writes the new value where the old one stood, without regard to what both may have in common.
fn replace(sheet: &mut Sheet<'_>, entry: &Entry, field: &str, after: &Print) -> Result<(), EditError> {
    let indent = sheet
        .indent_of(entry.span.start)
        .ok_or_else(|| not_at_line_start(field))?;
    let colon = after_colon(sheet, entry, field)?;
    let Extent { head, tail } = extent(sheet, entry, colon, field)?;
    let printed = print_under(after, indent, entry.span.len());
    let printed = safe_at(sheet, tail.end, indent, after, printed);
    let (first, below) = printed.split_once('\n').unwrap_or((&printed, ""));
    let first = first.trim_start();
    if !first.is_empty() && head.is_empty() {
        sheet.write(head.clone(), format!(" {first}"));
    } else if !first.is_empty() {
        sheet.write(head.clone(), first);
    } else if !sheet.text(&(colon..head.start)).contains('\n') {
        // The blanks before the value go with it; a comment behind it brings its own.
        sheet.write(colon..head.end, "");
    } else if sheet.text(&(head.end..tail.start)).trim().is_empty() {
        sheet.write(sheet.line_start(head.start)..tail.start, "");
    } else {
        return Err(EditError::LosesComment {
            field: field.to_owned(),
        });
    }
    if !below.is_empty() {
        sheet.write(tail.start..tail.start, below);
    }
    let words = sheet.words(&entry.value);
    sheet.remove(tail, &words, indent);
    Ok(())
}

fn extent(sheet: &Sheet<'_>, entry: &Entry, colon: usize, field: &str) -> Result<Extent, EditError> {
    let node = &entry.value;
    let head = match &node.content {
        Content::Scalar { .. } if node.block => {
            indicator(sheet, colon).ok_or_else(|| layout(field, "its block text has no indicator"))?
        }
        Content::Scalar { .. } if !node.span.is_empty() => node.span.clone(),
        Content::Scalar { .. } => colon..colon,
        Content::List(_) | Content::Map(_) if node.block => colon..colon,
        Content::List(_) | Content::Map(_) if sheet.has_comment(node) => {
            return Err(EditError::LosesComment {
                field: field.to_owned(),
            });
        }
        Content::List(_) | Content::Map(_) => node.span.clone(),
    };
    let start = sheet.line_end(head.end);
    let end = match node.block {
        true => sheet.lines_end(node).max(start),
        false => start,
    };
    Ok(Extent { head, tail: start..end })
}

/// The `|-` of a block text; comments may stand between it and the colon.
fn indicator(sheet: &Sheet<'_>, colon: usize) -> Option<Range<usize>> {
    let mut at = colon;
    loop {
        let rest = sheet.rest(at);
        at += rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        if rest.starts_with('#') {
            at = sheet.line_end(at);
        } else if rest.starts_with(['|', '>']) {
            let after = rest.trim_start_matches(['|', '>', '+', '-']);
            let after = after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
            return Some(at..at + rest.len() - after.len());
        } else {
            return None;
        }
    }
}

/// The byte after the colon behind the key.
pub(super) fn after_colon(sheet: &Sheet<'_>, entry: &Entry, field: &str) -> Result<usize, EditError> {
    let rest = sheet.rest(entry.span.end);
    let after = rest.trim_start_matches([' ', '\t']).strip_prefix(':');
    let after = after.ok_or_else(|| layout(field, "its key and its value are written apart"))?;
    Ok(entry.span.end + rest.len() - after.len())
}

/// What is to be printed at the end of these lines, as one line where a text in block style would swallow what follows.
pub(super) fn safe_at(sheet: &Sheet<'_>, at: usize, indent: usize, value: &Print, printed: String) -> String {
    let has_text = printed
        .lines()
        .any(|line| line.ends_with(" |") || line.ends_with(" |-"));
    if has_text && !sheet.may_end_text(at, indent) {
        format!(" {}\n", on_one_line(value, false))
    } else {
        printed
    }
}

pub(super) fn not_at_line_start(field: &str) -> EditError {
    layout(field, "its key does not begin its line")
}

pub(super) fn layout(field: &str, reason: &'static str) -> EditError {
    EditError::Layout {
        field: field.to_owned(),
        reason,
    }
}
