//! A status file that people keep by hand, and a report: records that are valid, and every line accounted for.

use std::collections::HashSet;

use git_docket::exchange::project_status::{Migration, Unread, migrate, read, reconcile, report};
use git_docket::record::{parse, print};

use super::parts::{parts, titled};

/// The input is a status file, and session prompts in files of their own, each with its path above it.
pub(crate) fn check(data: &[u8]) {
    let text = parts(data)[0];
    let files = titled(data).split_off(1);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let status = read(text, &files);
    let migration = migrate(&status);
    let again = migrate(&read(text, &files));
    assert_eq!(migration.records, again.records);
    check_records(&migration, text.len() + data.len());

    let lines = text.split('\n').count();
    let places =
        |unread: &Unread, first| assert!((first..=lines).contains(&unread.line), "{unread:?} of {lines} lines");
    status.unread.iter().for_each(|unread| places(unread, 1));
    // Of a session prompt no line is known.
    for unread in migration.refused.iter().chain(&migration.assumed) {
        places(unread, 0);
    }
    let unread: usize = status.unread.iter().map(|unread| unread.text.len()).sum();
    assert!(
        unread <= 64 * (text.len() + 64),
        "{unread} bytes of {} are told",
        text.len()
    );
    for allow_skipped in [false, true] {
        let checks = reconcile(&status, &migration, allow_skipped);
        assert_eq!(checks.len(), 5);
        for check in checks {
            let same = check.source_count == check.migrated_count && check.differences.is_empty();
            assert_eq!(check.passed, same, "{check:?}");
        }
    }
    if let Some(report) = report(text) {
        assert!(matches!(report.revision.len(), 40 | 64));
        check_records(&report.migration, data.len());
    }
}

fn check_records(migration: &Migration, length: usize) {
    let mut paths = HashSet::new();
    let mut bytes = 0;
    for record in &migration.records {
        let path = record.path().expect("a record of these kinds has a path");
        let text = print(record);
        let parsed = parse(text.as_bytes(), Some(&path)).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        assert_eq!(parsed.record, *record);
        assert!(paths.insert(path), "twice: {text}");
        bytes += text.len();
    }
    // Each record begins with a few hundred bytes that the file has not.
    let most = 32 * length + 1_000 * migration.records.len();
    assert!(bytes <= most, "{bytes} bytes of records from {length}");
}
