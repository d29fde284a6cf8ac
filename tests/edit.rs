//! Edits change the lines of what changes: held against records, files and changes at random.

#[path = "format/generate/mod.rs"]
#[expect(dead_code, reason = "shared with the tests of the format")]
mod generate;
#[path = "format/texts.rs"]
mod texts;

use git_docket::record::{EditError, Kind, Record, edit, parse, print};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Two records of one kind.
fn two() -> BoxedStrategy<(Record, Record)> {
    let kinds = select(Kind::ALL);
    kinds
        .prop_flat_map(|kind| (generate::of_kind(kind), generate::of_kind(kind)))
        .boxed()
}

fn read(bytes: &[u8]) -> Record {
    let shown = || String::from_utf8_lossy(bytes).into_owned();
    parse(bytes, None)
        .unwrap_or_else(|violations| panic!("{violations:?}\n{}", shown()))
        .record
}

/// A key of the frontmatter with its lines.
#[derive(Clone, Debug, PartialEq)]
struct Chunk {
    key: String,
    lines: Vec<String>,
}

/// The keys of a printed file.
fn chunks(record: &Record) -> Vec<Chunk> {
    let printed = print(record);
    let yaml = printed.strip_prefix("---\n").expect("an opening line");
    let mut chunks: Vec<Chunk> = Vec::new();
    for line in yaml.split('\n').take_while(|line| *line != "---") {
        match chunks.last_mut() {
            Some(last) if line.is_empty() || line.starts_with(' ') => last.lines.push(line.to_owned()),
            _ => chunks.push(Chunk {
                key: line.split(':').next().expect("a key").to_owned(),
                lines: vec![line.to_owned()],
            }),
        }
    }
    chunks
}

/// The record with one field of another one.
fn with_field_of(record: &Record, other: &Record, key: &str) -> Option<Record> {
    let theirs = chunks(other).into_iter().find(|chunk| chunk.key == key);
    let mut all = chunks(record);
    all.retain(|chunk| chunk.key != key);
    all.extend(theirs);
    let lines: Vec<_> = all.into_iter().flat_map(|chunk| chunk.lines).collect();
    let file = format!("---\n{}\n---\n\n{}\n", lines.join("\n"), record.body);
    parse(file.as_bytes(), None).ok().map(|parsed| parsed.record)
}

/// How a printed file is made to look like one a person keeps.
#[derive(Clone, Debug)]
struct Taste {
    order: Vec<Index>,
    /// What stands above each line, in turn.
    above: Vec<&'static str>,
    /// What stands behind each line, in turn.
    behind: Vec<&'static str>,
    crlf: bool,
    mark: bool,
}

fn taste() -> BoxedStrategy<Taste> {
    let above = select(vec![
        "",
        "",
        "",
        "\n",
        "# above\n",
        "# é: [\n# - two\n",
        "\n# apart\n\n",
        "#!\n",
    ]);
    let behind = select(vec!["", "", " # why", "  # it's \"so\"", " #"]);
    (
        vec(any::<Index>(), 0..40),
        vec(above, 7..8),
        vec(behind, 5..6),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(order, above, behind, crlf, mark)| Taste {
            order,
            above,
            behind,
            crlf,
            mark,
        })
        .boxed()
}

/// A file and the bytes in it of one key's lines.
struct Decorated {
    file: String,
    lines_of: std::collections::HashMap<String, std::ops::Range<usize>>,
}

fn decorate(record: &Record, taste: &Taste) -> Decorated {
    let mut all = chunks(record);
    for (place, index) in taste.order.iter().enumerate().take(all.len()) {
        let other = index.index(all.len());
        all.swap(place, other);
    }
    let eol = if taste.crlf { "\r\n" } else { "\n" };
    let mut file = if taste.mark { "\u{feff}---" } else { "---" }.to_owned() + eol;
    let mut lines_of = std::collections::HashMap::new();
    let (mut above, mut behind) = (taste.above.iter().cycle(), taste.behind.iter().cycle());
    for chunk in all {
        let mut start = None;
        // How far the line with the `|` is indented while its text goes on.
        let mut text_in: Option<usize> = None;
        for line in &chunk.lines {
            let indent = line.len() - line.trim_start_matches(' ').len();
            if text_in.is_some_and(|outer| line.is_empty() || indent > outer) {
                file.push_str(line);
                file.push_str(eol);
                continue;
            }
            text_in = (line.ends_with(" |") || line.ends_with(" |-")).then_some(indent);
            let comments = above.next().expect("endless");
            for comment in comments.split_inclusive('\n') {
                let comment = comment.trim_end();
                if !comment.is_empty() {
                    file.push_str(&" ".repeat(indent));
                }
                file.push_str(comment);
                file.push_str(eol);
            }
            start.get_or_insert(file.len());
            file.push_str(line);
            file.push_str(behind.next().expect("endless"));
            file.push_str(eol);
        }
        lines_of.insert(chunk.key, start.expect("a key has a line")..file.len());
    }
    file.push_str(&format!("---\n\n{}\n", record.body).replace('\n', eol));
    Decorated { file, lines_of }
}

/// The comments of [`taste`] on lines of their own; a text may have lines that only look like comments.
fn own_line_comments(text: &str) -> Vec<&str> {
    let known = ["# above", "# é: [", "# - two", "# apart", "#!"];
    text.lines()
        .map(str::trim)
        .filter(|line| known.contains(line))
        .collect()
}

fn is_subsequence(few: &[&str], many: &[&str]) -> bool {
    let mut many = many.iter();
    few.iter().all(|one| many.any(|other| other == one))
}

/// What must hold when only the field `key` differs.
fn check_one_field(decorated: &Decorated, wanted: &Record, key: &str) -> Result<(), TestCaseError> {
    let Decorated { file, lines_of } = decorated;
    let edited =
        edit(file.as_bytes(), wanted, &[]).map_err(|error| TestCaseError::fail(format!("{key}: {error}\n{file}")))?;
    prop_assert_eq!(&read(&edited), wanted);
    let edited = String::from_utf8(edited).expect("text");
    let shown = format!("{key}:\n{file}\n>>>\n{edited}");
    let Some(lines) = lines_of.get(key) else {
        let same = |(a, b): &(u8, u8)| a == b;
        let start = file.bytes().zip(edited.bytes()).take_while(same).count();
        let end = file.bytes().rev().zip(edited.bytes().rev()).take_while(same).count();
        prop_assert!(start + end >= file.len(), "{}", shown);
        return Ok(());
    };
    prop_assert!(edited.starts_with(&file[..lines.start]), "{}", shown);
    prop_assert!(edited.ends_with(&file[lines.end..]), "{}", shown);
    let changed = &edited[lines.start..edited.len() - (file.len() - lines.end)];
    let comments = (own_line_comments(&file[lines.clone()]), own_line_comments(changed));
    prop_assert!(is_subsequence(&comments.0, &comments.1), "{}", shown);
    if file.trim_start_matches('\u{feff}').starts_with("---\r\n") {
        prop_assert_eq!(
            changed.matches('\n').count(),
            changed.matches("\r\n").count(),
            "{}",
            shown
        );
    }
    Ok(())
}

/// Pieces that change what is around them.
const PIECES: &[&str] = &[
    "\"", "'", "[", "]", "{", "}", ": ", "- ", "? ", "# ", "|\n", ">-\n", "|+\n", "\t", "\n", "\n\n", "  ", " #\n",
    "  # c\n", "~", "\\", ", ", "...\n", "é",
];

proptest! {
    #![proptest_config(generate::config())]

    #[test]
    fn any_record_becomes_any_other((from, to) in two()) {
        let printed = print(&from);
        prop_assert_eq!(edit(printed.as_bytes(), &from, &[]), Ok(printed.clone().into_bytes()));
        let edited = edit(printed.as_bytes(), &to, &[])
            .map_err(|error| TestCaseError::fail(format!("{error}\n{printed}\n>>>\n{}", print(&to))))?;
        prop_assert_eq!(read(&edited), to);
    }

    #[test]
    fn one_field_changes_its_own_lines((from, to) in two(), taste in taste(), which: Index) {
        let decorated = decorate(&from, &taste);
        let base = read(decorated.file.as_bytes());
        prop_assert_eq!(edit(decorated.file.as_bytes(), &base, &[]), Ok(decorated.file.clone().into_bytes()));
        let keys: Vec<_> = chunks(&from).into_iter().chain(chunks(&to)).map(|chunk| chunk.key).collect();
        let key = &keys[which.index(keys.len())];
        let wanted = with_field_of(&base, &to, key);
        prop_assume!(wanted.is_some());
        if let Some(wanted) = wanted {
            check_one_field(&decorated, &wanted, key)?;
        }
    }

    #[test]
    fn the_body_changes_alone((from, to) in two(), taste in taste()) {
        let decorated = decorate(&from, &taste).file;
        let base = read(decorated.as_bytes());
        let wanted = Record { body: to.body, ..base };
        let edited = edit(decorated.as_bytes(), &wanted, &[]).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(&read(&edited), &wanted);
        let head = decorated.find("\n---").expect("a closing line") + "\n---".len();
        prop_assert_eq!(&edited[..head], &decorated.as_bytes()[..head]);
    }

    #[test]
    fn whatever_the_file_an_edit_is_faithful_or_refused(
        (from, to) in two(),
        taste in taste(),
        pieces in vec((any::<Index>(), select(PIECES)), 1..4),
        which: Index,
    ) {
        let mut file = decorate(&from, &taste).file;
        for (at, piece) in pieces {
            let places: Vec<_> = file.char_indices().map(|(at, _)| at).collect();
            file.insert_str(places[at.index(places.len())], piece);
            let Ok(parsed) = parse(file.as_bytes(), None) else {
                prop_assert!(edit(file.as_bytes(), &to, &[]).is_err());
                continue;
            };
            prop_assert_eq!(edit(file.as_bytes(), &parsed.record, &[]), Ok(file.clone().into_bytes()));
            let keys: Vec<_> = chunks(&from).into_iter().chain(chunks(&to)).map(|chunk| chunk.key).collect();
            let one = with_field_of(&parsed.record, &to, &keys[which.index(keys.len())]);
            for wanted in one.iter().chain([&to]) {
                match edit(file.as_bytes(), wanted, &[]) {
                    Ok(edited) => prop_assert_eq!(&read(&edited), wanted),
                    Err(EditError::Invalid(violation)) => prop_assert!(false, "{}", violation),
                    Err(_) => {}
                }
            }
        }
    }
}

/// Large files take time in proportion to their size; in its square, these would take minutes.
#[test]
fn a_file_full_of_keys_is_edited_in_no_time() {
    let many = |form: fn(usize) -> String| (0..30_000).map(form).collect::<String>();
    for full in [
        many(|n| format!("k{n}: {n}\n")),
        format!("x:\n{}", many(|n| format!("  - k{n}\n"))),
        format!("x: [{}]\n", many(|n| format!("k{n}, "))),
        format!("x: {{{}}}\n", many(|n| format!("k{n}: 1, "))),
    ] {
        let file = |status: &str, full: &str| {
            format!(
                "---\nschema: work-item/1\nid: 3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\nitem_type: task\ntitle: T\nstatus: {status}\n\
                 created_at: 2025-10-10T15:00:00Z\ncreated_by: ann\n{full}---\n"
            )
        };
        let wanted = file("active", &full.replacen("k3", "other", 1));
        let before = std::time::Instant::now();
        let edited = edit(file("pending", &full).as_bytes(), &read(wanted.as_bytes()), &[]);
        assert_eq!(edited.map(|edited| read(&edited)), Ok(read(wanted.as_bytes())));
        assert!(
            before.elapsed().as_secs() < 20,
            "{:?} {}",
            before.elapsed(),
            &full[..20]
        );
    }
}
