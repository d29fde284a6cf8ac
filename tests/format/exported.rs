//! What is exported whole comes back byte for byte, whatever somebody did to the file by hand.

use std::collections::BTreeSet;

use git_docket::exchange::export::json::{Layout, Writer};
use git_docket::exchange::export::read::{Restored, read};
use git_docket::exchange::export::{Derived, Docket, Exported, Head, Unread, csv, html, ics, markdown};
use git_docket::record::{Kind, parse, print};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::generate;

/// What people and editors do to a file.
const HANDS: &[fn(&str) -> String] = &[
    |text| text.to_owned(),
    |text| text.replacen("---\n", "---\n# mine\n", 1),
    |text| text.replace('\n', "\r\n"),
    |text| format!("\u{feff}{text}"),
    |text| text.trim_end_matches('\n').to_owned(),
    |text| format!("{text}\n\n"),
    |text| {
        text.replacen(
            "---\n",
            "---\nmine: [1.0, 0x10, 1e300, 9007199254740993, -0.0, 0.1]\n",
            1,
        )
    },
    |text| text.replacen("\nid: ", "\nid:   ", 1),
];

/// A record whose file somebody may have had in hand; as printed, where no record is left of it.
fn exported() -> impl Strategy<Value = Exported> {
    (generate::record(), 0..HANDS.len(), any::<bool>()).prop_map(|(record, hand, derived)| {
        let path = generate::path(&record);
        let text = HANDS[hand](&print(&record));
        let (text, record) = match parse(text.as_bytes(), Some(&path)) {
            Ok(parsed) => (text, parsed.record),
            Err(_) => (print(&record), record),
        };
        Exported {
            path,
            record,
            newer_schema: None,
            text,
            derived: derived.then(Derived::default),
        }
    })
}

/// A few, no two with the same identity: few are drawn from, and a docket that has one twice is not valid.
fn several() -> impl Strategy<Value = Vec<Exported>> {
    vec(exported(), 0..6).prop_map(|mut records| {
        let (mut paths, mut ids) = (BTreeSet::new(), BTreeSet::new());
        records.retain(|of| paths.insert(of.path.clone()) && of.path.id().is_none_or(|id| ids.insert(id)));
        records.sort_by(|one, two| one.path.cmp(&two.path));
        records
    })
}

fn write(layout: Layout, head: &Head, settings: &str, records: &[Exported]) -> String {
    let mut writer = Writer::new(layout);
    let mut text = writer.head(head, Some(settings));
    for record in records {
        text.push_str(&writer.record(record));
    }
    text + &writer.end(&[])
}

/// The records as a second export would find them.
fn again(restored: Restored) -> Vec<Exported> {
    let again = |of: git_docket::exchange::export::read::RestoredRecord| Exported {
        path: of.path,
        record: of.record,
        newer_schema: None,
        text: String::from_utf8(of.bytes).expect("records are text"),
        derived: None,
    };
    restored.records.into_iter().map(again).collect()
}

const SETTINGS: &str = "# ours\nrepository = \"3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\"\nother = 1\n";

fn head() -> Head {
    Head {
        repository: Some("3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60".to_owned()),
        revision: "a".repeat(40),
        committed_at: None,
    }
}

proptest! {
    #![proptest_config(crate::generate::config())]

    #[test]
    fn every_file_comes_back_byte_for_byte(records in several()) {
        for layout in [Layout::Document, Layout::Lines] {
            let text = write(layout, &head(), SETTINGS, &records);
            let restored = read(text.as_bytes(), layout)
                .map_err(|wrong| TestCaseError::fail(format!("{wrong:?}\n{text}")))?;
            prop_assert_eq!(restored.settings.as_deref(), Some(SETTINGS));
            let second = again(restored);
            prop_assert_eq!(second.len(), records.len());
            for (one, two) in records.iter().zip(&second) {
                prop_assert_eq!(&one.path, &two.path);
                prop_assert_eq!(&one.text, &two.text);
            }
            let without = |records: &[Exported]| {
                let mut records = records.to_vec();
                records.iter_mut().for_each(|of| of.derived = None);
                write(layout, &head(), SETTINGS, &records)
            };
            prop_assert_eq!(without(&records), without(&second));
        }
    }

    #[test]
    fn every_record_can_be_shown(records in several()) {
        let docket = Docket { head: head(), records, unread: vec![Unread {
            file: ".tracking/work-items/<b>".to_owned(),
            reasons: vec!["</ul><script>".to_owned()],
            bytes: None,
        }] };
        crate::pages::check(&html::write(&docket));
        prop_assert!(markdown::write(&docket).starts_with("<!-- git-docket-markdown/1 -->\n"));
        let calendar = ics::write(&docket);
        prop_assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
        for of in &docket.records {
            let rows = csv::row(of).map(|row| cells(&row));
            prop_assert_eq!(rows.is_some(), csv::KINDS.contains(&of.path.kind()));
            for row in rows.into_iter().flatten() {
                prop_assert_eq!(row.len(), csv::columns(of.path.kind()).len());
                prop_assert!(!row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{:?}", row);
            }
        }
    }
}

/// The rows of a table as another reader of RFC 4180 takes them.
fn cells(table: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut chars = table.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (true, '"') if chars.peek() == Some(&'"') => cell.extend(chars.next()),
            (_, '"') => quoted = !quoted,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') if chars.peek() == Some(&'\n') => {
                chars.next();
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (_, c) => cell.push(c),
        }
    }
    assert!(!quoted && row.is_empty() && cell.is_empty(), "{table:?}");
    rows
}

#[test]
fn all_kinds_have_a_table_or_none() {
    for kind in Kind::ALL {
        assert_eq!(csv::columns(*kind).is_empty(), !csv::KINDS.contains(kind));
    }
}
