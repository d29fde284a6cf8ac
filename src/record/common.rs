//! What several kinds of records share.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::field::{Field, mapping, refuse};
use super::id::RecordId;
use super::value::{Actor, Element, OutOfLimits, Prose, Relation, Same, Set, Text, Time, WordMap, is_invisible};
use super::violation::Report;
use super::yaml::{Content, Node, Print};

/// A list of other records.
pub type Ids = Set<RecordId, 1000>;

/// Other names of a record; an imported one keeps the name it had.
pub type Aliases = Set<Alias, 20>;

/// Addresses outside of the repository.
pub type External = Set<Text<1, 2048>, 100>;

/// Principles a team has agreed on, by name.
pub type Principles = Set<Text<1, 200>, 100>;

/// Another name of a record: no white space, nothing invisible, and not shaped like an identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Alias(String);

impl Alias {
    /// Takes the name if it can be one.
    pub fn new(name: &str) -> Result<Self, OutOfLimits> {
        Text::<1, 100>::new(name)?;
        if name.contains(char::is_whitespace) {
            return Err(OutOfLimits::because("has white space"));
        }
        if name.contains(is_invisible) {
            return Err(OutOfLimits::because("has an invisible character"));
        }
        // Short names are looked up without reading every record for its aliases.
        if is_shaped_like_an_id(name) {
            return Err(OutOfLimits::because("is shaped like the identity of a record"));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a name could be an identity, or a part of one that is long enough to be meant.
pub(crate) fn is_shaped_like_an_id(name: &str) -> bool {
    let hex = name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    hex && (super::id::SHORT..=super::id::LONG).contains(&name.len())
}

impl Field for Alias {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let text = super::field::text_of(node, report)?;
        Self::new(text)
            .map_err(|reason| report.error(node.line, reason.to_string()))
            .ok()
    }

    fn print(&self) -> Option<Print> {
        Some(Print::Text(self.0.clone()))
    }
}

impl Same for Alias {
    fn same_as(&self) -> String {
        super::yaml::composed(&self.0)
    }
}

impl Element for Alias {}

impl JsonSchema for Alias {
    fn schema_name() -> Cow<'static, str> {
        "Alias".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let unseen = r"\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff";
        json_schema!({
            "type": "string",
            "pattern": format!(r"^[^\s\u0000-\u001f\u007f-\u009f{unseen}]{{1,100}}$"),
            "not": { "pattern": "^[0-9A-Fa-f-]{8,36}$" }
        })
    }
}

/// Relations to other records that never block: `discovered-from`, `duplicates`, `supersedes` and the like.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Links(pub IndexMap<Relation, Ids>);

impl Links {
    /// Adds a link, unless it is there or its relation has as many as it may have.
    ///
    /// Returns whether it is there now.
    pub fn add(&mut self, relation: Relation, target: RecordId) -> bool {
        let ids = self.0.entry(relation).or_default();
        if let Some(more) = Ids::new(ids.iter().copied().chain([target])) {
            *ids = more;
            return true;
        }
        ids.contains(&target)
    }

    /// All links: relation and record.
    pub fn iter(&self) -> impl Iterator<Item = (&Relation, RecordId)> {
        self.0
            .iter()
            .flat_map(|(relation, ids)| ids.iter().map(move |id| (relation, *id)))
    }
}

impl Field for Links {
    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            return refuse(node, report, "a mapping of relations to lists of ids");
        };
        let mut links = IndexMap::new();
        let mut whole = true;
        for entry in entries {
            report.within(&entry.key, |report| {
                let relation = Relation::new(&entry.key).map_err(|reason| report.error(entry.line, reason.to_string()));
                match (relation, Ids::read(&entry.value, report)) {
                    (Ok(relation), Some(ids)) if !ids.is_empty() => drop(links.insert(relation, ids)),
                    (Ok(_), Some(_)) => {}
                    _ => whole = false,
                }
            });
        }
        whole.then_some(Self(links))
    }

    fn print(&self) -> Option<Print> {
        let entry = |(relation, ids): (&Relation, &Ids)| ids.print().map(|ids| (relation.as_str().to_owned(), ids));
        let entries: Vec<_> = self.0.iter().filter_map(entry).collect();
        (!entries.is_empty()).then_some(Print::BlockMap(entries))
    }
}

impl JsonSchema for Links {
    fn schema_name() -> Cow<'static, str> {
        "Links".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": generator.subschema_for::<Relation>(),
            "additionalProperties": generator.subschema_for::<Ids>(),
            "default": {}
        })
    }
}

mapping! {
    /// Where an imported record came from. Written once.
    block struct Origin {
        /// The tracker it came from.
        system: Text<1, 50>,
        /// Its name there.
        id: Text<1, 200>,
        /// Its type there, where ours differs.
        r#type: Option<Text<1, 100>>,
        /// Its status there, where ours differs.
        status: Option<Text<1, 100>>,
        /// Its priority there, where ours differs.
        priority: Option<Text<1, 100>>,
        /// When it was last changed there.
        updated_at: Option<Time>,
        /// Who changed it last there.
        updated_by: Option<Actor>,
        /// When it was closed there.
        closed_at: Option<Time>,
        /// References that name no record here, by relation.
        unresolved: WordMap<Set<Text<1, 200>, 1000>>,
    }
}

mapping! {
    /// Who took back something that is never deleted, when and why.
    flow struct Retraction {
        /// When.
        at: Time,
        /// By whom.
        by: Actor,
        /// Why.
        reason: Option<Prose<500>>,
    }
}

/// The line of a key of a mapping, or of the mapping where it has no such key.
pub(super) fn line_of(root: &Node, key: &str) -> u32 {
    entry_of(root, key).map_or(root.line, |entry| entry.line)
}

pub(super) fn entry_of<'node>(root: &'node Node, key: &str) -> Option<&'node super::yaml::Entry> {
    match &root.content {
        Content::Map(entries) => entries.iter().find(|entry| entry.key == key),
        _ => None,
    }
}

/// Reports what creation must give and only an imported record may lack.
pub(super) fn check_created(
    root: &Node,
    created: (Option<Time>, Option<&Actor>),
    origin: Option<&Origin>,
    report: &mut Report,
) {
    let missing = [("created_at", created.0.is_none()), ("created_by", created.1.is_none())];
    for (key, _) in missing.iter().filter(|(_, missing)| *missing) {
        report.within(key, |report| missing_key(root.line, origin, report));
    }
}

/// Reports a missing key: an error, but a warning on an imported record.
pub(super) fn missing_key(line: u32, origin: Option<&Origin>, report: &mut Report) {
    match origin {
        Some(origin) => report.warn(line, format!("is missing; {} did not have it", origin.system)),
        None => report.error(line, "is required"),
    }
}

/// Reports references from a record to itself.
pub(super) fn check_not_self(root: &Node, id: RecordId, depends_on: &Ids, links: &Links, report: &mut Report) {
    if depends_on.contains(&id) {
        report.within("depends_on", |report| {
            report.error(line_of(root, "depends_on"), "a record cannot wait for itself");
        });
    }
    for (relation, _) in links.iter().filter(|(_, target)| *target == id) {
        let reason = format!("a record cannot be linked to itself (`{}`)", relation.as_str());
        report.within("links", |report| report.error(line_of(root, "links"), reason));
    }
}
