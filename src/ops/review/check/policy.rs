//! The rules of the team. They are those at BASE: a proposal is not judged by what it makes of them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::ask::Asked;
use super::super::changed::Changes;
use super::super::ends::Ends;
use super::{Findings, Tier, readable};
use crate::ops::Error;
use crate::record::config::{self, Policy};
use crate::record::limits::RECORD_BYTES;
use crate::record::{Kind, Violation};
use crate::store::CONFIG_PATH;

pub(super) fn check(asked: &mut Asked<'_>, changes: &Changes, ends: &Ends, found: &mut Findings) -> Result<(), Error> {
    // As BASE has them now, not where the two parted: rules that were made meanwhile hold for what comes in later.
    let snapshot = asked.context.store.snapshot(ends.base)?;
    let bytes = snapshot.read(CONFIG_PATH, RECORD_BYTES)?.map(|blob| blob.bytes);
    let Some(bytes) = bytes else { return Ok(()) };
    for wrong in config::check(&bytes) {
        if wrong.field.as_deref().is_some_and(|field| field.starts_with("policy")) {
            asked.warnings.push(format!(
                "{CONFIG_PATH} at BASE: {wrong}; that rule is not held against anything"
            ));
        }
    }
    let policy = Policy::of(&bytes);
    for changed in readable(changes) {
        let Some(record) = changed.after.record() else { continue };
        let before = changed
            .before
            .record()
            .map(|record| policy.lacking(record))
            .unwrap_or_default();
        for field in policy.lacking(record) {
            let old = before.contains(&field);
            let violation = Violation::field(field, "is required by the policy of this docket");
            found.add(Tier::Policy, changed.path.to_string(), violation, old);
        }
    }
    if policy.vendor_editors.is_some() {
        editors(asked, changes, ends, &policy, found)?;
    }
    Ok(())
}

/// Each vendor that somebody changed who may not, by the authors of the commits that did.
fn editors(
    asked: &Asked<'_>,
    changes: &Changes,
    ends: &Ends,
    policy: &Policy,
    found: &mut Findings,
) -> Result<(), Error> {
    let vendors = changes.records.keys().filter(|path| path.kind() == Kind::Vendor);
    let vendors: Vec<String> = vendors.map(ToString::to_string).collect();
    if vendors.is_empty() {
        return Ok(());
    }
    let store = &asked.context.store;
    let commits = store.commits_between(Some(ends.base), ends.head)?;
    let commits: Vec<_> = commits.into_iter().map(|commit| (commit, 0)).collect();
    let walk = store.walk_of(&commits)?;
    let changed = store.compare(&walk, 0..walk.commits().len())?;
    let mut refused: BTreeMap<&str, BTreeSet<String>> = vendors
        .iter()
        .map(|vendor| (vendor.as_str(), BTreeSet::new()))
        .collect();
    for (commit, changes) in walk.commits().iter().zip(&changed) {
        if policy.may_edit_vendors(&commit.author, &commit.email) {
            continue;
        }
        let paths = changes
            .iter()
            .filter_map(|change| std::str::from_utf8(&change.path).ok());
        for path in paths {
            if let Some(authors) = refused.get_mut(path) {
                authors.insert(format!("{} <{}>", commit.author, commit.email));
            }
        }
    }
    for (vendor, authors) in refused.into_iter().filter(|(_, authors)| !authors.is_empty()) {
        let authors: Vec<_> = authors.into_iter().collect();
        let message = format!(
            "was changed by {}, whom policy.vendor_editors does not name",
            authors.join(", ")
        );
        found.add(Tier::Policy, vendor.to_owned(), Violation::file(None, message), false);
    }
    Ok(())
}
