//! From what a commit message says to the work items it means.

use std::collections::BTreeSet;

use super::remembered::Remembered;
use crate::ops::draft::Draft;
use crate::ops::{Context, Error, ErrorKind};
use crate::record::id::SHORT;
use crate::record::value::folded;
use crate::record::{Kind, RecordId, RecordPath, WorkItem};

/// The trailer that links a commit to a work item.
pub(super) const WORK_ITEM: &str = "Work-Item";

/// The trailer that completes the work item as well.
pub(super) const CLOSES: &str = "Closes";

/// A work item as a trailer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) closes: bool,
}

/// What the trailers of a message name, those that close first, each once. References of the host are left out.
pub(super) fn named(trailers: &[(String, String)]) -> Vec<Named> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for (trailer, closes) in [(CLOSES, true), (WORK_ITEM, false)] {
        let values = trailers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(trailer));
        let words = values.flat_map(|(_, value)| value.split([',', ' ', '\t', '\n']));
        for name in words.map(|word| word.trim_end_matches(['.', ';'])) {
            if !name.is_empty() && !belongs_to_host(name) && seen.insert(name.to_owned()) {
                let name = name.to_owned();
                all.push(Named { name, closes });
            }
        }
    }
    all
}

/// Whether it names an issue or a request of the host: `#12`, `owner/repo#12`, `GH-12`, `!12`, an address.
fn belongs_to_host(name: &str) -> bool {
    let number = name.strip_prefix("GH-").or(name.strip_prefix("gh-"));
    let is_number = number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()));
    is_number || name.contains('#') || name.contains("://") || name.starts_with('!')
}

/// Whether it can be a part of an id here: in prose, fewer digits are a word sooner or later, such as `added`.
fn is_id(name: &str) -> bool {
    let digits = name.bytes().filter(|b| *b != b'-');
    digits.clone().count() >= SHORT && digits.clone().all(|b| b.is_ascii_hexdigit())
}

/// Finds work items by the names that messages and branches may use: an alias, or at least 8 digits of an id.
pub(super) struct Names<'n> {
    remembered: &'n Remembered,
}

impl<'n> Names<'n> {
    pub(super) fn new(remembered: &'n Remembered) -> Self {
        Self { remembered }
    }

    /// The work item a name names; none where it names none, or several. Reads no record but that one.
    pub(super) fn find(&self, draft: &mut Draft<'_>, name: &str) -> Result<Option<WorkItem>, Error> {
        let id = match self.by_alias(name) {
            Some(id) => Some(id),
            None if is_id(name) => draft.find_by_prefix(name)?.and_then(|path| path.id()),
            None => None,
        };
        match id {
            Some(id) => self.get(draft, id),
            None => Ok(None),
        }
    }

    /// The work item of an identity; none where there is none that can be read.
    pub(super) fn get(&self, draft: &mut Draft<'_>, id: RecordId) -> Result<Option<WorkItem>, Error> {
        let Some(path) = RecordPath::own(Kind::WorkItem, id) else {
            return Ok(None);
        };
        // A file that somebody broke is for `validate` to name, not for every commit.
        let record = draft.get(&path).ok().flatten();
        Ok(record.and_then(|record| record.as_work_item()).cloned())
    }

    /// The one work item of this alias, exactly so, else in any letter case.
    pub(super) fn by_alias(&self, name: &str) -> Option<RecordId> {
        let wanted = folded(name);
        let one = |same: &dyn Fn(&str) -> bool| {
            let mut ids = self
                .remembered
                .items()
                .filter(|(_, item)| item.aliases.iter().any(|alias| same(alias)));
            match (ids.next(), ids.next()) {
                (Some((id, _)), None) => Some(*id),
                _ => None,
            }
        };
        one(&|alias| alias == name).or_else(|| one(&|alias| folded(alias) == wanted))
    }

    /// Why a name names no work item, and what may have been meant; reads all records.
    pub(super) fn why_not(&self, context: &Context, name: &str) -> String {
        let found = context.read().and_then(|reading| {
            let mut draft = Draft::new(context, &reading);
            draft.find_work_item(name)
        });
        let near = match found {
            Ok((_, item, _)) => vec![item.id.short()],
            Err(error) if error.kind() == ErrorKind::Ambiguous => return error.to_string(),
            Err(error) => {
                let near = error.details().get("near_matches").and_then(|near| near.as_array());
                let texts = near.into_iter().flatten().filter_map(|near| near.as_str());
                texts.map(ToOwned::to_owned).collect()
            }
        };
        match near.as_slice() {
            [] => format!("`{name}` names no work item"),
            near => format!("`{name}` names no work item; did you mean {}?", near.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(trailers: &[(&str, &str)]) -> Vec<(String, bool)> {
        let trailers: Vec<_> = trailers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        named(&trailers)
            .into_iter()
            .map(|named| (named.name, named.closes))
            .collect()
    }

    #[test]
    fn several_values_of_several_trailers() {
        let found = names(&[
            ("work-item", "3f9a2c1b, bd-kwro"),
            ("CLOSES", "5b21c0de 3f9a2c1b."),
            ("Fixes", "x"),
        ]);
        let expected = [("5b21c0de", true), ("3f9a2c1b", true), ("bd-kwro", false)];
        assert_eq!(found, expected.map(|(name, closes)| (name.to_owned(), closes)));
    }

    #[test]
    fn references_of_the_host_are_left_alone() {
        let values = "#12, owner/repo#12 https://example.com/issues/12 GH-12 !12";
        assert_eq!(names(&[("Closes", values)]), []);
    }

    #[test]
    fn a_word_is_no_id() {
        assert!(is_id("3f9a2c1b") && is_id("3f9a2c1b-52a1") && is_id("3F9A2C1B"));
        assert!(
            !is_id("added") && !is_id("a") && !is_id("3f9a2c1x") && !is_id("dead-beef-"[..5].trim_end_matches('-'))
        );
    }
}
