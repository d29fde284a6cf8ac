//! Which work item a commit is about to belong to.

use super::names::{by_alias, find};
use crate::ops::draft::Draft;
use crate::ops::{Context, Error};
use crate::record::id::SHORT;
use crate::record::{RecordId, WorkItem};

/// How many characters of a full id there are.
const ID: usize = 36;

/// The work item that a commit on this branch belongs to: the one that says it is done on the branch, else the one
/// that the branch is named after, else the one that the actor has claimed.
///
/// Of several on the branch it is the one the actor has claimed, else the one that all the others are above. Where it
/// still could be several, it is none.
pub(super) fn whose(context: &Context, draft: &mut Draft<'_>, branch: Option<&str>) -> Result<Option<WorkItem>, Error> {
    let held = match context.actor() {
        Ok(actor) => draft.held_by(actor.as_str(), context.source.now())?,
        // Whom git does not know has claimed nothing.
        Err(_) => Vec::new(),
    };
    if let Some(branch) = branch {
        let done_here = draft.on_branch(branch)?;
        if !done_here.is_empty() {
            let mine = done_here
                .iter()
                .filter(|item| held.iter().any(|held| held.id == item.id));
            return match only(mine.cloned().collect()) {
                Some(item) => Ok(Some(item)),
                None => lowest(draft, done_here),
            };
        }
        let named_after = named_after(draft, branch)?;
        if !named_after.is_empty() {
            return Ok(only(named_after));
        }
    }
    Ok(only(held))
}

fn only(items: Vec<WorkItem>) -> Option<WorkItem> {
    <[_; 1]>::try_from(items).ok().map(|[item]| item)
}

/// The one that is above none of the others.
fn lowest(draft: &mut Draft<'_>, items: Vec<WorkItem>) -> Result<Option<WorkItem>, Error> {
    let mut lowest = Vec::new();
    for item in &items {
        let mut is_above = false;
        for other in &items {
            is_above |= draft.is_above(item.id, other)?;
        }
        if !is_above {
            lowest.push(item.clone());
        }
    }
    Ok(only(lowest))
}

/// The work items whose id or alias is a component of the name of a branch, or begins one.
fn named_after(draft: &mut Draft<'_>, branch: &str) -> Result<Vec<WorkItem>, Error> {
    let mut found: Vec<WorkItem> = Vec::new();
    for component in branch.split('/') {
        let mut item = None;
        // The longest alias counts: `bd-1-2` is not about `bd-1`.
        for name in beginnings(component) {
            item = by_alias(draft, name)?;
            if item.is_some() {
                break;
            }
        }
        if item.is_none()
            && let Some(name) = leading_id(component)
        {
            item = find(draft, name)?.filter(|item| item.deleted_at.is_none());
        }
        found.extend(item.filter(|item| found.iter().all(|other| other.id != item.id)));
    }
    Ok(found)
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
