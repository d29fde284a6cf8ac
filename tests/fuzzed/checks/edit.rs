//! An edit of a record file changes what it should, and nothing else, or it is refused.

use std::ops::Range;

use git_docket::record::{EditError, Record, edit, line_of_field, parse, print, stored};

use super::parts::few;

/// The input is a file, what it is to become, and on lines of their own the fields that are to be cleared.
pub(crate) fn check(data: &[u8]) {
    let [file, other, cleared] = few(data);
    let Ok(other) = parse(other, None) else { return };
    let Ok(found) = parse(file, None) else {
        assert!(matches!(edit(file, &other.record, &[]), Err(EditError::Invalid(_))));
        return;
    };
    if found.newer_schema.is_some() || found.record.kind() != other.record.kind() {
        assert!(edit(file, &other.record, &[]).is_err());
        return;
    }
    let (found, other) = (found.record, other.record);
    assert_eq!(edit(file, &found, &[]).as_deref(), Ok(file));
    let cleared = String::from_utf8_lossy(cleared);
    let cleared: Vec<_> = cleared.lines().collect();
    edited(file, &other, &cleared);

    // A file as it is printed becomes any other.
    let canonical = print(&found);
    for cleared in [&[][..], &cleared] {
        let outcome = edit(canonical.as_bytes(), &other, cleared);
        let outcome = outcome.unwrap_or_else(|error| panic!("{error}\n{canonical}\n>>>\n{}", print(&other)));
        reads_as(&outcome, &other);
    }
    body_alone(file, &found, &other);
    let (was, is) = (found.to_json(), other.to_json());
    let other_keys = is.keys().filter(|key| !was.contains_key(*key));
    let all = was.keys().chain(other_keys);
    // With dots and brackets, a name leads further down than to a key.
    let plain = all.filter(|key| !key.contains(['.', '[']));
    for key in plain.filter(|key| was.get(*key) != is.get(*key)) {
        let Some(wanted) = with_field_of(&found, &other, key) else {
            continue;
        };
        one_field(file, &wanted, key);
    }
}

fn reads_as(bytes: &[u8], wanted: &Record) {
    let shown = || String::from_utf8_lossy(bytes).into_owned();
    let parsed = parse(bytes, None).unwrap_or_else(|errors| panic!("{errors:?}\n{}", shown()));
    assert_eq!(parsed.record, *wanted, "{}", shown());
}

/// The outcome of an edit of a valid file, if it was not refused.
fn edited(file: &[u8], wanted: &Record, cleared: &[&str]) -> Option<Vec<u8>> {
    match edit(file, wanted, cleared) {
        Ok(edited) => {
            reads_as(&edited, wanted);
            Some(edited)
        }
        Err(EditError::Invalid(violation)) => panic!("the file is valid: {violation}"),
        Err(_) => None,
    }
}

/// The frontmatter stays where only the body changes.
fn body_alone(file: &[u8], found: &Record, other: &Record) {
    let wanted = Record::new(found.fields.clone(), other.body.as_str());
    if parse(print(&wanted).as_bytes(), None).is_err() {
        return;
    }
    let Some(edited) = edited(file, &wanted, &[]) else {
        return;
    };
    let lines = lines(file);
    // Its last line need not have an end.
    let head = file[..lines[closing(file, &lines)].end].trim_ascii_end();
    assert!(edited.starts_with(head), "{}", String::from_utf8_lossy(&edited));
}

/// The record with one field of another one; none where that would be no valid record.
fn with_field_of(record: &Record, other: &Record, key: &str) -> Option<Record> {
    let mut fields = record.to_json();
    match other.to_json().remove(key) {
        Some(value) => fields.insert(key.to_owned(), value),
        None => fields.shift_remove(key),
    };
    let wanted = stored(record.kind(), None, fields, &record.body)?;
    let read = parse(print(&wanted).as_bytes(), None).ok()?;
    (read.record == wanted && wanted != *record).then_some(wanted)
}

/// Only the lines of a field change when only that field does.
fn one_field(file: &[u8], wanted: &Record, key: &str) {
    let Some(edited) = edited(file, wanted, &[]) else {
        return;
    };
    let shown = || {
        let [file, edited] = [file, &edited].map(String::from_utf8_lossy);
        format!("{key}:\n{file}\n>>>\n{edited}")
    };
    let Some(own) = lines_of(file, key) else {
        let same = |(a, b): &(&u8, &u8)| a == b;
        let start = file.iter().zip(&edited).take_while(same).count();
        let end = file.iter().rev().zip(edited.iter().rev()).take_while(same).count();
        assert!(start + end >= file.len(), "{}", shown());
        return;
    };
    assert!(edited.starts_with(&file[..own.start]), "{}", shown());
    assert!(edited.ends_with(&file[own.end..]), "{}", shown());
    assert!(edited.len() + own.len() >= file.len(), "{}", shown());
}

fn lines(file: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    let lines = file.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let range = start..start + line.len();
        start = range.end;
        range
    });
    lines.collect()
}

/// The position of the line that closes the frontmatter.
fn closing(file: &[u8], lines: &[Range<usize>]) -> usize {
    let closes = |line: &Range<usize>| file[line.clone()].trim_ascii_end() == b"---" && file[line.start] == b'-';
    let found = lines.iter().skip(1).position(closes);
    found.expect("a file that was read is closed") + 1
}

/// The bytes of the lines from a key of the frontmatter up to the next one; none where it is not there. A mapping in
/// braces has no lines of its own for each key, but all of its lines for all of them.
fn lines_of(file: &[u8], key: &str) -> Option<Range<usize>> {
    let lines = lines(file);
    let closing = closing(file, &lines);
    let is_bare = |line: &Range<usize>| matches!(file[line.clone()].trim_ascii().first(), None | Some(b'#'));
    let first = lines[1..closing].iter().find(|line| !is_bare(line))?;
    let line = line_of_field(file, key)? as usize;
    if file[first.clone()].trim_ascii_start().starts_with(b"{") {
        return Some(lines[1].start..lines[closing].start);
    }
    let keys = parse(file, None).ok()?.record.to_json();
    // A key that says what is left out when it is printed is not among them.
    let keys = keys.keys().map(String::as_str).chain(["priority", "schema"]);
    let next = keys
        .filter_map(|key| line_of_field(file, key))
        .map(|next| next as usize);
    let next = next.filter(|next| *next > line).min().unwrap_or(closing + 1);
    Some(lines[line - 1].start..lines[next - 1].start)
}
