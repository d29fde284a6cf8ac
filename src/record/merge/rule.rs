//! Which field is merged how.

use crate::record::Kind;

/// What stands for the file as a whole where a field is named.
pub const WHOLE: &str = "*";

/// How a conflict was resolved, if it was.
pub(super) const RESOLUTION: &str = "choice";

/// Fields that mean something only together; a group is named after its first.
const GROUPS: &[(Kind, &str, &[&str])] = &[
    (Kind::WorkItem, "status", &["status", "metadata.blocked_reason"]),
    (Kind::WorkItem, "assignee", &["assignee", "claim"]),
    (Kind::Conflict, RESOLUTION, &[RESOLUTION, "resolved_at", "resolved_by"]),
];

/// The fields that are merged as one under this name: those of the group, or just the field.
pub fn members(kind: Kind, field: &str) -> Vec<&str> {
    match group(kind, field) {
        Some((name, members)) if name == field => members.to_vec(),
        _ => vec![field],
    }
}

fn group(kind: Kind, field: &str) -> Option<(&'static str, &'static [&'static str])> {
    let of = GROUPS.iter().filter(|(of, ..)| *of == kind);
    let mut of = of.map(|(_, name, members)| (*name, *members));
    of.find(|(_, members)| members.contains(&field))
}

/// How two versions of a field become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// As one with others, under this name.
    Group(&'static str),
    /// What both added, without what either removed.
    Set,
    /// One side or the other.
    Whole,
    /// The time something was put away; work that goes on is stronger.
    Gone,
    /// Mappings key by key, anything else as one.
    Free,
}

/// The rule of a field, named as in a change.
pub(super) fn of(kind: Kind, field: &str) -> Rule {
    if let Some((name, _)) = group(kind, field) {
        return Rule::Group(name);
    }
    match (kind, field) {
        (_, "aliases" | "external")
        | (Kind::WorkItem, "labels" | "depends_on")
        | (Kind::Enhancement, "depends_on" | "requires_constitutional_principles")
        | (
            Kind::WorkItem,
            "metadata.constitutional_principles" | "metadata.research_questions" | "metadata.references",
        ) => Rule::Set,
        (Kind::WorkItem | Kind::Vendor | Kind::Enhancement, "deleted_at") | (Kind::WorkItem, "archived_at") => {
            Rule::Gone
        }
        (Kind::WorkItem, "metadata.yaml_frontmatter") | (Kind::Vendor, "test_results") | (_, "retracted") => {
            Rule::Whole
        }
        (_, field) if field.starts_with("links.") => Rule::Set,
        _ => Rule::Free,
    }
}

/// The fields and groups whose change says that somebody goes on working with a record.
pub(super) fn revives(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::WorkItem => &["title", "status", "parent_id", "body"],
        Kind::Vendor => &["name", "status", "body"],
        _ => &["title", "status", "body"],
    }
}

/// Whether the fields below this one belong to groups, so that it has to be looked at key by key.
pub(super) fn has_members(kind: Kind, field: &str) -> bool {
    kind == Kind::WorkItem && field == "metadata"
}
