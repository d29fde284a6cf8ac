//! Which files name which records: what points at a record is found without reading every other one as a record.
//!
//! Only names are looked for, anywhere in the frontmatter. So this finds too many rather than too few; whoever asks
//! reads what it finds.

use std::collections::HashMap;

use crate::ops::Error;
use crate::ops::read::{NAMED, Reading, place_of};
use crate::record::graph::references;
use crate::record::path::{Place, ROOT};
use crate::record::{Record, RecordId, RecordPath, limits, parse};

/// The field of aliases, however it is written.
const ALIASES: &[u8] = b"aliases";

/// How long an id is.
const ID_BYTES: usize = 36;

/// The files of the named records of a commit, by the ids in them.
#[derive(Clone)]
pub(in crate::ops) struct Mentions {
    paths: Vec<RecordPath>,
    /// Indexes of `paths`.
    naming: HashMap<RecordId, Vec<usize>>,
    /// Indexes of the files that may have aliases.
    aliased: Vec<usize>,
}

/// What is found in one file.
#[derive(Default)]
struct Found {
    ids: Vec<RecordId>,
    may_have_aliases: bool,
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
                Err(_) => Found::default(),
            });
        let mut mentions = Self {
            paths,
            naming: HashMap::new(),
            aliased: Vec::new(),
        };
        for (at, found) in found.into_iter().enumerate() {
            for id in found.ids {
                mentions.naming.entry(id).or_default().push(at);
            }
            mentions.aliased.extend(found.may_have_aliases.then_some(at));
        }
        Ok(mentions)
    }

    /// Adds what other versions of these records name, so that it holds of their commit too.
    pub(super) fn add<'r>(&mut self, records: impl Iterator<Item = &'r Record>) {
        for (path, record) in records.filter_map(|record| Some((record.path()?, record))) {
            let at = self.paths.len();
            self.paths.push(path);
            for (_, id) in references(record) {
                self.naming.entry(id).or_default().push(at);
            }
            self.aliased.extend(record.aliases().next().map(|_| at));
        }
    }

    /// The files that may have aliases.
    pub(super) fn aliased(&self) -> impl ExactSizeIterator<Item = &RecordPath> {
        self.aliased.iter().map(|at| &self.paths[*at])
    }

    /// The files that may name one of these records, each at least once.
    pub(super) fn of<'m>(&'m self, targets: &'m [RecordId]) -> impl Iterator<Item = &'m RecordPath> {
        let naming = targets.iter().filter_map(|id| self.naming.get(id)).flatten();
        naming.map(|at| &self.paths[*at])
    }
}

/// The other records that a file names, and whether it may have aliases.
fn named_in(bytes: &[u8], path: &RecordPath) -> Found {
    let frontmatter = frontmatter(bytes);
    if frontmatter.contains(&b'\\') {
        // What stands there may be written with escapes.
        let parsed = parse(bytes, Some(path)).ok();
        return parsed.map_or_else(Found::default, |parsed| Found {
            ids: references(&parsed.record).into_iter().map(|(_, id)| id).collect(),
            may_have_aliases: parsed.record.aliases().next().is_some(),
        });
    }
    let mut ids = ids(frontmatter);
    ids.retain(|id| Some(*id) != path.id());
    Found {
        ids,
        may_have_aliases: frontmatter.windows(ALIASES.len()).any(|window| window == ALIASES),
    }
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
