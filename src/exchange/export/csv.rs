//! One kind of records as a table: RFC 4180, and harmless in a spreadsheet.
//!
//! A cell that a spreadsheet would take for a formula begins with an apostrophe. The columns of a
//! kind stay what they are as long as [`FORMAT`] does.

use std::borrow::Cow;

use super::encode::visible;
use super::{Derived, Exported};
use crate::record::common::Retraction;
use crate::record::{Fields, Kind};

/// The format, as the last cell of every line names it.
pub const FORMAT: &str = "git-docket-csv/1";

/// The kinds there are tables of.
pub const KINDS: &[Kind] = &[Kind::WorkItem, Kind::Vendor, Kind::Enhancement, Kind::Deployment];

/// What a cell that would be taken for a formula begins with; the wide ones mean the same where such are typed.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The columns of a kind, in their order; of a kind that has no table, none.
#[must_use]
pub fn columns(kind: Kind) -> Vec<&'static str> {
    let own: &[&str] = match kind {
        Kind::WorkItem => &[
            "item_type",
            "title",
            "status",
            "priority",
            "parent_id",
            "depends_on",
            "labels",
            "assignee",
            "claimed_by",
            "claimed_until",
            "branch_name",
            "pr_number",
            "aliases",
            "external",
            "deleted_at",
            "archived_at",
        ],
        Kind::Vendor => &[
            "name",
            "status",
            "extractor_version",
            "formats",
            "tests_passing",
            "tests_total",
            "tests_skipped",
            "manifest_compliant",
            "aliases",
            "external",
            "deleted_at",
        ],
        Kind::Enhancement => &[
            "title",
            "status",
            "priority",
            "target_quarter",
            "principles",
            "depends_on",
            "aliases",
            "external",
            "deleted_at",
        ],
        Kind::Deployment => &[
            "deployed_at",
            "commit_hash",
            "environment",
            "pr_number",
            "pr_title",
            "tests",
            "constitutional_compliance",
            "affected_vendors",
            "related_work_items",
            "aliases",
            "external",
            "retracted_at",
        ],
        Kind::Note | Kind::CommitLink | Kind::Conflict => return Vec::new(),
    };
    let place: &[&str] = match kind {
        Kind::WorkItem => &["depth", "boxes_done", "boxes", "commit_hash"],
        _ => &[],
    };
    let common = [
        "created_at",
        "created_by",
        "metadata",
        "body",
        "version",
        "updated_at",
        "updated_by",
        "conflicts",
    ];
    [&["id"], own, &common, place, &["format"]].concat()
}

/// The line that names the columns of a kind.
#[must_use]
pub fn header(kind: Kind) -> String {
    line(columns(kind).into_iter().map(Cow::Borrowed))
}

/// The line of a record; nothing of a kind that has no table.
#[must_use]
pub fn row(exported: &Exported) -> Option<String> {
    let id = exported.path.id()?;
    let mut cells = vec![Cow::Owned(id.to_string())];
    let (created_at, created_by, metadata) = match &exported.record.fields {
        Fields::WorkItem(r) => (r.created_at, &r.created_by, &r.metadata),
        Fields::Vendor(r) => (r.created_at, &r.created_by, &r.metadata),
        Fields::Enhancement(r) => (r.created_at, &r.created_by, &r.metadata),
        Fields::Deployment(r) => (r.created_at, &r.created_by, &r.metadata),
        Fields::Note(_) | Fields::CommitLink(_) | Fields::Conflict(_) => return None,
    };
    cells.extend(own(&exported.record.fields).into_iter().map(Cow::Owned));
    let metadata = match metadata.0.is_empty() {
        true => String::new(),
        false => serde_json::to_string(&metadata.0).unwrap_or_default(),
    };
    let body = Cow::Borrowed(exported.record.body.as_str());
    cells.extend([shown(&created_at), shown(created_by), metadata].map(Cow::Owned));
    cells.push(body);
    cells.extend(derived(exported).into_iter().map(Cow::Owned));
    cells.push(Cow::Borrowed(FORMAT));
    Some(line(cells))
}

/// The cells of the fields a kind has for itself.
fn own(fields: &Fields) -> Vec<String> {
    match fields {
        Fields::WorkItem(r) => vec![
            r.item_type.to_string(),
            r.title.to_string(),
            r.status.to_string(),
            r.priority.to_string(),
            shown(&r.parent_id),
            listed(r.depends_on.iter()),
            listed(r.labels.iter()),
            shown(&r.assignee),
            shown(&r.claim.as_ref().map(|claim| &claim.by)),
            shown(&r.claim.as_ref().and_then(|claim| claim.until)),
            shown(&r.branch_name),
            shown(&r.pr_number.map(|number| number.get())),
            listed(r.aliases.iter().map(|alias| alias.as_str())),
            listed(r.external.iter()),
            shown(&r.deleted_at),
            shown(&r.archived_at),
        ],
        Fields::Vendor(r) => {
            let formats = r.format_support.0.iter().filter(|(_, supported)| **supported);
            let tests = r.test_results.as_ref();
            vec![
                r.name.to_string(),
                r.status.to_string(),
                shown(&r.extractor_version),
                listed(formats.map(|(name, _)| name)),
                shown(&tests.map(|tests| tests.passing.get())),
                shown(&tests.map(|tests| tests.total.get())),
                shown(&tests.and_then(|tests| tests.skipped).map(|skipped| skipped.get())),
                shown(&r.manifest_compliant),
                listed(r.aliases.iter().map(|alias| alias.as_str())),
                listed(r.external.iter()),
                shown(&r.deleted_at),
            ]
        }
        Fields::Enhancement(r) => vec![
            r.title.to_string(),
            r.status.to_string(),
            r.priority.get().to_string(),
            shown(&r.target_quarter.as_ref().map(|quarter| quarter.as_str())),
            listed(r.requires_constitutional_principles.iter()),
            listed(r.depends_on.iter()),
            listed(r.aliases.iter().map(|alias| alias.as_str())),
            listed(r.external.iter()),
            shown(&r.deleted_at),
        ],
        Fields::Deployment(r) => vec![
            r.deployed_at.to_string(),
            r.commit_hash
                .as_ref()
                .map_or_else(String::new, |commit| commit.as_str().to_owned()),
            shown(&r.environment),
            shown(&r.pr_number.map(|number| number.get())),
            shown(&r.pr_title),
            listed(
                r.test_summary
                    .0
                    .iter()
                    .map(|(name, count)| format!("{name} {}", count.get())),
            ),
            shown(&r.constitutional_compliance),
            listed(r.affected_vendors.iter()),
            listed(r.related_work_items.iter()),
            listed(r.aliases.iter().map(|alias| alias.as_str())),
            listed(r.external.iter()),
            shown(&r.retracted.as_ref().map(|Retraction { at, .. }| at)),
        ],
        Fields::Note(_) | Fields::CommitLink(_) | Fields::Conflict(_) => Vec::new(),
    }
}

fn derived(exported: &Exported) -> Vec<String> {
    let unknown = Derived::default();
    let derived = exported.derived.as_ref().unwrap_or(&unknown);
    let mut cells = vec![
        shown(&derived.version),
        shown(&derived.updated_at),
        shown(&derived.updated_by),
        derived.conflicts.to_string(),
    ];
    if exported.path.kind() == Kind::WorkItem {
        let place = derived.place.clone().unwrap_or_default();
        cells.push(place.depth.to_string());
        cells.push(place.progress.done.to_string());
        cells.push(place.progress.total.to_string());
        cells.push(shown(&place.commit_hash));
    }
    cells
}

/// A value, or an empty cell.
fn shown(value: &Option<impl ToString>) -> String {
    value.as_ref().map_or_else(String::new, ToString::to_string)
}

/// Several values in one cell, each on a line: no value of a list holds a line feed.
fn listed(values: impl Iterator<Item = impl ToString>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join("\n")
}

/// Cells as one line.
fn line<'c>(cells: impl IntoIterator<Item = Cow<'c, str>>) -> String {
    let cells: Vec<_> = cells.into_iter().map(|text| cell(&text)).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let text: String = text.chars().map(visible).collect();
    // Also where it begins so behind apostrophes: whoever takes one off has what was there.
    let guard = if text.trim_start_matches('\'').starts_with(FORMULA) {
        "'"
    } else {
        ""
    };
    let plain = !text.contains(['"', ',', '\r', '\n']) && text.trim() == text.as_str();
    match plain {
        true => format!("{guard}{text}"),
        false => format!("\"{guard}{}\"", text.replace('"', "\"\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_never_a_formula_and_never_two() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("a\r\nb", "\"a\r\nb\""),
            (" padded", "\" padded\""),
            ("=1+1", "'=1+1"),
            ("'=1", "''=1"),
            ("'tis", "'tis"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("＝1+1", "'＝1+1"),
            ("\u{1b}[2J\u{9b}", "␛[2J\u{fffd}"),
            (
                "=HYPERLINK(\"http://x\",\"y\")",
                "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"",
            ),
            ("", ""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }
}
