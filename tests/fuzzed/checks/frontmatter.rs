//! A record file: whatever its bytes are, it is read or refused with a reason, and what was read comes back.

use git_docket::exchange::export::Exported;
use git_docket::exchange::export::json::{Layout, Writer};
use git_docket::exchange::export::read::read;
use git_docket::record::change::changes;
use git_docket::record::{
    EditError, Kind, Parsed, RecordPath, Severity, Violation, edit, has_newer_schema, limits, line_of_field, parse,
    print, stored,
};

use crate::world;

pub(crate) fn check(data: &[u8]) {
    let read = parse(data, None);
    same(&read, &parse(data, None));
    for kind in Kind::ALL {
        let newer = has_newer_schema(data, *kind);
        if let Ok(parsed) = &read {
            let is_newer = parsed.newer_schema.is_some() && parsed.record.kind() == *kind;
            assert_eq!(newer, is_newer, "{kind:?}");
        }
    }
    match read {
        Ok(parsed) => accepted(data, &parsed),
        Err(violations) => {
            assert!(violations.iter().any(|violation| violation.severity == Severity::Error));
            violations.iter().for_each(|violation| places(data, violation));
        }
    }
}

fn same(one: &Result<Parsed, Vec<Violation>>, other: &Result<Parsed, Vec<Violation>>) {
    match (one, other) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one.record, other.record);
            assert_eq!(one.warnings, other.warnings);
            assert_eq!(one.newer_schema, other.newer_schema);
        }
        (one, other) => assert_eq!(one.as_ref().err(), other.as_ref().err()),
    }
}

/// A violation names a line of the file, and says on one line what is wrong.
fn places(data: &[u8], violation: &Violation) {
    let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
    if let Some(line) = violation.line {
        assert!((1..=lines).contains(&(line as usize)), "{violation:?} of {lines} lines");
    }
    assert!(!violation.message.chars().any(char::is_control), "{violation:?}");
}

fn accepted(data: &[u8], parsed: &Parsed) {
    let record = &parsed.record;
    for warning in &parsed.warnings {
        assert_eq!(warning.severity, Severity::Warning);
        places(data, warning);
    }
    let path = world::path(record);
    let again = parse(data, Some(&path)).unwrap_or_else(|errors| panic!("at its own path: {errors:?}"));
    assert_eq!(again.record, *record);

    // What an index keeps of it.
    let fields = record.to_json();
    let kept = stored(
        record.kind(),
        parsed.newer_schema.as_deref(),
        fields.clone(),
        &record.body,
    );
    assert_eq!(kept.as_ref(), Some(record));

    // What is told of it: each on one line.
    let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
    // With dots and brackets, a name leads further down.
    for key in fields.keys().filter(|key| !key.contains(['.', '['])) {
        let line = line_of_field(data, key).unwrap_or_else(|| panic!("{key} stands nowhere"));
        assert!(
            (2..=lines).contains(&(line as usize)),
            "{key} in line {line} of {lines}"
        );
    }
    for change in changes(None, Some(record)) {
        assert!(!change.summary().chars().any(char::is_control), "{change:?}");
    }
    assert!(changes(Some(record), Some(record)).is_empty());
    assert!(record.progress().done <= record.progress().total);

    exported(data, &path, parsed);
    let unchanged = edit(data, record, &[]);
    match &parsed.newer_schema {
        Some(schema) => assert_eq!(unchanged, Err(EditError::NewerSchema(schema.clone()))),
        None => {
            assert_eq!(unchanged.as_deref(), Ok(data));
            printed(&path, parsed);
        }
    }
}

/// What is printed of a record reads as it, has as much to warn of, and is printed so again.
fn printed(path: &RecordPath, parsed: &Parsed) {
    let text = print(&parsed.record);
    if text.len() as u64 > limits::RECORD_BYTES {
        return;
    }
    let again = parse(text.as_bytes(), Some(path)).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    assert_eq!(again.record, parsed.record, "{text}");
    assert_eq!(again.newer_schema, None);
    assert_eq!(print(&again.record), text);
    let said = |warnings: &[Violation]| {
        let mut said: Vec<_> = warnings.iter().map(|w| (w.field.clone(), w.message.clone())).collect();
        said.sort();
        said
    };
    assert_eq!(said(&again.warnings), said(&parsed.warnings), "{text}");
}

/// What is exported comes back byte for byte.
fn exported(data: &[u8], path: &RecordPath, parsed: &Parsed) {
    let exported = Exported {
        path: path.clone(),
        record: parsed.record.clone(),
        newer_schema: parsed.newer_schema.clone(),
        text: String::from_utf8(data.to_vec()).expect("what was read is text"),
        derived: None,
    };
    for layout in [Layout::Lines, Layout::Document] {
        let mut writer = Writer::new(layout);
        let mut text = writer.head(&Default::default(), None);
        text.push_str(&writer.record(&exported));
        text.push_str(&writer.end(&[]));
        match read(text.as_bytes(), layout) {
            Ok(restored) => {
                assert!(parsed.newer_schema.is_none(), "a newer version knows more of it");
                let [one] = &restored.records[..] else {
                    panic!("one record, not {:?}", restored.records);
                };
                assert_eq!((&one.path, &one.record), (path, &parsed.record));
                assert_eq!(one.bytes, data);
            }
            Err(wrong) => assert!(parsed.newer_schema.is_some(), "{wrong:?}\n{text}"),
        }
    }
}
