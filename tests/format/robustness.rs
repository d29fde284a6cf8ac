//! Whatever the bytes, reading ends in a record or in a reason.

use git_docket::record::{Severity, parse, print};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::generate;

/// What must hold of any bytes.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let (messages, refused) = match parse(bytes, None) {
        Ok(parsed) => {
            if parsed.newer_schema.is_none() {
                check_printed(&parsed.record)?;
            }
            (parsed.warnings, false)
        }
        Err(violations) => (violations, true),
    };
    let errors = messages.iter().filter(|v| v.severity == Severity::Error).count();
    prop_assert_eq!(errors > 0, refused, "{:?}", messages);
    let lines = bytes.iter().filter(|b| **b == b'\n').count() + 2;
    for violation in &messages {
        prop_assert!(!violation.to_string().contains(char::is_control), "{:?}", violation);
        prop_assert!(!violation.message.is_empty());
        let line = violation.line.unwrap_or(1) as usize;
        prop_assert!((1..=lines).contains(&line), "{:?}", violation);
    }
    Ok(())
}

/// What was read can be printed and read again.
fn check_printed(record: &git_docket::record::Record) -> Result<(), TestCaseError> {
    let printed = print(record);
    let again = parse(printed.as_bytes(), None).map_err(|v| TestCaseError::fail(format!("{v:?}\n{printed}")))?;
    prop_assert_eq!(&again.record, record, "{}", printed);
    prop_assert_eq!(print(&again.record), printed);
    Ok(())
}

#[derive(Clone, Debug)]
enum Mutation {
    FlipBit(Index, u8),
    DeleteByte(Index),
    Insert(Index, &'static str),
    DeleteLine(Index),
    DuplicateLine(Index),
    SwapLines(Index, Index),
    Truncate(Index),
    Replace(Index, &'static str),
}

/// Pieces of YAML that change what is around them.
const PIECES: &[&str] = &[
    "\"", "'", "[", "]", "{", "}", ": ", "- ", "? ", "# ", "&a ", "*a", "!t ", "|\n", ">-\n", "\t", "\n", "\r\n", "\r",
    "---\n", "...\n", "~", "null", "\\", "\\u0000", "\u{feff}", "\u{2028}", "\u{85}", "\0", "<<: ", ", ", "    ", "é",
    "e\u{301}", "1e999", "0x", ".nan", "[[[[[[[[", "%", "@", "`",
];

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    prop_oneof![
        (at(), 0..8u8).prop_map(|(at, bit)| Mutation::FlipBit(at, bit)),
        at().prop_map(Mutation::DeleteByte),
        (at(), select(PIECES)).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        at().prop_map(Mutation::DeleteLine),
        at().prop_map(Mutation::DuplicateLine),
        (at(), at()).prop_map(|(a, b)| Mutation::SwapLines(a, b)),
        at().prop_map(Mutation::Truncate),
        (at(), select(PIECES)).prop_map(|(at, piece)| Mutation::Replace(at, piece)),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    match mutation {
        Mutation::FlipBit(at, bit) => *at.get_mut(bytes.as_mut_slice()) ^= 1 << bit,
        Mutation::DeleteByte(at) => drop(bytes.remove(at.index(bytes.len()))),
        Mutation::Insert(at, piece) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, piece.bytes());
        }
        Mutation::DeleteLine(at) => {
            lines.remove(at.index(lines.len()));
            *bytes = lines.concat();
        }
        Mutation::DuplicateLine(at) => {
            let at = at.index(lines.len());
            lines.insert(at, lines[at].clone());
            *bytes = lines.concat();
        }
        Mutation::SwapLines(a, b) => {
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            lines.swap(a, b);
            *bytes = lines.concat();
        }
        Mutation::Truncate(at) => bytes.truncate(at.index(bytes.len())),
        // What stands after a key's colon, if the line has one.
        Mutation::Replace(at, piece) => {
            let at = at.index(lines.len());
            let line = &mut lines[at];
            line.truncate(line.iter().position(|b| *b == b':').map_or(0, |colon| colon + 1));
            line.extend_from_slice(format!(" {piece}\n").as_bytes());
            *bytes = lines.concat();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: generate::config().cases * 4, ..generate::config() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        check(&bytes)?;
    }

    #[test]
    fn any_frontmatter_is_read_or_refused(text in any::<String>(), pieces in vec(select(PIECES), 0..12)) {
        check(format!("---\n{text}\n---\n").as_bytes())?;
        check(format!("---\nschema: note/1\nmetadata: {}\n---\n", pieces.concat()).as_bytes())?;
    }

    #[test]
    fn damaged_files_are_read_or_refused(record in generate::record(), mutations in vec(mutation(), 1..6)) {
        let mut bytes = print(&record).into_bytes();
        for mutation in &mutations {
            mutate(&mut bytes, mutation);
            check(&bytes)?;
        }
    }
}
