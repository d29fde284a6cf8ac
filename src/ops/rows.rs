//! Records in one short line each: what a list is to whoever pays for every byte of it.

use serde::Serialize;

use super::text::shown;
use crate::index::Row;
use crate::record::value::Time;
use crate::record::work_item::Priority;
use crate::record::{Fields, RecordId};

/// How many bytes of JSON a line has at most.
pub const ROW_BYTES: usize = 300;

/// How many characters of a title are told.
const TITLE: usize = 80;

/// How many characters of the name of a vendor are told.
const NAME: usize = 100;

/// How many characters of another text are told.
const WORD: usize = 30;

/// A text that is cut to make room keeps about so many.
const LEAST: usize = 16;

/// A work item in a line.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct WorkItemRow {
    /// The first 12 digits of its identity, which every request takes.
    pub id: String,
    /// What it is.
    pub item_type: String,
    /// Its title, cut where it is long.
    pub title: String,
    /// How far it is.
    pub status: String,
    /// How much it matters; left out where medium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// How often it was changed; null where it cannot be known.
    pub version: Option<u64>,
    /// What it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// Who is to do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Who holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
}

/// A vendor, an enhancement or a deployment in a line; of a field no such record has, nothing is told.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct RecordRow {
    /// The first 12 digits of its identity, or the last of a deployment's.
    pub id: String,
    /// The name of a vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The title of an enhancement, or of the pull request that went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The version of a vendor's extractor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extractor_version: Option<String>,
    /// How much an enhancement matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// When an enhancement should be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_quarter: Option<String>,
    /// When it went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployed_at: Option<Time>,
    /// The commit of the code that went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_hash: Option<String>,
    /// Where it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// How often it was changed; null where it cannot be known.
    pub version: Option<u64>,
    /// When it was last changed.
    pub updated_at: Option<Time>,
}

impl WorkItemRow {
    /// A line; nothing where the record is no work item.
    pub(super) fn of(row: &Row) -> Option<Self> {
        let item = row.record.as_work_item()?;
        let priority = (item.priority != Priority::Medium).then(|| item.priority.to_string());
        let claim = item.claim.as_ref().map(|claim| shortened(claim.by.as_str(), WORD));
        let mut line = Self {
            id: item.id.brief(),
            item_type: item.item_type.to_string(),
            title: shortened(item.title.as_str(), TITLE),
            status: item.status.to_string(),
            priority,
            version: row.version,
            parent_id: item.parent_id.map(RecordId::brief),
            assignee: item.assignee.as_ref().map(|name| shortened(name.as_str(), WORD)),
            claimed_by: claim,
            updated_at: row.updated_at,
        };
        // Whoever holds it is the one who is to do it, mostly.
        if line.claimed_by == line.assignee {
            line.assignee = None;
        }
        while bytes(&line) > ROW_BYTES && line.shrink() {}
        Some(line)
    }

    /// Makes the line shorter; says whether it could.
    fn shrink(&mut self) -> bool {
        let half = |text: &str| shortened(text, text.chars().count() / 2);
        if self.title.chars().count() > LEAST {
            self.title = half(&self.title);
        } else if self.assignee.take().is_none() {
            match self.claimed_by.as_deref().filter(|name| name.chars().count() > LEAST) {
                Some(name) => self.claimed_by = Some(half(name)),
                None => return false,
            }
        }
        true
    }
}

impl RecordRow {
    /// A line; nothing where the record is of a kind that has none.
    pub(super) fn of(row: &Row) -> Option<Self> {
        let base = Self {
            id: row.path.id()?.brief(),
            version: row.version,
            updated_at: row.updated_at,
            ..Self::default()
        };
        let mut line = match &row.record.fields {
            Fields::Vendor(vendor) => Self {
                name: Some(shortened(vendor.name.as_str(), NAME)),
                status: Some(vendor.status.to_string()),
                extractor_version: vendor
                    .extractor_version
                    .as_ref()
                    .map(|text| shortened(text.as_str(), WORD)),
                ..base
            },
            Fields::Enhancement(enhancement) => Self {
                title: Some(shortened(enhancement.title.as_str(), TITLE)),
                status: Some(enhancement.status.to_string()),
                priority: Some(enhancement.priority.get()),
                target_quarter: enhancement
                    .target_quarter
                    .as_ref()
                    .map(|quarter| quarter.as_str().to_owned()),
                ..base
            },
            Fields::Deployment(deployment) => Self {
                title: deployment
                    .pr_title
                    .as_ref()
                    .map(|title| shortened(title.as_str(), TITLE)),
                deployed_at: Some(deployment.deployed_at),
                commit_hash: deployment
                    .commit_hash
                    .as_ref()
                    .map(|commit| commit.as_str()[..12].to_owned()),
                environment: deployment
                    .environment
                    .as_ref()
                    .map(|text| shortened(text.as_str(), WORD)),
                ..base
            },
            _ => return None,
        };
        while bytes(&line) > ROW_BYTES && line.shrink() {}
        Some(line)
    }

    /// Makes the line shorter; says whether it could. A name is how a vendor is found, and shrinks last.
    fn shrink(&mut self) -> bool {
        let texts = [
            &mut self.title,
            &mut self.environment,
            &mut self.extractor_version,
            &mut self.name,
        ];
        let mut long = texts.into_iter().flatten().filter(|text| text.chars().count() > LEAST);
        match long.next() {
            Some(text) => *text = shortened(text, text.chars().count() / 2),
            None => return false,
        }
        true
    }
}

/// So many characters of a text as it is shown, the last of them an ellipsis where it is longer.
fn shortened(text: &str, most: usize) -> String {
    let text = shown(text);
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn bytes(line: &impl Serialize) -> usize {
    serde_json::to_vec(line).map_or(0, |json| json.len())
}
