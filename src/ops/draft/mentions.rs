//! Which files name which records: what points at a record is found without reading every other one as a record.
//!
//! Only names are looked for, anywhere in the frontmatter. So this finds too many rather than too few; whoever asks
//! reads what it finds.

use std::collections::HashMap;

use crate::ops::Error;
use crate::ops::read::{NAMED, Reading, place_of};
use crate::record::graph::references;
use crate::record::path::{Place, ROOT};
use crate::record::{RecordId, RecordPath, limits, parse};

/// How long an id is.
const ID_BYTES: usize = 36;

/// The files of the named records of a commit, by the ids in them.
pub(super) struct Mentions {
    paths: Vec<RecordPath>,
    /// Indexes of `paths`.
    naming: HashMap<RecordId, Vec<usize>>,
}

impl Mentions {
    /// Reads all files of named records once.
    pub(super) fn read(reading: &Reading) -> Result<Self, Error> {
        let (mut paths, mut entries) = (Vec::new(), Vec::new());
        for kind in NAMED {
            for entry in reading.snapshot.entries(&format!("{ROOT}/{}", kind.directory()))? {
                if let Place::Record(path) = place_of(&entry) {
                    paths.push(path);
                    entries.push(entry);
                }
            }
        }
        let found = reading
            .snapshot
            .read_all(&entries, limits::RECORD_BYTES, |at, bytes| match bytes {
                Ok(bytes) => named_in(&bytes, &paths[at]),
                // Nor is it read as a record.
                Err(_) => Vec::new(),
            });
        let mut naming: HashMap<RecordId, Vec<usize>> = HashMap::new();
        for (at, ids) in found.into_iter().enumerate() {
            for id in ids {
                naming.entry(id).or_default().push(at);
            }
        }
        Ok(Self { paths, naming })
    }

    /// The files that may name one of these records, each at least once.
    pub(super) fn of<'m>(&'m self, targets: &'m [RecordId]) -> impl Iterator<Item = &'m RecordPath> {
        let naming = targets.iter().filter_map(|id| self.naming.get(id)).flatten();
        naming.map(|at| &self.paths[*at])
    }
}

/// The other records that a file names.
fn named_in(bytes: &[u8], path: &RecordPath) -> Vec<RecordId> {
    let frontmatter = frontmatter(bytes);
    if frontmatter.contains(&b'\\') {
        // An id may be written with escapes.
        let parsed = parse(bytes, Some(path)).ok();
        let named = parsed.map(|parsed| references(&parsed.record)).unwrap_or_default();
        return named.into_iter().map(|(_, id)| id).collect();
    }
    let mut found = ids(frontmatter);
    found.retain(|id| Some(*id) != path.id());
    found
}

/// Up to the second line of three hyphens and nothing else; all of it where there is none.
fn frontmatter(bytes: &[u8]) -> &[u8] {
    let ends = |at: &usize| {
        let rest = &bytes[at + 4..];
        rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
    };
    let mut lines = bytes.windows(4).enumerate().filter(|(_, window)| *window == b"\n---");
    let end = lines.find_map(|(at, _)| Some(at).filter(ends));
    &bytes[..end.unwrap_or(bytes.len())]
}

fn ids(bytes: &[u8]) -> Vec<RecordId> {
    let is_of_id = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-');
    let words = bytes.split(|byte| !is_of_id(byte));
    words
        .filter(|word| word.len() == ID_BYTES)
        .filter_map(|word| std::str::from_utf8(word).ok()?.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_however_yaml_lets_it_stand() {
        let (one, two) = (
            "019a0000-0000-7000-8000-000000000001",
            "019a0000-0000-7000-8000-000000000002",
        );
        for text in [
            format!("---\nparent_id: {one}\ndepends_on:\n- {two}\n---\n"),
            format!("---\r\n{{parent_id: '{one}', depends_on: [\"{two}\"]}}\r\n---\r\n"),
            format!("---\nparent_id: &a {one} # and\ndepends_on: [{one},{two}]\n"),
        ] {
            let mut found = ids(frontmatter(text.as_bytes()));
            found.dedup();
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, [one, two], "{text}");
        }
    }

    #[test]
    fn the_body_and_words_that_are_longer_name_nobody() {
        let id = "019a0000-0000-7000-8000-000000000001";
        let text = format!("---\ntitle: x{id}0 a{id}\n---\nSee {id}.\n");
        assert!(ids(frontmatter(text.as_bytes())).is_empty());
    }
}
