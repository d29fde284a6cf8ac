//! Three versions of one value, and what can be said of them without knowing the field.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use super::Which;
use crate::record::value::Time;
use crate::record::yaml::composed;

/// The value in the base and on both sides; absent where there is none.
pub(super) type Three<'v> = (Option<&'v Value>, Option<&'v Value>, Option<&'v Value>);

/// The side whose value is the merged one because the other did not change it, or both did alike.
pub(super) fn one_changed((base, ours, theirs): Three<'_>) -> Option<Which> {
    let (b, o, t) = (written(base), written(ours), written(theirs));
    if t == b || o == t {
        Some(Which::Ours)
    } else if o == b {
        Some(Which::Theirs)
    // The same but for the order of keys.
    } else if theirs == base && ours != base {
        Some(Which::Ours)
    } else if ours == base && theirs != base {
        Some(Which::Theirs)
    } else {
        None
    }
}

pub(super) fn pick(kept: Which, (_, ours, theirs): Three<'_>) -> Option<Value> {
    match kept {
        Which::Ours => ours.cloned(),
        Which::Theirs => theirs.cloned(),
    }
}

/// The value to the byte; an absent one differs from null.
pub(super) fn written(value: Option<&Value>) -> Option<String> {
    value.map(Value::to_string)
}

pub(super) fn text(body: &str) -> Option<Value> {
    (!body.is_empty()).then(|| body.into())
}

/// The three lists, where all that are there are lists of texts; an absent one is empty.
pub(super) fn texts((base, ours, theirs): Three<'_>) -> Option<[Vec<&str>; 3]> {
    Some([list_of(base)?, list_of(ours)?, list_of(theirs)?])
}

fn list_of(value: Option<&Value>) -> Option<Vec<&str>> {
    match value {
        None => Some(Vec::new()),
        Some(value) => value.as_array()?.iter().map(Value::as_str).collect(),
    }
}

pub(super) fn earlier<'v>(one: &'v Value, two: &'v Value) -> &'v Value {
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<Time>().ok());
    if (time(one), written(Some(one))) <= (time(two), written(Some(two))) {
        one
    } else {
        two
    }
}

/// All keys, in the order of the side that changed it; where both did, those of the base, then the others, sorted.
pub(super) fn in_order<'v>(
    base: &'v Map<String, Value>,
    ours: &'v Map<String, Value>,
    theirs: &'v Map<String, Value>,
) -> Vec<&'v String> {
    let same = |one: &Map<String, Value>, two: &Map<String, Value>| one.keys().eq(two.keys());
    let first: Vec<&String> = if same(theirs, base) || same(ours, theirs) {
        ours.keys().collect()
    } else if same(ours, base) {
        theirs.keys().collect()
    } else {
        base.keys().collect()
    };
    let mut rest: Vec<_> = [base, ours, theirs].into_iter().flat_map(Map::keys).collect();
    rest.sort();
    let mut seen = HashSet::new();
    first.into_iter().chain(rest).filter(|key| seen.insert(*key)).collect()
}

/// (base ∪ adds) − removes: what was there in its order, then what was added, sorted, so that no side comes first.
///
/// Two spellings of a word that look alike are one element.
pub(super) fn union(base: Vec<&str>, ours: Vec<&str>, theirs: Vec<&str>) -> Vec<Value> {
    let keys = |list: &[&str]| list.iter().map(|text| composed(text)).collect::<HashSet<_>>();
    let (base_keys, our_keys, their_keys) = (keys(&base), keys(&ours), keys(&theirs));
    let mut added = BTreeMap::new();
    for text in ours.into_iter().chain(theirs) {
        let key = composed(text);
        if !base_keys.contains(&key) {
            let spelt: &mut &str = added.entry(key).or_insert(text);
            *spelt = (*spelt).min(text);
        }
    }
    let stays = |text: &&str| {
        let key = composed(text);
        our_keys.contains(&key) && their_keys.contains(&key)
    };
    base.into_iter()
        .filter(stays)
        .chain(added.into_values())
        .map(Value::from)
        .collect()
}
