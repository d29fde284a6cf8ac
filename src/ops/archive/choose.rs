//! Which work items are archived, and which stay because of what is below them.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::index::Aged;
use crate::record::RecordId;
use crate::record::value::Time;

/// What is archived and what stays.
pub(super) struct Choice {
    /// What is archived, in the order of the ids.
    pub(super) archived: Vec<Aged>,
    /// What is old enough and stays, in the order of the ids.
    pub(super) kept: Vec<Kept>,
}

/// An item that is old enough and stays.
pub(super) struct Kept {
    pub(super) item: Aged,
    /// How many below it are open.
    pub(super) open_below: usize,
    /// How many below it are over, but stay.
    pub(super) recent_below: usize,
}

/// The parents that are not among the items: they are archived, or cannot be read.
pub(super) fn outside(all: &[Aged]) -> Vec<RecordId> {
    let known: HashSet<RecordId> = all.iter().map(|aged| aged.summary.id).collect();
    let parents: BTreeSet<RecordId> = all.iter().filter_map(|aged| aged.parent).collect();
    parents.into_iter().filter(|parent| !known.contains(parent)).collect()
}

/// Chooses from all items that are not archived those that are over, were not changed since then, and have nothing
/// below them that stays. `above` has the ancestors of parents that are not among the items. What is `refused` stays.
pub(super) fn choose(
    all: &[Aged],
    since: Time,
    above: &HashMap<RecordId, Vec<RecordId>>,
    refused: &BTreeSet<RecordId>,
) -> Choice {
    let old = |aged: &Aged| {
        let unchanged = aged.updated_at.is_some_and(|at| at <= since);
        aged.summary.settled && unchanged && !refused.contains(&aged.summary.id)
    };
    let parents: HashMap<RecordId, Option<RecordId>> = all.iter().map(|aged| (aged.summary.id, aged.parent)).collect();
    // Open ones and others that stay, below each item.
    let mut below: HashMap<RecordId, (usize, usize)> = HashMap::new();
    for aged in all.iter().filter(|aged| !aged.summary.gone && !old(aged)) {
        for ancestor in ancestors(aged, &parents, above) {
            let (open, recent) = below.entry(ancestor).or_default();
            match aged.summary.settled {
                true => *recent += 1,
                false => *open += 1,
            }
        }
    }
    let (mut archived, mut kept) = (Vec::new(), Vec::new());
    for aged in all.iter().filter(|aged| old(aged)) {
        match below.get(&aged.summary.id) {
            None => archived.push(aged.clone()),
            Some((open_below, recent_below)) => kept.push(Kept {
                item: aged.clone(),
                open_below: *open_below,
                recent_below: *recent_below,
            }),
        }
    }
    archived.sort_by_key(|aged| aged.summary.id);
    kept.sort_by_key(|kept| kept.item.summary.id);
    Choice { archived, kept }
}

/// All that an item is below, each once, whatever cycles there are; itself is not among them.
fn ancestors(
    of: &Aged,
    parents: &HashMap<RecordId, Option<RecordId>>,
    above: &HashMap<RecordId, Vec<RecordId>>,
) -> BTreeSet<RecordId> {
    let mut found = BTreeSet::new();
    let mut next = of.parent;
    while let Some(parent) = next.filter(|parent| *parent != of.summary.id && found.insert(*parent)) {
        next = match parents.get(&parent) {
            Some(parent) => *parent,
            None => {
                found.extend(above.get(&parent).into_iter().flatten());
                None
            }
        };
    }
    found.remove(&of.summary.id);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Summary;

    fn id(n: u8) -> RecordId {
        RecordId::random([n; 16])
    }

    /// An item, what it is below, whether it is over, and in which second it was changed.
    fn aged(n: u8, parent: Option<u8>, settled: bool, at: i64) -> Aged {
        Aged {
            summary: Summary {
                id: id(n),
                item_type: "task".to_owned(),
                title: n.to_string(),
                status: None,
                settled,
                gone: false,
                archived: false,
            },
            parent: parent.map(id),
            updated_at: Time::from_seconds(at),
        }
    }

    fn chosen(all: &[Aged], above: &HashMap<RecordId, Vec<RecordId>>, refused: &[u8]) -> (Vec<String>, Vec<String>) {
        let since = Time::from_seconds(100).expect("a time");
        let choice = choose(all, since, above, &refused.iter().map(|n| id(*n)).collect());
        let archived = choice.archived.into_iter().map(|aged| aged.summary.title);
        let kept = choice.kept.into_iter();
        let kept = kept.map(|k| format!("{}: {} {}", k.item.summary.title, k.open_below, k.recent_below));
        (archived.collect(), kept.collect())
    }

    #[test]
    fn what_has_something_below_it_that_stays_stays() {
        let none = HashMap::new();
        let all = [
            aged(1, None, true, 50),
            aged(2, Some(1), true, 100),
            aged(3, Some(2), true, 101),
            aged(4, None, true, 1),
            aged(5, Some(4), true, 1),
            aged(6, Some(5), false, 1),
            aged(7, None, true, 1),
            aged(8, Some(7), true, 1),
        ];
        let kept = ["1: 0 1", "2: 0 1", "4: 1 0", "5: 1 0"].map(String::from);
        let expected = (vec!["7".to_owned(), "8".to_owned()], kept.to_vec());
        assert_eq!(chosen(&all, &none, &[]), expected);
        let (archived, kept) = chosen(&all, &none, &[8]);
        assert!(
            archived.is_empty(),
            "what is refused keeps what it is below: {archived:?}"
        );
        assert_eq!(kept.last().map(String::as_str), Some("7: 0 1"));
    }

    #[test]
    fn what_is_deleted_or_of_no_known_time_is_told_apart() {
        let none = HashMap::new();
        let mut recent = aged(2, Some(1), true, 101);
        recent.summary.gone = true;
        let unknown = Aged {
            updated_at: None,
            ..aged(3, None, true, 1)
        };
        let all = [aged(1, None, true, 1), recent, unknown];
        assert_eq!(chosen(&all, &none, &[]), (vec!["1".to_owned()], Vec::new()));
    }

    /// 9 is archived already, below 1 and above 2.
    #[test]
    fn what_is_below_something_archived_counts_as_well() {
        let all = [aged(1, None, true, 1), aged(2, Some(9), false, 1)];
        assert_eq!(outside(&all), [id(9)]);
        let above = HashMap::from([(id(9), vec![id(1)])]);
        assert_eq!(chosen(&all, &above, &[]), (Vec::new(), vec!["1: 1 0".to_owned()]));
    }

    #[test]
    fn what_goes_round_in_a_circle_ends() {
        let none = HashMap::new();
        let all = [
            aged(1, Some(2), true, 1),
            aged(2, Some(1), true, 1),
            aged(3, Some(1), false, 1),
        ];
        assert_eq!(chosen(&all, &none, &[]).1, ["1: 1 0", "2: 1 0"]);
    }
}
