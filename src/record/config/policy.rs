//! `[policy]`: what a team asks of changes beyond what makes a record valid. The review of a proposal holds it against
//! the changes; nothing else does.

use toml_edit::{DocumentMut, Item, TableLike};

use crate::record::work_item::ItemType;
use crate::record::{Fields, Kind, Record, Violation, file};

/// What cannot be required, because every record has it or nobody writes it.
const GIVEN: &[&str] = &[
    "id",
    "item_type",
    "created_at",
    "created_by",
    "origin",
    "deleted_at",
    "archived_at",
];

/// The types whose fields can be required, with their kinds.
pub const TYPES: &[(&str, Kind)] = &[
    ("project", Kind::WorkItem),
    ("session", Kind::WorkItem),
    ("task", Kind::WorkItem),
    ("research", Kind::WorkItem),
    ("vendor", Kind::Vendor),
    ("enhancement", Kind::Enhancement),
    ("deployment", Kind::Deployment),
];

/// What a team asks of changes. Empty where it asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Who may change vendors: names or e-mail addresses of authors. None: everybody.
    pub vendor_editors: Option<Vec<String>>,
    /// Fields a record of a type must have, by the name of the type.
    pub required: Vec<(String, Vec<String>)>,
}

impl Policy {
    /// The policy of a configuration. What is wrong with it is left out; see [`check`](super::check).
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let document = text.parse::<DocumentMut>().unwrap_or_default();
        let Some(policy) = document.get("policy").and_then(Item::as_table_like) else {
            return Self::default();
        };
        let required = policy.get("required").and_then(Item::as_table_like);
        let types = TYPES.iter().filter_map(|(name, kind)| {
            let fields = texts(required?.get(name)?)?;
            let known = fields.into_iter().filter(|field| is_field(*kind, field));
            Some(((*name).to_owned(), known.collect::<Vec<_>>()))
        });
        Self {
            vendor_editors: policy.get("vendor_editors").and_then(texts),
            required: types.filter(|(_, fields)| !fields.is_empty()).collect(),
        }
    }

    /// Whether somebody may change vendors, by the name or the e-mail address of an author; letter case of the address
    /// does not matter.
    #[must_use]
    pub fn may_edit_vendors(&self, name: &str, email: &str) -> bool {
        self.vendor_editors.as_ref().is_none_or(|editors| {
            let is = |editor: &String| editor == name || editor.eq_ignore_ascii_case(email);
            editors.iter().any(is)
        })
    }

    /// The fields that are required of a record and that it does not have. Of a deleted one nothing is required.
    #[must_use]
    pub fn lacking(&self, record: &Record) -> Vec<&str> {
        let type_name = type_of(record);
        let required = self.required.iter().find(|(name, _)| Some(name.as_str()) == type_name);
        let fields = required.map(|(_, fields)| fields.as_slice()).unwrap_or_default();
        if record.is_gone() || fields.is_empty() {
            return Vec::new();
        }
        let all = record.to_json();
        let has = |field: &str| match field.strip_prefix("metadata.") {
            _ if field == "body" => !record.body.trim().is_empty(),
            Some(key) => all.get("metadata").is_some_and(|metadata| metadata.get(key).is_some()),
            // A priority that is left out is medium.
            None => all.contains_key(field) || (field == "priority" && record.as_work_item().is_some()),
        };
        fields.iter().map(String::as_str).filter(|field| !has(field)).collect()
    }
}

/// The name by which a policy speaks of records like this one.
fn type_of(record: &Record) -> Option<&'static str> {
    match &record.fields {
        Fields::WorkItem(item) => Some(match item.item_type {
            ItemType::Project => "project",
            ItemType::Session => "session",
            ItemType::Task => "task",
            ItemType::Research => "research",
        }),
        Fields::Vendor(_) => Some("vendor"),
        Fields::Enhancement(_) => Some("enhancement"),
        Fields::Deployment(_) => Some("deployment"),
        Fields::Note(_) | Fields::CommitLink(_) | Fields::Conflict(_) => None,
    }
}

/// Whether a field can be required of records of a kind.
fn is_field(kind: Kind, field: &str) -> bool {
    let metadata = field
        .strip_prefix("metadata.")
        .is_some_and(|key| !key.trim().is_empty());
    let known = file::canonical_keys(kind);
    metadata || field == "body" || (known.iter().any(|(key, _)| *key == field) && !GIVEN.contains(&field))
}

/// The texts of a list; none where it is anything else.
fn texts(item: &Item) -> Option<Vec<String>> {
    let list = item.as_array()?;
    list.iter().map(|value| value.as_str().map(ToOwned::to_owned)).collect()
}

/// What is wrong with the policy of a configuration. What this version does not know is a warning, since nobody
/// enforces it.
pub(super) fn check(policy: &Item, violations: &mut Vec<Violation>) {
    let Some(table) = policy.as_table_like() else {
        violations.push(Violation::field("policy", "expected a table"));
        return;
    };
    for (key, item) in table.iter() {
        match key {
            "vendor_editors" => check_editors(item, violations),
            "required" => match item.as_table_like() {
                Some(required) => check_required(required, violations),
                None => violations.push(Violation::field(
                    "policy.required",
                    "expected a table of types, such as task = [\"assignee\"]",
                )),
            },
            other => {
                let message =
                    "is no rule this version knows, so nobody is held to it; there are vendor_editors, required";
                violations.push(Violation::field(format!("policy.{other}"), message).as_warning());
            }
        }
    }
}

fn check_editors(item: &Item, violations: &mut Vec<Violation>) {
    const KEY: &str = "policy.vendor_editors";
    match texts(item) {
        None => violations.push(Violation::field(
            KEY,
            "expected a list of names and e-mail addresses of authors",
        )),
        Some(editors) if editors.is_empty() => {
            let message = "is empty, so nobody may change vendors; leave it out to let everybody";
            violations.push(Violation::field(KEY, message));
        }
        Some(editors) => {
            let blank = editors.iter().position(|editor| editor.trim().is_empty());
            violations.extend(blank.map(|at| Violation::field(format!("{KEY}[{at}]"), "is empty")));
        }
    }
}

fn check_required(required: &dyn TableLike, violations: &mut Vec<Violation>) {
    for (name, item) in required.iter() {
        let key = format!("policy.required.{name}");
        let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == name) else {
            let known: Vec<_> = TYPES.iter().map(|(name, _)| *name).collect();
            let message = format!("there is no such type; there are {}", known.join(", "));
            violations.push(Violation::field(key, message));
            continue;
        };
        let Some(fields) = texts(item) else {
            violations.push(Violation::field(key, "expected a list of fields"));
            continue;
        };
        for (at, field) in fields.iter().enumerate().filter(|(_, field)| !is_field(*kind, field)) {
            let message = match GIVEN.contains(&field.as_str()) {
                true => format!("`{field}` cannot be required: it is not for people to fill in"),
                false => format!(
                    "`{}` is no field of a {name}; what is free is metadata.<key>",
                    field.escape_debug()
                ),
            };
            violations.push(Violation::field(format!("{key}[{at}]"), message));
        }
    }
}
