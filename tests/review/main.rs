//! The review is of one mind with the validator of the whole docket, though it reads only what it has to; and what we
//! write ourselves is never refused.

#![expect(clippy::disallowed_types, reason = "these tests make commits as others do")]

mod world;
mod written;

use std::collections::BTreeSet;

use git_docket::ops::{self, Finding, Target, Tier};
use git_docket::record::Severity;
use proptest::prelude::*;

use world::{Action, World, actions};

/// What makes a violation the same on two sides, however its record is reached.
fn key(finding: &Finding) -> (String, String, String) {
    let field = finding.field.as_deref().unwrap_or_default();
    let field = field.split('[').next().unwrap_or_default().to_owned();
    // Which members of a circle are named first depends on where one begins to look.
    if finding.message.contains("a cycle") {
        return (String::new(), field, "a cycle".to_owned());
    }
    (finding.file.clone(), field, finding.message.clone())
}

fn errors(world: &World, revision: &str) -> BTreeSet<(String, String, String)> {
    let found = ops::validate(&world.open(false), &Target::Revision(revision.to_owned())).expect("a docket");
    let errors = found
        .violations
        .iter()
        .filter(|found| found.severity == Severity::Error);
    errors.map(key).collect()
}

fn agree(before: &[Action], after: &[Action]) {
    let mut world = World::new();
    world.apply(before);
    world.commit("base");
    world.apply(after);
    world.commit("head");
    let (base, head) = (errors(&world, "base"), errors(&world, "head"));
    let mut reviews = Vec::new();
    for with_index in [true, false] {
        let review = ops::review(&world.open(with_index), Some("base..head")).expect("a review");
        let found = review.violations.iter().filter(|found| {
            let by_itself = [Tier::Schema, Tier::Links].contains(&found.tier);
            by_itself && found.finding.severity == Severity::Error
        });
        let found: BTreeSet<_> = found.map(|found| key(&found.finding)).collect();
        let new: BTreeSet<_> = head.difference(&base).cloned().collect();
        // One circle more where there was one is not told apart here.
        let told = |set: &BTreeSet<(String, String, String)>| -> BTreeSet<_> {
            set.iter()
                .filter(|(_, _, message)| message != "a cycle")
                .cloned()
                .collect()
        };
        assert_eq!(
            told(&found),
            told(&new),
            "with index: {with_index}; what is new and wrong"
        );
        let cycles =
            |set: &BTreeSet<(String, String, String)>| -> BTreeSet<_> { set.difference(&told(set)).cloned().collect() };
        assert!(
            cycles(&found).is_superset(&cycles(&new)),
            "with index: {with_index}; a circle is not seen"
        );
        assert!(
            cycles(&found).is_subset(&cycles(&head)),
            "with index: {with_index}; there is no such circle"
        );
        reviews.push(serde_json::to_value(&review).expect("JSON"));
    }
    assert_eq!(reviews[0], reviews[1], "the index changes what is found");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_new_and_wrong_is_what_the_whole_docket_shows(
        before in proptest::collection::vec(actions(), 0..6),
        after in proptest::collection::vec(actions(), 1..8),
    ) {
        agree(&before, &after);
    }
}

#[test]
fn nothing_changes_nothing() {
    let mut world = World::new();
    world.commit("base");
    let review = ops::review(&world.open(true), Some("base..base")).expect("a review");
    assert!(review.records.is_empty() && review.violations.is_empty() && review.commits == 0);
}
