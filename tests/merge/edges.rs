//! Parents and dependencies of which each side's are right, and all together are not.

use std::collections::{BTreeMap, BTreeSet};

use git_docket::record::RecordId;
use git_docket::record::merge::{Edge, Edges, drop_closing_edges};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::generate;

fn id(digit: u8) -> RecordId {
    RecordId::random([digit; 16])
}

/// How many lie above, or `None` where that never ends.
fn depth(parents: &BTreeMap<RecordId, RecordId>, id: RecordId) -> Option<usize> {
    let mut at = id;
    for depth in 0..=parents.len() {
        match parents.get(&at) {
            Some(parent) => at = *parent,
            None => return Some(depth),
        }
    }
    None
}

fn cyclic(edges: &BTreeSet<(RecordId, RecordId)>) -> bool {
    let mut left = edges.clone();
    loop {
        let sources: BTreeSet<_> = left.iter().map(|(from, _)| *from).collect();
        let before = left.len();
        // An edge to what waits for nothing is part of no cycle.
        left.retain(|(_, to)| sources.contains(to));
        if left.len() == before {
            return !left.is_empty();
        }
    }
}

fn sound(edges: &Edges) -> bool {
    let shallow = |id: &RecordId| depth(&edges.parents, *id).is_some_and(|depth| depth <= 5);
    edges.parents.keys().all(shallow) && !cyclic(&edges.depends_on)
}

/// A base without faults, and what is merged onto it: anything.
fn edges() -> impl Strategy<Value = (Edges, Edges)> {
    let pairs = |max: usize| vec((0..12u8, 0..12u8), 0..max);
    let ids = |pairs: Vec<(u8, u8)>| pairs.into_iter().map(|(from, to)| (id(from), id(to)));
    (pairs(12), pairs(12), pairs(30), pairs(40)).prop_map(move |(parents, depends_on, more_parents, more)| {
        let mut base = Edges {
            parents: ids(parents).collect(),
            depends_on: ids(depends_on).collect(),
        };
        let all = base.added_since(&Edges::default());
        drop_closing_edges(&mut base, &all);
        let mut merged = base.clone();
        merged.parents.extend(ids(more_parents));
        merged.depends_on.extend(ids(more));
        (base, merged)
    })
}

proptest! {
    #![proptest_config(generate::config())]

    #[test]
    fn what_is_left_is_sound((base, merged) in edges(), turn: usize) {
        prop_assert!(sound(&base));
        let mut added = merged.added_since(&base);
        let mut left = merged.clone();
        let dropped = drop_closing_edges(&mut left, &added);
        prop_assert!(sound(&left), "{:?}", left);

        // In whatever order they are given.
        let count = added.len().max(1);
        added.rotate_left(turn % count);
        added.reverse();
        let mut again = merged.clone();
        prop_assert_eq!(&drop_closing_edges(&mut again, &added), &dropped);
        prop_assert_eq!(&again, &left);

        // What is gone is what was dropped, and nothing of the base.
        for drop in &dropped {
            prop_assert!(added.contains(&drop.edge));
            let mut with = left.clone();
            match drop.edge {
                Edge::DependsOn { from, to } => {
                    with.depends_on.insert((from, to));
                    prop_assert!(!sound(&with), "could have stayed: {:?}", drop);
                }
                Edge::Parent { child, before, .. } => {
                    let now = left.parents.get(&child).copied();
                    prop_assert_eq!(now, before.filter(|_| drop.restored));
                }
            }
        }
        prop_assert_eq!(
            left.depends_on.len() + dropped.iter().filter(|drop| matches!(drop.edge, Edge::DependsOn { .. })).count(),
            merged.depends_on.len()
        );
        prop_assert!(drop_closing_edges(&mut left, &added.clone()).is_empty());
    }
}

#[test]
fn two_that_each_become_the_parent_of_the_other() {
    let parent = |child: u8, parent: u8, before: u8| Edge::Parent {
        child: id(child),
        parent: id(parent),
        before: Some(id(before)),
    };
    let base = Edges {
        parents: [(id(1), id(3)), (id(2), id(4))].into(),
        ..Edges::default()
    };
    let mut merged = base.clone();
    merged.parents = [(id(1), id(2)), (id(2), id(1))].into();
    let added = merged.added_since(&base);
    assert_eq!(added, [parent(1, 2, 3), parent(2, 1, 4)]);
    let dropped = drop_closing_edges(&mut merged, &added);
    // One move stands; the other item is where it was.
    assert_eq!(dropped.len(), 1);
    assert!(dropped[0].restored && sound(&merged) && merged.parents.len() == 2);
}

#[test]
fn six_levels_are_enough() {
    let chain = |from: u8, to: u8| (from..to).map(|n| (id(n + 1), id(n)));
    let base = Edges {
        parents: chain(0, 3).chain(chain(10, 12)).collect(),
        ..Edges::default()
    };
    for (above, fits) in [(2, true), (3, false)] {
        let mut merged = base.clone();
        merged.parents.insert(id(10), id(above));
        let added = merged.added_since(&base);
        assert_eq!(
            drop_closing_edges(&mut merged, &added).is_empty(),
            fits,
            "below {above}"
        );
    }
}
