//! Three versions of the fields of a record, merged by the rule of each.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::rule::{self, RESOLUTION, Rule};
use super::values::{Three, earlier, in_order, one_changed, pick, text, texts, union, written};
use super::{Stamp, Which, merge_lines};
use crate::record::change::dotted;
use crate::record::note::Choice;
use crate::record::yaml::composed;
use crate::record::{Kind, Record};

/// The longest name of a field a conflict may have; mappings that would need longer ones are merged as one.
const NAME_CHARS: usize = 200;

/// One version of a record.
#[derive(Default, PartialEq)]
pub(super) struct View<'a> {
    pub(super) fields: Map<String, Value>,
    pub(super) body: &'a str,
}

impl<'a> View<'a> {
    pub(super) fn of(record: &'a Record) -> Self {
        Self {
            fields: record.to_json(),
            body: &record.body,
        }
    }

    /// The value of a field at the top, of the body, or of a group: a mapping of those it has.
    fn unit(&self, kind: Kind, name: &str) -> Option<Value> {
        let members = rule::members(kind, name);
        if members.len() > 1 {
            let there = |member: &&str| Some(((*member).to_owned(), self.at(member)?.clone()));
            let values: Map<_, _> = members.iter().filter_map(there).collect();
            return (!values.is_empty()).then_some(Value::Object(values));
        }
        match name {
            "body" => text(self.body),
            name => self.fields.get(name).cloned(),
        }
    }

    fn at(&self, name: &str) -> Option<&Value> {
        match name.split_once('.') {
            Some((map, key)) => self.fields.get(map)?.get(key),
            None => self.fields.get(name),
        }
    }
}

/// Two values of a field, of which one was kept.
pub(super) struct Collided {
    pub(super) field: String,
    pub(super) base: Option<Value>,
    /// The side whose value was kept.
    pub(super) side: Which,
    pub(super) kept: (Option<Value>, Stamp),
    pub(super) other: (Option<Value>, Stamp),
}

pub(super) struct Merging<'a> {
    kind: Kind,
    base: &'a View<'a>,
    ours: &'a View<'a>,
    theirs: &'a View<'a>,
    stamps: [&'a dyn Fn(&str) -> Stamp; 2],
    groups: HashMap<&'static str, Which>,
    pub(super) collisions: Vec<Collided>,
}

impl<'a> Merging<'a> {
    pub(super) fn new(
        kind: Kind,
        base: &'a View<'a>,
        ours: &'a View<'a>,
        theirs: &'a View<'a>,
        stamps: [&'a dyn Fn(&str) -> Stamp; 2],
    ) -> Self {
        Self {
            kind,
            base,
            ours,
            theirs,
            stamps,
            groups: HashMap::new(),
            collisions: Vec::new(),
        }
    }

    pub(super) fn view(&self, which: Which) -> &'a View<'a> {
        match which {
            Which::Ours => self.ours,
            Which::Theirs => self.theirs,
        }
    }

    /// All fields and the body.
    pub(super) fn all(&mut self) -> (Map<String, Value>, String) {
        let (base, ours, theirs) = (self.base, self.ours, self.theirs);
        let fields = self.mapping("", &base.fields, &ours.fields, &theirs.fields);
        let body = merge_lines(base.body, ours.body, theirs.body).unwrap_or_else(|| {
            let (base, ours, theirs) = (text(base.body), text(ours.body), text(theirs.body));
            let kept = self.decide("body", (base.as_ref(), ours.as_ref(), theirs.as_ref()));
            self.view(kept).body.to_owned()
        });
        (fields, body)
    }

    /// One field at the top.
    pub(super) fn field(&mut self, name: &str) -> Option<Value> {
        let (base, ours, theirs) = (self.base, self.ours, self.theirs);
        let three = (base.fields.get(name), ours.fields.get(name), theirs.fields.get(name));
        self.value(name, three)
    }

    fn mapping(
        &mut self,
        prefix: &str,
        base: &Map<String, Value>,
        ours: &Map<String, Value>,
        theirs: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut merged = Map::new();
        for key in in_order(base, ours, theirs) {
            let three = (base.get(key), ours.get(key), theirs.get(key));
            if let Some(value) = self.value(&dotted(prefix, key), three) {
                merged.insert(key.clone(), value);
            }
        }
        merged
    }

    fn value(&mut self, name: &str, three: Three<'_>) -> Option<Value> {
        let (_, ours, theirs) = three;
        match rule::of(self.kind, name) {
            Rule::Group(group) => {
                let kept = self.group(group);
                pick(kept, three)
            }
            Rule::Set if texts(three).is_some() => self.set(name, three),
            Rule::Gone => self.gone(name, three),
            Rule::Free => match self.mappings(name, three) {
                Some([b, o, t]) => {
                    let merged = self.mapping(name, b, o, t);
                    let removed = merged.is_empty() && (ours.is_none() || theirs.is_none());
                    (!removed).then_some(Value::Object(merged))
                }
                None => self.one(name, three),
            },
            Rule::Set | Rule::Whole => self.one(name, three),
        }
    }

    /// The mappings, where they are to be merged key by key; an absent one is empty.
    fn mappings<'v>(&self, name: &str, (base, ours, theirs): Three<'v>) -> Option<[&'v Map<String, Value>; 3]> {
        static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        let sides = [ours, theirs];
        if sides == [None, None] || !sides.iter().flatten().all(|value| value.is_object()) {
            return None;
        }
        // What only one side changed is taken as it is, key order and all.
        if !rule::has_members(self.kind, name) && one_changed((base, ours, theirs)).is_some() {
            return None;
        }
        let map = |value: Option<&'v Value>| value.and_then(Value::as_object).unwrap_or(&EMPTY);
        let maps = [map(base), map(ours), map(theirs)];
        let fits = |key: &String| dotted(name, key).chars().count() <= NAME_CHARS;
        maps.iter().flat_map(|map| map.keys()).all(fits).then_some(maps)
    }

    /// One of the two values; the other is recorded where both sides changed it to different ones.
    fn one(&mut self, name: &str, three: Three<'_>) -> Option<Value> {
        let kept = self.decide(name, three);
        pick(kept, three)
    }

    fn group(&mut self, name: &'static str) -> Which {
        if let Some(kept) = self.groups.get(name) {
            return *kept;
        }
        let [base, ours, theirs] = [self.base, self.ours, self.theirs].map(|view| view.unit(self.kind, name));
        let kept = self.decide(name, (base.as_ref(), ours.as_ref(), theirs.as_ref()));
        self.groups.insert(name, kept);
        kept
    }

    fn decide(&mut self, name: &str, three: Three<'_>) -> Which {
        if let Some(side) = one_changed(three) {
            return side;
        }
        let (base, ours, theirs) = three;
        let stamps = self.stamps.map(|stamp| stamp(name));
        let is_resolution = self.kind == Kind::Conflict && name == RESOLUTION;
        // Who chose another value than the one kept has changed the record, and that change stands beside none.
        let changed_it = |value: Option<&Value>| is_resolution && !keeps(value);
        let key = |stamp: &Stamp, value| (changed_it(value), stamp.clone(), written(value));
        let ours_won = key(&stamps[0], ours) >= key(&stamps[1], theirs);
        let side = if ours_won { Which::Ours } else { Which::Theirs };
        // Two that resolved the same conflict have nothing new in dispute: what they chose is in the record.
        if ours != theirs && !is_resolution {
            let [ours, theirs] = [ours, theirs].map(Option::<&Value>::cloned);
            let [our_stamp, their_stamp] = stamps;
            let (ours, theirs) = ((ours, our_stamp), (theirs, their_stamp));
            let (kept, other) = if ours_won { (ours, theirs) } else { (theirs, ours) };
            self.collisions.push(Collided {
                field: name.to_owned(),
                base: base.cloned(),
                side,
                kept,
                other,
            });
        }
        side
    }

    /// (base ∪ adds) − removes: what was there in its order, then what was added, sorted, so that no side comes first.
    fn set(&mut self, name: &str, three: Three<'_>) -> Option<Value> {
        let [base, ours, theirs] = texts(three)?;
        let keys = |list: &[&str]| list.iter().map(|text| composed(text)).collect::<HashSet<_>>();
        let (base_keys, our_keys, their_keys) = (keys(&base), keys(&ours), keys(&theirs));
        if one_changed(three).is_some() || our_keys == base_keys || their_keys == base_keys {
            // Of a list that is a set, another order is no change beside one.
            let kept = match (our_keys == base_keys, their_keys == base_keys) {
                (true, false) => Which::Theirs,
                (false, true) => Which::Ours,
                _ => self.decide_order(name, three),
            };
            return pick(kept, three);
        }
        let merged = union(base, ours, theirs);
        let removed = merged.is_empty() && (three.1.is_none() || three.2.is_none());
        (!removed).then_some(Value::Array(merged))
    }

    /// Which order of the same elements; nothing is lost by it, so nothing is recorded.
    fn decide_order(&mut self, name: &str, three: Three<'_>) -> Which {
        let recorded = self.collisions.len();
        let side = self.decide(name, three);
        self.collisions.truncate(recorded);
        side
    }

    /// When a record was put away, unless the other side goes on working with it.
    fn gone(&mut self, name: &str, three: Three<'_>) -> Option<Value> {
        let (base, ours, theirs) = three;
        let (side, time) = match (ours, theirs) {
            (Some(ours), Some(theirs)) if one_changed(three).is_none() => return Some(earlier(ours, theirs).clone()),
            (Some(time), None) => (Which::Ours, time),
            (None, Some(time)) => (Which::Theirs, time),
            _ => return self.one(name, three),
        };
        // One side alone has put it away, or one alone has taken it back.
        let stamp_of = |which| match which {
            Which::Ours => self.stamps[0],
            Which::Theirs => self.stamps[1],
        };
        let live = match base {
            Some(base) if base == time => return None,
            Some(_) => Some(stamp_of(side.other())(name)),
            None => self.works_on(side.other()),
        };
        let Some(live) = live else {
            return Some(time.clone());
        };
        self.collisions.push(Collided {
            field: name.to_owned(),
            base: base.cloned(),
            side: side.other(),
            kept: (None, live),
            other: (Some(time.clone()), stamp_of(side)(name)),
        });
        None
    }

    /// When this side last changed what says that it goes on working with the record, to something of its own.
    fn works_on(&self, side: Which) -> Option<Stamp> {
        let stamp = match side {
            Which::Ours => self.stamps[0],
            Which::Theirs => self.stamps[1],
        };
        let own = |name: &&&str| {
            let value = |view: &View<'_>| view.unit(self.kind, name);
            let here = value(self.view(side));
            here != value(self.base) && here != value(self.view(side.other()))
        };
        rule::revives(self.kind)
            .iter()
            .filter(own)
            .map(|name| stamp(name))
            .max()
    }
}

/// Whether a resolution leaves the record as the merge had left it.
fn keeps(resolution: Option<&Value>) -> bool {
    resolution.and_then(|value| value.get(RESOLUTION)) == Some(&Value::from(Choice::Kept.as_str()))
}
