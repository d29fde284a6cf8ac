//! Which work item a commit is about to belong to.

use std::collections::BTreeSet;

use super::names::Names;
use super::remembered::{Item, Remembered};
use crate::ops::draft::Draft;
use crate::ops::{Context, Error};
use crate::record::id::SHORT;
use crate::record::{RecordId, WorkItem};

/// How many characters of a full id there are.
const ID: usize = 36;

/// The work item that a commit on this branch belongs to: the one that says it is done on the branch, else the one
/// that the branch is named after, else the one that the actor has claimed. Where several could be meant, none.
pub(super) fn whose(
    context: &Context,
    draft: &mut Draft<'_>,
    remembered: &Remembered,
    branch: Option<&str>,
) -> Result<Option<WorkItem>, Error> {
    let now = context.source.now();
    let actor = context.actor();
    let held = |item: &Item| actor.as_ref().is_ok_and(|actor| item.is_held_by(actor.as_str(), now));
    let fitting = |fits: &dyn Fn(&Item) -> bool| -> Vec<_> {
        let items = remembered.items().filter(|(_, item)| fits(item));
        items.map(|(id, _)| *id).collect()
    };
    let names = Names::new(remembered);
    if let Some(branch) = branch {
        let on_branch = |item: &Item| item.branch.as_deref() == Some(branch);
        let done_here = fitting(&on_branch);
        if !done_here.is_empty() {
            let mine = fitting(&|item| on_branch(item) && held(item));
            return only(&names, draft, if done_here.len() == 1 { &done_here } else { &mine });
        }
        let named_after = named_after(&names, draft, branch)?;
        if !named_after.is_empty() {
            return only(&names, draft, &named_after);
        }
    }
    only(&names, draft, &fitting(&held))
}

fn only(names: &Names<'_>, draft: &mut Draft<'_>, ids: &[RecordId]) -> Result<Option<WorkItem>, Error> {
    match ids {
        [id] => names.get(draft, *id),
        _ => Ok(None),
    }
}

/// The work items whose id or alias is a component of the name of a branch, or begins one.
fn named_after(names: &Names<'_>, draft: &mut Draft<'_>, branch: &str) -> Result<Vec<RecordId>, Error> {
    let mut found = BTreeSet::new();
    for component in branch.split('/') {
        // The longest alias counts: `bd-1-2` is not about `bd-1`.
        if let Some(id) = beginnings(component).find_map(|name| names.by_alias(name)) {
            found.insert(id);
        } else if let Some(name) = leading_id(component)
            && let Some(item) = names.find(draft, name)?
            && item.deleted_at.is_none()
        {
            found.insert(item.id);
        }
    }
    Ok(found.into_iter().collect())
}

/// A component and what it begins with, up to each sign between words, the longest first.
fn beginnings(component: &str) -> impl Iterator<Item = &str> {
    let ends = component.rmatch_indices(['-', '_', '.']).map(|(at, _)| at);
    std::iter::once(component.len())
        .chain(ends)
        .map(|end| &component[..end])
}

/// The id, or the digits of one, that a component begins with.
fn leading_id(component: &str) -> Option<&str> {
    let full = component.get(..ID).filter(|text| text.parse::<RecordId>().is_ok());
    let digits = component.len() - component.trim_start_matches(|c: char| c.is_ascii_hexdigit()).len();
    let end = full.map_or(digits, str::len);
    // `3f9a2c1bx` is some word.
    let is_word = component[end..].starts_with(|c: char| c.is_alphanumeric());
    (end >= SHORT && !is_word).then(|| &component[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_a_component_begins_with() {
        let full = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";
        assert_eq!(leading_id("3f9a2c1b-cache"), Some("3f9a2c1b"));
        assert_eq!(leading_id("3f9a2c1b"), Some("3f9a2c1b"));
        assert_eq!(leading_id(&format!("{full}-cache")), Some(full));
        for other in ["3f9a2c1", "3f9a2c1bx", "3f9a-2c1b", "fix-3f9a2c1b", "", "é3f9a2c1b"] {
            assert_eq!(leading_id(other), None, "{other}");
        }
    }

    #[test]
    fn what_a_component_begins_with() {
        let found: Vec<_> = beginnings("bd-kwro_x.1").collect();
        assert_eq!(found, ["bd-kwro_x.1", "bd-kwro_x", "bd-kwro", "bd"]);
    }
}
