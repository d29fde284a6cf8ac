//! What the file says against what the records say, counted apart from each other.

use serde::Serialize;

use super::entries::Section;
use super::{Migration, ProjectStatus, Vendor};
use crate::record::value::Time;
use crate::record::{Fields, Record, WorkItem};

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What is compared.
    pub name: &'static str,
    /// How many there are in the source.
    pub source_count: usize,
    /// How many there are in the records.
    pub migrated_count: usize,
    /// What differs, by name, and how.
    pub differences: Vec<String>,
    /// Whether nothing does.
    pub passed: bool,
}

impl Check {
    fn new(name: &'static str, source: usize, migrated: usize, differences: Vec<String>) -> Self {
        Self {
            name,
            source_count: source,
            migrated_count: migrated,
            passed: source == migrated && differences.is_empty(),
            differences,
        }
    }
}

/// The five comparisons of a migration: vendors, deployment history, enhancements, session prompts, and whether all that
/// is said of vendors is in their records.
///
/// With `allow_skipped`, prompts that could not be used do not count.
#[must_use]
pub fn reconcile(status: &ProjectStatus, migration: &Migration, allow_skipped: bool) -> Vec<Check> {
    let records = &migration.records;
    let names = |of: fn(&Record) -> Option<String>| records.iter().filter_map(of).collect::<Vec<_>>();
    let of_vendor = |record: &Record| match &record.fields {
        Fields::Vendor(vendor) => Some(vendor.name.to_string()),
        _ => None,
    };
    let of_deployment = |record: &Record| match &record.fields {
        Fields::Deployment(found) => {
            let number = found.pr_number.map(|number| number.get());
            Some(deployed(
                found.deployed_at,
                number,
                found.pr_title.as_ref().map(|title| title.as_str()),
            ))
        }
        _ => None,
    };
    let of_enhancement = |record: &Record| match &record.fields {
        Fields::Enhancement(enhancement) => Some(enhancement.title.to_string()),
        _ => None,
    };
    let vendors = status.vendors.iter().map(|vendor| vendor.name.clone());
    let deployments = status
        .deployments
        .iter()
        .filter_map(|found| Some(deployed(found.deployed_at?, found.pr_number, found.pr_title.as_deref())));
    let enhancements = status.enhancements.iter().map(|enhancement| enhancement.title.clone());
    vec![
        compare(status, "vendors", Section::Vendors, vendors.collect(), names(of_vendor)),
        compare(
            status,
            "deployment history",
            Section::Deployments,
            deployments.collect(),
            names(of_deployment),
        ),
        compare(
            status,
            "enhancements",
            Section::Enhancements,
            enhancements.collect(),
            names(of_enhancement),
        ),
        prompts(status, migration, allow_skipped),
        completeness(status, records),
    ]
}

/// Names in the source against names in the records, and both against what headings claim.
fn compare(
    status: &ProjectStatus,
    name: &'static str,
    section: Section,
    mut source: Vec<String>,
    migrated: Vec<String>,
) -> Check {
    let refused = status.refused.iter().filter(|(of, _)| *of == section);
    source.extend(refused.map(|(_, unread)| unread.text.clone()));
    let mut differences = Vec::new();
    let mut left = migrated.clone();
    for name in &source {
        match left.iter().position(|migrated| migrated == name) {
            Some(at) => drop(left.swap_remove(at)),
            None => differences.push(format!("{name}: not migrated")),
        }
    }
    differences.extend(left.into_iter().map(|name| format!("{name}: not in the source")));
    let found = source.len();
    differences.extend(claims(status, section, found));
    Check::new(name, found, migrated.len(), differences)
}

/// What headings of a section claim against what was found below all of them together.
fn claims(status: &ProjectStatus, section: Section, found: usize) -> Option<String> {
    let claimed: Vec<_> = status
        .claimed
        .iter()
        .filter(|claimed| claimed.section == section.as_str())
        .collect();
    let total: usize = claimed.iter().map(|claimed| claimed.count).sum();
    let first = claimed.first().filter(|claimed| total != found && !claimed.is_open)?;
    Some(format!(
        "the heading in line {} says {total}, and there are {found}",
        first.line
    ))
}

fn prompts(status: &ProjectStatus, migration: &Migration, allow_skipped: bool) -> Check {
    let is_prompt = |item: &WorkItem| item.metadata.0.contains_key("yaml_frontmatter");
    let migrated = migration
        .records
        .iter()
        .filter(|record| record.as_work_item().is_some_and(is_prompt))
        .count();
    let skipped = match allow_skipped {
        true => &[][..],
        false => &migration.skipped,
    };
    let differences = skipped.iter().map(|(place, reason)| format!("{place}: {reason}"));
    let mut differences: Vec<_> = differences.collect();
    let all = status.prompts.len() + status.skipped.len();
    differences.extend(claims(status, Section::Sessions, all - status.files));
    let left_out = match allow_skipped {
        true => migration.skipped.len(),
        false => 0,
    };
    Check::new("session prompts", all - left_out, migrated, differences)
}

/// Each fact of each vendor, counted once more in its record.
fn completeness(status: &ProjectStatus, records: &[Record]) -> Check {
    let (mut source, mut migrated) = (0, 0);
    let mut differences = Vec::new();
    for vendor in &status.vendors {
        let found = records.iter().find_map(|record| match &record.fields {
            Fields::Vendor(found) if found.name.as_str() == vendor.name => Some(facts(found)),
            _ => None,
        });
        let found = found.unwrap_or_default();
        source += vendor.facts;
        migrated += found;
        if found != vendor.facts {
            differences.push(lost(vendor, found));
        }
    }
    Check::new("completeness of vendor metadata", source, migrated, differences)
}

fn facts(vendor: &crate::record::Vendor) -> usize {
    let tests = vendor.test_results.as_ref();
    let skipped = tests.is_some_and(|tests| tests.skipped.is_some());
    1 + usize::from(tests.is_some())
        + usize::from(skipped)
        + vendor.format_support.0.values().filter(|supported| **supported).count()
        + usize::from(vendor.extractor_version.is_some())
        + usize::from(vendor.manifest_compliant.is_some())
        + vendor.metadata.0.len()
}

fn lost(vendor: &Vendor, found: usize) -> String {
    match vendor.lost.is_empty() {
        true => format!(
            "{}: {found} of {} things that are said of it",
            vendor.name, vendor.facts
        ),
        false => format!("{}: not read: {}", vendor.name, vendor.lost.join(" ")),
    }
}

/// A deployment in a few words.
fn deployed(at: Time, pr_number: Option<i64>, pr_title: Option<&str>) -> String {
    let number = pr_number.map(|number| format!(" PR #{number}")).unwrap_or_default();
    let title = pr_title.map(|title| format!(" {title}")).unwrap_or_default();
    format!("{at}{number}{title}")
}
