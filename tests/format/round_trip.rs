//! What was printed is read back as it was.

use git_docket::record::{Kind, Record, parse, print};
use proptest::prelude::*;

use crate::generate;

fn check(record: &Record) -> Result<(), TestCaseError> {
    let printed = print(record);
    let path = generate::path(record);
    let parsed = parse(printed.as_bytes(), Some(&path))
        .map_err(|violations| TestCaseError::fail(format!("{violations:?}\n{printed}")))?;
    prop_assert_eq!(&parsed.record, record, "{}", printed);
    prop_assert_eq!(print(&parsed.record), printed);
    prop_assert_eq!(parsed.newer_schema, None);
    Ok(())
}

macro_rules! kinds {
    ($($name:ident: $kind:ident,)+) => {
        proptest! {
            #![proptest_config(crate::generate::config())]
            $(
                #[test]
                fn $name(record in generate::of_kind(Kind::$kind)) {
                    check(&record)?;
                }
            )+
        }

        #[test]
        fn every_kind_is_here() {
            assert_eq!([$(Kind::$kind),+].as_slice(), Kind::ALL);
        }
    };
}

kinds! {
    work_items: WorkItem,
    vendors: Vendor,
    enhancements: Enhancement,
    deployments: Deployment,
    notes: Note,
    commit_links: CommitLink,
    conflicts: Conflict,
}

proptest! {
    #![proptest_config(generate::config())]

    /// A file edited on Windows says the same.
    #[test]
    fn crlf_and_a_byte_order_mark_change_nothing(record in generate::record(), mark: bool) {
        let printed = print(&record);
        let mut crlf = printed.replace('\n', "\r\n");
        if mark {
            crlf.insert(0, '\u{feff}');
        }
        let parsed = parse(crlf.as_bytes(), None).map_err(|v| TestCaseError::fail(format!("{v:?}")))?;
        prop_assert_eq!(&parsed.record.fields, &record.fields);
        // Every line feed of the file became CRLF, those of the body too.
        prop_assert_eq!(parsed.record.body, record.body.replace('\n', "\r\n"));
    }
}
