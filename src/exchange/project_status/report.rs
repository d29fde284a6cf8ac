//! A report that was rendered, read back as far as it goes: the last that is left where git cannot be read.

use std::collections::{HashMap, VecDeque};

use super::{Migration, read, records};
use crate::record::{Kind, RecordId};

/// What begins the last line of a report, which tells where it is from.
pub const CLOSING: &str = "<!-- git-docket: ";

/// What a `project_status` report holds.
#[derive(Clone, Debug)]
pub struct Report {
    /// The commit it was rendered at.
    pub revision: String,
    /// Its records. Of their ids only what the short form has is known; the rest is made up, from their names.
    pub migration: Migration,
}

/// Reads a report; nothing where the text is not one, or its last line, which tells the commit, is gone.
#[must_use]
pub fn report(text: &str) -> Option<Report> {
    let (text, closing) = text.split_at(text.rfind(CLOSING)?);
    let closing = closing.strip_prefix(CLOSING)?.split_once(" -->")?.0;
    let mut parts = closing.split("; ");
    let revision = parts.next()?.strip_prefix("project_status at ")?.to_owned();
    if !matches!(revision.len(), 40 | 64) || !revision.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let known = KnownIds(parts.filter_map(listed).collect());
    Some(Report {
        revision,
        migration: records::make(&read(text, &[]), None, known),
    })
}

/// One list of the closing line: the kind, and the short ids in the order of the report.
fn listed(part: &str) -> Option<(Kind, VecDeque<String>)> {
    let (name, ids) = part.split_once(": ")?;
    let kind = match name {
        "vendors" => Kind::Vendor,
        "work items" => Kind::WorkItem,
        "deployments" => Kind::Deployment,
        "enhancements" => Kind::Enhancement,
        _ => return None,
    };
    Some((kind, ids.split(' ').map(ToOwned::to_owned).collect()))
}

/// What is known of the ids of records that are to come, by kind and in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownIds(HashMap<Kind, VecDeque<String>>);

impl KnownIds {
    /// The id of the next record of a kind: the one that was made of its name, with the part that is known.
    pub(super) fn next(&mut self, kind: Kind, made: RecordId) -> RecordId {
        let short = self.0.get_mut(&kind).and_then(VecDeque::pop_front);
        short.and_then(|short| made.with_short(&short)).unwrap_or(made)
    }
}
