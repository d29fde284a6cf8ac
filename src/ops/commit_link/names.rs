//! From what a commit message says to the work items it means.

use std::collections::BTreeSet;

use crate::ops::draft::Draft;
use crate::ops::{Error, ErrorKind};
use crate::record::id::SHORT;
use crate::record::{Record, WorkItem};

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

/// The work item that a message or a branch names: by an alias, or at least 8 digits of an id. None where the name
/// names none, or several.
pub(super) fn find(draft: &mut Draft<'_>, name: &str) -> Result<Option<WorkItem>, Error> {
    if let Some(item) = by_alias(draft, name)? {
        return Ok(Some(item));
    }
    if !is_id(name) {
        return Ok(None);
    }
    let Some(path) = draft.find_by_prefix(name)? else {
        return Ok(None);
    };
    // A file that somebody broke is for `validate` to name, not for every commit.
    let record = draft.get(&path).ok().flatten();
    Ok(record.and_then(|record| record.as_work_item()).cloned())
}

/// The one work item of this alias that is not deleted: exactly so, else in any letter case.
pub(super) fn by_alias(draft: &mut Draft<'_>, name: &str) -> Result<Option<WorkItem>, Error> {
    let called = draft.called(name)?;
    let items = called.iter().filter_map(Record::as_work_item);
    let items: Vec<_> = items.filter(|item| item.deleted_at.is_none()).collect();
    let exact = items
        .iter()
        .filter(|item| item.aliases.iter().any(|alias| alias.as_str() == name));
    Ok(match (exact.collect::<Vec<_>>().as_slice(), items.as_slice()) {
        ([item], _) => Some((**item).clone()),
        ([], [item]) => Some((*item).clone()),
        _ => None,
    })
}

/// Why a name names no work item, and what may have been meant; reads all records.
pub(super) fn why_not(draft: &mut Draft<'_>, name: &str) -> String {
    let near = match draft.find_work_item(name) {
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
