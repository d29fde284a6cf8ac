//! What is wrong with what changed, tier by tier: each record by itself, its links, what became of it, the team's rules.
//!
//! The rules are those of `validate` and of every write. What was wrong at BASE already is a warning, since it is not
//! this proposal that broke it; what was only a warning there is not told again.

mod around;
mod links;
mod policy;
mod transition;

use self::around::Around;
use super::ask::Asked;
use super::changed::{Changed, Changes, Version};
use super::ends::Ends;
use super::format::without_position;
use super::{ReviewFinding, Tier, attention};
use crate::ops::Error;
use crate::ops::read::Reading;
use crate::ops::validate::finding;
use crate::record::limits::RECORD_BYTES;
use crate::record::{Severity, Violation, config, line_of_field};
use crate::store::CONFIG_PATH;

/// Everything found, errors first, then by file and line.
pub(super) fn findings(asked: &mut Asked<'_>, changes: &Changes, ends: &Ends) -> Result<Vec<ReviewFinding>, Error> {
    let mut found = Findings::default();
    for changed in changes.records.values() {
        schema(changed, &mut found);
    }
    for (file, violation) in &changes.strays {
        found.add(Tier::Schema, file.clone(), violation.clone(), false);
    }
    configuration(asked, changes, &mut found)?;
    links::check(asked, changes, &mut found)?;
    transition::check(asked, changes, &mut found)?;
    policy::check(asked, changes, ends, &mut found)?;
    Ok(found.finish(asked.head))
}

/// What one file by itself breaks.
fn schema(changed: &Changed, found: &mut Findings) {
    let before = changed.before.violations();
    for violation in changed.after.violations() {
        let same = |other: &&Violation| is_same(other, violation);
        // What was a warning is one more reason to look only where it became an error.
        let old = before.iter().find(same).map(|other| other.severity);
        match (old, violation.severity) {
            (Some(_), Severity::Warning) => {}
            (Some(Severity::Error), Severity::Error) => {
                found.add(Tier::Schema, changed.path.to_string(), violation.clone(), true);
            }
            _ => found.add(Tier::Schema, changed.path.to_string(), violation.clone(), false),
        }
    }
}

/// What the configuration that all clones agree on breaks, where it changed.
fn configuration(asked: &Asked<'_>, changes: &Changes, found: &mut Findings) -> Result<(), Error> {
    if !changes.others.iter().any(|file| file == CONFIG_PATH) {
        return Ok(());
    }
    let before = asked.base.map(attention::file).transpose()?;
    let after = attention::file(asked.head)?;
    let known = before.as_deref().map(config::check).unwrap_or_default();
    for violation in config::check(&after) {
        let old = known.iter().any(|other| is_same(other, &violation));
        if !old || violation.severity == Severity::Error {
            found.add(Tier::Schema, CONFIG_PATH.to_owned(), violation, old);
        }
    }
    let repository = |bytes: &[u8]| config::values(bytes).get("repository").cloned();
    if let Some(before) = before.as_deref().and_then(repository)
        && repository(&after).is_some_and(|after| after != before)
    {
        let violation = Violation::field("repository", "was rewritten; it is the identity of the docket");
        found.add(Tier::Transition, CONFIG_PATH.to_owned(), violation, false);
    }
    Ok(())
}

/// Whether two violations are the same one, wherever in the file it stands.
fn is_same(one: &Violation, other: &Violation) -> bool {
    fn field(violation: &Violation) -> Option<&str> {
        violation.field.as_deref().map(without_position)
    }
    field(one) == field(other) && one.message == other.message
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<ReviewFinding>);

impl Findings {
    /// Adds a violation; one that was there before is only a warning.
    fn add(&mut self, tier: Tier, file: String, violation: Violation, old: bool) {
        let violation = if old { violation.as_warning() } else { violation };
        self.0.push(ReviewFinding {
            finding: finding(file, violation),
            tier,
            old,
        });
    }

    /// All of it, each with the line at HEAD.
    fn finish(mut self, head: &Reading) -> Vec<ReviewFinding> {
        for found in &mut self.0 {
            let finding = &mut found.finding;
            if let (None, Some(field)) = (finding.line, &finding.field) {
                // What cannot be read has no lines; it was told before.
                let blob = head.snapshot.read(&finding.file, RECORD_BYTES).ok().flatten();
                finding.line = blob.and_then(|blob| line_of_field(&blob.bytes, field));
            }
        }
        fn key(found: &ReviewFinding) -> impl Ord {
            (
                found.finding.severity,
                found.finding.file.as_str(),
                found.finding.line,
                found.tier,
            )
        }
        self.0.sort_by(|a, b| key(a).cmp(&key(b)));
        self.0
    }
}

/// The records that changed and can be read at HEAD.
fn readable(changes: &Changes) -> impl Iterator<Item = &Changed> {
    changes
        .records
        .values()
        .filter(|changed| matches!(changed.after, Version::Valid(_)))
}
