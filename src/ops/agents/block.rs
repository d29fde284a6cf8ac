//! The block in a file: put in, refreshed in place, taken out. Bytes in, bytes out.
//!
//! A file that had the block put in and taken out again is the same, byte for byte.

/// How the first line of a block begins.
const BEGIN: &str = "<!-- BEGIN git-docket";

/// What the block is, and how it goes.
const FIRST: &str = "<!-- BEGIN git-docket: `git docket init --agents` writes this block, and replaces what is changed in it; \
                     `git docket init --remove-agents` takes it out -->";

/// The last line of a block.
const LAST: &str = "<!-- END git-docket -->";

/// What [`without`] leaves.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// There was no block.
    Unchanged,
    /// The file without its block.
    File(Vec<u8>),
    /// The file was nothing else.
    Nothing,
}

/// The file with `text` as its block: in place of the one it has, else at the end. With no file, the block is all.
///
/// # Errors
///
/// What is wrong with the markers; nothing is guessed then.
pub(super) fn with(file: Option<&[u8]>, text: &str) -> Result<Vec<u8>, String> {
    let Some(file) = file else { return Ok(block(text, "\n")) };
    let Some(found) = find(file)? else {
        // Exactly one line end, whatever the file ends with: so much is taken out again.
        let end = line_end(file);
        return Ok([file, end.as_bytes(), &block(text, end)].concat());
    };
    let end = line_end(&file[found.clone()]);
    let mut new = block(text, end);
    if !file[found.clone()].ends_with(b"\n") {
        new.truncate(new.len() - end.len());
    }
    Ok([&file[..found.start], &new, &file[found.end..]].concat())
}

/// The file without its block, and without the line end that [`with`] put before it.
///
/// # Errors
///
/// As [`with`].
pub(super) fn without(file: &[u8]) -> Result<Rest, String> {
    let Some(found) = find(file)? else {
        return Ok(Rest::Unchanged);
    };
    let (before, after) = (&file[..found.start], &file[found.end..]);
    if before.is_empty() && after.is_empty() {
        return Ok(Rest::Nothing);
    }
    let end = line_end(&file[found]);
    let shorter = before.strip_suffix(end.as_bytes()).unwrap_or(before);
    // Where somebody went on below the block, two lines must not become one.
    let ends_line = shorter.is_empty() || shorter.ends_with(b"\n");
    let before = if after.is_empty() || ends_line { shorter } else { before };
    Ok(Rest::File([before, after].concat()))
}

fn block(text: &str, end: &str) -> Vec<u8> {
    let lines = [FIRST].into_iter().chain(text.lines()).chain([LAST]);
    lines.flat_map(|line| [line, end]).collect::<String>().into_bytes()
}

/// How the first line ends; a file without lines gets line feeds.
fn line_end(bytes: &[u8]) -> &'static str {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(at) if at > 0 && bytes[at - 1] == b'\r' => "\r\n",
        _ => "\n",
    }
}

/// Where the block is, with the end of its last line.
fn find(file: &[u8]) -> Result<Option<std::ops::Range<usize>>, String> {
    let (mut begins, mut ends) = (Vec::new(), Vec::new());
    let mut at = 0;
    for (number, line) in file.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if line.starts_with(BEGIN.as_bytes()) {
            begins.push((number + 1, at));
        } else if line.trim_ascii_end() == LAST.as_bytes() {
            ends.push((number + 1, at + line.len()));
        }
        at += line.len();
    }
    match (begins.as_slice(), ends.as_slice()) {
        ([], []) => Ok(None),
        ([(_, begin)], [(_, end)]) if begin < end => Ok(Some(*begin..*end)),
        ([(line, _)], []) => Err(format!(
            "the block that begins in line {line} does not end: `{LAST}` is missing"
        )),
        ([], [(line, _), ..]) => Err(format!("a block ends in line {line}, but none begins")),
        ([_, (line, _), ..], _) => Err(format!("a second block begins in line {line}")),
        (_, [.., (line, _)]) => Err(format!("a block ends in line {line} that does not begin before it")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "## Guide\n\n- one\n";

    fn there_and_back(file: &[u8]) {
        let with_block = with(Some(file), TEXT).expect("no marker");
        assert!(with_block.starts_with(file), "what was there is not touched");
        assert_eq!(
            with(Some(&with_block), TEXT),
            Ok(with_block.clone()),
            "again is the same"
        );
        assert_eq!(without(&with_block), Ok(Rest::File(file.to_vec())));
        let other = with(Some(&with_block), "other\n").expect("one block");
        assert_eq!(without(&other), Ok(Rest::File(file.to_vec())), "also after a refresh");
    }

    proptest! {
        #[test]
        fn taken_out_is_as_before(lines in proptest::collection::vec(("[ -~\u{e9}\r]{0,12}", "\r\n|\n|\r"), 0..8), last in "[a-z\r]{0,3}") {
            let text: String = lines.iter().flat_map(|(line, end)| [line.as_str(), end.as_str()]).collect();
            there_and_back((text + &last).as_bytes());
        }

        #[test]
        fn any_bytes_survive(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..64)) {
            there_and_back(&bytes);
        }

        #[test]
        fn text_around_survives(before in "([a-z]{0,5}(\r\n|\n)){1,4}", after in "[a-z\n]{1,12}") {
            let with_block = with(Some(before.as_bytes()), TEXT).expect("no marker");
            let edited = [&with_block, after.as_bytes()].concat();
            let refreshed = with(Some(&edited), "other\n").expect("one block");
            prop_assert!(refreshed.starts_with(before.as_bytes()) && refreshed.ends_with(after.as_bytes()));
            prop_assert_eq!(without(&refreshed), Ok(Rest::File([before.as_bytes(), after.as_bytes()].concat())));
        }
    }

    #[test]
    fn what_was_nothing_else_goes_as_a_whole() {
        assert_eq!(without(&with(None, TEXT).expect("no file")), Ok(Rest::Nothing));
        assert_eq!(
            without(&with(Some(b""), TEXT).expect("no marker")),
            Ok(Rest::File(Vec::new()))
        );
    }

    #[test]
    fn lines_stay_apart() {
        let file = [&with(Some(b"one"), TEXT).expect("no marker")[..], b"two\n"].concat();
        assert_eq!(without(&file), Ok(Rest::File(b"one\ntwo\n".to_vec())));
    }

    #[test]
    fn what_was_edited_inside_is_replaced() {
        let file = format!("# A\n\n{BEGIN} -->\nmine\n{LAST}\n# B\n");
        let refreshed = with(Some(file.as_bytes()), "new\n").expect("one block");
        assert_eq!(
            String::from_utf8(refreshed),
            Ok(format!("# A\n\n{FIRST}\nnew\n{LAST}\n# B\n"))
        );
    }

    #[test]
    fn damaged_markers_are_named() {
        for (file, wanted) in [
            (format!("a\n{BEGIN} -->\n"), "begins in line 2 does not end"),
            (format!("{LAST}\n"), "ends in line 1, but none begins"),
            (
                format!("{LAST}\n{BEGIN}\n"),
                "ends in line 1 that does not begin before it",
            ),
            (format!("{BEGIN}\n{BEGIN}\n{LAST}\n"), "second block begins in line 2"),
            (format!("{BEGIN}\n{LAST}\n{LAST}\n"), "ends in line 3"),
        ] {
            for outcome in [
                with(Some(file.as_bytes()), TEXT).map(drop),
                without(file.as_bytes()).map(drop),
            ] {
                assert!(
                    outcome.as_ref().is_err_and(|reason| reason.contains(wanted)),
                    "{file}: {outcome:?}"
                );
            }
        }
    }
}
