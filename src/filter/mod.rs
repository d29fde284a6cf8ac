//! What may be asked of records, and how it is answered on records themselves.

use crate::record::value::folded;
use crate::record::work_item::{ItemType, Status};
use crate::record::{RecordId, WorkItem};

/// Which work items are wanted. The empty filter wants all that are neither deleted nor archived.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkItemFilter {
    /// One of these types; any where empty.
    pub item_types: Vec<ItemType>,
    /// One of these statuses; any where empty.
    pub statuses: Vec<Status>,
    /// Directly below this one.
    pub parent: Option<RecordId>,
    /// With all of these labels.
    pub labels: Vec<String>,
    /// Assigned to this one.
    pub assignee: Option<String>,
    /// With all of these words, upper or lower case, in title, body, labels or aliases.
    pub text: Option<String>,
    /// Deleted ones too.
    pub include_deleted: bool,
    /// Archived ones too.
    pub include_archived: bool,
}

impl WorkItemFilter {
    /// Whether a work item with this body is wanted.
    #[must_use]
    pub fn matches(&self, item: &WorkItem, body: &str) -> bool {
        let one_of = |wanted: bool, all: bool| all || wanted;
        (self.include_deleted || item.deleted_at.is_none())
            && (self.include_archived || item.archived_at.is_none())
            && one_of(self.item_types.contains(&item.item_type), self.item_types.is_empty())
            && one_of(self.statuses.contains(&item.status), self.statuses.is_empty())
            && self.parent.is_none_or(|parent| item.parent_id == Some(parent))
            && self
                .labels
                .iter()
                .all(|label| item.labels.iter().any(|l| l.as_str() == label))
            && self
                .assignee
                .as_ref()
                .is_none_or(|name| item.assignee.as_ref().is_some_and(|a| a.as_str() == name))
            && self.text.as_ref().is_none_or(|text| has_words(text, item, body))
    }
}

fn has_words(text: &str, item: &WorkItem, body: &str) -> bool {
    let mut all = folded(item.title.as_str());
    let names = item
        .labels
        .iter()
        .map(|l| l.as_str())
        .chain(item.aliases.iter().map(|a| a.as_str()));
    for part in names.chain([body]) {
        all.push('\n');
        all.push_str(&folded(part));
    }
    folded(text).split_whitespace().all(|word| all.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::value::Text;

    #[test]
    fn words_are_found_in_any_case_and_order() {
        let id = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60".parse().expect("an id");
        let item = WorkItem::new(
            id,
            ItemType::Task,
            Text::new("Cache the STRASSE query").expect("a title"),
        );
        let wants = |text: &str| WorkItemFilter {
            text: Some(text.to_owned()),
            ..WorkItemFilter::default()
        };
        assert!(wants("query straße").matches(&item, ""));
        assert!(wants("query body").matches(&item, "the Body"));
        assert!(!wants("query missing").matches(&item, "the body"));
    }
}
