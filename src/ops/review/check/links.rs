//! The rules between records: of those that changed, and of those that point at what is gone.

use std::collections::BTreeSet;

use super::super::ask::Asked;
use super::super::changed::Changes;
use super::super::format::without_position;
use super::{Around, Findings, Tier, readable};
use crate::ops::Error;
use crate::ops::draft::Draft;
use crate::ops::read::Loaded;
use crate::record::{Kind, RecordId, RecordPath, Severity, Violation};

pub(super) fn check(asked: &mut Asked<'_>, changes: &Changes, found: &mut Findings) -> Result<(), Error> {
    let mut of: BTreeSet<RecordPath> = readable(changes).map(|changed| changed.path.clone()).collect();
    of.extend(pointing_at_removed(asked, changes)?);
    if of.is_empty() {
        return Ok(());
    }
    let head = Around::of(&mut asked.draft, changes, &of)?;
    let mut now = head.check();
    let errors = now.iter().any(|(_, violation)| violation.severity == Severity::Error);
    // What was wrong before is asked only where something is wrong.
    let before: BTreeSet<_> = match asked.base.filter(|_| errors) {
        Some(base) => {
            of.extend(now.iter().map(|(path, _)| path.clone()));
            let mut draft = Draft::new(asked.context, base);
            let before = changes.records.values().filter_map(|changed| changed.before.record());
            asked.draft.share_mentions(&mut draft, before);
            Around::of(&mut draft, changes, &of)?.check().iter().map(key).collect()
        }
        None => BTreeSet::new(),
    };
    now.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (path, violation) in now {
        let old = before.contains(&key(&(path.clone(), violation.clone())));
        // An old sin of a record that did not change is nobody's business here.
        if !old || head.is_asked(&path) {
            found.add(Tier::Links, path.to_string(), violation, old);
        }
    }
    Ok(())
}

/// The records that name one whose file is gone.
fn pointing_at_removed(asked: &mut Asked<'_>, changes: &Changes) -> Result<Vec<RecordPath>, Error> {
    let removed: BTreeSet<RecordId> = changes.removed().collect();
    if removed.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = asked.draft.pointing_at(&removed)?;
    let mut beside = Loaded::default();
    for id in &removed {
        for kind in [Kind::Note, Kind::CommitLink] {
            asked.head.load_on(kind, *id, &mut beside)?;
        }
    }
    found.extend(beside.records.into_keys());
    Ok(found)
}

/// What makes two violations on two sides the same one.
fn key((path, violation): &(RecordPath, Violation)) -> (RecordPath, Option<String>, String) {
    let field = violation
        .field
        .as_deref()
        .map(|field| without_position(field).to_owned());
    (path.clone(), field, violation.message.clone())
}
