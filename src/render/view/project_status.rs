//! The view of `project_status`, and the pieces other views share with it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::record::body::Progress;
use crate::record::value::Time;

/// All of a docket that is worth a page. Nothing in it is ordered by an id or a time of creation.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ProjectStatus {
    /// All vendors, by name.
    pub vendors: Vec<Vendor>,
    /// Open work items and what they are below, each before those below it; those beside each other by status,
    /// priority and title.
    pub work_items: Vec<WorkItem>,
    /// How many of them are open.
    pub open_count: usize,
    /// The newest deployments, newest first.
    pub deployments: Vec<Deployment>,
    /// Enhancements that are not completed, by priority, quarter and title.
    pub enhancements: Vec<Enhancement>,
    /// What needs attention, of what is shown: broken vendors, then blocked items, in their order above.
    pub attention: Vec<Attention>,
    /// What else needs attention, which nobody can tell from the rest.
    pub beside: Beside,
    /// The short ids of what is shown, each list in the order of the records above.
    pub ids: ShortIds,
}

/// A vendor in a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Vendor {
    /// Its name.
    pub name: String,
    /// `operational` or `broken`.
    pub status: String,
    /// How its tests went.
    pub tests: Option<TestResults>,
    /// The formats that can be read: `excel`, `csv`, `pdf` and `ocr` first, then others by name.
    pub formats: Vec<String>,
    /// The version of its extractor.
    pub extractor_version: Option<String>,
    /// Whether it keeps to the manifest.
    pub manifest_compliant: Option<bool>,
}

/// How tests went.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct TestResults {
    /// How many passed.
    pub passing: i64,
    /// How many there are.
    pub total: i64,
    /// How many were not run, where that is known.
    pub skipped: Option<i64>,
}

/// A work item in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkItem {
    /// How far below the top it is, from 0.
    pub depth: usize,
    /// Its title.
    pub title: String,
    /// `project`, `session`, `task` or `research`.
    pub item_type: String,
    /// `pending`, `active`, `blocked`, `completed` or `cancelled`.
    pub status: String,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// Who is to do it, else who has claimed it.
    pub assignee: Option<String>,
    /// Who has claimed it.
    pub claim: Option<Claim>,
    /// The task boxes of its body.
    pub progress: Progress,
    /// Why it is blocked, where it is and somebody said why.
    pub blocked_reason: Option<String>,
}

/// That somebody is at it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Claim {
    /// Who.
    pub by: String,
    /// Until when; null for as long as it takes.
    pub until: Option<Time>,
}

/// A deployment in a few lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Deployment {
    /// When it went out.
    pub deployed_at: Time,
    /// The commit of the code that went out; of an imported deployment as far as it is known.
    pub commit_hash: Option<String>,
    /// The title of its pull request.
    pub pr_title: Option<String>,
    /// The number of its pull request.
    pub pr_number: Option<i64>,
    /// Where it went.
    pub environment: Option<String>,
    /// The titles of the work items it carried, sorted.
    pub work_items: Vec<String>,
    /// The names of the vendors it touched, sorted.
    pub vendors: Vec<String>,
    /// How many tests of which kind it passed, in their author's order.
    pub tests: Vec<TestCount>,
    /// Whether it keeps to the constitution.
    pub constitutional_compliance: Option<bool>,
}

/// How many tests of a kind there were.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct TestCount {
    /// The kind.
    pub name: String,
    /// How many.
    pub count: i64,
}

/// An enhancement in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Enhancement {
    /// Its title.
    pub title: String,
    /// 1 (high) to 5 (low).
    pub priority: i64,
    /// `2026-Q1`: when it should be done.
    pub target_quarter: Option<String>,
    /// `planned`, `approved` or `implementing`.
    pub status: String,
}

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Attention {
    /// `vendor` for a broken one, `work_item` for a blocked one.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// What needs attention, and cannot be told from what is shown: so it is not in the text of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Beside {
    /// The titles of open items whose claim had run out when the revision was made.
    pub expired_claims: Vec<String>,
    /// How many conflicts of the items shown wait for somebody.
    pub conflicts: usize,
    /// The files that cannot be read, by path.
    pub unreadable: Vec<String>,
}

/// Short ids, in the order in which the records are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShortIds {
    /// Of the vendors.
    pub vendors: Vec<String>,
    /// Of the work items.
    pub work_items: Vec<String>,
    /// Of the deployments.
    pub deployments: Vec<String>,
    /// Of the enhancements.
    pub enhancements: Vec<String>,
}
