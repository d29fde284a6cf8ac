//! What may not happen to a record from one version to the next.
//!
//! Each version by itself may be valid; these rules are about what became of what was said before.

use serde_json::{Map, Value};

use super::{Fields, Kind, Record, Violation, change};

/// What is said once, when a record begins, and stays.
const ORIGINS: &[&str] = &["created_by", "created_at", "origin"];

/// What may still be said about a record that is only ever added.
const LATER: &[&str] = &["retracted"];

/// The same of a conflict: how it ended.
const RESOLVED: &[&str] = &["resolved_at", "resolved_by", "choice"];

/// Checks what changed between two versions of one record.
///
/// Who created it, when, and where it was imported from stay; a deployment, a note and a commit link stay as they are
/// but for being retracted, a conflict but for being resolved.
#[must_use]
pub fn check(before: &Record, after: &Record) -> Vec<Violation> {
    let (old, new) = (before.to_json(), after.to_json());
    let mut found: Vec<_> = ORIGINS
        .iter()
        .filter(|field| old.contains_key(**field) && old.get(**field) != new.get(**field))
        .map(|field| Violation::field(*field, "was rewritten; what a record began with stays"))
        .collect();
    if is_rewritten(before, after) {
        let noun = after.kind().noun();
        let changes = change::changes(Some(before), Some(after));
        let is_told = |field: &str| found.iter().any(|told| told.field.as_deref() == Some(root(field)));
        let fields = changes.into_iter().map(|change| change.field);
        let fields: Vec<_> = fields
            .filter(|field| !may_follow(after.kind(), field) && !is_told(field))
            .collect();
        let message = format!("{noun} does not change once it is recorded");
        found.extend(fields.into_iter().map(|field| Violation::field(field, message.clone())));
    }
    found
}

/// Whether a record that is only ever added says something else than before, but for what may follow.
#[must_use]
pub fn is_rewritten(before: &Record, after: &Record) -> bool {
    let rest = |record: &Record| -> (Map<String, Value>, String) {
        let fields = record.to_json().into_iter();
        let fields = fields.filter(|(field, _)| !may_follow(record.kind(), field));
        (fields.collect(), record.body.clone())
    };
    let is_final = matches!(
        after.fields,
        Fields::Deployment(_) | Fields::Note(_) | Fields::CommitLink(_) | Fields::Conflict(_)
    );
    is_final && rest(before) != rest(after)
}

fn may_follow(kind: Kind, field: &str) -> bool {
    match kind {
        Kind::Conflict => RESOLVED.contains(&root(field)),
        _ => LATER.contains(&root(field)),
    }
}

/// The field at the top that a dotted name begins with.
fn root(field: &str) -> &str {
    field.split('.').next().unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::parse;

    const NOTE: &str = "---\nschema: note/1\nid: 0199cead-ca00-7d71-9642-b726b0440162\n\"on\": \
                        3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\ncreated_at: 2025-10-10T15:12:00Z\ncreated_by: grace\n";

    fn note(more: &str, body: &str) -> Record {
        let text = format!("{NOTE}{more}---\n\n{body}\n");
        parse(text.as_bytes(), None).expect("a note").record
    }

    fn wrong(before: &Record, after: &Record) -> Vec<String> {
        check(before, after).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_only_added_stays_but_for_being_taken_back() {
        let before = note("", "As it was.");
        assert!(wrong(&before, &before).is_empty());
        let retracted = note("retracted: {at: 2025-10-11T15:12:00Z, by: ana}\n", "As it was.");
        assert!(wrong(&before, &retracted).is_empty());
        assert!(wrong(&retracted, &before).is_empty(), "it may be brought back");
        let other = note("", "As it never was.");
        assert_eq!(
            wrong(&before, &other),
            ["body: a note does not change once it is recorded"]
        );
    }

    #[test]
    fn who_began_a_record_stays() {
        let before = note("", "As it was.");
        let text = format!("{NOTE}---\n\nAs it was.\n").replace("grace", "mallory");
        let after = parse(text.as_bytes(), None).expect("a note").record;
        assert_eq!(
            wrong(&before, &after),
            ["created_by: was rewritten; what a record began with stays"]
        );
    }

    #[test]
    fn what_it_lacked_is_not_said_later_of_what_is_only_added() {
        let imported = |more: &str| {
            let text = format!("{NOTE}{more}---\n\nAs it was.\n").replace("created_by: grace\n", "");
            parse(text.as_bytes(), None).expect("a note").record
        };
        let before = imported("origin: {system: beads, id: a-0}\n");
        let created = imported("origin: {system: beads, id: a-0}\ncreated_by: mallory\n");
        assert!(is_rewritten(&before, &created));
        assert_eq!(
            wrong(&before, &created),
            ["created_by: a note does not change once it is recorded"]
        );
        let elsewhere = imported("origin: {system: beads, id: a-1}\n");
        assert!(is_rewritten(&before, &elsewhere));
        assert_eq!(
            wrong(&before, &elsewhere),
            ["origin: was rewritten; what a record began with stays"]
        );
        let (plain, from) = (
            note("", "As it was."),
            note("origin: {system: beads, id: a-0}\n", "As it was."),
        );
        assert!(is_rewritten(&plain, &from));
        assert_eq!(
            wrong(&plain, &from),
            ["origin: a note does not change once it is recorded"]
        );
    }
}
