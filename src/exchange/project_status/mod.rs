//! A status file that people keep by hand, or that `git docket render project_status` wrote.
//!
//! Read in the forms people write; what cannot be read is told with its line, and nothing is guessed: what is not said
//! is missing in the record, with an `origin` that says where it came from.
//!
//! | module | holds |
//! |---|---|
//! | `marked` | a line without its marks, which knows what was escaped |
//! | `blocks` | headings, items, rows, lines of a Markdown file |
//! | `entries` | sections, what they tell of one thing each, what their headings claim |
//! | `vendor`, `deployment`, `enhancement`, `work_item`, `session` | one kind each: an entry to what it says |
//! | `records` | what was said to records |
//! | `reconcile` | what the file says against what the records say |

mod blocks;
mod deployment;
mod enhancement;
mod entries;
mod marked;
mod reconcile;
mod records;
mod report;
mod session;
mod vendor;
mod work_item;

use serde_json::{Map, Value};

use self::entries::{Entries, Section};
pub use self::reconcile::{Check, reconcile};
pub use self::records::{Migration, migrate};
pub use self::report::{CLOSING, Report, report};
use crate::record::enhancement::EnhancementStatus;
use crate::record::value::Time;
use crate::record::vendor::VendorStatus;
use crate::record::work_item::{ItemType, Priority, Status};

/// The name of the source in `origin.system`, and who created the records.
pub const SYSTEM: &str = "project_status";

/// What a status file says.
#[derive(Clone, Debug, Default)]
pub struct ProjectStatus {
    vendors: Vec<Vendor>,
    deployments: Vec<Deployment>,
    enhancements: Vec<Enhancement>,
    work_items: Vec<WorkItem>,
    prompts: Vec<session::Prompt>,
    claimed: Vec<Claimed>,
    /// How many session prompts have files of their own: no heading counts them.
    files: usize,
    /// Things of which something was said that could not be used, by what they are.
    refused: Vec<(Section, Unread)>,
    /// Session prompts that could not be used: place and reason.
    skipped: Vec<(String, String)>,
    /// What could not be read, verbatim, in the order of the file.
    pub unread: Vec<Unread>,
}

/// A line, or a part of one, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Unread {
    /// Counted from 1; 0 of a session prompt, which may stand in a file of its own.
    pub line: usize,
    /// What stands there.
    pub text: String,
}

/// How many things a heading says there are.
#[derive(Clone, Debug)]
struct Claimed {
    section: &'static str,
    count: usize,
    line: usize,
    /// Only those that are open.
    is_open: bool,
}

#[derive(Clone, Debug)]
struct Vendor {
    name: String,
    line: usize,
    status: Option<VendorStatus>,
    /// Passing, total.
    tests: Option<(u64, u64)>,
    skipped: Option<u64>,
    formats: Vec<String>,
    extractor_version: Option<String>,
    manifest_compliant: Option<bool>,
    metadata: Map<String, Value>,
    /// How many things are said of it.
    facts: usize,
    /// Those that could not be read.
    lost: Vec<String>,
}

impl Vendor {
    fn named(name: String, line: usize) -> Self {
        Self {
            name,
            line,
            status: None,
            tests: None,
            skipped: None,
            formats: Vec::new(),
            extractor_version: None,
            manifest_compliant: None,
            metadata: Map::new(),
            facts: 0,
            lost: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Deployment {
    /// The heading, as it stands.
    title: String,
    line: usize,
    deployed_at: Option<Time>,
    pr_number: Option<i64>,
    pr_title: Option<String>,
    /// Whole or short.
    commit: Option<String>,
    environment: Option<String>,
    work_items: Vec<String>,
    vendors: Vec<String>,
    tests: Vec<(String, u64)>,
    constitutional_compliance: Option<bool>,
    metadata: Map<String, Value>,
}

#[derive(Clone, Debug, Default)]
struct Enhancement {
    title: String,
    line: usize,
    priority: Option<i64>,
    status: Option<EnhancementStatus>,
    quarter: Option<String>,
    body: Vec<String>,
    metadata: Map<String, Value>,
}

#[derive(Clone, Debug, Default)]
struct WorkItem {
    title: String,
    depth: usize,
    line: usize,
    item_type: Option<ItemType>,
    status: Option<Status>,
    priority: Option<Priority>,
    assignee: Option<String>,
    labels: Vec<String>,
    branch: Option<String>,
    pr_number: Option<i64>,
    progress: Option<(usize, usize)>,
    blocked_reason: Option<String>,
}

/// Reads a status file, and session prompts in files of their own: path and content.
pub fn read(text: &str, sessions: &[(String, Vec<u8>)]) -> ProjectStatus {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let (prompts, rest) = session::prompts(&text);
    let blocks = blocks::blocks(&rest);
    let Entries {
        entries,
        claimed,
        unread,
    } = entries::entries(&blocks);
    let mut status = ProjectStatus {
        claimed,
        files: sessions.len(),
        unread,
        ..ProjectStatus::default()
    };
    let in_files = sessions.iter().map(|(path, bytes)| session::prompt_file(path, bytes));
    for found in prompts.into_iter().chain(in_files) {
        match found {
            Ok(prompt) => status.prompts.push(prompt),
            Err(skipped) => status.skipped.push(skipped),
        }
    }
    let mut warnings = Vec::new();
    for entry in &entries {
        let unread = &mut status.unread;
        let read = match entry.section {
            Section::Vendors => vendor::vendor(entry, unread).map(|vendor| status.vendors.push(vendor)),
            Section::Deployments => deployment::deployment(entry, unread).map(|found| status.deployments.push(found)),
            Section::Enhancements => {
                enhancement::enhancement(entry, unread).map(|found| status.enhancements.push(found))
            }
            Section::WorkItems => work_item::work_item(entry, unread).map(|found| status.work_items.push(found)),
            Section::Warnings => {
                warnings.push(entry);
                Ok(())
            }
            Section::Sessions | Section::Other => Err("a heading without a prompt".to_owned()),
        };
        if let Err(reason) = read {
            let unread = Unread {
                line: entry.line,
                text: entry.title.text(),
            };
            status.unread.push(Unread {
                text: format!("{} ({reason})", unread.text),
                ..unread.clone()
            });
            status.refused.push((entry.section, unread));
        }
    }
    for entry in warnings {
        warning(&mut status, entry);
    }
    status.unread.sort();
    status
}

/// `Blocked: Title: reason` says why an item of the file is blocked; `Broken vendor: Name` nothing new.
fn warning(status: &mut ProjectStatus, entry: &entries::Entry) {
    let said = entry
        .title
        .split_once(':')
        .and_then(|(what, rest)| match what.word().as_str() {
            "broken vendor" => {
                let name = rest.text();
                let known = status.vendors.iter().find(|vendor| vendor.name == name)?;
                (known.status == Some(VendorStatus::Broken)).then_some(())
            }
            "blocked" => {
                let (title, reason) = match rest.split_once(':') {
                    Some((title, reason)) => (title.text(), Some(reason.text())),
                    None => (rest.text(), None),
                };
                let is_meant = |item: &&mut WorkItem| {
                    item.title == title && item.status == Some(Status::Blocked) && item.blocked_reason.is_none()
                };
                let item = status.work_items.iter_mut().find(is_meant)?;
                item.blocked_reason = reason;
                Some(())
            }
            _ => None,
        });
    if said.is_none() {
        status.unread.push(Unread {
            line: entry.line,
            text: entry.title.text(),
        });
    }
}
